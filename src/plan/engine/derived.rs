//! Trees that a plan derives: without those who do not count, with first recruits passed up, or as one line.

use super::fault::RunFault;
use super::memory::Memory;
use super::standing::Standing;
use super::tree::{NONE, Tree};
use super::values::{At, NoValue};
use crate::plan::checked::DerivedTree;
use crate::plan::expr::{Cond, Reads};
use crate::plan::snapshot::Snapshot;

/// The derived trees by their place in the plan, as far as they are known.
#[derive(Default)]
pub struct Trees(Vec<Option<Derived>>);

/// A derived tree, and who is in it; empty for everybody.
struct Derived {
    tree: Tree,
    stays: Vec<bool>,
}

impl Trees {
    /// One of them.
    pub fn get(&self, place: u16) -> Option<&Tree> {
        self.0.get(usize::from(place))?.as_ref().map(|derived| &derived.tree)
    }

    /// Whether a member is in one of them. Others hang below the nearest member who is.
    pub fn stays(&self, place: u16, member: usize) -> bool {
        let derived = self.0.get(usize::from(place)).and_then(Option::as_ref);
        derived.and_then(|derived| derived.stays.get(member)).copied().unwrap_or(true)
    }
}

/// Derives the trees that are made at this stage of the calculation.
pub fn derive(
    standing: &mut Standing<'_>,
    snapshot: &Snapshot,
    memory: &mut Memory,
    stage: Reads,
) -> Result<(), RunFault> {
    for (place, derived) in standing.plan.trees.iter().enumerate() {
        if standing.trees.0.len() <= place {
            standing.trees.0.push(None);
        }
        if derived.reads == stage {
            let tree = one(standing, snapshot, memory, derived)?;
            standing.trees.0[place] = Some(tree);
        }
    }
    Ok(())
}

fn one(
    standing: &mut Standing<'_>,
    snapshot: &Snapshot,
    memory: &mut Memory,
    derived: &DerivedTree,
) -> Result<Derived, RunFault> {
    let mut parent = standing.tree(derived.of).parent.clone();
    let mut stays = Vec::new();
    if let Some(line) = &derived.line {
        let order = match &line.orders {
            None => by_day(standing),
            Some(cond) => by_order(standing, snapshot, memory, derived, cond)?,
        };
        stays = vec![line.orders.is_none(); parent.len()];
        parent.fill(NONE);
        for (place, member) in order.iter().enumerate() {
            stays[*member as usize] = true;
            if place > 0 {
                parent[*member as usize] = order[(place - 1) / usize::from(line.width)];
            }
        }
        // Customers have no place: they stand below whoever enrolled them.
        let customer = |member: &usize| !standing.field.kind[*member].may_earn();
        (0..parent.len()).filter(customer).for_each(|member| parent[member] = standing.field.enroller.parent[member]);
    }
    if let Some(cond) = &derived.pass_up {
        let passed = passed_up(standing, snapshot, derived, cond)?;
        // The one above who got the recruits that are passed up: where somebody is passed up too, whoever got that one.
        let of = standing.tree(derived.of);
        for member in &of.order {
            let member = *member as usize;
            let above = of.parent[member];
            if above != NONE && passed[member] {
                let beyond = parent[above as usize];
                parent[member] = if beyond == NONE { above } else { beyond };
            }
        }
    }
    if let Some(only) = &derived.only {
        let meets = all(standing, snapshot, derived, only)?;
        stays = if stays.is_empty() {
            meets
        } else {
            stays.iter().zip(meets).map(|(stays, meets)| *stays && meets).collect()
        };
        // Parents come first, so a parent that does not stay knows already who stands in for it.
        let order = Tree::new(parent.clone()).map_or_else(|_| Vec::new(), |tree| tree.order);
        for member in order {
            let above = parent[member as usize];
            if above != NONE && !stays[above as usize] {
                parent[member as usize] = parent[above as usize];
            }
        }
    }
    Tree::new(parent).map(|tree| Derived { tree, stays }).map_err(|member| RunFault::Arithmetic {
        place: format!("tree {}", derived.name),
        member: standing.field.number(snapshot, member as usize).to_owned(),
    })
}

