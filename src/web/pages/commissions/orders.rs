//! The orders that a run is over, each with what it paid; those that paid nothing by themselves.

use askama::Template;
use rocket::State;

use super::show::Head;
use crate::store::StoreError;
use crate::store::run_list::{self, RunOrder};
use crate::web::App;
use crate::web::guards::{Signed, View};
use crate::web::reply::{Fault, Page};
use crate::web::view::{Shell, filters};

const PAGE: i64 = 50;

#[derive(Template)]
#[template(path = "web/commissions/orders.html")]
struct Orders {
    shell: Shell,
    head: Head,
    /// Only orders that paid nothing.
    unpaid: bool,
    page: i64,
    has_more: bool,
    rows: Vec<RunOrder>,
}

#[rocket::get("/commissions/<number>/orders?<paid>&<page>")]
pub async fn list(
    who: Signed<View>,
    app: &State<App>,
    number: String,
    paid: Option<&str>,
    page: Option<i64>,
) -> Result<Page, Fault> {
    let me = who.staff.id;
    let unpaid = paid == Some("nothing");
    let page = page.unwrap_or(1).clamp(1, 1_000_000);
    let (head, mut rows) = app
        .blocking(move |app| {
            app.db.read(|c| {
                let head = Head::load(c, &number, me)?;
                let days = (head.period.first_day, head.period.last_day);
                let rows = run_list::list_orders(c, head.run.id, days, unpaid, PAGE + 1, (page - 1) * PAGE)?;
                Ok::<_, StoreError>((head, rows))
            })
        })
        .await?;
    let has_more = i64::try_from(rows.len()).unwrap_or(0) > PAGE;
    rows.truncate(usize::try_from(PAGE).unwrap_or(50));
    Page::of(&Orders { shell: who.shell, head, unpaid, page, has_more, rows })
}

impl Orders {
    /// The part of the address that keeps the choice.
    fn choice(&self) -> &'static str {
        if self.unpaid { "paid=nothing&" } else { "" }
    }
}
