//! Rounding of sums: where a plan rounds what a bonus pays a person, or all that a person is paid, once and not line by
//! line. The lines take parts of the rounded sum by their exact amounts, the residue by largest remainder, so that they
//! still add up.

use rust_decimal::Decimal;

use super::bonuses::Paid;
use super::fault::RunFault;
use super::standing::Standing;
use crate::plan::checked::{BonusSource, RoundingOf};
use crate::plan::result::{BaseKind, EarningLine};

/// Rounds what a bonus pays each member.
pub fn of_bonus(standing: &Standing<'_>, place: u16, paid: &mut Paid) -> Result<(), RunFault> {
    if standing.plan.rounding_of != RoundingOf::Bonus {
        return Ok(());
    }
    of_lines(standing, paid, &[place])
}

/// Rounds all that each member is paid, where the plan does so; whether it does.
pub fn of_totals(standing: &Standing<'_>, paid: &mut Paid) -> Result<bool, RunFault> {
    if standing.plan.rounding_of != RoundingOf::Total {
        return Ok(false);
    }
    let all: Vec<u16> = (0_u16..).take(standing.plan.bonuses.len()).collect();
    of_lines(standing, paid, &all)?;
    Ok(true)
}

/// Rounds the sums of the lines of some bonuses, member by member.
fn of_lines(standing: &Standing<'_>, paid: &mut Paid, bonuses: &[u16]) -> Result<(), RunFault> {
    let overflow = || RunFault::overflow("a sum that is rounded");
    let step = step_of(standing);
    let mut all: Vec<(u32, u16, usize)> = Vec::new();
    for bonus in bonuses.iter().filter(|bonus| !standing.plan.bonuses[usize::from(**bonus)].points) {
        let lines = paid.lines[usize::from(*bonus)].iter().enumerate();
        all.extend(lines.map(|(at, line)| (line.member, *bonus, at)));
    }
    all.sort_unstable();
    for own in all.chunk_by(|a, b| a.0 == b.0) {
        let mut exact = Vec::with_capacity(own.len());
        for (_, bonus, at) in own {
            let line = &paid.lines[usize::from(*bonus)][*at];
            let value = exact_of(standing, &paid.rates.list, line).ok_or_else(overflow)?;
            exact.push(value.checked_div(step.into()).ok_or_else(overflow)?);
        }
        let sum = exact.iter().try_fold(Decimal::ZERO, |sum, part| sum.checked_add(*part)).ok_or_else(overflow)?;
        let whole = standing.plan.rounding.whole(sum).ok_or_else(overflow)?;
        let parts = spread(whole, &exact).ok_or_else(overflow)?;
        for ((_, bonus, at), part) in own.iter().zip(parts) {
            if let Some(line) = paid.lines[usize::from(*bonus)].get_mut(*at) {
                line.amount_minor = part.checked_mul(step).ok_or_else(overflow)?;
            }
        }
    }
    Ok(())
}

/// What a line pays before rounding, in minor units. A line that something else has settled, such as a pool, a limit or
/// a guarantee, is exact already.
fn exact_of(standing: &Standing<'_>, rates: &[Decimal], line: &EarningLine) -> Option<Decimal> {
    let settled = Some(Decimal::from(line.amount_minor));
    let bonus = &standing.plan.bonuses[usize::from(line.bonus)];
    let rate = *rates.get(line.rate as usize)?;
    if matches!(bonus.source, BonusSource::Pool { .. }) {
        return settled;
    }
    let exact = if line.base_kind == BaseKind::Fixed {
        let same = line.amount_minor == 0 || rate.is_sign_negative() == (line.amount_minor < 0);
        if same { rate } else { -rate }
    } else {
        let base = line.base_kind.to_decimal(line.base, standing.currency);
        let value = if line.base_kind.is_volume() { standing.plan.point_value } else { Decimal::ONE };
        base.checked_mul(rate)?.checked_mul(value)?
    };
    let exact = exact.checked_mul(Decimal::from(10_i64.pow(standing.currency.places())))?;
    let near = (exact - Decimal::from(line.amount_minor)).abs() <= Decimal::from(step_of(standing));
    if near { Some(exact) } else { settled }
}

/// Amounts are multiples of this.
fn step_of(standing: &Standing<'_>) -> i64 {
    10_i64.pow(standing.currency.places().saturating_sub(standing.plan.places))
}

/// Splits a whole number into whole parts near exact ones that add up to almost the same.
fn spread(whole: i64, exact: &[Decimal]) -> Option<Vec<i64>> {
    let mut parts = Vec::with_capacity(exact.len());
    for part in exact {
        parts.push(i64::try_from(part.floor()).ok()?);
    }
    let mut left = parts.iter().try_fold(whole, |left, part| left.checked_sub(*part))?;
    let mut order: Vec<usize> = (0..exact.len()).collect();
    order.sort_by_key(|at| std::cmp::Reverse(exact[*at] - exact[*at].floor()));
    for at in order {
        if left <= 0 {
            break;
        }
        parts[at] += 1;
        left -= 1;
    }
    Some(parts)
}
