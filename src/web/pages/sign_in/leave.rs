//! Sign out.

use rocket::State;
use rocket::http::{Cookie, CookieJar};

use crate::actions::sign_out;
use crate::web::App;
use crate::web::guards::{Checked, NoFields, Signed, View, session_cookie};
use crate::web::reply::{Fault, SeeOther};

#[rocket::post("/sign-out", data = "<_form>")]
pub async fn leave(
    who: Signed<View>,
    app: &State<App>,
    cookies: &CookieJar<'_>,
    _form: Checked<NoFields>,
) -> Result<SeeOther, Fault> {
    let actor = who.actor();
    let hash = who.session.token_hash;
    app.blocking(move |app| sign_out::sign_out(&app.db, app.clock.now(), &actor, &hash)).await?;
    cookies.remove(Cookie::build(session_cookie(app)).path("/").secure(app.settings.secure_cookies));
    Ok(SeeOther::to("/sign-in").saying("You are signed out."))
}
