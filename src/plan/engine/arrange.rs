//! Lines in their final order: by number of the member, then as they were found, with places of the snapshot.
//!
//! Members are dealt with in stretches of neighbouring numbers, each small enough to stay in the processor's cache:
//! lines are first dealt out to the stretches, then each stretch is put in order, added up and hashed by itself.

use super::fault::RunFault;
use super::field::Field;
use super::fingerprint;
use super::standing::Standing;
use super::tree::NONE;
use crate::plan::lines::Lines;
use crate::plan::parallel::in_parallel;
use crate::plan::result::{EarningLine, LineKind, Source, Taken};
use crate::plan::snapshot::Snapshot;

/// The least number of members in a stretch, and the largest number of stretches.
const LEAST: usize = 4_096;
const MOST: usize = 1_024;

/// Lines in order, with what they add up to.
pub struct Arranged {
    /// The lines.
    pub lines: Lines,
    /// What was taken back, referred to by the lines.
    pub taken: Vec<Taken>,
    /// What each member earns, by place in the snapshot.
    pub earned: Vec<i64>,
    /// Sums of all lines.
    pub sums: Sums,
    /// The hash of the lines of each stretch.
    pub hashes: Vec<[u8; 32]>,
}

/// Sums of lines.
#[derive(Clone, Default)]
pub struct Sums {
    /// All lines.
    pub total_minor: i64,
    /// Those that take back.
    pub clawback_minor: i64,
    /// Per bonus.
    pub bonuses: Vec<BonusSum>,
}

/// What lines of one bonus add up to.
#[derive(Clone, Copy, Default)]
pub struct BonusSum {
    /// Number of lines.
    pub lines: u32,
    /// Number of members with a line.
    pub members: u32,
    /// Sum.
    pub amount_minor: i64,
}

/// One stretch in order.
struct Stretch {
    lines: Vec<EarningLine>,
    /// Place of a member in the snapshot, and what it earns.
    earned: Vec<(u32, i64)>,
    sums: Sums,
    hash: [u8; 32],
}

/// How lines refer to the snapshot.
struct Places<'a> {
    field: &'a Field,
    /// Orders of the snapshot; what comes after them among the field's orders are returns.
    orders: u32,
    /// Lines that take back lines of earlier runs; what comes after them are returns that count as orders.
    taken: u32,
    bonuses: usize,
    span: usize,
}

/// Puts all lines in order.
pub fn lines(
    standing: &Standing<'_>,
    snapshot: &Snapshot,
    lines: Vec<Lines>,
    back: Vec<EarningLine>,
    mut taken: Vec<Taken>,
    bonuses: usize,
    threads: usize,
) -> Result<Arranged, RunFault> {
    let count = |number: usize| u32::try_from(number).map_err(|_| RunFault::overflow("the number of returns"));
    let field = standing.field;
    let span = LEAST.max(field.len().div_ceil(MOST));
    let (orders, back_count) = (count(snapshot.orders.len())?, count(taken.len())?);
    let places = Places { field, orders, taken: back_count, bonuses, span };
    taken.extend(field.orders.returned.iter().map(|back| Taken { line: None, takeback: back.takeback }));
    let mut parts: Vec<Vec<EarningLine>> = lines.into_iter().flat_map(Lines::into_parts).collect();
    parts.push(back);
    let dealt = in_parallel(threads, shared(parts), |parts| places.deal(parts));
    let mut stretches: Vec<Vec<Vec<EarningLine>>> = (0..places.stretches()).map(|_| Vec::new()).collect();
    for stretch_lines in dealt {
        for (stretch, lines) in stretches.iter_mut().zip(stretch_lines) {
            stretch.push(lines);
        }
    }
    let stretches: Vec<_> = stretches.into_iter().enumerate().collect();
    let done = in_parallel(threads, stretches, |(at, lines)| places.arrange(at, lines));
    let sums = Sums { bonuses: vec![BonusSum::default(); bonuses], ..Sums::default() };
    let earned = vec![0; field.len()];
    let mut all = Arranged { lines: Lines::default(), taken, earned, sums, hashes: Vec::new() };
    for stretch in done {
        let stretch = stretch?;
        all.lines.append(stretch.lines);
        all.hashes.push(stretch.hash);
        all.sums.add(&stretch.sums)?;
        for (place, earned) in stretch.earned {
            all.earned[place as usize] = earned;
        }
    }
    Ok(all)
}

/// Parts in their order, in shares that are dealt out one after another: the later ones find room where the first ones
/// were.
fn shared(parts: Vec<Vec<EarningLine>>) -> Vec<Vec<Vec<EarningLine>>> {
    const SHARES: usize = 64;
    let all: usize = parts.iter().map(Vec::len).sum();
    let each = all.div_ceil(SHARES).max(1);
    let mut out: Vec<Vec<Vec<EarningLine>>> = Vec::new();
    let mut room = 0_usize;
    for part in parts {
        if room == 0 {
            out.push(Vec::new());
            room = each;
        }
        room = room.saturating_sub(part.len());
        if let Some(last) = out.last_mut() {
            last.push(part);
        }
    }
    out
}

