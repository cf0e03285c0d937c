//! Import members, products or orders from a file through a mapping. A bad row never stops the file and
//! never half-enters; the same file twice changes nothing; an import that was cut off goes on where it was.

mod book;
mod foreseen;
mod gatherer;
mod member_rows;
mod members;
mod order_rows;
mod orders;
mod products;
mod returned;
mod survey;
mod volumes;

pub use book::{Report, content_cells};

use std::path::Path;

use crate::actions::company;
use crate::clock::Clock;
use crate::domain::ids::ImportId;
use crate::domain::staff::Actor;
use crate::sheet::{CsvWriter, ImportKind, Mapping, SheetFault};
use crate::store::{Db, StoreError, audit, imports};
use book::Book;

/// Rows that are written in one transaction.
const BATCH: usize = 2000;

/// What to import, and how.
#[derive(Debug, Clone, Copy)]
pub struct ImportInput<'a> {
    /// What the columns mean.
    pub mapping: &'a Mapping,
    /// The text of the mapping file: another text is another import.
    pub mapping_text: &'a str,
    /// The file.
    pub path: &'a Path,
    /// What people call the file.
    pub file_name: &'a str,
    /// Check every row and write no member, product or order.
    pub is_dry_run: bool,
    /// Let a row that differs from what is there change it, where that is possible.
    pub update: bool,
}

/// How far an import is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Rows dealt with.
    pub rows: i64,
    /// Rows rejected so far.
    pub rejected: i64,
    /// Of a thousand parts of the work, how many are done.
    pub permille: u32,
}

/// Why an import stopped. What was imported until then stays; the same import goes on from there.
#[derive(Debug, thiserror::Error)]
pub enum ImportFault {
    /// The file cannot be read.
    #[error(transparent)]
    Sheet(#[from] SheetFault),
    /// The database refused.
    #[error("the import stopped and nothing half-entered; start it again to go on: {0}")]
    Store(#[from] StoreError),
    /// Somebody asked it to stop.
    #[error("the import was stopped; start it again to go on")]
    Stopped,
}

/// Imports a file. `watch` is told how far it is and answers whether to go on.
///
/// # Errors
/// Only what concerns the whole file or the database; a bad row is in the report.
pub fn import(
    db: &Db,
    clock: &Clock,
    actor: &Actor,
    input: &ImportInput<'_>,
    watch: &mut dyn FnMut(Progress) -> bool,
) -> Result<Report, ImportFault> {
    let company = db.read(company::load)?;
    let mut book = Book::open(db, clock, actor, input, watch)?;
    let done = match input.mapping.kind {
        ImportKind::Members => members::import(&mut book, input, &company),
        ImportKind::Products => products::import(&mut book, input, &company),
        ImportKind::Orders => orders::import(&mut book, input, &company),
    };
    if let Err(fault) = done {
        book.abandon(&fault);
        return Err(fault);
    }
    book.close()
}

/// Writes the rejected rows of imports as CSV: file, line, reason, and the columns of the file.
///
/// # Errors
/// What the store or the place written to says.
pub fn write_rejects<W: std::io::Write>(db: &Db, of: &[ImportId], to: W) -> Result<u64, WriteFault> {
    let mut csv = CsvWriter::new(to);
    let mut count = 0;
    for id in of {
        let file = db.read(|c| imports::get(c, *id))?.file_name;
        let mut after = -1;
        loop {
            let page = db.read(|c| imports::list_rejects(c, *id, after, 1000))?;
            let Some(last) = page.last() else { break };
            after = last.line_no;
            for reject in &page {
                let cells = content_cells(&reject.content);
                if count == 0 {
                    let columns = cells.iter().map(|(name, _)| name.as_str());
                    csv.write(["file", "line", "reason"].into_iter().chain(columns))?;
                }
                let line = reject.line_no.to_string();
                let row = [file.as_str(), line.as_str(), reject.reason.as_str()];
                csv.write(row.into_iter().chain(cells.iter().map(|(_, cell)| cell.as_str())))?;
                count += 1;
            }
        }
    }
    csv.finish()?;
    Ok(count)
}

/// Why the rejected rows could not be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteFault {
    /// The database refused.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The place written to refused.
    #[error("the rejected rows could not be written: {0}")]
    Io(#[from] std::io::Error),
}

/// Keeps in the audit log that a file was imported.
fn append_audit(
    tx: &mut crate::store::Conn,
    clock: &Clock,
    actor: &Actor,
    import: &imports::Import,
) -> Result<(), StoreError> {
    let after = format!(
        "{} created, {} changed, {} unchanged, {} left out, {} rejected of {} rows",
        import.rows_created,
        import.rows_updated,
        import.rows_unchanged,
        import.rows_skipped,
        import.rows_rejected,
        import.rows_read
    );
    let entry = audit::Entry {
        at: clock.now(),
        actor,
        action: "import",
        object_kind: "import",
        object_id: import.id.0,
        object: &import.file_name,
        before: "",
        after: &format!("{}: {after}", import.kind),
    };
    audit::append(tx, &entry)
}
