//! What walks go through and what they find.

use std::borrow::Cow;
use std::num::NonZeroU16;
use std::ops::Range;

use rust_decimal::Decimal;

use super::fault::RunFault;
use super::tree::Tree;
use super::walk::Walker;
use crate::plan::climb::LISTED;
use crate::plan::parallel::stretches;
use crate::plan::result::{EarningLine, LineKind, Passed, Source};

/// One thing to pay on: an order, a member, or what a member earned under another bonus. 32 bytes: a part of them stays in
/// the processor's cache while everybody on the ways is paid.
#[derive(Debug, Clone, Copy)]
pub struct Item {
    /// Where the walk begins: the buyer, or who earned.
    pub start: u32,
    /// Whose it is.
    pub from: u32,
    /// What the rate is applied to.
    pub base: i64,
    /// What `base` leaves out of what an expression gives, in billionths of its unit.
    pub rest: i32,
    /// Where it came from; orders by index.
    pub source: Source,
    /// On which bonus's amounts: its place, counted from 1.
    pub on: Option<NonZeroU16>,
    /// Earned, or less for what came back.
    pub kind: LineKind,
}

impl Item {
    /// The bonus on whose amounts it is.
    pub fn on(&self) -> Option<u16> {
        self.on.map(|on| on.get() - 1)
    }
}

const _: () = assert!(size_of::<Item>() == 32);

/// What a bonus pays on, in parts that are made when a walk comes to them: a million at once would fill the memory.
pub struct Items<'a> {
    count: usize,
    part: Box<dyn Fn(Range<usize>) -> Result<Cow<'a, [Item]>, RunFault> + Sync + 'a>,
}

impl<'a> Items<'a> {
    /// Items that one thread takes at a time.
    pub const PART: usize = 8_192;

    /// Items made from orders, or whatever else there is `count` of.
    pub fn from_each(count: usize, part: impl Fn(Range<usize>) -> Result<Vec<Item>, RunFault> + Sync + 'a) -> Self {
        Self { count, part: Box::new(move |range| part(range).map(Cow::Owned)) }
    }

    /// Items that are there.
    pub fn made(items: &'a [Item]) -> Self {
        Self { count: items.len(), part: Box::new(|range| Ok(Cow::Borrowed(&items[range]))) }
    }

    /// What each part is made from.
    pub fn ranges(&self) -> Vec<Range<usize>> {
        stretches(self.count, Self::PART)
    }

    /// One part.
    pub fn part(&self, range: Range<usize>) -> Result<Cow<'a, [Item]>, RunFault> {
        (self.part)(range)
    }

    /// All of them.
    pub fn all(&self) -> Result<Vec<Item>, RunFault> {
        self.part(0..self.count).map(Cow::into_owned)
    }
}

/// What a walk found. Members and orders by index.
#[derive(Default)]
pub struct Found {
    /// The lines.
    pub lines: Vec<EarningLine>,
    /// Rates of lines that have no place among the rates yet, in the order of the lines.
    pub rates: Vec<(usize, Decimal)>,
    /// Per level, the sum of bases that nobody was paid on.
    pub breakage: Vec<i128>,
    /// Breakage that is no whole level: base times rate.
    pub unclaimed: Decimal,
}

/// Where the search for the next line of an item began. For somebody who looks on, it notes besides who was passed
/// over; a run does not, because [`crate::plan::climb::Climbs`] tells it of any line later.
#[derive(Default)]
pub struct Passing {
    below: u32,
    /// Whether whoever the search began at was passed over itself: a buyer without a right to its own order.
    passes_start: bool,
    notes: Option<Notes>,
}

/// Who was passed over.
#[derive(Default)]
pub struct Notes {
    /// Before each line that was found.
    pub before: Vec<Vec<Passed>>,
    /// Since the last line.
    pub list: Vec<Passed>,
    /// How many more there were.
    pub more: u32,
}

impl Passing {
    /// One who takes notes.
    pub fn noting() -> Self {
        Self { notes: Some(Notes::default()), ..Self::default() }
    }

    /// Begins anew above a member.
    pub const fn begin(&mut self, start: u32) {
        self.below = start;
        self.passes_start = false;
    }

    /// Notes somebody.
    pub fn add(&mut self, passed: Passed) {
        self.passes_start |= passed.member == self.below;
        let Some(notes) = &mut self.notes else { return };
        if notes.list.len() < LISTED {
            notes.list.push(passed);
        } else {
            notes.more = notes.more.saturating_add(1);
        }
    }

    /// Notes the members between two uplines, up to the number that is listed.
    pub fn between(&mut self, walker: &Walker<'_>, tree: &Tree, from: u32, to: u32) {
        let Some(notes) = &mut self.notes else { return };
        let depth = |member: u32| tree.depth[member as usize];
        let mut left = depth(from).saturating_sub(depth(to)).saturating_sub(1);
        let mut at = from;
        while left > 0 && notes.list.len() < LISTED {
            at = tree.parent[at as usize];
            notes.list.push(Passed { member: at, reason: walker.reason(at), used_level: false });
            left -= 1;
        }
        notes.more = notes.more.saturating_add(left);
    }

    /// Adds a line to what was found; the next search begins above its member.
    pub fn settle(&mut self, line: EarningLine, found: &mut Found) {
        let below = Some(self.below).filter(|below| *below != line.member);
        found.lines.push(line.found_above(below, self.passes_start));
        self.begin(line.member);
        if let Some(notes) = &mut self.notes {
            notes.before.push(std::mem::take(&mut notes.list));
            notes.more = 0;
        }
    }

    /// What was noted.
    pub fn into_notes(self) -> Notes {
        self.notes.unwrap_or_default()
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

    /// Adds the breakage of a later part.
    pub fn add_breakage(&mut self, later: &Self) -> Result<(), RunFault> {
        for (sum, part) in self.breakage.iter_mut().zip(&later.breakage) {
            *sum += part;
        }
        let unclaimed = self.unclaimed.checked_add(later.unclaimed);
        self.unclaimed = unclaimed.ok_or_else(|| RunFault::overflow("breakage"))?;
        Ok(())
    }
}
