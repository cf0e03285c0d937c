//! The open periods as their runs would find them now, one of each kind that the plan uses: the same snapshot and
//! the same engine, nothing frozen and nothing written. Estimates until the runs are committed.

use super::compute_run::progress_json;
use super::{ActionFault, company, due_runs, snapshot};
use crate::clock::Clock;
use crate::domain::calendar::Day;
use crate::domain::ids::{AuditId, MemberId, PeriodId};
use crate::domain::money::{Currency, Volume};
use crate::domain::period::Stretch;
use crate::domain::run::{PeriodKind, PeriodStatus};
use crate::plan::climb::Climbs;
use crate::plan::lines::Lines;
use crate::plan::{self, BonusTotal, CheckedPlan, MemberResult, NextRank, RunResult, Snapshot};
use crate::store::periods::Period;
use crate::store::plans::PlanVersion;
use crate::store::{Conn, Db, StoreResult, audit};

/// What estimates rest on; as long as it is the same, so are they.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Basis {
    /// The newest entry of the audit log about anything that a run reads.
    pub newest: AuditId,
    /// The company's day.
    pub today: Day,
}

/// The open periods, the shortest kind first.
#[derive(Debug)]
pub struct Estimate {
    /// What it rests on.
    pub basis: Basis,
    /// One of each kind that the plan uses; none without a plan.
    pub previews: Vec<Preview>,
}

/// An estimate of one open period.
#[derive(Debug)]
pub struct Preview {
    /// The period.
    pub period: Stretch,
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
    /// Whether runs over this kind judge ranks.
    judges_ranks: bool,
    /// Everything found about members; the lines are dropped.
    result: RunResult,
    /// Where a member stands in the result, by id.
    places: Vec<(MemberId, u32)>,
    /// Who has a next rank, the closest to it first: how much is missing, and the place in the result.
    closest: Vec<(u32, u32)>,
}

/// What the estimate says about one member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberPreview {
    /// The member.
    pub id: MemberId,
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

/// What estimates would rest on now.
pub fn basis(conn: &mut Conn, today: Day) -> StoreResult<Basis> {
    Ok(Basis { newest: audit::newest_but(conn, &["staff", "job"])?, today })
}

/// The day today in the company's zone; `None` before the set-up.
pub fn today(conn: &mut Conn, clock: &Clock) -> StoreResult<Option<Day>> {
    Ok(company::find(conn)?.map(|company| company.zone.day_of(clock.now())))
}

/// Computes the estimates of the periods that `today` lies in.
///
/// # Errors
/// Faults of the stored plan and of the engine.
pub fn compute(db: &Db, today: Day) -> Result<Estimate, ActionFault> {
    let (basis, open) = db.read(|conn| Ok::<_, ActionFault>((basis(conn, today)?, open_periods(conn, today)?)))?;
    let previews = open.into_iter().map(|(period, version)| preview(db, period, &version)).collect::<Result<_, _>>()?;
    Ok(Estimate { basis, previews })
}

/// The period of each kind that the day lies in, where the plan of its end uses the kind.
fn open_periods(conn: &mut Conn, today: Day) -> StoreResult<Vec<(Stretch, PlanVersion)>> {
    let mut open = Vec::new();
    let calendar = due_runs::in_force(conn, today)?.map(|(_, rule)| rule.calendar).unwrap_or_default();
    for period in PeriodKind::ALL.iter().filter_map(|kind| Stretch::around(&calendar, *kind, today)) {
        if let Some((version, rule)) = due_runs::in_force(conn, period.last)?
            && rule.kinds.contains(&period.kind)
        {
            open.push((period, version));
        }
    }
    Ok(open)
}

fn preview(db: &Db, period: Stretch, version: &PlanVersion) -> Result<Preview, ActionFault> {
    let plan =
        CheckedPlan::read(&version.source, &version.name).map_err(|faults| ActionFault::refused(faults.to_string()))?;
    let snapshot = db.read(|conn| load(conn, &period, plan.currency))?;
    // One thread: the console goes on beside it.
    let result = plan::run_on(&plan, &snapshot, 1, &mut |_| {}).map_err(|f| ActionFault::refused(f.to_string()))?;
    let judges_ranks = plan.ranks_period.is_none_or(|kind| kind == period.kind);
    Ok(Preview::of(period, version.version, judges_ranks, result))
}

