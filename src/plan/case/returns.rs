//! Goods that come back in a case: in the period of their order, or after it was paid.

use super::play::{Placed, Play};
use super::{NewReturn, Returned};
use crate::domain::calendar::Day;
use crate::domain::ids::OrderId;
use crate::domain::money::{Rounding, Volume};
use crate::plan::originals::{Originals, Reach};
use crate::plan::snapshot::{Amounts, Measured, Takeback, TakebackPart};

/// Books a return; `None` on overflow.
pub fn give_back(play: &mut Play<'_>, back: &NewReturn, day: Day) -> Option<()> {
    let present = play.past.len();
    play.returns += 1;
    let mut back_now: Vec<(usize, Amounts, Measured)> = Vec::new();
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
            back_now.push((part.order, came, further));
        }
    }
    if let Some((last, ..)) = back_now.last() {
        let (period, original_order) = (play.orders[*last].period, play.orders[*last].id);
        let past = &play.past[period];
        let originals = Originals::new(&play.past);
        let sold = past.snapshot.orders.iter().find(|order| order.id == original_order);
        let lines = originals.of_orders(period, |at| past.snapshot.orders[at as usize].id == original_order);
        let parts = parts(play, original_order, &back_now)?;
        let mut whole = TakebackPart::default();
        for part in &parts {
            whole.before = plus(&whole.before, &part.before, 1)?;
            whole.now = plus(&whole.now, &part.now, 1)?;
            whole.total = plus(&whole.total, &part.total, 1)?;
            whole.measures = whole.measures.plus(&part.measures, 1)?;
        }
        let by_line = parts.iter().any(|part| !part.line.is_empty());
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
            before: whole.before,
            now: whole.now,
            total: whole.total,
            measures: whole.measures,
            parts: if by_line { parts } else { Vec::new() },
            lines: lines.into_iter().map(|(_, line)| line).collect(),
        });
        let reach = Reach::new(&play.snapshot.state_keys, &play.snapshot.state);
        play.snapshot.on_amounts = originals.on_amounts(&play.snapshot.takebacks, &[], reach);
    }
    for part in &back.parts {
        let order = &mut play.orders[part.order];
        let came = came_back(order, *part)?;
        order.returned.push((present, came));
    }
    Some(())
}

/// An order of an earlier period by product line, with what came back of it in periods before this one and what comes
/// back now, by place among the orders of the case.
fn parts(play: &Play<'_>, id: OrderId, now: &[(usize, Amounts, Measured)]) -> Option<Vec<TakebackPart>> {
    let mut parts = Vec::new();
    for (at, order) in play.orders.iter().enumerate().filter(|(_, order)| order.id == id) {
        let mut part = TakebackPart { line: order.line.clone(), total: order.amounts, ..TakebackPart::default() };
        for (period, amounts) in &order.returned {
            // What came back in the order's own period was never paid.
            if *period == order.period {
                part.total = plus(&part.total, amounts, -1)?;
            } else if *period < play.past.len() {
                part.before = plus(&part.before, amounts, 1)?;
            }
        }
        for (_, came, further) in now.iter().filter(|(place, ..)| *place == at) {
            part.now = plus(&part.now, came, 1)?;
            part.measures = part.measures.plus(further, 1)?;
        }
        parts.push(part);
    }
    Some(parts)
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
