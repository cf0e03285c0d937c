//! Two sides matched with each other: the smaller one, whole cycles, steps, ladders.

use crate::domain::money::Volume;
use crate::plan::checked::{Excess, Matching, Pairing};

/// What one member's sides give.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Match {
    /// Used of the left and of the right side.
    pub used: [i64; 2],
    /// What is paid on.
    pub matched: i64,
    /// Whole cycles, in ten-thousandths.
    pub cycles: i64,
    /// Whether what could be matched reached the limit.
    pub full: bool,
}

/// Matches two sides. A ladder stands at `before`.
pub fn matched(pair: &Pairing, both: [i64; 2], before: i64, limit: Option<i64>) -> Match {
    let mut found = within(pair, both, before, limit);
    if pair.excess == Excess::WeakerLost && within(pair, both, before, None).used != found.used {
        let weaker = usize::from(both[1] < both[0]);
        found.used[weaker] = found.used[weaker].max(both[weaker]);
    }
    found
}

fn within(pair: &Pairing, both: [i64; 2], before: i64, limit: Option<i64>) -> Match {
    let weak = both[0].min(both[1]).max(0);
    let strict = limit.filter(|_| matches!(pair.excess, Excess::Carried | Excess::WeakerLost));
    let paid = |value: i64| limit.map_or(value, |limit| value.min(limit));
    let full = |value: i64| value > 0 && limit.is_some_and(|limit| value >= limit);
    match &pair.method {
        Matching::Weaker => {
            let used = strict.map_or(weak, |limit| weak.min(limit));
            Match { used: [used; 2], matched: paid(used), cycles: 0, full: full(weak) }
        }
        Matching::Steps(steps) => {
            let reached = |most: i64| steps.iter().copied().rfind(|step| *step <= most).unwrap_or(0);
            let step = reached(strict.map_or(weak, |limit| weak.min(limit)));
            Match { used: [step; 2], matched: paid(step), cycles: 0, full: full(reached(weak)) }
        }
        Matching::Cycles { strong, weak, first } => {
            let whole = 10_i64.pow(Volume::PLACES);
            let most = strict.map(|limit| limit / whole);
            let (cycles, used) = match first.filter(|_| before == 0) {
                None => cycles(both, *strong, *weak, most),
                Some((first_strong, first_weak)) => {
                    let (one, [left, right]) =
                        cycles(both, first_strong, first_weak, most.map_or(Some(1), |m| Some(m.min(1))));
                    let rest = [both[0] - left, both[1] - right];
                    let more = most.map(|most| most - one);
                    let (others, used) = if one == 1 { cycles(rest, *strong, *weak, more) } else { (0, [0; 2]) };
                    (one + others, [left + used[0], right + used[1]])
                }
            };
            let cycles = cycles.saturating_mul(whole);
            Match { used, matched: used[0].min(used[1]), cycles: paid(cycles), full: full(cycles) }
        }
        Matching::Fixed([left, right]) => {
            let whole = 10_i64.pow(Volume::PLACES);
            let most = strict.map_or(i64::MAX, |limit| limit / whole);
            let cycles = (both[0] / left).min(both[1] / right).clamp(0, most);
            let used = [cycles * left, cycles * right];
            let cycles = cycles.saturating_mul(whole);
            Match { used, matched: used[0].min(used[1]), cycles: paid(cycles), full: full(cycles) }
        }
        Matching::Ladder { steps, ratio, again } => {
            let most = weak.saturating_mul(i64::from(*ratio) + 1).min(both[0].max(0).saturating_add(both[1].max(0)));
            let most = limit.map_or(most, |limit| most.min(limit));
            let reach = before.saturating_add(most);
            // Above the last step the same steps begin anew.
            let last = steps.last().copied().filter(|last| *again && *last > 0);
            let done = last.map_or(0, |last| reach / last * last);
            let goal = done + steps.iter().copied().rfind(|step| *step <= reach - done).unwrap_or(0);
            let used = (goal - before).max(0);
            let of_weak = used.min(weak);
            let rest = used - of_weak;
            let used_sides = if both[0] <= both[1] { [of_weak, rest] } else { [rest, of_weak] };
            Match { used: used_sides, matched: used, cycles: 0, full: full(used) }
        }
    }
}

/// Whole cycles; which side is the stronger is decided anew before each. Many like cycles are taken at once.
fn cycles(both: [i64; 2], strong: i64, weak: i64, most: Option<i64>) -> (i64, [i64; 2]) {
    let [mut left, mut right] = both;
    let mut count = 0_i64;
    loop {
        let (high, low) = (left.max(right), left.min(right));
        let room = most.map_or(i64::MAX, |most| most - count);
        if room <= 0 || high < strong || low < weak {
            break;
        }
        let pair = strong.saturating_add(weak);
        let (taken, of_high, of_low) = if strong > weak && high - low < strong - weak && low >= pair && room >= 2 {
            // The sides take turns: two cycles use the same of both.
            let turns = (low / pair).min(room / 2);
            (turns * 2, turns * pair, turns * pair)
        } else {
            // Of equal sides the left one is the stronger.
            let gap = if left >= right { high - low } else { high - low - 1 };
            let same = gap.checked_div(strong - weak).map_or(i64::MAX, |same| same + 1);
            let taken = same.min(high / strong).min(low / weak).min(room);
            (taken, taken * strong, taken * weak)
        };
        count += taken;
        if left >= right {
            (left, right) = (left - of_high, right - of_low);
        } else {
            (left, right) = (left - of_low, right - of_high);
        }
    }
    (count, [both[0] - left, both[1] - right])
}

#[cfg(test)]
mod tests {
    use super::cycles;
    use proptest::prelude::*;

    /// One cycle after the other.
    fn slowly(both: [i64; 2], strong: i64, weak: i64, most: i64) -> (i64, [i64; 2]) {
        let [mut left, mut right] = both;
        let mut count = 0;
        while count < most && left.max(right) >= strong && left.min(right) >= weak {
            if left >= right {
                (left, right) = (left - strong, right - weak);
            } else {
                (left, right) = (left - weak, right - strong);
            }
            count += 1;
        }
        (count, [both[0] - left, both[1] - right])
    }

    proptest! {
        #[test]
        fn many_cycles_at_once_are_the_same_as_one_by_one(
            left in -50_i64..5_000, right in -50_i64..5_000, weak in 1_i64..40, more in 0_i64..60, most in 0_i64..500,
        ) {
            let strong = weak + more;
            prop_assert_eq!(cycles([left, right], strong, weak, Some(most)), slowly([left, right], strong, weak, most));
        }
    }
}
