//! Counts and sums over other members: by level, by leg, over the whole downline.

use rust_decimal::Decimal;

use super::fault::RunFault;
use super::standing::Standing;
use super::tree::NONE;
use super::values::{At, NoValue};
use crate::domain::tree::TreeKind;
use crate::plan::expr::{Aggregate, Shape, Take};
use crate::plan::snapshot::Snapshot;

/// What one member adds to an aggregate.
#[derive(Clone, Copy)]
pub struct Taken {
    hit: bool,
    value: Decimal,
}

/// What the upline must know besides the numbers: legs that were found, or members that were seen at all.
pub struct Seen(Vec<bool>);

impl Seen {
    /// Nobody yet.
    pub fn new(aggregate: &Aggregate, members: usize) -> Self {
        let counted = matches!(aggregate.take, Take::Count(_) | Take::Sum(_))
            && !matches!(aggregate.shape, Shape::Legs | Shape::EnrolledLegs);
        Self(vec![false; if counted { 0 } else { members }])
    }
}

fn arithmetic(standing: &Standing<'_>, snapshot: &Snapshot, member: usize) -> RunFault {
    let number = standing.field.number(snapshot, member).to_owned();
    RunFault::Arithmetic { place: "a count of members".to_owned(), member: number }
}

/// Room for the numbers of an aggregate.
pub fn make_room(standing: &mut Standing<'_>, place: usize) {
    let count = standing.field.len();
    match standing.plan.aggregates[place].take {
        Take::Count(_) => standing.counts[place] = vec![0; count],
        _ => standing.sums[place] = vec![Decimal::ZERO; count],
    }
}

/// What an aggregate takes from a member.
pub fn take(standing: &Standing<'_>, snapshot: &Snapshot, take: &Take, member: usize) -> Result<Taken, RunFault> {
    let found = match take {
        Take::Count(cond) => standing.holds(cond, member, At::MEMBER).map(|hit| Taken { hit, value: Decimal::ZERO }),
        Take::Sum(num) | Take::Least(num) | Take::Greatest(num) => {
            standing.number(num, member, At::MEMBER).map(|value| Taken { hit: true, value })
        }
    };
    found.map_err(|NoValue| arithmetic(standing, snapshot, member))
}

/// Makes one aggregate over all members.
pub fn all(standing: &mut Standing<'_>, snapshot: &Snapshot, place: usize) -> Result<(), RunFault> {
    let aggregate = &standing.plan.aggregates[place];
    make_room(standing, place);
    if aggregate.depth > 0 {
        return by_level(standing, snapshot, place);
    }
    let mut seen = Seen::new(aggregate, standing.field.len());
    for at in (0..standing.field.len()).rev() {
        let member = standing.tree(aggregate.tree).order[at] as usize;
        let taken = take(standing, snapshot, &aggregate.take, member)?;
        pass_up(standing, place, member, taken, &mut seen).ok_or_else(|| arithmetic(standing, snapshot, member))?;
    }
    Ok(())
}

