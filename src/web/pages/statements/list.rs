//! All statements, by run.

use askama::Template;
use rocket::State;

use crate::domain::message::MessageStatus;
use crate::domain::run::RunStatus;
use crate::store::run_list::{self, StatementRow};
use crate::store::{StoreError, messages, runs};
use crate::web::App;
use crate::web::guards::{Signed, View};
use crate::web::reply::{Fault, Page};
use crate::web::view::{Shell, filters, segment};

const PAGE: i64 = 50;
/// States of mails that need somebody.
const DID_NOT_ARRIVE: [MessageStatus; 2] = [MessageStatus::Failed, MessageStatus::Bounced];

#[derive(Template)]
#[template(path = "web/statements/list.html")]
struct List {
    shell: Shell,
    runs: Vec<String>,
    run: String,
    search: String,
    /// Only those whose mail did not arrive.
    undelivered: bool,
    page: i64,
    has_more: bool,
    rows: Vec<StatementRow>,
    /// Mails of the run, or of all, that failed or came back.
    failed: i64,
    href: String,
}

#[rocket::get("/statements?<run>&<q>&<mail>&<page>")]
pub async fn list(
    who: Signed<View>,
    app: &State<App>,
    run: Option<String>,
    q: Option<String>,
    mail: Option<&str>,
    page: Option<i64>,
) -> Result<Page, Fault> {
    let page = page.unwrap_or(1).clamp(1, 1_000_000);
    let search = q.unwrap_or_default();
    let undelivered = mail == Some("undelivered");
    let (wanted, looked_for) = (run, search.clone());
    let (runs, run, mut rows, failed) = app
        .blocking(move |app| {
            app.db.read(|c| {
                let committed = runs::list(c)?.into_iter().filter(|run| run.status == RunStatus::Committed);
                let numbers: Vec<String> = committed.map(|run| run.number).collect();
                let run = wanted.or_else(|| numbers.first().cloned()).unwrap_or_default();
                let first = (page - 1) * PAGE;
                let rows = run_list::list_statements(c, &run, &looked_for, undelivered, PAGE + 1, first)?;
                let counts = messages::count_by_status(c, Some(run.as_str()).filter(|run| !run.is_empty()))?;
                let failed = counts.iter().filter(|(status, _)| DID_NOT_ARRIVE.contains(status));
                Ok::<_, StoreError>((numbers, run, rows, failed.map(|(_, count)| count).sum()))
            })
        })
        .await?;
    let has_more = i64::try_from(rows.len()).unwrap_or(0) > PAGE;
    rows.truncate(usize::try_from(PAGE).unwrap_or(50));
    let href = address(&run, &search, undelivered, page);
    Page::of(&List { shell: who.shell, runs, run, search, undelivered, page, has_more, rows, failed, href })
}

/// The address of a page of the list.
fn address(run: &str, search: &str, undelivered: bool, page: i64) -> String {
    let mail = if undelivered { "&mail=undelivered" } else { "" };
    format!("/statements?run={}&q={}{mail}&page={page}", segment(run), segment(search))
}

impl StatementRow {
    /// The badge and the word of the mail's state.
    fn mail_state(&self) -> (&'static str, &'static str) {
        match self.mail {
            None => ("", "not mailed"),
            Some(MessageStatus::Sent) => ("b-pos", "sent"),
            Some(MessageStatus::Failed) => ("b-neg", "failed"),
            Some(MessageStatus::Bounced) => ("b-neg", "came back"),
            Some(MessageStatus::Suppressed) => ("b-warn", "no address"),
            Some(MessageStatus::Deferred) => ("b-info", "tried again later"),
            Some(MessageStatus::Queued) => ("b-info", "waits"),
            Some(MessageStatus::Leased) => ("b-info", "under way"),
        }
    }

    /// Why the mail did not arrive, where it did not.
    fn trouble(&self) -> Option<&str> {
        let did_not = self.mail.is_some_and(MessageStatus::may_be_queued_again);
        self.mail_answer.as_deref().filter(|answer| did_not && !answer.is_empty())
    }

    /// Whether somebody may send the mail again.
    fn may_send_again(&self) -> bool {
        self.mail.is_some_and(MessageStatus::may_be_queued_again)
    }
}
