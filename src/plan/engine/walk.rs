//! From a source up the tree to those who earn: levels, compression, breakage, who was passed over.

use std::collections::HashMap;

use rust_decimal::Decimal;

use super::fault::RunFault;
use super::rates::{Factor, Rates};
use super::standing::{NoValue, Standing};
use super::tree::{NONE, Tree};
use crate::domain::money::Rounding;
use crate::plan::checked::{Bonus, Compression};
use crate::plan::expr::Cond;
use crate::plan::result::{BaseKind, EarningLine, LineKind, Passed, PassedReason, Source};

/// How many passed-over members a line lists.
const LISTED: usize = 16;

/// One thing to pay on: an order, or what a member earned under another bonus.
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
    /// Who was passed over.
    pub passed: Vec<Passed>,
    /// Per level, the sum of bases that nobody was paid on.
    pub breakage: Vec<i128>,
}

/// A row of rates, levels in order; `None` where there is no right.
struct Row {
    cells: Vec<Option<Factor>>,
    note: u16,
}

/// A bonus made ready: who may earn, at which rates, and where each walk goes next.
pub struct Walker<'a> {
    bonus: &'a Bonus,
    place: u16,
    tree: &'a Tree,
    /// Why a member may not earn; `None` if it may.
    barred: Vec<Option<PassedReason>>,
    row: Vec<u32>,
    rows: Vec<Row>,
    /// Standard compression: the nearest upline that is counted.
    counted: Vec<u32>,
    /// Dynamic compression, per level: the nearest upline who may earn on it.
    nearest: Vec<Vec<u32>>,
    rounding: Rounding,
}

impl<'a> Walker<'a> {
    /// Makes a bonus ready. `notes` gets a sentence per row of rates.
    pub fn new(
        standing: &Standing<'a>,
        place: u16,
        rates: &mut Rates,
        notes: &mut Vec<String>,
        arithmetic: &dyn Fn(usize) -> RunFault,
    ) -> Result<Self, RunFault> {
        let bonus = &standing.plan.bonuses[usize::from(place)];
        let tree = standing.field.tree(bonus.walk.tree);
        let barred = barred(standing, &bonus.earner, arithmetic)?;
        let first_note = notes.len();
        notes.extend(
            bonus.rates.iter().map(|row| {
                format!("{} ({}), row {}, earner: {}", bonus.rule, bonus.code, row.label, bonus.earner_text)
            }),
        );
        let mut walker = Self {
            bonus,
            place,
            tree,
            barred,
            row: Vec::new(),
            rows: Vec::new(),
            counted: Vec::new(),
            nearest: Vec::new(),
            rounding: rates.rounding,
        };
        walker.find_rows(standing, rates, first_note, arithmetic)?;
        match bonus.walk.compression {
            Compression::None => {}
            Compression::Standard => walker.find_counted(standing, arithmetic)?,
            Compression::Dynamic => walker.find_nearest(),
        }
        Ok(walker)
    }

    /// The row of rates for every member who may earn; rows with the same rates are one.
    fn find_rows(
        &mut self,
        standing: &Standing<'_>,
        rates: &mut Rates,
        first_note: usize,
        arithmetic: &dyn Fn(usize) -> RunFault,
    ) -> Result<(), RunFault> {
        let mut known: HashMap<(usize, Vec<Decimal>), u32> = HashMap::new();
        let constant: Vec<Option<Vec<Decimal>>> = self
            .bonus
            .rates
            .iter()
            .map(|row| row.cells.iter().map(super::super::expr::Num::constant).collect())
            .collect();
        let mut settled: Vec<Option<u32>> = vec![None; constant.len()];
        self.row = vec![NONE; self.barred.len()];
        for member in (0..self.barred.len()).filter(|member| self.barred[*member].is_none()) {
            let paid = standing.paid[member];
            let fitting = self.bonus.rates.iter().rposition(|row| row.rank.is_none_or(|rank| paid > rank));
            let Some(at) = fitting else { continue };
            if let Some(row) = settled[at] {
                self.row[member] = row;
                continue;
            }
            let values = if let Some(values) = &constant[at] {
                values.clone()
            } else {
                let cells = self.bonus.rates[at].cells.iter();
                let values: Result<_, _> = cells.map(|cell| standing.number(cell, member, None)).collect();
                values.map_err(|NoValue| arithmetic(member))?
            };
            let next = u32::try_from(self.rows.len()).map_err(|_| RunFault::overflow("the number of rates"))?;
            let row = *known.entry((at, values.clone())).or_insert(next);
            if row == next {
                let note = u16::try_from(first_note + at).unwrap_or(u16::MAX);
                self.rows.push(Row { cells: factors(&values, self.bonus.base, rates)?, note });
            }
            if constant[at].is_some() {
                settled[at] = Some(row);
            }
            self.row[member] = row;
        }
        Ok(())
    }

