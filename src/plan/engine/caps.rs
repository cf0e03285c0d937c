//! Limits on what a set of bonuses pays to a member, to a person over all positions, or in all.

use std::collections::BTreeMap;

use super::bonuses::Paid;
use super::fault::RunFault;
use super::memory::{CapKeys, Owners, above};
use super::pool::share_out;
use super::settle;
use super::standing::Standing;
use super::values::{At, NoValue};
use crate::domain::calendar::Day;
use crate::plan::checked::{Cap, CapPer, Excess, Reduction};
use crate::plan::result::{EarningLine, Source};
use crate::plan::snapshot::Snapshot;

/// A line: its bonus and its place among that bonus's lines.
type Place = (u16, usize);

/// Applies a limit to the lines of its bonuses.
pub fn apply(standing: &Standing<'_>, snapshot: &Snapshot, cap: &Cap, paid: &mut Paid) -> Result<(), RunFault> {
    let owner = owners(standing, cap.per);
    let mut groups: BTreeMap<(u32, i64), Vec<Place>> = BTreeMap::new();
    for bonus in &cap.of {
        for (at, line) in paid.lines[usize::from(*bonus)].iter().enumerate() {
            let part = part(standing, cap.per, line);
            groups.entry((owner[line.member as usize], part)).or_default().push((*bonus, at));
        }
    }
    let (key, keys) = (above(cap), CapKeys::new(standing.plan, cap));
    let carried = cap.excess == Excess::Carried;
    let mut above = if carried { paid.memory.column(&key) } else { Vec::new() };
    let mut known = if carried { paid.memory.carried(&keys) } else { Owners::new() };
    if carried {
        for (member, _) in above.iter().enumerate().filter(|(_, above)| **above > 0) {
            groups.entry((u32::try_from(member).unwrap_or(u32::MAX), 0)).or_default();
        }
    }
    for ((owner, part), lines) in groups {
        let from = usize::try_from(part).ok().filter(|_| cap.per == CapPer::Source);
        let value = standing.number(&cap.limit, owner as usize, At { order: None, from }).map_err(|NoValue| {
            RunFault::Arithmetic {
                place: format!("cap {}", cap.name),
                member: standing.field.number(snapshot, owner as usize).to_owned(),
            }
        })?;
        let points = cap.of.iter().all(|bonus| standing.plan.bonuses[usize::from(*bonus)].points);
        let limit = settle::rounded(standing, value, points)?.max(0);
        let mut sum = 0_i64;
        for (bonus, at) in &lines {
            let amount = paid.lines[usize::from(*bonus)][*at].amount_minor;
            sum = sum.checked_add(amount).ok_or_else(|| RunFault::overflow("the sum under a cap"))?;
        }
        if sum > limit {
            if cap.reduction == Reduction::Stop {
                return Err(stopped(standing, cap, sum, limit));
            }
            if carried {
                // The lines stay whole, so that a return takes back what they gave.
                let text = format!("above the limit “{}”, carried over to the next periods", cap.name);
                let note = settle::note(paid, text);
                settle::add_fixed(standing, paid, cap.of[0], owner, limit - sum, note)?;
            } else {
                reduce(standing, cap, paid, lines, sum - limit);
            }
        }
        if let Some(above) = above.get_mut(owner as usize) {
            let room = (limit - sum).clamp(0, *above);
            if room > 0
                && let Some(first) = cap.of.first()
            {
                let text = format!("carried over from an earlier period, where it was above the limit “{}”", cap.name);
                let note = settle::note(paid, text);
                settle::add_fixed(standing, paid, *first, owner, room, note)?;
            }
            let excess = (sum - limit).max(0);
            known.entry(owner).or_default().run(Day(standing.last_day), [excess, room], *above);
            *above = *above - room + excess;
        }
    }
    if carried {
        paid.memory.keep_column(&key, &above);
        paid.memory.keep_carried(&keys, known);
    }
    Ok(())
}

