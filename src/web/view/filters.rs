//! Filters for templates: amounts, volumes, counts, days and moments as the design writes them.

use std::borrow::Borrow;

use askama::{Result, Values};
use rust_decimal::Decimal;

use super::Icon;
use crate::domain::calendar::{Day, Moment, Zone};
use crate::domain::money::{Currency, Volume, grouped};

/// `"check"|icon`: a drawing.
#[askama::filter_fn]
pub fn icon(name: impl AsRef<str>, _: &dyn Values) -> Result<Icon> {
    Ok(Icon::named(name.as_ref()))
}

/// `minor|money(currency)`: `−1,234.50`, without the code.
#[askama::filter_fn]
pub fn money(minor: impl Borrow<i64>, _: &dyn Values, currency: &Currency) -> Result<String> {
    Ok(currency.grouped(*minor.borrow()))
}

/// `volume|volume`: `1,204.5`.
#[askama::filter_fn]
pub fn volume(volume: impl Borrow<Volume>, _: &dyn Values) -> Result<String> {
    Ok(volume.borrow().grouped())
}

/// `number|count`: `24,617`.
#[askama::filter_fn]
pub fn count(number: impl ToString, _: &dyn Values) -> Result<String> {
    let text = number.to_string();
    Ok(text.parse::<Decimal>().map_or(text, grouped))
}

/// `day|day(shell.today)`: `Tue 10 Nov`, with the year when it is not this one.
#[askama::filter_fn]
pub fn day(day: impl Borrow<Day>, _: &dyn Values, today: &Day) -> Result<String> {
    Ok(written(*day.borrow(), *today))
}

/// `moment|moment(shell.zone)`: `10 Nov 2026, 10:41`; an en dash where nothing happened yet.
#[askama::filter_fn]
pub fn moment(moment: impl Borrow<Moment>, _: &dyn Values, zone: &Zone) -> Result<String> {
    Ok(at(*moment.borrow(), *zone, "%-d %b %Y, %H:%M"))
}

/// `moment|moment_exact(shell.zone)`: `10 Nov 2026, 10:41:07 CET`, for the audit log.
#[askama::filter_fn]
pub fn moment_exact(moment: impl Borrow<Moment>, _: &dyn Values, zone: &Zone) -> Result<String> {
    Ok(at(*moment.borrow(), *zone, "%-d %b %Y, %H:%M:%S %Z"))
}

/// A day as people write it.
pub fn written(day: Day, today: Day) -> String {
    use chrono::Datelike as _;
    let date = day.date();
    let pattern = if date.year() == today.date().year() { "%a %-d %b" } else { "%a %-d %b %Y" };
    date.format(pattern).to_string()
}

/// A day in a list: `9 Nov`, with the year when it is not this one.
pub fn short_day(day: Day, today: Day) -> String {
    use chrono::Datelike as _;
    let date = day.date();
    let pattern = if date.year() == today.date().year() { "%-d %b" } else { "%-d %b %Y" };
    date.format(pattern).to_string()
}

/// A moment as people write it: `10 Nov 2026, 10:41`.
pub fn moment_written(moment: Moment, zone: Zone) -> String {
    at(moment, zone, "%-d %b %Y, %H:%M")
}

fn at(moment: Moment, zone: Zone, pattern: &str) -> String {
    if moment.is_set() { moment.utc().with_timezone(&zone.0).format(pattern).to_string() } else { "–".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_carry_the_year_only_when_it_is_another_one() {
        let today = Day::from_ymd(2026, 11, 21).unwrap();
        assert_eq!(written(Day::from_ymd(2026, 11, 10).unwrap(), today), "Tue 10 Nov");
        assert_eq!(written(Day::from_ymd(2025, 12, 31).unwrap(), today), "Wed 31 Dec 2025");
    }

    #[test]
    fn moments_are_told_in_the_companys_zone() {
        let zone: Zone = "Europe/Berlin".parse().unwrap();
        let noon = Moment::from_utc("2026-07-01T12:00:05Z".parse().unwrap());
        assert_eq!(at(noon, zone, "%-d %b %Y, %H:%M:%S %Z"), "1 Jul 2026, 14:00:05 CEST");
        assert_eq!(at(Moment::NEVER, zone, "%H:%M"), "–");
    }
}
