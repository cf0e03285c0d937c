//! Which lines of earlier runs goods that come back may reach: those on their orders, and from there up those on the
//! amounts of other bonuses, in the same run and in the later runs that paid out what waited.

use std::collections::{HashMap, HashSet};

use super::engine::Payouts;
use super::result::{EarningLine, LineKind, LineRow, RunResult, Source};
use super::snapshot::{Amounts, OriginalLine, Snapshot, StateEntry, Takeback};
use crate::domain::calendar::Day;
use crate::domain::ids::{LineId, MemberId, OrderId};
use crate::domain::run::PeriodKind;

/// What a run paid a member under a bonus.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PaidAmount {
    /// Over which kind of period the run was.
    pub kind: PeriodKind,
    /// The last day of that period.
    pub ended: Day,
    /// Who was paid.
    pub member: MemberId,
    /// Code of the bonus.
    pub bonus: String,
}

/// The amounts that are reached, each once.
pub struct Reach {
    payouts: Payouts,
    known: HashSet<PaidAmount>,
    open: Vec<PaidAmount>,
}

impl Reach {
    /// Nothing yet. What the last run remembers says which runs paid out what waited.
    pub fn new(state_keys: &[String], state: &[StateEntry]) -> Self {
        Self { payouts: Payouts::of(state_keys, state), known: HashSet::new(), open: Vec::new() }
    }

    /// Reaches what a line paid, and what it took from its source if it did.
    pub fn add(&mut self, line: &OriginalLine) {
        for member in [Some(line.member), line.from].into_iter().flatten() {
            let amount = PaidAmount { kind: line.kind, ended: line.ended, member, bonus: line.bonus.clone() };
            let mut open = vec![amount];
            while let Some(amount) = open.pop() {
                if !self.known.insert(amount.clone()) {
                    continue;
                }
                let kind = amount.kind;
                self.payouts.of_amount(
                    (kind, amount.member, amount.ended),
                    &amount.bonus,
                    &mut |member, bonus, ended| {
                        open.push(PaidAmount { kind, ended, member, bonus: bonus.to_owned() });
                    },
                );
                self.open.push(amount);
            }
        }
    }

    /// The amounts reached since the last time.
    pub fn next(&mut self) -> Vec<PaidAmount> {
        std::mem::take(&mut self.open)
    }
}

/// A line of an earlier run as it is stored.
pub fn original(
    row: &LineRow<'_>,
    id: LineId,
    snapshot: &Snapshot,
    (base_taken, taken_minor): (i64, i64),
) -> OriginalLine {
    OriginalLine {
        id,
        kind: snapshot.period.kind,
        ended: snapshot.period.last,
        member: row.member,
        bonus: row.bonus.to_owned(),
        on: row.on.map(ToOwned::to_owned),
        from: row.from,
        level: row.level,
        base: row.base,
        base_kind: row.base_kind,
        rate: row.rate,
        amount_minor: row.amount_minor,
        line: row.line.to_owned(),
        base_taken,
        taken_minor,
        unpaid: Amounts::default(),
    }
}

/// A period that was run in memory.
pub trait Ran {
    /// What was frozen.
    fn snapshot(&self) -> &Snapshot;
    /// What the run found.
    fn result(&self) -> &RunResult;
}

/// The lines of periods that were run in memory.
pub struct Originals<'a, R> {
    periods: &'a [R],
    /// How much of each line these periods took back: base and amount, both positive.
    taken: HashMap<LineId, (i64, i64)>,
}

impl<'a, R: Ran> Originals<'a, R> {
    /// Over some periods, in their order.
    pub fn new(periods: &'a [R]) -> Self {
        let mut taken: HashMap<LineId, (i64, i64)> = HashMap::new();
        for result in periods.iter().map(Ran::result) {
            for line in result.lines.iter() {
                let Source::Takeback(at) = line.source() else { continue };
                if let Some(id) = result.taken[at as usize].line {
                    let (base, amount) = taken.entry(id).or_default();
                    (*base, *amount) = (base.saturating_sub(line.base), amount.saturating_sub(line.amount_minor));
                }
            }
        }
        Self { periods, taken }
    }

    /// How much of a line these periods took back: base and amount, both positive.
    pub fn taken(&self, id: LineId) -> (i64, i64) {
        self.taken.get(&id).copied().unwrap_or_default()
    }

    fn original(&self, place: usize, index: usize) -> OriginalLine {
        let (snapshot, id) = (self.periods[place].snapshot(), name(place, index));
        original(&self.periods[place].result().row(snapshot, index), id, snapshot, self.taken(id))
    }

    /// What a period paid on the orders that are chosen by their place in its snapshot, each line with its order.
    pub fn of_orders(&self, place: usize, chosen: impl Fn(u32) -> bool) -> Vec<(OrderId, OriginalLine)> {
        let (snapshot, result) = (self.periods[place].snapshot(), self.periods[place].result());
        let mut found = Vec::new();
        for (index, line) in result.lines.iter().enumerate().filter(|(_, line)| line.kind == LineKind::Earned) {
            if let Source::Order(at) = line.source()
                && chosen(at)
            {
                found.push((snapshot.orders[at as usize].id, self.original(place, index)));
            }
        }
        found
    }

    /// The lines on the amounts of other bonuses that takebacks may reach, by way of lines that are known already too.
    pub fn on_amounts(&self, takebacks: &[Takeback], known: &[OriginalLine], mut reach: Reach) -> Vec<OriginalLine> {
        let on: HashMap<PaidAmount, Vec<(usize, usize)>> = self.sorted();
        takebacks.iter().flat_map(|takeback| &takeback.lines).chain(known).for_each(|line| reach.add(line));
        let mut found = Vec::new();
        loop {
            let open = reach.next();
            if open.is_empty() {
                return found;
            }
            for (place, index) in open.iter().filter_map(|amount| on.get(amount)).flatten() {
                let line = self.original(*place, *index);
                reach.add(&line);
                found.push(line);
            }
        }
    }

    /// Every line on an amount of another bonus, by this.
    fn sorted(&self) -> HashMap<PaidAmount, Vec<(usize, usize)>> {
        let mut on: HashMap<PaidAmount, Vec<(usize, usize)>> = HashMap::new();
        for (place, period) in self.periods.iter().enumerate() {
            let (snapshot, result) = (period.snapshot(), period.result());
            let wanted = |line: &EarningLine| line.on().is_some() && line.source() == Source::Period;
            let wanted = |line: &EarningLine| wanted(line) && line.kind == LineKind::Earned;
            for (index, _) in result.lines.iter().enumerate().filter(|(_, line)| wanted(line)) {
                let row = result.row(snapshot, index);
                if let (Some(bonus), Some(member)) = (row.on, row.from) {
                    let (kind, ended, bonus) = (snapshot.period.kind, snapshot.period.last, bonus.to_owned());
                    on.entry(PaidAmount { kind, ended, member, bonus }).or_default().push((place, index));
                }
            }
        }
        on
    }
}

/// A number for a line that is in no database; stored lines have positive ones.
fn name(place: usize, index: usize) -> LineId {
    let of = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    LineId(-(of(place).saturating_mul(1 << 40).saturating_add(of(index)).saturating_add(1)))
}
