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

/// A place below a position of the placement tree; 0 is the first, which a binary tree calls left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Side(pub u8);

/// A text that is not a side.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is not a side; write left, right, or a place from 1 to 255")]
pub struct NotASide(pub String);

impl std::str::FromStr for Side {
    type Err = NotASide;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "left" => Ok(Self(0)),
            "right" => Ok(Self(1)),
            _ => {
                let place = text.parse::<u8>().ok().and_then(|place| place.checked_sub(1));
                place.map(Self).ok_or_else(|| NotASide(text.chars().take(40).collect()))
            }
        }
    }
}

impl std::fmt::Display for Side {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            0 => f.write_str("left"),
            1 => f.write_str("right"),
            place => write!(f, "{}", u16::from(place) + 1),
        }
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
    fn sides_have_names_or_numbers_from_one() {
        for (text, side, shown) in [("left", 0, "left"), ("2", 1, "right"), ("3", 2, "3"), ("255", 254, "255")] {
            let read: Side = text.parse().unwrap();
            assert_eq!((read, read.to_string().as_str()), (Side(side), shown));
        }
        for text in ["0", "256", "middle", "-1", ""] {
            assert!(text.parse::<Side>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_member_never_stands_below_itself() {
        // 1 over 2 over 3
        assert!(would_cycle(&1, &3, [2, 1].into_iter()));
        assert!(would_cycle(&1, &1, std::iter::empty()));
        assert!(!would_cycle(&3, &1, std::iter::empty()));
    }
}
