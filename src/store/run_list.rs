//! Read models of runs: what pages list and search.

use std::collections::HashMap;

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};

use super::schema::{
    earning_lines, lines_of_orders, members, messages, orders, run_members, run_rules, runs, statements,
};
use super::{Conn, StoreResult};
use crate::domain::calendar::Day;
use crate::domain::ids::{LineId, MemberId, OrderId, RunId};
use crate::domain::message::MessageStatus;
use crate::domain::money::{Currency, Volume};
use crate::domain::run::RunStatus;
use crate::text;

/// A member with lines in a run.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Payee {
    /// Row id.
    pub id: MemberId,
    /// Number.
    pub number: String,
    /// Name.
    pub name: String,
    /// Latin form; may be empty.
    pub latin_name: String,
    /// Code of the rank paid on.
    pub paid_rank: String,
    /// Personal volume.
    pub pv: Volume,
    /// Group volume.
    pub gv: Volume,
    /// Earning lines.
    pub line_count: i64,
    /// Their sum.
    pub earned_minor: i64,
}

/// Members with lines in a run, the highest sums first; `search` narrows by name or number.
pub fn list_payees(conn: &mut Conn, run: RunId, search: &str, limit: i64, offset: i64) -> StoreResult<Vec<Payee>> {
    let pattern = text::like_anywhere(&text::folded(search));
    Ok(run_members::table
        .inner_join(members::table.on(members::id.eq(run_members::member_id)))
        .filter(run_members::run_id.eq(run))
        // In the words of the partial index, so that both planners use it.
        .filter(sql::<Bool>("run_members.line_count > 0"))
        .filter(members::search.like(pattern).escape('\\'))
        .order((run_members::earned_minor.desc(), run_members::member_id))
        .limit(limit)
        .offset(offset)
        .select((
            members::id,
            members::number,
            members::name,
            members::latin_name,
            run_members::paid_rank,
            run_members::pv,
            run_members::gv,
            run_members::line_count,
            run_members::earned_minor,
        ))
        .load(conn)?)
}

/// Members of a run without a line, in the order of their enrolment; `search` narrows by name or number.
pub fn list_unpaid(conn: &mut Conn, run: RunId, search: &str, limit: i64, offset: i64) -> StoreResult<Vec<Payee>> {
    let pattern = text::like_anywhere(&text::folded(search));
    Ok(run_members::table
        .inner_join(members::table.on(members::id.eq(run_members::member_id)))
        .filter(run_members::run_id.eq(run))
        .filter(run_members::line_count.eq(0))
        .filter(members::search.like(pattern).escape('\\'))
        .order(run_members::member_id)
        .limit(limit)
        .offset(offset)
        .select((
            members::id,
            members::number,
            members::name,
            members::latin_name,
            run_members::paid_rank,
            run_members::pv,
            run_members::gv,
            run_members::line_count,
            run_members::earned_minor,
        ))
        .load(conn)?)
}

/// An order that a run is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunOrder {
    /// Number.
    pub number: String,
    /// Name of the buyer.
    pub buyer: String,
    /// Number of the buyer.
    pub buyer_number: String,
    /// The day on which it counts.
    pub commission_on: Day,
    /// Commissionable volume.
    pub cv: Volume,
    /// Lines that rest on it.
    pub line_count: i64,
    /// Their sum.
    pub paid_minor: i64,
}

/// The orders that count between two days, the newest first, with what the run paid on each; `unpaid` leaves only those
/// without a line.
pub fn list_orders(
    conn: &mut Conn,
    run: RunId,
    (first, last): (Day, Day),
    unpaid: bool,
    limit: i64,
    offset: i64,
) -> StoreResult<Vec<RunOrder>> {
    let mut query = orders::table
        .inner_join(members::table.on(members::id.eq(orders::member_id)))
        .filter(orders::commission_on.between(first, last))
        .select((orders::id, orders::number, members::name, members::number, orders::commission_on, orders::cv))
        .order((orders::commission_on.desc(), orders::id.desc()))
        .limit(limit)
        .offset(offset)
        .into_boxed();
    if unpaid {
        let of_order = lines_of_orders::table
            .filter(lines_of_orders::order_id.eq(orders::id))
            .filter(lines_of_orders::run_id.eq(run));
        query = query.filter(diesel::dsl::not(diesel::dsl::exists(of_order)));
    }
    let found: Vec<(OrderId, String, String, String, Day, Volume)> = query.load(conn)?;
    let ids: Vec<OrderId> = found.iter().map(|row| row.0).collect();
    let mut paid: HashMap<OrderId, (i64, i64)> = HashMap::new();
    for lines in super::lines::ids_of_orders(conn, &ids)?.chunks(900) {
        let amounts = earning_lines::table
            .filter(earning_lines::id.eq_any(lines))
            .filter(earning_lines::run_id.eq(run))
            .select((earning_lines::order_id, earning_lines::amount_minor));
        for (order, amount) in amounts.load::<(OrderId, i64)>(conn)? {
            let sum = paid.entry(order).or_default();
            *sum = (sum.0 + 1, sum.1.saturating_add(amount));
        }
    }
    let row = |(id, number, buyer, buyer_number, commission_on, cv)| {
        let (line_count, paid_minor) = paid.get(&id).copied().unwrap_or_default();
        RunOrder { number, buyer, buyer_number, commission_on, cv, line_count, paid_minor }
    };
    Ok(found.into_iter().map(row).collect())
}

