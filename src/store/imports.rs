//! Imports of files: what was read, how far, and every row that was rejected.

use diesel::prelude::*;

use super::schema::{import_rejects, import_remarks, imports};
use super::{Conn, StoreError, StoreResult, insert_all};
use crate::domain::calendar::Moment;
use crate::domain::ids::{ImportId, StaffId};

/// An import as stored.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = imports, treat_none_as_default_value = false)]
pub struct Import {
    /// Row id.
    pub id: ImportId,
    /// `members`, `products` or `orders`.
    pub kind: String,
    /// The name of the file.
    pub file_name: String,
    /// SHA-256 of the file, hexadecimal.
    pub file_sha256: String,
    /// SHA-256 of the mapping and of how it was used.
    pub mapping_sha256: String,
    /// Whether it only checked the rows.
    pub is_dry_run: bool,
    /// `running`, `done`, `stopped` (it can go on) or `failed` (the file cannot be read).
    pub status: String,
    /// Rows read.
    pub rows_read: i64,
    /// Rows that made something new.
    pub rows_created: i64,
    /// Rows that changed what was there.
    pub rows_updated: i64,
    /// Rows that said what is known already.
    pub rows_unchanged: i64,
    /// Rows that the mapping leaves out on purpose.
    pub rows_skipped: i64,
    /// Rows that were rejected.
    pub rows_rejected: i64,
    /// Remarks on rows that came in.
    pub rows_remarked: i64,
    /// How many rows are dealt with, in the order of the work: where a repeated import goes on.
    pub rows_done: i64,
    /// Why it stopped or failed, and what to do; empty otherwise.
    pub fault: String,
    /// Who started it; 0 for the command line.
    pub started_by: StaffId,
    /// When.
    pub started_at: Moment,
    /// When it ended.
    pub finished_at: Moment,
}

/// A rejected row.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = import_rejects, treat_none_as_default_value = false)]
pub struct Reject {
    /// The import.
    pub import_id: ImportId,
    /// The line of the file.
    pub line_no: i64,
    /// Why, and what to do.
    pub reason: String,
    /// The row: a JSON array of pairs of column and cell.
    pub content: String,
}

/// A remark on a row that came in.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = import_remarks, treat_none_as_default_value = false)]
pub struct Remark {
    /// Row id; remarks are listed by it.
    pub id: i64,
    /// The import.
    pub import_id: ImportId,
    /// The line of the file.
    pub line_no: i64,
    /// What was decided about the row.
    pub remark: String,
}

/// Inserts an import.
pub fn insert(tx: &mut Conn, import: &Import) -> StoreResult<()> {
    Ok(insert_all!(tx, imports::table, std::slice::from_ref(import))?)
}

/// Writes how far it is.
pub fn update(tx: &mut Conn, import: &Import) -> StoreResult<()> {
    diesel::update(imports::table.find(import.id)).set(import).execute(tx)?;
    Ok(())
}

/// Inserts rejected rows in batches.
pub fn insert_rejects(tx: &mut Conn, rows: &[Reject]) -> StoreResult<()> {
    Ok(insert_all!(tx, import_rejects::table, rows)?)
}

/// Inserts remarks in batches.
pub fn insert_remarks(tx: &mut Conn, rows: &[Remark]) -> StoreResult<()> {
    Ok(insert_all!(tx, import_remarks::table, rows)?)
}

/// The newest import of the same file with the same mapping that was begun and not ended.
pub fn find_unfinished(
    conn: &mut Conn,
    kind: &str,
    file_sha256: &str,
    mapping_sha256: &str,
    is_dry_run: bool,
) -> StoreResult<Option<Import>> {
    Ok(imports::table
        .filter(imports::status.eq_any(["running", "stopped"]))
        .filter(imports::kind.eq(kind))
        .filter(imports::file_sha256.eq(file_sha256))
        .filter(imports::mapping_sha256.eq(mapping_sha256))
        .filter(imports::is_dry_run.eq(is_dry_run))
        .order(imports::id.desc())
        .select(Import::as_select())
        .first(conn)
        .optional()?)
}

/// The import with this id, or a fault that names it.
pub fn get(conn: &mut Conn, id: ImportId) -> StoreResult<Import> {
    imports::table
        .find(id)
        .select(Import::as_select())
        .first(conn)
        .optional()?
        .ok_or_else(|| StoreError::not_found("import", id))
}

/// The newest imports first, at most `limit`, before an id.
pub fn list(conn: &mut Conn, before: Option<ImportId>, limit: i64) -> StoreResult<Vec<Import>> {
    let before = before.unwrap_or(ImportId(i64::MAX));
    Ok(imports::table
        .filter(imports::id.lt(before))
        .order(imports::id.desc())
        .limit(limit)
        .select(Import::as_select())
        .load(conn)?)
}

/// Rejected rows behind a line, in the order of the file, at most `limit`.
pub fn list_rejects(conn: &mut Conn, import: ImportId, after_line: i64, limit: i64) -> StoreResult<Vec<Reject>> {
    Ok(import_rejects::table
        .filter(import_rejects::import_id.eq(import))
        .filter(import_rejects::line_no.gt(after_line))
        .order(import_rejects::line_no)
        .limit(limit)
        .select(Reject::as_select())
        .load(conn)?)
}

/// Remarks behind an id, in the order in which the rows were dealt with, at most `limit`.
pub fn list_remarks(conn: &mut Conn, import: ImportId, after: i64, limit: i64) -> StoreResult<Vec<Remark>> {
    Ok(import_remarks::table
        .filter(import_remarks::import_id.eq(import))
        .filter(import_remarks::id.gt(after))
        .order(import_remarks::id)
        .limit(limit)
        .select(Remark::as_select())
        .load(conn)?)
}
