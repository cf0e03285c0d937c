//! Takes goods back: a return is an order of its own with negative amounts, linked to the original.
//! The original never changes.

use std::collections::HashMap;

use super::place_order::{next_number, totalled};
use super::{ActionFault, FieldFault, company};
use crate::clock::Clock;
use crate::domain::ids::{OrderId, OrderLineId};
use crate::domain::measures::Measures;
use crate::domain::money::Volume;
use crate::domain::order::{OrderKind, PaymentState, commission_day};
use crate::domain::staff::Actor;
use crate::store::audit::{self, Entry};
use crate::store::orders::{self, Order, OrderLine};
use crate::store::{Conn, Db, ids, periods};

/// Which lines of the original come back, and how many pieces of each.
pub type ReturnedLines = Vec<(i32, i64)>;

/// Records a return and gives back its row.
///
/// # Errors
/// The original is not paid, a line does not exist, or more comes back than went out; nothing is written then.
pub fn return_order(
    db: &Db,
    clock: &Clock,
    actor: &Actor,
    original: OrderId,
    returned: &ReturnedLines,
) -> Result<Order, ActionFault> {
    db.write(|tx| {
        orders::lock_periods(tx)?;
        orders::lock_returns(tx)?;
        let now = clock.now();
        let company = company::load(tx)?;
        let sale = orders::get_locked(tx, original)?;
        if sale.kind != OrderKind::Sale || sale.payment != PaymentState::Paid {
            return Err(ActionFault::refused(format!(
                "{} is not a paid order; there is nothing to take back",
                sale.number
            )));
        }
        let id = OrderId(ids::next());
        let lines = returned_lines(tx, &sale, id, returned)?;
        let today = company.zone.day_of(now);
        let order = totalled(
            &lines,
            Order {
                id,
                number: next_number(tx, "return", "RT")?,
                kind: OrderKind::Return,
                payment: PaymentState::Refunded,
                ordered_at: now,
                ordered_on: today,
                commission_on: commission_day(today, periods::first_open_day(tx)?).max(sale.commission_on),
                paid_minor: 0,
                wholesale_minor: 0,
                qv: Volume::ZERO,
                cv: Volume::ZERO,
                measures: Measures::default(),
                created_at: now,
                ..sale.clone()
            },
        )
        .map_err(|fault| ActionFault::field("lines", fault.to_string()))?;
        orders::insert(tx, std::slice::from_ref(&order))?;
        orders::insert_lines(tx, &lines)?;
        audit::append(
            tx,
            &Entry {
                at: now,
                actor,
                action: "return-order",
                object_kind: "order",
                object_id: id.0,
                object: &order.number,
                before: &sale.number,
                after: &format!("{} {}", company.currency.plain(order.paid_minor), company.currency),
            },
        )?;
        Ok(order)
    })
}

fn returned_lines(
    tx: &mut Conn,
    sale: &Order,
    id: OrderId,
    returned: &ReturnedLines,
) -> Result<Vec<OrderLine>, ActionFault> {
    let sold = orders::list_lines(tx, sale.id)?;
    let mut back: HashMap<_, i64> = HashMap::new();
    for (_, line) in orders::list_lines_returning(tx, &[sale.id])? {
        *back.entry((line.product_id, line.unit_price_minor)).or_default() -= line.quantity;
    }
    let mut lines = Vec::with_capacity(returned.len());
    let mut faults = Vec::new();
    for (line_no, quantity) in returned.iter().filter(|(_, quantity)| *quantity != 0) {
        let Some(line) = sold.iter().find(|line| line.line_no == *line_no) else {
            faults.push(FieldFault::new("lines", format!("{} has no line {line_no}", sale.number)));
            continue;
        };
        let gone = back.entry((line.product_id, line.unit_price_minor)).or_default();
        let left = line.quantity - *gone;
        if *quantity < 0 || *quantity > left {
            faults.push(FieldFault::new(
                "lines",
                format!("Line {line_no}: {left} of {} can still come back", line.quantity),
            ));
            continue;
        }
        // Counted from what came back before, so that returning everything in parts leaves nothing.
        let (before, after) = (*gone, *gone + quantity);
        *gone = after;
        let part = |amount: i64, pieces: i64| i128::from(amount) * i128::from(pieces) / i128::from(line.quantity);
        let share = |amount: i64| i64::try_from(part(amount, before) - part(amount, after)).unwrap_or_default();
        lines.push(OrderLine {
            id: OrderLineId(ids::next()),
            order_id: id,
            line_no: i32::try_from(lines.len() + 1).unwrap_or(i32::MAX),
            quantity: -quantity,
            amount_minor: share(line.amount_minor),
            wholesale_minor: share(line.wholesale_minor),
            qv: Volume(share(line.qv.0)),
            cv: Volume(share(line.cv.0)),
            measures: line.measures.each(|volume| Some(share(volume))).unwrap_or_default(),
            original_order_id: sale.id,
            ..line.clone()
        });
    }
    if lines.is_empty() && faults.is_empty() {
        faults.push(FieldFault::new("lines", "Say how many pieces of which line come back"));
    }
    if faults.is_empty() { Ok(lines) } else { Err(ActionFault::Invalid(faults)) }
}
