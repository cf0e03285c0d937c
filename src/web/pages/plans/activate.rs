//! The end of a draft: a second person activates it, or it is thrown away.

use rocket::State;
use rocket::form::FromForm;

use crate::actions::activate_plan::activate_plan;
use crate::actions::{ActionFault, plan_draft};
use crate::domain::calendar::Day;
use crate::web::App;
use crate::web::guards::{Checked, ManageRuns, Signed};
use crate::web::reply::{Fault, SeeOther};
use crate::web::view::filters::written;

#[derive(FromForm)]
pub struct Activation {
    /// SHA-256 of the text that the person looked at.
    seen: String,
    from_day: String,
}

#[derive(FromForm)]
pub struct Discard {
    /// SHA-256 of the text that the person looked at.
    seen: String,
}

#[rocket::post("/plans/<version>/activate", data = "<form>")]
pub async fn activate(
    who: Signed<ManageRuns>,
    app: &State<App>,
    version: i32,
    form: Checked<Activation>,
) -> Result<SeeOther, Fault> {
    let Checked(typed) = form;
    let (actor, today) = (who.actor(), who.shell.today);
    let done = app
        .blocking(move |app| {
            let Ok(from_day) = typed.from_day.trim().parse::<Day>() else {
                return Ok::<_, Fault>(Err(ActionFault::refused("Write the day as 2026-12-01")));
            };
            Ok(activate_plan(&app.db, &app.clock, &actor, version, &typed.seen, from_day))
        })
        .await?;
    let page = SeeOther::to(format!("/plans/{version}"));
    match done {
        Ok(plan) => {
            let day = written(plan.from_day, today);
            Ok(page.saying(format!(
                "Version {version} is activated; it applies to every period that ends on {day} or later."
            )))
        }
        Err(ActionFault::Refused(message)) => Ok(page.refusing(message)),
        Err(fault) => Err(fault.into()),
    }
}

#[rocket::post("/plans/<version>/discard", data = "<form>")]
pub async fn discard(
    who: Signed<ManageRuns>,
    app: &State<App>,
    version: i32,
    form: Checked<Discard>,
) -> Result<SeeOther, Fault> {
    let Checked(typed) = form;
    let actor = who.actor();
    app.blocking(move |app| plan_draft::discard(&app.db, &app.clock, &actor, version, &typed.seen)).await?;
    Ok(SeeOther::to("/plans").saying(format!("The draft of version {version} is thrown away.")))
}
