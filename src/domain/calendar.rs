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

/// An instant: microseconds since 1 January 1970, UTC. Both databases keep it exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Moment(pub i64);

impl Moment {
    /// "Not yet": where a column needs a value but nothing happened so far.
    pub const NEVER: Self = Self(0);

    /// The instant `seconds` later (earlier where negative).
    #[must_use]
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(1_000_000)))
    }

    /// Whether anything happened at all.
    pub const fn is_set(self) -> bool {
        self.0 != 0
    }

    /// The UTC date and time.
    pub fn utc(self) -> chrono::DateTime<chrono::Utc> {
        chrono::DateTime::from_timestamp_micros(self.0).unwrap_or(chrono::DateTime::<chrono::Utc>::MAX_UTC)
    }

    /// The instant of a UTC date and time, cut to microseconds.
    pub fn from_utc(at: chrono::DateTime<chrono::Utc>) -> Self {
        Self(at.timestamp_micros())
    }
}

impl std::fmt::Display for Moment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.utc().format("%Y-%m-%dT%H:%M:%SZ"))
    }
}

/// The company's time zone: it decides on which day something happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Zone(pub chrono_tz::Tz);

/// A text that is not a time zone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is not a time zone; use a name such as Europe/London")]
pub struct NotAZone(pub String);

impl std::str::FromStr for Zone {
    type Err = NotAZone;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self).map_err(|_| NotAZone(text.chars().take(60).collect()))
    }
}

impl std::fmt::Display for Zone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0.name())
    }
}

impl Zone {
    /// The day on which the instant falls in this zone.
    pub fn day_of(self, at: Moment) -> Day {
        Day::from_date(at.utc().with_timezone(&self.0).date_naive())
    }

    /// Wall-clock date and time of the instant in this zone.
    pub fn wall(self, at: Moment) -> chrono::NaiveDateTime {
        at.utc().with_timezone(&self.0).naive_local()
    }

    /// The instant of a wall-clock time in this zone. A time that the clocks skip is read as one hour
    /// later, a time that they show twice as the first of the two.
    pub fn moment_of(self, wall: chrono::NaiveDateTime) -> Moment {
        use chrono::TimeZone;
        let local = self
            .0
            .from_local_datetime(&wall)
            .earliest()
            .or_else(|| self.0.from_local_datetime(&(wall + chrono::Duration::hours(1))).earliest());
        local.map_or(Moment(wall.and_utc().timestamp_micros()), |at| Moment(at.timestamp_micros()))
    }
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

    #[test]
    fn an_order_after_midnight_in_the_company_zone_belongs_to_the_next_day() {
        let auckland: Zone = "Pacific/Auckland".parse().unwrap();
        let utc: Zone = "UTC".parse().unwrap();
        let at = Moment::from_utc("2026-10-31T11:30:00Z".parse().unwrap());
        assert_eq!(utc.day_of(at).to_string(), "2026-10-31");
        assert_eq!(auckland.day_of(at).to_string(), "2026-11-01");
        assert!("Europe/Atlantis".parse::<Zone>().is_err());
    }

    #[test]
    fn a_wall_clock_time_that_the_clocks_skip_is_read_an_hour_later() {
        let london: Zone = "Europe/London".parse().unwrap();
        let skipped = "2026-03-29T01:30:00".parse().unwrap();
        assert_eq!(london.moment_of(skipped).to_string(), "2026-03-29T01:30:00Z");
    }
}