fn load(conn: &mut Conn, period: &Stretch, currency: Currency) -> StoreResult<Snapshot> {
    let period = Period {
        id: PeriodId(0),
        kind: period.kind,
        label: period.label.clone(),
        first_day: period.first,
        last_day: period.last,
        status: PeriodStatus::Open,
    };
    snapshot::load(conn, &period, currency)
}

impl Estimate {
    /// The estimate that says who stands how close to which rank: of the kind that judges ranks, of several the
    /// month, else the longest.
    pub fn of_ranks(&self) -> Option<&Preview> {
        let judging = || self.previews.iter().filter(|preview| preview.judges_ranks);
        judging().find(|preview| preview.period.kind == PeriodKind::Month).or_else(|| judging().next_back())
    }
}

impl Preview {
    fn of(period: Stretch, plan_version: i32, judges_ranks: bool, mut result: RunResult) -> Self {
        let payees = result.payees();
        let mut places: Vec<(MemberId, u32)> =
            result.members.iter().zip(0..).map(|(member, place)| (member.id, place)).collect();
        places.sort_unstable_by_key(|(id, _)| *id);
        (result.lines, result.climbs, result.notes) = (Lines::default(), Climbs::default(), Vec::new());
        (result.rates, result.taken, result.state) = (Vec::new(), Vec::new(), Vec::new());
        let missing = |(member, place): (&MemberResult, u32)| Some((missing(&result, member.next_rank?), place));
        let mut closest: Vec<(u32, u32)> = result.members.iter().zip(0..).filter_map(missing).collect();
        closest.sort_unstable();
        Self {
            period,
            plan_version,
            currency: result.currency,
            total_minor: result.total_minor,
            cv: result.total_cv,
            payees,
            bonuses: std::mem::take(&mut result.bonuses),
            judges_ranks,
            result,
            places,
            closest,
        }
    }

    /// What is known about a member; `None` for who joined since.
    pub fn member(&self, id: MemberId) -> Option<MemberPreview> {
        let found = self.places.binary_search_by_key(&id, |(known, _)| *known).ok()?;
        Some(self.at(self.places[found].1))
    }

    /// The names of the ranks that somebody can reach next, the lowest first, with how many could.
    pub fn next_ranks(&self) -> Vec<(&str, usize)> {
        let mut counts = vec![0_usize; self.result.ranks.len()];
        for next in self.result.members.iter().filter_map(|member| member.next_rank) {
            counts[usize::from(next.rank)] += 1;
        }
        let named = self.result.ranks.iter().map(|rank| rank.name.as_str()).zip(counts);
        named.filter(|(_, count)| *count > 0).collect()
    }

    /// Who is closest to the next rank, the closest first: those to a rank of this name, or to any, from `skip` on.
    pub fn closest(&self, rank: Option<&str>, skip: usize, limit: usize) -> Vec<MemberPreview> {
        let wanted = |place: u32| {
            let next = self.result.members[place as usize].next_rank;
            let name = next.map(|next| self.result.ranks[usize::from(next.rank)].name.as_str());
            rank.is_none() || name == rank
        };
        let chosen = self.closest.iter().map(|(_, place)| *place).filter(|place| wanted(*place));
        chosen.skip(skip).take(limit).map(|place| self.at(place)).collect()
    }

    fn at(&self, place: u32) -> MemberPreview {
        let member = &self.result.members[place as usize];
        MemberPreview {
            id: member.id,
            pv: member.pv,
            gv: member.gv,
            is_active: member.active,
            paid_rank: member.paid_rank.map(|at| self.result.ranks[usize::from(at)].name.clone()).unwrap_or_default(),
            earned_minor: member.earned_minor,
            progress: progress_json(&self.result, member),
        }
    }
}

/// How much is missing to a rank: the missing shares of its requirements together, in ten-thousandths of one.
fn missing(result: &RunResult, next: NextRank) -> u32 {
    use rust_decimal::Decimal;
    use rust_decimal::prelude::ToPrimitive as _;
    const WHOLE: u32 = 10_000;
    let first = next.first as usize;
    let needs = &result.requirements[first..first + usize::from(next.count)];
    let missing = needs.iter().filter(|need| !need.met).map(|need| {
        let share = need.have.checked_div(need.need).unwrap_or_default().clamp(Decimal::ZERO, Decimal::ONE);
        let there = share.checked_mul(Decimal::from(WHOLE)).and_then(|share| share.to_u32()).unwrap_or_default();
        // What is not met is never nothing, such as 5 where more than 5 are needed.
        (WHOLE - there).max(1)
    });
    missing.fold(0, u32::saturating_add)
}
