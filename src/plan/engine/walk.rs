//! A bonus made ready: who may earn it, at which rates, and where each walk goes next.

use std::collections::HashMap;

use rust_decimal::Decimal;

use super::difference::Greater;
use super::fault::RunFault;
use super::found::{Found, Item, Items, Notes, Passing};
use super::generations::Heads;
use super::levels::{Paths, Steps};
use super::rates::{Factor, Rates, Scale};
use super::standing::Standing;
use super::tree::{NONE, Tree};
use super::values::{At, NoValue};
use crate::plan::checked::{Bonus, BonusSource, Compression, Counting};
use crate::plan::climb::Reason;
use crate::plan::expr::{Cond, Num};
use crate::plan::parallel::{in_parallel, joined, stretches};
use crate::plan::result::{BaseKind, EarningLine, PassedReason, Source};

/// How many members one thread looks at at a time.
const STRETCH: usize = 16_384;

/// What a row gives on a level.
#[derive(Debug, Clone)]
pub enum Cell {
    /// No right.
    None,
    /// The same for every order: the place of the rate, the rate, and its factor.
    Fixed(u32, Decimal, Factor),
    /// Worked out for each order or amount.
    Open(Num),
}

/// A row of rates, levels in order.
struct Row {
    cells: Vec<Cell>,
    /// Whether the last one goes on to the end of the walk.
    goes_on: bool,
    note: u16,
}

/// A bonus made ready.
pub struct Walker<'a> {
    pub(super) standing: &'a Standing<'a>,
    pub(super) bonus: &'a Bonus,
    pub(super) place: u16,
    pub(super) tree: &'a Tree,
    /// Why a member may not earn; `None` if it may.
    pub(super) barred: Vec<Option<PassedReason>>,
    /// How many levels the longest row has.
    pub(super) written_levels: usize,
    row: Vec<u32>,
    rows: Vec<Row>,
    /// Standard compression: who is counted.
    counts: Vec<bool>,
    /// Level by level: where each step goes.
    pub(super) steps: Steps,
    /// Where the way ends: the member, or the nearest upline, who is the last one on it.
    pub(super) last: Vec<u32>,
    pub(super) greater: Option<Greater>,
    pub(super) heads: Option<Heads>,
    pub(super) scale: Scale,
}

/// What makes a bonus ready: sentences for traces, rates, and the fault of an expression without a value.
pub struct Workshop<'w> {
    /// Rates used.
    pub rates: &'w mut Rates,
    /// Sentences for traces.
    pub notes: &'w mut Vec<String>,
    /// The fault for a member.
    pub arithmetic: &'w (dyn Fn(usize) -> RunFault + Sync),
    /// How many threads may help.
    pub threads: usize,
}

impl<'a> Walker<'a> {
    /// Makes a bonus ready. The notes get a sentence per row of rates.
    pub fn new(standing: &'a Standing<'a>, place: u16, shop: &mut Workshop<'_>) -> Result<Self, RunFault> {
        let bonus = &standing.plan.bonuses[usize::from(place)];
        let first_note = shop.notes.len();
        let head = format!("{} ({})", bonus.rule, bonus.code);
        let rows = bonus.rates.iter();
        shop.notes.extend(rows.map(|row| format!("{head}, row {}, earner: {}", row.label, bonus.earner_text)));
        let mut walker = Self {
            standing,
            bonus,
            place,
            tree: standing.tree(bonus.walk.tree),
            barred: barred(standing, &bonus.earner, shop)?,
            written_levels: written_levels(bonus),
            row: Vec::new(),
            rows: Vec::new(),
            counts: Vec::new(),
            steps: Steps::default(),
            last: Vec::new(),
            greater: None,
            heads: None,
            scale: Scale::new(standing.plan, bonus.base, bonus.points),
        };
        walker.find_rows(shop, first_note)?;
        walker.find_ends(shop)?;
        match &bonus.walk.counting {
            _ if bonus.walk.difference.is_some() => walker.greater = Some(Greater::new(&walker, shop)?),
            Counting::Levels(Compression::None) => walker.steps = Steps::to_one(&walker.row, &walker.tree.parent),
            Counting::Levels(Compression::Standard) => walker.find_counted(shop)?,
            Counting::Levels(Compression::Dynamic) => walker.steps = Steps::to_earners(&walker),
            Counting::Generations { head, own } => walker.heads = Some(Heads::new(&walker, head, *own, shop)?),
        }
        Ok(walker)
    }

