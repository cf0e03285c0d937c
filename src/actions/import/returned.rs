//! Finds where goods that came back had come from: the member's most recent earlier order with enough
//! of the product left, or several. What comes back takes its volumes along at the original rate.

use std::collections::HashMap;

use super::foreseen::Foreseen;
use super::order_rows::{Blame, Head, LineValues};
use crate::domain::calendar::Day;
use crate::domain::ids::{OrderId, OrderLineId, ProductId};
use crate::domain::measures::Measures;
use crate::domain::money::Volume;
use crate::domain::order::OrderKind;
use crate::sheet::{Original, Returns, Unmatched};
use crate::store::orders::{Order, OrderLine};
use crate::store::{Conn, StoreError, ids};

/// The lines of a return with their originals.
pub(super) struct Returned {
    pub lines: Vec<OrderLine>,
    /// The latest commission day of an original: a return never counts before its sale.
    pub latest_commission_day: Day,
    /// Rows that come in without original, with what that means.
    pub remarks: Vec<(usize, String)>,
}

/// What is left of one product of one order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Left {
    quantity: i64,
    wholesale: i64,
    qv: i64,
    cv: i64,
    measures: Measures,
}

impl Left {
    fn add(&mut self, line: &OrderLine) {
        self.quantity += line.quantity;
        self.wholesale += line.wholesale_minor;
        self.qv += line.qv.0;
        self.cv += line.cv.0;
        self.change(&line.measures, 1);
    }

    /// Further volumes come or go; they came from stored sums, so they cannot leave 64 bits.
    fn change(&mut self, measures: &Measures, sign: i64) {
        if !measures.is_empty() {
            let signed = measures.times(sign).and_then(|signed| self.measures.plus(&signed));
            self.measures = signed.unwrap_or_default();
        }
    }

    /// Takes pieces away with their share of everything; the last piece takes the rest.
    fn take(&mut self, pieces: i64) -> Self {
        let share = |amount: i64| {
            let part = i128::from(amount) * i128::from(pieces) / i128::from(self.quantity.max(1));
            i64::try_from(part).unwrap_or_default()
        };
        let taken = Self {
            quantity: pieces,
            wholesale: share(self.wholesale),
            qv: share(self.qv),
            cv: share(self.cv),
            measures: self.measures.each(|volume| Some(share(volume))).unwrap_or_default(),
        };
        self.quantity -= taken.quantity;
        self.wholesale -= taken.wholesale;
        self.qv -= taken.qv;
        self.cv -= taken.cv;
        self.change(&taken.measures, -1);
        taken
    }
}

/// What a member bought, the latest order first.
#[derive(Default)]
struct Bought {
    by_product: HashMap<ProductId, Vec<(OrderId, Left)>>,
}

impl Bought {
    fn load(tx: &mut Conn, foreseen: &Foreseen, sold: &[OrderLine]) -> Result<Self, StoreError> {
        let mut bought = Self::default();
        for line in sold {
            let orders = bought.by_product.entry(line.product_id).or_default();
            if let Some((_, left)) = orders.iter_mut().find(|(order, _)| *order == line.order_id) {
                left.add(line);
            } else {
                let mut left = Left::default();
                left.add(line);
                orders.push((line.order_id, left));
            }
        }
        let mut originals: Vec<OrderId> = sold.iter().map(|line| line.order_id).collect();
        originals.sort_unstable();
        originals.dedup();
        for line in foreseen.list_lines_returning(tx, &originals)? {
            let orders = bought.by_product.get_mut(&line.product_id);
            let left = orders.and_then(|orders| orders.iter_mut().find(|(order, _)| *order == line.original_order_id));
            if let Some((_, left)) = left {
                // The quantities of a return are negative.
                left.add(&line);
            }
        }
        Ok(bought)
    }

    /// Takes pieces of a product: from the latest order that has enough, or else from several.
    fn take(&mut self, product: ProductId, mut pieces: i64) -> Vec<(OrderId, Left)> {
        let Some(orders) = self.by_product.get_mut(&product) else { return Vec::new() };
        if let Some((order, left)) = orders.iter_mut().find(|(_, left)| left.quantity >= pieces) {
            return vec![(*order, left.take(pieces))];
        }
        let mut taken = Vec::new();
        for (order, left) in orders.iter_mut().filter(|(_, left)| left.quantity > 0) {
            if pieces == 0 {
                break;
            }
            let part = left.quantity.min(pieces);
            pieces -= part;
            taken.push((*order, left.take(part)));
        }
        taken
    }
}

