//! The typed tree of an expression: names resolved, kinds of values settled.

use crate::domain::member::{MemberKind, MemberStatus};
use crate::domain::order::OrderType;
use crate::domain::period_calendar::Weekday;
use crate::domain::run::PeriodKind;
use crate::domain::tree::TreeKind;
use rust_decimal::Decimal;

/// How much of the calculation must be done before a value can be read. The order of the variants
/// is the order of the calculation.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reads {
    /// What members and orders say themselves.
    #[default]
    Facts,
    /// Volumes.
    Volumes,
    /// Who is active.
    Active,
    /// Trees without those who do not meet a condition on volumes or activity, and volumes over them.
    Compressed,
    /// What the two sides of each place matched, where that reads no ranks.
    Matched,
    /// Ranks of this period.
    Ranks,
    /// Ranks of everybody and of earlier periods.
    Everything,
    /// What the two sides of each place in the placement tree matched.
    Pairs,
    /// What bonuses paid.
    Amounts,
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
    /// The rank that the previous run paid on.
    Former,
    /// A rank of the plan: its place, lowest first.
    Is(u16),
}

/// A number that a member has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MemberField {
    /// Days from enrolment to the period's last day.
    DaysEnrolled,
    /// Calendar months from the month of enrolment to that of the period's last day.
    MonthsEnrolled,
    /// Orders of the period.
    Orders,
    /// As which of its enroller's distributors it was enrolled, the first is 1.
    Recruit,
    /// The place of the paid rank, the lowest is 1; 0 without a rank.
    RankNumber,
    /// The month of the period's last day, 1 to 12.
    PeriodMonth,
    /// A number for the market, the same for all members of it.
    Market,
    /// Orders of the period and all before it.
    OrdersEver,
    /// Day of enrolment, in days since 1970 like every day.
    Joined,
    /// The first day of the period.
    PeriodStart,
    /// The last day of the period.
    PeriodEnd,
    /// One of the plan's attributes, by place: a number, a day, or the place of a word counted from 1; 0 without it.
    Attribute(u16),
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
    /// What was paid above the wholesale price; never of another sign than what was paid.
    Margin,
    /// As which of its buyer's orders of the period it came, the first is 1.
    Place,
    /// Days from the buyer's enrolment to the day of the order.
    BuyerDays,
    /// Calendar months from the buyer's enrolment to the day of the order.
    BuyerMonths,
    /// Days from the enrolment of the member whose volume it is to the day of the order.
    MemberDays,
    /// Calendar months from the enrolment of the member whose volume it is to the day of the order.
    MemberMonths,
    /// Days from the earner's enrolment to the day of the order.
    EarnerDays,
    /// Calendar months from the earner's enrolment to the day of the order.
    EarnerMonths,
    /// The day of the month on which it was made, 1 to 31.
    DayOfMonth,
    /// The month in which it was made, 1 to 12.
    Month,
    /// Commissionable volume of the buyer's earlier orders of the period.
    CvBefore,
    /// Qualifying volume of the buyer's earlier orders of the period.
    QvBefore,
    /// What the buyer paid for earlier orders of the period.
    PaidBefore,
    /// As which of its buyer's orders of all times it came, the first is 1.
    PlaceEver,
    /// As which sale of its seller it came in the period: of the distributor's own orders and those of its customers.
    Sale,
    /// The same of all times.
    SaleEver,
    /// Qualifying volume of the whole order, all product lines together.
    WholeQv,
    /// Commissionable volume of the whole order.
    WholeCv,
    /// What was paid for the whole order.
    WholePaid,
    /// One of the plan's further volumes, of the whole order.
    WholeMeasure(u16),
    /// Its day.
    Day,
    /// One of the plan's further volumes, by place.
    Measure(u16),
    /// The same of the buyer's earlier orders of the period.
    MeasureBefore(u16),
}

/// A number of a pairing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PairField {
    /// Carried in and new volume of a side: 0 is the left one, or the power leg; 1 the right one, or all other legs.
    Side(u8),
    /// What the previous run left on a side.
    Brought(u8),
    /// The smaller side.
    Weak,
    /// The larger side.
    Strong,
    /// Volume that was matched: of the weaker side, or of the step that was reached.
    Matched,
    /// Whole cycles.
    Cycles,
    /// For ladders: everything that was ever used, this period included.
    Position,
    /// For ladders: the same before this period.
    PositionBefore,
}

