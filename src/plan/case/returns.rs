//! Goods that come back in a case: in the period of their order, or after it was paid.

use std::collections::HashSet;

use super::play::{Past, Placed, Play};
use super::{NewReturn, Returned};
use crate::domain::calendar::Day;
use crate::domain::ids::{LineId, OrderId};
use crate::domain::money::{Rounding, Volume};
use crate::plan::result::LineRow;
use crate::plan::snapshot::{Amounts, Measured, OriginalLine, Takeback};

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
        let sold = past.snapshot.orders.iter().find(|order| order.id == original_order);
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
            lines: paid_lines(&play.past, period, original_order),
        });
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

/// The id of the first line of a period; a committed run would have given these ids.
fn first_line(past: &[Past], period: usize) -> i64 {
    let before: usize = past.iter().take(period).map(|past| past.result.lines.len()).sum();
    i64::try_from(before).unwrap_or(i64::MAX).saturating_add(1)
}

/// The lines paid on an order, and those that the same run paid on the amounts of their earners.
fn paid_lines(past: &[Past], period: usize, order: OrderId) -> Vec<OriginalLine> {
    let Past { snapshot, result } = &past[period];
    let first = first_line(past, period);
    let on_order = |row: &LineRow<'_>| row.order == Some(order) && row.original_line.is_none();
    let earners: HashSet<_> = result.rows(snapshot).filter(on_order).map(|row| row.member).collect();
    let wanted = result
        .rows(snapshot)
        .filter(|row| on_order(row) || (row.on.is_some() && row.from.is_some_and(|from| earners.contains(&from))));
    let original = |row: LineRow<'_>| {
        let id = LineId(first.saturating_add(i64::try_from(row.index).unwrap_or(i64::MAX)));
        let (base_taken, taken_minor) = taken(&past[period + 1..], id);
        OriginalLine {
            id,
            member: row.member,
            bonus: row.bonus.to_owned(),
            on: row.on.map(str::to_owned),
            from: row.from,
            level: row.level,
            base: row.base,
            base_kind: row.base_kind,
            rate: row.rate,
            amount_minor: row.amount_minor,
            base_taken,
            taken_minor,
            unpaid: Amounts::default(),
        }
    };
    wanted.map(original).collect()
}

/// How much of a line later periods have taken back: base and amount.
fn taken(later: &[Past], line: LineId) -> (i64, i64) {
    let rows = later.iter().flat_map(|past| past.result.rows(&past.snapshot));
    rows.filter(|row| row.original_line == Some(line)).fold((0_i64, 0_i64), |(base, amount), row| {
        (base.saturating_sub(row.base), amount.saturating_sub(row.amount_minor))
    })
}
