//! The clock: the only reader of time in the program. It knows no calendar rules and sleeps for nobody.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use crate::domain::calendar::Day;

/// Tells the time: the machine's, or one that stands still until it is moved (tests, the demo company).
#[derive(Debug, Clone, Default)]
pub enum Clock {
    /// The machine's clock.
    #[default]
    System,
    /// A clock that stands still, in microseconds since 1970; every copy shows the same time.
    Fixed(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that stands at `instant`.
    pub fn fixed(instant: DateTime<Utc>) -> Self {
        Self::Fixed(Arc::new(AtomicI64::new(instant.timestamp_micros())))
    }

    /// The instant now, in whole microseconds: what both databases can keep.
    pub fn now(&self) -> DateTime<Utc> {
        let micros = match self {
            Self::System => Utc::now().timestamp_micros(),
            Self::Fixed(micros) => micros.load(Ordering::SeqCst),
        };
        DateTime::from_timestamp_micros(micros).unwrap_or_default()
    }

    /// The day that it is now in `zone`.
    pub fn today(&self, zone: Tz) -> Day {
        day_at(self.now(), zone)
    }

    /// Moves a standing clock forward; the machine's clock moves by itself.
    pub fn advance(&self, by: Duration) {
        if let Self::Fixed(micros) = self {
            micros.fetch_add(i64::try_from(by.as_micros()).unwrap_or(i64::MAX), Ordering::SeqCst);
        }
    }

    /// Sets a standing clock to `instant`; the machine's clock can't be set.
    pub fn set(&self, instant: DateTime<Utc>) {
        if let Self::Fixed(micros) = self {
            micros.store(instant.timestamp_micros(), Ordering::SeqCst);
        }
    }

    /// Starts measuring how long something takes, on the machine's steady clock.
    pub fn stopwatch() -> Stopwatch {
        Stopwatch(Instant::now())
    }
}

/// The day that `instant` falls on in `zone`.
pub fn day_at(instant: DateTime<Utc>, zone: Tz) -> Day {
    Day::from_date(instant.with_timezone(&zone).date_naive())
}

/// Measures how long something takes.
#[derive(Debug, Clone, Copy)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// The time since the start.
    pub fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn a_fixed_clock_stands_and_moves_for_all_its_copies() {
        let clock = Clock::fixed(at("2026-03-01T10:00:00.123456789Z"));
        let copy = clock.clone();
        assert_eq!(clock.now(), at("2026-03-01T10:00:00.123456Z"));
        clock.advance(Duration::from_mins(1));
        assert_eq!(copy.now(), at("2026-03-01T10:01:00.123456Z"));
    }

    #[test]
    fn the_machines_clock_gives_whole_microseconds() {
        assert_eq!(Clock::System.now().timestamp_subsec_nanos() % 1000, 0);
    }

    #[test]
    fn today_depends_on_the_zone() {
        let clock = Clock::fixed(at("2026-03-31T23:30:00Z"));
        assert_eq!(clock.today(Tz::UTC), Day::from_ymd(2026, 3, 31).unwrap());
        assert_eq!(clock.today(Tz::Europe__Berlin), Day::from_ymd(2026, 4, 1).unwrap());
        assert_eq!(clock.today(Tz::America__Toronto), Day::from_ymd(2026, 3, 31).unwrap());
    }
}
