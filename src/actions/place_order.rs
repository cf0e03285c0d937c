//! Places an order: prices and volumes come from the catalogue by the kind of the buyer, the
//! commission day from the payment.

use super::{ActionFault, FieldFault, company};
use crate::clock::Clock;
use crate::domain::calendar::{Day, Moment};
use crate::domain::company::Company;
use crate::domain::ids::{MemberId, OrderId, OrderLineId};
use crate::domain::measures::Measures;
use crate::domain::member::MemberStatus;
use crate::domain::money::{MoneyFault, Volume};
use crate::domain::order::{OrderKind, OrderType, PaymentState, commission_day};
use crate::domain::product::{PriceType, ProductStatus};
use crate::domain::staff::Actor;
use crate::store::audit::{self, Entry};
use crate::store::members::{self, Member};
use crate::store::orders::{self, Order, OrderLine};
use crate::store::{Conn, Db, counters, ids, periods, products};

/// What somebody orders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewOrder {
    /// Number of the buyer.
    pub member: String,
    /// Number of the member through whom it comes, such as a host or a stockist; empty where it comes straight.
    pub through: String,
    /// What kind of purchase.
    pub order_type: OrderType,
    /// Whether it is paid already.
    pub is_paid: bool,
    /// Codes of products and how many pieces of each; at least one.
    pub lines: Vec<(String, i64)>,
}

/// Places the order and returns it.
///
/// # Errors
/// Every wrong field at once; nothing is written then.
pub fn place_order(db: &Db, clock: &Clock, actor: &Actor, new: &NewOrder) -> Result<Order, ActionFault> {
    db.write(|tx| {
        orders::lock_periods(tx)?;
        let now = clock.now();
        let company = company::load(tx)?;
        let (buyer, mut faults) = buyer(tx, &new.member)?;
        let through = through(tx, new)?.unwrap_or_else(|fault| {
            faults.push(fault);
            MemberId(0)
        });
        if new.lines.is_empty() {
            faults.push(FieldFault::new("lines", "An order needs at least one product"));
        }
        let Some(buyer) = buyer else { return Err(ActionFault::Invalid(faults)) };
        let id = OrderId(ids::next());
        let mut lines = Vec::with_capacity(new.lines.len());
        for (sku, quantity) in &new.lines {
            match line(tx, &company, &buyer, id, lines.len(), sku, *quantity, company.zone.day_of(now))? {
                Ok(line) => lines.push(line),
                Err(fault) => faults.push(fault),
            }
        }
        if !faults.is_empty() {
            return Err(ActionFault::Invalid(faults));
        }
        let order = Order { through_id: through, ..head(tx, &company, new, &buyer, id, &lines, now)? };
        orders::insert(tx, std::slice::from_ref(&order))?;
        orders::insert_lines(tx, &lines)?;
        audit::append(
            tx,
            &Entry {
                at: now,
                actor,
                action: "place-order",
                object_kind: "order",
                object_id: id.0,
                object: &order.number,
                before: "",
                after: &format!(
                    "{}{}, {} lines, {} {}, {}",
                    buyer.number,
                    if through.0 == 0 { String::new() } else { format!(" through {}", new.through.trim()) },
                    lines.len(),
                    company.currency.plain(order.paid_minor),
                    company.currency,
                    order.payment
                ),
            },
        )?;
        Ok(order)
    })
}

fn buyer(tx: &mut Conn, number: &str) -> Result<(Option<Member>, Vec<FieldFault>), ActionFault> {
    let number = number.trim();
    let Some(buyer) = members::find_by_number(tx, number)? else {
        return Ok((None, vec![FieldFault::new("member", format!("There is no member {number}"))]));
    };
    if matches!(buyer.status, MemberStatus::Terminated | MemberStatus::Suspended) {
        let fault = FieldFault::new("member", format!("{number} is {} and can't order", buyer.status));
        return Ok((Some(buyer), vec![fault]));
    }
    Ok((Some(buyer), Vec::new()))
}

/// Through whom an order comes; id 0 where it comes straight.
fn through(tx: &mut Conn, new: &NewOrder) -> Result<Result<MemberId, FieldFault>, ActionFault> {
    let number = new.through.trim();
    if number.is_empty() {
        return Ok(Ok(MemberId(0)));
    }
    let fault = |message: String| Ok(Err(FieldFault::new("through", message)));
    match members::find_by_number(tx, number)? {
        None => fault(format!("There is no member {number}")),
        Some(member) if member.status == MemberStatus::Terminated => fault(format!("{number} is {}", member.status)),
        Some(member) => Ok(Ok(member.id)),
    }
}

