//! Level by level up a tree: no, standard or dynamic compression.

use super::fault::RunFault;
use super::found::{Found, Item, Passing};
use super::tree::NONE;
use super::walk::Walker;
use crate::plan::checked::Compression;
use crate::plan::result::Passed;

impl Walker<'_> {
    /// Walks up from an item and pays level by level.
    pub(super) fn levels(&self, item: &Item, found: &mut Found, passing: &mut Passing) -> Result<(), RunFault> {
        let walk = &self.bonus.walk;
        let dynamic = walk.compression() == Compression::Dynamic;
        let mut at = item.start;
        for _ in 1..walk.first_level {
            at = if at == NONE || dynamic { self.above(at) } else { self.next(at, 0) };
        }
        passing.begin(at);
        for level in 0..usize::from(walk.levels) {
            let own = walk.first_level == 0 && level == 0;
            let next = if own { at } else { self.next(at, level) };
            let next = if next == NONE || own || self.within(item.start, next) { next } else { NONE };
            if next == NONE {
                found.lose(level, item.base);
                // Below a root only dynamic compression may still find somebody for a later level.
                at = if dynamic { at } else { NONE };
                if level >= self.written_levels() {
                    break;
                }
                continue;
            }
            if !own {
                passing.between(self, self.tree, at, next);
            }
            at = next;
            let number = u16::try_from(level).unwrap_or(u16::MAX).saturating_add(walk.first_level);
            let paid = match self.cell(next as usize, level) {
                Some(cell) => self.pay(item, next, number, cell, found, passing)?,
                None => false,
            };
            if !paid {
                found.lose(level, item.base);
                passing.add(Passed { member: next, reason: self.reason(next), used_level: true });
            }
        }
        Ok(())
    }

    fn above(&self, at: u32) -> u32 {
        if at == NONE { NONE } else { self.tree.parent[at as usize] }
    }

    /// The next upline to look at for a level.
    fn next(&self, at: u32, level: usize) -> u32 {
        if at == NONE {
            return NONE;
        }
        match self.bonus.walk.compression() {
            Compression::None => self.tree.parent[at as usize],
            Compression::Standard => self.counted[at as usize],
            Compression::Dynamic => {
                let level = level.min(self.nearest.len().saturating_sub(1));
                self.nearest.get(level).map_or(NONE, |nearest| nearest[at as usize])
            }
        }
    }
}