    /// The row of rates for every member who may earn; rows with the same rates are one.
    fn find_rows(&mut self, shop: &mut Workshop<'_>, first_note: usize) -> Result<(), RunFault> {
        let mut known: HashMap<(usize, Vec<Option<Decimal>>), u32> = HashMap::new();
        let rows = &self.bonus.rates;
        let settled: Vec<bool> =
            rows.iter().map(|row| row.cells.iter().all(|cell| cell.constant().is_some() || open(cell))).collect();
        let settled: Vec<bool> =
            settled.into_iter().map(|settled| settled && self.standing.plan.market_values.is_empty()).collect();
        let mut ready: Vec<Option<u32>> = vec![None; rows.len()];
        self.row = vec![NONE; self.barred.len()];
        for member in (0..self.barred.len()).filter(|member| self.barred[*member].is_none()) {
            let paid = self.standing.paid[member];
            let fitting = rows.iter().rposition(|row| row.rank.is_none_or(|rank| paid > rank));
            let Some(at) = fitting else { continue };
            if let Some(row) = ready[at] {
                self.row[member] = row;
                continue;
            }
            let mut values = Vec::with_capacity(rows[at].cells.len());
            for cell in &rows[at].cells {
                // One without a value is a fault only where somebody is paid by it.
                values.push(if open(cell) { None } else { self.rate_of(cell, member, At::MEMBER).ok() });
            }
            let next = u32::try_from(self.rows.len()).map_err(|_| RunFault::overflow("the number of rates"))?;
            let row = *known.entry((at, values.clone())).or_insert(next);
            if row == next {
                let note = u16::try_from(first_note + at).unwrap_or(u16::MAX);
                let cells = self.cells(&rows[at].cells, &values, shop.rates)?;
                let goes_on = self.bonus.walk.repeats && rows[at].goes_on;
                self.rows.push(Row { cells, goes_on, note });
            }
            if settled[at] {
                ready[at] = Some(row);
            }
            self.row[member] = row;
        }
        Ok(())
    }

    /// What a cell gives a member, whoever may earn.
    pub(super) fn rate_of(&self, cell: &Num, member: usize, at: At) -> Result<Decimal, NoValue> {
        self.worth(self.standing.number(cell, member, at)?, member)
    }

    /// The rate of a member for an item on the only level; with `unpaid` that of its paid rank, though it may not earn.
    pub(super) fn rate_for(&self, item: &Item, member: u32, unpaid: bool) -> Result<Decimal, RunFault> {
        if unpaid {
            let paid = self.standing.paid[member as usize];
            let row = self.bonus.rates.iter().rfind(|row| row.rank.is_none_or(|rank| paid > rank));
            let cell = row.and_then(|row| row.cells.first());
            return cell.map_or(Ok(Decimal::ZERO), |cell| self.open_rate(item, member, cell));
        }
        match self.cell(member as usize, 0) {
            Some(Cell::Fixed(_, rate, _)) => Ok(*rate),
            Some(Cell::Open(num)) => self.open_rate(item, member, num),
            _ => Ok(Decimal::ZERO),
        }
    }

    /// A rate on points with the value of a point in the member's market.
    fn worth(&self, rate: Decimal, member: usize) -> Result<Decimal, NoValue> {
        let values = &self.standing.plan.market_values;
        if values.is_empty() || !self.bonus.base.is_volume() || self.bonus.points {
            return Ok(rate);
        }
        let market = self.standing.market.get(member).copied().unwrap_or(0);
        let value = values.iter().find(|(word, _)| market == word + 1).or(values.last());
        value.map_or(Ok(rate), |(_, value)| rate.checked_mul(*value).ok_or(NoValue))
    }

    /// Whether some rate depends on the order or on whose amount it is, so that each item must be looked at to know who may
    /// earn.
    pub(super) fn asks_each_item(&self) -> bool {
        self.bonus.rates.iter().flat_map(|row| &row.cells).any(open)
    }

