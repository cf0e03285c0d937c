//! What runs remember from one period to the next: ranks held in a row, one-time bonuses paid.

use std::collections::{BTreeMap, HashSet};

use super::field::Field;
use super::standing::Standing;
use crate::plan::checked::{BonusSource, CheckedPlan};
use crate::plan::expr::Num;
use crate::plan::snapshot::{Snapshot, StateEntry};

const HELD: &str = "held:";
const ONCE: &str = "once:";

/// The memory of the previous run, by member index, and what becomes of it.
pub struct Memory {
    /// Ranks (their places) that the plan follows over periods.
    followed: Vec<u16>,
    /// Per rank of the plan, per member: periods held in a row until the previous run. Empty if not followed.
    held: Vec<Vec<u32>>,
    /// One-time bonuses paid: member, bonus, rank.
    once: HashSet<(u32, u16, u16)>,
    /// Everything else is carried on untouched.
    other: Vec<(u32, String, i64)>,
}

impl Memory {
    /// Reads what the previous run left.
    pub fn new(plan: &CheckedPlan, field: &Field, snapshot: &Snapshot) -> Self {
        let followed = followed(plan);
        let held = (0..plan.ranks.len()).map(|rank| {
            let wanted = followed.iter().any(|followed| usize::from(*followed) == rank);
            vec![0_u32; if wanted { field.len() } else { 0 }]
        });
        let mut memory = Self { held: held.collect(), followed, once: HashSet::new(), other: Vec::new() };
        let keys: Vec<Key> = snapshot.state_keys.iter().map(|key| Key::of(plan, key)).collect();
        for entry in &snapshot.state {
            let Some(member) = field.find(entry.member) else {
                continue;
            };
            match keys.get(usize::from(entry.key)) {
                Some(Key::Held(rank)) => {
                    if let Some(slot) = memory.held[usize::from(*rank)].get_mut(member as usize) {
                        *slot = u32::try_from(entry.value).unwrap_or(0);
                    }
                }
                Some(Key::Once(bonus, rank)) => {
                    memory.once.insert((member, *bonus, *rank));
                }
                Some(Key::Other(key)) => memory.other.push((member, key.clone(), entry.value)),
                None => {}
            }
        }
        memory
    }

    /// Fills in for how long, this period included, each followed rank is held.
    pub fn hold(&self, standing: &mut Standing<'_>) {
        standing.held = vec![Vec::new(); self.held.len()];
        for rank in &self.followed {
            let before = &self.held[usize::from(*rank)];
            let now = before.iter().zip(&standing.paid).map(|(before, paid)| if paid > rank { before + 1 } else { 0 });
            standing.held[usize::from(*rank)] = now.collect();
        }
    }

    /// Whether a one-time bonus has been paid to a member for a rank.
    pub fn is_paid(&self, member: u32, bonus: u16, rank: u16) -> bool {
        self.once.contains(&(member, bonus, rank))
    }

    /// Notes that a one-time bonus is paid, or passed by for good.
    pub fn pay(&mut self, member: u32, bonus: u16, rank: u16) {
        self.once.insert((member, bonus, rank));
    }

    /// The state for the next run: keys by name, entries by number of the member and key.
    pub fn state(self, standing: &Standing<'_>, snapshot: &Snapshot) -> (Vec<String>, Vec<StateEntry>) {
        let plan = standing.plan;
        let mut all: BTreeMap<String, Vec<(u32, i64)>> = BTreeMap::new();
        for rank in &self.followed {
            let key = format!("{HELD}{}", plan.ranks[usize::from(*rank)].code);
            for (member, periods) in (0_u32..).zip(&standing.held[usize::from(*rank)]) {
                if *periods > 0 {
                    all.entry(key.clone()).or_default().push((member, i64::from(*periods)));
                }
            }
        }
        for (member, bonus, rank) in self.once {
            let (bonus, rank) = (&plan.bonuses[usize::from(bonus)].code, &plan.ranks[usize::from(rank)].code);
            all.entry(format!("{ONCE}{bonus}:{rank}")).or_default().push((member, 1));
        }
        for (member, key, value) in self.other {
            all.entry(key).or_default().push((member, value));
        }
        let mut entries = Vec::new();
        let keys: Vec<String> = all.keys().cloned().collect();
        for (key, values) in (0_u16..).zip(all.into_values()) {
            entries.extend(values.into_iter().map(|(member, value)| (member, key, value)));
        }
        let field = standing.field;
        entries.sort_unstable_by_key(|(member, key, value)| (field.by_number[*member as usize], *key, *value));
        let place = |member: u32| field.place[member as usize] as usize;
        let entry = |(member, key, value)| StateEntry { member: snapshot.members[place(member)].id, key, value };
        (keys, entries.into_iter().map(entry).collect())
    }
}

enum Key {
    Held(u16),
    Once(u16, u16),
    Other(String),
}

impl Key {
    fn of(plan: &CheckedPlan, key: &str) -> Self {
        Self::known(plan, key).unwrap_or_else(|| Self::Other(key.to_owned()))
    }

    fn known(plan: &CheckedPlan, key: &str) -> Option<Self> {
        let rank = |code: &str| {
            let place = plan.ranks.iter().position(|rank| rank.code == code)?;
            u16::try_from(place).ok()
        };
        if let Some(code) = key.strip_prefix(HELD) {
            return rank(code).map(Self::Held);
        }
        let (bonus, code) = key.strip_prefix(ONCE)?.rsplit_once(':')?;
        let place = plan.bonuses.iter().position(|known| known.code == bonus)?;
        Some(Self::Once(u16::try_from(place).ok()?, rank(code)?))
    }
}

/// Ranks of one-time bonuses and of `held(…)`.
fn followed(plan: &CheckedPlan) -> Vec<u16> {
    let mut ranks: Vec<u16> = Vec::new();
    let mut see = |num: &Num| {
        if let Num::Held(rank) = num {
            ranks.push(*rank);
        }
    };
    plan.aggregates.iter().for_each(|aggregate| aggregate.cond.numbers(&mut see));
    for bonus in &plan.bonuses {
        bonus.earner.numbers(&mut see);
        bonus.walk.skip.numbers(&mut see);
        if let BonusSource::Orders(cond) = &bonus.source {
            cond.numbers(&mut see);
        }
        bonus.rates.iter().flat_map(|row| &row.cells).for_each(|cell| cell.numbers(&mut see));
    }
    for bonus in plan.bonuses.iter().filter(|bonus| matches!(bonus.source, BonusSource::Ranks { .. })) {
        ranks.extend(bonus.rates.iter().filter_map(|row| row.rank));
    }
    ranks.sort_unstable();
    ranks.dedup();
    ranks
}
