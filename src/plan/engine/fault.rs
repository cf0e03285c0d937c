//! Why a run could not be calculated. Nothing is written then.

use super::field::Field;
use crate::domain::money::MoneyFault;
use crate::domain::tree::{Side, TreeKind};
use crate::plan::snapshot::Snapshot;

/// Why a run could not be calculated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RunFault {
    /// Members over themselves.
    #[error(
        "member {member} stands below itself in the {tree} tree; correct the {tree} of this member and freeze again"
    )]
    Cycle {
        /// Which tree.
        tree: TreeKind,
        /// Number of a member on the cycle.
        member: String,
    },
    /// A parent that is not in the snapshot.
    #[error("the {tree} of member {member} is not among the members; correct it and freeze again")]
    UnknownUpline {
        /// Which tree.
        tree: TreeKind,
        /// Number of the member.
        member: String,
    },
    /// Two members on one side of a parent.
    #[error(
        "members {member} and {other} both stand on the {side} of {parent} in the placement tree; correct one of them and \
         freeze again"
    )]
    SamePlace {
        /// Number of one of them.
        member: String,
        /// Number of the other.
        other: String,
        /// Number of the member above.
        parent: String,
        /// Which side.
        side: Side,
    },
    /// An order of nobody.
    #[error("order {order} belongs to a member that does not exist; correct the order and freeze again")]
    UnknownBuyer {
        /// Number of the order.
        order: String,
    },
    /// An order through nobody.
    #[error("order {order} came through a member that does not exist; correct the order and freeze again")]
    UnknownThrough {
        /// Number of the order.
        order: String,
    },
    /// A line to take back from nobody.
    #[error("return {order} takes back a line of a member that does not exist")]
    UnknownPayee {
        /// Number of the return.
        order: String,
    },
    /// Two members or orders with one number or id.
    #[error("there are two {what} {number}; each needs its own number")]
    Duplicate {
        /// `members` or `orders`.
        what: &'static str,
        /// The number.
        number: String,
    },
    /// The plan pays another currency than the snapshot has.
    #[error("the plan pays in {plan} and the orders are in {snapshot}; use a plan in {snapshot}")]
    Currency {
        /// Of the plan.
        plan: String,
        /// Of the snapshot.
        snapshot: String,
    },
    /// Beyond 64 bits.
    #[error("{what} is too large to be calculated exactly; look for an order with an impossible amount")]
    Overflow {
        /// What was added up or multiplied.
        what: String,
    },
    /// An expression without a value.
    #[error(
        "an expression of {place} divides by zero or leaves the range of numbers for member {member}; guard it by if(…)"
    )]
    Arithmetic {
        /// Which part of the plan.
        place: String,
        /// Number of the member.
        member: String,
    },
    /// The same, where only the index of the member is at hand; [`RunFault::named`] makes the other one of it.
    #[error("an expression of {place} has no value")]
    NoValue {
        /// Which part of the plan.
        place: String,
        /// Index of the member.
        member: u32,
    },
    /// Wallets that together take more than there is.
    #[error("the wallets {wallets} take more than 100% of what {member} is paid; lower their shares")]
    Shares {
        /// Their codes.
        wallets: String,
        /// Number of the member.
        member: String,
    },
    /// A limit that the plan says must not be passed.
    #[error("the run would pay {sum}, more than the limit “{cap}” of {limit}; look at the orders, or change the plan")]
    AboveCap {
        /// Name of the limit.
        cap: String,
        /// What would be paid.
        sum: String,
        /// The limit.
        limit: String,
    },
    /// Something of a member that the plan cannot read.
    #[error(
        "member {member} has {name} “{value}”, and the plan needs {wanted}; correct the member or [attributes] of the \
         plan, and freeze again"
    )]
    Attribute {
        /// Number of the member.
        member: String,
        /// Name of the attribute.
        name: String,
        /// What is there.
        value: String,
        /// What may be there.
        wanted: String,
    },
    /// More than fits the calculation.
    #[error("there are more than {limit} {what}; split the period")]
    TooMany {
        /// Members, orders or lines.
        what: &'static str,
        /// How many there may be.
        limit: u32,
    },
}

impl RunFault {
    /// The fault with the number of the member that it is about.
    #[must_use]
    pub fn named(self, field: &Field, snapshot: &Snapshot) -> Self {
        match self {
            Self::NoValue { place, member } => {
                Self::Arithmetic { place, member: field.number(snapshot, member as usize).to_owned() }
            }
            other => other,
        }
    }

    /// An overflow of what is named.
    pub fn overflow(what: &str) -> Self {
        Self::Overflow { what: what.to_owned() }
    }
}

impl From<MoneyFault> for RunFault {
    fn from(_: MoneyFault) -> Self {
        Self::overflow("an amount")
    }
}
