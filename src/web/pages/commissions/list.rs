//! All runs by kind of period, the periods that can be frozen, and what the open ones come to so far.

use std::collections::HashMap;

use askama::Template;
use rocket::State;

use crate::actions::due_runs::{self, DueRuns};
use crate::domain::calendar::Day;
use crate::domain::ids::{PeriodId, PlanVersionId};
use crate::domain::period::{self, Stretch};
use crate::domain::run::{PeriodKind, PeriodStatus, RunStatus};
use crate::plan::BonusTotal;
use crate::store::periods::{self, Period};
use crate::store::runs::Run;
use crate::store::{Conn, StoreResult, plans, runs};
use crate::web::App;
use crate::web::guards::{Signed, View};
use crate::web::reply::{Fault, Page};
use crate::web::view::{OpenPeriod, Shell, capital, filters};

/// A run with its period.
struct Row {
    run: Run,
    name: String,
    days: String,
    /// The number of the plan version that it is pinned to.
    plan: i32,
}

/// A kind of period in the filter of the runs.
struct Choice {
    href: String,
    name: String,
    count: usize,
    is_current: bool,
}

#[derive(Template)]
#[template(path = "web/commissions/list.html")]
struct List {
    shell: Shell,
    rows: Vec<Row>,
    /// Empty where all runs are of one kind.
    kinds: Vec<Choice>,
    open_periods: Vec<OpenPeriod>,
    due: Vec<DueRuns>,
    /// The name of the period whose run is neither committed nor discarded: nothing else can be frozen.
    under_way: Option<(String, String)>,
}

struct Loaded {
    runs: Vec<(Run, Period)>,
    plans: HashMap<PlanVersionId, i32>,
    due: Vec<DueRuns>,
}

#[rocket::get("/commissions?<kind>")]
pub async fn list(who: Signed<View>, app: &State<App>, kind: Option<&str>) -> Result<Page, Fault> {
    let shell = who.shell;
    let today = shell.today;
    let wanted: Option<PeriodKind> = kind.and_then(|kind| kind.parse().ok());
    let Loaded { runs, plans, due } = app.blocking(move |app| app.db.read(|c| load(c, today))).await?;
    let open_periods = app.look_ahead().map(|shown| OpenPeriod::all(&shown, shell.zone)).unwrap_or_default();
    let is_frozen = |(_, period): &&(Run, Period)| period.status == PeriodStatus::Frozen;
    let under_way = runs
        .iter()
        .filter(is_frozen)
        .find(|(run, _)| run.status.is_under_way())
        .map(|(run, period)| (run.number.clone(), period::name(&period.label)));
    let kinds = choices(&runs, wanted);
    let rows = runs
        .into_iter()
        .filter(|(_, period)| wanted.is_none_or(|kind| kind == period.kind))
        .map(|(run, period)| Row {
            name: period::name(&period.label),
            days: period::days(period.first_day, period.last_day),
            plan: plans.get(&run.plan_version_id).copied().unwrap_or_default(),
            run,
        })
        .collect();
    Page::of(&List { shell, rows, kinds, open_periods, due, under_way })
}

fn load(conn: &mut Conn, today: Day) -> StoreResult<Loaded> {
    let all: HashMap<PeriodId, Period> = periods::list(conn)?.into_iter().map(|period| (period.id, period)).collect();
    let runs = runs::list(conn)?;
    Ok(Loaded {
        runs: runs
            .into_iter()
            .filter_map(|run| Some((all.get(&run.period_id)?.clone(), run)))
            .map(|(p, r)| (r, p))
            .collect(),
        plans: plans::list(conn)?.into_iter().map(|version| (version.id, version.version)).collect(),
        due: due_runs::list(conn, today)?,
    })
}

/// All runs, and those of each kind there is; nothing to choose with one kind.
fn choices(runs: &[(Run, Period)], wanted: Option<PeriodKind>) -> Vec<Choice> {
    let of = |kind: PeriodKind| runs.iter().filter(|(_, period)| period.kind == kind).count();
    let present: Vec<(PeriodKind, usize)> =
        PeriodKind::ALL.iter().map(|kind| (*kind, of(*kind))).filter(|(_, count)| *count > 0).collect();
    if present.len() < 2 && wanted.is_none() {
        return Vec::new();
    }
    let all = Choice {
        href: "/commissions".to_owned(),
        name: "All".to_owned(),
        count: runs.len(),
        is_current: wanted.is_none(),
    };
    let choice = |(kind, count): (PeriodKind, usize)| Choice {
        href: format!("/commissions?kind={kind}"),
        name: capital(kind.words().1),
        count,
        is_current: wanted == Some(kind),
    };
    std::iter::once(all).chain(present.into_iter().map(choice)).collect()
}

#[expect(clippy::unused_self, reason = "templates call methods of the page")]
impl List {
    /// Whether anything can be frozen now.
    fn may_freeze(&self) -> bool {
        self.under_way.is_none() && self.shell.may("manage-runs")
    }

    /// Whether a bonus belongs into the table of an open period: of several kinds each shows what it pays.
    fn is_told(&self, bonus: &BonusTotal) -> bool {
        bonus.lines > 0 || self.open_periods.len() == 1
    }

    fn is_any_due(&self) -> bool {
        self.due.iter().any(|due| due.next().is_some())
    }

    fn name(&self, stretch: &Stretch) -> String {
        period::name(&stretch.label)
    }

    fn days(&self, stretch: &Stretch) -> String {
        period::days(stretch.first, stretch.last)
    }

    /// The last period before an open one that no run has closed: what it leaves is not in the estimate.
    fn missing(&self, open: &OpenPeriod) -> Option<String> {
        let due = self.due.iter().find(|due| due.open.as_ref().is_some_and(|stretch| stretch.label == open.label))?;
        due.over.last().map(|stretch| period::name(&stretch.label))
    }

    /// What else is due of the kind: `3 more weeks are over`.
    fn more(&self, due: &DueRuns) -> Option<String> {
        let (one, many) = due.kind.words();
        match due.over.len().saturating_sub(1) {
            0 => None,
            1 => Some(format!("1 more {one} is over after it")),
            count => Some(format!("{count} more {many} are over after it")),
        }
    }
}

impl Row {
    fn state(&self) -> (&'static str, &'static str) {
        state(self.run.status)
    }
}

/// The words and the badge of a state.
pub(super) const fn state(status: RunStatus) -> (&'static str, &'static str) {
    match status {
        RunStatus::Frozen => ("Frozen", "b-info"),
        RunStatus::Calculated => ("Waits for review", "b-warn"),
        RunStatus::Reviewed => ("Waits for approval", "b-warn"),
        RunStatus::Approved => ("Waits for commit", "b-warn"),
        RunStatus::Committed => ("Committed", "b-pos"),
        RunStatus::Discarded => ("Discarded", ""),
    }
}