impl Places<'_> {
    fn stretches(&self) -> usize {
        self.field.len().div_ceil(self.span)
    }

    fn rank(&self, line: &EarningLine) -> usize {
        self.field.by_number[line.member as usize] as usize
    }

    /// Deals lines out to the stretches. Each part is given back before the next one is read.
    fn deal(&self, parts: Vec<Vec<EarningLine>>) -> Vec<Vec<EarningLine>> {
        let mut counts = vec![0_usize; self.stretches()];
        for line in parts.iter().flatten() {
            counts[self.rank(line) / self.span] += 1;
        }
        let mut out: Vec<Vec<EarningLine>> = counts.into_iter().map(Vec::with_capacity).collect();
        for part in parts {
            for line in part {
                out[self.rank(&line) / self.span].push(line);
            }
        }
        out
    }

    /// Puts the lines of a stretch in order: a counting sort.
    fn arrange(&self, at: usize, lines: Vec<Vec<EarningLine>>) -> Result<Stretch, RunFault> {
        let first = at * self.span;
        let members = self.span.min(self.field.len() - first);
        let mut start = vec![0_usize; members + 1];
        for line in lines.iter().flatten() {
            start[self.rank(line) - first + 1] += 1;
        }
        for at in 0..members {
            start[at + 1] += start[at];
        }
        let mut out = vec![EarningLine::blank(0, 0); start[members]];
        for line in lines.into_iter().flatten() {
            let slot = &mut start[self.rank(&line) - first];
            out[*slot] = line;
            *slot += 1;
        }
        let hash = fingerprint::of_lines(self.field, &out);
        let sums = Sums { bonuses: vec![BonusSum::default(); self.bonuses], ..Sums::default() };
        let mut stretch = Stretch { lines: Vec::new(), earned: Vec::new(), sums, hash };
        let mut last = vec![NONE; self.bonuses];
        for lines in out.chunk_by_mut(|a, b| a.member == b.member) {
            stretch.take_member(lines, &mut last)?;
            for line in lines {
                *line = self.placed(*line);
            }
        }
        for (member, _) in &mut stretch.earned {
            *member = self.field.place[*member as usize];
        }
        stretch.lines = out;
        Ok(stretch)
    }

    /// A line with places of the snapshot instead of indices.
    fn placed(&self, line: EarningLine) -> EarningLine {
        let place = |index: u32| self.field.place[index as usize];
        let source = match line.source() {
            Source::Order(index) => {
                let place = self.field.orders.place[index as usize];
                place.checked_sub(self.orders).map_or(Source::Order(place), |back| Source::Takeback(self.taken + back))
            }
            other => other,
        };
        let line = EarningLine { member: place(line.member), ..line };
        let (below, is_passed) = line.below().unzip();
        line.of(line.from().map(place)).found_above(below.map(place), is_passed.unwrap_or(false)).from_source(source)
    }
}

impl Stretch {
    /// Adds up the lines of one member. `last` is who had a line of each bonus last.
    fn take_member(&mut self, lines: &[EarningLine], last: &mut [u32]) -> Result<(), RunFault> {
        let overflow = || RunFault::overflow("the sum of all lines");
        let mut earned = 0_i64;
        for line in lines {
            let bonus = &mut self.sums.bonuses[usize::from(line.bonus)];
            bonus.lines += 1;
            bonus.members +=
                u32::from(std::mem::replace(&mut last[usize::from(line.bonus)], line.member) != line.member);
            bonus.amount_minor = bonus.amount_minor.checked_add(line.amount_minor).ok_or_else(overflow)?;
            earned = earned.checked_add(line.amount_minor).ok_or_else(overflow)?;
            if line.kind == LineKind::Clawback {
                let sum = self.sums.clawback_minor.checked_add(line.amount_minor);
                self.sums.clawback_minor = sum.ok_or_else(overflow)?;
            }
        }
        if let Some(first) = lines.first() {
            self.earned.push((first.member, earned));
        }
        self.sums.total_minor = self.sums.total_minor.checked_add(earned).ok_or_else(overflow)?;
        Ok(())
    }
}

impl Sums {
    fn add(&mut self, other: &Self) -> Result<(), RunFault> {
        let add = |a: i64, b: i64| a.checked_add(b).ok_or_else(|| RunFault::overflow("the sum of all lines"));
        self.total_minor = add(self.total_minor, other.total_minor)?;
        self.clawback_minor = add(self.clawback_minor, other.clawback_minor)?;
        for (sum, part) in self.bonuses.iter_mut().zip(&other.bonuses) {
            sum.lines += part.lines;
            sum.members += part.members;
            sum.amount_minor = add(sum.amount_minor, part.amount_minor)?;
        }
        Ok(())
    }
}
