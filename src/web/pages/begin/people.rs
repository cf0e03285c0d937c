//! A second person: runs are approved by somebody else than their reviewer.

use askama::Template;
use rocket::State;

use super::steps::{Frame, read};
use crate::store::StoreResult;
use crate::store::staff::{self, Staff};
use crate::web::App;
use crate::web::guards::{ManageCompany, Signed};
use crate::web::reply::{Fault, Page};
use crate::web::view::filters;

#[derive(Template)]
#[template(path = "web/begin/people.html")]
struct People {
    frame: Frame,
    people: Vec<Staff>,
}

#[rocket::get("/begin/people")]
pub async fn show(who: Signed<ManageCompany>, app: &State<App>) -> Result<Page, Fault> {
    let (known, people) = app.blocking(|app| app.db.read(|c| StoreResult::Ok((read(c)?, staff::list(c)?)))).await?;
    Page::of(&People { frame: Frame::of(who.shell, &known, "/begin/people"), people })
}
