//! What becomes of a bonus's amounts before anything else reads them: guarantees, amounts taken from the
//! source, the larger of several.

use super::bonuses::Paid;
use super::fault::RunFault;
use super::guarantee;
use super::holds;
use super::rounding;
use super::standing::Standing;
use super::values::{At, NoValue};
use super::volumes::in_places;
use rust_decimal::Decimal;

use crate::plan::checked::Bonus;
use crate::plan::lines::Lines;
use crate::plan::result::EarningLine;
use crate::plan::snapshot::Snapshot;

/// Sums of lines by member.
pub fn sums(standing: &Standing<'_>, lines: &Lines) -> Result<Vec<i64>, RunFault> {
    let mut sums = vec![0_i64; standing.field.len()];
    for line in lines.iter() {
        let slot = &mut sums[line.member as usize];
        *slot = slot.checked_add(line.amount_minor).ok_or_else(|| RunFault::overflow("what a member earned"))?;
    }
    Ok(sums)
}

/// Settles a bonus whose lines are there.
pub fn bonus(standing: &mut Standing<'_>, snapshot: &Snapshot, place: u16, paid: &mut Paid) -> Result<(), RunFault> {
    let (plan, field) = (standing.plan, standing.field);
    let bonus = &plan.bonuses[usize::from(place)];
    let arithmetic = |member: usize| RunFault::Arithmetic {
        place: format!("bonus {}", bonus.code),
        member: field.number(snapshot, member).to_owned(),
    };
    rounding::of_bonus(standing, place, paid)?;
    if bonus.guarantee.is_some() {
        guarantee::pass_up(standing, place, bonus, paid, &arithmetic)?;
    }
    if bonus.from_source {
        take_from_source(&mut paid.lines[usize::from(place)]);
    }
    if bonus.at_least.is_some() {
        fill_up(standing, place, bonus, paid, &arithmetic)?;
    }
    if bonus.hold_until.is_some() {
        holds::of_bonus(standing, place, bonus, paid, &arithmetic)?;
    }
    Ok(())
}

/// For every amount that somebody got from somebody else, the same amount less for that one.
fn take_from_source(lines: &mut Lines) {
    let taken: Vec<EarningLine> = lines
        .iter()
        .filter_map(|line| {
            let from = line.from().filter(|from| *from != line.member)?;
            let (base, amount_minor) = (-line.base, -line.amount_minor);
            let taken = EarningLine { member: from, base, amount_minor, ..*line };
            // It is on nobody's amounts: goods that come back find the line that gave, and this one with it.
            Some(taken.of(Some(line.member)).found_above(None, false).on_amounts(None))
        })
        .collect();
    lines.extend(taken);
}

/// A sum of money in minor units, or of points in ten-thousandths.
pub fn rounded(standing: &Standing<'_>, value: Decimal, points: bool) -> Result<i64, RunFault> {
    if points {
        return in_places(value).ok_or_else(|| RunFault::overflow("a sum of points"));
    }
    Ok(standing.currency.round(value, standing.plan.rounding)?)
}

/// A line of a fixed sum.
pub fn fixed(member: u32, bonus: u16, amount_minor: i64, rate: u32, note: u16) -> EarningLine {
    EarningLine { base: amount_minor, amount_minor, rate, note, ..EarningLine::blank(member, bonus) }
}

/// Adds a line of a fixed sum with a sentence of its own.
pub fn add_fixed(
    standing: &Standing<'_>,
    paid: &mut Paid,
    place: u16,
    member: u32,
    amount: i64,
    note: u16,
) -> Result<(), RunFault> {
    let rate = paid.rates.place(standing.money_or_points(place, amount));
    let rate = rate.ok_or_else(|| RunFault::overflow("the number of rates"))?;
    paid.lines[usize::from(place)].push(fixed(member, place, amount, rate, note));
    Ok(())
}

/// A sentence for traces.
pub fn note(paid: &mut Paid, text: String) -> u16 {
    let place = paid.notes.iter().rposition(|known| *known == text).unwrap_or_else(|| {
        paid.notes.push(text);
        paid.notes.len() - 1
    });
    u16::try_from(place).unwrap_or(u16::MAX)
}

/// Fills up what a member gets to the guaranteed sum.
fn fill_up(
    standing: &Standing<'_>,
    place: u16,
    bonus: &Bonus,
    paid: &mut Paid,
    arithmetic: &dyn Fn(usize) -> RunFault,
) -> Result<(), RunFault> {
    let Some(least) = &bonus.at_least else { return Ok(()) };
    let sums = sums(standing, &paid.lines[usize::from(place)])?;
    let note = note(paid, format!("{} ({}), filled up to the guaranteed sum", bonus.rule, bonus.code));
    for (index, member) in (0_u32..).zip(0..standing.field.len()) {
        let qualified = standing.field.may_earn[member]
            && standing.holds(&bonus.earner, member, At::MEMBER).map_err(|NoValue| arithmetic(member))?;
        if !qualified {
            continue;
        }
        let least = standing.number(least, member, At::MEMBER).map_err(|NoValue| arithmetic(member))?;
        let least = rounded(standing, least, bonus.points)?;
        if least > sums[member] {
            add_fixed(standing, paid, place, index, least - sums[member], note)?;
        }
    }
    Ok(())
}

/// Leaves each member only the largest of several bonuses; the first one of equal ones.
pub fn larger(standing: &Standing<'_>, of: &[u16], paid: &mut Paid) -> Result<(), RunFault> {
    let mut all = Vec::new();
    for place in of {
        all.push(sums(standing, &paid.lines[usize::from(*place)])?);
    }
    let best = |member: usize| {
        let largest = all.iter().map(|sums| sums[member]).max().unwrap_or(0);
        all.iter().position(|sums| sums[member] == largest).unwrap_or(0)
    };
    for (place, bonus) in of.iter().enumerate() {
        paid.lines[usize::from(*bonus)].retain(|line| best(line.member as usize) == place);
    }
    Ok(())
}
