//! Counts and sums over other members: by level, by leg, by generation, over the whole downline.

use rust_decimal::Decimal;

use super::fault::RunFault;
use super::standing::Standing;
use super::tree::NONE;
use super::values::{At, NoValue};
use crate::domain::tree::TreeKind;
use crate::plan::expr::{Aggregate, Shape, Take};
use crate::plan::snapshot::Snapshot;

/// What one member adds to an aggregate by itself.
#[derive(Debug, Clone, Copy, Default)]
pub struct Taken {
    hit: bool,
    value: Decimal,
}

/// What a member and those below it add to the numbers of the upline.
#[derive(Debug, Clone, Copy)]
pub struct Part {
    count: u32,
    value: Decimal,
    /// Whether there is anybody.
    any: bool,
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

/// Counts and sums per aggregate and member.
#[derive(Clone, Copy)]
pub struct Columns<'a> {
    /// Those that count.
    pub counts: &'a [Vec<u32>],
    /// Those that add up or compare.
    pub sums: &'a [Vec<Decimal>],
}

impl Columns<'_> {
    /// What was found below a member; nothing for an aggregate that is not there.
    fn below(self, place: Option<usize>, member: usize, any: bool) -> Part {
        let count = place.and_then(|place| self.counts[place].get(member)).copied().unwrap_or(0);
        let value = place.and_then(|place| self.sums[place].get(member)).copied().unwrap_or_default();
        Part { count, value, any }
    }
}

pub fn arithmetic(standing: &Standing<'_>, snapshot: &Snapshot, member: usize) -> RunFault {
    let number = standing.field.number(snapshot, member).to_owned();
    RunFault::Arithmetic { place: "a count of members".to_owned(), member: number }
}

/// Room for the numbers of an aggregate.
pub fn make_room(standing: &mut Standing<'_>, place: usize) {
    let count = standing.field.len();
    match standing.plan.aggregates[place].take {
        Take::Count(_) | Take::Place(_) => standing.counts[place] = vec![0; count],
        _ => standing.sums[place] = vec![Decimal::ZERO; count],
    }
}

/// Whose number a member is added to at once; `None` where it does not belong to anybody's.
pub fn above(standing: &Standing<'_>, aggregate: &Aggregate, member: usize) -> Option<usize> {
    let field = standing.field;
    let distributor = field.kind[member].may_earn();
    let (above, belongs) = match aggregate.shape {
        Shape::Legs | Shape::Frontline | Shape::Downline | Shape::Heads => {
            (standing.tree(aggregate.tree).parent[member], standing.stays(aggregate.tree, member))
        }
        // Customers are no side.
        Shape::DownlineOn(side) => (field.placement.parent[member], distributor && field.side[member] == side),
        Shape::Enrolled | Shape::EnrolledLegs | Shape::EnrolledOn(_) => (field.enroller.parent[member], distributor),
        Shape::Customers => (field.enroller.parent[member], !distributor),
        Shape::Positions => return Some(field.person(member)),
        // Put in order all at once, without a way up.
        Shape::Everybody => (NONE, false),
    };
    let above = Some(above as usize).filter(|above| belongs && *above != NONE as usize)?;
    match aggregate.shape {
        Shape::EnrolledOn(side) if !stands_on(standing, above, member, side) => None,
        _ => Some(above),
    }
}

/// What an aggregate takes from a member for somebody above.
pub fn take(
    standing: &Standing<'_>,
    snapshot: &Snapshot,
    aggregate: &Aggregate,
    member: usize,
    above: usize,
) -> Result<Taken, RunFault> {
    let at = At { order: None, from: Some(above) };
    let found = match (&aggregate.take, &aggregate.head) {
        (Take::Count(cond), _) => standing.holds(cond, member, at).map(|hit| Taken { hit, value: Decimal::ZERO }),
        (Take::Sum(num) | Take::Least(num) | Take::Greatest(num) | Take::Place(num), head) => {
            head.as_ref().map_or(Ok(true), |head| standing.holds(head, member, at)).and_then(|hit| {
                let value = if hit { standing.number(num, member, at)? } else { Decimal::ZERO };
                Ok(Taken { hit, value })
            })
        }
    };
    found.map_err(|NoValue| arithmetic(standing, snapshot, member))
}

