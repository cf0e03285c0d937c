//! Imports orders and returns. An order comes in whole or not at all: one bad row rejects every row of it,
//! wherever in the file they stand.

use std::collections::{BTreeMap, HashMap};

use super::book::{Book, Fate};
use super::foreseen::Foreseen;
use super::gatherer::{self, Gatherer, Survey};
use super::order_rows::{Blame, Group, Head, LineValues};
use super::returned::Returned;
use super::{BATCH, ImportFault, ImportInput};
use crate::domain::calendar::{Day, Moment};
use crate::domain::company::Company;
use crate::domain::ids::{MemberId, OrderId, OrderLineId, ProductId};
use crate::domain::measures::Measures;
use crate::domain::member::{MemberKind, MemberStatus};
use crate::domain::money::Volume;
use crate::domain::order::{OrderKind, PaymentState, commission_day};
use crate::domain::product::PriceType;
use crate::sheet::{Cells, Row, Rows};
use crate::store::orders::{self, Order, OrderLine};
use crate::store::products::{self, Price, Product};
use crate::store::{Conn, StoreError, ids, members, periods};

/// Members and products that are kept in memory for the next rows.
const MAX_KEPT: usize = 200_000;

pub(super) fn import(book: &mut Book<'_>, input: &ImportInput<'_>, company: &Company) -> Result<(), ImportFault> {
    let survey = gatherer::look_over(book, input, company)?;
    let mut rows = Rows::open(input.path, input.file_name, &input.mapping.file)?;
    let mut gatherer = Gatherer::new(*input, company, &survey)?;
    let mut work = Work::new(*input, &survey);
    while let Some(row) = rows.next_row()? {
        if row.fault.is_none() && Cells::new(input.mapping, &row, company.zone).is_skipped() {
            work.skipped += 1;
            continue;
        }
        if let Some(group) = gatherer.add(row)? {
            let (read, all) = rows.progress();
            work.take(book, group, u32::try_from(read.saturating_mul(1000) / all.max(1)).unwrap_or(1000))?;
        }
    }
    for number in gatherer.still_open() {
        if let Some(group) = gatherer.close(number)? {
            work.take(book, group, 1000)?;
        }
    }
    // Goods come back to sales, and those of the file are all there now. They come in by their time, so
    // that the order of the file decides nothing.
    for waiting in gatherer.take_returns() {
        let group = gatherer.resume(waiting)?;
        work.take(book, group, 1000)?;
    }
    work.end(book)
}

/// Stores complete orders, many in one transaction.
struct Work<'a> {
    input: ImportInput<'a>,
    survey: &'a Survey,
    foreseen: Foreseen,
    members: HashMap<String, (MemberId, MemberKind, MemberStatus)>,
    products: HashMap<String, Product>,
    batch: Vec<Group>,
    batch_rows: usize,
    /// Rows of orders that were complete so far.
    done: i64,
    skipped: i64,
}

/// What is in the database for the orders of a batch.
struct There {
    orders: HashMap<String, Order>,
    lines: HashMap<OrderId, Vec<OrderLine>>,
    prices: HashMap<ProductId, Vec<Price>>,
    first_open_day: Day,
    now: Moment,
}

impl<'a> Work<'a> {
    fn new(input: ImportInput<'a>, survey: &'a Survey) -> Self {
        let (members, products) = (HashMap::new(), HashMap::new());
        let foreseen = Foreseen::default();
        Self { input, survey, foreseen, members, products, batch: Vec::new(), batch_rows: 0, done: 0, skipped: 0 }
    }

    /// Takes an order, unless an earlier attempt dealt with it.
    fn take(&mut self, book: &mut Book<'_>, group: Group, permille: u32) -> Result<(), ImportFault> {
        self.done += i64::try_from(group.rows.len()).unwrap_or(i64::MAX);
        if self.done > book.resumed_at() {
            self.batch_rows += group.rows.len();
            self.batch.push(group);
        }
        if self.batch_rows < BATCH {
            return Ok(());
        }
        self.batch_rows = 0;
        let batch = std::mem::take(&mut self.batch);
        book.write(self.done, permille, |book, tx| self.store(book, tx, &batch))
    }

