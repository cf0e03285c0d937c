//! Members and orders: from files, by hand, or a demo company to look at first.

use askama::Template;
use rocket::State;

use super::steps::{Frame, Known, read};
use crate::web::App;
use crate::web::guards::{ManageCompany, Signed};
use crate::web::reply::{Fault, Page};
use crate::web::view::filters;

#[derive(Template)]
#[template(path = "web/begin/members.html")]
struct Members {
    frame: Frame,
    known: Known,
}

#[rocket::get("/begin/members")]
pub async fn show(who: Signed<ManageCompany>, app: &State<App>) -> Result<Page, Fault> {
    let known = app.blocking(|app| app.db.read(read)).await?;
    Page::of(&Members { frame: Frame::of(who.shell, &known, "/begin/members"), known })
}
