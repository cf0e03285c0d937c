//! Figures over many rows, for Today: sales by day and who joined. The sums of a day are kept up with every order and
//! every payment, in the transaction of the order itself.

use std::collections::BTreeMap;

use diesel::prelude::*;
use diesel::upsert::excluded;

use super::orders::Order;
use super::schema::{members, sales_days};
use super::{Conn, StoreError, StoreResult, each};
use crate::domain::calendar::Day;

/// What was paid on one day, returns taken off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = sales_days)]
pub struct DaySales {
    /// The day of the orders.
    pub day: Day,
    /// How many orders and returns.
    #[diesel(column_name = order_count)]
    pub orders: i64,
    /// Their sum.
    pub paid_minor: i64,
    /// Their commissionable volume, in ten-thousandths of a point.
    pub cv: i64,
}

/// Paid orders and returns from the first to the last day, by day; days without any are left out.
pub fn list_sales_by_day(conn: &mut Conn, first: Day, last: Day) -> StoreResult<Vec<DaySales>> {
    Ok(sales_days::table
        .filter(sales_days::day.between(first, last))
        .filter(sales_days::order_count.ne(0))
        .order(sales_days::day)
        .select(sales_days::all_columns)
        .load(conn)?)
}

/// Takes those of the orders that are paid into the sums of their days.
pub(super) fn add_sales(tx: &mut Conn, orders: &[Order]) -> StoreResult<()> {
    let mut days: BTreeMap<Day, DaySales> = BTreeMap::new();
    for order in orders.iter().filter(|order| order.payment.counts()) {
        let day = order.ordered_on;
        let sum = days.entry(day).or_insert(DaySales { day, orders: 0, paid_minor: 0, cv: 0 });
        let plus = |a: i64, b: i64| {
            a.checked_add(b).ok_or_else(|| StoreError::Corrupt(format!("the sales of {day} overflow")))
        };
        sum.orders += 1;
        sum.paid_minor = plus(sum.paid_minor, order.paid_minor)?;
        sum.cv = plus(sum.cv, order.cv.0)?;
    }
    days.into_values().try_for_each(|sum| put(tx, sum))
}

/// Takes a paid order off the sum of its day: it no longer counts.
pub(super) fn take_sales_off(tx: &mut Conn, order: &Order) -> StoreResult<()> {
    put(tx, DaySales { day: order.ordered_on, orders: -1, paid_minor: -order.paid_minor, cv: -order.cv.0 })
}

/// Adds to the sum of a day.
fn put(tx: &mut Conn, more: DaySales) -> StoreResult<()> {
    each!(tx, inner => diesel::insert_into(sales_days::table)
        .values(more)
        .on_conflict(sales_days::day)
        .do_update()
        .set((
            sales_days::order_count.eq(sales_days::order_count + excluded(sales_days::order_count)),
            sales_days::paid_minor.eq(sales_days::paid_minor + excluded(sales_days::paid_minor)),
            sales_days::cv.eq(sales_days::cv + excluded(sales_days::cv)),
        ))
        .execute(inner))?;
    Ok(())
}

/// How many members joined from the first to the last day.
pub fn count_joined(conn: &mut Conn, first: Day, last: Day) -> StoreResult<i64> {
    Ok(members::table.filter(members::joined_on.between(first, last)).count().get_result(conn)?)
}
