//! Keeps the book of one import: counts, rejected rows, how far it is; written in the same transaction
//! as the rows themselves, so that an import that was cut off knows exactly where to go on.

use std::io::Read as _;

use sha2::{Digest as _, Sha256};

use super::{ImportFault, ImportInput, Progress, append_audit};
use crate::clock::Clock;
use crate::domain::calendar::Moment;
use crate::domain::ids::ImportId;
use crate::domain::staff::Actor;
use crate::sheet::{Row, SheetFault};
use crate::store::imports::{self, Import, Reject, Remark};
use crate::store::{Conn, Db, StoreError, ids};

/// What an import did.
#[derive(Debug, Clone)]
pub struct Report {
    /// The counts, as stored.
    pub import: Import,
    /// Whether it went on with an import that had been cut off.
    pub is_resumed: bool,
}

/// What became of a row that was not rejected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    Created,
    Updated,
    Unchanged,
    Skipped,
}

/// The book of a running import.
pub(super) struct Book<'a> {
    pub db: &'a Db,
    pub clock: &'a Clock,
    pub actor: &'a Actor,
    pub is_dry_run: bool,
    import: Import,
    /// The state of the last transaction: what is true if the next one fails.
    written: Import,
    rejects: Vec<Reject>,
    remarks: Vec<Remark>,
    watch: &'a mut dyn FnMut(Progress) -> bool,
    /// Rows dealt with before this process took over.
    resumed_at: i64,
}

impl<'a> Book<'a> {
    /// Opens the book, or the one of the same import that was cut off.
    pub fn open(
        db: &'a Db,
        clock: &'a Clock,
        actor: &'a Actor,
        input: &ImportInput<'_>,
        watch: &'a mut dyn FnMut(Progress) -> bool,
    ) -> Result<Self, ImportFault> {
        let kind = input.mapping.kind.as_str();
        let file_sha256 = hash_of_file(input)?;
        let mapping_sha256 = format!("{:x}", Sha256::digest(format!("{}\n{}", input.update, input.mapping_text)));
        let unfinished =
            db.read(|c| imports::find_unfinished(c, kind, &file_sha256, &mapping_sha256, input.is_dry_run))?;
        let import = match unfinished {
            Some(import) if !import.is_dry_run => {
                Import { status: "running".to_owned(), fault: String::new(), finished_at: Moment::NEVER, ..import }
            }
            _ => {
                let import = Import {
                    id: ImportId(ids::next()),
                    kind: kind.to_owned(),
                    file_name: input.file_name.to_owned(),
                    file_sha256,
                    mapping_sha256,
                    is_dry_run: input.is_dry_run,
                    status: "running".to_owned(),
                    rows_read: 0,
                    rows_created: 0,
                    rows_updated: 0,
                    rows_unchanged: 0,
                    rows_skipped: 0,
                    rows_rejected: 0,
                    rows_remarked: 0,
                    rows_done: 0,
                    fault: String::new(),
                    started_by: actor.id,
                    started_at: clock.now(),
                    finished_at: Moment::NEVER,
                };
                db.write(|tx| imports::insert(tx, &import))?;
                import
            }
        };
        Ok(Self {
            db,
            clock,
            actor,
            is_dry_run: input.is_dry_run,
            resumed_at: import.rows_done,
            written: import.clone(),
            import,
            rejects: Vec::new(),
            remarks: Vec::new(),
            watch,
        })
    }

    /// How many rows an earlier attempt dealt with already.
    pub fn resumed_at(&self) -> i64 {
        self.resumed_at
    }

    /// A row came in, or was there already.
    pub fn count(&mut self, fate: Fate) {
        self.import.rows_read += 1;
        *match fate {
            Fate::Created => &mut self.import.rows_created,
            Fate::Updated => &mut self.import.rows_updated,
            Fate::Unchanged => &mut self.import.rows_unchanged,
            Fate::Skipped => &mut self.import.rows_skipped,
        } += 1;
    }

    /// How many rows of the whole file are left out on purpose; said again after a cut, it counts once.
    pub fn set_skipped(&mut self, rows: i64) {
        self.import.rows_read += rows - self.import.rows_skipped;
        self.import.rows_skipped = rows;
    }

    /// A row is rejected.
    pub fn reject(&mut self, row: &Row, reason: impl Into<String>) {
        self.import.rows_read += 1;
        self.import.rows_rejected += 1;
        self.rejects.push(Reject {
            import_id: self.import.id,
            line_no: i64::try_from(row.line).unwrap_or(i64::MAX),
            reason: reason.into(),
            content: content_of(row),
        });
    }

