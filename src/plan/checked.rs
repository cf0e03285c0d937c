//! A checked plan: every name resolved, every value of the right kind, ready to run.

mod pairing;
mod payment;
mod time;

pub use pairing::{After, Matching, OwnTo, Pairing, Sides, Unqualified};
pub use payment::{Cap, CapPer, Hold, Reduction, Wallet, WalletKind};
pub use time::Reach;

use rust_decimal::Decimal;

use crate::domain::calendar::Day;
use crate::domain::member::MemberKind;
use crate::domain::money::{Currency, Rounding};
use crate::domain::period_calendar::Calendar;
use crate::domain::run::PeriodKind;
use crate::domain::words::words;

use super::expr::{Aggregate, Attribute, Cond, Meaning, NamedValue, Num, Reads, Remembered, TreeRef};
use super::fault::Fault;
use super::result::BaseKind;

words! {
    /// Whose orders a volume adds up.
    VolumeScope, "scope" {
        /// The member's own.
        Own = "own",
        /// Those of the customers whom the member enrolled.
        Customers = "customers",
        /// The member's and of everybody below.
        Organisation = "organisation",
        /// The member's and of everybody below down to the next member of the stop rank.
        PersonalGroup = "personal-group",
        /// Of everybody below on the left side in the placement tree.
        Left = "left",
        /// The same on the right side.
        Right = "right",
        /// Everybody's; the same number for all.
        Company = "company",
        /// Everybody's in the member's market.
        Market = "market",
    }
}

words! {
    /// What becomes of the levels of those who may not earn.
    Compression, "compression" {
        /// They use up a level; its amount is breakage.
        None = "none",
        /// Those who are not active are not counted; others use up a level.
        Standard = "standard",
        /// Each level goes to the nearest upline who may earn on that level.
        Dynamic = "dynamic",
    }
}

words! {
    /// Where a customer's order enters a walk.
    CustomerOrders, "way to count customers" {
        /// At the customer: the first upline is level 1.
        Level = "level",
        /// At the nearest distributor above, as if it were that distributor's own order.
        Own = "own",
    }
}

words! {
    /// For whom an order counts.
    CountsFor, "way to count orders" {
        /// For who bought.
        Buyer = "buyer",
        /// For the member through whom it came; orders that came straight count for nobody.
        Through = "through",
    }
}

words! {
    /// Which rank a run pays on.
    PaidAs, "way to pay ranks" {
        /// The rank earned in the period.
        Earned = "earned",
        /// The best rank ever.
        Highest = "highest",
    }
}

words! {
    /// How the rank that is paid on falls.
    Demotion, "way to fall" {
        /// To the rank that was earned.
        AtOnce = "at-once",
        /// By one rank a period.
        ByOne = "by-one",
    }
}

words! {
    /// What becomes of goods that come back after they were paid on.
    Returns, "way to treat returns" {
        /// The lines on the order are taken back at their original rates.
        TakeBack = "take-back",
        /// They count as an order with negative amounts in the period of the return.
        NegativeVolume = "negative-volume",
    }
}

words! {
    /// What becomes of what is above a limit.
    Excess, "way to treat the excess" {
        /// It is lost.
        Lost = "lost",
        /// It stays for the next period.
        Carried = "carried",
        /// It is lost, and with it all volume of both sides.
        Flush = "flush",
        /// Of two sides the weaker one is lost, the stronger one keeps it.
        WeakerLost = "weaker-lost",
    }
}

words! {
    /// What is rounded once.
    RoundingOf, "amount to round" {
        /// Every line.
        Line = "line",
        /// What a bonus pays a member.
        Bonus = "bonus",
        /// All that a member is paid.
        Total = "total",
    }
}

/// Numbers from so much on: rows from low to high.
#[derive(Debug, Clone, PartialEq)]
pub struct StepTable {
    /// Name in expressions.
    pub name: String,
    /// From which number on, and the value.
    pub rows: Vec<(Decimal, Decimal)>,
}

