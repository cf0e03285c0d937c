//! Activity, counts and ranks: one sweep, whoever is read before whoever reads.

use super::fault::RunFault;
use super::gather::{self, Columns, Seen};
use super::judging::{Judging, read_by_ranks};
use super::memory::Memory;
use super::pairs::Brought;
use super::standing::Standing;
use super::tree::NONE;
use super::values::{At, NoValue};
use super::volumes::in_places;
use crate::plan::checked::{CheckedPlan, Need, VolumeScope};
use crate::plan::expr::{Aggregate, Cond, Num, Reads, Shape, TreeRef};
use crate::plan::snapshot::Snapshot;

/// Finds who is active, the ranks of all, and every count.
pub fn compute(
    standing: &mut Standing<'_>,
    snapshot: &Snapshot,
    memory: &mut Memory,
    brought: &mut Brought,
) -> Result<(), RunFault> {
    let plan = standing.plan;
    let late = late(plan);
    gather_those(standing, snapshot, |aggregate, _| aggregate.reads <= Reads::Volumes)?;
    for member in 0..standing.field.len() {
        standing.active[member] = standing.field.may_earn[member]
            && standing
                .holds(&plan.active, member, At::MEMBER)
                .map_err(|NoValue| arithmetic(standing, snapshot, "[status] active", member))?;
    }
    gather_those(standing, snapshot, |aggregate, _| aggregate.reads == Reads::Active)?;
    super::derived::derive(standing, snapshot, memory, Reads::Compressed)?;
    super::volumes::compress(standing)?;
    gather_those(standing, snapshot, |aggregate, _| aggregate.reads == Reads::Compressed)?;
    super::pairs::compute(standing, snapshot, memory, brought, true)?;
    gather_those(standing, snapshot, |aggregate, _| aggregate.reads == Reads::Matched)?;
    sweep(standing, snapshot, &late)?;
    memory.hold(standing);
    super::derived::derive(standing, snapshot, memory, Reads::Everything)?;
    gather_those(standing, snapshot, |aggregate, place| late[place] && aggregate.reads <= Reads::Everything)
}

fn arithmetic(standing: &Standing<'_>, snapshot: &Snapshot, place: &str, member: usize) -> RunFault {
    RunFault::Arithmetic { place: place.to_owned(), member: standing.field.number(snapshot, member).to_owned() }
}

/// Whether an aggregate is made while ranks are being found, whether or not a need reads it.
fn along(aggregate: &Aggregate) -> bool {
    matches!(aggregate.shape, Shape::Legs | Shape::EnrolledLegs | Shape::Frontline | Shape::Downline | Shape::Heads)
        && aggregate.tree == TreeRef::SPONSOR
        && (aggregate.depth == 0 || aggregate.shape == Shape::Heads)
}

/// Aggregates that are made when all ranks are known: those over ranks along other ways than down the sponsor
/// tree that no need reads, those over earlier periods, and those over such aggregates.
fn late(plan: &CheckedPlan) -> Vec<bool> {
    let read = read_by_ranks(plan);
    let mut late: Vec<bool> = Vec::new();
    for (place, aggregate) in plan.aggregates.iter().enumerate() {
        let mut reads_late = false;
        aggregate.numbers(&mut |num| {
            if let Num::Count(place) | Num::Gathered(place) = num {
                reads_late |= late.get(usize::from(*place)).copied().unwrap_or(false);
            }
        });
        late.push(
            reads_late
                || aggregate.reads > Reads::Ranks
                || (!along(aggregate) && !read[place] && aggregate.reads == Reads::Ranks),
        );
    }
    late
}

/// Makes the chosen aggregates over all members, one after the other.
pub fn gather_those(
    standing: &mut Standing<'_>,
    snapshot: &Snapshot,
    chosen: impl Fn(&Aggregate, usize) -> bool,
) -> Result<(), RunFault> {
    for (place, aggregate) in standing.plan.aggregates.iter().enumerate() {
        if chosen(aggregate, place) {
            gather::all(standing, snapshot, place)?;
        }
    }
    Ok(())
}

/// A personal group: the volume, what is passed up of it, and the members' own parts where they are left out.
struct Group<'a> {
    volume: usize,
    passes: Passes<'a>,
    own: Vec<i64>,
}

/// What a member passes up of a group.
enum Passes<'a> {
    /// All, but for whoever is at the head of it.
    UpTo(&'a Cond),
    /// So much.
    Part(&'a Num),
}

impl Group<'_> {
    /// What a member passes up; the volume is whole. `None` on overflow.
    fn passed(&self, standing: &Standing<'_>, member: usize) -> Result<Option<i64>, NoValue> {
        let head = match self.passes {
            Passes::Part(num) => return standing.number(num, member, At::MEMBER).map(in_places),
            Passes::UpTo(head) => head,
        };
        if standing.holds(head, member, At::MEMBER)? {
            return Ok(Some(0));
        }
        let own = self.own.get(member).copied().unwrap_or(0);
        Ok(standing.volumes[self.volume][member].checked_add(own))
    }
}

