//! The imports, the newest first, and uploads that wait for their turn.

use askama::Template;
use rocket::State;

use crate::domain::ids::ImportId;
use crate::jobs::import_file;
use crate::store::imports::{self, Import};
use crate::store::jobs::{self, Job};
use crate::store::{Conn, StoreResult};
use crate::web::App;
use crate::web::guards::{ManageField, Signed};
use crate::web::reply::{Fault, Page};
use crate::web::view::{Shell, filters};

/// Imports on one page.
const PAGE: i64 = 50;

#[derive(Template)]
#[template(path = "web/imports/list.html")]
struct List {
    shell: Shell,
    /// Each import with the word and the badge of its state.
    rows: Vec<(Import, &'static str, &'static str)>,
    /// Jobs that wait, run or failed without an import, the newest first.
    waiting: Vec<Job>,
    /// Where the next page begins.
    next: Option<ImportId>,
}

#[rocket::get("/imports?<before>")]
pub async fn list(who: Signed<ManageField>, app: &State<App>, before: Option<i64>) -> Result<Page, Fault> {
    let shell = who.shell;
    let (rows, waiting) = app.blocking(move |app| app.db.read(|c| load(c, before.map(ImportId)))).await?;
    let next = rows.last().filter(|_| i64::try_from(rows.len()) == Ok(PAGE)).map(|import| import.id);
    let rows = rows
        .into_iter()
        .map(|import| {
            let (word, badge) = state(&import);
            (import, word, badge)
        })
        .collect();
    Page::of(&List { shell, rows, waiting, next })
}

fn load(conn: &mut Conn, before: Option<ImportId>) -> StoreResult<(Vec<Import>, Vec<Job>)> {
    let rows = imports::list(conn, before, PAGE)?;
    let waiting = if before.is_some() { Vec::new() } else { jobs::list_open_of_kind(conn, import_file::KIND)? };
    Ok((rows, waiting))
}

/// The word and the badge of an import's state.
pub fn state(import: &Import) -> (&'static str, &'static str) {
    match (import.status.as_str(), import.rows_rejected) {
        ("done", 0) => ("Done", "b-pos"),
        ("done", _) => ("Done, some rejected", "b-warn"),
        ("running", _) => ("Running", "b-info"),
        ("stopped", _) => ("Stopped", "b-warn"),
        _ => ("Failed", "b-neg"),
    }
}
