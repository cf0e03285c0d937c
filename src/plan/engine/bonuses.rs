//! Bonuses in the order of calculation: items to pay on, walks, amounts for matches, then clawbacks.

use rust_decimal::Decimal;

use super::clawback::{self, Clawbacks};
use super::fault::RunFault;
use super::memory::Memory;
use super::onetime;
use super::rates::Rates;
use super::standing::{NoValue, Standing};
use super::walk::{Found, Item, Walker};
use crate::plan::checked::{Bonus, BonusSource, CustomerOrders};
use crate::plan::result::{BaseKind, EarningLine, Passed, Source};
use crate::plan::snapshot::{Amounts, Snapshot};

/// What all bonuses together paid. Members and orders by index.
pub struct Paid {
    /// Lines per bonus of the plan, in the order of the file.
    pub lines: Vec<Vec<EarningLine>>,
    /// Lines that take back.
    pub clawbacks: Clawbacks,
    /// Who was passed over.
    pub passed: Vec<Passed>,
    /// What nobody qualified for, per bonus.
    pub breakage: Vec<Decimal>,
    /// Rates used.
    pub rates: Rates,
    /// Sentences for traces.
    pub notes: Vec<String>,
    /// For the next run.
    pub memory: Memory,
}

/// Pays every bonus.
pub fn pay(standing: &Standing<'_>, snapshot: &Snapshot, memory: Memory, threads: usize) -> Result<Paid, RunFault> {
    let plan = standing.plan;
    let mut paid = Paid {
        lines: plan.bonuses.iter().map(|_| Vec::new()).collect(),
        clawbacks: Clawbacks { lines: Vec::new(), originals: Vec::new(), former: Vec::new() },
        passed: Vec::new(),
        breakage: vec![Decimal::ZERO; plan.bonuses.len()],
        rates: Rates::new(plan.currency, plan.point_value, plan.rounding),
        notes: Vec::new(),
        memory,
    };
    let matched = matched(standing, snapshot)?;
    for place in &plan.order {
        let bonus = &plan.bonuses[usize::from(*place)];
        let arithmetic = |member: usize| fault(standing, snapshot, bonus, member);
        if let BonusSource::Ranks { .. } = bonus.source {
            let Paid { memory, rates, notes, .. } = &mut paid;
            paid.lines[usize::from(*place)] = onetime::pay(standing, *place, memory, rates, notes, &arithmetic)?;
            continue;
        }
        let walker = Walker::new(standing, *place, &mut paid.rates, &mut paid.notes, &arithmetic)?;
        let items = match &bonus.source {
            BonusSource::Amounts(of) => amounts(standing, of, &paid.lines)?,
            _ => orders(standing, bonus, usize::from(*place), &matched)?,
        };
        let found = walker.walk(&items, threads)?;
        let top = walker.top_rates(&paid.rates);
        paid.breakage[usize::from(*place)] = breakage(standing, bonus, &found, &top)?;
        paid.keep(usize::from(*place), found)?;
    }
    paid.clawbacks = clawback::take_back(plan, standing.field, snapshot, &mut paid.rates, &mut paid.notes)?;
    Ok(paid)
}

impl Paid {
    fn keep(&mut self, place: usize, found: Found) -> Result<(), RunFault> {
        let passed = std::mem::take(&mut self.passed);
        let mut all = Found { passed, ..Found::default() };
        all.append(found)?;
        self.passed = all.passed;
        self.lines[place] = all.lines;
        Ok(())
    }
}

fn fault(standing: &Standing<'_>, snapshot: &Snapshot, bonus: &Bonus, member: usize) -> RunFault {
    let number = standing.field.number(snapshot, member).to_owned();
    RunFault::Arithmetic { place: format!("bonus {}", bonus.code), member: number }
}

