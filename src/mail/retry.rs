//! When a deferred message is tried again. Data, not code: the steps, and the age at which we give up.

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;

/// A table of waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Seconds to wait after the first, second, … try; the last one repeats.
    pub waits: &'static [i64],
    /// Seconds after the first try when a message counts as failed.
    pub give_up_after: i64,
}

impl RetryPolicy {
    /// 1, 5, 15, 30, 60 minutes, 2 hours, then every 4 hours, for 72 hours.
    pub const STANDARD: Self = Self {
        waits: &[MINUTE, 5 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 4 * HOUR],
        give_up_after: 72 * HOUR,
    };

    /// When to try again (seconds since 1970) after try number `tries` ended at `now`; `None` when it is time to give up.
    pub fn next_try(&self, tries: u32, first_try_at: i64, now: i64) -> Option<i64> {
        let step = usize::try_from(tries.saturating_sub(1)).unwrap_or(usize::MAX);
        let wait = self.waits.get(step).or(self.waits.last()).copied().unwrap_or(HOUR);
        let next = now.saturating_add(wait);
        (next <= first_try_at.saturating_add(self.give_up_after)).then_some(next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_waits_grow_and_end_after_72_hours() {
        let policy = RetryPolicy::STANDARD;
        let (mut now, mut tries, mut minutes) = (1_000, 1, Vec::new());
        while let Some(next) = policy.next_try(tries, 1_000, now) {
            minutes.push((next - now) / 60);
            now = next;
            tries += 1;
        }
        assert_eq!(minutes[..8], [1, 5, 15, 30, 60, 120, 240, 240]);
        let hours = (now - 1_000) / 3_600;
        assert!((68..=72).contains(&hours), "gave up after {hours} hours");
        assert_eq!(policy.next_try(tries, 1_000, now), None);
    }

    #[test]
    fn a_long_pause_between_tries_does_not_overrun_the_end() {
        assert_eq!(RetryPolicy::STANDARD.next_try(2, 0, 72 * HOUR), None);
        assert_eq!(RetryPolicy::STANDARD.next_try(u32::MAX, i64::MAX - 5, i64::MAX - 5), Some(i64::MAX));
    }
}
