//! Earning lines: every amount that a run found, with where it came from and why.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Integer, Text};

use super::schema::{earning_lines, lines_of_orders, orders, run_rules, runs};
use super::{Conn, StoreResult, each, insert_all};
use crate::domain::calendar::Day;
use crate::domain::ids::{LineId, MemberId, OrderId, RunId};
use crate::domain::run::RunStatus;

/// A line with the rule that it follows and the number of its order.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
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
    /// The amount.
    pub amount_minor: i64,
    /// The line that a clawback takes back, or id 0.
    pub original_line_id: LineId,
    /// What let the member earn, and which row of the plan gave the rate.
    pub because: String,
    /// Product line of the order's goods, see [`crate::plan::OriginalLine::line`].
    pub line: String,
    /// Who was passed over, as [`crate::plan::read_passed`] reads it; empty for nobody.
    pub passed: String,
}

/// A line as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Insertable)]
#[diesel(table_name = earning_lines, treat_none_as_default_value = false)]
pub struct NewLine {
    /// Row id.
    pub id: LineId,
    /// The run.
    pub run_id: RunId,
    /// Who earns.
    pub member_id: MemberId,
    /// Which of the run's rules.
    pub rule: i32,
    /// The order or return, or id 0.
    pub order_id: OrderId,
    /// Whose order or earnings, or id 0.
    pub from_member_id: MemberId,
    /// What the rate is applied to.
    pub base: i64,
    /// The amount.
    pub amount_minor: i64,
    /// The rate, a decimal.
    pub rate: String,
    /// Who was passed over.
    pub passed: String,
}

/// A line as it is stored that takes another one back.
#[derive(Debug, Clone, PartialEq, Eq, Insertable)]
#[diesel(table_name = earning_lines, treat_none_as_default_value = false)]
pub struct NewClawback {
    /// The line.
    #[diesel(embed)]
    pub line: NewLine,
    /// The one that it takes back.
    pub original_line_id: LineId,
}

/// What many lines of a run have in common.
#[derive(Debug, Clone, PartialEq, Eq, Insertable)]
#[diesel(table_name = run_rules, treat_none_as_default_value = false)]
pub struct Rule {
    /// The run.
    pub run_id: RunId,
    /// Number within the run.
    pub rule: i32,
    /// Code of the bonus.
    pub bonus: String,
    /// Code of the bonus whose amounts are the base; empty otherwise.
    pub on_bonus: String,
    /// `earned` or `clawback`.
    pub kind: String,
    /// What kind of base.
    pub base_kind: String,
    /// Level or generation, 0 for own.
    pub level: i32,
    /// The plan's rule, such as `Rule 3`, which lines without an order show as their source.
    pub source: String,
    /// The period's last day, which is the day of lines without an order.
    pub on_day: Day,
    /// What let the member earn, and which row of the plan gave the rate.
    pub because: String,
    /// Product line of the order's goods.
    pub line: String,
}

/// Which lines an order led to in a run.
#[derive(Debug, Clone, PartialEq, Eq, Insertable)]
#[diesel(table_name = lines_of_orders, treat_none_as_default_value = false)]
pub struct OfOrder {
    /// The order or return.
    pub order_id: OrderId,
    /// The run.
    pub run_id: RunId,
    /// The ids of the lines, eight bytes each, the highest byte first.
    lines: Vec<u8>,
}

impl OfOrder {
    /// The lines of a run that an order led to.
    pub fn new(run_id: RunId, order_id: OrderId, lines: impl Iterator<Item = LineId>) -> Self {
        Self { order_id, run_id, lines: lines.flat_map(|line| line.0.to_be_bytes()).collect() }
    }
}

/// Lines with their rules and orders.
macro_rules! told {
    () => {
        earning_lines::table
            .inner_join(
                run_rules::table
                    .on(run_rules::run_id.eq(earning_lines::run_id).and(run_rules::rule.eq(earning_lines::rule))),
            )
            .left_join(orders::table.on(orders::id.eq(earning_lines::order_id)))
    };
}

