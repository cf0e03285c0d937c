//! In which order members are judged: whoever is read comes before whoever reads.

use rust_decimal::Decimal;

use super::fault::RunFault;
use super::gather::{self, Columns, Part, Seen, Taken};
use super::standing::Standing;
use super::tree::{NONE, children};
use crate::plan::checked::CheckedPlan;
use crate::plan::expr::{Aggregate, Num, Shape, TreeRef};
use crate::plan::snapshot::Snapshot;

/// A way from whoever is read to whoever reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Link {
    /// The parent in a tree.
    Tree(TreeRef),
    /// The enroller.
    Enroller,
    /// The enroller, for those who stand below the enroller in a tree.
    EnrollerAbove(TreeRef),
}

impl Link {
    fn of(aggregate: &Aggregate) -> Self {
        match aggregate.shape {
            Shape::Legs | Shape::Frontline | Shape::Downline | Shape::Heads => Self::Tree(aggregate.tree),
            Shape::DownlineOn(_) => Self::Tree(TreeRef::PLACEMENT),
            // Needs ask nothing about ranks of other positions, or of everybody.
            Shape::Enrolled | Shape::Customers | Shape::Positions | Shape::Everybody => Self::Enroller,
            Shape::EnrolledLegs => Self::EnrollerAbove(aggregate.tree),
            Shape::EnrolledOn(_) => Self::EnrollerAbove(TreeRef::PLACEMENT),
        }
    }

    /// Whether the order of the sponsor tree is enough for it.
    fn is_sponsor(self) -> bool {
        matches!(self, Self::Tree(TreeRef::SPONSOR) | Self::EnrollerAbove(TreeRef::SPONSOR))
    }

    fn above(self, standing: &Standing<'_>, member: usize) -> u32 {
        let enroller = standing.field.enroller.parent[member];
        match self {
            Self::Tree(tree) => standing.tree(tree).parent[member],
            Self::Enroller => enroller,
            Self::EnrollerAbove(tree) => {
                let below = enroller != NONE && standing.tree(tree).contains(enroller as usize, member);
                if below { enroller } else { NONE }
            }
        }
    }
}

/// Which aggregates are read while members are judged.
pub fn read_by_ranks(plan: &CheckedPlan) -> Vec<bool> {
    let mut read = vec![false; plan.aggregates.len()];
    let mut found: Vec<usize> = Vec::new();
    let mut see = |num: &Num| {
        if let Num::Count(place) | Num::Gathered(place) = num {
            found.push(usize::from(*place));
        }
    };
    for need in plan.ranks.iter().flat_map(|rank| rank.needs.iter().chain(rank.maintain.iter().flatten())) {
        need.cond.numbers(&mut see);
    }
    for volume in &plan.volumes {
        volume.stop.iter().for_each(|stop| stop.numbers(&mut see));
        volume.passes.iter().for_each(|passes| passes.numbers(&mut see));
    }
    plan.trees.iter().filter_map(|tree| tree.only.as_ref()).for_each(|only| only.numbers(&mut see));
    while let Some(place) = found.pop() {
        if !std::mem::replace(&mut read[place], true) {
            plan.aggregates[place].numbers(&mut |num| {
                if let Num::Count(inner) | Num::Gathered(inner) = num {
                    found.push(usize::from(*inner));
                }
            });
        }
    }
    read
}

/// The order of judging. Where members stand below each other in turn over several trees, the sponsor tree
/// decides among them, and links that go against it are counted by former ranks.
pub struct Judging {
    /// Members, and the place of each; `None` where the sponsor tree from its end to its beginning will do.
    order: Option<(Vec<u32>, Vec<u32>)>,
    /// What everybody brings by former ranks, where a link goes against the order.
    former: Option<Former>,
}

/// Aggregates by the ranks of the period before.
struct Former {
    counts: Vec<Vec<u32>>,
    sums: Vec<Vec<Decimal>>,
    /// Per gathered aggregate.
    taken: Vec<Vec<Taken>>,
    seen: Vec<Seen>,
}