/// Ranks, personal groups and aggregates over ranks, from the bottom up.
fn sweep(standing: &mut Standing<'_>, snapshot: &Snapshot, late: &[bool]) -> Result<(), RunFault> {
    let plan = standing.plan;
    let field = standing.field;
    let chosen = |place: &usize| !late[*place] && plan.aggregates[*place].reads == Reads::Ranks;
    let gathered: Vec<usize> = (0..plan.aggregates.len()).filter(chosen).collect();
    let mut seen: Vec<Seen> = gathered.iter().map(|place| Seen::new(&plan.aggregates[*place], field.len())).collect();
    for place in &gathered {
        gather::make_room(standing, *place);
    }
    let groups = groups(standing);
    let overflow = || RunFault::overflow("the volume of a personal group");
    if !standing.judged.is_empty() {
        (0..field.len()).for_each(|member| standing.recall_rank(member));
    }
    let judging = Judging::new(standing, snapshot, &gathered)?;
    for at in 0..field.len() {
        let member = judging.member(at, field.len());
        judging.count_former(standing, snapshot, &gathered, &mut seen, member)?;
        let above = field.sponsor.parent[member];
        // Where a group leaves the member's own part out, the upline still gets it.
        for group in &groups {
            if let Some(own) = group.own.get(member) {
                let value = &mut standing.volumes[group.volume][member];
                *value = value.checked_sub(*own).ok_or_else(overflow)?;
            }
        }
        rank(standing, snapshot, member)?;
        for group in groups.iter().filter(|_| above != NONE) {
            let passed = group
                .passed(standing, member)
                .map_err(|NoValue| arithmetic(standing, snapshot, "the head of a personal group", member))?;
            let slot = &mut standing.volumes[group.volume][above as usize];
            *slot = passed.and_then(|passed| slot.checked_add(passed)).ok_or_else(overflow)?;
        }
        for (place, seen) in gathered.iter().zip(&mut seen) {
            let aggregate = &plan.aggregates[*place];
            let above = gather::above(standing, aggregate, member).filter(|above| !judging.against(*above, member));
            let Some(above) = above else { continue };
            let taken = gather::take(standing, snapshot, aggregate, member, above)?;
            let of = Columns { counts: &standing.counts, sums: &standing.sums };
            let part = gather::part(aggregate, *place, member, taken, of, seen);
            part.and_then(|part| gather::add(standing, *place, member, above, part, seen))
                .ok_or_else(|| arithmetic(standing, snapshot, "a sum over members", member))?;
        }
    }
    Ok(())
}

fn groups<'a>(standing: &Standing<'a>) -> Vec<Group<'a>> {
    let plan: &'a CheckedPlan = standing.plan;
    let of = plan.volumes.iter().enumerate().filter(|(_, volume)| volume.scope == VolumeScope::PersonalGroup);
    let own = |place: usize, include: bool| if include { Vec::new() } else { standing.volumes[place].clone() };
    of.filter_map(|(place, volume)| {
        let passes = volume.passes.as_ref().map(Passes::Part).or_else(|| volume.stop.as_ref().map(Passes::UpTo))?;
        Some(Group { volume: place, passes, own: own(place, volume.include_own) })
    })
    .collect()
}

fn rank(standing: &mut Standing<'_>, snapshot: &Snapshot, member: usize) -> Result<(), RunFault> {
    let plan = standing.plan;
    if !standing.field.may_earn[member] {
        return Ok(());
    }
    if !standing.judged.is_empty() {
        standing.recall_rank(member);
        return Ok(());
    }
    standing.set_rank(member, 0);
    for (number, rank) in (1_u16..).zip(&plan.ranks) {
        let mut met = true;
        for need in needs(standing, number, member) {
            met = met && holds(standing, snapshot, &need.cond, member, &rank.code)?;
        }
        if met {
            standing.set_rank(member, number);
        }
    }
    Ok(())
}

/// What a member needs for a rank: to reach it, or to keep it.
pub fn needs<'a>(standing: &Standing<'a>, number: u16, member: usize) -> &'a [Need] {
    let rank = &standing.plan.ranks[usize::from(number) - 1];
    match &rank.maintain {
        Some(maintain) if standing.former[member] >= number => maintain,
        _ => &rank.needs,
    }
}

fn holds(
    standing: &Standing<'_>,
    snapshot: &Snapshot,
    cond: &Cond,
    member: usize,
    rank: &str,
) -> Result<bool, RunFault> {
    standing
        .holds(cond, member, At::MEMBER)
        .map_err(|NoValue| arithmetic(standing, snapshot, &format!("rank {rank}"), member))
}
