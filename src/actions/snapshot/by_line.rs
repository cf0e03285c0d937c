//! Orders of earlier periods by product line, for goods that come back.

use std::collections::{BTreeMap, HashMap};

use super::{MeasureNames, Worth};
use crate::domain::calendar::Day;
use crate::domain::ids::{IdMap, OrderId, ProductId};
use crate::plan::{Amounts, TakebackPart};
use crate::store::orders::{self, OrderLine};
use crate::store::{Conn, StoreResult};

/// Orders as they were sold and what came back of them before, by product line.
pub(super) struct ByLine<'l> {
    lines: &'l HashMap<ProductId, String>,
    parts: IdMap<OrderId, Vec<TakebackPart>>,
}

impl<'l> ByLine<'l> {
    /// Reads what these orders sold. Nothing is read where a company has no product lines.
    pub(super) fn load(
        conn: &mut Conn,
        ids: &[OrderId],
        earlier: &[(Day, OrderLine)],
        lines: &'l HashMap<ProductId, String>,
    ) -> StoreResult<Self> {
        let mut by_line = Self { lines, parts: IdMap::default() };
        if lines.is_empty() {
            return Ok(by_line);
        }
        let mut sums: BTreeMap<(OrderId, &str), [Worth; 2]> = BTreeMap::new();
        for part in orders::list_parts_of(conn, ids)? {
            let (paid_minor, wholesale_minor) = (part.amount_minor, part.wholesale_minor);
            let amounts = Amounts { qv: part.qv, cv: part.cv, paid_minor, wholesale_minor };
            let [total, _] = sums.entry((part.order_id, by_line.of(part.product_id))).or_default();
            total.add(&amounts, &part.measures, 1)?;
        }
        for (_, line) in earlier {
            let [_, before] = sums.entry((line.original_order_id, by_line.of(line.product_id))).or_default();
            before.add_line(line, -1)?;
        }
        for ((order, line), [total, before]) in sums {
            let (line, total, before) = (line.to_owned(), total.amounts, before.amounts);
            let part = TakebackPart { line, before, total, ..TakebackPart::default() };
            by_line.parts.entry(order).or_default().push(part);
        }
        by_line.parts.retain(|_, parts| parts.iter().any(|part| !part.line.is_empty()));
        Ok(by_line)
    }

    /// The product line of a product, or empty.
    pub(super) fn of(&self, product: ProductId) -> &'l str {
        self.lines.get(&product).map_or("", String::as_str)
    }

    /// An order by product line; nothing where it has none.
    pub(super) fn parts(&self, order: OrderId) -> &[TakebackPart] {
        self.parts.get(&order).map_or(&[], Vec::as_slice)
    }

    /// The same with what comes back now.
    pub(super) fn with(&self, order: OrderId, now: &BTreeMap<&str, Worth>, names: &MeasureNames) -> Vec<TakebackPart> {
        let mut parts = self.parts(order).to_vec();
        if parts.is_empty() && now.keys().all(|line| line.is_empty()) {
            return parts;
        }
        for (line, worth) in now {
            let at = parts.iter().position(|part| part.line == *line).unwrap_or_else(|| {
                parts.push(TakebackPart { line: (*line).to_owned(), ..TakebackPart::default() });
                parts.len() - 1
            });
            (parts[at].now, parts[at].measures) = (worth.amounts, names.placed(&worth.measures));
        }
        parts
    }
}