/// A line as a file of all lines has it.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct ExportLine {
    /// Row id; lines come in its order.
    pub id: LineId,
    /// Number of who earns.
    pub member: String,
    /// Code of the bonus.
    pub bonus: String,
    /// Earned or clawback.
    pub kind: String,
    /// Order, return or rule.
    pub source: String,
    /// Whose order or earnings; id 0 for none.
    pub from_member_id: MemberId,
    /// Level.
    pub level: i32,
    /// What the rate is applied to.
    pub base: i64,
    /// What kind of base.
    pub base_kind: String,
    /// The rate.
    pub rate: String,
    /// The amount.
    pub amount_minor: i64,
}

/// The next lines of a run after a line, in the order in which they were computed.
pub fn list_export(conn: &mut Conn, run: RunId, after: LineId, limit: i64) -> StoreResult<Vec<ExportLine>> {
    Ok(earning_lines::table
        .inner_join(members::table.on(members::id.eq(earning_lines::member_id)))
        .inner_join(
            run_rules::table
                .on(run_rules::run_id.eq(earning_lines::run_id).and(run_rules::rule.eq(earning_lines::rule))),
        )
        .left_join(orders::table.on(orders::id.eq(earning_lines::order_id)))
        .filter(earning_lines::run_id.eq(run))
        .filter(earning_lines::id.gt(after))
        .order(earning_lines::id)
        .limit(limit)
        .select((
            earning_lines::id,
            members::number,
            run_rules::bonus,
            run_rules::kind,
            sql::<Text>("COALESCE(orders.number, run_rules.source)"),
            earning_lines::from_member_id,
            run_rules::level,
            earning_lines::base,
            run_rules::base_kind,
            earning_lines::rate,
            earning_lines::amount_minor,
        ))
        .load(conn)?)
}

/// A statement as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct StatementRow {
    /// Number.
    pub number: String,
    /// Number of the member.
    pub member_number: String,
    /// Name of the member.
    pub name: String,
    /// Latin form; may be empty.
    pub latin_name: String,
    /// Number of the run.
    pub run_number: String,
    /// Currency of the amounts.
    pub currency: Currency,
    /// What the run paid.
    pub earned_minor: i64,
    /// Balance after it.
    pub closing_minor: i64,
    /// State of the mail; `None` where none was made.
    pub mail: Option<MessageStatus>,
    /// The last thing said about the mail.
    pub mail_answer: Option<String>,
}

/// Statements by run and number; an empty run number means all runs, the newest first. `undelivered` leaves
/// only those whose mail failed or came back.
pub fn list_statements(
    conn: &mut Conn,
    run: &str,
    search: &str,
    undelivered: bool,
    limit: i64,
    offset: i64,
) -> StoreResult<Vec<StatementRow>> {
    let pattern = text::like_anywhere(&text::folded(search));
    let mut query = statements::table
        .inner_join(members::table.on(members::id.eq(statements::member_id)))
        .inner_join(runs::table.on(runs::id.eq(statements::run_id)))
        .left_join(messages::table.on(messages::statement_id.eq(statements::id)))
        .select((
            statements::number,
            members::number,
            members::name,
            members::latin_name,
            runs::number,
            runs::currency,
            statements::earned_minor,
            statements::closing_minor,
            messages::status.nullable(),
            messages::answer.nullable(),
        ))
        .order((statements::run_id.desc(), statements::number))
        .limit(limit)
        .offset(offset)
        .into_boxed();
    if !run.is_empty() {
        query = query.filter(runs::number.eq(run.to_owned()));
    }
    if !search.trim().is_empty() {
        query = query.filter(members::search.like(pattern).escape('\\'));
    }
    if undelivered {
        query = query.filter(messages::status.eq_any([MessageStatus::Failed, MessageStatus::Bounced]));
    }
    Ok(query.load(conn)?)
}

/// How many runs wait for somebody: calculated, reviewed or approved.
pub fn count_waiting(conn: &mut Conn) -> StoreResult<i64> {
    Ok(runs::table
        .filter(
            runs::status
                .eq_any([RunStatus::Calculated, RunStatus::Reviewed, RunStatus::Approved].map(RunStatus::as_str)),
        )
        .count()
        .get_result(conn)?)
}
