//! The open month as a run would find it now: the same snapshot and the same engine, nothing frozen and
//! nothing written. An estimate until the month's run is committed.

use super::compute_run::progress_json;
use super::{ActionFault, company, snapshot};
use crate::clock::Clock;
use crate::domain::calendar::Day;
use crate::domain::ids::{AuditId, MemberId, PeriodId, PlanVersionId};
use crate::domain::money::{Currency, Volume};
use crate::domain::run::{PeriodKind, PeriodStatus};
use crate::plan::climb::Climbs;
use crate::plan::lines::Lines;
use crate::plan::{self, BonusTotal, CheckedPlan, RunResult, Snapshot};
use crate::store::periods::Period;
use crate::store::{Conn, Db, StoreResult, audit, plans};

/// What an estimate rests on; as long as it is the same, so is the estimate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Basis {
    /// The newest entry of the audit log about anything that a run reads.
    pub newest: AuditId,
    /// The label of the open month.
    pub month: String,
    /// The plan in force at its end.
    pub plan: Option<PlanVersionId>,
}

/// An estimate of the open month.
#[derive(Debug)]
pub struct Preview {
    /// What it rests on.
    pub basis: Basis,
    /// First day of the month.
    pub first_day: Day,
    /// The number of the plan version.
    pub plan_version: i32,
    /// The currency of all amounts.
    pub currency: Currency,
    /// Sum of everything that would be paid now.
    pub total_minor: i64,
    /// Commissionable volume so far.
    pub cv: Volume,
    /// Members with an amount.
    pub payees: usize,
    /// The bonuses in the order of the plan.
    pub bonuses: Vec<BonusTotal>,
    /// Everything found about members; the lines are dropped.
    result: RunResult,
    /// Where a member stands in the result, by id.
    places: Vec<(MemberId, u32)>,
}

/// What the estimate says about one member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberPreview {
    /// Personal volume so far.
    pub pv: Volume,
    /// Group volume so far.
    pub gv: Volume,
    /// Whether the activity condition is met already.
    pub is_active: bool,
    /// Name of the rank that would be paid on now; empty for none.
    pub paid_rank: String,
    /// What would be paid now.
    pub earned_minor: i64,
    /// The way to the next rank, as JSON; empty when there is none.
    pub progress: String,
}

/// What an estimate would rest on now.
pub fn basis(conn: &mut Conn, today: Day) -> StoreResult<Basis> {
    Ok(Basis {
        newest: audit::newest_but(conn, &["staff", "job"])?,
        month: today.month_label(),
        plan: plans::find_in_force(conn, today.month_end())?.map(|version| version.id),
    })
}

/// The day today in the company's zone; `None` before the set-up.
pub fn today(conn: &mut Conn, clock: &Clock) -> StoreResult<Option<Day>> {
    Ok(company::find(conn)?.map(|company| company.zone.day_of(clock.now())))
}

/// Computes the estimate of the month that `today` lies in; `None` without a plan for it.
///
/// # Errors
/// Faults of the stored plan and of the engine.
pub fn compute(db: &Db, today: Day) -> Result<Option<Preview>, ActionFault> {
    let loaded = db.read(|conn| load(conn, today))?;
    let Some((basis, plan_version, plan, snapshot)) = loaded else { return Ok(None) };
    // One thread: the console goes on beside it.
    let result = plan::run_on(&plan, &snapshot, 1, &mut |_| {}).map_err(|f| ActionFault::refused(f.to_string()))?;
    Ok(Some(Preview::of(basis, today.month_start(), plan_version, result)))
}

fn load(conn: &mut Conn, today: Day) -> Result<Option<(Basis, i32, CheckedPlan, Snapshot)>, ActionFault> {
    let basis = basis(conn, today)?;
    let Some(version) = basis.plan else { return Ok(None) };
    let version = plans::get(conn, version)?;
    let plan =
        CheckedPlan::read(&version.source, &version.name).map_err(|faults| ActionFault::refused(faults.to_string()))?;
    let month = Period {
        id: PeriodId(0),
        kind: PeriodKind::Month,
        label: basis.month.clone(),
        first_day: today.month_start(),
        last_day: today.month_end(),
        status: PeriodStatus::Open,
    };
    let snapshot = snapshot::load(conn, &month, plan.currency)?;
    Ok(Some((basis, version.version, plan, snapshot)))
}

impl Preview {
    fn of(basis: Basis, first_day: Day, plan_version: i32, mut result: RunResult) -> Self {
        let payees = result.payees();
        let mut places: Vec<(MemberId, u32)> =
            result.members.iter().zip(0..).map(|(member, place)| (member.id, place)).collect();
        places.sort_unstable_by_key(|(id, _)| *id);
        (result.lines, result.climbs, result.notes) = (Lines::default(), Climbs::default(), Vec::new());
        (result.rates, result.taken, result.state) = (Vec::new(), Vec::new(), Vec::new());
        Self {
            basis,
            first_day,
            plan_version,
            currency: result.currency,
            total_minor: result.total_minor,
            cv: result.total_cv,
            payees,
            bonuses: std::mem::take(&mut result.bonuses),
            result,
            places,
        }
    }

    /// What is known about a member; `None` for who joined since.
    pub fn member(&self, id: MemberId) -> Option<MemberPreview> {
        let found = self.places.binary_search_by_key(&id, |(known, _)| *known).ok()?;
        let member = &self.result.members[self.places[found].1 as usize];
        Some(MemberPreview {
            pv: member.pv,
            gv: member.gv,
            is_active: member.active,
            paid_rank: member.paid_rank.map(|at| self.result.ranks[usize::from(at)].name.clone()).unwrap_or_default(),
            earned_minor: member.earned_minor,
            progress: progress_json(&self.result, member),
        })
    }
}