/// A tree that the plan derives from another.
#[derive(Debug, Clone, PartialEq)]
pub struct DerivedTree {
    /// Name in walks and functions.
    pub name: String,
    /// From which tree.
    pub of: TreeRef,
    /// Who stays in it; those below anybody else move up.
    pub only: Option<Cond>,
    /// Which recruits everybody passes up. About the member who came: `recruit` counts in the tree it is derived from.
    pub pass_up: Option<Cond>,
    /// Whether it is one line by day of enrolment, and of whom.
    pub line: Option<Line>,
    /// When it is made.
    pub reads: Reads,
}

/// A line of all distributors, or of those who bought their place.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// How many stand below one.
    pub width: u16,
    /// The first order that meets this gives a place for good; without it everybody has one.
    pub orders: Option<Cond>,
}

/// A volume of the plan.
#[derive(Debug, Clone, PartialEq)]
pub struct VolumeDef {
    /// Name in expressions.
    pub name: String,
    /// Name for people.
    pub label: String,
    /// What it adds up of each order.
    pub of: Num,
    /// Whose orders.
    pub scope: VolumeScope,
    /// Along which tree.
    pub tree: TreeRef,
    /// Over how many periods, the present one included; `u16::MAX` for all.
    pub periods: u16,
    /// Over which days instead.
    pub reach: Option<Reach>,
    /// For whom an order counts.
    pub counts_for: CountsFor,
    /// Whether orders of customers count as their enroller's own.
    pub customers: bool,
    /// Whether the member's own orders are included in an organisation or group.
    pub include_own: bool,
    /// How many levels deep; 0 for all.
    pub depth: u16,
    /// For a personal group: who is at the head of a group of their own.
    pub stop: Option<Cond>,
    /// Whether goods of earlier periods that come back are taken off it.
    pub less_returns: bool,
    /// A personal group: what a member passes up of it, instead of all or nothing.
    pub passes: Option<Num>,
    /// Which orders count.
    pub orders: Cond,
}

/// A condition of a rank, shown as one requirement.
#[derive(Debug, Clone, PartialEq)]
pub struct Need {
    /// Name for people.
    pub label: String,
    /// The condition.
    pub cond: Cond,
    /// What a member has, where the condition compares a number.
    pub have: Option<Num>,
    /// What is needed.
    pub need: Option<Num>,
}

/// A rank.
#[derive(Debug, Clone, PartialEq)]
pub struct Rank {
    /// Code in expressions.
    pub code: String,
    /// Name for people.
    pub name: String,
    /// All of them must be met.
    pub needs: Vec<Need>,
    /// The same for who was paid on this rank, or a higher one, in the previous run.
    pub maintain: Option<Vec<Need>>,
    /// For how many periods it is still paid on after it was missed.
    pub grace: u16,
}

/// Where a bonus takes what it pays on.
#[derive(Debug, Clone, PartialEq)]
pub enum BonusSource {
    /// Each order that meets the condition.
    Orders(Cond),
    /// Each member that meets the condition, once.
    Members(Cond),
    /// What the bonuses (their places) pay to each member that meets the condition.
    Amounts(Vec<u16>, Cond),
    /// A sum that is shared out: a number that is the same for everybody, and the shares of each member.
    Pool {
        /// What is shared out.
        amount: Num,
        /// The shares of a member.
        shares: Num,
        /// The most that a member gets, in money; the rest goes to the others.
        most: Option<Num>,
    },
    /// A rank reached for the first time and held for some periods.
    Ranks {
        /// Periods in a row, the current one included.
        held: u16,
        /// Whether ranks that were skipped on the way up are paid too.
        skipped: bool,
        /// In how many periods it is paid, each while the rank is held.
        instalments: u16,
        /// Which share of the amount each of them is; the whole amount each time where none are given.
        shares: Vec<Decimal>,
        /// Whether it is paid anew after the rank was lost and reached again.
        again: bool,
        /// What becomes of an instalment whose period passes without the rank.
        missed: Missed,
    },
}

