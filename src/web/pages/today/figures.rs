//! The figures of the open month against the same days of the month before.

use crate::domain::calendar::Day;
use crate::domain::money::{Currency, Volume};
use crate::store::figures::{self, DaySales};
use crate::store::{Conn, StoreResult};
use crate::web::view::{Delta, RunningTotal};

/// Sales of a stretch of days.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sales {
    /// Orders and returns.
    pub orders: i64,
    /// What was paid.
    pub paid_minor: i64,
    /// Commissionable volume.
    pub cv: Volume,
}

/// The open month.
pub struct Figures {
    /// Today alone.
    pub today: Sales,
    /// The month so far.
    pub month: Sales,
    /// Members who joined this month.
    pub joined: i64,
    /// Changes against the same days of the month before: paid, orders, volume, joined.
    pub change: [Delta; 4],
    /// How many days are compared.
    pub days: i32,
    /// The name of the month, and of the one before.
    pub names: [String; 2],
    /// The running totals.
    pub chart: RunningTotal,
    /// Day, this month so far, the month before so far.
    pub rows: Vec<(i32, Option<i64>, i64)>,
    /// What the month before came to by the same day.
    pub before_minor: i64,
}

/// Reads the figures.
pub fn read(conn: &mut Conn, today: Day, currency: Currency) -> StoreResult<Figures> {
    let first = today.month_start();
    let before_last = first.plus(-1);
    let before_first = before_last.month_start();
    let days = today.0 - first.0 + 1;
    let same_day = Day(before_first.plus(days - 1).0.min(before_last.0));
    let now = figures::list_sales_by_day(conn, first, today)?;
    let before = figures::list_sales_by_day(conn, before_first, before_last)?;
    let month = sum(&now, first, today);
    let past = sum(&before, before_first, same_day);
    let joined = figures::count_joined(conn, first, today)?;
    let joined_before = figures::count_joined(conn, before_first, same_day)?;
    let length = today.month_end().0 - first.0 + 1;
    let daily_now = daily(&now, first, days);
    let daily_before = daily(&before, before_first, before_last.0 - before_first.0 + 1);
    let shown = daily_before.len().min(usize::try_from(length).unwrap_or(31));
    let chart = RunningTotal::of(&daily_now, &daily_before[..shown], u32::try_from(length).unwrap_or(31), currency);
    Ok(Figures {
        today: sum(&now, today, today),
        month,
        joined,
        change: [
            Delta::of(month.paid_minor, past.paid_minor),
            Delta::of(month.orders, past.orders),
            Delta::of(month.cv.0, past.cv.0),
            Delta::of(joined, joined_before),
        ],
        days,
        names: [first, before_first].map(|day| day.date().format("%B %Y").to_string()),
        chart,
        rows: rows(&daily_now, &daily_before),
        before_minor: past.paid_minor,
    })
}

fn sum(sales: &[DaySales], first: Day, last: Day) -> Sales {
    sales.iter().filter(|sales| (first..=last).contains(&sales.day)).fold(Sales::default(), |sum, day| Sales {
        orders: sum.orders + day.orders,
        paid_minor: sum.paid_minor + day.paid_minor,
        cv: Volume(sum.cv.0 + day.cv),
    })
}

/// What was paid on each day, days without orders included.
fn daily(sales: &[DaySales], first: Day, days: i32) -> Vec<i64> {
    (0..days)
        .map(|offset| {
            let day = first.plus(offset);
            sales.iter().find(|sales| sales.day == day).map_or(0, |sales| sales.paid_minor)
        })
        .collect()
}

/// Running totals of both months, day by day.
fn rows(now: &[i64], before: &[i64]) -> Vec<(i32, Option<i64>, i64)> {
    let (mut sum_now, mut sum_before) = (0_i64, 0_i64);
    let length = now.len().max(before.len());
    (1..)
        .zip(0..length)
        .map(|(day, index)| {
            sum_before += before.get(index).copied().unwrap_or(0);
            let now = now.get(index).map(|amount| {
                sum_now += amount;
                sum_now
            });
            (day, now, sum_before)
        })
        .collect()
}
