//! The two sides of each place in the placement tree: what came, what was matched, what is carried on.

use super::fault::RunFault;
use super::memory::Memory;
use super::standing::Standing;
use super::tree::NONE;
use super::values::{At, NoValue};
use super::volumes::{in_places, organisation};
use crate::domain::money::Volume;
use crate::domain::tree::TreeKind;
use crate::plan::checked::{After, Excess, Matching, Pairing, Unqualified};
use crate::plan::expr::{Num, PairField};
use crate::plan::snapshot::Snapshot;

/// What a pairing gave, per member, in ten-thousandths.
#[derive(Default)]
pub struct Sides {
    /// Carried in and new, left and right.
    side: [Vec<i64>; 2],
    /// Carried in.
    brought: [Vec<i64>; 2],
    matched: Vec<i64>,
    cycles: Vec<i64>,
    position: Vec<i64>,
    position_before: Vec<i64>,
}

impl Sides {
    /// A number of a member.
    pub fn get(&self, field: PairField, member: usize) -> i64 {
        let of = |column: &Vec<i64>| column.get(member).copied().unwrap_or(0);
        match field {
            PairField::Side(side) => of(&self.side[usize::from(side)]),
            PairField::Brought(side) => of(&self.brought[usize::from(side)]),
            PairField::Weak => of(&self.side[0]).min(of(&self.side[1])),
            PairField::Strong => of(&self.side[0]).max(of(&self.side[1])),
            PairField::Matched => of(&self.matched),
            PairField::Cycles => of(&self.cycles),
            PairField::Position => of(&self.position),
            PairField::PositionBefore => of(&self.position_before),
        }
    }
}

const SIDES: [&str; 2] = ["left", "right"];

/// What one member's sides give.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Match {
    /// Used of the left and of the right side.
    used: [i64; 2],
    matched: i64,
    cycles: i64,
}

/// Reads what the previous run left on the sides, before anything else is known.
pub fn recall(standing: &mut Standing<'_>, memory: &mut Memory) -> Brought {
    let mut all = Vec::new();
    for pair in &standing.plan.pairs {
        let ages = pair.carry_periods.max(1);
        let buckets = SIDES.map(|side| {
            let key = |age: u16| match pair.carry_periods {
                0 => format!("carry:{}:{side}", pair.name),
                _ => format!("carry:{}:{side}:{age}", pair.name),
            };
            (1..=ages).map(|age| memory.column(&key(age))).collect::<Vec<_>>()
        });
        let brought = [0, 1].map(|side: usize| {
            let mut sum = vec![0_i64; standing.field.len()];
            for bucket in &buckets[side] {
                sum.iter_mut().zip(bucket).for_each(|(sum, value)| *sum = sum.saturating_add(*value));
            }
            sum
        });
        let position_before = memory.column(&format!("position:{}", pair.name));
        standing.pairs.push(Sides { brought, position_before, ..Sides::default() });
        all.push(buckets);
    }
    all
}

/// What is carried in: per pairing and side, by age, per member.
pub type Brought = Vec<[Vec<Vec<i64>>; 2]>;

/// Matches the sides of everybody for the pairings that read no ranks, or for the others, and leaves for the next
/// run what is carried on.
pub fn compute(
    standing: &mut Standing<'_>,
    snapshot: &Snapshot,
    memory: &mut Memory,
    brought: &mut Brought,
    early: bool,
) -> Result<(), RunFault> {
    let plan = standing.plan;
    for (place, pair) in plan.pairs.iter().enumerate().filter(|(_, pair)| pair.early == early) {
        let buckets = std::mem::take(&mut brought[place]);
        if pair.period.is_some_and(|kind| kind != snapshot.period.kind) {
            continue;
        }
        let overflow = || RunFault::overflow(&format!("a side of the pairing {}", pair.name));
        let new = new_volume(standing, pair).ok_or_else(overflow)?;
        let count = standing.field.len();
        let mut sides = std::mem::take(&mut standing.pairs[place]);
        (sides.matched, sides.cycles, sides.position) = (vec![0; count], vec![0; count], vec![0; count]);
        sides.side = [0, 1].map(|side: usize| {
            new[side].iter().zip(&sides.brought[side]).map(|(new, brought)| new.saturating_add(*brought)).collect()
        });
        standing.pairs[place] = Sides { side: sides.side.clone(), ..Sides::default() };
        let mut used = [vec![0_i64; count], vec![0_i64; count]];
        let mut lost = vec![false; count];
        for member in 0..count {
            let both = [sides.side[0][member], sides.side[1][member]];
            let before = sides.position_before.get(member).copied().unwrap_or(0);
            sides.position[member] = before;
            if both == [0, 0] {
                continue;
            }
            let arithmetic = |NoValue| RunFault::Arithmetic {
                place: format!("pairing {}", pair.name),
                member: standing.field.number(snapshot, member).to_owned(),
            };
            let qualified = standing.field.may_earn[member]
                && standing.holds(&pair.qualified, member, At::MEMBER).map_err(arithmetic)?;
            if !qualified && pair.unqualified != Unqualified::Match {
                lost[member] = pair.unqualified == Unqualified::Flush;
                continue;
            }
            let limit = limit(standing, pair.limit.as_ref(), member).map_err(arithmetic)?;
            let found = matched(pair, both, before, limit);
            (used[0][member], used[1][member]) = (found.used[0], found.used[1]);
            lost[member] = pair.after == After::Flush;
            if qualified {
                (sides.matched[member], sides.cycles[member]) = (found.matched, found.cycles);
                if matches!(pair.method, Matching::Ladder { .. }) {
                    sides.position[member] = before.saturating_add(found.matched);
                }
            }
        }
        if matches!(pair.method, Matching::Ladder { .. }) {
            memory.keep_column(&format!("position:{}", pair.name), &sides.position);
        }
        standing.pairs[place] = sides;
        carry(standing, pair, memory, &new, buckets, &used, &lost, snapshot)?;
    }
    Ok(())
}