words! {
    /// What becomes of an instalment whose period passes without the rank.
    Missed, "way with missed instalments" {
        /// It is paid later.
        Waits = "waits",
        /// It is lost, and the next ones go on.
        Lost = "lost",
        /// It and all that come after it are lost.
        Ends = "ends",
    }
}

/// What the numbers of levels count on the way up.
#[derive(Debug, Clone, PartialEq)]
pub enum Counting {
    /// Uplines.
    Levels(Compression),
    /// Heads of groups that were passed: everybody in a generation earns on its level.
    Generations {
        /// Who is at the head of a group.
        head: Head,
        /// Whether the one whose order or amount it is counts as passed.
        own: bool,
    },
}

/// Who is at the head of a group.
#[derive(Debug, Clone, PartialEq)]
pub enum Head {
    /// Who meets a condition.
    Is(Cond),
    /// For each earner, whoever is paid on at least the same rank.
    Peer,
}

/// Pays what a member's rate is above the highest rate below on the way.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// Whether the rate of the one whose order or amount it is counts too.
    pub own: bool,
    /// The least rate for who has the right to any.
    pub minimum: Option<Num>,
    /// Who takes away from those above with the rate of the paid rank, though not paid.
    pub reduces: Option<Cond>,
}

/// How a bonus gets from its source to those who earn.
#[derive(Debug, Clone, PartialEq)]
pub struct Walk {
    /// Along which tree.
    pub tree: TreeRef,
    /// 0 where the source's own member earns too, or only.
    pub first_level: u16,
    /// How many levels are paid, the first included; `u16::MAX` for all. With differences: how many are paid.
    pub levels: u16,
    /// Whether the last rate of a row goes on to all further levels.
    pub repeats: bool,
    /// What is counted as a level.
    pub counting: Counting,
    /// Where a customer's order enters.
    pub customers: CustomerOrders,
    /// For standard compression: who is not counted.
    pub skip: Cond,
    /// The first one who meets it is the last one on the way.
    pub until: Option<Cond>,
    /// Pays differences of rates.
    pub difference: Option<Difference>,
}

impl Walk {
    /// How levels are compressed.
    pub const fn compression(&self) -> Compression {
        match &self.counting {
            Counting::Levels(compression) => *compression,
            Counting::Generations { .. } => Compression::None,
        }
    }
}

/// A row of a rate table.
#[derive(Debug, Clone, PartialEq)]
pub struct RateRow {
    /// The lowest paid rank that the row is for; `None` for everybody.
    pub rank: Option<u16>,
    /// How the row is named in a trace.
    pub label: String,
    /// One rate (or amount) per level.
    pub cells: Vec<Num>,
    /// Whether the last one goes on where the walk has more levels: it stands alone, or no row is longer.
    pub goes_on: bool,
}

/// A bonus.
#[derive(Debug, Clone, PartialEq)]
pub struct Bonus {
    /// Code.
    pub code: String,
    /// Name for people.
    pub name: String,
    /// What it pays, in one line for the statement.
    pub about: String,
    /// The rule it stands under, such as “Rule 3”.
    pub rule: String,
    /// Who may earn it.
    pub earner: Cond,
    /// The same as written in the plan.
    pub earner_text: String,
    /// What it pays on.
    pub source: BonusSource,
    /// For whom an order counts: where the walk begins.
    pub counts_for: CountsFor,
    /// Orders of these bonuses (their places) are left out.
    pub without: Vec<u16>,
    /// From the source to the earner.
    pub walk: Walk,
    /// What the rate is applied to.
    pub base: BaseKind,
    /// For [`BaseKind::Points`] and [`BaseKind::Money`]: how it is worked out.
    pub base_of: Option<Num>,
    /// In which runs it is paid; in all where not given.
    pub period: Option<PeriodKind>,
    /// Amounts are held until the member meets this.
    pub hold_until: Option<Cond>,
    /// What is paid is taken from the one whose order or amount it is.
    pub from_source: bool,
    /// Points for other bonuses instead of money.
    pub points: bool,
    /// What an earner gets at least in a period.
    pub at_least: Option<Num>,
    /// What the one whose volume it is passes up at least, as far as it gets so much itself.
    pub guarantee: Option<Num>,
    /// Rates, or amounts where the base is fixed; rows from low to high rank.
    pub rates: Vec<RateRow>,
}

