//! Which runs are due: for each kind of period that the plans use, the periods that are over and not run yet, and
//! the open one.

use crate::domain::calendar::Day;
use crate::domain::period::{self, Stretch};
use crate::domain::period_calendar::Calendar;
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
        let around = |day| Stretch::around(rules.calendar(day), *kind, day);
        let mut at = around(start.min(today));
        while let Some(stretch) = at.as_ref().filter(|stretch| stretch.last < today) {
            let next = around(stretch.last.plus(1));
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

/// The plan in force on a day, with the periods it uses; months where its text has faults.
pub fn in_force(conn: &mut Conn, day: Day) -> StoreResult<Option<(PlanVersion, Rule)>> {
    Ok(plans::find_in_force(conn, day)?.map(|version| {
        let rule = Rule::of(&version);
        (version, rule)
    }))
}

/// Which periods a version of the plan uses.
#[derive(Debug, Clone)]
pub struct Rule {
    /// The first day on which it applies.
    from: Day,
    /// Kinds of periods.
    pub kinds: Vec<PeriodKind>,
    /// Where they begin.
    pub calendar: Calendar,
}

impl Rule {
    fn of(version: &PlanVersion) -> Self {
        let plan = CheckedPlan::read(&version.source, &version.name);
        let (kinds, calendar) = plan.map_or_else(
            |_| (vec![PeriodKind::Month], Calendar::default()),
            |plan| (plan.period_kinds(), plan.calendar),
        );
        Self { from: version.from_day, kinds, calendar }
    }
}

/// The activated versions in the order in which they apply, and the calendar of days before all of them.
struct Rules(Vec<Rule>, Calendar);

impl Rules {
    /// Those that apply on a day or later.
    fn since(conn: &mut Conn, day: Day) -> StoreResult<Self> {
        let mut versions: Vec<PlanVersion> = plans::list(conn)?.into_iter().filter(|v| !v.is_draft()).collect();
        versions.sort_by_key(|version| (version.from_day, version.version));
        let first = versions.partition_point(|version| version.from_day <= day).saturating_sub(1);
        Ok(Self(versions[first..].iter().map(Rule::of).collect(), Calendar::default()))
    }

    fn on(&self, day: Day) -> Option<&Rule> {
        let place = self.0.partition_point(|rule| rule.from <= day);
        place.checked_sub(1).map(|place| &self.0[place])
    }

    fn use_kind(&self, kind: PeriodKind, day: Day) -> bool {
        self.on(day).is_some_and(|rule| rule.kinds.contains(&kind))
    }

    fn calendar(&self, day: Day) -> &Calendar {
        self.on(day).map_or(&self.1, |rule| &rule.calendar)
    }
}
