//! The clock: the only reader of time in the program. It knows no calendar rules and sleeps for nobody.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use chrono::Utc;

use crate::domain::calendar::{Day, Moment, Zone};

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
    /// A clock that stands at `moment`.
    pub fn fixed(moment: Moment) -> Self {
        Self::Fixed(Arc::new(AtomicI64::new(moment.0)))
    }

    /// The moment now, in whole microseconds: what both databases can keep.
    pub fn now(&self) -> Moment {
        match self {
            Self::System => Moment::from_utc(Utc::now()),
            Self::Fixed(micros) => Moment(micros.load(Ordering::SeqCst)),
        }
    }

    /// The day that it is now in `zone`.
    pub fn today(&self, zone: Zone) -> Day {
        zone.day_of(self.now())
    }

    /// Moves a standing clock forward; the machine's clock moves by itself.
    pub fn advance(&self, by: Duration) {
        if let Self::Fixed(micros) = self {
            micros.fetch_add(i64::try_from(by.as_micros()).unwrap_or(i64::MAX), Ordering::SeqCst);
        }
    }

    /// Sets a standing clock to `moment`; the machine's clock can't be set.
    pub fn set(&self, moment: Moment) {
        if let Self::Fixed(micros) = self {
            micros.store(moment.0, Ordering::SeqCst);
        }
    }

    /// Starts measuring how long something takes, on the machine's steady clock.
    pub fn stopwatch() -> Stopwatch {
        Stopwatch(Instant::now())
    }
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

    fn at(text: &str) -> Moment {
        Moment::from_utc(text.parse().unwrap())
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
    fn today_depends_on_the_zone() {
        let clock = Clock::fixed(at("2026-03-31T23:30:00Z"));
        let today = |zone: &str| clock.today(zone.parse().unwrap()).to_string();
        assert_eq!(
            [today("UTC"), today("Europe/Berlin"), today("America/Toronto")],
            ["2026-03-31", "2026-04-01", "2026-03-31"]
        );
    }
}
