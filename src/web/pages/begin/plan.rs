//! The first compensation plan: a starter plan, in the company's currency, from a day on.

use askama::Template;
use rocket::State;
use rocket::form::FromForm;

use super::steps::{Frame, Known, read};
use crate::actions::add_plan_version::add_plan_version;
use crate::actions::{ActionFault, FieldFault};
use crate::domain::calendar::Day;
use crate::plan::{CheckedPlan, starter};
use crate::web::App;
use crate::web::guards::{Checked, ManageCompany, Signed};
use crate::web::reply::{Fault, Page, Reply, SeeOther};
use crate::web::view::{Errors, Shell, filters};

/// A plan to choose.
struct Offer {
    code: &'static str,
    name: String,
    about: String,
}

#[derive(Template)]
#[template(path = "web/begin/plan.html")]
struct Choose {
    frame: Frame,
    offers: Vec<Offer>,
    from_day: String,
    there: Option<String>,
    errors: Errors,
}

#[derive(FromForm)]
pub struct Typed {
    plan: String,
    from_day: String,
}

fn page(shell: Shell, known: &Known, from_day: String, errors: Errors) -> Choose {
    let offers = starter::ALL
        .iter()
        .map(|(code, text)| {
            let name = CheckedPlan::read(text, code).map_or_else(|_| (*code).to_owned(), |plan| plan.name);
            let about = text.lines().find_map(|line| line.strip_prefix("about = \"")?.strip_suffix('"'));
            Offer { code, name, about: about.unwrap_or_default().to_owned() }
        })
        .collect();
    Choose { frame: Frame::of(shell, known, "/begin/plan"), offers, from_day, there: known.plan.clone(), errors }
}

#[rocket::get("/begin/plan")]
pub async fn show(who: Signed<ManageCompany>, app: &State<App>) -> Result<Page, Fault> {
    let known = app.blocking(|app| app.db.read(read)).await?;
    let from_day = who.shell.today.month_start().to_string();
    Page::of(&page(who.shell, &known, from_day, Errors::none()))
}

#[rocket::post("/begin/plan", data = "<form>")]
pub async fn submit(who: Signed<ManageCompany>, app: &State<App>, form: Checked<Typed>) -> Result<Reply, Fault> {
    let Checked(typed) = form;
    let known = app.blocking(|app| app.db.read(read)).await?;
    let currency = who.shell.company.as_ref().map(|company| company.currency.to_string()).unwrap_or_default();
    let chosen = starter::ALL.iter().find(|(code, _)| *code == typed.plan);
    let from_day = typed.from_day.parse::<Day>();
    let done = match (chosen, from_day) {
        (Some((code, text)), Ok(day)) => {
            let text = text.replacen("currency = \"EUR\"", &format!("currency = \"{currency}\""), 1);
            let (file, actor) = (format!("{code}.toml"), who.actor());
            app.blocking(move |app| {
                Ok::<_, Fault>(add_plan_version(&app.db, &app.clock, &actor, text.as_str(), &file, day))
            })
            .await?
        }
        (None, _) => Err(ActionFault::Invalid(vec![FieldFault::new("plan", "Choose a plan")])),
        (_, Err(_)) => Err(ActionFault::Invalid(vec![FieldFault::new("from_day", "Write the day as 2026-01-31")])),
    };
    match done {
        Ok(plan) => {
            Ok(SeeOther::to("/begin/mail").saying(format!("{} applies from {}.", plan.name, plan.from_day)).into())
        }
        Err(fault) => {
            let errors = Errors::from_action(fault, "plan")?;
            Ok(Page::invalid(&page(who.shell, &known, typed.from_day, errors))?.into())
        }
    }
}
