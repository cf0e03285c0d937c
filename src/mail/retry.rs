//! When a deferred message is tried again. Data, not code: the steps, and the age at which we give up.

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;

/// A table of waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Seconds to wait after the first, second, … try; the last one repeats.
    pub waits: &'static [i64],
    /// Seconds of waiting in all after which a message counts as failed.
    pub give_up_after: i64,
}

impl RetryPolicy {
    /// 1, 5, 15, 30, 60 minutes, 2 hours, then every 4 hours, for 72 hours.
    pub const STANDARD: Self = Self {
        waits: &[MINUTE, 5 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 4 * HOUR],
        give_up_after: 72 * HOUR,
    };

    /// Seconds to wait after try number `tries` (from 1); `None` when it is time to give up.
    /// Only waiting counts: a week in which nothing was running costs nobody a mail.
    pub fn wait_after(&self, tries: u32) -> Option<i64> {
        let last = self.waits.last().copied().unwrap_or(HOUR);
        let mut waits = self.waits.iter().copied().chain(std::iter::repeat(last));
        let mut waited = 0_i64;
        for _ in 1..tries.max(1) {
            waited = waited.saturating_add(waits.next().unwrap_or(last));
            if waited >= self.give_up_after {
                return None;
            }
        }
        let next = waits.next().unwrap_or(last);
        (waited.saturating_add(next) <= self.give_up_after).then_some(next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_waits_grow_and_end_after_72_hours() {
        let waits: Vec<i64> = (1..).map_while(|tries| RetryPolicy::STANDARD.wait_after(tries)).collect();
        let minutes: Vec<i64> = waits.iter().map(|seconds| seconds / 60).take(9).collect();
        assert_eq!(minutes, [1, 5, 15, 30, 60, 120, 240, 240, 240]);
        let hours = waits.iter().sum::<i64>() / 3600;
        assert!((68..=72).contains(&hours), "gives up after {hours} hours");
    }

    #[test]
    fn absurd_counts_give_up() {
        assert_eq!(RetryPolicy::STANDARD.wait_after(u32::MAX), None);
        assert_eq!(RetryPolicy::STANDARD.wait_after(0), Some(60));
    }
}
