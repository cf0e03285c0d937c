//! Bonuses in the order of calculation: items to pay on, walks, amounts for other bonuses, limits, then clawbacks.

use std::num::NonZeroU16;
use std::ops::Range;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::caps;
use super::clawback::{self, Clawbacks};
use super::fault::RunFault;
use super::found::{Found, Item, Items};
use super::gather;
use super::holds;
use super::memory::Memory;
use super::orders::{self, Back};
use super::rates::{REST, Rates};
use super::rounding;
use super::settle;
use super::standing::Standing;
use super::values::{At, NoValue, margin};
use super::volumes::in_places;
use super::walk::{Walker, Workshop};
use super::wallets;
use super::watch::Watch;
use super::{onetime, pool};
use crate::domain::money::Volume;
use crate::plan::checked::{Bonus, BonusSource, CustomerOrders, Returns, Step};
use crate::plan::climb::Reason;
use crate::plan::expr::{Num, TreeRef};
use crate::plan::lines::Lines;
use crate::plan::parallel::{in_parallel, joined, stretches};
use crate::plan::result::{BaseKind, LineKind, Source, Split};
use crate::plan::snapshot::Snapshot;

/// What all bonuses together paid. Members and orders by index.
pub struct Paid {
    /// Lines per bonus of the plan, in the order of the file.
    pub lines: Vec<Lines>,
    /// Lines that take back.
    pub clawbacks: Clawbacks,
    /// Per bonus, if somebody walked: in which tree, and why each member is passed over.
    pub ways: Vec<Option<(TreeRef, Vec<Reason>)>>,
    /// What nobody qualified for, per bonus.
    pub breakage: Vec<Decimal>,
    /// Rates used.
    pub rates: Rates,
    /// Sentences for traces.
    pub notes: Vec<String>,
    /// What pools did not pay out, per bonus.
    pub leftover: Vec<i64>,
    /// What goes into wallets.
    pub splits: Vec<Split>,
    /// For the next run.
    pub memory: Memory,
}

/// Pays every bonus.
pub fn pay(
    standing: &mut Standing<'_>,
    snapshot: &Snapshot,
    memory: Memory,
    threads: usize,
    watch: &mut dyn Watch,
) -> Result<Paid, RunFault> {
    let plan = standing.plan;
    let mut paid = Paid {
        lines: plan.bonuses.iter().map(|_| Lines::default()).collect(),
        clawbacks: Clawbacks { lines: Vec::new(), taken: Vec::new(), former: Vec::new() },
        ways: plan.bonuses.iter().map(|_| None).collect(),
        breakage: vec![Decimal::ZERO; plan.bonuses.len()],
        rates: Rates::new(),
        notes: Vec::new(),
        leftover: vec![0; plan.bonuses.len()],
        splits: Vec::new(),
        memory,
    };
    // What came back is taken from what waits before anything of it is paid.
    if plan.returns == Returns::TakeBack && !snapshot.takebacks.is_empty() {
        paid.clawbacks = clawback::take_back(standing, snapshot, &mut paid)?;
    }
    let matched = matched(standing, snapshot, threads)?;
    let wanted = wanted(standing);
    let mut steps = Steps { snapshot, matched, threads, gathered: vec![false; plan.aggregates.len()] };
    for step in &plan.order {
        if !steps.take(*step, standing, &mut paid, watch)? {
            continue;
        }
        let changed: &[u16] = match step {
            Step::Bonus(place) => std::slice::from_ref(place),
            Step::Larger(place) => &plan.larger[usize::from(*place)],
            Step::Cap(place) => &plan.caps[usize::from(*place)].of,
            Step::Hold(place) => &plan.holds[usize::from(*place)].of,
        };
        for place in changed.iter().map(|place| usize::from(*place)).filter(|place| wanted[*place]) {
            note_amounts(standing, place, &paid)?;
        }
    }
    gather_for(standing, snapshot, &mut steps.gathered, |see| {
        plan.remembered.iter().for_each(|remembered| remembered.num.numbers(see));
        plan.wallets.iter().for_each(|wallet| wallet.numbers(see));
    })?;
    for (lines, _) in paid.lines.iter_mut().zip(&plan.bonuses).filter(|(_, bonus)| bonus.points) {
        lines.clear();
    }
    if rounding::of_totals(standing, &mut paid)? {
        for place in (0..plan.bonuses.len()).filter(|place| wanted[*place] && !plan.bonuses[*place].points) {
            note_amounts(standing, place, &paid)?;
        }
    }
    paid.memory.note_taken(&paid.clawbacks.lines);
    paid.splits = wallets::split(standing, snapshot, &mut paid)?;
    Ok(paid)
}