/// What the upline gets from a member whose own number is complete. `None` on overflow.
pub fn part(
    aggregate: &Aggregate,
    place: usize,
    member: usize,
    taken: Taken,
    of: Columns<'_>,
    seen: &Seen,
) -> Option<Part> {
    let own = Part { count: u32::from(taken.hit), value: taken.value, any: taken.hit };
    let any = seen.0.get(member).copied().unwrap_or(true);
    let inner = aggregate.inner.map(usize::from);
    Some(match aggregate.shape {
        Shape::Legs => Part { any: taken.hit || any, ..own },
        Shape::DownlineOn(_) => join(aggregate, own, of.below(inner, member, true))?,
        Shape::Downline if aggregate.depth > 0 => join(aggregate, own, of.below(inner, member, true))?,
        Shape::Downline => join(aggregate, own, of.below(Some(place), member, any))?,
        // Whoever is at the head hides those below: they are one generation further away.
        Shape::Heads if taken.hit && inner.is_some() => of.below(inner, member, true),
        Shape::Heads if !taken.hit => of.below(Some(place), member, true),
        _ => own,
    })
}

fn join(aggregate: &Aggregate, own: Part, below: Part) -> Option<Part> {
    let value = match aggregate.take {
        Take::Count(_) | Take::Place(_) => Decimal::ZERO,
        Take::Sum(_) => own.value.checked_add(below.value)?,
        _ if !own.any || !below.any => {
            if own.any {
                own.value
            } else {
                below.value
            }
        }
        Take::Least(_) => own.value.min(below.value),
        Take::Greatest(_) => own.value.max(below.value),
    };
    Some(Part { count: own.count.checked_add(below.count)?, value, any: own.any || below.any })
}

/// Adds what a member brings to the numbers of somebody above. `None` on overflow.
pub fn add(
    standing: &mut Standing<'_>,
    place: usize,
    member: usize,
    above: usize,
    part: Part,
    seen: &mut Seen,
) -> Option<()> {
    let aggregate = &standing.plan.aggregates[place];
    match aggregate.shape {
        Shape::Legs => {
            standing.counts[place][above] += u32::from(part.any);
            seen.0[above] |= part.any;
            return Some(());
        }
        Shape::EnrolledLegs => {
            let leg = standing.tree(aggregate.tree).leg(above, member).filter(|_| part.any);
            if let Some(leg) = leg.filter(|leg| !seen.0[*leg]) {
                seen.0[leg] = true;
                standing.counts[place][above] += 1;
            }
            return Some(());
        }
        _ => {}
    }
    let any = seen.0.get(above).copied().unwrap_or(true);
    let sum = Columns { counts: &standing.counts, sums: &standing.sums }.below(Some(place), above, any);
    let sum = join(aggregate, part, sum)?;
    match aggregate.take {
        Take::Count(_) | Take::Place(_) => standing.counts[place][above] = sum.count,
        _ => standing.sums[place][above] = sum.value,
    }
    if let Some(slot) = seen.0.get_mut(above) {
        *slot = sum.any;
    }
    Some(())
}

/// Makes one aggregate over all members.
pub fn all(standing: &mut Standing<'_>, snapshot: &Snapshot, place: usize) -> Result<(), RunFault> {
    let aggregate = &standing.plan.aggregates[place];
    if aggregate.depth > 0 && aggregate.shape == Shape::Downline && aggregate.inner.is_none() {
        make_room(standing, place);
        return by_level(standing, snapshot, place);
    }
    if aggregate.shape == Shape::Everybody {
        make_room(standing, place);
        return in_order(standing, snapshot, place);
    }
    if aggregate.shape == Shape::Positions {
        along_the_tree(standing, snapshot, place, &mut |_, _| ())?;
        share_with_positions(standing, place);
        return Ok(());
    }
    along_the_tree(standing, snapshot, place, &mut |_, _| ()).map(|_| ())
}

