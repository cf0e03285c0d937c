//! Row ids: 63 bits, time-ordered, made here so that batches know them before they are inserted.
//! 41 bits of milliseconds since 2020, 10 bits that tell processes apart, 12 bits of sequence; a burst
//! borrows from the milliseconds to come.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicI64, Ordering};

use crate::clock::Clock;

/// Milliseconds from 1970 to 2020.
const EPOCH_MS: i64 = 1_577_836_800_000;
static LAST: AtomicI64 = AtomicI64::new(0);

/// The next id, greater than every id that this process made before.
pub fn next() -> i64 {
    let floor = ((Clock::System.now().0 / 1000 - EPOCH_MS) << 12).max(1);
    let mut last = LAST.load(Ordering::Relaxed);
    loop {
        let next = floor.max(last + 1);
        match LAST.compare_exchange_weak(last, next, Ordering::Relaxed, Ordering::Relaxed) {
            Ok(_) => return (next >> 12 << 22) | (salt() << 12) | (next & 0xfff),
            Err(seen) => last = seen,
        }
    }
}

/// Ten random bits that this process keeps, so that two processes on one database do not meet.
fn salt() -> i64 {
    static SALT: OnceLock<i64> = OnceLock::new();
    *SALT.get_or_init(|| {
        let mut bytes = [0_u8; 2];
        if getrandom::fill(&mut bytes).is_err() {
            bytes = std::process::id().to_le_bytes()[..2].try_into().unwrap_or_default();
        }
        i64::from(u16::from_le_bytes(bytes) & 0x3ff)
    })
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    #[test]
    fn ids_rise_and_never_repeat_over_threads() {
        let batches: Vec<Vec<i64>> = std::thread::scope(|scope| {
            let threads: Vec<_> =
                (0..4).map(|_| scope.spawn(|| (0..20_000).map(|_| super::next()).collect::<Vec<_>>())).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert!(batches.iter().all(|batch| batch.windows(2).all(|pair| pair[0] < pair[1])));
        let distinct: HashSet<i64> = batches.into_iter().flatten().collect();
        assert_eq!(distinct.len(), 80_000);
    }
}
