//! How two sides are matched: left with right, or the strongest leg with all others.

use super::Excess;
use crate::domain::run::PeriodKind;
use crate::domain::words::words;
use crate::plan::expr::{Cond, Num, TreeRef};

words! {
    /// What becomes of the volume of a member who may not be paid on it.
    Unqualified, "way to treat the unqualified" {
        /// Both sides are carried on.
        Keep = "keep",
        /// The sides are matched as if it were paid, without pay.
        Match = "match",
        /// Both sides are lost.
        Flush = "flush",
        /// What was carried in is carried on, what came in is lost.
        Hold = "hold",
    }
}

words! {
    /// What is left after two sides were matched.
    After, "way to go on" {
        /// What was not matched stays on its side.
        Carry = "carry",
        /// Nothing.
        Flush = "flush",
        /// Nothing where something was matched; what was not matched at all stays.
        FlushMatched = "flush-matched",
    }
}

words! {
    /// What is matched with what.
    Sides, "way to take sides" {
        /// The left side with the right one.
        LeftRight = "left-right",
        /// The strongest leg with all others together.
        PowerLeg = "power-leg",
    }
}

words! {
    /// On which side a member's own volume counts.
    OwnTo, "side for the own volume" {
        /// The weaker one, of equal ones the left.
        Weaker = "weaker",
        /// The left one.
        Left = "left",
        /// The right one.
        Right = "right",
        /// The weaker one until both are equal, the rest on both.
        Balanced = "balanced",
    }
}

/// How the two sides of each place in the placement tree are matched.
#[derive(Debug, Clone, PartialEq)]
pub struct Pairing {
    /// Name in expressions.
    pub name: String,
    /// Which volume flows up: a volume of the members' own orders.
    pub volume: u16,
    /// What is matched with what.
    pub sides: Sides,
    /// Along which tree: the placement tree, where left is matched with right.
    pub tree: TreeRef,
    /// What of the member's own counts on a side.
    pub own: Option<Num>,
    /// On which.
    pub own_to: OwnTo,
    /// The first level below a member that counts, the next one is 1, and how many do.
    pub levels: (u16, u16),
    /// Who is matched.
    pub qualified: Cond,
    /// What becomes of the others: the first whose condition holds, and for the rest the sides are kept.
    pub unqualified: Vec<(Cond, Unqualified)>,
    /// How.
    pub method: Matching,
    /// The most that is matched: volume, cycles, or ladder volume.
    pub limit: Option<Num>,
    /// What becomes of what could be matched above the limit.
    pub excess: Excess,
    /// What is left.
    pub after: After,
    /// The most that is carried on a side.
    pub carry_limit: Option<Num>,
    /// After how many periods carried volume is lost; 0 for never.
    pub carry_periods: u16,
    /// In which runs it is matched; in all where not given.
    pub period: Option<PeriodKind>,
    /// Whether it reads no ranks of this period, so that ranks may read it.
    pub early: bool,
}

/// How two sides are matched. Volumes in ten-thousandths.
#[derive(Debug, Clone, PartialEq)]
pub enum Matching {
    /// The smaller side.
    Weaker,
    /// Whole cycles of so much from the stronger and so much from the weaker side, which are decided anew before each.
    Cycles {
        /// From the stronger side.
        strong: i64,
        /// From the weaker side.
        weak: i64,
        /// The same of a member's first cycle ever, where it is another: stronger, weaker.
        first: Option<(i64, i64)>,
    },
    /// Whole cycles of so much from each side.
    Fixed([i64; 2]),
    /// The highest of these volumes that both sides reach.
    Steps(Vec<i64>),
    /// Steps over everything that was ever used; within a period at most so many times the weaker from the stronger side.
    Ladder {
        /// Steps, counted over all periods.
        steps: Vec<i64>,
        /// How many times the weaker side may be used of the stronger.
        ratio: u16,
        /// Whether the steps begin anew above the last one.
        again: bool,
    },
}