/// All distributors by day of enrolment and number.
fn by_day(standing: &Standing<'_>) -> Vec<u32> {
    let field = standing.field;
    let mut order: Vec<u32> = (0_u32..).take(field.len()).collect();
    order.sort_by_key(|member| (field.joined[*member as usize], field.by_number[*member as usize]));
    order.retain(|member| field.kind[*member as usize].may_earn());
    order
}

/// Distributors in the order of their places. The first order that meets the condition gives the next place, for good.
fn by_order(
    standing: &Standing<'_>,
    snapshot: &Snapshot,
    memory: &mut Memory,
    derived: &DerivedTree,
    cond: &Cond,
) -> Result<Vec<u32>, RunFault> {
    let field = standing.field;
    let key = format!("place:{}", derived.name);
    let mut place = memory.shared(&key);
    let mut order: Vec<u32> =
        (0_u32..).zip(&place).filter(|(_, place)| **place > 0).map(|(member, _)| member).collect();
    order.sort_unstable_by_key(|member| place[*member as usize]);
    let mut next = order.last().map_or(1, |last| place[*last as usize] + 1);
    for (at, buyer) in field.orders.buyer.iter().enumerate() {
        let member = *buyer as usize;
        if place[member] != 0 || !field.kind[member].may_earn() {
            continue;
        }
        let bought = standing.holds(cond, member, At::order(at)).map_err(|NoValue| RunFault::Arithmetic {
            place: format!("tree {}", derived.name),
            member: field.number(snapshot, member).to_owned(),
        })?;
        if bought {
            (place[member], next) = (next, next + 1);
            order.push(*buyer);
        }
    }
    memory.keep_shared(key, &place);
    Ok(order)
}

/// Who meets a condition.
fn all(
    standing: &Standing<'_>,
    snapshot: &Snapshot,
    derived: &DerivedTree,
    cond: &Cond,
) -> Result<Vec<bool>, RunFault> {
    let holds = |member: usize| {
        standing.holds(cond, member, At::MEMBER).map_err(|NoValue| RunFault::Arithmetic {
            place: format!("tree {}", derived.name),
            member: standing.field.number(snapshot, member).to_owned(),
        })
    };
    (0..standing.field.len()).map(holds).collect()
}

/// Which distributors are passed up, by as which recruit they came in the tree that the new one is derived from.
fn passed_up(
    standing: &mut Standing<'_>,
    snapshot: &Snapshot,
    derived: &DerivedTree,
    cond: &Cond,
) -> Result<Vec<bool>, RunFault> {
    let here = recruits(standing, standing.tree(derived.of));
    let elsewhere = std::mem::replace(&mut standing.recruit, here);
    let passed = all(standing, snapshot, derived, cond);
    standing.recruit = elsewhere;
    let mut passed = passed?;
    passed.iter_mut().zip(&standing.field.kind).for_each(|(passed, kind)| *passed &= kind.may_earn());
    Ok(passed)
}

/// As which distributor below its parent each member came, by day of enrolment and number; the first is 1.
pub fn recruits(standing: &Standing<'_>, tree: &Tree) -> Vec<u32> {
    let field = standing.field;
    let mut out = vec![0; field.len()];
    let mut came: Vec<u32> = Vec::new();
    for member in 0..field.len() {
        came.clear();
        came.extend(tree.children(member).iter().filter(|child| field.kind[**child as usize].may_earn()));
        came.sort_by_key(|child| (field.joined[*child as usize], field.by_number[*child as usize]));
        for (number, child) in (1_u32..).zip(&came) {
            out[*child as usize] = number;
        }
    }
    out
}
