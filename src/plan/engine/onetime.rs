//! One-time bonuses for a rank that was reached and held.

use rust_decimal::Decimal;

use super::fault::RunFault;
use super::memory::Memory;
use super::rates::Scale;
use super::settle::fixed;
use super::standing::Standing;
use super::values::{At, NoValue};
use super::walk::Workshop;
use crate::plan::checked::{Bonus, BonusSource, Missed};
use crate::plan::result::{BaseKind, EarningLine};

/// The instalment that is paid as so manieth: before rounding, and rounded so that all of them add up to the rounded whole.
fn instalment(scale: &Scale, whole: Decimal, shares: &[Decimal], times: i64) -> Option<(Decimal, i64)> {
    let rounded = |amount: Decimal| scale.amount(&scale.factor(amount)?, 1, 0);
    if shares.is_empty() {
        return Some((whole, rounded(whole)?));
    }
    let before = usize::try_from(times).ok()?.saturating_sub(1).min(shares.len() - 1);
    let sum = |count: usize| whole.checked_mul(shares[..count].iter().sum());
    let amount_minor = rounded(sum(before + 1)?)?.checked_sub(rounded(sum(before)?)?)?;
    Some((whole.checked_mul(shares[before])?, amount_minor))
}

/// Forgets what was paid for ranks that are not held any more, so that they are paid anew.
fn forget_lost(standing: &Standing<'_>, place: u16, memory: &mut Memory) {
    let bonus = &standing.plan.bonuses[usize::from(place)];
    for rank in bonus.rates.iter().filter_map(|row| row.rank) {
        for (index, member) in (0_u32..).zip(0..standing.field.len()) {
            if standing.held(rank, standing.plan.ranks_period, member) == 0 && memory.times_paid(index, place, rank) > 0
            {
                memory.pay(index, place, rank, 0);
            }
        }
    }
}

/// The rows of ranks that a member has held for long enough, without those that it has only because they were set.
fn due_rows<'a>(
    standing: &'a Standing<'_>,
    bonus: &'a Bonus,
    member: usize,
    held: u16,
) -> impl Iterator<Item = (usize, u16)> {
    let ranks = bonus.rates.iter().enumerate().filter_map(|(at, row)| Some((at, row.rank?)));
    ranks.filter(move |(_, rank)| {
        let organic = standing.forced[member] == 0 || standing.rank[member] > *rank;
        standing.held(*rank, standing.plan.ranks_period, member) >= i64::from(held) && organic
    })
}

/// Pays a rank bonus to everybody who has just held a rank for long enough and was not paid all of it yet.
/// Where skipped ranks are not paid, they are settled with the higher one.
pub fn pay(
    standing: &Standing<'_>,
    place: u16,
    memory: &mut Memory,
    shop: &mut Workshop<'_>,
) -> Result<Vec<EarningLine>, RunFault> {
    let bonus = &standing.plan.bonuses[usize::from(place)];
    let BonusSource::Ranks { held, skipped, instalments, ref shares, again, missed } = bonus.source else {
        return Ok(Vec::new());
    };
    if again {
        forget_lost(standing, place, memory);
    }
    let first_note = shop.notes.len();
    let periods = if held == 1 { "reached".to_owned() } else { format!("held for {held} periods") };
    shop.notes.extend(
        bonus.rates.iter().map(|row| {
            format!("{} ({}), {} {periods}, earner: {}", bonus.rule, bonus.code, row.label, bonus.earner_text)
        }),
    );
    let scale = Scale::new(standing.plan, BaseKind::Fixed, bonus.points);
    let arithmetic = shop.arithmetic;
    let mut lines = Vec::new();
    for (member, index) in (0..standing.field.len()).zip(0_u32..) {
        let mut due: Vec<usize> = Vec::new();
        if standing.field.may_earn[member] && standing.paid[member] > 0 {
            let held = due_rows(standing, bonus, member, held);
            let open = |rank| memory.times_paid(index, place, rank) < i64::from(instalments);
            due.extend(held.filter(|(_, rank)| open(*rank)).map(|(at, _)| at));
        }
        if !due.is_empty()
            && !standing.holds(&bonus.earner, member, At::MEMBER).map_err(|NoValue| arithmetic(member))?
        {
            due.clear();
        }
        if missed != Missed::Waits {
            let rest = bonus.rates.iter().enumerate().filter(|(at, _)| !due.contains(at));
            for rank in rest.filter_map(|(_, row)| row.rank) {
                let times = memory.times_paid(index, place, rank);
                if (1..i64::from(instalments)).contains(&times) {
                    let gone = if missed == Missed::Ends { i64::from(instalments) } else { times + 1 };
                    memory.pay(index, place, rank, gone);
                }
            }
        }
        let highest = due.last().copied();
        for at in due {
            let row = &bonus.rates[at];
            let rank = row.rank.unwrap_or_default();
            if !skipped && Some(at) != highest {
                memory.pay(index, place, rank, i64::from(instalments));
                continue;
            }
            memory.pay(index, place, rank, memory.times_paid(index, place, rank) + 1);
            let Some(cell) = row.cells.first() else {
                continue;
            };
            let whole = standing.number(cell, member, At::MEMBER).map_err(|NoValue| arithmetic(member))?;
            let overflow = || RunFault::overflow(&format!("an amount of bonus {}", bonus.code));
            let times = memory.times_paid(index, place, rank);
            let (amount, amount_minor) = instalment(&scale, whole, shares, times).ok_or_else(overflow)?;
            let rate = shop.rates.place(amount).ok_or_else(overflow)?;
            let note = u16::try_from(first_note + at).unwrap_or(u16::MAX);
            lines.push(fixed(index, place, amount_minor, rate, note));
        }
    }
    Ok(lines)
}