/// One of the trees of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TreeRef {
    /// A tree of the members.
    Kind(TreeKind),
    /// A tree that the plan derives: its place among them.
    Derived(u16),
}

impl TreeRef {
    /// The sponsor tree.
    pub const SPONSOR: Self = Self::Kind(TreeKind::Sponsor);
    /// The placement tree.
    pub const PLACEMENT: Self = Self::Kind(TreeKind::Placement);
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
    /// Whether the order came through somebody besides its buyer.
    Through,
    /// Whether the member enrolled the one whose order or amount it is.
    Mine,
    /// Whether the order was made on this day of the week.
    Weekday(Weekday),
    /// Whether the member's market is the one with this place among the plan's words.
    Market(u16),
    /// The place of the member's word for an attribute, counted from 1 (0 without one), compared with a place.
    Attribute(Compare, u16, i64),
    /// Whether the order is of the product line with this place among the plan's words.
    Line(u16),
    /// The same about whose order or amount it is, or about the member who counts.
    From(Box<Cond>),
    /// The same about the parent in a tree; it does not hold where there is none.
    Above(TreeKind, Box<Cond>),
}

/// A number.
#[derive(Debug, Clone, PartialEq)]
pub enum Num {
    /// As written.
    Const(Decimal),
    /// One of the plan's volumes.
    Volume(u16),
    /// One of the plan's volumes as it was when the order had come.
    SoFar(u16),
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
    /// In how many of so many periods before this one at least this rank was earned.
    Earned(u16, u16),
    /// The same as `Held`, as runs over periods of this kind found it.
    HeldIn(u16, PeriodKind),
    /// The same as `Earned`, as runs over periods of this kind found it.
    EarnedIn(u16, u16, PeriodKind),
    /// A volume or a named number as it was so many periods ago: its place among those that are remembered.
    Before(u16, u16),
    /// A number that runs keep, as it is after this period: its place among those that are remembered, and how it moves.
    Now(u16, Box<Num>),
    /// Sum, least or greatest over members: place among the plan's aggregates.
    Gathered(u16),
    /// A number of one of the plan's pairings.
    Pair(u16, PairField),
    /// What the member gets under one of the plan's bonuses.
    Bonus(u16),
    /// What earlier runs paid under one of the plan's bonuses: within this period, or within the longer period of a kind
    /// that its last day falls into.
    PaidWithin(u16, Option<PeriodKind>),
    /// What all earlier runs paid under one of the plan's bonuses.
    PaidEver(u16),
    /// What everybody together gets under one of the plan's bonuses.
    Total(u16),
    /// What nobody qualified for under one of the plan's bonuses, before rounding.
    Breakage(u16),
    /// What a pool did not pay out.
    Leftover(u16),
    /// What it did not pay out in the run before.
    LeftoverBefore(u16),
    /// The value of the highest row of a table that is not above the number; 0 below the first.
    Lookup(u16, Box<Num>),
    /// The number cut at the rows of a table, each slice times its row's value.
    Slices(u16, Box<Num>),
    /// The next whole number below.
    Floor(Box<Num>),
    /// The next whole number above.
    Ceil(Box<Num>),
    /// Rounded half away from zero to so many places.
    Round(Box<Num>, u32),
    /// The same about whose order or amount it is, or about the member who counts.
    From(Box<Num>),
    /// The same about the parent in a tree; 0 where there is none.
    Above(TreeKind, Box<Num>),
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
    /// Such members anywhere below on this side in the placement tree.
    DownlineOn(u8),
    /// Such members below with no other such member between; or with so many less one between: the depth is the generation.
    Heads,
    /// Such distributors that the member enrolled.
    Enrolled,
    /// Such customers that the member enrolled.
    Customers,
    /// Frontline legs with at least one such distributor, at any depth, that the member enrolled.
    EnrolledLegs,
    /// Such distributors that the member enrolled and that stand on this side below in the placement tree.
    EnrolledOn(u8),
    /// Such positions of the same person, the member's own included.
    Positions,
    /// All members.
    Everybody,
}