/// Notes what a bonus gives everybody, for expressions and for what runs remember.
fn note_amounts(standing: &mut Standing<'_>, place: usize, paid: &Paid) -> Result<(), RunFault> {
    standing.amounts[place] = settle::sums(standing, &paid.lines[place])?;
    let total = standing.amounts[place].iter().try_fold(0_i64, |sum, part| sum.checked_add(*part));
    standing.totals[place] = total.ok_or_else(|| RunFault::overflow("what everybody earned"))?;
    Ok(())
}

/// What the steps of a run need besides what is known of the members.
struct Steps<'a> {
    snapshot: &'a Snapshot,
    /// Per bonus, which orders its condition chooses.
    matched: Vec<Vec<bool>>,
    threads: usize,
    /// Sums over amounts that are there already.
    gathered: Vec<bool>,
}

impl Steps<'_> {
    /// Takes one step; `false` where this run does not take it.
    fn take(
        &mut self,
        step: Step,
        standing: &mut Standing<'_>,
        paid: &mut Paid,
        watch: &mut dyn Watch,
    ) -> Result<bool, RunFault> {
        let (plan, snapshot, gathered) = (standing.plan, self.snapshot, &mut self.gathered);
        match step {
            Step::Bonus(place) => {
                let at = usize::from(place);
                let bonus = &plan.bonuses[at];
                if bonus.period.is_some_and(|kind| kind != snapshot.period.kind) {
                    return Ok(false);
                }
                gather_for(standing, snapshot, gathered, |see| bonus.numbers(see))?;
                one(standing, snapshot, place, &self.matched, self.threads, paid, watch)?;
                (standing.leftover[at], standing.breakage[at]) = (paid.leftover[at], paid.breakage[at]);
                settle::bonus(standing, snapshot, place, paid)?;
            }
            Step::Larger(place) => settle::larger(standing, &plan.larger[usize::from(place)], paid)?,
            Step::Cap(place) => {
                let cap = &plan.caps[usize::from(place)];
                gather_for(standing, snapshot, gathered, |see| cap.limit.numbers(see))?;
                caps::apply(standing, snapshot, cap, paid)?;
            }
            Step::Hold(place) => {
                let hold = &plan.holds[usize::from(place)];
                gather_for(standing, snapshot, gathered, |see| hold.numbers(see))?;
                holds::apply(standing, snapshot, hold, paid)?;
            }
        }
        Ok(true)
    }
}

/// Bonuses whose amounts are read by expressions or remembered, and points, which nothing else keeps.
fn wanted(standing: &Standing<'_>) -> Vec<bool> {
    let mut wanted: Vec<bool> = standing.plan.bonuses.iter().map(|bonus| bonus.points).collect();
    standing.plan.numbers(&mut |num| {
        if let Num::Bonus(bonus) | Num::Total(bonus) | Num::PaidEver(bonus) | Num::PaidWithin(bonus, _) = num {
            wanted[usize::from(*bonus)] = true;
        }
    });
    wanted
}

