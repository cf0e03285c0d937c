//! Places in the placement tree for members who have none: the first free one below the sponsor.

use std::collections::VecDeque;

use super::fault::RunFault;
use super::field::Field;
use super::tree::NONE;
use crate::domain::ids::MemberId;
use crate::plan::checked::{CheckedPlan, Fill, Placement};
use crate::plan::snapshot::Snapshot;

/// Fills in parents and sides. `order` gives the members as they came; `wanted` who gets a place at all.
pub fn fill(
    placement: Placement,
    order: &[u32],
    sponsor: &[u32],
    wanted: impl Fn(usize) -> bool,
    parent: &mut [u32],
    side: &mut [u8],
) {
    let width = usize::from(placement.width);
    let mut below: Vec<Vec<u32>> = vec![Vec::new(); parent.len()];
    for (member, above) in (0_u32..).zip(parent.iter()).filter(|(member, _)| wanted(*member as usize)) {
        if *above != NONE {
            take(&mut below[*above as usize], usize::from(side[member as usize]), member);
        }
    }
    // How far down the outer line somebody was led before.
    let mut end: Vec<u32> = (0_u32..).take(parent.len()).collect();
    let mut sizes = if placement.fill == Fill::SmallerLeg { sizes(parent) } else { Vec::new() };
    // Where the search below a sponsor goes on: everybody before in its queue is full.
    let mut queues: Vec<VecDeque<u32>> = vec![VecDeque::new(); parent.len()];
    for member in order {
        let at = *member as usize;
        if parent[at] != NONE || sponsor[at] == NONE || !wanted(at) {
            continue;
        }
        let (above, place) = match placement.fill {
            Fill::BreadthFirst => breadth_first(&mut queues[sponsor[at] as usize], sponsor[at], &below, width),
            Fill::OuterLeft => outer(sponsor[at], &below, 0, &mut end),
            Fill::OuterRight => outer(sponsor[at], &below, width - 1, &mut end),
            Fill::SmallerLeg => smaller(sponsor[at], &below, width, &sizes),
        };
        take(&mut below[above as usize], place, *member);
        parent[at] = above;
        side[at] = u8::try_from(place).unwrap_or(u8::MAX);
        if placement.fill == Fill::SmallerLeg {
            let own = sizes[at];
            let mut above = above;
            while above != NONE {
                sizes[above as usize] += own;
                above = parent[above as usize];
            }
        }
    }
}

/// How many stand at and below each place.
fn sizes(parent: &[u32]) -> Vec<u32> {
    let mut open = vec![0_u32; parent.len()];
    for above in parent.iter().filter(|above| **above != NONE) {
        open[*above as usize] += 1;
    }
    let mut sizes = vec![1_u32; parent.len()];
    let mut done: Vec<u32> = (0_u32..).zip(&open).filter(|(_, open)| **open == 0).map(|(member, _)| member).collect();
    while let Some(member) = done.pop() {
        let above = parent[member as usize];
        if above != NONE {
            sizes[above as usize] += sizes[member as usize];
            open[above as usize] -= 1;
            if open[above as usize] == 0 {
                done.push(above);
            }
        }
    }
    sizes
}

/// The first free place on the way down the smaller legs.
fn smaller(sponsor: u32, below: &[Vec<u32>], width: usize, sizes: &[u32]) -> (u32, usize) {
    let mut at = sponsor;
    loop {
        let leg = |place: usize| below[at as usize].get(place).copied().filter(|leg| *leg != NONE);
        let size = |place: &usize| leg(*place).map_or(0, |leg| sizes[leg as usize]);
        let least = (0..width).min_by_key(size).unwrap_or(0);
        match leg(least) {
            Some(leg) => at = leg,
            None => return (at, least),
        }
    }
}

/// Gives a place to every distributor of a snapshot without one, where the plan does so; returns who was
/// placed below whom and on which side.
pub fn place_members(plan: &CheckedPlan, snapshot: &mut Snapshot) -> Result<Vec<(MemberId, MemberId, u8)>, RunFault> {
    if plan.placement.is_none() {
        return Ok(Vec::new());
    }
    let field = Field::new(plan, snapshot, 1)?;
    let mut placed = Vec::new();
    for (index, place) in field.place.iter().enumerate() {
        let above = field.placement.parent[index];
        let member = &snapshot.members[*place as usize];
        if above != NONE && member.placement.is_none() && member.kind.may_earn() {
            let above = snapshot.members[field.place[above as usize] as usize].id;
            placed.push((*place, above, field.side[index]));
        }
    }
    let mut out = Vec::with_capacity(placed.len());
    for (place, above, side) in placed {
        let member = &mut snapshot.members[place as usize];
        member.placement = Some((above, side));
        out.push((member.id, above, side));
    }
    Ok(out)
}

fn take(places: &mut Vec<u32>, place: usize, member: u32) {
    if places.len() <= place {
        places.resize(place + 1, NONE);
    }
    places[place] = member;
}

/// The first member below the sponsor with a free place, level by level.
fn breadth_first(queue: &mut VecDeque<u32>, sponsor: u32, below: &[Vec<u32>], width: usize) -> (u32, usize) {
    if queue.is_empty() {
        queue.push_back(sponsor);
    }
    while let Some(next) = queue.front().copied() {
        let places = &below[next as usize];
        let free = (0..width).find(|place| places.get(*place).is_none_or(|taken| *taken == NONE));
        if let Some(free) = free {
            return (next, free);
        }
        queue.extend(places.iter().copied().filter(|place| *place != NONE));
        queue.pop_front();
    }
    (sponsor, 0)
}

/// The end of the line below the sponsor on one side. Whoever is on the way is led to the end at once next time.
fn outer(sponsor: u32, below: &[Vec<u32>], place: usize, end: &mut [u32]) -> (u32, usize) {
    let mut at = sponsor;
    loop {
        let further = end[at as usize];
        let next = below[further as usize].get(place).copied().filter(|next| *next != NONE);
        let Some(next) = next else {
            at = further;
            break;
        };
        at = next;
    }
    let mut way = sponsor;
    while end[way as usize] != at && way != at {
        let further = end[way as usize];
        end[way as usize] = at;
        let next = below[further as usize].get(place).copied().filter(|next| *next != NONE);
        way = next.unwrap_or(at);
    }
    (at, place)
}
