//! End one's own sessions.

use rocket::State;
use rocket::form::FromForm;

use crate::actions::sign_out;
use crate::web::App;
use crate::web::guards::{Checked, NoFields, Signed, View};
use crate::web::reply::{Fault, SeeOther};

#[derive(FromForm)]
pub struct Which {
    session: String,
}

#[rocket::post("/account/sessions/end", data = "<form>")]
pub async fn end(who: Signed<View>, app: &State<App>, form: Checked<Which>) -> Result<SeeOther, Fault> {
    let actor = who.actor();
    let Checked(which) = form;
    let ended = app.blocking(move |app| sign_out::sign_out(&app.db, app.clock.now(), &actor, &which.session)).await?;
    let on = SeeOther::to("/account");
    Ok(if ended { on.saying("The session is ended.") } else { on.warning("That session had ended already.") })
}

#[rocket::post("/account/sessions/end-others", data = "<_form>")]
pub async fn end_others(who: Signed<View>, app: &State<App>, _form: Checked<NoFields>) -> Result<SeeOther, Fault> {
    let (actor, keep) = (who.actor(), who.session.token_hash);
    let ended = app.blocking(move |app| sign_out::sign_out_elsewhere(&app.db, app.clock.now(), &actor, &keep)).await?;
    Ok(SeeOther::to("/account").saying(format!("Ended {ended} other sessions.")))
}