    /// Cells of a row; a rate of zero is no right.
    fn cells(&self, cells: &[Num], values: &[Option<Decimal>], rates: &mut Rates) -> Result<Vec<Cell>, RunFault> {
        let mut out = Vec::with_capacity(cells.len());
        for (cell, value) in cells.iter().zip(values) {
            out.push(match value {
                None => Cell::Open(cell.clone()),
                Some(value) if !self.is_right(*value) => Cell::None,
                Some(value) => {
                    let factor = self.scale.factor(*value).ok_or_else(|| RunFault::overflow("a rate"))?;
                    Cell::Fixed(
                        rates.place(*value).ok_or_else(|| RunFault::overflow("the number of rates"))?,
                        *value,
                        factor,
                    )
                }
            });
        }
        Ok(out)
    }

    /// Whether a rate below zero takes something, as deductions do.
    fn may_take(&self) -> bool {
        matches!(self.bonus.source, BonusSource::Members(_) | BonusSource::Amounts(..))
    }

    /// Where the way of each member ends.
    fn find_ends(&mut self, shop: &Workshop<'_>) -> Result<(), RunFault> {
        let Some(until) = &self.bonus.walk.until else {
            return Ok(());
        };
        let mut ends = Vec::with_capacity(self.barred.len());
        for member in 0..self.barred.len() {
            ends.push(self.standing.holds(until, member, At::MEMBER).map_err(|NoValue| (shop.arithmetic)(member))?);
        }
        self.last = vec![NONE; ends.len()];
        for member in &self.tree.order {
            let above = self.tree.parent[*member as usize];
            let member = *member as usize;
            self.last[member] = match above {
                _ if ends[member] => u32::try_from(member).unwrap_or(NONE),
                NONE => NONE,
                above => self.last[above as usize],
            };
        }
        Ok(())
    }

    /// Whether a walk from `start` may come to `next`.
    pub(super) fn within(&self, start: u32, next: u32) -> bool {
        match self.last.get(start as usize) {
            None | Some(&NONE) => true,
            Some(last) => self.tree.depth[next as usize] >= self.tree.depth[*last as usize],
        }
    }

    fn find_counted(&mut self, shop: &Workshop<'_>) -> Result<(), RunFault> {
        for member in 0..self.barred.len() {
            let skip = &self.bonus.walk.skip;
            let skipped = self.standing.holds(skip, member, At::MEMBER);
            let skipped = skipped.map_err(|NoValue| (shop.arithmetic)(member))?;
            self.counts.push(self.standing.field.may_earn[member] && !skipped);
        }
        self.steps = Steps::to_one(&self.row, &nearest(self.tree, |above| self.counts[above]));
        Ok(())
    }

    /// The row of a member, or [`NONE`].
    pub(super) fn row(&self, member: usize) -> u32 {
        self.row[member]
    }

    /// How many rows there are.
    pub(super) fn rows(&self) -> usize {
        self.rows.len()
    }

    /// What a member may earn on a level, counted from 0.
    pub(super) fn cell(&self, member: usize, level: usize) -> Option<&Cell> {
        self.cell_of(self.row[member], level)
    }

    /// What a row gives on a level, counted from 0.
    pub(super) fn cell_of(&self, row: u32, level: usize) -> Option<&Cell> {
        let Row { cells, goes_on, .. } = self.rows.get(row as usize)?;
        let level = if *goes_on { level.min(cells.len().saturating_sub(1)) } else { level };
        cells.get(level).filter(|cell| !matches!(cell, Cell::None))
    }

    /// The highest rate of each level, which is what breakage is counted at.
    pub fn top_rates(&self) -> Vec<Decimal> {
        let top = |level: usize| {
            let cells = self.rows.iter().filter_map(|row| match row.cells.get(level) {
                Some(Cell::Fixed(_, rate, _)) => Some(*rate),
                _ => None,
            });
            let written = self.bonus.rates.iter().filter_map(|row| row.cells.get(level)?.largest()).max();
            cells.max().max(written).unwrap_or_default()
        };
        (0..self.written_levels).map(top).collect()
    }

    /// Walks from every item, on as many threads as asked for; the result does not depend on how many.
    pub fn walk(&self, items: &Items<'_>, threads: usize) -> Result<Vec<Found>, RunFault> {
        in_parallel(threads, items.ranges(), |range| self.walk_part(&items.part(range)?)).into_iter().collect()
    }

