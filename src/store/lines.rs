//! Earning lines: every amount that a run found, with where it came from and why.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool};

use super::schema::{earning_lines, runs};
use super::{Conn, StoreResult, insert_all};
use crate::domain::calendar::Day;
use crate::domain::ids::{LineId, MemberId, OrderId, RunId};
use crate::domain::run::RunStatus;

/// A line as stored.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = earning_lines, treat_none_as_default_value = false)]
pub struct Line {
    /// Row id.
    pub id: LineId,
    /// The run.
    pub run_id: RunId,
    /// Who earns.
    pub member_id: MemberId,
    /// Code of the bonus.
    pub bonus: String,
    /// Code of the bonus whose amounts are the base; empty otherwise.
    pub on_bonus: String,
    /// `earned` or `clawback`.
    pub kind: String,
    /// The order or return, or id 0.
    pub order_id: OrderId,
    /// The order's number, or the plan's rule where there is no order.
    pub source: String,
    /// Whose order or earnings, or id 0.
    pub from_member_id: MemberId,
    /// Day of the order, or the period's last day.
    pub on_day: Day,
    /// Level or generation, 0 for own.
    pub level: i32,
    /// What the rate is applied to: ten-thousandths of a point for volumes, minor units for money.
    pub base: i64,
    /// What kind of base.
    pub base_kind: String,
    /// The rate, a decimal.
    pub rate: String,
    /// Before rounding, a decimal of whole units.
    pub exact: String,
    /// The amount.
    pub amount_minor: i64,
    /// The line that a clawback takes back, or id 0.
    pub original_line_id: LineId,
    /// Why: who was passed over, what qualified, which cell gave the rate; JSON.
    pub trace: String,
}

/// Inserts lines in batches.
pub fn insert(tx: &mut Conn, rows: &[Line]) -> StoreResult<()> {
    Ok(insert_all!(tx, earning_lines::table, rows)?)
}

/// Removes the lines of a run that is not committed.
pub fn delete_of_run(tx: &mut Conn, run: RunId) -> StoreResult<()> {
    diesel::delete(earning_lines::table.filter(earning_lines::run_id.eq(run))).execute(tx)?;
    Ok(())
}

/// Whether a run has a line.
pub fn is_any_of_run(conn: &mut Conn, run: RunId) -> StoreResult<bool> {
    let any: Option<LineId> =
        earning_lines::table.filter(earning_lines::run_id.eq(run)).select(earning_lines::id).first(conn).optional()?;
    Ok(any.is_some())
}

/// How many lines a run has.
pub fn count_of_run(conn: &mut Conn, run: RunId) -> StoreResult<i64> {
    Ok(earning_lines::table.filter(earning_lines::run_id.eq(run)).count().get_result(conn)?)
}

/// The lines of a member in a run, in the order in which they were computed.
pub fn list_of_member(conn: &mut Conn, run: RunId, member: MemberId) -> StoreResult<Vec<Line>> {
    Ok(earning_lines::table
        .filter(earning_lines::run_id.eq(run))
        .filter(earning_lines::member_id.eq(member))
        .order(earning_lines::id)
        .select(Line::as_select())
        .load(conn)?)
}

/// Every line of a run, by member and in the order in which they were computed.
pub fn list_of_run(conn: &mut Conn, run: RunId) -> StoreResult<Vec<Line>> {
    Ok(earning_lines::table
        .filter(earning_lines::run_id.eq(run))
        .order(earning_lines::id)
        .select(Line::as_select())
        .load(conn)?)
}

/// One line of a run.
pub fn find(conn: &mut Conn, id: LineId) -> StoreResult<Option<Line>> {
    Ok(earning_lines::table.find(id).select(Line::as_select()).first(conn).optional()?)
}

/// Every line that an order led to, over all runs that are not discarded.
pub fn list_of_order(conn: &mut Conn, order: OrderId) -> StoreResult<Vec<Line>> {
    Ok(earning_lines::table
        .inner_join(runs::table.on(runs::id.eq(earning_lines::run_id)))
        .filter(earning_lines::order_id.eq(order))
        .filter(runs::status.ne(RunStatus::Discarded))
        .order(earning_lines::id)
        .select(Line::as_select())
        .load(conn)?)
}

/// The lines that committed runs paid on these orders.
pub fn list_committed_of_orders(conn: &mut Conn, orders: &[OrderId]) -> StoreResult<Vec<Line>> {
    let mut found = Vec::new();
    for chunk in orders.chunks(900) {
        found.extend(
            earning_lines::table
                .inner_join(runs::table.on(runs::id.eq(earning_lines::run_id)))
                .filter(earning_lines::order_id.eq_any(chunk))
                .filter(runs::status.eq(RunStatus::Committed))
                .filter(earning_lines::kind.eq("earned"))
                .order(earning_lines::id)
                .select(Line::as_select())
                .load::<Line>(conn)?,
        );
    }
    Ok(found)
}

/// The lines of a committed run that were paid on amounts of these members (matches).
pub fn list_on_amounts_of(conn: &mut Conn, run: RunId, members: &[MemberId]) -> StoreResult<Vec<Line>> {
    let mut found = Vec::new();
    for chunk in members.chunks(900) {
        found.extend(
            earning_lines::table
                .filter(earning_lines::run_id.eq(run))
                .filter(earning_lines::from_member_id.eq_any(chunk))
                // In the words of the partial index, so that both planners use it.
                .filter(sql::<Bool>("earning_lines.on_bonus <> ''"))
                .filter(earning_lines::kind.eq("earned"))
                .order(earning_lines::id)
                .select(Line::as_select())
                .load::<Line>(conn)?,
        );
    }
    Ok(found)
}

/// How much committed runs have taken back of these lines: `(line, base, amount)`, both positive.
pub fn list_taken_back(conn: &mut Conn, lines: &[LineId]) -> StoreResult<Vec<(LineId, i64, i64)>> {
    let mut found = Vec::new();
    for chunk in lines.chunks(900) {
        let rows: Vec<(LineId, i64, i64)> = earning_lines::table
            .inner_join(runs::table.on(runs::id.eq(earning_lines::run_id)))
            .filter(earning_lines::original_line_id.eq_any(chunk))
            .filter(sql::<Bool>("earning_lines.original_line_id <> 0"))
            .filter(runs::status.eq(RunStatus::Committed))
            .group_by(earning_lines::original_line_id)
            .select((
                earning_lines::original_line_id,
                sql::<BigInt>("CAST(-SUM(base) AS BIGINT)"),
                sql::<BigInt>("CAST(-SUM(amount_minor) AS BIGINT)"),
            ))
            .load(conn)?;
        found.extend(rows);
    }
    Ok(found)
}

/// Sum of the earned and of the clawback lines of each payee: `(member, earned, clawback)`.
pub fn sum_by_member(conn: &mut Conn, run: RunId) -> StoreResult<Vec<(MemberId, i64, i64)>> {
    Ok(earning_lines::table
        .filter(earning_lines::run_id.eq(run))
        .group_by(earning_lines::member_id)
        .order(earning_lines::member_id)
        .select((
            earning_lines::member_id,
            sql::<BigInt>("CAST(SUM(CASE WHEN kind = 'earned' THEN amount_minor ELSE 0 END) AS BIGINT)"),
            sql::<BigInt>("CAST(SUM(CASE WHEN kind = 'clawback' THEN amount_minor ELSE 0 END) AS BIGINT)"),
        ))
        .load(conn)?)
}
