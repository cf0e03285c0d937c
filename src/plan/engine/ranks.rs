//! Activity, counts and ranks: one reverse sweep, children before parents.

use super::fault::RunFault;
use super::memory::Memory;
use super::standing::{NoValue, Standing};
use super::tree::NONE;
use crate::plan::checked::{CheckedPlan, PaidAs, VolumeScope};
use crate::plan::expr::{Aggregate, Cond, Num, Reads, Shape};
use crate::plan::snapshot::Snapshot;

/// Finds who is active, the ranks of all, and every count.
pub fn compute(standing: &mut Standing<'_>, snapshot: &Snapshot, memory: &Memory) -> Result<(), RunFault> {
    let plan = standing.plan;
    let late = late(&plan.aggregates);
    standing.counts = plan.aggregates.iter().map(|_| vec![0; standing.field.len()]).collect();
    count_those(standing, snapshot, |aggregate, _| aggregate.reads <= Reads::Volumes)?;
    for member in 0..standing.field.len() {
        standing.active[member] = standing.field.may_earn[member]
            && standing
                .holds(&plan.active, member, None)
                .map_err(|NoValue| arithmetic(standing, snapshot, "[status] active", member))?;
    }
    count_those(standing, snapshot, |aggregate, _| aggregate.reads == Reads::Active)?;
    sweep(standing, snapshot, &late)?;
    memory.hold(standing);
    count_those(standing, snapshot, |_, place| late[place])
}

fn arithmetic(standing: &Standing<'_>, snapshot: &Snapshot, place: &str, member: usize) -> RunFault {
    RunFault::Arithmetic { place: place.to_owned(), member: standing.field.number(snapshot, member).to_owned() }
}

/// Counts that can only be made when all ranks are known: those over enrolled members' ranks, those
/// over earlier periods, and those over such counts.
fn late(aggregates: &[Aggregate]) -> Vec<bool> {
    let mut late: Vec<bool> = Vec::new();
    for aggregate in aggregates {
        let mut reads_late = false;
        aggregate.cond.numbers(&mut |num| {
            if let Num::Count(place) = num {
                reads_late |= late.get(usize::from(*place)).copied().unwrap_or(false);
            }
        });
        let enrolled = matches!(aggregate.shape, Shape::Enrolled | Shape::Customers);
        late.push(reads_late || aggregate.reads > Reads::Ranks || (enrolled && aggregate.reads == Reads::Ranks));
    }
    late
}

/// Makes the chosen counts over all members, one after the other.
fn count_those(
    standing: &mut Standing<'_>,
    snapshot: &Snapshot,
    chosen: impl Fn(&Aggregate, usize) -> bool,
) -> Result<(), RunFault> {
    let plan = standing.plan;
    for (place, aggregate) in plan.aggregates.iter().enumerate() {
        if chosen(aggregate, place) {
            count(standing, snapshot, place, aggregate)?;
        }
    }
    Ok(())
}

fn count(
    standing: &mut Standing<'_>,
    snapshot: &Snapshot,
    place: usize,
    aggregate: &Aggregate,
) -> Result<(), RunFault> {
    let field = standing.field;
    let mut leg = vec![false; if aggregate.shape == Shape::Legs { field.len() } else { 0 }];
    for member in (0..field.len()).rev() {
        let hit = standing
            .holds(&aggregate.cond, member, None)
            .map_err(|NoValue| arithmetic(standing, snapshot, "a count of members", member))?;
        pass_up(standing, place, aggregate.shape, member, hit, &mut leg);
    }
    Ok(())
}

/// Adds a member, whose own count is complete, to the counts of the upline.
fn pass_up(standing: &mut Standing<'_>, place: usize, shape: Shape, member: usize, hit: bool, leg: &mut [bool]) {
    let field = standing.field;
    let sponsor = field.sponsor.parent[member];
    let counts = &mut standing.counts[place];
    match shape {
        Shape::Legs => {
            let found = hit || leg[member];
            if found && sponsor != NONE {
                counts[sponsor as usize] += 1;
                leg[sponsor as usize] = true;
            }
        }
        Shape::Frontline if hit && sponsor != NONE => counts[sponsor as usize] += 1,
        Shape::Downline if sponsor != NONE => counts[sponsor as usize] += counts[member] + u32::from(hit),
        Shape::Enrolled | Shape::Customers => {
            let enroller = field.enroller.parent[member];
            let distributor = field.kind[member].may_earn();
            if hit && enroller != NONE && distributor == (shape == Shape::Enrolled) {
                counts[enroller as usize] += 1;
            }
        }
        _ => {}
    }
}

