//! One tree over the members as flat arrays. Walks are loops, never recursion.

use std::sync::OnceLock;

/// No member.
pub const NONE: u32 = u32::MAX;

/// Parents, an order in which parents come before children, and depths.
pub struct Tree {
    /// The parent of each member, or [`NONE`].
    pub parent: Vec<u32>,
    /// Members with parents first.
    pub order: Vec<u32>,
    /// Steps to the root.
    pub depth: Vec<u32>,
    below: OnceLock<(Vec<u32>, Vec<u32>)>,
    reach: OnceLock<Vec<(u32, u32)>>,
}

impl Tree {
    /// Builds a tree from the parents; roots and siblings keep the given order of members.
    /// Where there is a cycle, one member on it is returned.
    pub fn new(parent: Vec<u32>) -> Result<Self, u32> {
        let order = preorder(&parent);
        if order.len() < parent.len() {
            return Err(on_cycle(&parent, &order));
        }
        let mut depth = vec![0_u32; parent.len()];
        for member in &order {
            let above = parent[*member as usize];
            if above != NONE {
                depth[*member as usize] = depth[above as usize] + 1;
            }
        }
        Ok(Self { parent, order, depth, below: OnceLock::new(), reach: OnceLock::new() })
    }

    /// The same tree with members renumbered: member `order[i]` becomes `i`.
    pub fn renumbered(self, index: &[u32]) -> Self {
        let take = |old: u32| {
            if old == NONE { NONE } else { index[old as usize] }
        };
        let mut parent = vec![NONE; self.parent.len()];
        let mut depth = vec![0; self.parent.len()];
        for (old, new) in index.iter().enumerate() {
            parent[*new as usize] = take(self.parent[old]);
            depth[*new as usize] = self.depth[old];
        }
        let order = self.order.into_iter().map(take).collect();
        Self { parent, depth, order, below: OnceLock::new(), reach: OnceLock::new() }
    }

    /// First-level members below.
    pub fn children(&self, member: usize) -> &[u32] {
        let (start, list) = self.below.get_or_init(|| children(&self.parent));
        &list[start[member] as usize..start[member + 1] as usize]
    }

    /// The leg of a member in which somebody below stands.
    pub fn leg(&self, above: usize, member: usize) -> Option<usize> {
        if above == member || !self.contains(above, member) {
            return None;
        }
        let reach = self.reach.get_or_init(|| reach(&self.parent, &self.order));
        let place = reach[member].0;
        let legs = self.children(above);
        let holds = |leg: usize| (reach[leg].0..reach[leg].1).contains(&place);
        // Most often children stand in the order in which the tree is gone through.
        let after = legs.partition_point(|leg| reach[*leg as usize].0 <= place);
        let likely = after.checked_sub(1).map(|at| legs[at] as usize).filter(|leg| holds(*leg));
        likely.or_else(|| legs.iter().map(|leg| *leg as usize).find(|leg| holds(*leg)))
    }

    /// Where a member and everybody below stand when the tree is gone through: from this place up to the other, without it.
    pub fn stretch(&self, member: usize) -> (u32, u32) {
        self.reach.get_or_init(|| reach(&self.parent, &self.order))[member]
    }

    /// Whether a member stands below another, or is it.
    pub fn contains(&self, above: usize, member: usize) -> bool {
        let reach = self.reach.get_or_init(|| reach(&self.parent, &self.order));
        let (first, last) = reach[above];
        (first..last).contains(&reach[member].0)
    }
}

/// Children of every member, in the order of the members: starts and one list.
pub fn children(parent: &[u32]) -> (Vec<u32>, Vec<u32>) {
    let mut start = vec![0_u32; parent.len() + 1];
    for above in parent.iter().filter(|above| **above != NONE) {
        start[*above as usize + 1] += 1;
    }
    for at in 0..parent.len() {
        start[at + 1] += start[at];
    }
    let mut next = start.clone();
    let mut list = vec![0_u32; start[parent.len()] as usize];
    for (member, above) in (0_u32..).zip(parent) {
        if *above != NONE {
            list[next[*above as usize] as usize] = member;
            next[*above as usize] += 1;
        }
    }
    (start, list)
}

/// Per member: its place in the order, in which everybody below follows at once, and the place after the last of them.
fn reach(parent: &[u32], order: &[u32]) -> Vec<(u32, u32)> {
    let mut out = vec![(0_u32, 0_u32); parent.len()];
    for (place, member) in (0_u32..).zip(order) {
        out[*member as usize] = (place, place + 1);
    }
    for member in order.iter().rev() {
        let above = parent[*member as usize];
        if above != NONE {
            let last = out[*member as usize].1;
            let slot = &mut out[above as usize].1;
            *slot = (*slot).max(last);
        }
    }
    out
}

fn preorder(parent: &[u32]) -> Vec<u32> {
    let (start, list) = children(parent);
    let mut order = Vec::with_capacity(parent.len());
    let mut stack: Vec<u32> = Vec::new();
    for (root, above) in (0_u32..).zip(parent) {
        if *above != NONE {
            continue;
        }
        stack.push(root);
        while let Some(member) = stack.pop() {
            order.push(member);
            let below = &list[start[member as usize] as usize..start[member as usize + 1] as usize];
            stack.extend(below.iter().rev());
        }
    }
    order
}

/// A member on a cycle: the smallest, among those that no root reaches, that comes back to itself.
fn on_cycle(parent: &[u32], reached: &[u32]) -> u32 {
    let mut seen = vec![false; parent.len()];
    for member in reached {
        seen[*member as usize] = true;
    }
    let mut at = seen.iter().position(|seen| !seen).unwrap_or(0);
    while !seen[at] {
        seen[at] = true;
        at = parent[at] as usize;
    }
    let first = at;
    let mut least = at;
    loop {
        at = parent[at] as usize;
        least = least.min(at);
        if at == first {
            return u32::try_from(least).unwrap_or(NONE);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parents_come_first_and_siblings_keep_their_order() {
        // 4 over 0 and 2; 2 over 1 and 3
        let tree = Tree::new(vec![4, 2, 4, 2, NONE]).ok().unwrap();
        assert_eq!(tree.order, [4, 0, 2, 1, 3]);
        assert_eq!(tree.depth, [1, 2, 1, 2, 0]);
    }

    #[test]
    fn a_cycle_is_named_by_a_member_on_it() {
        // 0 hangs below the cycle 2 → 3 → 1 → 2
        assert_eq!(Tree::new(vec![2, 2, 3, 1]).err(), Some(1));
        assert_eq!(Tree::new(vec![NONE, 1]).err(), Some(1));
    }

    #[test]
    fn a_chain_of_a_million_does_not_overflow_the_stack() {
        let parent = (0..1_000_000_u32).map(|at| if at == 0 { NONE } else { at - 1 }).collect();
        assert_eq!(Tree::new(parent).ok().unwrap().depth[999_999], 999_999);
    }
}
