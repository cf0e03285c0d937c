//! A running total over the days of a month, drawn by the server: this month solid, the month before dashed.
//! Whole numbers only; the drawing is 1,000 wide and 100 high and stretches.

use std::fmt::Write as _;

use crate::domain::money::Currency;

/// Two running totals on one scale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunningTotal {
    /// This month's line.
    pub now: String,
    /// The area below it.
    pub area: String,
    /// The last point of this month.
    pub dot: String,
    /// The line of the month before.
    pub past: String,
    /// Labels of the scale, highest first; five of them.
    pub scale: Vec<String>,
    /// The days of the month; those that are written below.
    pub days: Vec<Option<u32>>,
}

impl RunningTotal {
    /// Draws daily amounts as running totals. `days` is the length of this month.
    pub fn of(now: &[i64], past: &[i64], days: u32, currency: Currency) -> Self {
        let (now, past) = (running(now), running(past));
        let highest = now.iter().chain(&past).copied().max().unwrap_or(0);
        let top = nice_top(highest, currency.places());
        let width = i64::from(days.max(1));
        let line = path(&now, width, top);
        let last = now.len().checked_sub(1).map(|index| point(index, now[index], width, top));
        let area = match (now.is_empty(), &last) {
            (false, Some((x, _))) => format!("M{} 100L{}L{} 100z", fixed(1000 * 50 / width), &line[1..], fixed(*x)),
            _ => String::new(),
        };
        Self {
            area,
            dot: last.map(|(x, y)| format!("M{} {}h.01", fixed(x), fixed(y))).unwrap_or_default(),
            past: path(&past, width, top),
            now: line,
            scale: (0..5_i64).rev().map(|step| short(top / 4 * step, currency)).collect(),
            days: (1..=days).map(|day| (day == 1 || day % 5 == 0).then_some(day)).collect(),
        }
    }
}

fn running(daily: &[i64]) -> Vec<i64> {
    daily
        .iter()
        .scan(0_i64, |sum, amount| {
            *sum = sum.saturating_add(*amount);
            Some(*sum)
        })
        .collect()
}

/// The point of a day, in hundredths.
fn point(index: usize, total: i64, width: i64, top: i64) -> (i64, i64) {
    let index = i64::try_from(index).unwrap_or(0);
    let x = (2 * index + 1) * 1000 * 50 / width;
    let y = i128::from(10_000) - i128::from(total.max(0)) * 10_000 / i128::from(top.max(1));
    (x, i64::try_from(y).unwrap_or(0))
}

fn path(totals: &[i64], width: i64, top: i64) -> String {
    let mut path = String::new();
    for (index, total) in totals.iter().enumerate() {
        let (x, y) = point(index, *total, width, top);
        let lead = if index == 0 { "M" } else { " " };
        // Writing into a string can't fail.
        let _ = write!(path, "{lead}{} {}", fixed(x), fixed(y));
    }
    path
}

/// Hundredths as a decimal number.
fn fixed(hundredths: i64) -> String {
    format!("{}.{:02}", hundredths / 100, hundredths.abs() % 100)
}

/// The next of 1, 2, 4, 6, 8 times a power of ten at or above the highest value, at least 4 whole units.
fn nice_top(highest: i64, places: u32) -> i64 {
    let mut unit = 10_i64.saturating_pow(places);
    loop {
        for step in [4, 6, 8, 10, 12, 16, 20] {
            let top = unit.saturating_mul(step);
            if top >= highest || top == i64::MAX {
                return top;
            }
        }
        unit = unit.saturating_mul(10);
    }
}

/// A label of the scale: whole units, thousands as `350k`.
fn short(minor: i64, currency: Currency) -> String {
    let whole = minor / 10_i64.pow(currency.places());
    if whole >= 10_000 {
        format!("{}k", crate::domain::money::grouped((whole / 1000).into()))
    } else {
        crate::domain::money::grouped(whole.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totals_run_and_the_scale_is_round() {
        let eur: Currency = "EUR".parse().unwrap();
        let chart = RunningTotal::of(&[100_000, 100_000], &[50_000, 50_000, 300_000], 4, eur);
        assert_eq!(chart.scale, ["4,000", "3,000", "2,000", "1,000", "0"]);
        assert_eq!(chart.now, "M125.00 75.00 375.00 50.00");
        assert_eq!(chart.past, "M125.00 87.50 375.00 75.00 625.00 0.00");
        assert_eq!(chart.dot, "M375.00 50.00h.01");
        assert_eq!(chart.area, "M125.00 100L125.00 75.00 375.00 50.00L375.00 100z");
        assert_eq!(chart.days, [Some(1), None, None, None]);
    }

    #[test]
    fn nothing_sold_draws_nothing() {
        let chart = RunningTotal::of(&[], &[], 30, "JPY".parse().unwrap());
        assert_eq!((chart.now.as_str(), chart.area.as_str(), chart.dot.as_str()), ("", "", ""));
        assert_eq!(chart.scale[0], "4");
    }
}
