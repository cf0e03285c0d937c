//! One import: counts, and the rejected rows with their reasons.

use askama::Template;
use rocket::State;

use super::list::state;
use crate::actions::import::content_cells;
use crate::domain::ids::ImportId;
use crate::store::imports::{self, Import};
use crate::web::App;
use crate::web::guards::{ManageField, Signed};
use crate::web::reply::{Fault, Page};
use crate::web::view::{Shell, filters};

/// Rejected rows on one page.
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
}

#[rocket::get("/imports/<id>?<after>")]
pub async fn show(who: Signed<ManageField>, app: &State<App>, id: i64, after: Option<i64>) -> Result<Page, Fault> {
    let shell = who.shell;
    let after = after.unwrap_or(-1);
    let (import, rows) = app
        .blocking(move |app| {
            app.db.read(|c| {
                let import = imports::get(c, ImportId(id))?;
                Ok::<_, crate::store::StoreError>((import, imports::list_rejects(c, ImportId(id), after, PAGE)?))
            })
        })
        .await?;
    let next = rows.last().filter(|_| i64::try_from(rows.len()) == Ok(PAGE)).map(|reject| reject.line_no);
    let rejects = rows
        .into_iter()
        .map(|reject| {
            let cells = content_cells(&reject.content);
            let row = cells.iter().map(|(_, cell)| cell.as_str()).collect::<Vec<_>>().join(" · ");
            Rejected { line: reject.line_no, reason: reject.reason, row }
        })
        .collect();
    let (word, badge) = state(&import);
    Page::of(&Show { shell, import, word, badge, rejects, next })
}
