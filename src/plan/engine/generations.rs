//! Generations: everybody on the way earns on the level that the number of groups in between gives.

use super::fault::RunFault;
use super::found::{Found, Item, Passing};
use super::tree::NONE;
use super::values::{At, NoValue};
use super::walk::{Walker, Workshop, nearest};
use crate::plan::checked::Head;
use crate::plan::result::Passed;

/// Who is at the head of a group.
pub struct Heads {
    /// Whether whose order or amount it is counts.
    own: bool,
    /// Per member: how many heads stand on the way from the root to it, itself included. Empty for peers.
    count: Vec<u32>,
    /// The nearest upline with any right.
    right: Vec<u32>,
    /// For peers: the nearest upline with a higher paid rank.
    higher: Vec<u32>,
    /// For peers: the highest paid rank that has a right.
    top: u16,
}

impl Heads {
    /// Finds the heads of all groups.
    pub fn new(walker: &Walker<'_>, head: &Head, own: bool, shop: &Workshop<'_>) -> Result<Self, RunFault> {
        let members = walker.barred.len();
        let levels = walker.written_levels;
        let may = |member: usize| (0..levels).any(|level| walker.cell(member, level).is_some());
        let right = nearest(walker.tree, may);
        let (mut count, mut higher) = (Vec::new(), Vec::new());
        match head {
            Head::Is(cond) => {
                let mut heads = Vec::with_capacity(members);
                for member in 0..members {
                    let holds = walker.standing.holds(cond, member, At::MEMBER);
                    heads.push(holds.map_err(|NoValue| (shop.arithmetic)(member))?);
                }
                count = vec![0_u32; members];
                for member in &walker.tree.order {
                    let above = walker.tree.parent[*member as usize];
                    let before = if above == NONE { 0 } else { count[above as usize] };
                    count[*member as usize] = before + u32::from(heads[*member as usize]);
                }
                Ok(Self { own, count, right, higher, top: 0 })
            }
            Head::Peer => {
                let paid = &walker.standing.paid;
                higher = vec![NONE; members];
                for member in &walker.tree.order {
                    let member = *member as usize;
                    let mut at = walker.tree.parent[member];
                    while at != NONE && paid[at as usize] <= paid[member] {
                        at = higher[at as usize];
                    }
                    higher[member] = at;
                }
                let top = (0..members).filter(|member| may(*member)).map(|member| paid[member]).max().unwrap_or(0);
                Ok(Self { own, count, right, higher, top })
            }
        }
    }

    /// Whether a member is at the head of a group.
    fn is_head(&self, walker: &Walker<'_>, member: u32) -> bool {
        let above = walker.tree.parent[member as usize];
        let before = if above == NONE { 0 } else { self.count[above as usize] };
        self.count[member as usize] > before
    }
}

impl Walker<'_> {
    /// Walks up from an item and pays everybody on the level of its generation.
    pub(super) fn generations(
        &self,
        heads: &Heads,
        item: &Item,
        found: &mut Found,
        passing: &mut Passing,
    ) -> Result<(), RunFault> {
        if self.bonus.walk.first_level == 0
            && let Some(cell) = self.cell(item.start as usize, 0)
        {
            self.pay(item, item.start, 0, cell, found, passing)?;
        }
        if heads.count.is_empty() {
            return self.peers(heads, item, found, passing);
        }
        let start = item.start;
        let own = u32::from(!heads.own && heads.is_head(self, start));
        let below = heads.count[start as usize] - own;
        let mut at = start;
        loop {
            let next = heads.right[at as usize];
            if next == NONE || !self.within(start, next) {
                return Ok(());
            }
            let passed = below.saturating_sub(heads.count[next as usize]);
            if passed >= u32::from(self.bonus.walk.levels) {
                return Ok(());
            }
            passing.between(self, self.tree, at, next);
            self.pay_generation(item, next, passed, found, passing)?;
            at = next;
        }
    }

    fn pay_generation(
        &self,
        item: &Item,
        member: u32,
        passed: u32,
        found: &mut Found,
        passing: &mut Passing,
    ) -> Result<(), RunFault> {
        let level = u16::try_from(passed).unwrap_or(u16::MAX);
        let number = level.saturating_add(self.bonus.walk.first_level);
        let paid = match self.cell(member as usize, usize::from(level)) {
            Some(cell) => self.pay(item, member, number, cell, found, passing)?,
            None => false,
        };
        if !paid {
            passing.add(Passed { member, reason: self.reason(member), used_level: false });
        }
        Ok(())
    }

    /// The same where groups end at whoever is paid on at least the earner's own rank.
    fn peers(&self, heads: &Heads, item: &Item, found: &mut Found, passing: &mut Passing) -> Result<(), RunFault> {
        let paid = &self.standing.paid;
        let levels = u32::from(self.bonus.walk.levels);
        let mut seen = vec![0_u32; self.standing.plan.ranks.len() + 1];
        // Customers have no rank, and are nobody's peers.
        let peer = |member: u32| u32::from(self.standing.field.kind[member as usize].may_earn());
        if heads.own {
            seen[usize::from(paid[item.start as usize])] += peer(item.start);
        }
        let mut at = item.start;
        let mut counted = item.start;
        // Once so many of the highest rank were passed, nobody above can earn any more.
        while seen[usize::from(heads.top)..].iter().sum::<u32>() < levels {
            let next = if levels == 1 { self.next_higher(heads, at, &seen) } else { heads.right[at as usize] };
            if next == NONE || !self.within(item.start, next) {
                return Ok(());
            }
            // Everybody in between may be a peer of the next one.
            while levels > 1 && self.tree.parent[counted as usize] != next {
                counted = self.tree.parent[counted as usize];
                seen[usize::from(paid[counted as usize])] += peer(counted);
            }
            let own = usize::from(paid[next as usize]);
            let passed: u32 = if levels == 1 { 0 } else { seen[own..].iter().sum() };
            passing.between(self, self.tree, at, next);
            if passed < levels {
                self.pay_generation(item, next, passed, found, passing)?;
            } else {
                passing.add(Passed { member: next, reason: self.reason(next), used_level: false });
            }
            if levels > 1 {
                counted = next;
            }
            seen[own] += peer(next);
            at = next;
        }
        Ok(())
    }

    /// The nearest upline with a higher paid rank than anybody seen so far.
    fn next_higher(&self, heads: &Heads, at: u32, seen: &[u32]) -> u32 {
        let paid = &self.standing.paid;
        let highest = seen.iter().rposition(|count| *count > 0);
        let mut next = self.tree.parent[at as usize];
        while next != NONE && highest.is_some_and(|highest| usize::from(paid[next as usize]) <= highest) {
            next = heads.higher[next as usize];
        }
        next
    }
}