    fn walk_part(&self, items: &[Item]) -> Result<Found, RunFault> {
        /// For so many lines an item is given room at once: growing later copies.
        const ROOM: usize = 8;
        let mut found = Found::new(self.written_levels);
        let mut passing = Passing::default();
        found.lines.reserve_exact(items.len() * self.written_levels.min(ROOM));
        self.walk_all(items, &mut found, &mut passing)?;
        found.lines.shrink_to_fit();
        Ok(found)
    }

    fn walk_all(&self, items: &[Item], found: &mut Found, passing: &mut Passing) -> Result<(), RunFault> {
        /// Ways that are found before they are paid.
        const AT_ONCE: usize = 64;
        if self.greater.is_none() && self.heads.is_none() {
            let mut paths = Paths::default();
            return items.chunks(AT_ONCE).try_for_each(|some| self.levels(some, &mut paths, found, passing));
        }
        for item in items {
            passing.begin(item.start);
            match (&self.greater, &self.heads) {
                (Some(greater), _) => self.differences(greater, item, found, passing)?,
                (_, Some(heads)) => self.generations(heads, item, found, passing)?,
                _ => {}
            }
        }
        Ok(())
    }

    /// Walks from one item, and says besides who was passed over.
    pub(super) fn trace(&self, item: &Item) -> Result<(Found, Notes), RunFault> {
        let mut found = Found::new(self.written_levels);
        let mut passing = Passing::noting();
        self.walk_all(std::slice::from_ref(item), &mut found, &mut passing)?;
        Ok((found, passing.into_notes()))
    }

    /// Why each member is passed over, if it is.
    pub(super) fn reasons(&self) -> Vec<Reason> {
        let walk = &self.bonus.walk;
        let by_levels = self.greater.is_none() && self.heads.is_none();
        let uses_level = |member: usize| match walk.compression() {
            _ if !by_levels => false,
            Compression::None => true,
            Compression::Standard => self.counts[member],
            Compression::Dynamic => false,
        };
        let members = (0_u32..).zip(0..self.barred.len());
        members.map(|(at, member)| Reason { reason: self.reason(at), uses_level: uses_level(member) }).collect()
    }

    /// Why a member is passed over.
    pub(super) fn reason(&self, member: u32) -> PassedReason {
        self.barred[member as usize].unwrap_or(PassedReason::RankTooLow)
    }

    /// Pays an item to a member at what a cell gives; `false` where that is nothing.
    pub(super) fn pay(
        &self,
        item: &Item,
        member: u32,
        level: u16,
        cell: &Cell,
        found: &mut Found,
        passing: &mut Passing,
    ) -> Result<bool, RunFault> {
        match cell {
            Cell::None => Ok(false),
            Cell::Fixed(place, _, factor) => {
                let line =
                    EarningLine { member, level, note: self.note(self.row[member as usize]), ..self.blank(item) };
                passing.settle(self.priced(line, item.rest, *place, factor)?, found);
                Ok(true)
            }
            Cell::Open(num) => {
                let rate = self.open_rate(item, member, num)?;
                self.pay_rate(item, member, level, rate, found, passing)
            }
        }
    }

    /// What a cell that is worked out for each item gives a member.
    fn open_rate(&self, item: &Item, member: u32, num: &Num) -> Result<Decimal, RunFault> {
        let order = match item.source {
            Source::Order(order) => Some(order as usize),
            _ => None,
        };
        let at = At { order, from: Some(item.from as usize) };
        let rate = self.rate_of(num, member as usize, at);
        rate.map_err(|NoValue| RunFault::NoValue { place: format!("bonus {}", self.bonus.code), member })
    }

    /// Whether a member has a right to an item on a level, counted from 0.
    pub(super) fn gives(&self, item: &Item, member: u32, level: usize) -> Result<bool, RunFault> {
        match self.cell_of(self.row[member as usize], level) {
            Some(Cell::Open(num)) => Ok(self.is_right(self.open_rate(item, member, num)?)),
            cell => Ok(cell.is_some()),
        }
    }

    /// Whether a rate gives anything: a rate of zero is no right, and only deductions take.
    fn is_right(&self, rate: Decimal) -> bool {
        !rate.is_zero() && (rate.is_sign_positive() || self.may_take())
    }

