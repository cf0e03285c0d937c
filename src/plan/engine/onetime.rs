//! One-time bonuses for a rank that was reached and held.

use super::fault::RunFault;
use super::memory::Memory;
use super::rates::Rates;
use super::standing::{NoValue, Standing};
use crate::plan::checked::BonusSource;
use crate::plan::result::{BaseKind, EarningLine, LineKind, Source};

/// Pays a rank bonus to everybody who has just held a rank for long enough and was never paid for it.
/// Where skipped ranks are not paid, they are settled with the higher one.
pub fn pay(
    standing: &Standing<'_>,
    place: u16,
    memory: &mut Memory,
    rates: &mut Rates,
    notes: &mut Vec<String>,
    arithmetic: &dyn Fn(usize) -> RunFault,
) -> Result<Vec<EarningLine>, RunFault> {
    let bonus = &standing.plan.bonuses[usize::from(place)];
    let BonusSource::Ranks { held, skipped } = bonus.source else {
        return Ok(Vec::new());
    };
    let first_note = notes.len();
    let periods = if held == 1 { "reached".to_owned() } else { format!("held for {held} periods") };
    notes.extend(
        bonus.rates.iter().map(|row| {
            format!("{} ({}), {} {periods}, earner: {}", bonus.rule, bonus.code, row.label, bonus.earner_text)
        }),
    );
    let mut lines = Vec::new();
    for (member, index) in (0..standing.field.len()).zip(0_u32..) {
        if !standing.field.may_earn[member] || standing.paid[member] == 0 {
            continue;
        }
        let mut due: Vec<usize> = Vec::new();
        for (at, row) in bonus.rates.iter().enumerate() {
            let Some(rank) = row.rank else { continue };
            let periods = standing.held[usize::from(rank)][member];
            if periods >= u32::from(held) && !memory.is_paid(index, place, rank) {
                due.push(at);
            }
        }
        if due.is_empty() || !standing.holds(&bonus.earner, member, None).map_err(|NoValue| arithmetic(member))? {
            continue;
        }
        let highest = due.last().copied();
        for at in due {
            let row = &bonus.rates[at];
            memory.pay(index, place, row.rank.unwrap_or_default());
            if !skipped && Some(at) != highest {
                continue;
            }
            let Some(cell) = row.cells.first() else {
                continue;
            };
            let amount = standing.number(cell, member, None).map_err(|NoValue| arithmetic(member))?;
            let overflow = || RunFault::overflow(&format!("an amount of bonus {}", bonus.code));
            let factor = rates.factor(amount, BaseKind::Fixed).ok_or_else(overflow)?;
            let amount_minor = factor.amount(1, rates.rounding).ok_or_else(overflow)?;
            let note = u16::try_from(first_note + at).unwrap_or(u16::MAX);
            lines.push(line(index, place, factor.rate, amount_minor, note));
        }
    }
    Ok(lines)
}

fn line(member: u32, bonus: u16, rate: u32, amount_minor: i64, note: u16) -> EarningLine {
    EarningLine {
        member,
        from: None,
        source: Source::Period,
        base: amount_minor,
        amount_minor,
        rate,
        passed_from: 0,
        passed_count: 0,
        passed_more: 0,
        original: 0,
        bonus,
        on: None,
        level: 0,
        note,
        kind: LineKind::Earned,
        base_kind: BaseKind::Fixed,
    }
}
