//! Records what became of an order's payment. Only a paid order counts for commission.

use super::{ActionFault, company};
use crate::clock::Clock;
use crate::domain::calendar::Day;
use crate::domain::ids::OrderId;
use crate::domain::order::{PaymentState, commission_day};
use crate::domain::staff::Actor;
use crate::store::audit::{self, Entry};
use crate::store::{Db, orders, periods};

/// Takes the payment to its next state and returns the commission day, if the order counts now.
///
/// # Errors
/// Refused where the state may not follow, such as from paid to pending.
pub fn record_payment(
    db: &Db,
    clock: &Clock,
    actor: &Actor,
    id: OrderId,
    to: PaymentState,
) -> Result<Option<Day>, ActionFault> {
    db.write(|tx| {
        orders::lock_periods(tx)?;
        let now = clock.now();
        let order = orders::get_locked(tx, id)?;
        if !order.payment.may_become(to) {
            return Err(ActionFault::refused(format!(
                "The order {} is {}; it can't become {to}",
                order.number, order.payment
            )));
        }
        let day = if to.counts() {
            commission_day(company::load(tx)?.zone.day_of(now), periods::first_open_day(tx)?)
        } else {
            Day::FOREVER
        };
        orders::update_payment(tx, id, order.payment, to, day)?;
        audit::append(
            tx,
            &Entry {
                at: now,
                actor,
                action: "record-payment",
                object_kind: "order",
                object_id: id.0,
                object: &order.number,
                before: order.payment.as_str(),
                after: to.as_str(),
            },
        )?;
        Ok(to.counts().then_some(day))
    })
}
