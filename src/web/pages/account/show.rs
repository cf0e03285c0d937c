//! Password and sessions of whoever is signed in.

use askama::Template;
use rocket::State;

use crate::actions::sign_in::IDLE_SECONDS;
use crate::store::sessions::{self, Session};
use crate::store::staff::Staff;
use crate::web::App;
use crate::web::guards::{Signed, View};
use crate::web::reply::{Fault, Page};
use crate::web::view::{Errors, Shell, browser, filters};

#[derive(Template)]
#[template(path = "web/account/show.html")]
pub struct Account {
    shell: Shell,
    staff: Staff,
    here: String,
    sessions: Vec<Session>,
    errors: Errors,
}

#[rocket::get("/account")]
pub async fn show(who: Signed<View>, app: &State<App>) -> Result<Page, Fault> {
    Page::of(&account(who, app, Errors::none()).await?)
}

/// The page, with what is wrong about a new password.
pub async fn account(who: Signed<View>, app: &App, errors: Errors) -> Result<Account, Fault> {
    let id = who.staff.id;
    let sessions = app
        .blocking(move |app| {
            let now = app.clock.now();
            app.db.read(|c| sessions::list_of_staff(c, id, now, now.plus_seconds(-IDLE_SECONDS)))
        })
        .await?;
    Ok(Account { shell: who.shell, staff: who.staff, here: who.session.token_hash, sessions, errors })
}