    fn find_counted(
        &mut self,
        standing: &Standing<'_>,
        arithmetic: &dyn Fn(usize) -> RunFault,
    ) -> Result<(), RunFault> {
        let mut counts = Vec::with_capacity(self.barred.len());
        for member in 0..self.barred.len() {
            let skipped = standing.holds(&self.bonus.walk.skip, member, None).map_err(|NoValue| arithmetic(member))?;
            counts.push(standing.field.may_earn[member] && !skipped);
        }
        self.counted = nearest(self.tree, |above| counts[above]);
        Ok(())
    }

    fn find_nearest(&mut self) {
        let levels = 0..usize::from(self.bonus.walk.levels);
        self.nearest = levels.map(|level| nearest(self.tree, |above| self.factor(above, level).is_some())).collect();
    }

    /// What a member may earn on a level.
    fn factor(&self, member: usize, level: usize) -> Option<&Factor> {
        let row = self.rows.get(self.row[member] as usize)?;
        row.cells.get(level)?.as_ref()
    }

    /// The highest rate of each level, which is what breakage is counted at.
    pub fn top_rates(&self, rates: &Rates) -> Vec<Decimal> {
        let top = |level: usize| {
            let cells = self.rows.iter().filter_map(|row| row.cells.get(level)?.as_ref());
            let best = cells.map(|factor| rates.list[factor.rate as usize]).max();
            let written = self.bonus.rates.iter().filter_map(|row| row.cells.get(level)?.constant()).max();
            best.max(written).unwrap_or_default()
        };
        (0..usize::from(self.bonus.walk.levels)).map(top).collect()
    }

    /// Walks from every item, on as many threads as asked for; the result does not depend on how many.
    pub fn walk(&self, items: &[Item], threads: usize) -> Result<Found, RunFault> {
        const LEAST: usize = 5_000;
        let size = items.len().div_ceil(threads.max(1)).max(LEAST);
        if items.len() <= size {
            return self.walk_part(items);
        }
        let parts: Vec<Result<Found, RunFault>> = std::thread::scope(|scope| {
            let handles: Vec<_> = items.chunks(size).map(|part| scope.spawn(|| self.walk_part(part))).collect();
            let lost = |_| Err(RunFault::overflow("a part of the calculation"));
            handles.into_iter().map(|handle| handle.join().unwrap_or_else(lost)).collect()
        });
        let mut all = Found { breakage: vec![0; usize::from(self.bonus.walk.levels)], ..Found::default() };
        for part in parts {
            all.append(part?)?;
        }
        Ok(all)
    }

    fn walk_part(&self, items: &[Item]) -> Result<Found, RunFault> {
        let mut found = Found { breakage: vec![0; usize::from(self.bonus.walk.levels)], ..Found::default() };
        let mut passing = Passing::default();
        for item in items {
            self.walk_one(item, &mut found, &mut passing)?;
        }
        Ok(found)
    }