/// Makes the sums over amounts that expressions read and that are not there yet.
fn gather_for(
    standing: &mut Standing<'_>,
    snapshot: &Snapshot,
    gathered: &mut [bool],
    numbers: impl FnOnce(&mut dyn FnMut(&Num)),
) -> Result<(), RunFault> {
    for place in super::amounts_read(standing.plan, numbers) {
        if !std::mem::replace(&mut gathered[place], true) {
            gather::all(standing, snapshot, place)?;
        }
    }
    Ok(())
}

/// Pays one bonus, as if it had no limits.
fn one(
    standing: &Standing<'_>,
    snapshot: &Snapshot,
    place: u16,
    matched: &[Vec<bool>],
    threads: usize,
    paid: &mut Paid,
    watch: &mut dyn Watch,
) -> Result<(), RunFault> {
    let bonus = &standing.plan.bonuses[usize::from(place)];
    let arithmetic = |member: usize| fault(standing, snapshot, bonus, member);
    let Paid { memory, rates, notes, .. } = paid;
    let mut shop = Workshop { rates, notes, arithmetic: &arithmetic, threads };
    let made = match &bonus.source {
        BonusSource::Ranks { .. } => {
            paid.lines[usize::from(place)] = onetime::pay(standing, place, memory, &mut shop)?.into();
            return Ok(());
        }
        BonusSource::Pool { amount, shares, most } => {
            let pool = pool::Pool { amount, shares, most: most.as_ref() };
            let (lines, left) = pool::pay(standing, place, &pool, &mut shop)?;
            (paid.lines[usize::from(place)], paid.leftover[usize::from(place)]) = (lines.into(), left);
            return Ok(());
        }
        BonusSource::Amounts(of, only) => amounts(standing, of, only, &paid.lines, &arithmetic)?,
        BonusSource::Members(only) => members(standing, bonus, only, &arithmetic)?,
        BonusSource::Orders(_) => Vec::new(),
    };
    let items = match &bonus.source {
        BonusSource::Orders(_) => {
            let some = |some: Range<usize>| orders(standing, bonus, usize::from(place), matched, some, &arithmetic);
            Items::from_each(standing.field.orders.buyer.len(), some)
        }
        _ => Items::made(&made),
    };
    let walker = Walker::new(standing, place, &mut shop)?;
    watch.walk(&walker, &items)?;
    let parts = walker.walk(&items, threads).map_err(|fault| fault.named(standing.field, snapshot))?;
    let mut all = Found::new(walker.written_levels);
    for part in parts {
        all.add_breakage(&part)?;
        paid.keep(usize::from(place), part)?;
    }
    paid.breakage[usize::from(place)] = breakage(standing, bonus, &all, &walker.top_rates())?;
    paid.ways[usize::from(place)] = Some((bonus.walk.tree, walker.reasons()));
    Ok(())
}

impl Paid {
    fn keep(&mut self, place: usize, found: Found) -> Result<(), RunFault> {
        let Found { mut lines, rates, .. } = found;
        for (line, rate) in rates {
            lines[line].rate = self.rates.place(rate).ok_or_else(|| RunFault::overflow("the number of rates"))?;
        }
        self.lines[place].append(lines);
        Ok(())
    }
}

fn fault(standing: &Standing<'_>, snapshot: &Snapshot, bonus: &Bonus, member: usize) -> RunFault {
    let number = standing.field.number(snapshot, member).to_owned();
    RunFault::Arithmetic { place: format!("bonus {}", bonus.code), member: number }
}

/// For each bonus, which orders its condition chooses.
fn matched(standing: &Standing<'_>, snapshot: &Snapshot, threads: usize) -> Result<Vec<Vec<bool>>, RunFault> {
    let buyers = &standing.field.orders.buyer;
    let mut all = Vec::new();
    for bonus in &standing.plan.bonuses {
        let BonusSource::Orders(cond) = &bonus.source else {
            all.push(Vec::new());
            continue;
        };
        let one = |order: usize| {
            let buyer = buyers[order] as usize;
            standing.holds(cond, buyer, At::order(order)).map_err(|NoValue| fault(standing, snapshot, bonus, buyer))
        };
        let some = |orders: Range<usize>| orders.map(one).collect::<Result<Vec<_>, _>>();
        let parts = in_parallel(threads, stretches(buyers.len(), Items::PART), some);
        all.push(joined(parts.into_iter().collect::<Result<_, _>>()?));
    }
    Ok(all)
}