/// The columns of a [`Line`].
macro_rules! columns {
    () => {
        (
            earning_lines::id,
            earning_lines::run_id,
            earning_lines::member_id,
            run_rules::bonus,
            run_rules::on_bonus,
            run_rules::kind,
            earning_lines::order_id,
            sql::<Text>("COALESCE(orders.number, run_rules.source)"),
            earning_lines::from_member_id,
            sql::<Integer>("COALESCE(orders.commission_on, run_rules.on_day)"),
            run_rules::level,
            earning_lines::base,
            run_rules::base_kind,
            earning_lines::rate,
            earning_lines::amount_minor,
            earning_lines::original_line_id,
            run_rules::because,
            run_rules::line,
            earning_lines::passed,
        )
    };
}

/// Inserts lines in batches.
pub fn insert(tx: &mut Conn, rows: &[NewLine]) -> StoreResult<()> {
    Ok(insert_all!(tx, earning_lines::table, rows)?)
}

/// Inserts lines that take others back.
pub fn insert_clawbacks(tx: &mut Conn, rows: &[NewClawback]) -> StoreResult<()> {
    for some in rows.chunks(500) {
        each!(tx, inner => diesel::insert_into(earning_lines::table).values(some).execute(inner))?;
    }
    Ok(())
}

/// Inserts the rules that lines of a run follow.
pub fn insert_rules(tx: &mut Conn, rows: &[Rule]) -> StoreResult<()> {
    Ok(insert_all!(tx, run_rules::table, rows)?)
}

/// Inserts which lines orders led to; fastest in the order of the orders.
pub fn insert_of_orders(tx: &mut Conn, rows: &[OfOrder]) -> StoreResult<()> {
    Ok(insert_all!(tx, lines_of_orders::table, rows)?)
}

/// The ids of all lines that orders led to, whatever the run.
pub(super) fn ids_of_orders(conn: &mut Conn, orders: &[OrderId]) -> StoreResult<Vec<LineId>> {
    let rows = lines_of_orders::table.filter(lines_of_orders::order_id.eq_any(orders));
    let packed: Vec<Vec<u8>> = rows.select(lines_of_orders::lines).load(conn)?;
    let ids = packed.iter().flat_map(|lines| lines.as_chunks().0);
    Ok(ids.map(|id| LineId(i64::from_be_bytes(*id))).collect())
}

/// Removes the lines of a run that is not committed.
pub fn delete_of_run(tx: &mut Conn, run: RunId) -> StoreResult<()> {
    if is_any_of_run(tx, run)? {
        let own =
            earning_lines::table.filter(earning_lines::run_id.eq(run)).filter(earning_lines::order_id.ne(OrderId(0)));
        diesel::delete(
            lines_of_orders::table
                .filter(lines_of_orders::order_id.eq_any(own.select(earning_lines::order_id)))
                .filter(lines_of_orders::run_id.eq(run)),
        )
        .execute(tx)?;
    }
    diesel::delete(earning_lines::table.filter(earning_lines::run_id.eq(run))).execute(tx)?;
    diesel::delete(run_rules::table.filter(run_rules::run_id.eq(run))).execute(tx)?;
    Ok(())
}

/// Whether a run has a line.
pub fn is_any_of_run(conn: &mut Conn, run: RunId) -> StoreResult<bool> {
    let any: Option<LineId> =
        earning_lines::table.filter(earning_lines::run_id.eq(run)).select(earning_lines::id).first(conn).optional()?;
    Ok(any.is_some())
}

/// Whether a line is there, with or without the rules of its run.
pub fn is_stored(conn: &mut Conn, id: LineId) -> StoreResult<bool> {
    let found: Option<LineId> = earning_lines::table.find(id).select(earning_lines::id).first(conn).optional()?;
    Ok(found.is_some())
}

/// How many lines a run has.
pub fn count_of_run(conn: &mut Conn, run: RunId) -> StoreResult<i64> {
    Ok(earning_lines::table.filter(earning_lines::run_id.eq(run)).count().get_result(conn)?)
}

/// The lines of a member in a run, in the order in which they were computed.
pub fn list_of_member(conn: &mut Conn, run: RunId, member: MemberId) -> StoreResult<Vec<Line>> {
    Ok(told!()
        .filter(earning_lines::run_id.eq(run))
        .filter(earning_lines::member_id.eq(member))
        .order(earning_lines::id)
        .select(columns!())
        .load(conn)?)
}