/// Adds a member, whose own number is complete, to the numbers of the upline. `None` on overflow.
pub fn pass_up(standing: &mut Standing<'_>, place: usize, member: usize, taken: Taken, seen: &mut Seen) -> Option<()> {
    let field = standing.field;
    let aggregate = &standing.plan.aggregates[place];
    let shape = aggregate.shape;
    let above = match shape {
        Shape::Legs | Shape::Frontline | Shape::Downline => standing.tree(aggregate.tree).parent[member],
        Shape::Enrolled | Shape::EnrolledLegs | Shape::Customers | Shape::EnrolledOn(_) => {
            field.enroller.parent[member]
        }
    };
    if above == NONE {
        return Some(());
    }
    let above = above as usize;
    let distributor = field.kind[member].may_earn();
    let belongs = match shape {
        Shape::Legs | Shape::Frontline | Shape::Downline => true,
        Shape::Enrolled | Shape::EnrolledLegs => distributor,
        Shape::Customers => !distributor,
        Shape::EnrolledOn(side) => distributor && stands_on(standing, above, member, side),
    };
    if !belongs {
        return Some(());
    }
    if shape == Shape::Legs {
        if taken.hit || seen.0[member] {
            standing.counts[place][above] += 1;
            seen.0[above] = true;
        }
        return Some(());
    }
    if shape == Shape::EnrolledLegs {
        let leg = standing.tree(aggregate.tree).leg(above, member).filter(|_| taken.hit);
        if let Some(leg) = leg.filter(|leg| !seen.0[*leg]) {
            seen.0[leg] = true;
            standing.counts[place][above] += 1;
        }
        return Some(());
    }
    let whole = shape == Shape::Downline;
    match aggregate.take {
        Take::Count(_) => {
            let counts = &mut standing.counts[place];
            let below = if whole { counts[member] } else { 0 };
            counts[above] = counts[above].checked_add(below)?.checked_add(u32::from(taken.hit))?;
        }
        Take::Sum(_) => {
            let sums = &mut standing.sums[place];
            let below = if whole { sums[member] } else { Decimal::ZERO };
            sums[above] = sums[above].checked_add(below)?.checked_add(taken.value)?;
        }
        Take::Least(_) | Take::Greatest(_) => {
            let pick = if matches!(aggregate.take, Take::Least(_)) { Decimal::min } else { Decimal::max };
            let sums = &mut standing.sums[place];
            let best = if whole && seen.0[member] { pick(sums[member], taken.value) } else { taken.value };
            sums[above] = if seen.0[above] { pick(sums[above], best) } else { best };
            seen.0[above] = true;
        }
    }
    Some(())
}

/// Whether a member stands on a side below another in the placement tree.
fn stands_on(standing: &Standing<'_>, above: usize, member: usize, side: u8) -> bool {
    let tree = standing.field.tree(TreeKind::Placement);
    let leg = tree.children(above).iter().find(|child| standing.field.side[**child as usize] == side);
    leg.is_some_and(|leg| tree.contains(*leg as usize, member))
}

/// An aggregate over the downline up to so many levels: one pass a level.
fn by_level(standing: &mut Standing<'_>, snapshot: &Snapshot, place: usize) -> Result<(), RunFault> {
    let aggregate = &standing.plan.aggregates[place];
    let count = standing.field.len();
    let mut level: Vec<Option<(u32, Decimal)>> = Vec::with_capacity(count);
    for member in 0..count {
        let taken = take(standing, snapshot, &aggregate.take, member)?;
        level.push(taken.hit.then_some((1, taken.value)));
    }
    let mut all: Vec<Option<(u32, Decimal)>> = vec![None; count];
    let join = |a: Option<(u32, Decimal)>, b: Option<(u32, Decimal)>| -> Option<Option<(u32, Decimal)>> {
        let (Some(left), Some(right)) = (a, b) else {
            return Some(a.or(b));
        };
        let value = match aggregate.take {
            Take::Count(_) | Take::Sum(_) => left.1.checked_add(right.1)?,
            Take::Least(_) => left.1.min(right.1),
            Take::Greatest(_) => left.1.max(right.1),
        };
        Some(Some((left.0.checked_add(right.0)?, value)))
    };
    for _ in 0..aggregate.depth {
        let mut next = vec![None; count];
        for (member, part) in level.iter().enumerate().filter(|(_, part)| part.is_some()) {
            let above = standing.tree(aggregate.tree).parent[member];
            if above != NONE {
                let slot = &mut next[above as usize];
                *slot = join(*slot, *part).ok_or_else(|| arithmetic(standing, snapshot, member))?;
            }
        }
        for (member, part) in next.iter().enumerate() {
            all[member] = join(all[member], *part).ok_or_else(|| arithmetic(standing, snapshot, member))?;
        }
        level = next;
    }
    for (member, found) in all.into_iter().enumerate() {
        let Some((hits, value)) = found else { continue };
        match aggregate.take {
            Take::Count(_) => standing.counts[place][member] = hits,
            _ => standing.sums[place][member] = value,
        }
    }
    Ok(())
}
