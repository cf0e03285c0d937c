//! The trees over the members.

use super::words::words;

words! {
    /// Which tree a link belongs to. The same people stand in all of them.
    TreeKind, "tree" {
        /// Who brought the member in.
        Enroller = "enroller",
        /// Who is the member's upline.
        Sponsor = "sponsor",
        /// The position in the binary or matrix tree.
        Placement = "placement",
    }
}

/// Why a member may not get this parent in a tree.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LinkRefused {
    /// A member over itself, directly or through others.
    #[error("{parent} is {member} or stands below {member}; choose somebody outside that group")]
    Cycle {
        /// Number of the member that would get the parent.
        member: String,
        /// Number of the parent that was asked for.
        parent: String,
    },
}

/// Whether `parent` may become the parent of `member`: it must not be the member nor stand below it.
/// `uplines` yields the uplines of `parent`, nearest first.
pub fn would_cycle<T: PartialEq>(member: &T, parent: &T, mut uplines: impl Iterator<Item = T>) -> bool {
    member == parent || uplines.any(|upline| upline == *member)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_never_stands_below_itself() {
        // 1 over 2 over 3
        assert!(would_cycle(&1, &3, [2, 1].into_iter()));
        assert!(would_cycle(&1, &1, std::iter::empty()));
        assert!(!would_cycle(&3, &1, std::iter::empty()));
    }
}
