//! Orders, returns and their lines.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Integer};

use super::schema::{order_lines, orders};
use super::tallies::{self, Tally};
use super::{Conn, StoreError, StoreResult, figures, insert_all};
use crate::domain::calendar::{Day, Moment};
use crate::domain::ids::{MemberId, OrderId, OrderLineId, ProductId};
use crate::domain::measures::Measures;
use crate::domain::money::{Currency, Volume};
use crate::domain::order::{OrderKind, OrderType, PaymentState};

/// An order or a return as stored. The amounts of a return are negative or zero.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = orders, treat_none_as_default_value = false)]
pub struct Order {
    /// Row id.
    pub id: OrderId,
    /// The number people read, such as `SF-204817`.
    pub number: String,
    /// Sale or return.
    pub kind: OrderKind,
    /// What kind of purchase.
    pub order_type: OrderType,
    /// Who bought.
    pub member_id: MemberId,
    /// Through whom it came, such as a host or a stockist; id 0 where it came straight.
    pub through_id: MemberId,
    /// State of the payment.
    pub payment: PaymentState,
    /// When it was placed.
    pub ordered_at: Moment,
    /// The day of that moment in the company's time zone.
    pub ordered_on: Day,
    /// The day it counts; [`Day::FOREVER`] while it is not paid.
    pub commission_on: Day,
    /// Currency of the amounts.
    pub currency: Currency,
    /// What was paid for the goods, without tax and shipping: the sum of the lines.
    pub paid_minor: i64,
    /// The same goods at the wholesale price.
    pub wholesale_minor: i64,
    /// Qualifying volume.
    pub qv: Volume,
    /// Commissionable volume.
    pub cv: Volume,
    /// Further volumes.
    pub measures: Measures,
    /// Number of lines.
    pub line_count: i32,
    /// When the row was made.
    pub created_at: Moment,
}

/// What a run reads of an order.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = orders)]
pub struct CountedOrder {
    /// Row id.
    pub id: OrderId,
    /// The number people read.
    pub number: String,
    /// Sale or return.
    pub kind: OrderKind,
    /// What kind of purchase.
    pub order_type: OrderType,
    /// Who bought.
    pub member_id: MemberId,
    /// State of the payment.
    pub payment: PaymentState,
    /// The day it counts.
    pub commission_on: Day,
    /// What was paid for the goods.
    pub paid_minor: i64,
    /// The same goods at the wholesale price.
    pub wholesale_minor: i64,
    /// Qualifying volume.
    pub qv: Volume,
    /// Commissionable volume.
    pub cv: Volume,
    /// Further volumes.
    pub measures: Measures,
}

/// A line of an order. In a return, quantity, amounts and volumes are negative.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = order_lines, treat_none_as_default_value = false)]
pub struct OrderLine {
    /// Row id.
    pub id: OrderLineId,
    /// The order.
    pub order_id: OrderId,
    /// Position, from 1.
    pub line_no: i32,
    /// What was bought.
    pub product_id: ProductId,
    /// Its name then.
    pub name: String,
    /// How many pieces.
    pub quantity: i64,
    /// Price of one piece.
    pub unit_price_minor: i64,
    /// What was paid for the line.
    pub amount_minor: i64,
    /// The line at the wholesale price.
    pub wholesale_minor: i64,
    /// Qualifying volume of the line.
    pub qv: Volume,
    /// Commissionable volume of the line.
    pub cv: Volume,
    /// Further volumes of the line.
    pub measures: Measures,
    /// In a return: the order that the goods came from, or id 0 where it is not known.
    pub original_order_id: OrderId,
}

/// Said in the words of the partial index, so that both planners use it: a bound value would hide it from them.
fn is_linked() -> diesel::expression::SqlLiteral<Bool> {
    sql::<Bool>("order_lines.original_order_id <> 0")
}

/// The same for orders that came through somebody besides the buyer.
fn has_through() -> diesel::expression::SqlLiteral<Bool> {
    sql::<Bool>("orders.through_id <> 0")
}