/// Every line of a run, by member and in the order in which they were computed.
pub fn list_of_run(conn: &mut Conn, run: RunId) -> StoreResult<Vec<Line>> {
    Ok(told!().filter(earning_lines::run_id.eq(run)).order(earning_lines::id).select(columns!()).load(conn)?)
}

/// One line of a run.
pub fn find(conn: &mut Conn, id: LineId) -> StoreResult<Option<Line>> {
    Ok(told!().filter(earning_lines::id.eq(id)).select(columns!()).first(conn).optional()?)
}

/// Every line that an order led to, over all runs that are not discarded.
pub fn list_of_order(conn: &mut Conn, order: OrderId) -> StoreResult<Vec<Line>> {
    let mut found = Vec::new();
    for ids in ids_of_orders(conn, &[order])?.chunks(900) {
        found.extend(
            told!()
                .inner_join(runs::table.on(runs::id.eq(earning_lines::run_id)))
                .filter(earning_lines::id.eq_any(ids))
                .filter(runs::status.ne(RunStatus::Discarded))
                .order(earning_lines::id)
                .select(columns!())
                .load::<Line>(conn)?,
        );
    }
    found.sort_unstable_by_key(|line| line.id);
    Ok(found)
}

/// The lines that committed runs paid on these orders.
pub fn list_committed_of_orders(conn: &mut Conn, orders: &[OrderId]) -> StoreResult<Vec<Line>> {
    let mut found = Vec::new();
    let mut all = Vec::new();
    for chunk in orders.chunks(900) {
        all.extend(ids_of_orders(conn, chunk)?);
    }
    for ids in all.chunks(900) {
        found.extend(
            told!()
                .inner_join(runs::table.on(runs::id.eq(earning_lines::run_id)))
                .filter(earning_lines::id.eq_any(ids))
                .filter(runs::status.eq(RunStatus::Committed))
                .filter(run_rules::kind.eq("earned"))
                .order(earning_lines::id)
                .select(columns!())
                .load::<Line>(conn)?,
        );
    }
    found.sort_unstable_by_key(|line| line.id);
    Ok(found)
}

/// The lines of a committed run that were paid on amounts of these members (matches).
pub fn list_on_amounts_of(conn: &mut Conn, run: RunId, members: &[MemberId]) -> StoreResult<Vec<Line>> {
    let mut found = Vec::new();
    for chunk in members.chunks(900) {
        found.extend(
            told!()
                .filter(earning_lines::run_id.eq(run))
                .filter(earning_lines::from_member_id.eq_any(chunk))
                // In the words of the partial index, so that both planners use it.
                .filter(sql::<Bool>("earning_lines.order_id = 0"))
                .filter(run_rules::on_bonus.ne(""))
                .filter(run_rules::kind.eq("earned"))
                .order(earning_lines::id)
                .select(columns!())
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
        .inner_join(
            run_rules::table
                .on(run_rules::run_id.eq(earning_lines::run_id).and(run_rules::rule.eq(earning_lines::rule))),
        )
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

/// The lines of a run from the same order (or, without an order, from the same member's amounts) under the same bonus as
/// this one, the nearest upline first; at most so many.
pub fn list_beside(conn: &mut Conn, line: &Line, limit: i64) -> StoreResult<Vec<Line>> {
    let beside = || {
        told!()
            .filter(earning_lines::run_id.eq(line.run_id))
            .filter(earning_lines::from_member_id.eq(line.from_member_id))
            .filter(run_rules::bonus.eq(line.bonus.clone()))
            .order((run_rules::level, earning_lines::id))
            .limit(limit)
            .select(columns!())
    };
    if line.order_id.0 == 0 {
        return Ok(beside().filter(sql::<Bool>("earning_lines.order_id = 0")).load(conn)?);
    }
    let mut found: Vec<Line> = Vec::new();
    for ids in ids_of_orders(conn, &[line.order_id])?.chunks(900) {
        found.extend(beside().filter(earning_lines::id.eq_any(ids)).load::<Line>(conn)?);
    }
    found.sort_unstable_by_key(|line| (line.level, line.id));
    found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(found)
}