#[expect(clippy::too_many_arguments, reason = "the facts that make one line")]
fn line(
    tx: &mut Conn,
    company: &Company,
    buyer: &Member,
    order: OrderId,
    before: usize,
    sku: &str,
    quantity: i64,
    day: Day,
) -> Result<Result<OrderLine, FieldFault>, ActionFault> {
    let fault = |message: String| Ok(Err(FieldFault::new("lines", message)));
    if !(1..=100_000).contains(&quantity) {
        return fault(format!("{sku}: a quantity is a whole number from 1 to 100,000"));
    }
    let product = match products::find_by_sku(tx, sku.trim())? {
        Some(product) if product.status == ProductStatus::Active => product,
        Some(_) => return fault(format!("{sku} is discontinued")),
        None => return fault(format!("There is no product {sku}")),
    };
    let price_of = |tx: &mut Conn, price_type| products::find_price(tx, product.id, price_type, company.currency, day);
    let Some(price) = price_of(tx, PriceType::of(buyer.kind))? else {
        return fault(format!("{sku} has no {} price in {}", PriceType::of(buyer.kind), company.currency));
    };
    let wholesale = price_of(tx, PriceType::Wholesale)?.unwrap_or_else(|| price.clone());
    let times = |each: i64| each.checked_mul(quantity).ok_or(MoneyFault::Overflow);
    let amounts = (times(price.price_minor), times(wholesale.price_minor), times(price.qv.0), times(price.cv.0));
    let ((Ok(amount_minor), Ok(wholesale_minor), Ok(qv), Ok(cv)), Ok(measures)) =
        (amounts, price.measures.times(quantity))
    else {
        return fault(format!("{sku}: {}", MoneyFault::Overflow));
    };
    Ok(Ok(OrderLine {
        id: OrderLineId(ids::next()),
        order_id: order,
        line_no: i32::try_from(before + 1).unwrap_or(i32::MAX),
        product_id: product.id,
        name: product.name,
        quantity,
        unit_price_minor: price.price_minor,
        amount_minor,
        wholesale_minor,
        qv: Volume(qv),
        cv: Volume(cv),
        measures,
        original_order_id: OrderId(0),
    }))
}

fn head(
    tx: &mut Conn,
    company: &Company,
    new: &NewOrder,
    buyer: &Member,
    id: OrderId,
    lines: &[OrderLine],
    now: Moment,
) -> Result<Order, ActionFault> {
    let today = company.zone.day_of(now);
    let commission_on = if new.is_paid { commission_day(today, periods::first_open_day(tx)?) } else { Day::FOREVER };
    let number = next_number(tx, "order", "SF")?;
    totalled(
        lines,
        Order {
            id,
            number,
            kind: OrderKind::Sale,
            order_type: new.order_type,
            member_id: buyer.id,
            through_id: MemberId(0),
            payment: if new.is_paid { PaymentState::Paid } else { PaymentState::Pending },
            ordered_at: now,
            ordered_on: today,
            commission_on,
            currency: company.currency,
            paid_minor: 0,
            wholesale_minor: 0,
            qv: Volume::ZERO,
            cv: Volume::ZERO,
            measures: Measures::default(),
            line_count: 0,
            created_at: now,
        },
    )
    .map_err(|fault| ActionFault::field("lines", fault.to_string()))
}

/// The order with the sums of its lines.
pub(super) fn totalled(lines: &[OrderLine], mut order: Order) -> Result<Order, MoneyFault> {
    let add = |sum: i64, value: i64| sum.checked_add(value).ok_or(MoneyFault::Overflow);
    for line in lines {
        order.paid_minor = add(order.paid_minor, line.amount_minor)?;
        order.wholesale_minor = add(order.wholesale_minor, line.wholesale_minor)?;
        order.qv = order.qv.plus(line.qv)?;
        order.cv = order.cv.plus(line.cv)?;
        order.measures = order.measures.plus(&line.measures)?;
    }
    order.line_count = i32::try_from(lines.len()).map_err(|_| MoneyFault::Overflow)?;
    Ok(order)
}

/// The next number of a counter that no order has: numbers from imports may lie in the way.
pub(super) fn next_number(tx: &mut Conn, counter: &str, prefix: &str) -> Result<String, ActionFault> {
    loop {
        let number = format!("{prefix}-{}", counters::take(tx, counter, 200_001, 1)?);
        if orders::find_by_number(tx, &number)?.is_none() {
            return Ok(number);
        }
    }
}