impl Returned {
    /// Gives the lines of a return their originals; `Err` names the row to blame.
    pub fn find(
        tx: &mut Conn,
        foreseen: &Foreseen,
        rules: &Returns,
        order: &Order,
        lines: &[OrderLine],
        values: &[(&Head, &LineValues)],
    ) -> Result<Result<Self, Blame>, StoreError> {
        let member = values.first().map_or("the member", |(head, _)| head.member.as_str());
        let is_unknown = rules.unknown_buyers.iter().any(|unknown| unknown == member);
        let mut bought = match rules.original {
            Original::Derive if is_unknown => Bought::default(),
            Original::Derive => {
                // A line without money takes nothing back, so it needs no original.
                let products: Vec<ProductId> =
                    lines.iter().filter(|line| line.amount_minor != 0).map(|line| line.product_id).collect();
                let sold = foreseen.list_bought(tx, order.member_id, order.ordered_at, &products)?;
                Bought::load(tx, foreseen, &sold)?
            }
            Original::Column => match named(tx, foreseen, order, values)? {
                Err(blame) => return Ok(Err(blame)),
                Ok(sold) => Bought::load(tx, foreseen, &sold)?,
            },
        };
        let (mut found, mut remarks) = (Vec::with_capacity(lines.len()), Vec::new());
        for (at, line) in lines.iter().enumerate() {
            let mut open = -line.quantity;
            let taken = if line.amount_minor == 0 { Vec::new() } else { bought.take(line.product_id, open) };
            for (original, taken) in taken {
                open -= taken.quantity;
                found.push(part(line, original, &taken));
            }
            if open == 0 {
                continue;
            }
            let needs_original = line.amount_minor != 0 && !is_unknown;
            let sku = values.get(at).map_or("the product", |(_, values)| values.sku.as_str());
            if line.amount_minor != 0 && rules.unmatched == Unmatched::Reject {
                let reason = format!(
                    "no earlier order of {member} has {open} pieces of {sku} left to come back; \
                     accept such returns with `unmatched = \"accept\"` in the mapping, or name the order"
                );
                return Ok(Err((at, reason)));
            }
            if needs_original {
                let remark = format!(
                    "return {}: no earlier order of {member} has {open} pieces of {sku} left; they come in without volume",
                    order.number
                );
                remarks.push((at, remark));
            }
            // The sale is not in these books and earned nothing here, so no volume goes back.
            let none =
                Left { quantity: open, wholesale: open.saturating_mul(line.unit_price_minor), ..Left::default() };
            found.push(part(line, OrderId(0), &none));
        }
        for (at, line) in found.iter_mut().enumerate() {
            line.line_no = i32::try_from(at + 1).unwrap_or(i32::MAX);
        }
        let originals: Vec<OrderId> =
            found.iter().map(|line| line.original_order_id).filter(|original| original.0 != 0).collect();
        let latest = foreseen.latest_commission_day(tx, &originals)?;
        Ok(Ok(Self { lines: found, latest_commission_day: latest.unwrap_or(order.commission_on), remarks }))
    }
}

/// The part of a returned line that goes back to one original.
fn part(line: &OrderLine, original: OrderId, taken: &Left) -> OrderLine {
    OrderLine {
        id: OrderLineId(ids::next()),
        quantity: -taken.quantity,
        amount_minor: -taken.quantity.saturating_mul(line.unit_price_minor),
        wholesale_minor: -taken.wholesale,
        qv: Volume(-taken.qv),
        cv: Volume(-taken.cv),
        measures: taken.measures.times(-1).unwrap_or_default(),
        original_order_id: original,
        ..line.clone()
    }
}

/// The lines of the orders that the file names as the originals.
fn named(
    tx: &mut Conn,
    foreseen: &Foreseen,
    order: &Order,
    values: &[(&Head, &LineValues)],
) -> Result<Result<Vec<OrderLine>, Blame>, StoreError> {
    let named = || values.iter().map(|(_, v)| v.original.as_str()).enumerate().filter(|(_, number)| !number.is_empty());
    let numbers: Vec<&str> = named().map(|(_, number)| number).collect();
    let sales = foreseen.list_by_numbers(tx, &numbers)?;
    for (at, number) in named() {
        let wrong = match sales.iter().find(|sale| sale.number == number) {
            None => Some(format!("there is no original order {number}; import it first")),
            Some(sale) if sale.kind != OrderKind::Sale => Some(format!("{number} is a return, not an original order")),
            Some(sale) if sale.member_id != order.member_id => Some(format!("{number} is another member's order")),
            Some(_) => None,
        };
        if let Some(reason) = wrong {
            return Ok(Err((at, reason)));
        }
    }
    let ids: Vec<OrderId> = sales.iter().map(|sale| sale.id).collect();
    Ok(Ok(foreseen.list_lines_of(tx, &ids)?))
}
