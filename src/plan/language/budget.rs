//! Warnings: what a plan may cost at most, and what the law often looks at.

use rust_decimal::Decimal;

use super::source::{Reader, Span};
use crate::domain::order::OrderType;
use crate::plan::checked::{Bonus, BonusSource};
use crate::plan::expr::Cond;

/// Warns about a payout above 100 % of volume and about pay for recruiting.
pub fn warn(reader: &mut Reader<'_>, bonuses: &[(Bonus, Span)]) {
    for (bonus, span) in bonuses {
        if let BonusSource::Orders(cond) = &bonus.source
            && asks_for_enrolment(cond)
        {
            let message = format!("bonus {} pays on enrolment orders", bonus.code);
            reader.warn(span, message, "many countries forbid pay for recruiting; pay on goods that somebody uses");
        }
    }
    let first_span = bonuses.first().map(|(_, span)| span);
    let bonuses: Vec<&Bonus> = bonuses.iter().map(|(bonus, _)| bonus).collect();
    let excluded: Vec<usize> =
        bonuses.iter().flat_map(|bonus| bonus.without.iter().map(|at| usize::from(*at))).collect();
    let first = worst(&bonuses, |at| !excluded.contains(&at));
    let second = worst(&bonuses, |at| bonuses[at].without.is_empty());
    let (Some(first), Some(second)) = (first, second) else {
        return;
    };
    let most = first.max(second);
    if most > Decimal::ONE
        && let Some(span) = first_span
    {
        let share = most.saturating_mul(Decimal::ONE_HUNDRED).normalize();
        let message = format!("the bonuses of this plan can pay {share}% of the volume of an order");
        reader.warn(span, message, "lower a rate, or make sure that the highest rates never meet on one order");
    }
}

/// The largest share of an order's volume that the chosen bonuses can pay, matches included.
fn worst(bonuses: &[&Bonus], chosen: impl Fn(usize) -> bool) -> Option<Decimal> {
    let mut shares: Vec<Decimal> = Vec::new();
    for (at, bonus) in bonuses.iter().enumerate() {
        let orders = matches!(bonus.source, BonusSource::Orders(_));
        let counts = chosen(at) && orders && bonus.base.is_volume() && bonus.base_of.is_none() && !bonus.points;
        shares.push(if counts { highest(bonus)? } else { Decimal::ZERO });
    }
    let volume: Decimal = shares.iter().try_fold(Decimal::ZERO, |sum, share| sum.checked_add(*share))?;
    let mut total = volume;
    for bonus in bonuses {
        if let BonusSource::Amounts(of, _) = &bonus.source {
            for matched in of {
                total = total.checked_add(shares[usize::from(*matched)].checked_mul(highest(bonus)?)?)?;
            }
        }
    }
    Some(total)
}

/// The sum over the levels of the highest rate, or the highest of all where differences are paid; rates that
/// are other expressions than choices count as nothing.
fn highest(bonus: &Bonus) -> Option<Decimal> {
    let best = |level: usize| {
        let rates = bonus.rates.iter().filter_map(|row| row.cells.get(level)?.largest());
        rates.max().unwrap_or(Decimal::ZERO)
    };
    let written = bonus.rates.iter().map(|row| row.cells.len()).max().unwrap_or(0);
    if bonus.walk.difference.is_some() {
        return Some(best(0));
    }
    (0..written).try_fold(Decimal::ZERO, |sum, level| sum.checked_add(best(level)))
}

fn asks_for_enrolment(cond: &Cond) -> bool {
    match cond {
        Cond::Type(kind) => *kind == OrderType::Enrolment,
        Cond::All(parts) | Cond::Any(parts) => parts.iter().any(asks_for_enrolment),
        _ => false,
    }
}
