//! A new password for whoever is signed in.

use rocket::State;
use rocket::form::FromForm;

use super::show::account;
use crate::actions::staff;
use crate::web::App;
use crate::web::guards::{Checked, Signed, View};
use crate::web::reply::{Fault, Page, Reply, SeeOther};
use crate::web::view::Errors;

#[derive(FromForm)]
pub struct Typed {
    current: String,
    password: String,
    again: String,
}

#[rocket::post("/account/password", data = "<form>")]
pub async fn submit(who: Signed<View>, app: &State<App>, form: Checked<Typed>) -> Result<Reply, Fault> {
    let Checked(Typed { current, password, again }) = form;
    let key = format!("password {}", who.staff.id);
    if let Err(seconds) = app.throttle.take(&key, app.clock.now()) {
        return Err(Fault::refused(format!("too many tries; wait {seconds} seconds")));
    }
    let (actor, session) = (who.actor(), who.session.token_hash.clone());
    let done = app
        .hashing(move |app| {
            let done = staff::change_password(&app.db, &app.clock, &actor, &session, &current, &password, &again);
            Ok::<_, Fault>(done)
        })
        .await?;
    match done {
        Ok(()) => {
            app.throttle.clear(&key);
            Ok(SeeOther::to("/account").saying("The new password is stored; your other sessions are ended.").into())
        }
        Err(fault) => {
            let errors = Errors::from_action(fault, "current")?;
            Ok(Page::invalid(&account(who, app, errors).await?)?.into())
        }
    }
}
