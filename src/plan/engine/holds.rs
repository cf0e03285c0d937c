//! Amounts that wait: of one bonus until its condition is met, or of several together until there is enough of them.

use super::bonuses::Paid;
use super::caps;
use super::fault::RunFault;
use super::memory::{HoldKeys, Waits};
use super::settle::{add_fixed, note, rounded, sums};
use super::standing::Standing;
use super::values::{At, NoValue};
use crate::plan::checked::{Bonus, BonusSource, Excess, Hold};
use crate::plan::snapshot::Snapshot;

/// Whether somebody must know which run paid out what waited: a bonus on these amounts, or another thing that lets them
/// wait.
fn is_read(standing: &Standing<'_>, place: u16) -> bool {
    let plan = standing.plan;
    let reads = |bonus: &Bonus| matches!(&bonus.source, BonusSource::Amounts(of, _) if of.contains(&place));
    let own = usize::from(plan.bonuses[usize::from(place)].hold_until.is_some());
    let caps = plan.caps.iter().filter(|cap| cap.excess == Excess::Carried).map(|cap| &cap.of);
    let common = caps.chain(plan.holds.iter().map(|hold| &hold.of)).filter(|of| of.contains(&place)).count();
    plan.bonuses.iter().any(reads) || own + common > 1
}

/// Holds the amounts of those who do not meet the condition, by a line that takes them off, and pays out what was
/// held to those who do.
pub fn of_bonus(
    standing: &mut Standing<'_>,
    place: u16,
    bonus: &Bonus,
    paid: &mut Paid,
    arithmetic: &dyn Fn(usize) -> RunFault,
) -> Result<(), RunFault> {
    let Some(until) = &bonus.hold_until else { return Ok(()) };
    let keys = HoldKeys::of_bonus(bonus);
    let mut waits = paid.memory.waits(&keys);
    let sums = sums(standing, &paid.lines[usize::from(place)])?;
    // The condition may ask what would be paid with what is held.
    standing.amounts[usize::from(place)] = together(&sums, &waits.all);
    let released = note(paid, format!("{} ({}), held in earlier periods and released now", bonus.rule, bonus.code));
    let kept = note(paid, format!("{} ({}), held until its condition is met", bonus.rule, bonus.code));
    for (index, member) in (0_u32..).zip(0..standing.field.len()) {
        if sums[member] == 0 && waits.all[member] == 0 {
            continue;
        }
        let met = standing.field.may_earn[member]
            && standing.holds(until, member, At::MEMBER).map_err(|NoValue| arithmetic(member))?;
        let line = waits.settle(member, sums[member], met)?;
        if line != 0 {
            add_fixed(standing, paid, place, index, line, if met { released } else { kept })?;
        }
    }
    paid.memory.keep_waits(&keys, waits, is_read(standing, place));
    Ok(())
}

/// Lets the amounts of several bonuses wait together, or pays them with what waited. What is less than nothing together
/// waits for nobody: it is settled with what is held at once.
pub fn apply(standing: &mut Standing<'_>, snapshot: &Snapshot, hold: &Hold, paid: &mut Paid) -> Result<(), RunFault> {
    let bonuses = |place: &u16| &standing.plan.bonuses[usize::from(*place)];
    let keys: Vec<HoldKeys> = hold.of.iter().map(|place| HoldKeys::of_hold(hold, bonuses(place))).collect();
    let mut waits: Vec<Waits> = keys.iter().map(|keys| paid.memory.waits(keys)).collect();
    let mut earned = Vec::with_capacity(hold.of.len());
    for place in &hold.of {
        earned.push(sums(standing, &paid.lines[usize::from(*place)])?);
    }
    let owner = caps::owners(standing, hold.per);
    let mut all = vec![0_i64; standing.field.len()];
    for ((place, earned), waits) in hold.of.iter().zip(&earned).zip(&waits) {
        let amounts = together(earned, &waits.all);
        for (owner, amount) in owner.iter().zip(&amounts) {
            let slot = &mut all[*owner as usize];
            *slot = slot.checked_add(*amount).ok_or_else(|| RunFault::overflow("what waits together"))?;
        }
        standing.amounts[usize::from(*place)] = amounts;
    }
    let released = note(paid, format!("held in earlier periods and released now, {}", hold.note()));
    let until = if hold.minimum.is_some() { "there is enough" } else { "its condition is met" };
    let kept = note(paid, format!("held until {until}, {}", hold.note()));
    for (index, member) in (0_u32..).zip(0..standing.field.len()) {
        if earned.iter().chain(waits.iter().map(|waits| &waits.all)).all(|amounts| amounts[member] == 0) {
            continue;
        }
        let owner = owner[member] as usize;
        let met = all[owner] <= 0
            || met(standing, hold, owner, all[owner]).map_err(|fault| fault.at(standing, snapshot, hold, owner))?;
        for (at, place) in hold.of.iter().enumerate() {
            let line = waits[at].settle(member, earned[at][member], met)?;
            if line != 0 {
                add_fixed(standing, paid, *place, index, line, if met { released } else { kept })?;
            }
        }
    }
    for ((keys, waits), place) in keys.iter().zip(waits).zip(&hold.of) {
        paid.memory.keep_waits(keys, waits, is_read(standing, *place));
    }
    Ok(())
}

/// Why it cannot be said whether somebody is paid.
enum Unknown {
    Value,
    Fault(RunFault),
}

impl Unknown {
    fn at(self, standing: &Standing<'_>, snapshot: &Snapshot, hold: &Hold, member: usize) -> RunFault {
        match self {
            Self::Value => RunFault::Arithmetic {
                place: format!("hold {}", hold.name),
                member: standing.field.number(snapshot, member).to_owned(),
            },
            Self::Fault(fault) => fault,
        }
    }
}

/// Whether what a member has together is paid.
fn met(standing: &Standing<'_>, hold: &Hold, member: usize, together: i64) -> Result<bool, Unknown> {
    if !standing.field.may_earn[member] {
        return Ok(false);
    }
    if let Some(minimum) = &hold.minimum {
        let minimum = standing.number(minimum, member, At::MEMBER).map_err(|NoValue| Unknown::Value)?;
        if together < rounded(standing, minimum, false).map_err(Unknown::Fault)? {
            return Ok(false);
        }
    }
    hold.until
        .as_ref()
        .map_or(Ok(true), |until| standing.holds(until, member, At::MEMBER).map_err(|NoValue| Unknown::Value))
}

fn together(sums: &[i64], held: &[i64]) -> Vec<i64> {
    sums.iter().zip(held).map(|(sum, held)| sum.saturating_add(*held)).collect()
}