impl Judging {
    /// Finds the order for the aggregates (their places) that are made along with the ranks.
    pub fn new(standing: &mut Standing<'_>, snapshot: &Snapshot, gathered: &[usize]) -> Result<Self, RunFault> {
        let plan = standing.plan;
        let mut links: Vec<Link> = Vec::new();
        for place in gathered {
            let link = Link::of(&plan.aggregates[*place]);
            if !link.is_sponsor() && !links.contains(&link) {
                links.push(link);
            }
        }
        let count = standing.field.len();
        let above = |link: &Link| (0..count).map(|member| link.above(standing, member)).collect::<Vec<u32>>();
        let mut parents: Vec<Vec<u32>> = links.iter().map(above).collect();
        let downwards =
            |parent: &Vec<u32>| (0_u32..).zip(parent).all(|(member, above)| *above == NONE || *above < member);
        if parents.iter().all(downwards) {
            return Ok(Self { order: None, former: None });
        }
        parents.push(standing.field.sponsor.parent.clone());
        let order = bottom_up(&parents);
        let mut place = vec![0_u32; count];
        for (at, member) in (0_u32..).zip(&order) {
            place[*member as usize] = at;
        }
        let against = |parent: &Vec<u32>| {
            (0..count).any(|member| parent[member] != NONE && place[parent[member] as usize] < place[member])
        };
        let former = if parents.iter().any(against) { Some(former(standing, snapshot, gathered)?) } else { None };
        Ok(Self { order: Some((order, place)), former })
    }

    /// The member who is judged at this place, from 0.
    pub fn member(&self, at: usize, count: usize) -> usize {
        self.order.as_ref().map_or(count - 1 - at, |(order, _)| order[at] as usize)
    }

    /// Whether somebody above has been judged before a member below: a link that goes against the order.
    pub fn against(&self, above: usize, member: usize) -> bool {
        let place = self.order.as_ref().filter(|_| self.former.is_some()).map(|(_, place)| place);
        place.is_some_and(|place| place[above] < place[member])
    }

    /// Counts those below a member who are judged later by the ranks they had.
    pub fn count_former(
        &self,
        standing: &mut Standing<'_>,
        snapshot: &Snapshot,
        gathered: &[usize],
        seen: &mut [Seen],
        member: usize,
    ) -> Result<(), RunFault> {
        let Some(former) = &self.former else { return Ok(()) };
        for ((of, place), seen) in gathered.iter().enumerate().zip(seen) {
            let aggregate = &standing.plan.aggregates[*place];
            let below = match Link::of(aggregate) {
                Link::Tree(tree) => standing.tree(tree).children(member),
                Link::Enroller | Link::EnrollerAbove(_) => standing.field.enroller.children(member),
            };
            let late: Vec<usize> =
                below.iter().map(|below| *below as usize).filter(|below| self.against(member, *below)).collect();
            for below in late {
                if gather::above(standing, aggregate, below) == Some(member) {
                    former
                        .part(aggregate, (of, *place), below)
                        .and_then(|part| gather::add(standing, *place, below, member, part, seen))
                        .ok_or_else(|| gather::arithmetic(standing, snapshot, below))?;
                }
            }
        }
        Ok(())
    }
}

impl Former {
    fn part(&self, aggregate: &Aggregate, (of, place): (usize, usize), member: usize) -> Option<Part> {
        let columns = Columns { counts: &self.counts, sums: &self.sums };
        gather::part(aggregate, place, member, self.taken[of][member], columns, &self.seen[of])
    }
}

/// Makes the aggregates as if everybody had the rank that the period before paid on.
fn former(standing: &mut Standing<'_>, snapshot: &Snapshot, gathered: &[usize]) -> Result<Former, RunFault> {
    let (rank, paid) = (standing.rank.clone(), standing.paid.clone());
    if standing.judged.is_empty() {
        standing.rank.clone_from(&standing.former);
        standing.paid.clone_from(&standing.former);
    }
    let (mut taken, mut seen) = (Vec::new(), Vec::new());
    for place in gathered {
        let mut own = vec![Taken::default(); standing.field.len()];
        seen.push(gather::along_the_tree(standing, snapshot, *place, &mut |member, taken| own[member] = taken)?);
        taken.push(own);
    }
    let (mut counts, mut sums) = (vec![Vec::new(); standing.counts.len()], vec![Vec::new(); standing.sums.len()]);
    for place in gathered {
        counts[*place] = std::mem::take(&mut standing.counts[*place]);
        sums[*place] = std::mem::take(&mut standing.sums[*place]);
        gather::make_room(standing, *place);
    }
    (standing.rank, standing.paid) = (rank, paid);
    Ok(Former { counts, sums, taken, seen })
}