    fn walk_one(&self, item: &Item, found: &mut Found, passing: &mut Passing) -> Result<(), RunFault> {
        let walk = &self.bonus.walk;
        let dynamic = walk.compression == Compression::Dynamic;
        passing.clear();
        let mut at = item.start;
        for _ in 1..walk.first_level {
            at = if at == NONE || dynamic { self.above(at) } else { self.next(at, 0) };
        }
        for level in 0..usize::from(walk.levels) {
            let own = walk.first_level == 0 && level == 0;
            let next = if own { at } else { self.next(at, level) };
            if next == NONE {
                found.breakage[level] += i128::from(item.base);
                // Below a root only dynamic compression may still find somebody for a later level.
                at = if dynamic { at } else { NONE };
                continue;
            }
            if !own {
                self.pass_between(at, next, passing);
            }
            at = next;
            if let Some(factor) = self.factor(next as usize, level) {
                let line = self.line(item, next, level, factor)?;
                passing.settle(line, found)?;
            } else {
                found.breakage[level] += i128::from(item.base);
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
        match self.bonus.walk.compression {
            Compression::None => self.tree.parent[at as usize],
            Compression::Standard => self.counted[at as usize],
            Compression::Dynamic => self.nearest[level][at as usize],
        }
    }

    /// Notes the members between two uplines, up to the number that is listed.
    fn pass_between(&self, from: u32, to: u32, passing: &mut Passing) {
        let depth = |member: u32| self.tree.depth[member as usize];
        let mut left = depth(from).saturating_sub(depth(to)).saturating_sub(1);
        let mut at = from;
        while left > 0 && passing.list.len() < LISTED {
            at = self.tree.parent[at as usize];
            passing.add(Passed { member: at, reason: self.reason(at), used_level: false });
            left -= 1;
        }
        passing.more = passing.more.saturating_add(left);
    }

    fn reason(&self, member: u32) -> PassedReason {
        self.barred[member as usize].unwrap_or(PassedReason::RankTooLow)
    }

    fn line(&self, item: &Item, member: u32, level: usize, factor: &Factor) -> Result<EarningLine, RunFault> {
        let fixed = self.bonus.base == BaseKind::Fixed;
        let amount = factor.amount(item.base, self.rounding);
        let amount_minor =
            amount.ok_or_else(|| RunFault::overflow(&format!("an amount of bonus {}", self.bonus.code)))?;
        let level = u16::try_from(level).unwrap_or(u16::MAX).saturating_add(self.bonus.walk.first_level);
        Ok(EarningLine {
            member,
            from: Some(item.from),
            source: item.source,
            base: if fixed { amount_minor } else { item.base },
            amount_minor,
            rate: factor.rate,
            passed_from: 0,
            passed_count: 0,
            passed_more: 0,
            original: 0,
            bonus: self.place,
            on: item.on,
            level,
            note: self.rows[self.row[member as usize] as usize].note,
            kind: if item.base < 0 { LineKind::Clawback } else { LineKind::Earned },
            base_kind: self.bonus.base,
        })
    }
}

/// Members passed over since the last line.
#[derive(Default)]
struct Passing {
    list: Vec<Passed>,
    more: u32,
}

impl Passing {
    fn clear(&mut self) {
        self.list.clear();
        self.more = 0;
    }

    fn add(&mut self, passed: Passed) {
        if self.list.len() < LISTED {
            self.list.push(passed);
        } else {
            self.more = self.more.saturating_add(1);
        }
    }

    /// Hands the list to a line and begins anew.
    fn settle(&mut self, mut line: EarningLine, found: &mut Found) -> Result<(), RunFault> {
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

impl Found {
    /// Adds what a later part found.
    pub fn append(&mut self, mut later: Found) -> Result<(), RunFault> {
        let shift = u32::try_from(self.passed.len()).map_err(|_| RunFault::overflow("the list of passed members"))?;
        for line in &mut later.lines {
            line.passed_from =
                line.passed_from.checked_add(shift).ok_or_else(|| RunFault::overflow("the list of passed members"))?;
        }
        self.lines.append(&mut later.lines);
        self.passed.append(&mut later.passed);
        for (sum, part) in self.breakage.iter_mut().zip(&later.breakage) {
            *sum += part;
        }
        Ok(())
    }
}

/// Why each member may not earn a bonus.
fn barred(
    standing: &Standing<'_>,
    earner: &Cond,
    arithmetic: &dyn Fn(usize) -> RunFault,
) -> Result<Vec<Option<PassedReason>>, RunFault> {
    let mut out = Vec::with_capacity(standing.field.len());
    for member in 0..standing.field.len() {
        let reason = if !standing.field.may_earn[member] {
            Some(PassedReason::NotEarning)
        } else if standing.holds(earner, member, None).map_err(|NoValue| arithmetic(member))? {
            None
        } else if standing.active[member] {
            Some(PassedReason::NotQualified)
        } else {
            Some(PassedReason::NotActive)
        };
        out.push(reason);
    }
    Ok(out)
}

/// Rates as factors; a rate of zero is no right.
fn factors(values: &[Decimal], base: BaseKind, rates: &mut Rates) -> Result<Vec<Option<Factor>>, RunFault> {
    let mut out = Vec::with_capacity(values.len());
    for value in values {
        out.push(if value.is_zero() || value.is_sign_negative() {
            None
        } else {
            Some(rates.factor(*value, base).ok_or_else(|| RunFault::overflow("a rate"))?)
        });
    }
    Ok(out)
}

/// For every member the nearest upline that fits: one sweep with parents first.
fn nearest(tree: &Tree, fits: impl Fn(usize) -> bool) -> Vec<u32> {
    let mut out = vec![NONE; tree.parent.len()];
    for member in &tree.order {
        let above = tree.parent[*member as usize];
        if above != NONE {
            out[*member as usize] = if fits(above as usize) { above } else { out[above as usize] };
        }
    }
    out
}
