//! Days and periods in the company's time zone. Nothing here reads a clock.

use chrono::{Datelike, NaiveDate};

/// A calendar day, stored as days since 1 January 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Day(pub i32);

/// A text that is not a day.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is not a date; write it as 2026-10-31")]
pub struct NotADay(pub String);

const EPOCH_FROM_CE: i32 = 719_163;

impl Day {
    /// Later than every day of a real period: the end of a link that is still in force.
    pub const FOREVER: Self = Self(2_932_896);

    /// The day of year, month (1 to 12) and day of the month, or `None` where there is no such day.
    pub fn from_ymd(year: i32, month: u32, day: u32) -> Option<Self> {
        NaiveDate::from_ymd_opt(year, month, day).map(Self::from_date)
    }

    /// The day of a calendar date.
    pub fn from_date(date: NaiveDate) -> Self {
        Self(date.num_days_from_ce() - EPOCH_FROM_CE)
    }

    /// The calendar date.
    pub fn date(self) -> NaiveDate {
        NaiveDate::from_num_days_from_ce_opt(self.0.saturating_add(EPOCH_FROM_CE)).unwrap_or(NaiveDate::MAX)
    }

    /// The day `days` later (earlier where negative).
    #[must_use]
    pub const fn plus(self, days: i32) -> Self {
        Self(self.0.saturating_add(days))
    }

    /// First day of this day's month.
    #[must_use]
    pub fn month_start(self) -> Self {
        let date = self.date();
        Self::from_ymd(date.year(), date.month(), 1).unwrap_or(self)
    }

    /// Last day of this day's month.
    #[must_use]
    pub fn month_end(self) -> Self {
        let date = self.date();
        let (year, month) = if date.month() == 12 { (date.year() + 1, 1) } else { (date.year(), date.month() + 1) };
        Self::from_ymd(year, month, 1).map_or(self, |next| next.plus(-1))
    }

    /// Year and month, such as `2026-10`.
    pub fn month_label(self) -> String {
        self.date().format("%Y-%m").to_string()
    }
}

impl std::fmt::Display for Day {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.date().format("%Y-%m-%d"))
    }
}

impl std::str::FromStr for Day {
    type Err = NotADay;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        NaiveDate::parse_from_str(text, "%Y-%m-%d")
            .ok()
            .filter(|_| text.len() == 10)
            .map(Self::from_date)
            .ok_or_else(|| NotADay(text.chars().take(40).collect()))
    }
}

impl serde::Serialize for Day {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Day {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        <String as serde::Deserialize>::deserialize(from)?.parse().map_err(serde::de::Error::custom)
    }
}

/// The calendar month named by a label such as `2026-10`: first and last day.
pub fn month_of_label(label: &str) -> Option<(Day, Day)> {
    let first: Day = format!("{label}-01").parse().ok()?;
    (label.len() == 7).then(|| (first, first.month_end()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_count_from_1970_and_print_as_iso() {
        assert_eq!(Day::from_ymd(1970, 1, 1), Some(Day(0)));
        assert_eq!("2026-10-31".parse::<Day>().unwrap().to_string(), "2026-10-31");
        assert_eq!(Day::FOREVER.to_string(), "9999-12-31");
    }

    #[test]
    fn impossible_and_abbreviated_dates_are_refused() {
        for text in ["2026-02-30", "2026-1-1", "31.10.2026", "", "2026-10-31T00:00"] {
            assert!(text.parse::<Day>().is_err(), "{text}");
        }
    }

    #[test]
    fn months_end_where_the_calendar_says() {
        let ends: Vec<String> = ["2024-02-07", "2026-02-01", "2026-12-31"]
            .iter()
            .map(|d| d.parse::<Day>().unwrap().month_end().to_string())
            .collect();
        assert_eq!(ends, ["2024-02-29", "2026-02-28", "2026-12-31"]);
        assert_eq!(month_of_label("2026-13"), None);
    }
}
