//! Goods that come back in a case: in the period of their order, or after it was paid.

use super::play::{Placed, Play};
use super::{NewReturn, Returned};
use crate::domain::calendar::Day;
use crate::domain::ids::OrderId;
use crate::domain::money::{Rounding, Volume};
use crate::plan::originals::{Originals, Reach};
use crate::plan::snapshot::{Amounts, Measured, Takeback};

/// Books a return; `None` on overflow.
pub fn give_back(play: &mut Play<'_>, back: &NewReturn, day: Day) -> Option<()> {
    let present = play.past.len();
    play.returns += 1;
    let (mut before, mut now, mut total) = (Amounts::default(), Amounts::default(), Amounts::default());
    let mut measures = Measured::default();
    let mut paid_in = None;
    for part in &back.parts {
        let order = &mut play.orders[part.order];
        let came = came_back(order, *part)?;
        let further = order.measures.each(|volume| share(volume, *part))?;
        if order.period == present {
            let sold = &mut play.snapshot.orders[order.at].amounts;
            *sold = plus(sold, &came, -1)?;
            let sold = &mut play.snapshot.orders[order.at].measures;
            *sold = sold.plus(&further, -1)?;
        } else {
            // What came back in the order's own period was never paid.
            total = plus(&total, &order.amounts, 1)?;
            for (period, amounts) in &order.returned {
                if *period == order.period {
                    total = plus(&total, amounts, -1)?;
                } else if *period < present {
                    before = plus(&before, amounts, 1)?;
                }
            }
            now = plus(&now, &came, 1)?;
            measures = measures.plus(&further, 1)?;
            paid_in = Some((order.period, order.id));
        }
        order.returned.push((present, came));
    }
    if let Some((period, original_order)) = paid_in {
        let past = &play.past[period];
        let originals = Originals::new(&play.past);
        let sold = past.snapshot.orders.iter().find(|order| order.id == original_order);
        let lines = originals.of_orders(period, |at| past.snapshot.orders[at as usize].id == original_order);
        let number = i64::try_from(play.returns).ok()?;
        if let Some(through) = past.snapshot.through.get(&original_order) {
            play.snapshot.through.insert(original_order, *through);
        }
        play.snapshot.takebacks.push(Takeback {
            return_order: OrderId(1_000_000 + number),
            return_number: format!("R-{number:03}"),
            day,
            original_order,
            original_number: sold.map_or_else(String::new, |order| order.number.to_string()),
            buyer: sold?.buyer,
            order_type: sold?.order_type,
            before,
            now,
            total,
            measures,
            lines: lines.into_iter().map(|(_, line)| line).collect(),
        });
        let reach = Reach::new(&play.snapshot.state_keys, &play.snapshot.state);
        play.snapshot.on_amounts = originals.on_amounts(&play.snapshot.takebacks, &[], reach);
    }
    Some(())
}

/// What this return brings back of an amount, so that all returns together bring back exactly the whole.
fn share(amount: i64, part: Returned) -> Option<i64> {
    let gone = |part: i64, written: i64| {
        Rounding::Down.divide(i128::from(amount).checked_mul(i128::from(part))?, i128::from(written))
    };
    gone(part.after, part.written)?.checked_sub(gone(part.before, part.written)?)
}

/// The same of all amounts.
fn came_back(order: &Placed, part: Returned) -> Option<Amounts> {
    let share = |amount: i64| share(amount, part);
    Some(Amounts {
        qv: Volume(share(order.amounts.qv.0)?),
        cv: Volume(share(order.amounts.cv.0)?),
        paid_minor: share(order.amounts.paid_minor)?,
        wholesale_minor: share(order.amounts.wholesale_minor)?,
    })
}

fn plus(a: &Amounts, b: &Amounts, sign: i64) -> Option<Amounts> {
    let add = |a: i64, b: i64| b.checked_mul(sign).and_then(|b| a.checked_add(b));
    Some(Amounts {
        qv: Volume(add(a.qv.0, b.qv.0)?),
        cv: Volume(add(a.cv.0, b.cv.0)?),
        paid_minor: add(a.paid_minor, b.paid_minor)?,
        wholesale_minor: add(a.wholesale_minor, b.wholesale_minor)?,
    })
}
