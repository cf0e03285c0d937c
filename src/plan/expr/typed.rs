//! The typed tree of an expression: names resolved, kinds of values settled.

use crate::domain::member::{MemberKind, MemberStatus};
use crate::domain::order::OrderType;
use rust_decimal::Decimal;

/// How much of the calculation must be done before a value can be read. The order of the variants
/// is the order of the calculation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reads {
    /// What members and orders say themselves.
    Facts,
    /// Volumes.
    Volumes,
    /// Who is active.
    Active,
    /// Ranks of this period.
    Ranks,
    /// Ranks of everybody and of earlier periods.
    Everything,
}

/// A comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compare {
    /// `=`
    Is,
    /// `!=`
    IsNot,
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    More,
    /// `>=`
    AtLeast,
}

impl Compare {
    /// Whether it holds between two values.
    pub fn holds<T: PartialOrd>(self, left: &T, right: &T) -> bool {
        match self {
            Self::Is => left == right,
            Self::IsNot => left != right,
            Self::Less => left < right,
            Self::AtMost => left <= right,
            Self::More => left > right,
            Self::AtLeast => left >= right,
        }
    }

    /// The same comparison with the sides exchanged.
    #[must_use]
    pub const fn turned(self) -> Self {
        match self {
            Self::Less => Self::More,
            Self::AtMost => Self::AtLeast,
            Self::More => Self::Less,
            Self::AtLeast => Self::AtMost,
            same => same,
        }
    }
}

/// A rank in a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RankTerm {
    /// The rank earned in this period (so far, while ranks are being found).
    Earned,
    /// The rank that is paid on.
    Paid,
    /// The best ever.
    Highest,
    /// A rank of the plan: its place, lowest first.
    Is(u16),
}

/// A number that a member has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MemberField {
    /// Days from enrolment to the period's last day; for the buyer of an order to the day of the order.
    DaysEnrolled,
    /// Orders of the period.
    Orders,
}

/// A number that an order has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderField {
    /// Commissionable volume.
    Cv,
    /// Qualifying volume.
    Qv,
    /// What the customer paid.
    Paid,
    /// The same goods at the wholesale price.
    Wholesale,
}

/// A condition.
#[derive(Debug, Clone, PartialEq)]
pub enum Cond {
    /// Settled already.
    Always(bool),
    /// The plan's activity condition.
    Active,
    /// Not a distributor.
    Customer,
    /// The opposite.
    Not(Box<Cond>),
    /// Every one holds.
    All(Vec<Cond>),
    /// At least one holds.
    Any(Vec<Cond>),
    /// Two numbers compared.
    Numbers(Compare, Num, Num),
    /// A volume (ten-thousandths) compared with a number: the frequent case, without decimals.
    Volume(Compare, u16, i64),
    /// A count compared with a whole number.
    Count(Compare, u16, i64),
    /// Two ranks compared.
    Ranks(Compare, RankTerm, RankTerm),
    /// Whether the member is of the kind.
    Kind(MemberKind),
    /// Whether the account is in the state.
    Status(MemberStatus),
    /// Whether the order is of the type.
    Type(OrderType),
}

/// A number.
#[derive(Debug, Clone, PartialEq)]
pub enum Num {
    /// As written.
    Const(Decimal),
    /// One of the plan's volumes.
    Volume(u16),
    /// One of the plan's counts of members.
    Count(u16),
    /// A number of the member.
    Member(MemberField),
    /// A number of the order.
    Order(OrderField),
    /// Sum of a volume over the legs, each leg counted up to a limit.
    Capped(u16, Box<Num>),
    /// The n-th strongest leg's volume.
    Leg(u16, Box<Num>),
    /// For how many periods in a row, this one included, the paid rank was at least this.
    Held(u16),
    /// The opposite sign.
    Negative(Box<Num>),
    /// Sum.
    Plus(Box<Num>, Box<Num>),
    /// Difference.
    Minus(Box<Num>, Box<Num>),
    /// Product.
    Times(Box<Num>, Box<Num>),
    /// Quotient.
    Over(Box<Num>, Box<Num>),
    /// The smallest.
    Least(Vec<Num>),
    /// The largest.
    Greatest(Vec<Num>),
    /// One of two.
    If(Box<Cond>, Box<Num>, Box<Num>),
}

/// Which members a count looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Frontline legs of the sponsor tree with at least one such member at any depth.
    Legs,
    /// Such members on the first level of the sponsor tree.
    Frontline,
    /// Such members anywhere below in the sponsor tree.
    Downline,
    /// Such distributors that the member enrolled.
    Enrolled,
    /// Such customers that the member enrolled.
    Customers,
}

/// A count of members that meet a condition.
#[derive(Debug, Clone, PartialEq)]
pub struct Aggregate {
    /// Which members it looks at.
    pub shape: Shape,
    /// What they must meet.
    pub cond: Cond,
    /// What must be known before it can be counted.
    pub reads: Reads,
}

impl Num {
    /// The value, where it does not depend on anybody.
    pub fn constant(&self) -> Option<Decimal> {
        match self {
            Self::Const(value) => Some(*value),
            _ => None,
        }
    }
}

impl Cond {
    /// Calls `see` with every number in the condition.
    pub fn numbers(&self, see: &mut dyn FnMut(&Num)) {
        match self {
            Self::Not(inner) => inner.numbers(see),
            Self::All(parts) | Self::Any(parts) => parts.iter().for_each(|part| part.numbers(see)),
            Self::Numbers(_, left, right) => {
                left.numbers(see);
                right.numbers(see);
            }
            Self::Volume(_, place, _) => see(&Num::Volume(*place)),
            Self::Count(_, place, _) => see(&Num::Count(*place)),
            _ => {}
        }
    }
}

impl Num {
    /// Calls `see` with this number and every number in it. Takes a trait object because it calls itself.
    pub fn numbers(&self, see: &mut dyn FnMut(&Num)) {
        see(self);
        match self {
            Self::Capped(_, inner) | Self::Leg(_, inner) | Self::Negative(inner) => inner.numbers(see),
            Self::Plus(a, b) | Self::Minus(a, b) | Self::Times(a, b) | Self::Over(a, b) => {
                a.numbers(see);
                b.numbers(see);
            }
            Self::Least(parts) | Self::Greatest(parts) => parts.iter().for_each(|part| part.numbers(see)),
            Self::If(cond, a, b) => {
                cond.numbers(see);
                a.numbers(see);
                b.numbers(see);
            }
            _ => {}
        }
    }
}
