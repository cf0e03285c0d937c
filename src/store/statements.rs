//! Statements: one row per member and run. The PDF is drawn from the committed run whenever it is needed.

use diesel::prelude::*;

use super::schema::statements;
use super::{Conn, StoreError, StoreResult, insert_all};
use crate::domain::calendar::Day;
use crate::domain::ids::{MemberId, RunId, StatementId};

/// A statement as stored.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = statements, treat_none_as_default_value = false)]
pub struct Statement {
    /// Row id.
    pub id: StatementId,
    /// The number people read, such as `ST-2026-10-M-10482`.
    pub number: String,
    /// The committed run.
    pub run_id: RunId,
    /// Whose it is.
    pub member_id: MemberId,
    /// The code by which anybody can check that it is genuine, such as `7QKD-M4TX-92RW`.
    pub code: String,
    /// The day it was issued.
    pub issued_on: Day,
    /// Balance of the member's account before the run.
    pub opening_minor: i64,
    /// What the run paid, clawbacks included.
    pub earned_minor: i64,
    /// Balance after it.
    pub closing_minor: i64,
}

/// Inserts statements in batches.
pub fn insert(tx: &mut Conn, rows: &[Statement]) -> StoreResult<()> {
    Ok(insert_all!(tx, statements::table, rows)?)
}

/// The statement with this id, or a fault that names it.
pub fn get(conn: &mut Conn, id: StatementId) -> StoreResult<Statement> {
    statements::table
        .find(id)
        .select(Statement::as_select())
        .first(conn)
        .optional()?
        .ok_or_else(|| StoreError::not_found("statement", id))
}

/// The statement with this number, or a fault that names it.
pub fn get_by_number(conn: &mut Conn, number: &str) -> StoreResult<Statement> {
    statements::table
        .filter(statements::number.eq(number))
        .select(Statement::as_select())
        .first(conn)
        .optional()?
        .ok_or_else(|| StoreError::not_found("statement", number))
}

/// The statement with this verification code, if there is one.
pub fn find_by_code(conn: &mut Conn, code: &str) -> StoreResult<Option<Statement>> {
    Ok(statements::table.filter(statements::code.eq(code)).select(Statement::as_select()).first(conn).optional()?)
}

/// All statements of a run, by number.
pub fn list_of_run(conn: &mut Conn, run: RunId) -> StoreResult<Vec<Statement>> {
    Ok(statements::table
        .filter(statements::run_id.eq(run))
        .order(statements::number)
        .select(Statement::as_select())
        .load(conn)?)
}

/// All statements of a member, newest first.
pub fn list_of_member(conn: &mut Conn, member: MemberId) -> StoreResult<Vec<Statement>> {
    Ok(statements::table
        .filter(statements::member_id.eq(member))
        .order(statements::id.desc())
        .select(Statement::as_select())
        .load(conn)?)
}
