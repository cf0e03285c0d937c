//! What a dry run would have stored of the sales whose goods come back in the same file, so that it
//! finds the originals of returns as the real run does. Empty in a real run: there the database knows.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::gatherer::hash;
use super::order_rows::Group;
use crate::domain::calendar::{Day, Moment};
use crate::domain::ids::{MemberId, OrderId, ProductId};
use crate::domain::order::OrderKind;
use crate::sheet::{Cells, Mapping};
use crate::store::orders::{self, Order, OrderLine};
use crate::store::{Conn, StoreError};

/// What comes back somewhere in the file: hashes of member and product, and of named originals.
#[derive(Default)]
pub(super) struct Wanted(HashSet<u64>);

impl Wanted {
    /// Looks whether a row is one of a return.
    pub fn look_at(&mut self, mapping: &Mapping, cells: Cells<'_>, number: &str) {
        let rules = &mapping.orders.returns;
        let starts = rules.when_number_starts_with.as_ref().is_some_and(|start| number.starts_with(start.as_str()));
        if !starts && cells.whole("quantity").is_ok_and(|quantity| quantity >= 0) {
            return;
        }
        if let (Ok(member), Ok(sku)) = (cells.text("member", 4096), cells.text("sku", 4096)) {
            self.0.insert(hash(&[&member, &sku]));
        }
        if let Ok(original) = cells.text("original", 4096)
            && !original.is_empty()
        {
            self.0.insert(hash(&[&original]));
        }
    }

    fn concerns(&self, group: &Group) -> bool {
        let mut values = group.rows.iter().filter_map(|row| row.values.as_ref().ok());
        self.0.contains(&hash(&[&group.number]))
            || values.any(|(head, line)| self.0.contains(&hash(&[&head.member, &line.sku])))
    }
}

/// Orders as the database would hold them after the rows that were looked at so far.
#[derive(Default)]
pub(super) struct Foreseen {
    orders: BTreeMap<OrderId, (Order, Vec<OrderLine>)>,
    numbers: HashMap<String, OrderId>,
    of_member: HashMap<MemberId, Vec<OrderId>>,
    returning: HashMap<OrderId, Vec<OrderLine>>,
}

impl Foreseen {
    /// A sale that the dry run would have stored; it is forgotten where nothing of it comes back.
    pub fn add_sale(&mut self, wanted: &Wanted, group: &Group, order: &Order, lines: &[OrderLine]) {
        if wanted.concerns(group) {
            self.numbers.insert(order.number.clone(), order.id);
            self.of_member.entry(order.member_id).or_default().push(order.id);
            self.orders.insert(order.id, (order.clone(), lines.to_vec()));
        }
    }

    /// Lines of a return that the dry run would have stored.
    pub fn add_return(&mut self, lines: &[OrderLine]) {
        for line in lines.iter().filter(|line| line.original_order_id.0 != 0) {
            self.returning.entry(line.original_order_id).or_default().push(line.clone());
        }
    }

    /// What a member bought of these products before a moment, the latest sale first.
    pub fn list_bought(
        &self,
        tx: &mut Conn,
        member: MemberId,
        before: Moment,
        products: &[ProductId],
    ) -> Result<Vec<OrderLine>, StoreError> {
        let mut lines = orders::list_bought(tx, member, before, products)?;
        let Some(sales) = self.of_member.get(&member) else { return Ok(lines) };
        let mut at: HashMap<OrderId, (Moment, String)> = HashMap::new();
        for (order, of_order) in sales.iter().filter_map(|id| self.orders.get(id)) {
            if order.kind == OrderKind::Sale && order.ordered_at < before {
                at.insert(order.id, (order.ordered_at, order.number.clone()));
                lines.extend(of_order.iter().filter(|line| products.contains(&line.product_id)).cloned());
            }
        }
        let ids: Vec<OrderId> = lines.iter().map(|line| line.order_id).collect();
        at.extend(orders::list_by_ids(tx, &ids)?.into_iter().map(|order| (order.id, (order.ordered_at, order.number))));
        lines.sort_by(|a, b| at.get(&b.order_id).cmp(&at.get(&a.order_id)).then(a.line_no.cmp(&b.line_no)));
        Ok(lines)
    }

    /// Every line that returned goods of these orders.
    pub fn list_lines_returning(&self, tx: &mut Conn, originals: &[OrderId]) -> Result<Vec<OrderLine>, StoreError> {
        let stored = orders::list_lines_returning(tx, originals)?.into_iter().map(|(_, line)| line);
        let foreseen = originals.iter().filter_map(|id| self.returning.get(id)).flatten().cloned();
        Ok(stored.chain(foreseen).collect())
    }

    /// The orders of these numbers.
    pub fn list_by_numbers(&self, tx: &mut Conn, numbers: &[&str]) -> Result<Vec<Order>, StoreError> {
        let mut found = orders::list_by_numbers(tx, numbers)?;
        let foreseen = numbers.iter().filter_map(|number| self.orders.get(self.numbers.get(*number)?));
        found.extend(foreseen.map(|(order, _)| order.clone()));
        Ok(found)
    }

    /// The lines of these orders.
    pub fn list_lines_of(&self, tx: &mut Conn, ids: &[OrderId]) -> Result<Vec<OrderLine>, StoreError> {
        let mut found = orders::list_lines_of(tx, ids)?;
        found.extend(ids.iter().filter_map(|id| self.orders.get(id)).flat_map(|(_, lines)| lines.iter().cloned()));
        Ok(found)
    }

    /// The latest commission day of these orders.
    pub fn latest_commission_day(&self, tx: &mut Conn, ids: &[OrderId]) -> Result<Option<Day>, StoreError> {
        let stored = orders::list_by_ids(tx, ids)?.iter().map(|order| order.commission_on).max();
        let foreseen = ids.iter().filter_map(|id| self.orders.get(id)).map(|(order, _)| order.commission_on).max();
        Ok(stored.max(foreseen))
    }
}
