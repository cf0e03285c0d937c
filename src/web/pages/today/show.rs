//! The first page after signing in: what needs a person, the open month, what runs and what happened.

use askama::Template;
use rocket::State;

use super::figures::{self, Figures};
use super::needs::{self, Asking, Need};
use crate::domain::money::Currency;
use crate::domain::staff::Permission;
use crate::store::audit::{self, Stored};
use crate::store::jobs::{self, Job};
use crate::web::App;
use crate::web::guards::{Signed, View};
use crate::web::reply::{Fault, Page};
use crate::web::view::{OpenPeriod, Shell, filters, place};

/// How far back failed jobs are told, in seconds.
const FAILED_WITHIN: i64 = 7 * 86_400;

#[derive(Template)]
#[template(path = "web/today/show.html")]
struct Today {
    shell: Shell,
    heading: String,
    greeting: String,
    currency: Currency,
    needs: Vec<Need>,
    figures: Figures,
    estimates: Vec<OpenPeriod>,
    running: Vec<Job>,
    recent: Vec<Stored>,
}

#[rocket::get("/")]
pub async fn show(who: Signed<View>, app: &State<App>) -> Result<Page, Fault> {
    let shell = who.shell;
    let today = shell.today;
    let currency = match &shell.company {
        Some(company) => company.currency,
        None => return Err(Fault::refused("the company is not set up yet")),
    };
    let estimates = app.look_ahead().map(|shown| OpenPeriod::all(&shown, shell.zone)).unwrap_or_default();
    let asking = Asking { staff: who.staff.id, role: who.staff.role, today };
    let (needs, figures, running, recent) = app
        .blocking(move |app| {
            let now = app.clock.now();
            app.db.read(|c| {
                let jobs = jobs::list(c, 50, 0)?;
                let (running, ended): (Vec<Job>, Vec<Job>) =
                    jobs.into_iter().partition(|job| matches!(job.status.as_str(), "queued" | "running"));
                let ended: Vec<Job> =
                    ended.into_iter().filter(|job| job.finished_at > now.plus_seconds(-FAILED_WITHIN)).collect();
                let recent = if asking.role.grants(Permission::ViewAudit) {
                    audit::list(c, &audit::Filter::default(), 6)?
                } else {
                    Vec::new()
                };
                let needs = needs::read(c, &asking, &ended)?;
                Ok::<_, crate::store::StoreError>((needs, figures::read(c, today, currency)?, running, recent))
            })
        })
        .await?;
    let heading = today.date().format("%A %-d %B").to_string();
    let greeting = greeting(&shell.name, needs.len());
    Page::of(&Today { shell, heading, greeting, currency, needs, figures, estimates, running, recent })
}

fn greeting(name: &str, needs: usize) -> String {
    let first = name.split_whitespace().next().unwrap_or_default();
    match needs {
        0 => format!("Hello {first}. Nothing waits for you."),
        1 => format!("Hello {first}. One thing needs you."),
        count => format!("Hello {first}. {count} things need you."),
    }
}