/// The period's volume below each side.
fn new_volume(standing: &Standing<'_>, pair: &Pairing) -> Option<[Vec<i64>; 2]> {
    let tree = standing.field.tree(TreeKind::Placement);
    let whole = organisation(tree, standing.volumes[usize::from(pair.volume)].clone())?;
    let mut new = [vec![0_i64; whole.len()], vec![0_i64; whole.len()]];
    for (member, volume) in whole.iter().enumerate() {
        let above = tree.parent[member];
        // Customers are no side: what they buy belongs to the place of their enroller.
        if above != NONE && standing.field.kind[member].may_earn() {
            let side = usize::from(standing.field.side[member].min(1));
            let slot = &mut new[side][above as usize];
            *slot = slot.checked_add(*volume)?;
        }
    }
    Some(new)
}

fn limit(standing: &Standing<'_>, limit: Option<&Num>, member: usize) -> Result<Option<i64>, NoValue> {
    let Some(limit) = limit else { return Ok(None) };
    let value = standing.number(limit, member, At::MEMBER)?;
    in_places(value).map(|value| Some(value.max(0))).ok_or(NoValue)
}

/// Matches two sides.
fn matched(pair: &Pairing, both: [i64; 2], before: i64, limit: Option<i64>) -> Match {
    let weak = both[0].min(both[1]).max(0);
    let strict = limit.filter(|_| pair.excess == Excess::Carried);
    let paid = |value: i64| limit.map_or(value, |limit| value.min(limit));
    match &pair.method {
        Matching::Weaker => {
            let used = strict.map_or(weak, |limit| weak.min(limit));
            Match { used: [used; 2], matched: paid(used), cycles: 0 }
        }
        Matching::Steps(steps) => {
            let reached = |most: i64| steps.iter().copied().rfind(|step| *step <= most).unwrap_or(0);
            let step = reached(strict.map_or(weak, |limit| weak.min(limit)));
            Match { used: [step; 2], matched: paid(step), cycles: 0 }
        }
        Matching::Cycles { strong, weak } => {
            let whole = 10_i64.pow(Volume::PLACES);
            let (cycles, used) = cycles(both, *strong, *weak, strict.map(|limit| limit / whole));
            let cycles = cycles.saturating_mul(whole);
            Match { used, matched: used[0].min(used[1]), cycles: paid(cycles) }
        }
        Matching::Ladder { steps, ratio } => {
            let most = weak.saturating_mul(i64::from(*ratio) + 1).min(both[0].max(0).saturating_add(both[1].max(0)));
            let most = limit.map_or(most, |limit| most.min(limit));
            let goal = steps.iter().copied().rfind(|step| *step <= before.saturating_add(most)).unwrap_or(0);
            let used = (goal - before).max(0);
            let of_weak = used.min(weak);
            let rest = used - of_weak;
            let used_sides = if both[0] <= both[1] { [of_weak, rest] } else { [rest, of_weak] };
            Match { used: used_sides, matched: used, cycles: 0 }
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

/// Leaves on each side what was not used; the oldest volume is used first.
#[expect(clippy::too_many_arguments, reason = "the state of one pairing, used once")]
fn carry(
    standing: &Standing<'_>,
    pair: &Pairing,
    memory: &mut Memory,
    new: &[Vec<i64>; 2],
    buckets: [Vec<Vec<i64>>; 2],
    used: &[Vec<i64>; 2],
    lost: &[bool],
    snapshot: &Snapshot,
) -> Result<(), RunFault> {
    for (side, mut buckets) in buckets.into_iter().enumerate() {
        for member in 0..lost.len() {
            let mut left = used[side][member];
            for bucket in buckets.iter_mut().rev() {
                let part = bucket[member].min(left).max(0);
                bucket[member] -= part;
                left -= part;
            }
            let fresh = new[side][member].saturating_sub(left);
            let limit = limit(standing, pair.carry_limit.as_ref(), member).map_err(|NoValue| RunFault::Arithmetic {
                place: format!("pairing {}", pair.name),
                member: standing.field.number(snapshot, member).to_owned(),
            })?;
            keep_member(&mut buckets, member, fresh, lost[member], limit, pair.carry_periods);
        }
        for (age, bucket) in (1_u16..).zip(&buckets) {
            let key = match pair.carry_periods {
                0 => format!("carry:{}:{}", pair.name, SIDES[side]),
                _ => format!("carry:{}:{}:{age}", pair.name, SIDES[side]),
            };
            memory.keep_column(&key, bucket);
        }
    }
    Ok(())
}

/// Ages what a member has on a side by one period and puts the fresh volume in.
fn keep_member(buckets: &mut [Vec<i64>], member: usize, fresh: i64, lost: bool, limit: Option<i64>, periods: u16) {
    if periods == 0 {
        buckets[0][member] = buckets[0][member].saturating_add(fresh);
    } else {
        for age in (1..buckets.len()).rev() {
            buckets[age][member] = buckets[age - 1][member];
        }
        buckets[0][member] = fresh;
    }
    if lost {
        for bucket in buckets.iter_mut() {
            bucket[member] = 0;
        }
    }
    if let Some(limit) = limit {
        let mut room = limit;
        for bucket in buckets.iter_mut() {
            bucket[member] = bucket[member].min(room);
            room -= bucket[member].max(0);
        }
    }
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
