//! The cases of a version: small fields and what the plan pays on them, each with how it ends. Those of a draft can be
//! changed here, and tried before they are saved.

use askama::Template;
use rocket::State;
use rocket::form::FromForm;

use super::badge;
use crate::actions::plan_draft::{self, Typed};
use crate::actions::{ActionFault, FieldFault};
use crate::domain::plan_version::PlanState;
use crate::plan::CheckedPlan;
use crate::plan::case::{Difference, TestReport, test};
use crate::store::plans::{self, PlanVersion};
use crate::store::{Conn, StoreResult};
use crate::web::App;
use crate::web::guards::{Checked, ManageRuns, Signed, View};
use crate::web::reply::{Fault, Page, Reply, SeeOther};
use crate::web::view::{Errors, Shell, filters};

/// What a draft without cases begins with.
const MODEL: &str = "\
# A small field, its orders, and what the plan must pay on them. docs/plan-cases.md has every word.
case a first sale
members A, B < A
order B 100
";

#[derive(Template)]
#[template(path = "web/plans/cases.html")]
struct Cases {
    shell: Shell,
    version: PlanVersion,
    state: PlanState,
    /// The cases that are shown: those that are stored, or what was typed.
    text: String,
    /// How they end; `None` without cases, and while the plan or the cases have faults.
    tested: Option<TestReport>,
    /// What is wrong with the text of the cases, as the check prints it.
    faults: String,
    errors: Errors,
    /// Whether the text differs from what is stored.
    is_changed: bool,
}

#[derive(FromForm)]
pub struct Sent {
    cases: String,
    seen: String,
    /// `try` or `save`.
    verb: String,
}

#[rocket::get("/plans/<version>/cases")]
pub async fn show(who: Signed<View>, app: &State<App>, version: i32) -> Result<Page, Fault> {
    let today = who.shell.today;
    let (version, state) = app.blocking(move |app| app.db.read(|c| load(c, version, today))).await?;
    let text = version.cases.clone();
    Page::of(&Cases::of(who.shell, version, state, text, Errors::none()))
}

#[rocket::post("/plans/<version>/cases", data = "<form>")]
pub async fn submit(
    who: Signed<ManageRuns>,
    app: &State<App>,
    version: i32,
    form: Checked<Sent>,
) -> Result<Reply, Fault> {
    let Checked(sent) = form;
    let today = who.shell.today;
    let (stored, state) = app.blocking(move |app| app.db.read(|c| load(c, version, today))).await?;
    let text = sent.cases.replace("\r\n", "\n");
    if sent.verb != "save" {
        return Ok(Page::of(&Cases::of(who.shell, stored, state, text, Errors::none()))?.into());
    }
    let actor = who.actor();
    let typed = Typed { source: stored.source.clone(), cases: text.clone(), from_day: stored.from_day.to_string() };
    let done = app
        .blocking(move |app| Ok::<_, Fault>(plan_draft::edit(&app.db, &app.clock, &actor, version, &sent.seen, &typed)))
        .await?;
    match done {
        Ok(_) => {
            Ok(SeeOther::to(format!("/plans/{version}/cases")).saying("The cases are saved with the draft.").into())
        }
        Err(ActionFault::Invalid(faults)) => {
            let short = faults.into_iter().map(|fault| match fault.field {
                "cases" => FieldFault::new("cases", "The cases have faults; they stand below the text"),
                _ => fault,
            });
            let errors = Errors::from_action(ActionFault::Invalid(short.collect()), "cases")?;
            Ok(Page::invalid(&Cases::of(who.shell, stored, state, text, errors))?.into())
        }
        Err(fault) => Err(fault.into()),
    }
}

fn load(conn: &mut Conn, number: i32, today: crate::domain::calendar::Day) -> StoreResult<(PlanVersion, PlanState)> {
    let version = plans::get_by_version(conn, number)?;
    let in_force = plans::find_in_force(conn, today)?;
    let state = plans::state(&version, in_force.as_ref(), today);
    Ok((version, state))
}

impl Cases {
    fn of(shell: Shell, version: PlanVersion, state: PlanState, text: String, errors: Errors) -> Self {
        let (mut tested, mut faults) = (None, String::new());
        if !text.trim().is_empty() {
            match CheckedPlan::read(&version.source, "plan.toml") {
                Err(wrong) => faults = wrong.to_string(),
                Ok(plan) => match test(&plan, &text, "plan.cases") {
                    Err(wrong) => faults = wrong.to_string(),
                    Ok(report) => tested = Some(report),
                },
            }
        }
        let is_changed = text.trim_end() != version.cases.trim_end();
        Self { shell, version, state, text, tested, faults, errors, is_changed }
    }

    fn badge(&self) -> (&'static str, &'static str) {
        badge(self.state)
    }

    /// Whether the cases can be changed by who looks.
    fn may_change(&self) -> bool {
        self.version.is_draft() && self.shell.may("manage-runs")
    }

    /// The text of the form; a model where there is nothing yet.
    fn typed(&self) -> &str {
        if self.text.trim().is_empty() && !self.is_changed { MODEL } else { &self.text }
    }

    /// The lines of the cases with what differs at each.
    fn lines(&self) -> Vec<(usize, &str, Vec<&Difference>)> {
        let differences: Vec<&Difference> =
            self.tested.iter().flat_map(|tested| &tested.cases).flat_map(|case| &case.differences).collect();
        let of = |number: usize| differences.iter().copied().filter(|found| found.line == number).collect();
        (1..).zip(self.text.lines()).map(|(number, line)| (number, line, of(number))).collect()
    }
}