    /// A remark on a row that comes in.
    pub fn remark(&mut self, line: u64, remark: String) {
        self.import.rows_remarked += 1;
        let line_no = i64::try_from(line).unwrap_or(i64::MAX);
        self.remarks.push(Remark { id: ids::next(), import_id: self.import.id, line_no, remark });
    }

    /// Does a piece of work and writes its counts and rejected rows, all in one transaction; a dry run
    /// reads the same and writes only the book. `rows_done` counts the rows dealt with so far in the order
    /// of the work, `permille` how much of the work that is.
    pub fn write(
        &mut self,
        rows_done: i64,
        permille: u32,
        work: impl FnOnce(&mut Self, &mut Conn) -> Result<(), StoreError>,
    ) -> Result<(), ImportFault> {
        let db = self.db;
        let before = (self.import.clone(), self.rejects.len(), self.remarks.len());
        let done = db.write(|tx| {
            work(self, tx)?;
            self.import.rows_done = rows_done;
            imports::insert_rejects(tx, &self.rejects)?;
            imports::insert_remarks(tx, &self.remarks)?;
            imports::update(tx, &self.import)
        });
        if let Err(fault) = done {
            self.import = before.0;
            self.rejects.truncate(before.1);
            self.remarks.truncate(before.2);
            return Err(fault.into());
        }
        self.rejects.clear();
        self.remarks.clear();
        self.written = self.import.clone();
        let progress = Progress { rows: rows_done, rejected: self.import.rows_rejected, permille };
        if (self.watch)(progress) { Ok(()) } else { Err(ImportFault::Stopped) }
    }

    /// Tells how far preparations are, outside of any transaction.
    pub fn tell(&mut self, rows: i64, permille: u32) -> Result<(), ImportFault> {
        let progress = Progress { rows, rejected: self.import.rows_rejected, permille };
        if (self.watch)(progress) { Ok(()) } else { Err(ImportFault::Stopped) }
    }

    /// The import went through.
    pub fn close(mut self) -> Result<Report, ImportFault> {
        "done".clone_into(&mut self.import.status);
        self.import.finished_at = self.clock.now();
        self.db.write(|tx| {
            imports::update(tx, &self.import)?;
            if self.import.is_dry_run { Ok(()) } else { append_audit(tx, self.clock, self.actor, &self.import) }
        })?;
        Ok(Report { is_resumed: self.resumed_at > 0, import: self.import })
    }

    /// The import stopped. One that may go on stays open; one whose file cannot be read is over. Why is
    /// kept for whoever opens the import, unless the database refuses that too.
    pub fn abandon(mut self, fault: &ImportFault) {
        let is_over = matches!(fault, ImportFault::Sheet(_)) || self.is_dry_run;
        if is_over { "failed" } else { "stopped" }.clone_into(&mut self.written.status);
        self.written.fault = fault.to_string();
        self.written.finished_at = self.clock.now();
        if let Err(second) = self.db.write(|tx| imports::update(tx, &self.written)) {
            log::warn!("why an import stopped could not be kept: {second}");
        }
    }
}

fn hash_of_file(input: &ImportInput<'_>) -> Result<String, SheetFault> {
    let unreadable = |fault| SheetFault::unreadable(input.file_name, &fault);
    let mut file = std::fs::File::open(input.path).map_err(unreadable)?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        let read = file.read(&mut buffer).map_err(unreadable)?;
        if read == 0 {
            return Ok(format!("{:x}", hash.finalize()));
        }
        hash.update(&buffer[..read]);
    }
}

/// The row as it is kept with the reason: a JSON array of pairs of column and cell.
fn content_of(row: &Row) -> String {
    let names = row.header.names().iter().map(String::as_str).chain(std::iter::repeat(""));
    let count = row.cells.len().max(row.header.names().len());
    let pairs: Vec<(&str, String)> = names
        .take(count.min(64))
        .enumerate()
        .map(|(at, name)| (name, row.cells.get(at).map(|cell| cell.chars().take(200).collect()).unwrap_or_default()))
        .collect();
    serde_json::to_string(&pairs).unwrap_or_default().replace("\\u0000", "\\ufffd")
}

/// The columns and cells of a rejected row.
pub fn content_cells(content: &str) -> Vec<(String, String)> {
    serde_json::from_str(content).unwrap_or_default()
}