/// Members in an order in which everybody below comes first, whatever the tree. Members who stand below each other
/// in turn come together, the last one first.
fn bottom_up(parents: &[Vec<u32>]) -> Vec<u32> {
    let count = parents.first().map_or(0, Vec::len);
    let trees: Vec<(Vec<u32>, Vec<u32>)> = parents.iter().map(|parent| children(parent)).collect();
    // What is looked at next below each member: the tree, and the place in its list.
    let mut next: Vec<(u8, u32)> = vec![(0, 0); count];
    let mut below = |member: usize| -> Option<usize> {
        let (tree, at) = &mut next[member];
        while let Some((start, list)) = trees.get(usize::from(*tree)) {
            let child = start[member] + *at;
            if child < start[member + 1] {
                *at += 1;
                return Some(list[child as usize] as usize);
            }
            (*tree, *at) = (*tree + 1, 0);
        }
        None
    };
    // Tarjan: the number under which each was found, and the least number that it comes back to.
    let (mut found, mut least) = (vec![0_u32; count], vec![0_u32; count]);
    let (mut way, mut open): (Vec<usize>, Vec<usize>) = (Vec::new(), Vec::new());
    let mut is_open = vec![false; count];
    let mut number = 0;
    let mut order: Vec<u32> = Vec::with_capacity(count);
    for first in (0..count).rev() {
        let mut entered = Some(first).filter(|first| found[*first] == 0);
        loop {
            if let Some(member) = entered.take() {
                number += 1;
                (found[member], least[member], is_open[member]) = (number, number, true);
                way.push(member);
                open.push(member);
            }
            let Some(member) = way.last().copied() else { break };
            match below(member) {
                Some(child) if found[child] == 0 => entered = Some(child),
                Some(child) if is_open[child] => least[member] = least[member].min(found[child]),
                Some(_) => {}
                None => {
                    way.pop();
                    if let Some(above) = way.last() {
                        least[*above] = least[*above].min(least[member]);
                    }
                    if least[member] == found[member] {
                        let from = open.iter().rposition(|open| *open == member).unwrap_or(0);
                        let mut circle = open.split_off(from);
                        circle.sort_unstable_by(|a, b| b.cmp(a));
                        for member in circle {
                            is_open[member] = false;
                            order.push(u32::try_from(member).unwrap_or(NONE));
                        }
                    }
                }
            }
        }
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn everybody_below_comes_first_where_there_is_no_way_back(
            links in prop::collection::vec((0_usize..12, 0_usize..14), 12), other in prop::collection::vec(0_u32..20, 12),
        ) {
            let sponsor: Vec<u32> = (0..12_u32).map(|at| if at == 0 { NONE } else { u32::try_from(links[at as usize].0).unwrap() % at }).collect();
            let enroller: Vec<u32> = (0_u32..).zip(&other).map(|(at, above)| if *above < 12 && *above != at { *above } else { NONE }).collect();
            let parents = [enroller, sponsor];
            let order = bottom_up(&parents);
            let mut reach = vec![vec![false; 12]; 12];
            for parent in &parents {
                for (member, above) in parent.iter().enumerate().filter(|(_, above)| **above != NONE) {
                    reach[*above as usize][member] = true;
                }
            }
            for by in 0..12 {
                for from in 0..12 {
                    for to in 0..12 {
                        reach[from][to] |= reach[from][by] && reach[by][to];
                    }
                }
            }
            let place = |member: usize| order.iter().position(|at| *at as usize == member).unwrap();
            for (above, reached) in reach.iter().enumerate() {
                for member in (0..12).filter(|member| *member != above && reached[*member]) {
                    let turn = reach[member][above];
                    prop_assert!(place(member) < place(above) || turn && member < above);
                    prop_assert!(!turn || (place(member) < place(above)) == (member > above));
                }
            }
        }
    }
}
