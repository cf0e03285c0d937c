//! Orders and returns: kinds, the state of the payment, and on which day an order counts.

use super::calendar::Day;
use super::words::words;

words! {
    /// Whether goods went out or came back.
    OrderKind, "order kind" {
        /// Goods sold.
        Sale = "sale",
        /// Goods that came back, with negative amounts, linked to the original order where it is known.
        Return = "return",
    }
}

words! {
    /// What kind of purchase an order is; plans may count some types and not others.
    OrderType, "order type" {
        /// An ordinary purchase.
        Standard = "standard",
        /// The purchase that came with enrolment, such as a starter kit.
        Enrolment = "enrolment",
        /// A delivery of a standing order.
        Autoship = "autoship",
        /// Sales material and other things that carry no commission by nature.
        Tools = "tools",
        /// A step up to a higher package or membership.
        Upgrade = "upgrade",
        /// The next term of a membership or subscription.
        Renewal = "renewal",
        /// Goods of a promotion, such as a bundle at a lowered price.
        Promotion = "promotion",
    }
}

words! {
    /// The state of an order's payment. Only a paid order counts for commission.
    PaymentState, "payment state" {
        /// Not paid yet.
        Pending = "pending",
        /// Paid in full.
        Paid = "paid",
        /// Refused by the bank or the card.
        Declined = "declined",
        /// Withdrawn before it was paid.
        Cancelled = "cancelled",
        /// For returns: the money went back.
        Refunded = "refunded",
    }
}

impl PaymentState {
    /// Whether an order in this state counts for commission.
    pub const fn counts(self) -> bool {
        matches!(self, Self::Paid | Self::Refunded)
    }

    /// Whether the payment may go from this state to `next`.
    pub const fn may_become(self, next: Self) -> bool {
        matches!(
            (self, next),
            (Self::Pending, Self::Paid | Self::Declined | Self::Cancelled)
                | (Self::Declined, Self::Paid | Self::Cancelled)
        )
    }
}

/// The commission date: the day an order counts, in the company's time zone. It is the day of the
/// payment, unless the books of that day are closed already (its period is frozen or committed);
/// then the order counts on the first day that is still open, so that nothing committed changes.
pub fn commission_day(paid_on: Day, first_open_day: Day) -> Day {
    paid_on.max(first_open_day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_late_order_counts_on_the_first_open_day() {
        let open = Day::from_ymd(2026, 11, 1).unwrap();
        let late = Day::from_ymd(2026, 10, 31).unwrap();
        let fresh = Day::from_ymd(2026, 11, 9).unwrap();
        assert_eq!(commission_day(late, open), open);
        assert_eq!(commission_day(fresh, open), fresh);
    }

    #[test]
    fn a_paid_order_never_becomes_unpaid() {
        for state in PaymentState::ALL {
            assert!(!PaymentState::Paid.may_become(*state));
        }
        assert!(PaymentState::Declined.may_become(PaymentState::Paid));
    }
}
