//! Amounts that wait: of one bonus until its condition is met, or of several together until there is enough of them.

use super::bonuses::Paid;
use super::caps;
use super::fault::RunFault;
use super::settle::{add_fixed, note, rounded, sums};
use super::standing::Standing;
use super::values::{At, NoValue};
use crate::plan::checked::{Bonus, Excess, Hold};
use crate::plan::snapshot::Snapshot;

/// The key under which held amounts of a bonus are remembered.
fn held_key(bonus: &Bonus) -> String {
    format!("held-amount:{}", bonus.code)
}

/// The key under which what waits of a bonus together with others is remembered.
fn waits_key(hold: &Hold, bonus: &Bonus) -> String {
    format!("waits:{}:{}", hold.name, bonus.code)
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
    let mut held = paid.memory.column(&held_key(bonus));
    let sums = sums(standing, &paid.lines[usize::from(place)])?;
    // The condition may ask what would be paid with what is held.
    standing.amounts[usize::from(place)] = together(&sums, &held);
    let released = note(paid, format!("{} ({}), held in earlier periods and released now", bonus.rule, bonus.code));
    let kept = note(paid, format!("{} ({}), held until its condition is met", bonus.rule, bonus.code));
    for (index, member) in (0_u32..).zip(0..standing.field.len()) {
        if sums[member] == 0 && held[member] == 0 {
            continue;
        }
        let met = standing.field.may_earn[member]
            && standing.holds(until, member, At::MEMBER).map_err(|NoValue| arithmetic(member))?;
        let line = settle(&mut held[member], sums[member], met)?;
        if line != 0 {
            add_fixed(standing, paid, place, index, line, if met { released } else { kept })?;
        }
    }
    paid.memory.keep_column(&held_key(bonus), &held);
    Ok(())
}

/// Lets the amounts of several bonuses wait together, or pays them with what waited. What is less than nothing together
/// waits for nobody: it is settled with what is held at once.
pub fn apply(standing: &mut Standing<'_>, snapshot: &Snapshot, hold: &Hold, paid: &mut Paid) -> Result<(), RunFault> {
    let bonuses = |place: &u16| &standing.plan.bonuses[usize::from(*place)];
    let keys: Vec<String> = hold.of.iter().map(|place| waits_key(hold, bonuses(place))).collect();
    let mut held: Vec<Vec<i64>> = keys.iter().map(|key| paid.memory.column(key)).collect();
    let mut earned = Vec::with_capacity(hold.of.len());
    for place in &hold.of {
        earned.push(sums(standing, &paid.lines[usize::from(*place)])?);
    }
    let owner = caps::owners(standing, hold.per);
    let mut all = vec![0_i64; standing.field.len()];
    for ((place, earned), held) in hold.of.iter().zip(&earned).zip(&held) {
        let amounts = together(earned, held);
        for (owner, amount) in owner.iter().zip(&amounts) {
            let slot = &mut all[*owner as usize];
            *slot = slot.checked_add(*amount).ok_or_else(|| RunFault::overflow("what waits together"))?;
        }
        standing.amounts[usize::from(*place)] = amounts;
    }
    let released = note(paid, format!("held in earlier periods and released now, {}", hold.note()));
    let kept = note(paid, format!("held until there is enough, {}", hold.note()));
    for (index, member) in (0_u32..).zip(0..standing.field.len()) {
        if earned.iter().chain(&held).all(|amounts| amounts[member] == 0) {
            continue;
        }
        let owner = owner[member] as usize;
        let met = all[owner] <= 0
            || met(standing, hold, owner, all[owner]).map_err(|fault| fault.at(standing, snapshot, hold, owner))?;
        for (at, place) in hold.of.iter().enumerate() {
            let line = settle(&mut held[at][member], earned[at][member], met)?;
            if line != 0 {
                add_fixed(standing, paid, *place, index, line, if met { released } else { kept })?;
            }
        }
    }
    for (key, held) in keys.iter().zip(&held) {
        paid.memory.keep_column(key, held);
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

/// The line that takes off what waits, or pays what waited; `held` is what waits from now on.
fn settle(held: &mut i64, sum: i64, met: bool) -> Result<i64, RunFault> {
    if met {
        return Ok(std::mem::take(held));
    }
    *held = held.checked_add(sum).ok_or_else(|| RunFault::overflow("what is held"))?;
    Ok(-sum)
}

/// What goods that came back take from amounts that are still held, or carried over above a limit, is taken
/// there and not from the member's money.
pub fn take_from_deferred(standing: &Standing<'_>, paid: &mut Paid) -> Result<(), RunFault> {
    let plan = standing.plan;
    let own: Vec<u32> = (0_u32..).take(standing.field.len()).collect();
    for (place, bonus) in (0_u16..).zip(&plan.bonuses).filter(|(_, bonus)| bonus.hold_until.is_some()) {
        offset(standing, &held_key(bonus), &[place], &own, paid)?;
    }
    for hold in &plan.holds {
        for place in &hold.of {
            offset(standing, &waits_key(hold, &plan.bonuses[usize::from(*place)]), &[*place], &own, paid)?;
        }
    }
    for cap in plan.caps.iter().filter(|cap| cap.excess == Excess::Carried) {
        let owner = caps::owners(standing, cap.per);
        offset(standing, &caps::key(cap), &cap.of, &owner, paid)?;
    }
    Ok(())
}

fn offset(standing: &Standing<'_>, key: &str, of: &[u16], owner: &[u32], paid: &mut Paid) -> Result<(), RunFault> {
    let mut deferred = paid.memory.kept(key);
    if deferred.iter().all(|amount| *amount <= 0) {
        return Ok(());
    }
    let taken = note(paid, "taken from what was held for the same bonus".to_owned());
    for at in 0..paid.clawbacks.lines.len() {
        let line = paid.clawbacks.lines[at];
        let left = &mut deferred[owner[line.member as usize] as usize];
        if of.contains(&line.bonus) && line.amount_minor < 0 && *left > 0 {
            let part = (*left).min(-line.amount_minor);
            *left -= part;
            add_fixed(standing, paid, line.bonus, line.member, part, taken)?;
        }
    }
    paid.memory.keep_column(key, &deferred);
    Ok(())
}
