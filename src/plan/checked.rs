//! A checked plan: every name resolved, every value of the right kind, ready to run.

use rust_decimal::Decimal;

use crate::domain::calendar::Day;
use crate::domain::money::{Currency, Rounding};
use crate::domain::tree::TreeKind;
use crate::domain::words::words;

use super::expr::{Aggregate, Cond, Num};
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
    /// Which rank a run pays on.
    PaidAs, "way to pay ranks" {
        /// The rank earned in the period.
        Earned = "earned",
        /// The best rank ever.
        Highest = "highest",
    }
}

/// A volume of the plan.
#[derive(Debug, Clone, PartialEq)]
pub struct VolumeDef {
    /// Name in expressions.
    pub name: String,
    /// Name for people.
    pub label: String,
    /// Which amount of an order it adds up.
    pub of: BaseKind,
    /// Whose orders.
    pub scope: VolumeScope,
    /// Whether orders of customers count as their enroller's own.
    pub customers: bool,
    /// Whether the member's own orders are included in an organisation or group.
    pub include_own: bool,
    /// How many levels deep; 0 for all.
    pub depth: u16,
    /// For a personal group: the rank at which it ends.
    pub stop: Option<u16>,
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
}

/// Where a bonus takes what it pays on.
#[derive(Debug, Clone, PartialEq)]
pub enum BonusSource {
    /// Each order that meets the condition.
    Orders(Cond),
    /// What the bonuses (their places) pay to each member.
    Amounts(Vec<u16>),
    /// A rank reached for the first time and held for some periods.
    Ranks {
        /// Periods in a row, the current one included.
        held: u16,
        /// Whether ranks that were skipped on the way up are paid too.
        skipped: bool,
    },
}

/// How a bonus gets from its source to those who earn.
#[derive(Debug, Clone, PartialEq)]
pub struct Walk {
    /// Along which tree.
    pub tree: TreeKind,
    /// 0 where the source's own member earns too, or only.
    pub first_level: u16,
    /// How many levels are paid, the first included.
    pub levels: u16,
    /// What becomes of levels of those who may not earn.
    pub compression: Compression,
    /// Where a customer's order enters.
    pub customers: CustomerOrders,
    /// For standard compression: who is not counted.
    pub skip: Cond,
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
    /// Orders of these bonuses (their places) are left out.
    pub without: Vec<u16>,
    /// From the source to the earner.
    pub walk: Walk,
    /// What the rate is applied to.
    pub base: BaseKind,
    /// Rates, or amounts where the base is fixed; rows from low to high rank.
    pub rates: Vec<RateRow>,
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
    /// How each line is rounded.
    pub rounding: Rounding,
    /// Money for one point of volume, in whole units of the currency.
    pub point_value: Decimal,
    /// Volumes; `pv` and `gv` are always there.
    pub volumes: Vec<VolumeDef>,
    /// Counts of members that conditions ask for, inner ones first.
    pub aggregates: Vec<Aggregate>,
    /// Who is active.
    pub active: Cond,
    /// The same as written in the plan.
    pub active_text: String,
    /// Which rank is paid on.
    pub paid_as: PaidAs,
    /// Ranks, lowest first.
    pub ranks: Vec<Rank>,
    /// Bonuses in the order of the file.
    pub bonuses: Vec<Bonus>,
    /// The same in the order of calculation.
    pub order: Vec<u16>,
    /// What is allowed but doubtful.
    pub warnings: Vec<Fault>,
}
