//! Everybody of the staff.

use askama::Template;
use rocket::State;

use crate::store::staff::{self, Staff};
use crate::web::App;
use crate::web::guards::{ManageCompany, Signed};
use crate::web::reply::{Fault, Page};
use crate::web::view::{Shell, filters};

#[derive(Template)]
#[template(path = "web/staff/list.html")]
struct List {
    shell: Shell,
    people: Vec<Staff>,
}

#[rocket::get("/staff")]
pub async fn list(who: Signed<ManageCompany>, app: &State<App>) -> Result<Page, Fault> {
    let people = app.blocking(|app| app.db.read(staff::list)).await?;
    Page::of(&List { shell: who.shell, people })
}
