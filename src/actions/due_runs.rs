//! Which runs are due: for each kind of period that the plans use, the periods that are over and not run yet, and
//! the open one.

use crate::domain::calendar::Day;
use crate::domain::period::{self, Stretch};
use crate::domain::run::{PeriodKind, PeriodStatus};
use crate::plan::CheckedPlan;
use crate::store::plans::{self, PlanVersion};
use crate::store::{Conn, StoreResult, orders, periods};

/// Where the runs of one kind of period stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueRuns {
    /// The kind.
    pub kind: PeriodKind,
    /// The periods that are over and have no run, the oldest first.
    pub over: Vec<Stretch>,
    /// The period that is not over yet, where the plan of its end uses the kind and it has no run.
    pub open: Option<Stretch>,
    /// Periods of shorter kinds that end within the first one of `over` or before it and have no run either: what
    /// the run reads of them would be missing.
    pub waits_for: Vec<Stretch>,
}

impl DueRuns {
    /// The period that can be frozen next.
    pub fn next(&self) -> Option<&Stretch> {
        self.over.first()
    }

    /// What is wrong with freezing the next period now: `Week 44 and Week 45 of 2026 …`; `None` where nothing is.
    pub fn warning(&self) -> Option<String> {
        let next = self.next()?;
        let (first, last) = (self.waits_for.first()?, self.waits_for.last()?);
        let (from, to) = (period::name(&first.label), period::name(&last.label));
        let (which, verb) = match self.waits_for.len() {
            1 => (from, "is"),
            2 => (format!("{from} and {to}"), "are"),
            count => (format!("{from} to {to}, {count} periods,"), "are"),
        };
        let reads = period::name(&next.label);
        Some(format!("{which} {verb} not committed yet; run them first, because {reads} reads what they leave"))
    }
}

/// Every kind that the plans in force since its last run use, the one whose next run comes first at the front.
pub fn list(conn: &mut Conn, today: Day) -> StoreResult<Vec<DueRuns>> {
    let closed: Vec<periods::Period> =
        periods::list(conn)?.into_iter().filter(|period| period.status != PeriodStatus::Open).collect();
    let begun = orders::first_commission_day(conn)?.unwrap_or(today);
    let last_closed = |kind| closed.iter().filter(|period| period.kind == kind).map(|period| period.last_day).max();
    let since = PeriodKind::ALL.iter().map(|kind| last_closed(*kind).map_or(begun, |day| day.plus(1))).min();
    let rules = Rules::since(conn, since.unwrap_or(begun))?;
    let mut all = Vec::new();
    for kind in PeriodKind::ALL {
        let start = last_closed(*kind).map_or(begun, |day| day.plus(1));
        let mut over = Vec::new();
        let mut at = Stretch::around(*kind, start.min(today));
        while let Some(stretch) = at.as_ref().filter(|stretch| stretch.last < today) {
            let next = stretch.next();
            over.extend(at.filter(|stretch| rules.use_kind(*kind, stretch.last)));
            at = next;
        }
        let open = at.filter(|stretch| rules.use_kind(*kind, stretch.last));
        if !over.is_empty() || open.is_some() {
            all.push(DueRuns { kind: *kind, over, open, waits_for: Vec::new() });
        }
    }
    let shorter = all.clone();
    for due in &mut all {
        let Some(next) = due.over.first() else { continue };
        let before = shorter.iter().filter(|other| other.kind < due.kind).flat_map(|other| &other.over);
        due.waits_for = before.filter(|other| other.last <= next.last).cloned().collect();
    }
    let when = |due: &DueRuns| due.over.first().or(due.open.as_ref()).map(|stretch| (stretch.last, due.kind));
    all.sort_by_key(when);
    all.sort_by_key(|due| due.over.is_empty());
    Ok(all)
}

/// The kinds that the plan in force on a day uses; months where its text has faults.
pub fn kinds_in_force(conn: &mut Conn, day: Day) -> StoreResult<Option<(PlanVersion, Vec<PeriodKind>)>> {
    Ok(plans::find_in_force(conn, day)?.map(|version| {
        let kinds = kinds(&version);
        (version, kinds)
    }))
}

fn kinds(version: &PlanVersion) -> Vec<PeriodKind> {
    CheckedPlan::read(&version.source, &version.name)
        .map_or_else(|_| vec![PeriodKind::Month], |plan| plan.period_kinds())
}

/// The activated versions, each with the kinds that it uses, in the order in which they apply.
struct Rules(Vec<(Day, Vec<PeriodKind>)>);

impl Rules {
    /// Those that apply on a day or later.
    fn since(conn: &mut Conn, day: Day) -> StoreResult<Self> {
        let mut versions: Vec<PlanVersion> = plans::list(conn)?.into_iter().filter(|v| !v.is_draft()).collect();
        versions.sort_by_key(|version| (version.from_day, version.version));
        let first = versions.partition_point(|version| version.from_day <= day).saturating_sub(1);
        Ok(Self(versions[first..].iter().map(|version| (version.from_day, kinds(version))).collect()))
    }

    fn use_kind(&self, kind: PeriodKind, day: Day) -> bool {
        let place = self.0.partition_point(|(from, _)| *from <= day);
        place.checked_sub(1).is_some_and(|place| self.0[place].1.contains(&kind))
    }
}
