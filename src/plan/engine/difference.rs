//! Differences of rates: each upline gets what its rate is above the highest one below on the way.

use rust_decimal::Decimal;

use super::fault::RunFault;
use super::found::{Found, Item, Passing};
use super::tree::NONE;
use super::values::{At, NoValue};
use super::walk::{Cell, Walker, Workshop, nearest};
use crate::plan::checked::Difference;
use crate::plan::result::Passed;

/// Rates of everybody, and who above has a higher one.
pub struct Greater {
    difference: Difference,
    /// Rate of each member; zero without a right.
    rate: Vec<Decimal>,
    /// Who has a rate that counts in the difference, and is not paid.
    unpaid: Vec<bool>,
    /// The least rate of each member with a right. Empty if there is none.
    minimum: Vec<Decimal>,
    /// The nearest upline with a higher rate.
    above: Vec<u32>,
    /// With a minimum: the nearest upline with any right.
    right: Vec<u32>,
    top: Decimal,
    /// Whether rates depend on the order or on whose amount it is, so that everybody on the way is asked.
    asks: bool,
}

impl Greater {
    /// Finds the rates of everybody.
    pub fn new(walker: &Walker<'_>, shop: &Workshop<'_>) -> Result<Self, RunFault> {
        let difference = walker.bonus.walk.difference.clone();
        let difference = difference.unwrap_or(Difference { own: true, minimum: None, reduces: None });
        let asks = walker.asks_each_item();
        let mut rate = Vec::with_capacity(walker.barred.len());
        for member in 0..walker.barred.len() {
            rate.push(match walker.cell(member, 0) {
                Some(Cell::Fixed(_, rate, _)) => *rate,
                Some(Cell::Open(_)) if !asks => return Err((shop.arithmetic)(member)),
                _ => Decimal::ZERO,
            });
        }
        let unpaid = reducers(walker, &difference, &mut rate, shop)?;
        let mut minimum = Vec::new();
        if let Some(least) = &difference.minimum {
            for member in 0..rate.len() {
                let value = walker.standing.number(least, member, At::MEMBER);
                minimum.push(value.map_err(|NoValue| (shop.arithmetic)(member))?);
            }
        }
        let mut above = vec![NONE; rate.len()];
        for member in &walker.tree.order {
            let member = *member as usize;
            let mut at = walker.tree.parent[member];
            while at != NONE && rate[at as usize] <= rate[member] {
                at = above[at as usize];
            }
            above[member] = at;
        }
        let right =
            if minimum.is_empty() { Vec::new() } else { nearest(walker.tree, |member| !rate[member].is_zero()) };
        let top = rate.iter().copied().chain(walker.top_rates()).max().unwrap_or_default();
        Ok(Self { difference, rate, unpaid, minimum, above, right, top, asks })
    }

    /// What a member's rate for an item is.
    fn rate(&self, walker: &Walker<'_>, item: &Item, member: u32) -> Result<Decimal, RunFault> {
        let at = member as usize;
        if !self.asks {
            return Ok(self.rate[at]);
        }
        walker.rate_for(item, member, self.unpaid[at])
    }

    /// The next upline who may be paid, above `at`, when `seen` is the highest rate so far.
    fn next(&self, walker: &Walker<'_>, at: u32, seen: Decimal) -> u32 {
        if self.asks {
            return walker.tree.parent[at as usize];
        }
        if !self.right.is_empty() {
            return self.right[at as usize];
        }
        let mut next = walker.tree.parent[at as usize];
        while next != NONE && self.rate[next as usize] <= seen {
            next = self.above[next as usize];
        }
        next
    }
}

/// Gives those whose rate counts though they are not paid the rate of their paid rank; who they are.
fn reducers(
    walker: &Walker<'_>,
    difference: &Difference,
    rate: &mut [Decimal],
    shop: &Workshop<'_>,
) -> Result<Vec<bool>, RunFault> {
    let mut unpaid = vec![false; rate.len()];
    let Some(reduces) = &difference.reduces else { return Ok(unpaid) };
    for member in 0..rate.len() {
        let none = |NoValue| (shop.arithmetic)(member);
        if walker.barred[member].is_none() || !walker.standing.holds(reduces, member, At::MEMBER).map_err(none)? {
            continue;
        }
        let paid = walker.standing.paid[member];
        let row = walker.bonus.rates.iter().rfind(|row| row.rank.is_none_or(|rank| paid > rank));
        if let Some(cell) = row.and_then(|row| row.cells.first()) {
            rate[member] = walker.rate_of(cell, member, At::MEMBER).map_err(none)?;
            unpaid[member] = true;
        }
    }
    Ok(unpaid)
}

impl Walker<'_> {
    /// Walks up from an item and pays differences.
    pub(super) fn differences(
        &self,
        greater: &Greater,
        item: &Item,
        found: &mut Found,
        passing: &mut Passing,
    ) -> Result<(), RunFault> {
        let walk = &self.bonus.walk;
        let mut seen = Decimal::ZERO;
        let mut left = walk.levels;
        let mut at = item.start;
        let own = greater.rate(self, item, at)?;
        if walk.first_level == 0 {
            if greater.unpaid[at as usize] {
                self.keep(item, own, found)?;
            }
            if !own.is_zero() && !greater.unpaid[at as usize] && self.pay_rate(item, at, 0, own, found, passing)? {
                left = left.saturating_sub(1);
            }
            seen = own;
        } else if greater.difference.own {
            seen = own;
        }
        while left > 0 {
            let next = greater.next(self, at, seen);
            if next == NONE || !self.within(item.start, next) {
                break;
            }
            passing.between(self, self.tree, at, next);
            let rate = greater.rate(self, item, next)?;
            let mut share = rate.saturating_sub(seen).max(Decimal::ZERO);
            if let Some(minimum) = greater.minimum.get(next as usize).filter(|_| !rate.is_zero()) {
                share = share.max(*minimum);
            }
            let steps = self.tree.depth[item.start as usize] - self.tree.depth[next as usize];
            let level = u16::try_from(steps).unwrap_or(u16::MAX);
            let paid = !greater.unpaid[next as usize];
            if !paid {
                self.keep(item, rate.saturating_sub(seen), found)?;
            }
            if paid && level >= walk.first_level && self.pay_rate(item, next, level, share, found, passing)? {
                left -= u16::from(left != u16::MAX);
            } else {
                passing.add(Passed { member: next, reason: self.reason(next), used_level: false });
            }
            seen = seen.max(rate);
            at = next;
        }
        self.keep(item, greater.top.saturating_sub(seen), found)
    }

    /// What nobody is paid of a rate stays with the company.
    fn keep(&self, item: &Item, share: Decimal, found: &mut Found) -> Result<(), RunFault> {
        let base = self.bonus.base.to_decimal(item.base, self.standing.currency);
        let kept = base.checked_mul(share.max(Decimal::ZERO)).and_then(|kept| found.unclaimed.checked_add(kept));
        found.unclaimed = kept.ok_or_else(|| RunFault::overflow("breakage"))?;
        Ok(())
    }
}
