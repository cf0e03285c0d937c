//! All jobs, newest first.

use askama::Template;
use rocket::State;

use crate::store::StoreError;
use crate::store::jobs::{self, Job};
use crate::web::App;
use crate::web::guards::{Signed, View};
use crate::web::reply::{Fault, Page};
use crate::web::view::{Shell, filters};

/// Jobs on a page.
const PAGE: i64 = 50;

#[derive(Template)]
#[template(path = "web/jobs/list.html")]
struct List {
    shell: Shell,
    jobs: Vec<Job>,
    count: i64,
    page: i64,
    pages: i64,
}

#[rocket::get("/jobs?<page>")]
pub async fn list(who: Signed<View>, app: &State<App>, page: Option<i64>) -> Result<Page, Fault> {
    let page = page.unwrap_or(1).clamp(1, 1_000_000);
    let (jobs, count) = app
        .blocking(move |app| {
            app.db.read(|c| Ok::<_, StoreError>((jobs::list(c, PAGE, (page - 1) * PAGE)?, jobs::count(c)?)))
        })
        .await?;
    let pages = (count + PAGE - 1) / PAGE;
    Page::of(&List { shell: who.shell, jobs, count, page, pages })
}
