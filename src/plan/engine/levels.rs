//! Level by level up a tree: no, standard or dynamic compression.
//!
//! Who stands on which level does not depend on what anybody is paid. So the way is found first, in a loop so short that
//! the processor looks for several ways at once while it waits for memory, and then everybody on it is paid.

use super::fault::RunFault;
use super::found::{Found, Item, Passing};
use super::tree::NONE;
use super::walk::{Cell, Walker};
use crate::plan::checked::Compression;
use crate::plan::result::{EarningLine, Passed};

/// Where the step from each member goes.
///
/// What a step needs stands side by side: the row of rates of the member, then the next upline, for dynamic compression
/// one for each level. Members are far apart in memory, and each is reached once for the step to it and the one from it.
#[derive(Default)]
pub struct Steps {
    all: Vec<u32>,
    /// How many numbers each member has.
    width: usize,
}

impl Steps {
    /// Steps that go to the same upline on every level.
    pub fn to_one(row: &[u32], next: &[u32]) -> Self {
        Self { all: row.iter().zip(next).flat_map(|(row, next)| [*row, *next]).collect(), width: 2 }
    }

    /// Steps that go to the nearest upline who may earn on the level.
    pub fn to_earners(walker: &Walker<'_>) -> Self {
        let (members, levels) = (walker.barred.len(), walker.written_levels);
        let width = levels + 1;
        // Whether each row gives anything on each level.
        let gives = (0_u32..).take(walker.rows());
        let gives: Vec<bool> =
            gives.flat_map(|row| (0..levels).map(move |level| walker.cell_of(row, level).is_some())).collect();
        let mut all = vec![NONE; members * width];
        for member in &walker.tree.order {
            let own = *member as usize;
            all[own * width] = walker.row(own);
            let above = walker.tree.parent[own];
            if above == NONE {
                continue;
            }
            let row = all[above as usize * width] as usize;
            let earns = gives.get(row * levels..(row + 1) * levels);
            for level in 0..levels {
                let next = if earns.is_some_and(|earns| earns[level]) {
                    above
                } else {
                    all[above as usize * width + level + 1]
                };
                all[own * width + level + 1] = next;
            }
        }
        Self { all, width }
    }

    /// The row of a member, or [`NONE`].
    #[inline]
    fn row(&self, member: u32) -> u32 {
        self.all[member as usize * self.width]
    }

    /// The next upline to look at for a level, counted from 0.
    #[inline]
    fn next(&self, at: u32, level: usize) -> u32 {
        if at == NONE || self.width < 2 {
            return NONE;
        }
        self.all[at as usize * self.width + 1 + level.min(self.width - 2)]
    }
}

/// Ways of several items, one after another.
#[derive(Default)]
pub struct Paths {
    /// Whoever stands on each level, from the first one on; [`NONE`] where nobody does.
    steps: Vec<u32>,
    /// Per item: where the search began, and where its steps end.
    ends: Vec<(u32, usize)>,
}

impl Walker<'_> {
    /// Walks up from items and pays level by level.
    pub(super) fn levels(
        &self,
        items: &[Item],
        paths: &mut Paths,
        found: &mut Found,
        passing: &mut Passing,
    ) -> Result<(), RunFault> {
        paths.steps.clear();
        paths.ends.clear();
        let asks = self.bonus.walk.compression() == Compression::Dynamic && self.asks_each_item();
        for item in items {
            let steps = &mut paths.steps;
            let below = if asks {
                self.path(item.start, steps, |member, level| self.gives(item, member, level))?
            } else {
                self.path(item.start, steps, |_, _| Ok(true))?
            };
            paths.ends.push((below, paths.steps.len()));
        }
        let mut first = 0;
        for (item, (below, end)) in items.iter().zip(&paths.ends) {
            self.pay_path(item, *below, &paths.steps[first..*end], found, passing)?;
            first = *end;
        }
        Ok(())
    }

    /// Finds who stands on each level above a member, and returns where the search for the first one began. Whoever the
    /// steps lead to and who has no right after all, as a rate about the order may say, is passed over.
    #[inline]
    fn path(
        &self,
        start: u32,
        steps: &mut Vec<u32>,
        has_right: impl Fn(u32, usize) -> Result<bool, RunFault>,
    ) -> Result<u32, RunFault> {
        let walk = &self.bonus.walk;
        let compression = walk.compression();
        let mut at = start;
        for _ in 1..walk.first_level {
            at = match compression {
                Compression::Standard => self.steps.next(at, 0),
                _ => self.above(at),
            };
        }
        let below = at;
        let levels = usize::from(walk.levels);
        let mut level = 0;
        if walk.first_level == 0 && levels > 0 {
            steps.push(at);
            level = 1;
        }
        while level < levels {
            let within = |next: u32| if next == NONE || self.within(start, next) { next } else { NONE };
            let mut next = within(self.steps.next(at, level));
            while next != NONE && !has_right(next, level)? {
                next = within(self.steps.next(next, level));
            }
            // Below a root only dynamic compression may still find somebody for a later level.
            if next == NONE && (compression != Compression::Dynamic || level >= self.written_levels) {
                break;
            }
            steps.push(next);
            at = if next == NONE { at } else { next };
            level += 1;
        }
        Ok(below)
    }

    fn pay_path(
        &self,
        item: &Item,
        below: u32,
        steps: &[u32],
        found: &mut Found,
        passing: &mut Passing,
    ) -> Result<(), RunFault> {
        let first_level = self.bonus.walk.first_level;
        passing.begin(below);
        let blank = self.blank(item);
        let mut at = below;
        for (level, next) in steps.iter().copied().enumerate() {
            if next == NONE {
                found.lose(level, item.base);
                continue;
            }
            if next != at {
                passing.between(self, self.tree, at, next);
            }
            at = next;
            let number = u16::try_from(level).unwrap_or(u16::MAX).saturating_add(first_level);
            let row = self.steps.row(next);
            let paid = match self.cell_of(row, level) {
                Some(Cell::Fixed(rate, _, factor)) => {
                    let line = EarningLine { member: next, level: number, note: self.note(row), ..blank };
                    passing.settle(self.priced(line, item.rest, *rate, factor)?, found);
                    true
                }
                Some(cell) => self.pay(item, next, number, cell, found, passing)?,
                None => false,
            };
            if !paid {
                found.lose(level, item.base);
                passing.add(Passed { member: next, reason: self.reason(next), used_level: true });
            }
        }
        for level in steps.len()..self.written_levels {
            found.lose(level, item.base);
        }
        Ok(())
    }

    fn above(&self, at: u32) -> u32 {
        if at == NONE { NONE } else { self.tree.parent[at as usize] }
    }
}