/// The same from the last member of its tree to the first; `see` is given what each one brings by itself.
pub fn along_the_tree(
    standing: &mut Standing<'_>,
    snapshot: &Snapshot,
    place: usize,
    see: &mut dyn FnMut(usize, Taken),
) -> Result<Seen, RunFault> {
    let aggregate = &standing.plan.aggregates[place];
    make_room(standing, place);
    let mut seen = Seen::new(aggregate, standing.field.len());
    for at in (0..standing.field.len()).rev() {
        let member = standing.tree(aggregate.tree).order[at] as usize;
        let Some(above) = above(standing, aggregate, member) else { continue };
        let taken = take(standing, snapshot, aggregate, member, above)?;
        see(member, taken);
        let of = Columns { counts: &standing.counts, sums: &standing.sums };
        let part = part(aggregate, place, member, taken, of, &seen);
        part.and_then(|part| add(standing, place, member, above, part, &mut seen))
            .ok_or_else(|| arithmetic(standing, snapshot, member))?;
    }
    Ok(seen)
}

/// Puts everybody who is counted in order, the most first. Whoever has as much has the same place.
fn in_order(standing: &mut Standing<'_>, snapshot: &Snapshot, place: usize) -> Result<(), RunFault> {
    let aggregate = &standing.plan.aggregates[place];
    let mut counted: Vec<(Decimal, usize)> = Vec::new();
    for member in 0..standing.field.len() {
        let taken = take(standing, snapshot, aggregate, member, member)?;
        if taken.hit {
            counted.push((taken.value, member));
        }
    }
    counted.sort_by_key(|(value, _)| std::cmp::Reverse(*value));
    let mut before = None;
    let mut number = 0;
    for ((value, member), at) in counted.into_iter().zip(1..) {
        if before != Some(value) {
            (before, number) = (Some(value), at);
        }
        standing.counts[place][member] = number;
    }
    Ok(())
}

/// Gives every position what was added up for the person.
fn share_with_positions(standing: &mut Standing<'_>, place: usize) {
    for member in 0..standing.field.len() {
        let person = standing.field.person(member);
        match standing.plan.aggregates[place].take {
            Take::Count(_) | Take::Place(_) => {
                standing.counts[place][member] = standing.counts[place][person];
            }
            _ => standing.sums[place][member] = standing.sums[place][person],
        }
    }
}

/// Whether a member stands on a side below another in the placement tree.
fn stands_on(standing: &Standing<'_>, above: usize, member: usize, side: u8) -> bool {
    let leg = standing.field.tree(TreeKind::Placement).leg(above, member);
    leg.is_some_and(|leg| standing.field.side[leg] == side)
}

/// An aggregate over the downline up to so many levels: one pass a level.
fn by_level(standing: &mut Standing<'_>, snapshot: &Snapshot, place: usize) -> Result<(), RunFault> {
    let aggregate = &standing.plan.aggregates[place];
    let count = standing.field.len();
    let mut level: Vec<Option<(u32, Decimal)>> = Vec::with_capacity(count);
    for member in 0..count {
        let taken = match above(standing, aggregate, member) {
            Some(above) => take(standing, snapshot, aggregate, member, above)?,
            None => Taken::default(),
        };
        level.push(taken.hit.then_some((1, taken.value)));
    }
    let mut all: Vec<Option<(u32, Decimal)>> = vec![None; count];
    let join = |a: Option<(u32, Decimal)>, b: Option<(u32, Decimal)>| -> Option<Option<(u32, Decimal)>> {
        let (Some(left), Some(right)) = (a, b) else {
            return Some(a.or(b));
        };
        let value = match aggregate.take {
            Take::Count(_) | Take::Sum(_) | Take::Place(_) => left.1.checked_add(right.1)?,
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
            Take::Count(_) | Take::Place(_) => standing.counts[place][member] = hits,
            _ => standing.sums[place][member] = value,
        }
    }
    Ok(())
}
