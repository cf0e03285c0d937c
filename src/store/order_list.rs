//! The list of orders as the console shows it, and what stands around one order. Reads only.

use diesel::prelude::*;

use super::lines::Line;
use super::members::{self, Member};
use super::orders::{self, Order};
use super::periods::Period;
use super::runs::Run;
use super::schema::{periods, products, run_totals, runs};
use super::sql::{COUNTED, Found, Sql, Total};
use super::tallies::{self, Tally};
use super::{Conn, StoreResult, lines};
use crate::domain::calendar::Day;
use crate::domain::ids::{MemberId, OrderId, ProductId};
use crate::domain::order::{OrderKind, OrderType, PaymentState};
use crate::domain::run::RunStatus;

/// Which orders to list; what is `None` or empty is not asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OrderFilter {
    /// What the number begins with.
    pub number: String,
    /// Only this member's.
    pub member: Option<MemberId>,
    /// Only sales or only returns.
    pub kind: Option<OrderKind>,
    /// Only this type.
    pub order_type: Option<OrderType>,
    /// Only this state of the payment.
    pub payment: Option<PaymentState>,
    /// Only from this day on.
    pub from: Option<Day>,
    /// Only up to this day.
    pub until: Option<Day>,
}

impl OrderFilter {
    /// Whether nothing is asked for.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// One page of the list, newest first, with the buyers.
pub fn list(conn: &mut Conn, filter: &OrderFilter, offset: i64, limit: i64) -> StoreResult<Vec<(Order, Member)>> {
    let mut query = Sql::new("SELECT o.id AS found FROM orders o");
    conditions(&mut query, filter);
    query.push(" ORDER BY o.ordered_on DESC, o.id DESC LIMIT ").bind(limit).push(" OFFSET ").bind(offset);
    let found: Vec<Found> = query.query().load(conn)?;
    let ids: Vec<OrderId> = found.into_iter().map(|row| OrderId(row.found)).collect();
    let mut rows = orders::list_by_ids(conn, &ids)?;
    rows.sort_unstable_by_key(|order| std::cmp::Reverse((order.ordered_on, order.id)));
    let mut buyers: Vec<MemberId> = rows.iter().map(|order| order.member_id).collect();
    buyers.sort_unstable();
    buyers.dedup();
    let people = members::list_by_ids(conn, &buyers)?;
    let named = |id: MemberId| people.iter().find(|member| member.id == id).cloned();
    Ok(rows.into_iter().filter_map(|order| named(order.member_id).map(|buyer| (order, buyer))).collect())
}

/// How many orders the list has, counted up to [`COUNTED`] where it is filtered.
pub fn count(conn: &mut Conn, filter: &OrderFilter) -> StoreResult<Total> {
    if filter.is_empty() {
        return Ok(Total::exact(tallies::get(conn, Tally::Orders)?));
    }
    let mut query = Sql::new("SELECT COUNT(*) AS found FROM (SELECT 1 FROM orders o");
    conditions(&mut query, filter);
    query.push(" LIMIT ").bind(COUNTED + 1).push(") AS counted");
    let found: Found = query.query().get_result(conn)?;
    Ok(Total::capped(found.found))
}

fn conditions(query: &mut Sql, filter: &OrderFilter) {
    if !filter.number.is_empty() {
        // Everything that begins so, as a range that the index of numbers answers.
        query.and("o.number >= ").bind(filter.number.as_str());
        query.and("o.number < ").bind(format!("{}\u{10ffff}", filter.number));
    }
    if let Some(member) = filter.member {
        query.and("o.member_id = ").bind(member.0);
    }
    if let Some(kind) = filter.kind {
        query.and("o.kind = ").bind(kind.as_str());
    }
    if let Some(order_type) = filter.order_type {
        query.and("o.order_type = ").bind(order_type.as_str());
    }
    if let Some(payment) = filter.payment {
        query.and("o.payment = ").bind(payment.as_str());
        if payment != PaymentState::Paid {
            // In the words of the partial index, so that both planners use it.
            query.and("o.payment <> 'paid'");
        }
    }
    if let Some(day) = filter.from {
        query.and("o.ordered_on >= ").bind(day.0);
    }
    if let Some(day) = filter.until {
        query.and("o.ordered_on <= ").bind(day.0);
    }
}

/// The periods in which a day lies, with the run of each that is not discarded.
pub fn periods_of(conn: &mut Conn, day: Day) -> StoreResult<Vec<(Period, Option<Run>)>> {
    let found: Vec<Period> = periods::table
        .filter(periods::first_day.le(day))
        .filter(periods::last_day.ge(day))
        .order(periods::first_day)
        .select(Period::as_select())
        .load(conn)?;
    let mut rows = Vec::with_capacity(found.len());
    for period in found {
        let run = runs::table
            .filter(runs::period_id.eq(period.id))
            .filter(runs::status.ne(RunStatus::Discarded))
            .select(Run::as_select())
            .first(conn)
            .optional()?;
        rows.push((period, run));
    }
    Ok(rows)
}

/// An amount that somebody earned on an order.
#[derive(Debug, Clone)]
pub struct Earning {
    /// The line.
    pub line: Line,
    /// Its run.
    pub run: Run,
    /// Who earned.
    pub member: Member,
    /// The bonus's name.
    pub bonus: String,
}

/// Who earned on an order, run by run, in the order of the lines.
pub fn earnings(conn: &mut Conn, order: OrderId) -> StoreResult<Vec<Earning>> {
    let found = lines::list_of_order(conn, order)?;
    let mut earners: Vec<MemberId> = found.iter().map(|line| line.member_id).collect();
    earners.sort_unstable();
    earners.dedup();
    let people = members::list_by_ids(conn, &earners)?;
    let mut run_ids: Vec<_> = found.iter().map(|line| line.run_id).collect();
    run_ids.sort_unstable();
    run_ids.dedup();
    let of: Vec<Run> = runs::table.filter(runs::id.eq_any(&run_ids)).select(Run::as_select()).load(conn)?;
    let names: Vec<(crate::domain::ids::RunId, String, String)> = run_totals::table
        .filter(run_totals::run_id.eq_any(&run_ids))
        .select((run_totals::run_id, run_totals::bonus, run_totals::name))
        .load(conn)?;
    Ok(found
        .into_iter()
        .filter_map(|line| {
            let member = people.iter().find(|member| member.id == line.member_id)?.clone();
            let run = of.iter().find(|run| run.id == line.run_id)?.clone();
            let name = names.iter().find(|(run, code, _)| *run == line.run_id && *code == line.bonus);
            let bonus = name.map_or_else(|| line.bonus.clone(), |(_, _, name)| name.clone());
            Some(Earning { line, run, member, bonus })
        })
        .collect())
}

/// The codes of these products.
pub fn skus(conn: &mut Conn, ids: &[ProductId]) -> StoreResult<Vec<(ProductId, String)>> {
    Ok(products::table.filter(products::id.eq_any(ids)).select((products::id, products::sku)).load(conn)?)
}

/// The orders that the goods of a return came from.
pub fn originals(conn: &mut Conn, order: OrderId) -> StoreResult<Vec<Order>> {
    let mut ids: Vec<OrderId> =
        orders::list_lines(conn, order)?.into_iter().map(|line| line.original_order_id).collect();
    ids.retain(|id| *id != OrderId(0));
    ids.sort_unstable();
    ids.dedup();
    orders::list_by_ids(conn, &ids)
}
