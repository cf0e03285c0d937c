//! What walks go through and what they find.

use rust_decimal::Decimal;

use super::fault::RunFault;
use super::tree::Tree;
use super::walk::Walker;
use crate::plan::result::{EarningLine, Passed, Source};

/// How many passed-over members a line lists.
const LISTED: usize = 16;

/// One thing to pay on: an order, a member, or what a member earned under another bonus.
#[derive(Debug, Clone, Copy)]
pub struct Item {
    /// Where the walk begins: the buyer, or who earned.
    pub start: u32,
    /// Whose it is.
    pub from: u32,
    /// What the rate is applied to.
    pub base: i64,
    /// Where it came from; orders by index.
    pub source: Source,
    /// On which bonus's amounts.
    pub on: Option<u16>,
}

/// What a walk found. Members and orders by index.
#[derive(Default)]
pub struct Found {
    /// The lines.
    pub lines: Vec<EarningLine>,
    /// Rates of lines that have no place among the rates yet, in the order of the lines.
    pub rates: Vec<(usize, Decimal)>,
    /// Who was passed over.
    pub passed: Vec<Passed>,
    /// Per level, the sum of bases that nobody was paid on.
    pub breakage: Vec<i128>,
    /// Breakage that is no whole level: base times rate.
    pub unclaimed: Decimal,
}

/// Members passed over since the last line.
#[derive(Default)]
pub struct Passing {
    list: Vec<Passed>,
    more: u32,
}

impl Passing {
    /// Begins anew.
    pub fn clear(&mut self) {
        self.list.clear();
        self.more = 0;
    }

    /// Notes somebody.
    pub fn add(&mut self, passed: Passed) {
        if self.list.len() < LISTED {
            self.list.push(passed);
        } else {
            self.more = self.more.saturating_add(1);
        }
    }

    /// Notes the members between two uplines, up to the number that is listed.
    pub fn between(&mut self, walker: &Walker<'_>, tree: &Tree, from: u32, to: u32) {
        let depth = |member: u32| tree.depth[member as usize];
        let mut left = depth(from).saturating_sub(depth(to)).saturating_sub(1);
        let mut at = from;
        while left > 0 && self.list.len() < LISTED {
            at = tree.parent[at as usize];
            self.add(Passed { member: at, reason: walker.reason(at), used_level: false });
            left -= 1;
        }
        self.more = self.more.saturating_add(left);
    }

    /// Hands the list to a line and begins anew.
    pub fn settle(&mut self, mut line: EarningLine, found: &mut Found) -> Result<(), RunFault> {
        line.passed_from =
            u32::try_from(found.passed.len()).map_err(|_| RunFault::overflow("the list of passed members"))?;
        line.passed_count = u16::try_from(self.list.len()).unwrap_or(u16::MAX);
        line.passed_more = u16::try_from(self.more).unwrap_or(u16::MAX);
        found.passed.append(&mut self.list);
        found.lines.push(line);
        self.more = 0;
        Ok(())
    }
}

impl Passing {
    /// Who was noted since the last line, and how many more.
    pub fn rest(self) -> (Vec<Passed>, u32) {
        (self.list, self.more)
    }
}

impl Found {
    /// Nothing yet, on so many levels.
    pub fn new(levels: usize) -> Self {
        Self { breakage: vec![0; levels], ..Self::default() }
    }

    /// Notes that nobody was paid on a level.
    pub fn lose(&mut self, level: usize, base: i64) {
        if let Some(slot) = self.breakage.get_mut(level) {
            *slot += i128::from(base);
        }
    }

    /// Adds what a later part found.
    pub fn append(&mut self, mut later: Found) -> Result<(), RunFault> {
        let lines = self.lines.len();
        if self.lines.is_empty() && self.passed.is_empty() {
            // Nothing to shift: the later part moves in whole.
            std::mem::swap(&mut self.lines, &mut later.lines);
            std::mem::swap(&mut self.passed, &mut later.passed);
        }
        let shift = u32::try_from(self.passed.len()).map_err(|_| RunFault::overflow("the list of passed members"))?;
        for line in &mut later.lines {
            line.passed_from =
                line.passed_from.checked_add(shift).ok_or_else(|| RunFault::overflow("the list of passed members"))?;
        }
        self.rates.extend(later.rates.into_iter().map(|(line, rate)| (lines + line, rate)));
        self.lines.append(&mut later.lines);
        self.passed.append(&mut later.passed);
        for (sum, part) in self.breakage.iter_mut().zip(&later.breakage) {
            *sum += part;
        }
        let unclaimed = self.unclaimed.checked_add(later.unclaimed);
        self.unclaimed = unclaimed.ok_or_else(|| RunFault::overflow("breakage"))?;
        Ok(())
    }
}
