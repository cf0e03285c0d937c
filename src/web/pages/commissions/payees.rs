//! Who is paid by a run, the highest sums first; or who is in it and is paid nothing.

use askama::Template;
use rocket::State;

use super::show::Head;
use crate::store::StoreError;
use crate::store::run_list::{self, Payee};
use crate::web::App;
use crate::web::guards::{Signed, View};
use crate::web::reply::{Fault, Page};
use crate::web::view::{Shell, filters};

const PAGE: i64 = 50;

#[derive(Template)]
#[template(path = "web/commissions/payees.html")]
struct Payees {
    shell: Shell,
    head: Head,
    search: String,
    /// Members without a line instead.
    unpaid: bool,
    page: i64,
    has_more: bool,
    rows: Vec<Payee>,
}

#[rocket::get("/commissions/<number>/members?<q>&<paid>&<page>")]
pub async fn list(
    who: Signed<View>,
    app: &State<App>,
    number: String,
    q: Option<String>,
    paid: Option<&str>,
    page: Option<i64>,
) -> Result<Page, Fault> {
    let me = who.staff.id;
    let search = q.unwrap_or_default();
    let unpaid = paid == Some("nothing");
    let page = page.unwrap_or(1).clamp(1, 1_000_000);
    let wanted = search.clone();
    let (head, mut rows) = app
        .blocking(move |app| {
            app.db.read(|c| {
                let head = Head::load(c, &number, me)?;
                let list = if unpaid { run_list::list_unpaid } else { run_list::list_payees };
                let rows = list(c, head.run.id, &wanted, PAGE + 1, (page - 1) * PAGE)?;
                Ok::<_, StoreError>((head, rows))
            })
        })
        .await?;
    let has_more = i64::try_from(rows.len()).unwrap_or(0) > PAGE;
    rows.truncate(usize::try_from(PAGE).unwrap_or(50));
    Page::of(&Payees { shell: who.shell, head, search, unpaid, page, has_more, rows })
}

impl Payees {
    /// The part of an address that keeps the choice.
    fn choice(&self) -> &'static str {
        if self.unpaid { "paid=nothing&" } else { "" }
    }
}