/// How members without a place get one in the placement tree: the first free place below the sponsor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placement {
    /// How many may stand below one.
    pub width: u8,
    /// In which order places are filled.
    pub fill: Fill,
}

words! {
    /// In which order places of the placement tree are filled.
    Fill, "way to fill places" {
        /// Level by level, from left to right.
        BreadthFirst = "breadth-first",
        /// The outermost place on the left.
        OuterLeft = "outer-left",
        /// The outermost place on the right.
        OuterRight = "outer-right",
        /// At each place into the leg in which fewer stand, the left one of equal ones.
        SmallerLeg = "smaller-leg",
    }
}

/// A step of the calculation of bonuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// A bonus.
    Bonus(u16),
    /// A choice of the largest.
    Larger(u16),
    /// A limit.
    Cap(u16),
    /// Amounts that wait together.
    Hold(u16),
}

/// A plan without faults.
#[derive(Debug, Clone, PartialEq)]
pub struct CheckedPlan {
    /// Name for people.
    pub name: String,
    /// The currency of all amounts.
    pub currency: Currency,
    /// First day of a period that it may pay.
    pub valid_from: Option<Day>,
    /// How it divides time.
    pub calendar: Calendar,
    /// How each line is rounded.
    pub rounding: Rounding,
    /// To how many decimal places.
    pub places: u32,
    /// What is rounded once.
    pub rounding_of: RoundingOf,
    /// Money for one point of volume, in whole units of the currency.
    pub point_value: Decimal,
    /// What a point is worth to members of these markets (places among the words).
    pub market_values: Vec<(u16, Decimal)>,
    /// What becomes of goods that come back.
    pub returns: Returns,
    /// Markets and product lines that conditions name.
    pub words: Vec<String>,
    /// Further volumes of orders.
    pub measures: Vec<String>,
    /// What members have besides.
    pub attributes: Vec<Attribute>,
    /// Tables.
    pub tables: Vec<StepTable>,
    /// Named expressions, to be shown: where one is read, it stands there itself.
    pub values: Vec<NamedValue>,
    /// Trees that the plan derives.
    pub trees: Vec<DerivedTree>,
    /// Volumes; `pv` and `gv` are always there.
    pub volumes: Vec<VolumeDef>,
    /// Pairings of the placement tree.
    pub pairs: Vec<Pairing>,
    /// Numbers that runs keep, then volumes and named numbers that expressions read as they were.
    pub remembered: Vec<Remembered>,
    /// How members without a place get one in the placement tree.
    pub placement: Option<Placement>,
    /// Counts of members that conditions ask for, inner ones first.
    pub aggregates: Vec<Aggregate>,
    /// Kinds of members that may be active and earn.
    pub earners: Vec<MemberKind>,
    /// Who is active.
    pub active: Cond,
    /// The same as written in the plan.
    pub active_text: String,
    /// Which rank is paid on.
    pub paid_as: PaidAs,
    /// How it falls.
    pub demotion: Demotion,
    /// In which runs ranks are judged; runs of other kinds read what the last of these found. In all where not given.
    pub ranks_period: Option<PeriodKind>,
    /// Whether an expression reads the ranks that the previous run paid on.
    pub former_ranks: bool,
    /// Ranks, lowest first.
    pub ranks: Vec<Rank>,
    /// Bonuses in the order of the file.
    pub bonuses: Vec<Bonus>,
    /// Limits, in the order in which they apply.
    pub caps: Vec<Cap>,
    /// Amounts of several bonuses that wait together, in the order in which they are asked.
    pub holds: Vec<Hold>,
    /// Accounts that a part of what is paid goes to.
    pub wallets: Vec<Wallet>,
    /// Of these bonuses only the largest is paid to each member.
    pub larger: Vec<Vec<u16>>,
    /// What is calculated one after the other.
    pub order: Vec<Step>,
    /// What is allowed but doubtful.
    pub warnings: Vec<Fault>,
}

