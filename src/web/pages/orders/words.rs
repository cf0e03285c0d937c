//! What kinds and states of orders are called on pages.

use crate::domain::order::{OrderKind, OrderType, PaymentState};
use crate::store::orders::Order;

/// What an order is.
pub const fn kind(order: &Order) -> &'static str {
    match order.kind {
        OrderKind::Return => "Return",
        OrderKind::Sale => order_type(order.order_type),
    }
}

/// A kind of purchase.
pub const fn order_type(order_type: OrderType) -> &'static str {
    match order_type {
        OrderType::Standard => "Standard",
        OrderType::Enrolment => "Enrolment",
        OrderType::Autoship => "Autoship",
        OrderType::Tools => "Tools",
        OrderType::Upgrade => "Upgrade",
        OrderType::Renewal => "Renewal",
        OrderType::Promotion => "Promotion",
    }
}

/// The word for a state of the payment and the class of its badge.
pub const fn payment_badge(payment: PaymentState) -> (&'static str, &'static str) {
    match payment {
        PaymentState::Pending => ("Pending", "b-warn"),
        PaymentState::Paid => ("Paid", "b-pos"),
        PaymentState::Declined => ("Declined", "b-neg"),
        PaymentState::Cancelled => ("Cancelled", ""),
        PaymentState::Refunded => ("Refunded", "b-info"),
    }
}
