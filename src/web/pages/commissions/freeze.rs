//! Freezes a period and asks for its calculation.

use rocket::State;
use rocket::form::FromForm;

use crate::actions::freeze_run::freeze_run;
use crate::jobs::calculate_run;
use crate::web::App;
use crate::web::guards::{Checked, ManageRuns, Signed};
use crate::web::reply::{Fault, SeeOther};

#[derive(FromForm)]
pub struct Typed {
    period: String,
}

#[rocket::post("/commissions", data = "<form>")]
pub async fn freeze(who: Signed<ManageRuns>, app: &State<App>, form: Checked<Typed>) -> Result<SeeOther, Fault> {
    let Checked(typed) = form;
    let actor = who.actor();
    let run = app
        .blocking(move |app| {
            let run = freeze_run(&app.db, &app.clock, &actor, typed.period.trim())?;
            app.db.write(|tx| calculate_run::enqueue(tx, &run, &actor, &app.clock))?;
            Ok::<_, crate::actions::ActionFault>(run)
        })
        .await?;
    app.wake();
    let said =
        format!("{} members and {} orders are frozen; the calculation has begun.", run.member_count, run.order_count);
    Ok(SeeOther::to(format!("/commissions/{}", run.number)).saying(said))
}