/// For each bonus, which orders its condition chooses.
fn matched(standing: &Standing<'_>, snapshot: &Snapshot) -> Result<Vec<Vec<bool>>, RunFault> {
    let buyers = &standing.field.orders.buyer;
    let mut all = Vec::new();
    for bonus in &standing.plan.bonuses {
        let mut chosen = Vec::new();
        if let BonusSource::Orders(cond) = &bonus.source {
            chosen.reserve(buyers.len());
            for (order, buyer) in buyers.iter().enumerate() {
                let holds = standing.holds(cond, *buyer as usize, Some(order));
                chosen.push(holds.map_err(|NoValue| fault(standing, snapshot, bonus, *buyer as usize))?);
            }
        }
        all.push(chosen);
    }
    Ok(all)
}

/// The orders that a bonus pays on.
fn orders(standing: &Standing<'_>, bonus: &Bonus, place: usize, matched: &[Vec<bool>]) -> Result<Vec<Item>, RunFault> {
    let orders = &standing.field.orders;
    let mut items = Vec::new();
    for ((index, buyer), order) in (0_u32..).zip(&orders.buyer).zip(0_usize..) {
        let without =
            bonus.without.iter().any(|other| matched[usize::from(*other)].get(order).copied().unwrap_or(false));
        if !matched[place][order] || without {
            continue;
        }
        let base =
            base(bonus.base, &orders.amounts[order]).ok_or_else(|| RunFault::overflow("the margin of an order"))?;
        let start = match bonus.walk.customers {
            CustomerOrders::Level => Some(*buyer),
            CustomerOrders::Own => standing.seller(*buyer),
        };
        if let Some(start) = start.filter(|_| base != 0) {
            items.push(Item { start, from: *buyer, base, source: Source::Order(index), on: None });
        }
    }
    Ok(items)
}

/// What a bonus takes from an order. A margin of the wrong sign is none: nobody pays for goods sold below cost.
fn base(kind: BaseKind, amounts: &Amounts) -> Option<i64> {
    Some(match kind {
        BaseKind::Cv => amounts.cv.0,
        BaseKind::Qv => amounts.qv.0,
        BaseKind::Paid => amounts.paid_minor,
        BaseKind::Margin => {
            let margin = amounts.paid_minor.checked_sub(amounts.wholesale_minor)?;
            if margin.signum() == amounts.paid_minor.signum() { margin } else { 0 }
        }
        BaseKind::Fixed => amounts.paid_minor.signum(),
        BaseKind::Amount => 0,
    })
}

/// What each member got under the named bonuses: one item per bonus for what was earned, and one for
/// what unlinked returns took, so that a match gives two lines and never a netted one.
fn amounts(standing: &Standing<'_>, of: &[u16], lines: &[Vec<EarningLine>]) -> Result<Vec<Item>, RunFault> {
    let mut items = Vec::new();
    for on in of {
        let mut sums = vec![(0_i64, 0_i64); standing.field.len()];
        for line in &lines[usize::from(*on)] {
            let sum = &mut sums[line.member as usize];
            let side = if line.amount_minor < 0 { &mut sum.1 } else { &mut sum.0 };
            *side = side.checked_add(line.amount_minor).ok_or_else(|| RunFault::overflow("what a member earned"))?;
        }
        for (member, (earned, returned)) in (0_u32..).zip(sums) {
            for base in [earned, returned] {
                if base != 0 {
                    items.push(Item { start: member, from: member, base, source: Source::Period, on: Some(*on) });
                }
            }
        }
    }
    Ok(items)
}

fn breakage(standing: &Standing<'_>, bonus: &Bonus, found: &Found, top: &[Decimal]) -> Result<Decimal, RunFault> {
    let overflow = || RunFault::overflow(&format!("the breakage of bonus {}", bonus.code));
    let mut sum = Decimal::ZERO;
    for (base, rate) in found.breakage.iter().zip(top) {
        let (scale, value) = match bonus.base {
            BaseKind::Cv | BaseKind::Qv => (4, standing.plan.point_value),
            BaseKind::Fixed => (0, Decimal::ONE),
            _ => (standing.currency.places(), Decimal::ONE),
        };
        let base = Decimal::try_from_i128_with_scale(*base, scale).map_err(|_| overflow())?;
        let part = base.checked_mul(*rate).and_then(|part| part.checked_mul(value)).ok_or_else(overflow)?;
        sum = sum.checked_add(part).ok_or_else(overflow)?;
    }
    Ok(sum.normalize())
}