/// Inserts orders in batches.
pub fn insert(tx: &mut Conn, rows: &[Order]) -> StoreResult<()> {
    insert_all!(tx, orders::table, rows)?;
    tallies::add(tx, Tally::Orders, tallies::length(rows.len()))?;
    figures::add_sales(tx, rows)
}

/// Inserts lines in batches.
pub fn insert_lines(tx: &mut Conn, rows: &[OrderLine]) -> StoreResult<()> {
    Ok(insert_all!(tx, order_lines::table, rows)?)
}

/// The order with this id, or a fault that names it.
pub fn get(conn: &mut Conn, id: OrderId) -> StoreResult<Order> {
    orders::table
        .find(id)
        .select(Order::as_select())
        .first(conn)
        .optional()?
        .ok_or_else(|| StoreError::not_found("order", id))
}

/// The order with this id; nobody else takes it by this until the transaction ends.
pub fn get_locked(tx: &mut Conn, id: OrderId) -> StoreResult<Order> {
    tx.lock_row("orders", id.0)?;
    get(tx, id)
}

/// Keeps every period as open or closed as it is until the transaction ends, so that an order never falls
/// into a period that is being frozen. Orders go in side by side; SQLite has one writer anyway.
pub fn lock_periods(tx: &mut Conn) -> StoreResult<()> {
    if let Conn::Postgres(inner) = tx {
        diesel::sql_query("SELECT pg_advisory_xact_lock_shared(7215004)").execute(inner)?;
    }
    Ok(())
}

/// Holds back every other return until the transaction ends, so that two at once never count the same
/// pieces as still out.
pub fn lock_returns(tx: &mut Conn) -> StoreResult<()> {
    if let Conn::Postgres(inner) = tx {
        diesel::sql_query("SELECT pg_advisory_xact_lock(7215006)").execute(inner)?;
    }
    Ok(())
}

/// Waits until every order that is being written is in, and holds back further ones until the transaction ends.
pub fn lock_all(tx: &mut Conn) -> StoreResult<()> {
    if let Conn::Postgres(inner) = tx {
        diesel::sql_query("SELECT pg_advisory_xact_lock(7215004)").execute(inner)?;
    }
    Ok(())
}

/// The order with this number, if there is one.
pub fn find_by_number(conn: &mut Conn, number: &str) -> StoreResult<Option<Order>> {
    Ok(orders::table.filter(orders::number.eq(number)).select(Order::as_select()).first(conn).optional()?)
}

/// The orders of these numbers that exist.
pub fn list_by_numbers(conn: &mut Conn, numbers: &[&str]) -> StoreResult<Vec<Order>> {
    let mut found = Vec::with_capacity(numbers.len());
    for chunk in numbers.chunks(900) {
        found
            .extend(orders::table.filter(orders::number.eq_any(chunk)).select(Order::as_select()).load::<Order>(conn)?);
    }
    Ok(found)
}

/// The lines of an order, in their order.
pub fn list_lines(conn: &mut Conn, order: OrderId) -> StoreResult<Vec<OrderLine>> {
    Ok(order_lines::table
        .filter(order_lines::order_id.eq(order))
        .order(order_lines::line_no)
        .select(OrderLine::as_select())
        .load(conn)?)
}

/// The lines of these orders, in no particular order.
pub fn list_lines_of(conn: &mut Conn, orders: &[OrderId]) -> StoreResult<Vec<OrderLine>> {
    let mut found = Vec::with_capacity(orders.len());
    for chunk in orders.chunks(900) {
        found.extend(
            order_lines::table
                .filter(order_lines::order_id.eq_any(chunk))
                .select(OrderLine::as_select())
                .load::<OrderLine>(conn)?,
        );
    }
    Ok(found)
}

