//! Who was passed over on the way to a line: told when somebody asks, from the tree that was walked and from why each
//! member could not be paid.

use super::result::{EarningLine, Passed, PassedReason};

/// How many passed-over members are listed.
pub const LISTED: usize = 16;

/// No member.
const NOBODY: u32 = u32::MAX;

/// The ways up of a run. Members by their place in the snapshot.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Climbs {
    /// The trees that were walked.
    pub trees: Vec<Upward>,
    /// Per bonus of the plan; `None` where nobody walks.
    pub ways: Vec<Option<Way>>,
}

/// A tree from below.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upward {
    /// The parent of each member, or `u32::MAX`.
    pub parent: Vec<u32>,
    /// Steps to the root.
    pub depth: Vec<u32>,
}

/// How one bonus goes up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    /// Which of the trees.
    pub tree: usize,
    /// Why each member is passed over, if it is.
    pub reasons: Vec<Reason>,
}

/// Why a member is passed over, and whether it uses up a level then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reason {
    /// Why.
    pub reason: PassedReason,
    /// Whether a level is used up.
    pub uses_level: bool,
}

impl Climbs {
    /// Who was passed over below a line, nearest first, and how many more there were than are listed.
    pub fn passed(&self, line: &EarningLine) -> (Vec<Passed>, u32) {
        let way = self.ways.get(usize::from(line.bonus)).and_then(Option::as_ref);
        let (Some(way), Some((below, is_passed))) = (way, line.below()) else {
            return (Vec::new(), 0);
        };
        let Some(tree) = self.trees.get(way.tree) else {
            return (Vec::new(), 0);
        };
        let steps = tree.depth[below as usize].saturating_sub(tree.depth[line.member as usize]);
        let between = steps.saturating_sub(u32::from(!is_passed));
        let mut list = Vec::with_capacity(LISTED.min(between as usize));
        let mut at = if is_passed { below } else { tree.parent[below as usize] };
        while list.len() < LISTED && at != line.member && at != NOBODY {
            let Reason { reason, uses_level } = way.reasons[at as usize];
            list.push(Passed { member: at, reason, used_level: uses_level });
            at = tree.parent[at as usize];
        }
        let more = between.saturating_sub(u32::try_from(list.len()).unwrap_or(u32::MAX));
        (list, more)
    }
}
