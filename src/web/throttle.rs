//! Slows down whoever tries passwords: a bucket of tries per account and per address, refilled with time.
//!
//! It lives in memory: a restart forgives, which is fine for a limit of minutes.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::domain::calendar::Moment;

/// How many wrong tries a key has in a row.
const BURST: i64 = 5;
/// After how many microseconds one more try is given back.
const REFILL: i64 = 60 * 1_000_000;
/// More keys than this are never remembered; the oldest go first.
const KEYS: usize = 10_000;

/// Tries that count, by key.
#[derive(Debug, Default)]
pub struct Throttle(Mutex<HashMap<String, (i64, Moment)>>);

impl Throttle {
    /// Takes one try of the key; `Err` says after how many seconds the next one is allowed.
    pub fn take(&self, key: &str, now: Moment) -> Result<(), i64> {
        let mut tries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if tries.len() >= KEYS {
            tries.retain(|_, (_, since)| now.0 - since.0 < BURST * REFILL);
            if tries.len() >= KEYS {
                tries.clear();
            }
        }
        let (used, since) = tries.entry(key.to_owned()).or_insert((0, now));
        let back = ((now.0 - since.0) / REFILL).max(0);
        *used = (*used - back).max(0);
        *since = if *used == 0 { now } else { Moment(since.0 + back * REFILL) };
        if *used >= BURST {
            return Err((since.0 + REFILL - now.0) / 1_000_000 + 1);
        }
        *used += 1;
        Ok(())
    }

    /// Forgets the tries of a key, after a good one.
    pub fn clear(&self, key: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_tries_then_one_a_minute() {
        let throttle = Throttle::default();
        let start = Moment(1_000_000_000);
        for _ in 0..5 {
            assert_eq!(throttle.take("a", start), Ok(()));
        }
        assert_eq!(throttle.take("a", start), Err(61));
        assert_eq!(throttle.take("b", start), Ok(()), "another key has its own tries");
        assert_eq!(throttle.take("a", start.plus_seconds(61)), Ok(()));
        assert!(throttle.take("a", start.plus_seconds(62)).is_err());
        throttle.clear("a");
        assert_eq!(throttle.take("a", start.plus_seconds(62)), Ok(()));
    }
}