/// What a member bought of these products before a moment: the lines of sales, the latest sale first.
pub fn list_bought(
    conn: &mut Conn,
    member: MemberId,
    before: Moment,
    products: &[ProductId],
) -> StoreResult<Vec<OrderLine>> {
    Ok(order_lines::table
        .inner_join(orders::table.on(orders::id.eq(order_lines::order_id)))
        .filter(orders::member_id.eq(member))
        .filter(orders::kind.eq(OrderKind::Sale))
        .filter(orders::ordered_at.lt(before))
        .filter(order_lines::product_id.eq_any(products))
        .order((orders::ordered_at.desc(), orders::number.desc(), order_lines::line_no))
        .select(OrderLine::as_select())
        .load(conn)?)
}

/// The returns that name this order as the one their goods came from.
pub fn list_returns_of(conn: &mut Conn, order: OrderId) -> StoreResult<Vec<Order>> {
    let returns: Vec<OrderId> = order_lines::table
        .filter(order_lines::original_order_id.eq(order))
        .filter(is_linked())
        .select(order_lines::order_id)
        .distinct()
        .load(conn)?;
    Ok(orders::table.filter(orders::id.eq_any(returns)).order(orders::id).select(Order::as_select()).load(conn)?)
}

/// Orders and returns whose commission day lies in the range, both ends included, in no particular order.
pub fn list_counted(conn: &mut Conn, first: Day, last: Day) -> StoreResult<Vec<CountedOrder>> {
    Ok(orders::table
        .filter(orders::commission_on.between(first, last))
        .select(CountedOrder::as_select())
        .load::<CountedOrder>(conn)?
        .into_iter()
        .filter(|order| order.payment.counts())
        .collect())
}

/// The orders that goods of a period came back from.
pub fn list_originals(conn: &mut Conn, ids: &[OrderId]) -> StoreResult<Vec<CountedOrder>> {
    let mut found = Vec::new();
    for chunk in ids.chunks(900) {
        let chosen = orders::table.filter(orders::id.eq_any(chunk)).select(CountedOrder::as_select());
        found.extend(chosen.load::<CountedOrder>(conn)?);
    }
    Ok(found)
}

/// Orders that count in the range and came through somebody besides the buyer, with whom.
pub fn list_through(conn: &mut Conn, first: Day, last: Day) -> StoreResult<Vec<(OrderId, MemberId)>> {
    Ok(orders::table
        .filter(orders::commission_on.between(first, last))
        .filter(has_through())
        .select((orders::id, orders::through_id))
        .load(conn)?)
}

/// The same of these orders.
pub fn list_through_of(conn: &mut Conn, ids: &[OrderId]) -> StoreResult<Vec<(OrderId, MemberId)>> {
    let mut found = Vec::new();
    for chunk in ids.chunks(900) {
        let chosen = orders::table.filter(orders::id.eq_any(chunk)).filter(has_through());
        found.extend(chosen.select((orders::id, orders::through_id)).load::<(OrderId, MemberId)>(conn)?);
    }
    Ok(found)
}

/// The lines of the returns whose commission day lies in the range: what came back of which order.
pub fn list_returned_lines(conn: &mut Conn, first: Day, last: Day) -> StoreResult<Vec<OrderLine>> {
    Ok(order_lines::table
        .inner_join(orders::table.on(orders::id.eq(order_lines::order_id)))
        .filter(orders::kind.eq(OrderKind::Return))
        .filter(orders::commission_on.between(first, last))
        .select(OrderLine::as_select())
        .load(conn)?)
}

/// What a run reads of a line of an order.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct PartOfOrder {
    /// The order.
    pub order_id: OrderId,
    /// What was bought.
    pub product_id: ProductId,
    /// What was paid for the line.
    pub amount_minor: i64,
    /// The line at the wholesale price.
    pub wholesale_minor: i64,
    /// Qualifying volume of the line.
    pub qv: Volume,
    /// Commissionable volume of the line.
    pub cv: Volume,
    /// Further volumes of the line.
    pub measures: Measures,
}

