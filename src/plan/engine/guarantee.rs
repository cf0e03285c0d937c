//! A guaranteed sum that is passed up a chain of leaders: who passes up less than it makes up the rest out of what it gets
//! itself under the same bonus, from the bottom of the tree upwards.

use super::bonuses::Paid;
use super::fault::RunFault;
use super::settle;
use super::standing::Standing;
use super::values::{At, NoValue};
use crate::plan::checked::Bonus;
use crate::plan::result::EarningLine;

/// Fills up what everybody passes up.
pub fn pass_up(
    standing: &Standing<'_>,
    place: u16,
    bonus: &Bonus,
    paid: &mut Paid,
    arithmetic: &dyn Fn(usize) -> RunFault,
) -> Result<(), RunFault> {
    let Some(guarantee) = &bonus.guarantee else { return Ok(()) };
    let overflow = || RunFault::overflow(&format!("the guarantee of bonus {}", bonus.code));
    let lines = &paid.lines[usize::from(place)];
    let mut gets = settle::sums(standing, lines)?;
    let mut passes = vec![0_i64; standing.field.len()];
    let mut upline: Vec<Option<EarningLine>> = vec![None; standing.field.len()];
    for line in lines.iter() {
        let Some(from) = line.from().filter(|from| *from != line.member).map(|from| from as usize) else { continue };
        passes[from] = passes[from].checked_add(line.amount_minor).ok_or_else(overflow)?;
        upline[from].get_or_insert(*line);
    }
    let note =
        settle::note(paid, format!("{} ({}), filled up to what is guaranteed to the upline", bonus.rule, bonus.code));
    let mut filled = Vec::new();
    for member in standing.tree(bonus.walk.tree).order.iter().rev() {
        let at = *member as usize;
        let Some(line) = upline[at] else { continue };
        let least = standing.number(guarantee, at, At::MEMBER).map_err(|NoValue| arithmetic(at))?;
        let least = settle::rounded(standing, least, bonus.points)?;
        let missing = least.checked_sub(passes[at]).ok_or_else(overflow)?.min(gets[at]);
        if missing <= 0 {
            continue;
        }
        gets[at] -= missing;
        gets[line.member as usize] = gets[line.member as usize].checked_add(missing).ok_or_else(overflow)?;
        filled.push((line.member, *member, line.level, missing));
        filled.push((*member, line.member, line.level, -missing));
    }
    paid.lines[usize::from(place)].retain(|line| line.amount_minor != 0);
    for (to, from, level, amount) in filled {
        settle::add_fixed(standing, paid, place, to, amount, note)?;
        let lines = &mut paid.lines[usize::from(place)];
        if let Some(line) = lines.len().checked_sub(1).and_then(|last| lines.get_mut(last)) {
            *line = EarningLine { level, ..line.of(Some(from)) };
        }
    }
    Ok(())
}
