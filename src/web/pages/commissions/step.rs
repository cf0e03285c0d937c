//! The buttons of a run: each takes it one step forward.

use rocket::State;
use rocket::form::FromForm;
use rocket::http::Status;

use crate::actions::ActionFault;
use crate::actions::approve_run::approve_run;
use crate::actions::commit_run::commit_run;
use crate::actions::discard_run::discard_run;
use crate::actions::review_run::review_run;
use crate::domain::staff::Actor;
use crate::jobs::{calculate_run, send_statements};
use crate::store::runs::{self, Run};
use crate::web::App;
use crate::web::guards::{Checked, ManageRuns, Signed};
use crate::web::reply::{Fault, SeeOther};

#[derive(FromForm)]
pub struct Typed {
    /// The result that the person looked at.
    seen: String,
}

#[rocket::post("/commissions/<number>/<verb>", data = "<form>")]
pub async fn step(
    who: Signed<ManageRuns>,
    app: &State<App>,
    number: &str,
    verb: &str,
    form: Checked<Typed>,
) -> Result<SeeOther, Fault> {
    let Checked(typed) = form;
    let (actor, name, wanted) = (who.actor(), number.to_owned(), verb.to_owned());
    let done = app
        .blocking(move |app| {
            let run = app.db.read(|c| runs::get_by_number(c, &name))?;
            take(app, &actor, &run, &wanted, &typed.seen)
        })
        .await?;
    let Some(said) = done else {
        return Err(Fault::of_status(Status::NotFound));
    };
    app.wake();
    let to = if verb == "discard" { "/commissions".to_owned() } else { format!("/commissions/{number}") };
    Ok(SeeOther::to(to).saying(said))
}

/// Takes the step and says what happened; `None` for a verb that there is not.
fn take(app: &App, actor: &Actor, run: &Run, verb: &str, seen: &str) -> Result<Option<String>, ActionFault> {
    let (db, clock) = (&app.db, &app.clock);
    let sum = format!("{} {}", run.currency.grouped(run.earned_minor), run.currency);
    Ok(Some(match verb {
        "calculate" => {
            db.write(|tx| calculate_run::enqueue(tx, run, actor, clock))?;
            format!("The calculation of {} has begun.", run.number)
        }
        "review" => {
            review_run(db, clock, actor, run.id, seen)?;
            format!("{} is reviewed. A second person must approve {sum}.", run.number)
        }
        "approve" => {
            approve_run(db, clock, actor, run.id, seen)?;
            format!("{} is approved: {sum} for {} members.", run.number, run.payee_count)
        }
        "commit" => {
            commit_run(db, clock, actor, run.id)?;
            format!("{} is committed: {sum} are in the ledger, the statements can be sent.", run.number)
        }
        "discard" => {
            discard_run(db, clock, actor, run.id)?;
            format!("{} is discarded; its period is open again.", run.number)
        }
        "send" => {
            db.write(|tx| send_statements::enqueue(tx, run, actor, clock))?;
            format!("The statements of {} are being sent; see Jobs.", run.number)
        }
        _ => return Ok(None),
    }))
}