/// The columns of a [`PartOfOrder`].
macro_rules! parts {
    () => {
        (
            order_lines::order_id,
            order_lines::product_id,
            order_lines::amount_minor,
            order_lines::wholesale_minor,
            order_lines::qv,
            order_lines::cv,
            order_lines::measures,
        )
    };
}

/// The lines of the sales whose commission day lies in the range, in no particular order.
pub fn list_parts(conn: &mut Conn, first: Day, last: Day) -> StoreResult<Vec<PartOfOrder>> {
    Ok(order_lines::table
        .inner_join(orders::table.on(orders::id.eq(order_lines::order_id)))
        .filter(orders::kind.eq(OrderKind::Sale))
        .filter(orders::commission_on.between(first, last))
        .select(parts!())
        .load(conn)?)
}

/// The lines of these orders, in no particular order.
pub fn list_parts_of(conn: &mut Conn, ids: &[OrderId]) -> StoreResult<Vec<PartOfOrder>> {
    let mut found = Vec::new();
    for chunk in ids.chunks(900) {
        let chosen = order_lines::table.filter(order_lines::order_id.eq_any(chunk));
        found.extend(chosen.select(parts!()).load::<PartOfOrder>(conn)?);
    }
    Ok(found)
}

/// How many sales of each member count on days before this one.
pub fn count_before(conn: &mut Conn, day: Day) -> StoreResult<Vec<(MemberId, i64)>> {
    // Only sales are ever paid: what came back is refunded. So the index of members' orders says it all, and the sum
    // keeps SQLite from looking every order up that the index of days names.
    Ok(orders::table
        .filter(orders::payment.eq(PaymentState::Paid))
        .filter(sql::<Bool>("orders.commission_on + 0 < ").bind::<Integer, _>(day))
        .group_by(orders::member_id)
        .select((orders::member_id, diesel::dsl::count_star()))
        .load(conn)?)
}

/// Every line that ever returned goods of these orders, with the commission day of its return.
pub fn list_lines_returning(conn: &mut Conn, originals: &[OrderId]) -> StoreResult<Vec<(Day, OrderLine)>> {
    let mut found = Vec::new();
    for chunk in originals.chunks(900) {
        found.extend(
            order_lines::table
                .inner_join(orders::table.on(orders::id.eq(order_lines::order_id)))
                .filter(order_lines::original_order_id.eq_any(chunk))
                .filter(is_linked())
                .select((orders::commission_on, OrderLine::as_select()))
                .load::<(Day, OrderLine)>(conn)?,
        );
    }
    Ok(found)
}

/// The orders with these ids, in no particular order.
pub fn list_by_ids(conn: &mut Conn, ids: &[OrderId]) -> StoreResult<Vec<Order>> {
    let mut found = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(900) {
        found.extend(orders::table.filter(orders::id.eq_any(chunk)).select(Order::as_select()).load::<Order>(conn)?);
    }
    Ok(found)
}

/// Sets the payment's state and, once it counts, the commission day.
pub fn update_payment(
    tx: &mut Conn,
    id: OrderId,
    from: PaymentState,
    to: PaymentState,
    commission_on: Day,
) -> StoreResult<()> {
    let changed = diesel::update(orders::table.filter(orders::id.eq(id)).filter(orders::payment.eq(from)))
        .set((orders::payment.eq(to), orders::commission_on.eq(commission_on)))
        .execute(tx)?;
    if changed != 1 {
        return Err(StoreError::Conflict(format!("order {id}")));
    }
    if from.counts() == to.counts() {
        return Ok(());
    }
    let order = get(tx, id)?;
    if to.counts() { figures::add_sales(tx, &[order]) } else { figures::take_sales_off(tx, &order) }
}

/// The earliest commission day of any order that counts.
pub fn first_commission_day(conn: &mut Conn) -> StoreResult<Option<Day>> {
    Ok(orders::table
        .filter(orders::commission_on.lt(Day::FOREVER))
        .order(orders::commission_on)
        .select(orders::commission_on)
        .first(conn)
        .optional()?)
}
