//! All runs, and the months that can be frozen.

use askama::Template;
use rocket::State;

use crate::domain::calendar::Day;
use crate::domain::run::{PeriodStatus, RunStatus};
use crate::store::runs::Run;
use crate::store::{Conn, StoreResult, orders, periods, runs};
use crate::web::App;
use crate::web::guards::{Signed, View};
use crate::web::reply::{Fault, Page};
use crate::web::view::{OpenMonth, Shell, filters};

/// A run with its period.
struct Row {
    run: Run,
    period: String,
}

#[derive(Template)]
#[template(path = "web/commissions/list.html")]
struct List {
    shell: Shell,
    rows: Vec<Row>,
    open: Option<OpenMonth>,
    /// The month that may be frozen next, such as `2026-10`.
    next: Option<String>,
}

#[rocket::get("/commissions")]
pub async fn list(who: Signed<View>, app: &State<App>) -> Result<Page, Fault> {
    let shell = who.shell;
    let today = shell.today;
    let (rows, next) = app.blocking(move |app| app.db.read(|c| load(c, today))).await?;
    let open = app.look_ahead().map(|shown| OpenMonth::of(&shown, shell.zone));
    Page::of(&List { shell, rows, open, next })
}

fn load(conn: &mut Conn, today: Day) -> StoreResult<(Vec<Row>, Option<String>)> {
    let all = periods::list(conn)?;
    let rows = runs::list(conn)?
        .into_iter()
        .map(|run| {
            let period = all.iter().find(|period| period.id == run.period_id);
            Row { period: period.map(|p| p.first_day.date().format("%B %Y").to_string()).unwrap_or_default(), run }
        })
        .collect();
    let under_way = all.iter().any(|period| period.status == PeriodStatus::Frozen);
    let next = if under_way { None } else { next_month(conn, today)? };
    Ok((rows, next))
}

/// The first month after the last closed one, or the month of the first order; `None` until it is over.
fn next_month(conn: &mut Conn, today: Day) -> StoreResult<Option<String>> {
    let open = periods::first_open_day(conn)?;
    let first = if open.0 == i32::MIN { orders::first_commission_day(conn)? } else { Some(open) };
    Ok(first.filter(|day| day.month_end() < today).map(Day::month_label))
}

impl Row {
    fn state(&self) -> (&'static str, &'static str) {
        state(self.run.status)
    }
}

/// The words and the badge of a state.
pub(super) const fn state(status: RunStatus) -> (&'static str, &'static str) {
    match status {
        RunStatus::Frozen => ("Frozen", "b-info"),
        RunStatus::Calculated => ("Waits for review", "b-warn"),
        RunStatus::Reviewed => ("Waits for approval", "b-warn"),
        RunStatus::Approved => ("Waits for commit", "b-warn"),
        RunStatus::Committed => ("Committed", "b-pos"),
        RunStatus::Discarded => ("Discarded", ""),
    }
}