/// Ranks, personal groups and counts over ranks, from the last member to the first.
fn sweep(standing: &mut Standing<'_>, snapshot: &Snapshot, late: &[bool]) -> Result<(), RunFault> {
    let plan = standing.plan;
    let field = standing.field;
    let counts: Vec<(usize, &Aggregate)> = plan
        .aggregates
        .iter()
        .enumerate()
        .filter(|(place, aggregate)| !late[*place] && aggregate.reads == Reads::Ranks)
        .collect();
    let mut legs: Vec<Vec<bool>> = counts
        .iter()
        .map(|(_, aggregate)| vec![false; if aggregate.shape == Shape::Legs { field.len() } else { 0 }])
        .collect();
    let groups: Vec<(usize, u16, bool)> = groups(plan);
    let own: Vec<Vec<i64>> = groups
        .iter()
        .map(|(volume, _, include)| if *include { Vec::new() } else { standing.volumes[*volume].clone() })
        .collect();
    let overflow = || RunFault::overflow("the volume of a personal group");
    for member in (0..field.len()).rev() {
        let above = field.sponsor.parent[member];
        // Where a group leaves the member's own part out, the upline still gets it.
        for ((volume, _, _), own) in groups.iter().zip(&own) {
            if let Some(own) = own.get(member) {
                let value = &mut standing.volumes[*volume][member];
                *value = value.checked_sub(*own).ok_or_else(overflow)?;
            }
        }
        rank(standing, snapshot, member)?;
        for (at, (volume, stop, _)) in groups.iter().enumerate() {
            if above != NONE && standing.paid[member] < *stop {
                let own = own[at].get(member).copied().unwrap_or(0);
                let whole = standing.volumes[*volume][member].checked_add(own).ok_or_else(overflow)?;
                let slot = &mut standing.volumes[*volume][above as usize];
                *slot = slot.checked_add(whole).ok_or_else(overflow)?;
            }
        }
        for ((place, aggregate), leg) in counts.iter().zip(&mut legs) {
            let hit = standing
                .holds(&aggregate.cond, member, None)
                .map_err(|NoValue| arithmetic(standing, snapshot, "a count of members", member))?;
            pass_up(standing, *place, aggregate.shape, member, hit, leg);
        }
    }
    Ok(())
}

/// Personal groups: volume, stop rank counted from 1, own part included.
fn groups(plan: &CheckedPlan) -> Vec<(usize, u16, bool)> {
    let of = plan.volumes.iter().enumerate().filter(|(_, volume)| volume.scope == VolumeScope::PersonalGroup);
    of.map(|(place, volume)| (place, volume.stop.map_or(u16::MAX, |stop| stop + 1), volume.include_own)).collect()
}

fn rank(standing: &mut Standing<'_>, snapshot: &Snapshot, member: usize) -> Result<(), RunFault> {
    let plan = standing.plan;
    if !standing.field.may_earn[member] {
        return Ok(());
    }
    let set = |standing: &mut Standing<'_>, rank: u16| {
        standing.rank[member] = rank;
        standing.highest[member] = standing.highest[member].max(rank);
        standing.paid[member] = if plan.paid_as == PaidAs::Highest { standing.highest[member] } else { rank };
    };
    set(standing, 0);
    for (number, rank) in (1_u16..).zip(&plan.ranks) {
        let mut met = true;
        for need in &rank.needs {
            met = met && holds(standing, snapshot, &need.cond, member, &rank.code)?;
        }
        if met {
            set(standing, number);
        }
    }
    Ok(())
}

fn holds(
    standing: &Standing<'_>,
    snapshot: &Snapshot,
    cond: &Cond,
    member: usize,
    rank: &str,
) -> Result<bool, RunFault> {
    standing
        .holds(cond, member, None)
        .map_err(|NoValue| arithmetic(standing, snapshot, &format!("rank {rank}"), member))
}