/// What a bonus pays on, of some orders.
fn orders(
    standing: &Standing<'_>,
    bonus: &Bonus,
    place: usize,
    matched: &[Vec<bool>],
    some: Range<usize>,
    arithmetic: &dyn Fn(usize) -> RunFault,
) -> Result<Vec<Item>, RunFault> {
    let orders = &standing.field.orders;
    let once = once(bonus);
    let chosen = |order: usize| {
        let is = |bonus: usize| matched[bonus].get(order).copied().unwrap_or(false);
        is(place) && !bonus.without.iter().any(|other| is(usize::from(*other)))
    };
    let mut items = Vec::with_capacity(some.len());
    for order in some {
        let buyer = &orders.buyer[order];
        let unpaid = match orders.back(order) {
            Back::No => false,
            // So many points for an order stay while some of it does.
            Back::Part => !bonus.points || bonus.base == BaseKind::Fixed,
            Back::Whole => !bonus.points,
        };
        let again = || once && (orders.first(order)..order).any(chosen);
        if !chosen(order) || unpaid || again() {
            continue;
        }
        let amounts = &orders.amounts[order];
        let base = match bonus.base {
            BaseKind::Cv => amounts.cv.0,
            BaseKind::Qv => amounts.qv.0,
            BaseKind::Paid => amounts.paid_minor,
            BaseKind::Margin => margin(amounts).ok_or_else(|| RunFault::overflow("the margin of an order"))?,
            BaseKind::Fixed => amounts.paid_minor.signum(),
            _ => 0,
        };
        let (base, rest) = match bonus.base {
            BaseKind::Points | BaseKind::Money => worked_out(standing, bonus, *buyer, At::order(order), arithmetic)?,
            _ => (base, 0),
        };
        let whose = orders.whose(order, bonus.counts_for);
        let start = match bonus.walk.customers {
            CustomerOrders::Level => whose,
            CustomerOrders::Own => whose.and_then(|whose| standing.seller(whose)),
        };
        if let Some(start) = start.filter(|_| base != 0) {
            let index = u32::try_from(order).unwrap_or(u32::MAX);
            items.push(Item {
                start,
                from: *buyer,
                base,
                rest,
                source: Source::Order(index),
                on: None,
                kind: kind_of(base),
            });
        }
    }
    Ok(items)
}

/// What is less than nothing came back.
const fn kind_of(base: i64) -> LineKind {
    if base < 0 { LineKind::Clawback } else { LineKind::Earned }
}

/// Whether a bonus pays for an order once, however many product lines it has: nothing in base and rates asks about goods.
pub fn once(bonus: &Bonus) -> bool {
    let goods = match bonus.base {
        BaseKind::Fixed => false,
        _ => bonus.base_of.as_ref().is_none_or(orders::reads_goods),
    };
    !goods && !bonus.rates.iter().flat_map(|row| &row.cells).any(orders::reads_goods)
}

/// A base that an expression gives, in ten-thousandths, and what these leave out, in billionths of one.
fn worked_out(
    standing: &Standing<'_>,
    bonus: &Bonus,
    member: u32,
    at: At,
    arithmetic: &dyn Fn(usize) -> RunFault,
) -> Result<(i64, i32), RunFault> {
    let Some(num) = &bonus.base_of else { return Ok((1, 0)) };
    let value = standing.number(num, member as usize, at).map_err(|NoValue| arithmetic(member as usize))?;
    let base = in_places(value).ok_or_else(|| RunFault::overflow(&format!("a base of bonus {}", bonus.code)))?;
    let rest = value.checked_sub(Volume(base).to_decimal());
    let rest = rest.and_then(|rest| rest.checked_mul(Decimal::from(10_i64.pow(Volume::PLACES) * REST)));
    Ok((base, rest.and_then(|rest| rest.round().to_i32()).unwrap_or(0)))
}

