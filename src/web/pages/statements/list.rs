//! All statements, by run.

use askama::Template;
use rocket::State;

use crate::domain::run::RunStatus;
use crate::store::run_list::{self, StatementRow};
use crate::store::{StoreError, runs};
use crate::web::App;
use crate::web::guards::{Signed, View};
use crate::web::reply::{Fault, Page};
use crate::web::view::{Shell, filters};

const PAGE: i64 = 50;

#[derive(Template)]
#[template(path = "web/statements/list.html")]
struct List {
    shell: Shell,
    runs: Vec<String>,
    run: String,
    search: String,
    page: i64,
    has_more: bool,
    rows: Vec<StatementRow>,
}

#[rocket::get("/statements?<run>&<q>&<page>")]
pub async fn list(
    who: Signed<View>,
    app: &State<App>,
    run: Option<String>,
    q: Option<String>,
    page: Option<i64>,
) -> Result<Page, Fault> {
    let page = page.unwrap_or(1).clamp(1, 1_000_000);
    let search = q.unwrap_or_default();
    let (wanted, looked_for) = (run, search.clone());
    let (runs, run, mut rows) = app
        .blocking(move |app| {
            app.db.read(|c| {
                let committed = runs::list(c)?.into_iter().filter(|run| run.status == RunStatus::Committed);
                let numbers: Vec<String> = committed.map(|run| run.number).collect();
                let run = wanted.or_else(|| numbers.first().cloned()).unwrap_or_default();
                let rows = run_list::list_statements(c, &run, &looked_for, PAGE + 1, (page - 1) * PAGE)?;
                Ok::<_, StoreError>((numbers, run, rows))
            })
        })
        .await?;
    let has_more = i64::try_from(rows.len()).unwrap_or(0) > PAGE;
    rows.truncate(usize::try_from(PAGE).unwrap_or(50));
    Page::of(&List { shell: who.shell, runs, run, search, page, has_more, rows })
}

impl StatementRow {
    /// The badge and the word of the mail's state.
    fn mail_state(&self) -> (&'static str, &str) {
        match self.mail.as_deref() {
            None => ("", "not mailed"),
            Some("sent") => ("b-pos", "sent"),
            Some("failed" | "bounced") => ("b-neg", "failed"),
            Some("suppressed") => ("b-warn", "no address"),
            Some(other) => ("b-info", other),
        }
    }
}
