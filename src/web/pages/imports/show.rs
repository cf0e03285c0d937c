//! One import: why it stopped, counts, the rejected rows with their reasons, remarks on rows that came in.

use askama::Template;
use rocket::State;

use super::list::state;
use crate::actions::import::content_cells;
use crate::domain::ids::ImportId;
use crate::store::imports::{self, Import, Reject, Remark};
use crate::store::{Conn, StoreResult};
use crate::web::App;
use crate::web::guards::{ManageField, Signed};
use crate::web::reply::{Fault, Page};
use crate::web::view::{Shell, filters};

/// Rejected rows, and remarks, on one page.
const PAGE: i64 = 100;

/// A rejected row as it is shown.
struct Rejected {
    line: i64,
    reason: String,
    row: String,
}

#[derive(Template)]
#[template(path = "web/imports/show.html")]
struct Show {
    shell: Shell,
    import: Import,
    word: &'static str,
    badge: &'static str,
    rejects: Vec<Rejected>,
    /// The line behind which the next page begins.
    next: Option<i64>,
    remarks: Vec<Remark>,
    /// The remark behind which the next page begins.
    next_remark: Option<i64>,
}

#[rocket::get("/imports/<id>?<after>&<remark>")]
pub async fn show(
    who: Signed<ManageField>,
    app: &State<App>,
    id: i64,
    after: Option<i64>,
    remark: Option<i64>,
) -> Result<Page, Fault> {
    let shell = who.shell;
    let (after, remark) = (after.unwrap_or(-1), remark.unwrap_or(-1));
    let (import, rows, remarks) =
        app.blocking(move |app| app.db.read(|c| load(c, ImportId(id), after, remark))).await?;
    let is_full = |count: usize| i64::try_from(count) == Ok(PAGE);
    let next = rows.last().filter(|_| is_full(rows.len())).map(|reject| reject.line_no);
    let next_remark = remarks.last().filter(|_| is_full(remarks.len())).map(|remark| remark.id);
    let rejects = rows
        .into_iter()
        .map(|reject| {
            let cells = content_cells(&reject.content);
            let row = cells.iter().map(|(_, cell)| cell.as_str()).collect::<Vec<_>>().join(" · ");
            Rejected { line: reject.line_no, reason: reject.reason, row }
        })
        .collect();
    let (word, badge) = state(&import);
    Page::of(&Show { shell, import, word, badge, rejects, next, remarks, next_remark })
}

fn load(conn: &mut Conn, id: ImportId, after: i64, remark: i64) -> StoreResult<(Import, Vec<Reject>, Vec<Remark>)> {
    let import = imports::get(conn, id)?;
    let rejects = imports::list_rejects(conn, id, after, PAGE)?;
    Ok((import, rejects, imports::list_remarks(conn, id, remark, PAGE)?))
}