    fn end(mut self, book: &mut Book<'_>) -> Result<(), ImportFault> {
        let batch = std::mem::take(&mut self.batch);
        let done = book.write(self.done, 1000, |book, tx| {
            book.set_skipped(self.skipped);
            self.store(book, tx, &batch)
        });
        // Whoever asks to stop now comes too late: everything is there.
        if matches!(done, Err(ImportFault::Stopped)) { Ok(()) } else { done }
    }

    fn store(&mut self, book: &mut Book<'_>, tx: &mut Conn, batch: &[Group]) -> Result<(), StoreError> {
        orders::lock_periods(tx)?;
        let there = self.look_up(tx, batch, book.clock.now())?;
        let (mut sales, mut lines) = (Vec::new(), Vec::new());
        let mut returns: Vec<(&Group, Order, Vec<OrderLine>)> = Vec::new();
        for group in batch {
            match self.judge(group, &there) {
                Err(blame) => reject(book, group, &blame),
                Ok(Judged::Unchanged) => group.rows.iter().for_each(|_| book.count(Fate::Unchanged)),
                Ok(Judged::New(order, new)) if order.kind == OrderKind::Return => returns.push((group, order, new)),
                Ok(Judged::New(order, new)) => {
                    group.rows.iter().for_each(|_| book.count(Fate::Created));
                    if book.is_dry_run {
                        self.foreseen.add_sale(&self.survey.wanted, group, &order, &new);
                    }
                    sales.push(order);
                    lines.extend(new);
                }
            }
        }
        if !book.is_dry_run {
            orders::insert(tx, &sales)?;
            orders::insert_lines(tx, &lines)?;
        }
        if !returns.is_empty() {
            orders::lock_returns(tx)?;
        }
        for (group, order, lines) in returns {
            self.store_return(book, tx, group, order, &lines)?;
        }
        Ok(())
    }

    /// Finds where the goods of a return came from, and stores it.
    fn store_return(
        &mut self,
        book: &mut Book<'_>,
        tx: &mut Conn,
        group: &Group,
        order: Order,
        lines: &[OrderLine],
    ) -> Result<(), StoreError> {
        let values = group.values().unwrap_or_default();
        let rules = &self.input.mapping.orders.returns;
        let returned = match Returned::find(tx, &self.foreseen, rules, &order, lines, &values)? {
            Err(blame) => {
                reject(book, group, &blame);
                return Ok(());
            }
            Ok(returned) => returned,
        };
        let commission_on = order.commission_on.max(returned.latest_commission_day);
        let order = match totalled(Order { commission_on, ..order }, &returned.lines) {
            Err(reason) => {
                reject(book, group, &(0, reason));
                return Ok(());
            }
            Ok(order) => order,
        };
        for (at, remark) in returned.remarks {
            book.remark(group.rows.get(at).map_or(0, |row| row.row.line), remark);
        }
        group.rows.iter().for_each(|_| book.count(Fate::Created));
        if book.is_dry_run {
            self.foreseen.add_return(&returned.lines);
            return Ok(());
        }
        orders::insert(tx, std::slice::from_ref(&order))?;
        orders::insert_lines(tx, &returned.lines)
    }

    fn look_up(&mut self, tx: &mut Conn, batch: &[Group], now: Moment) -> Result<There, StoreError> {
        let values = || batch.iter().flat_map(|group| &group.rows).filter_map(|row| row.values.as_ref().ok());
        if self.members.len() > MAX_KEPT {
            self.members.clear();
        }
        if self.products.len() > MAX_KEPT {
            self.products.clear();
        }
        let mut numbers: Vec<&str> =
            values().flat_map(|(head, _)| [head.member.as_str(), head.through.as_str()]).collect();
        numbers.retain(|number| !number.is_empty() && !self.members.contains_key(*number));
        numbers.sort_unstable();
        numbers.dedup();
        let found = members::find_by_numbers(tx, &numbers)?;
        self.members.extend(found);
        let mut skus: Vec<&str> =
            values().map(|(_, line)| line.sku.as_str()).filter(|sku| !self.products.contains_key(*sku)).collect();
        skus.sort_unstable();
        skus.dedup();
        let found = products::find_by_skus(tx, &skus)?;
        self.products.extend(found);
        let numbers: Vec<&str> = batch.iter().map(|group| group.number.as_str()).collect();
        let orders = orders::list_by_numbers(tx, &numbers)?;
        let order_ids: Vec<OrderId> = orders.iter().map(|order| order.id).collect();
        let mut lines: HashMap<OrderId, Vec<OrderLine>> = HashMap::new();
        for line in orders::list_lines_of(tx, &order_ids)? {
            lines.entry(line.order_id).or_default().push(line);
        }
        let mut prices: HashMap<ProductId, Vec<Price>> = HashMap::new();
        let asks = |line: &LineValues| {
            line.qv.is_none() || line.cv.is_none() || line.wholesale_minor.is_none() || line.measures.is_none()
        };
        if values().any(|(_, line)| asks(line)) {
            let mut ids: Vec<ProductId> =
                values().filter_map(|(_, line)| self.products.get(&line.sku)).map(|product| product.id).collect();
            ids.sort_unstable();
            ids.dedup();
            for price in products::list_prices_of(tx, &ids)? {
                prices.entry(price.product_id).or_default().push(price);
            }
        }
        let orders = orders.into_iter().map(|order| (order.number.clone(), order)).collect();
        Ok(There { orders, lines, prices, first_open_day: periods::first_open_day(tx)?, now })
    }