/// Which of an owner's limits a line counts against: the source, the order, the day or the leg; the same for all otherwise.
fn part(standing: &Standing<'_>, per: CapPer, line: &EarningLine) -> i64 {
    let order = match line.source() {
        Source::Order(order) => Some(order),
        _ => None,
    };
    let first = |entry: usize| i64::try_from(entry).unwrap_or(i64::MAX);
    match per {
        CapPer::Member | CapPer::Person | CapPer::Company => 0,
        CapPer::Source => line.from().map_or(-1, i64::from),
        CapPer::Order => order.map_or(-1, |order| first(standing.field.orders.first(order as usize))),
        CapPer::Day => order.map_or(standing.last_day, |order| standing.field.orders.day[order as usize]).into(),
        CapPer::Leg => {
            let tree = standing.tree(standing.plan.bonuses[usize::from(line.bonus)].walk.tree);
            let leg = line.from().and_then(|from| tree.leg(line.member as usize, from as usize));
            leg.and_then(|leg| i64::try_from(leg).ok()).unwrap_or(-1)
        }
    }
}

/// Whose limit each member's amounts count against.
pub fn owners(standing: &Standing<'_>, per: CapPer) -> Vec<u32> {
    let members = (0_u32..).take(standing.field.len());
    match per {
        CapPer::Member | CapPer::Day | CapPer::Order | CapPer::Source | CapPer::Leg => members.collect(),
        CapPer::Company => vec![0; standing.field.len()],
        CapPer::Person => {
            members.map(|member| u32::try_from(standing.field.person(member as usize)).unwrap_or(member)).collect()
        }
    }
}

fn stopped(standing: &Standing<'_>, cap: &Cap, sum: i64, limit: i64) -> RunFault {
    let currency = standing.currency;
    RunFault::AboveCap {
        cap: cap.name.clone(),
        sum: format!("{} {currency}", currency.grouped(sum)),
        limit: format!("{} {currency}", currency.grouped(limit)),
    }
}

/// Takes so much away from the lines.
fn reduce(standing: &Standing<'_>, cap: &Cap, paid: &mut Paid, mut lines: Vec<Place>, excess: i64) {
    // By one factor all lines are reduced; otherwise those that give something.
    let by_factor = matches!(cap.reduction, Reduction::ProRata | Reduction::Stop);
    lines.retain(|(bonus, at)| by_factor || paid.lines[usize::from(*bonus)][*at].amount_minor > 0);
    let field = standing.field;
    let member = |paid: &Paid, (bonus, at): &Place| paid.lines[usize::from(*bonus)][*at].member as usize;
    lines.sort_by_key(|place| (field.by_number[member(paid, place)], place.0, place.1));
    match cap.reduction {
        Reduction::ProRata | Reduction::Stop => cut(cap, paid, &lines, excess),
        Reduction::LowestRank => {
            lines.sort_by_key(|place| standing.paid[member(paid, place)]);
            let mut left = excess;
            let ranks: Vec<Vec<Place>> = lines
                .chunk_by(|a, b| standing.paid[member(paid, a)] == standing.paid[member(paid, b)])
                .map(<[Place]>::to_vec)
                .collect();
            for group in ranks {
                let sum: i64 = group.iter().map(|(bonus, at)| paid.lines[usize::from(*bonus)][*at].amount_minor).sum();
                cut(cap, paid, &group, left.min(sum));
                left -= left.min(sum);
            }
        }
        Reduction::LastCome => {
            let when = |paid: &Paid, (bonus, at): &Place| match paid.lines[usize::from(*bonus)][*at].source() {
                Source::Order(order) => order,
                _ => u32::MAX,
            };
            lines.sort_by_key(|place| when(paid, place));
            let mut left = excess;
            for place in lines.iter().rev() {
                let amount = paid.lines[usize::from(place.0)][place.1].amount_minor;
                cut(cap, paid, std::slice::from_ref(place), left.min(amount));
                left -= left.min(amount);
            }
        }
    }
}

/// Takes so much away from some lines by the same factor; what is left adds up exactly.
fn cut(cap: &Cap, paid: &mut Paid, lines: &[Place], excess: i64) {
    if excess <= 0 {
        return;
    }
    let amounts: Vec<i64> = lines.iter().map(|(bonus, at)| paid.lines[usize::from(*bonus)][*at].amount_minor).collect();
    let sum: i64 = amounts.iter().sum();
    let left = share_out(sum - excess, &amounts, |at| u32::try_from(at).unwrap_or(u32::MAX));
    for ((bonus, at), left) in lines.iter().zip(left) {
        let line = paid.lines[usize::from(*bonus)][*at];
        if line.amount_minor != left {
            let text = format!("{}, reduced by the limit “{}”", paid.notes[usize::from(line.note)], cap.name);
            let note = settle::note(paid, text);
            if let Some(line) = paid.lines[usize::from(*bonus)].get_mut(*at) {
                (line.amount_minor, line.note) = (left, note);
            }
        }
    }
}