impl CheckedPlan {
    /// Calls `see` with every number in every expression of the plan.
    pub fn numbers(&self, see: &mut dyn FnMut(&Num)) {
        self.active.numbers(see);
        self.aggregates.iter().for_each(|aggregate| aggregate.numbers(see));
        for volume in &self.volumes {
            volume.of.numbers(see);
            volume.orders.numbers(see);
            volume.stop.iter().for_each(|stop| stop.numbers(see));
            volume.passes.iter().for_each(|passes| passes.numbers(see));
        }
        for tree in &self.trees {
            let bought = tree.line.as_ref().and_then(|line| line.orders.as_ref());
            tree.only.iter().chain(&tree.pass_up).chain(bought).for_each(|cond| cond.numbers(see));
        }
        for need in self.ranks.iter().flat_map(|rank| rank.needs.iter().chain(rank.maintain.iter().flatten())) {
            need.cond.numbers(see);
        }
        for pair in &self.pairs {
            pair.qualified.numbers(see);
            pair.unqualified.iter().for_each(|(cond, _)| cond.numbers(see));
            pair.limit.iter().chain(&pair.carry_limit).chain(&pair.own).for_each(|limit| limit.numbers(see));
        }
        self.remembered.iter().for_each(|remembered| remembered.num.numbers(see));
        for value in &self.values {
            match &value.is {
                Meaning::Number(num) => num.numbers(see),
                Meaning::Condition(cond) => cond.numbers(see),
            }
        }
        self.caps.iter().for_each(|cap| cap.limit.numbers(see));
        self.holds.iter().for_each(|hold| hold.numbers(see));
        self.wallets.iter().for_each(|wallet| wallet.numbers(see));
        self.bonuses.iter().for_each(|bonus| bonus.numbers(see));
    }
}

impl Bonus {
    /// Calls `see` with every number in every expression of the bonus.
    pub fn numbers(&self, see: &mut dyn FnMut(&Num)) {
        self.earner.numbers(see);
        match &self.source {
            BonusSource::Orders(cond) | BonusSource::Members(cond) | BonusSource::Amounts(_, cond) => cond.numbers(see),
            BonusSource::Pool { amount, shares, most } => {
                amount.numbers(see);
                shares.numbers(see);
                if let Some(most) = most {
                    most.numbers(see);
                }
            }
            BonusSource::Ranks { .. } => {}
        }
        self.walk.skip.numbers(see);
        self.walk.until.iter().for_each(|until| until.numbers(see));
        if let Counting::Generations { head: Head::Is(cond), .. } = &self.walk.counting {
            cond.numbers(see);
        }
        let difference = self.walk.difference.iter();
        difference.clone().filter_map(|it| it.reduces.as_ref()).for_each(|cond| cond.numbers(see));
        let minimum = difference.filter_map(|difference| difference.minimum.as_ref());
        minimum.chain(&self.base_of).chain(&self.at_least).chain(&self.guarantee).for_each(|num| num.numbers(see));
        self.hold_until.iter().for_each(|cond| cond.numbers(see));
        self.rates.iter().flat_map(|row| &row.cells).for_each(|cell| cell.numbers(see));
    }
}
