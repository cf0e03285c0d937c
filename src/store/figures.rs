//! Figures over many rows, for Today: sales by day and who joined. Reads only.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::schema::{members, orders};
use super::{Conn, StoreResult};
use crate::domain::calendar::Day;
use crate::domain::order::PaymentState;

/// What was paid on one day, returns taken off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Queryable)]
pub struct DaySales {
    /// The day of the orders.
    pub day: Day,
    /// How many orders and returns.
    pub orders: i64,
    /// Their sum.
    pub paid_minor: i64,
    /// Their commissionable volume, in ten-thousandths of a point.
    pub cv: i64,
}

/// Paid orders and returns from the first to the last day, by day; days without any are left out.
pub fn list_sales_by_day(conn: &mut Conn, first: Day, last: Day) -> StoreResult<Vec<DaySales>> {
    Ok(orders::table
        .filter(orders::ordered_on.between(first, last))
        .filter(orders::payment.eq_any([PaymentState::Paid, PaymentState::Refunded]))
        .group_by(orders::ordered_on)
        .order(orders::ordered_on)
        .select((
            orders::ordered_on,
            sql::<BigInt>("COUNT(*)"),
            sql::<BigInt>("CAST(SUM(paid_minor) AS BIGINT)"),
            sql::<BigInt>("CAST(SUM(cv) AS BIGINT)"),
        ))
        .load(conn)?)
}

/// How many members joined from the first to the last day.
pub fn count_joined(conn: &mut Conn, first: Day, last: Day) -> StoreResult<i64> {
    Ok(members::table.filter(members::joined_on.between(first, last)).count().get_result(conn)?)
}