    /// Decides about one order.
    fn judge(&self, group: &Group, there: &There) -> Result<Judged, Blame> {
        let values = group.values()?;
        let head = values.first().map(|(head, _)| *head).ok_or((0, "the order has no rows".to_owned()))?;
        let is_return = group.is_return(self.input.mapping)?;
        let Some((member, kind, _)) = self.members.get(&head.member) else {
            let reason = format!("there is no member {}; import the members first, or give a `default`", head.member);
            return Err((0, reason));
        };
        let through = match self.members.get(&head.through) {
            Some((member, ..)) => *member,
            None if head.through.is_empty() => MemberId(0),
            None => return Err((0, format!("there is no member {} for it to come through", head.through))),
        };
        let mut lines = Vec::with_capacity(values.len());
        let id = OrderId(ids::next());
        for (at, (_, line)) in values.iter().enumerate() {
            let Some(product) = self.products.get(&line.sku) else {
                return Err((at, format!("there is no product {}; import the products first", line.sku)));
            };
            let prices = there.prices.get(&product.id).map_or(&[][..], Vec::as_slice);
            lines.push(order_line(id, at, line, product, prices, *kind, head, is_return).map_err(|why| (at, why))?);
        }
        if let Some(old) = there.orders.get(&group.number) {
            let stored = there.lines.get(&old.id).map_or(&[][..], Vec::as_slice);
            return compare(old, stored, (*member, through), head, &lines)
                .map(|()| Judged::Unchanged)
                .map_err(|why| (0, why));
        }
        let payment = if is_return { PaymentState::Refunded } else { head.payment };
        let commission_on =
            if payment.counts() { commission_day(head.paid_on, there.first_open_day) } else { Day::FOREVER };
        let order = Order {
            id,
            number: group.number.clone(),
            kind: if is_return { OrderKind::Return } else { OrderKind::Sale },
            order_type: head.order_type,
            member_id: *member,
            through_id: through,
            payment,
            ordered_at: head.ordered_at,
            ordered_on: head.ordered_on,
            commission_on,
            currency: head.currency,
            paid_minor: 0,
            wholesale_minor: 0,
            qv: Volume::ZERO,
            cv: Volume::ZERO,
            measures: Measures::default(),
            line_count: 0,
            created_at: there.now,
        };
        totalled(order, &lines).map(|order| Judged::New(order, lines)).map_err(|why| (0, why))
    }
}

enum Judged {
    New(Order, Vec<OrderLine>),
    Unchanged,
}

/// Every row of a rejected order is told, each with the row to blame.
fn reject(book: &mut Book<'_>, group: &Group, (blamed, reason): &Blame) {
    let line = group.rows.get(*blamed).map_or(0, |row| row.row.line);
    let others = group.rows.len() - 1;
    for (at, row) in group.rows.iter().enumerate() {
        let row: &Row = &row.row;
        if at == *blamed && others > 0 {
            book.reject(row, format!("{reason} (order {}, with {others} more rows)", group.number));
        } else if at == *blamed {
            book.reject(row, reason.clone());
        } else {
            book.reject(row, format!("order {} is rejected because of line {line}: {reason}", group.number));
        }
    }
}

