//! Slows down whoever tries passwords: a bucket of tries per account and per network address, refilled with time.
//!
//! It lives in memory: a restart forgives, which is fine for a limit of minutes.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use sha2::{Digest as _, Sha256};

use crate::domain::calendar::Moment;

/// How many wrong tries a key has in a row.
const BURST: i64 = 5;
/// How many tries an address has in a row, good ones too: a whole office may share it.
const ADDRESS_BURST: i64 = 20;
/// After how many microseconds one more try is given back.
const REFILL: i64 = 60 * 1_000_000;
/// More keys than this are never remembered; the oldest go first.
const KEYS: usize = 10_000;

/// Tries that count, by the hash of the key: what somebody types never fills the memory.
#[derive(Debug, Default)]
pub struct Throttle(Mutex<HashMap<[u8; 32], (i64, Moment)>>);

impl Throttle {
    /// Takes one try of the key; `Err` says after how many seconds the next one is allowed.
    pub fn take(&self, key: &str, now: Moment) -> Result<(), i64> {
        self.take_of(key, BURST, now)
    }

    /// Takes one try of a network address; they are never forgotten for a good one.
    pub fn take_address(&self, address: &str, now: Moment) -> Result<(), i64> {
        self.take_of(&format!("address {}", network(address)), ADDRESS_BURST, now)
    }

    fn take_of(&self, key: &str, burst: i64, now: Moment) -> Result<(), i64> {
        let key = hashed(key);
        let mut tries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if tries.len() >= KEYS && !tries.contains_key(&key) {
            tries.retain(|_, (_, since)| now.0 - since.0 < ADDRESS_BURST * REFILL);
            let oldest = tries.iter().min_by_key(|(_, (_, since))| since.0).map(|(key, _)| *key);
            if let Some(oldest) = oldest.filter(|_| tries.len() >= KEYS) {
                tries.remove(&oldest);
            }
        }
        let (used, since) = tries.entry(key).or_insert((0, now));
        let back = ((now.0 - since.0) / REFILL).max(0);
        *used = (*used - back).max(0);
        *since = if *used == 0 { now } else { Moment(since.0 + back * REFILL) };
        if *used >= burst {
            return Err((since.0 + REFILL - now.0) / 1_000_000 + 1);
        }
        *used += 1;
        Ok(())
    }

    /// Forgets the tries of a key, after a good one.
    pub fn clear(&self, key: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&hashed(key));
    }
}

fn hashed(key: &str) -> [u8; 32] {
    Sha256::digest(key).into()
}

/// Whom an address stands for: in IPv6 everybody has 2⁶⁴ of them, so the network counts.
fn network(address: &str) -> String {
    match address.parse::<IpAddr>().map(|address| address.to_canonical()) {
        Ok(IpAddr::V6(address)) => format!("{:x?}", &address.segments()[..4]),
        Ok(address) => address.to_string(),
        Err(_) => address.to_owned(),
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

    #[test]
    fn addresses_of_one_network_share_their_tries() {
        let throttle = Throttle::default();
        let start = Moment(1_000_000_000);
        for last in 0..20 {
            assert_eq!(throttle.take_address(&format!("2001:db8:1:2::{last:x}"), start), Ok(()));
        }
        assert!(throttle.take_address("2001:db8:1:2:ffff::1", start).is_err());
        assert_eq!(throttle.take_address("2001:db8:1:3::1", start), Ok(()));
        assert_eq!(network("::ffff:192.0.2.7"), network("192.0.2.7"));
    }

    #[test]
    fn many_keys_push_out_the_oldest_and_never_all() {
        let throttle = Throttle::default();
        let start = Moment(1_000_000_000);
        throttle.take("old", start).unwrap();
        for _ in 0..5 {
            throttle.take("tried", start.plus_seconds(1)).unwrap();
        }
        for number in 0..KEYS - 1 {
            throttle.take(&number.to_string(), start.plus_seconds(2)).unwrap();
        }
        assert!(throttle.take("tried", start.plus_seconds(2)).is_err(), "still remembered");
        assert_eq!(throttle.0.lock().unwrap().len(), KEYS);
    }
}
