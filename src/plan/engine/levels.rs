//! Level by level up a tree: no, standard or dynamic compression.
//!
//! Who stands on which level does not depend on what anybody is paid. So the way is found first, in a loop so short that
//! the processor looks for several ways at once while it waits for memory, and then everybody on it is paid.

use super::fault::RunFault;
use super::found::{Found, Item, Passing};
use super::tree::NONE;
use super::walk::Walker;
use crate::plan::checked::Compression;
use crate::plan::result::Passed;

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
        for item in items {
            let below = self.path(item.start, &mut paths.steps);
            paths.ends.push((below, paths.steps.len()));
        }
        let mut first = 0;
        for (item, (below, end)) in items.iter().zip(&paths.ends) {
            self.pay_path(item, *below, &paths.steps[first..*end], found, passing)?;
            first = *end;
        }
        Ok(())
    }

    /// Finds who stands on each level above a member, and returns where the search for the first one began.
    fn path(&self, start: u32, steps: &mut Vec<u32>) -> u32 {
        let walk = &self.bonus.walk;
        let compression = walk.compression();
        let mut at = start;
        for _ in 1..walk.first_level {
            at = match compression {
                Compression::Standard if at != NONE => self.counted[at as usize],
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
            let next = self.next(compression, at, level);
            let next = if next == NONE || self.within(start, next) { next } else { NONE };
            // Below a root only dynamic compression may still find somebody for a later level.
            if next == NONE && (compression != Compression::Dynamic || level >= self.written_levels) {
                break;
            }
            steps.push(next);
            at = if next == NONE { at } else { next };
            level += 1;
        }
        below
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
            let paid = match self.cell(next as usize, level) {
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

    /// The next upline to look at for a level.
    #[inline]
    fn next(&self, compression: Compression, at: u32, level: usize) -> u32 {
        if at == NONE {
            return NONE;
        }
        match compression {
            Compression::None => self.tree.parent[at as usize],
            Compression::Standard => self.counted[at as usize],
            Compression::Dynamic => {
                let level = level.min(self.nearest.len().saturating_sub(1));
                self.nearest.get(level).map_or(NONE, |nearest| nearest[at as usize])
            }
        }
    }
}