/// The members that a bonus pays on.
fn members(
    standing: &Standing<'_>,
    bonus: &Bonus,
    only: &crate::plan::expr::Cond,
    arithmetic: &dyn Fn(usize) -> RunFault,
) -> Result<Vec<Item>, RunFault> {
    let mut items = Vec::new();
    for (index, member) in (0_u32..).zip(0..standing.field.len()) {
        if !standing.holds(only, member, At::MEMBER).map_err(|NoValue| arithmetic(member))? {
            continue;
        }
        let (base, rest) = worked_out(standing, bonus, index, At::MEMBER, arithmetic)?;
        // A guarantee is owed by who has nothing of its own to pass up too.
        if base != 0 || bonus.guarantee.is_some() {
            let kind = kind_of(base);
            items.push(Item { start: index, from: index, base, rest, source: Source::Period, on: None, kind });
        }
    }
    Ok(items)
}

/// What each member got under the named bonuses: one item per bonus for what was earned, and one for
/// what unlinked returns took, so that a match gives two lines and never a netted one.
fn amounts(
    standing: &Standing<'_>,
    of: &[u16],
    only: &crate::plan::expr::Cond,
    lines: &[Lines],
    arithmetic: &dyn Fn(usize) -> RunFault,
) -> Result<Vec<Item>, RunFault> {
    let mut chosen = Vec::with_capacity(standing.field.len());
    for member in 0..standing.field.len() {
        chosen.push(standing.holds(only, member, At::MEMBER).map_err(|NoValue| arithmetic(member))?);
    }
    let mut items = Vec::new();
    for on in of {
        let mut sums = vec![(0_i64, 0_i64); standing.field.len()];
        for line in lines[usize::from(*on)].iter() {
            let sum = &mut sums[line.member as usize];
            let side = if line.kind == LineKind::Clawback { &mut sum.1 } else { &mut sum.0 };
            *side = side.checked_add(line.amount_minor).ok_or_else(|| RunFault::overflow("what a member earned"))?;
        }
        for (member, (earned, returned)) in (0_u32..).zip(sums) {
            for (base, kind) in [(earned, LineKind::Earned), (returned, LineKind::Clawback)] {
                if base != 0 && chosen[member as usize] {
                    items.push(Item {
                        start: member,
                        from: member,
                        base,
                        rest: 0,
                        source: Source::Period,
                        on: NonZeroU16::new(on.saturating_add(1)),
                        kind,
                    });
                }
            }
        }
    }
    Ok(items)
}

fn breakage(standing: &Standing<'_>, bonus: &Bonus, found: &Found, top: &[Decimal]) -> Result<Decimal, RunFault> {
    let overflow = || RunFault::overflow(&format!("the breakage of bonus {}", bonus.code));
    let value = if bonus.base.is_volume() { standing.plan.point_value } else { Decimal::ONE };
    let mut sum = found.unclaimed.checked_mul(value).ok_or_else(overflow)?;
    for (base, rate) in found.breakage.iter().zip(top) {
        let scale = match bonus.base {
            kind if kind.has_four_places() => Volume::PLACES,
            BaseKind::Fixed => 0,
            _ => standing.currency.places(),
        };
        let base = Decimal::try_from_i128_with_scale(*base, scale).map_err(|_| overflow())?;
        let part = base.checked_mul(*rate).and_then(|part| part.checked_mul(value)).ok_or_else(overflow)?;
        sum = sum.checked_add(part).ok_or_else(overflow)?;
    }
    Ok(sum.normalize())
}