/// What is taken from the members that an aggregate looks at.
#[derive(Debug, Clone, PartialEq)]
pub enum Take {
    /// How many meet a condition.
    Count(Cond),
    /// The sum of a number.
    Sum(Num),
    /// The smallest of a number; 0 where there are no members.
    Least(Num),
    /// The largest of a number; 0 where there are no members.
    Greatest(Num),
    /// As which a member comes among all by a number, the most first.
    Place(Num),
}

/// One number from many members.
#[derive(Debug, Clone, PartialEq)]
pub struct Aggregate {
    /// Which members it looks at.
    pub shape: Shape,
    /// Along which tree.
    pub tree: TreeRef,
    /// How many levels deep, 0 for all; or in which generation.
    pub depth: u16,
    /// The same one level or generation nearer (its place), where it is made from that one.
    pub inner: Option<u16>,
    /// For a sum over the heads of generations: who is at the head of one.
    pub head: Option<Cond>,
    /// What it takes from them.
    pub take: Take,
    /// What must be known before.
    pub reads: Reads,
}

impl Aggregate {
    /// Calls `see` with every number that is read of each member.
    pub fn numbers(&self, see: &mut dyn FnMut(&Num)) {
        if let Some(inner) = self.inner {
            see(&if matches!(self.take, Take::Count(_) | Take::Place(_)) {
                Num::Count(inner)
            } else {
                Num::Gathered(inner)
            });
        }
        self.head.iter().for_each(|head| head.numbers(see));
        match &self.take {
            Take::Count(cond) => cond.numbers(see),
            Take::Sum(num) | Take::Least(num) | Take::Greatest(num) | Take::Place(num) => num.numbers(see),
        }
    }
}

impl Num {
    /// The value, where it does not depend on anybody.
    pub fn constant(&self) -> Option<Decimal> {
        match self {
            Self::Const(value) => Some(*value),
            _ => None,
        }
    }

    /// The largest of the values that are written down, where it is one of them: of a number itself, or of choices.
    pub fn largest(&self) -> Option<Decimal> {
        match self {
            Self::Const(value) => Some(*value),
            Self::If(_, a, b) => a.largest().max(b.largest()),
            _ => None,
        }
    }
}

impl Cond {
    /// Calls `see` with every number in the condition.
    pub fn numbers(&self, see: &mut dyn FnMut(&Num)) {
        match self {
            Self::Not(inner) | Self::From(inner) | Self::Above(_, inner) => inner.numbers(see),
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

impl Cond {
    /// Calls `see` with this condition and every condition in it.
    pub fn conditions(&self, see: &mut dyn FnMut(&Cond)) {
        see(self);
        match self {
            Self::Not(inner) | Self::From(inner) | Self::Above(_, inner) => inner.conditions(see),
            Self::All(parts) | Self::Any(parts) => parts.iter().for_each(|part| part.conditions(see)),
            Self::Numbers(_, left, right) => {
                left.conditions(see);
                right.conditions(see);
            }
            _ => {}
        }
    }
}

impl Num {
    /// Calls `see` with every condition in this number.
    pub fn conditions(&self, see: &mut dyn FnMut(&Cond)) {
        self.numbers(&mut |num| {
            if let Num::If(cond, ..) = num {
                cond.conditions(see);
            }
        });
    }
}

impl Num {
    /// Calls `see` with this number and every number in it. Takes a trait object because it calls itself.
    pub fn numbers(&self, see: &mut dyn FnMut(&Num)) {
        see(self);
        match self {
            Self::Capped(_, inner)
            | Self::Leg(_, inner)
            | Self::Now(_, inner)
            | Self::Negative(inner)
            | Self::Lookup(_, inner)
            | Self::Slices(_, inner)
            | Self::Floor(inner)
            | Self::Ceil(inner)
            | Self::Round(inner, _)
            | Self::From(inner) => inner.numbers(see),
            Self::Above(_, above) => above.numbers(see),
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