#[expect(clippy::too_many_arguments, reason = "the facts that make one line")]
fn order_line(
    order: OrderId,
    at: usize,
    line: &LineValues,
    product: &Product,
    prices: &[Price],
    kind: MemberKind,
    head: &Head,
    is_return: bool,
) -> Result<OrderLine, String> {
    // A return may be written with the quantity that came back as a positive number.
    let sign = if is_return && line.quantity > 0 { -1 } else { 1 };
    let price_of = |price_type: PriceType| {
        let in_force = prices.iter().filter(|price| {
            price.price_type == price_type && price.currency == head.currency && price.from_day <= head.ordered_on
        });
        in_force.max_by_key(|price| price.from_day)
    };
    let own = price_of(PriceType::of(kind)).or_else(|| price_of(PriceType::Retail));
    let times = |each: i64| {
        each.checked_mul(line.quantity)
            .ok_or_else(|| "the volume of the line is too large to be stored exactly".to_owned())
    };
    let given = |given: Option<Volume>, of_price: fn(&Price) -> Volume| match (given, own) {
        (Some(volume), _) => Ok(volume.0),
        (None, Some(price)) => times(of_price(price).0),
        (None, None) => Ok(0),
    };
    let measures = match (&line.measures, own) {
        (Some(measures), _) => measures.times(sign),
        (None, Some(price)) => price.measures.times(sign).and_then(|each| each.times(line.quantity)),
        (None, None) => Ok(Measures::default()),
    };
    let wholesale = match (line.wholesale_minor, price_of(PriceType::Wholesale)) {
        (Some(minor), _) => minor,
        (None, Some(price)) => times(price.price_minor)?,
        (None, None) => line.amount_minor,
    };
    Ok(OrderLine {
        id: OrderLineId(ids::next()),
        order_id: order,
        line_no: i32::try_from(at + 1).unwrap_or(i32::MAX),
        product_id: product.id,
        name: if line.name.is_empty() { product.name.clone() } else { line.name.clone() },
        quantity: sign * line.quantity,
        unit_price_minor: line.unit_price_minor,
        amount_minor: sign * line.amount_minor,
        wholesale_minor: sign * wholesale,
        qv: Volume(sign * given(line.qv, |price| price.qv)?),
        cv: Volume(sign * given(line.cv, |price| price.cv)?),
        measures: measures.map_err(|fault| fault.to_string())?,
        original_order_id: OrderId(0),
    })
}

/// The order with the sums of its lines.
fn totalled(order: Order, lines: &[OrderLine]) -> Result<Order, String> {
    let sum = |of: fn(&OrderLine) -> i64| {
        lines
            .iter()
            .try_fold(0_i64, |sum, line| sum.checked_add(of(line)))
            .ok_or_else(|| "the total of the order is too large to be stored exactly".to_owned())
    };
    let measures = lines.iter().try_fold(Measures::default(), |sum, line| {
        if line.measures.is_empty() { Ok(sum) } else { sum.plus(&line.measures).map_err(|fault| fault.to_string()) }
    })?;
    Ok(Order {
        measures,
        paid_minor: sum(|line| line.amount_minor)?,
        wholesale_minor: sum(|line| line.wholesale_minor)?,
        qv: Volume(sum(|line| line.qv.0)?),
        cv: Volume(sum(|line| line.cv.0)?),
        line_count: i32::try_from(lines.len()).unwrap_or(i32::MAX),
        ..order
    })
}

/// Whether the order in the file says the same as the one that is there. Lines of a return may have been
/// split over several originals, so pieces are compared per product and price.
fn compare(
    old: &Order,
    stored: &[OrderLine],
    (member, through): (MemberId, MemberId),
    head: &Head,
    lines: &[OrderLine],
) -> Result<(), String> {
    let pieces = |lines: &[OrderLine]| {
        let mut sums: BTreeMap<(ProductId, i64), i128> = BTreeMap::new();
        for line in lines {
            *sums.entry((line.product_id, line.unit_price_minor)).or_default() += i128::from(line.quantity);
        }
        sums
    };
    let different = if old.member_id != member {
        "member"
    } else if old.through_id != through {
        "member through whom it came"
    } else if old.ordered_at != head.ordered_at {
        "date"
    } else if old.currency != head.currency {
        "currency"
    } else if pieces(stored) != pieces(lines) {
        "set of lines"
    } else {
        return Ok(());
    };
    Err(format!("order {} exists with a different {different}; an order never changes after it is placed", old.number))
}
