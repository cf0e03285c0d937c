//! Filters for templates: amounts, volumes, counts, days and moments as the design writes them.

#![allow(
    clippy::inline_always,
    clippy::unnecessary_wraps,
    clippy::unused_self,
    reason = "what `filter_fn` makes of a filter"
)]

use askama::filters::Safe;
use askama::{Result, Values};
use rust_decimal::Decimal;

use super::{Icon, words};
use crate::domain::calendar::{Day, Moment, Zone};
use crate::domain::money::{Currency, Volume, grouped};

/// A value, or a reference to one of any depth: what templates hand to a filter.
pub trait Given<T> {
    /// The value.
    fn given(&self) -> T;
}

macro_rules! given {
    ($($value:ty),+) => {$(
        impl Given<$value> for $value {
            fn given(&self) -> $value {
                *self
            }
        }
        impl<G: Given<$value>> Given<$value> for &G {
            fn given(&self) -> $value {
                (**self).given()
            }
        }
    )+};
}

given!(i64, Volume, Day, Moment);

/// `"check"|icon`: a drawing.
#[askama::filter_fn]
pub fn icon(name: impl AsRef<str>, _: &dyn Values) -> Result<Icon> {
    Ok(Icon::named(name.as_ref()))
}

/// `minor|money(currency)`: `−1,234.50`, without the code.
#[askama::filter_fn]
pub fn money(minor: impl Given<i64>, _: &dyn Values, currency: &Currency) -> Result<String> {
    Ok(currency.grouped(minor.given()))
}

/// `minor|tile(currency)`: an amount for a key figure, the decimals smaller: `€412,906.40`.
#[askama::filter_fn]
pub fn tile(minor: impl Given<i64>, _: &dyn Values, currency: &Currency) -> Result<Safe<String>> {
    let text = currency.grouped(minor.given());
    let (whole, decimals) = text.split_once('.').map_or((text.as_str(), String::new()), |(whole, decimals)| {
        (whole, format!("<span class=\"dec\">.{decimals}</span>"))
    });
    Ok(Safe(format!("<span class=\"cur\">{}</span>{whole}{decimals}", sign(*currency))))
}

/// The sign of a currency in front of an amount, or its code.
fn sign(currency: Currency) -> String {
    match currency.code() {
        "EUR" => "€".to_owned(),
        "USD" => "$".to_owned(),
        "GBP" => "£".to_owned(),
        "JPY" => "¥".to_owned(),
        code => format!("{code} "),
    }
}

/// An amount in running text: `€394,813.82`.
pub fn with_sign(minor: i64, currency: Currency) -> String {
    format!("{}{}", sign(currency), currency.grouped(minor))
}

/// `volume|volume`: `1,204.5`.
#[askama::filter_fn]
pub fn volume(volume: impl Given<Volume>, _: &dyn Values) -> Result<String> {
    Ok(volume.given().grouped())
}

/// `action|said`: an action of the audit log as people say it.
#[askama::filter_fn]
pub fn said(action: impl AsRef<str>, _: &dyn Values) -> Result<String> {
    Ok(words::said(action.as_ref()).to_owned())
}

/// `number|count`: `24,617`.
#[askama::filter_fn]
pub fn count(number: impl ToString, _: &dyn Values) -> Result<String> {
    let text = number.to_string();
    Ok(text.parse::<Decimal>().map_or(text, grouped))
}

/// `day|day(shell.today)`: `Tue 10 Nov`, with the year when it is not this one.
#[askama::filter_fn]
pub fn day(day: impl Given<Day>, _: &dyn Values, today: &Day) -> Result<String> {
    Ok(written(day.given(), *today))
}

/// `moment|moment(shell.zone)`: `10 Nov 2026, 10:41`; an en dash where nothing happened yet.
#[askama::filter_fn]
pub fn moment(moment: impl Given<Moment>, _: &dyn Values, zone: &Zone) -> Result<String> {
    Ok(at(moment.given(), *zone, "%-d %b %Y, %H:%M"))
}

/// `moment|moment_exact(shell.zone)`: `10 Nov 2026, 10:41:07 CET`, for the audit log.
#[askama::filter_fn]
pub fn moment_exact(moment: impl Given<Moment>, _: &dyn Values, zone: &Zone) -> Result<String> {
    Ok(at(moment.given(), *zone, "%-d %b %Y, %H:%M:%S %Z"))
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
