//! One version: its text with the findings of the check beside the lines, its life, and the runs on it.

use std::collections::HashMap;

use askama::Template;
use rocket::State;
use rocket::http::ContentType;

use super::badge;
use crate::domain::calendar::Day;
use crate::domain::ids::StaffId;
use crate::domain::plan_version::PlanState;
use crate::plan::case::{TestReport, test};
use crate::plan::{CheckReport, CheckedPlan, Finding, check_report};
use crate::store::audit::{self, Stored};
use crate::store::plans::{self, PlanVersion};
use crate::store::{Conn, StoreResult, periods, staff};
use crate::web::App;
use crate::web::guards::{Signed, View};
use crate::web::reply::{Download, Fault, Page};
use crate::web::view::highlight::{self, Piece};
use crate::web::view::{Shell, filters};

/// Entries of the audit log that are shown.
const HISTORY: i64 = 20;

/// A line of the plan with what the check says about it.
struct Line<'t> {
    number: usize,
    pieces: Vec<Piece<'t>>,
    findings: Vec<Finding>,
}

/// What the page of a version knows.
struct Known {
    version: PlanVersion,
    state: PlanState,
    names: HashMap<StaffId, String>,
    runs: Vec<String>,
    history: Vec<Stored>,
    /// The version before this one, to compare with.
    before: Option<i32>,
    /// The first day from which it may be activated.
    open_from: Day,
}

#[derive(Template)]
#[template(path = "web/plans/show.html")]
struct Show<'t> {
    shell: Shell,
    me: StaffId,
    known: &'t Known,
    report: CheckReport,
    /// How the cases end; `None` without cases or while the plan has faults.
    tested: Option<TestReport>,
    lines: Vec<Line<'t>>,
    /// What the plan has, such as `5 ranks`; empty while it has faults.
    parts: String,
    /// The day that the activation form begins with.
    from_day: Day,
}

#[rocket::get("/plans/<version>")]
pub async fn show(who: Signed<View>, app: &State<App>, version: i32) -> Result<Page, Fault> {
    let today = who.shell.today;
    let known = app.blocking(move |app| app.db.read(|c| load(c, version, today))).await?;
    let source = &known.version.source;
    let plan = CheckedPlan::read(source, "plan.toml").ok();
    let report = check_report(source, "plan.toml");
    let mut lines: Vec<Line<'_>> = (1..)
        .zip(highlight::toml(source))
        .map(|(number, pieces)| Line { number, pieces, findings: Vec::new() })
        .collect();
    for finding in &report.findings {
        let last = lines.len().saturating_sub(1);
        if let Some(line) = lines.get_mut(finding.line.saturating_sub(1).min(last)) {
            line.findings.push(finding.clone());
        }
    }
    let parts = plan.as_ref().map(parts).unwrap_or_default();
    let cases = Some(&known.version.cases).filter(|cases| !cases.is_empty());
    let tested = plan.as_ref().zip(cases).and_then(|(plan, cases)| test(plan, cases, "plan.cases").ok());
    let valid_from = plan.and_then(|plan| plan.valid_from);
    let from_day = known.version.from_day.max(known.open_from).max(valid_from.unwrap_or(Day(i32::MIN)));
    Page::of(&Show { shell: who.shell, me: who.staff.id, known: &known, report, tested, lines, parts, from_day })
}

#[rocket::get("/plans/<version>/plan.toml")]
pub async fn file(_who: Signed<View>, app: &State<App>, version: i32) -> Result<Download, Fault> {
    let stored = app.blocking(move |app| app.db.read(|c| plans::get_by_version(c, version))).await?;
    let kind = ContentType::new("application", "toml");
    Ok(Download { name: format!("plan-version-{version}.toml"), kind, bytes: stored.source.into_bytes() })
}

fn load(conn: &mut Conn, number: i32, today: Day) -> StoreResult<Known> {
    let version = plans::get_by_version(conn, number)?;
    let in_force = plans::find_in_force(conn, today)?;
    let runs = plans::list_runs(conn)?.into_iter().filter(|(id, ..)| *id == version.id).map(|(_, run, _)| run);
    let runs = runs.collect();
    let before = plans::list(conn)?.into_iter().map(|v| v.version).find(|other| *other < number);
    Ok(Known {
        state: plans::state(&version, in_force.as_ref(), today),
        names: staff::list(conn)?.into_iter().map(|person| (person.id, person.name)).collect(),
        runs,
        history: audit::list_of_object(conn, "plan", version.id.0, HISTORY)?,
        before,
        open_from: periods::first_open_day(conn)?,
        version,
    })
}

fn parts(plan: &CheckedPlan) -> String {
    let count = |count: usize, one: &str, many: &str| format!("{count} {}", if count == 1 { one } else { many });
    [
        count(plan.volumes.len(), "volume", "volumes"),
        count(plan.ranks.len(), "rank", "ranks"),
        count(plan.bonuses.len(), "bonus", "bonuses"),
    ]
    .join(", ")
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass fields by reference")]
impl Known {
    fn badge(&self) -> (&'static str, &'static str) {
        badge(self.state)
    }

    fn name(&self, id: &StaffId) -> &str {
        self.names.get(id).map_or("the command line", String::as_str)
    }
}

impl Finding {
    /// The word and the badge of a finding.
    fn badge(&self) -> (&'static str, &'static str) {
        if self.severity == "error" { ("Fault", "b-neg") } else { ("Warning", "b-warn") }
    }
}