    /// Pays an item to a member at a rate; `false` where that is nothing.
    pub(super) fn pay_rate(
        &self,
        item: &Item,
        member: u32,
        level: u16,
        rate: Decimal,
        found: &mut Found,
        passing: &mut Passing,
    ) -> Result<bool, RunFault> {
        if !self.is_right(rate) {
            return Ok(false);
        }
        let factor = self.scale.factor(rate).ok_or_else(|| RunFault::overflow("a rate"))?;
        let line = EarningLine { member, level, note: self.note(self.row[member as usize]), ..self.blank(item) };
        let line = self.priced(line, item.rest, u32::MAX, &factor)?;
        found.rates.push((found.lines.len(), rate.normalize()));
        passing.settle(line, found);
        Ok(true)
    }

    /// A line of an item without what depends on who is paid.
    pub(super) fn blank(&self, item: &Item) -> EarningLine {
        let line = EarningLine {
            base: item.base,
            kind: item.kind,
            base_kind: self.bonus.base,
            ..EarningLine::blank(0, self.place)
        };
        line.of(Some(item.from)).from_source(item.source).on_amounts(item.on())
    }

    /// The line with its amount.
    #[inline]
    pub(super) fn priced(
        &self,
        line: EarningLine,
        rest: i32,
        rate: u32,
        factor: &Factor,
    ) -> Result<EarningLine, RunFault> {
        let amount = self.scale.amount(factor, line.base, rest);
        let amount_minor =
            amount.ok_or_else(|| RunFault::overflow(&format!("an amount of bonus {}", self.bonus.code)))?;
        let base = if self.bonus.base == BaseKind::Fixed { amount_minor } else { line.base };
        Ok(EarningLine { base, amount_minor, rate, ..line })
    }

    /// The sentence for what is paid by a row.
    #[inline]
    pub(super) fn note(&self, row: u32) -> u16 {
        self.rows[row as usize].note
    }
}

fn written_levels(bonus: &Bonus) -> usize {
    let rows = bonus.rates.iter().map(|row| row.cells.len());
    rows.max().unwrap_or(0).min(usize::from(bonus.walk.levels))
}

/// Whether a rate is worked out for each order or amount.
pub fn open(num: &Num) -> bool {
    let mut open = false;
    num.numbers(&mut |num| open |= matches!(num, Num::Order(_) | Num::SoFar(_) | Num::From(_)));
    open || conditions_open(num)
}

/// Whether a condition within a number asks about an order or about whose amount it is.
fn conditions_open(num: &Num) -> bool {
    let mut open = false;
    num.conditions(&mut |cond| {
        open |= matches!(
            cond,
            Cond::Type(_) | Cond::Line(_) | Cond::Weekday(_) | Cond::Through | Cond::Mine | Cond::From(_)
        );
    });
    open
}

/// Why each member may not earn a bonus.
fn barred(standing: &Standing<'_>, earner: &Cond, shop: &Workshop<'_>) -> Result<Vec<Option<PassedReason>>, RunFault> {
    let arithmetic = shop.arithmetic;
    let reason = |member: usize| {
        Ok(if !standing.field.may_earn[member] {
            Some(PassedReason::NotEarning)
        } else if standing.holds(earner, member, At::MEMBER).map_err(|NoValue| arithmetic(member))? {
            None
        } else if standing.active[member] {
            Some(PassedReason::NotQualified)
        } else {
            Some(PassedReason::NotActive)
        })
    };
    let some = |members: std::ops::Range<usize>| members.map(reason).collect::<Result<Vec<_>, RunFault>>();
    let parts: Result<Vec<_>, RunFault> =
        in_parallel(shop.threads, stretches(standing.field.len(), STRETCH), some).into_iter().collect();
    Ok(joined(parts?))
}

/// For every member the nearest upline that fits: one sweep with parents first.
pub fn nearest(tree: &Tree, fits: impl Fn(usize) -> bool) -> Vec<u32> {
    let mut out = vec![NONE; tree.parent.len()];
    for member in &tree.order {
        let above = tree.parent[*member as usize];
        if above != NONE {
            out[*member as usize] = if fits(above as usize) { above } else { out[above as usize] };
        }
    }
    out
}
