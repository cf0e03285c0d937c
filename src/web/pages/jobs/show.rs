//! One job, at an address of its own that survives closing the tab.

use askama::Template;
use rocket::State;

use crate::domain::ids::JobId;
use crate::domain::staff::Permission;
use crate::store::StoreError;
use crate::store::jobs::{self, Job};
use crate::store::staff;
use crate::web::App;
use crate::web::guards::{Signed, View};
use crate::web::reply::{Fault, Page};
use crate::web::view::{Shell, filters};

#[derive(Template)]
#[template(path = "web/jobs/show.html")]
struct Show {
    shell: Shell,
    job: Job,
    by: String,
    is_under_way: bool,
    may_stop: bool,
    left: String,
}

#[rocket::get("/jobs/<id>")]
pub async fn show(who: Signed<View>, app: &State<App>, id: i64) -> Result<Page, Fault> {
    let (job, by, now) = app
        .blocking(move |app| {
            app.db.read(|c| {
                let job = jobs::get(c, JobId(id))?;
                let by = staff::find(c, job.created_by)?.map_or_else(|| "the system".to_owned(), |person| person.name);
                Ok::<_, StoreError>((job, by, app.clock.now()))
            })
        })
        .await?;
    let is_under_way = matches!(job.status.as_str(), "queued" | "running");
    let may_stop = is_under_way && !job.stop_requested && who.staff.role.grants(Permission::ManageField);
    let left = time_left(&job, (now.0 - job.started_at.0) / 1_000_000);
    Page::of(&Show { shell: who.shell, job, by, is_under_way, may_stop, left })
}

/// About how long it will take, at the speed so far.
fn time_left(job: &Job, seconds: i64) -> String {
    if job.status != "running" || job.done <= 0 || job.total <= job.done || seconds < 2 {
        return String::new();
    }
    let left = i128::from(seconds) * i128::from(job.total - job.done) / i128::from(job.done);
    match left {
        0..=59 => "less than a minute left".to_owned(),
        60..=119 => "about a minute left".to_owned(),
        more => format!("about {} minutes left", more / 60),
    }
}
