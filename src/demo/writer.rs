//! Puts the demo company into a database, month after month, in large transactions.

use super::cast::FIRST_NUMBER;
use super::catalogue::CATALOGUE;
use super::sales::{Order, Sales};
use super::{Field, MONTHS_OF_ORDERS, Recipe};
use crate::domain::calendar::{Day, Moment, Zone};
use crate::domain::ids::{MemberId, OrderId, OrderLineId, PriceId, ProductId};
use crate::domain::measures::Measures;
use crate::domain::money::{Currency, Volume};
use crate::domain::product::{PriceType, ProductStatus};
use crate::domain::tree::TreeKind;
use crate::store::{Conn, Db, StoreResult, counters, ids, links, members, orders, products};

/// How many orders are handed to the database at once.
const BATCH: usize = 10_000;
/// The number of the first order.
const FIRST_ORDER_NUMBER: u32 = 100_001;

/// Writes members and orders in the order in which they came, and knows which ids they got.
pub struct Writer<'a> {
    db: &'a Db,
    field: &'a Field,
    zone: Zone,
    currency: Currency,
    members: Vec<MemberId>,
    products: Vec<ProductId>,
    orders: Vec<OrderId>,
}

/// What a month brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Written {
    /// Members after the month.
    pub members: usize,
    /// Orders and returns after the month.
    pub orders: usize,
}

impl<'a> Writer<'a> {
    /// A writer into an empty database. Writes the catalogue, with prices from before the first order on.
    pub fn begin(db: &'a Db, recipe: &Recipe, field: &'a Field, zone: Zone, currency: Currency) -> StoreResult<Self> {
        let opened = recipe.today.plus(-i32::try_from(MONTHS_OF_ORDERS * 31 + 62).unwrap_or(i32::MAX));
        let at = moment(zone, opened, 9 * 3600);
        let mut writer = Self {
            db,
            field,
            zone,
            currency,
            members: Vec::with_capacity(field.nodes().len()),
            products: Vec::with_capacity(CATALOGUE.len()),
            orders: Vec::new(),
        };
        db.write(|tx| writer.write_catalogue(tx, opened, at))?;
        Ok(writer)
    }

    fn write_catalogue(&mut self, tx: &mut Conn, from_day: Day, at: Moment) -> StoreResult<()> {
        let mut rows = Vec::new();
        let mut prices = Vec::new();
        for item in CATALOGUE {
            let id = ProductId(ids::next());
            self.products.push(id);
            rows.push(products::Product {
                id,
                sku: item.sku.to_owned(),
                name: item.name.to_owned(),
                line: String::new(),
                status: ProductStatus::Active,
                created_at: at,
                updated_at: at,
            });
            prices.extend(PriceType::ALL.iter().map(|price_type| products::Price {
                id: PriceId(ids::next()),
                product_id: id,
                price_type: *price_type,
                currency: self.currency,
                price_minor: item.price_minor(*price_type),
                qv: item.qv(),
                cv: item.cv(*price_type),
                measures: Measures::default(),
                from_day,
            }));
        }
        products::insert(tx, &rows)?;
        products::insert_prices(tx, &prices)
    }

    /// Writes who joined and left up to the end of the month, and the orders of the month.
    pub fn write_month(&mut self, sales: &mut Sales<'_>, month: (Day, Day)) -> StoreResult<Written> {
        let db = self.db;
        db.write(|tx| {
            self.write_ends(tx, month)?;
            self.write_members(tx, month.1)?;
            let mut batch = Batch::default();
            sales.month(month, |order| {
                self.add_order(&order, &mut batch);
                if batch.orders.len() >= BATCH { batch.flush(tx) } else { Ok(()) }
            })?;
            batch.flush(tx)
        })?;
        Ok(Written { members: self.members.len(), orders: self.orders.len() })
    }

    /// Lets the numbers of real members and orders go on after ours.
    pub fn finish(self) -> StoreResult<Written> {
        let written = Written { members: self.members.len(), orders: self.orders.len() };
        let count = |len: usize| i64::try_from(len).unwrap_or(i64::MAX);
        self.db.write(|tx| {
            counters::take(tx, "member", FIRST_NUMBER.into(), count(written.members))?;
            counters::take(tx, "order", FIRST_ORDER_NUMBER.into(), count(written.orders))
        })?;
        Ok(written)
    }

    fn write_members(&mut self, tx: &mut Conn, until: Day) -> StoreResult<()> {
        let mut rows = Vec::new();
        let mut tree = Vec::new();
        for index in self.members.len()..self.field.nodes().len() {
            let node = &self.field.nodes()[index];
            if node.joined > until {
                break;
            }
            let id = MemberId(ids::next());
            self.members.push(id);
            rows.push(self.member(id, index, until));
            for (kind, parent) in [(TreeKind::Enroller, node.enroller), (TreeKind::Sponsor, node.sponsor)] {
                if let Some(parent) = parent {
                    tree.push(links::Link::new(kind, id, self.members[parent as usize], node.joined));
                }
            }
            if rows.len() >= BATCH {
                members::insert(tx, &rows)?;
                links::insert(tx, &tree)?;
                rows.clear();
                tree.clear();
            }
        }
        members::insert(tx, &rows)?;
        links::insert(tx, &tree)
    }

    fn member(&self, id: MemberId, index: usize, until: Day) -> members::Member {
        let node = &self.field.nodes()[index];
        let index = u32::try_from(index).unwrap_or(u32::MAX);
        let person = self.field.person(index);
        let number = Field::number(index);
        let at = moment(self.zone, node.joined, 10 * 3600);
        members::Member {
            id,
            kind: node.kind,
            status: node.status_on(until),
            search: members::search_text(&person.name, &person.latin_name, &number, &person.email),
            number,
            name: person.name,
            latin_name: person.latin_name,
            email: person.email,
            phone: person.phone,
            country: person.country.to_owned(),
            language: person.language.to_owned(),
            street: person.street,
            postal_code: person.postal_code,
            city: person.city,
            joined_on: node.joined,
            rank: String::new(),
            highest_rank: String::new(),
            person_id: MemberId(0),
            version: 1,
            created_at: at,
            updated_at: at,
        }
    }

    /// Sets the state of those who were written before and left in the month.
    fn write_ends(&self, tx: &mut Conn, (first, last): (Day, Day)) -> StoreResult<()> {
        for (node, id) in self.field.nodes().iter().zip(&self.members) {
            if let Some((status, since)) = node.ended.filter(|(_, since)| (first..=last).contains(since)) {
                let mut member = members::get(tx, *id)?;
                member.status = status;
                member.updated_at = moment(self.zone, since, 12 * 3600);
                members::update(tx, &member)?;
            }
        }
        Ok(())
    }

    fn add_order(&mut self, order: &Order, batch: &mut Batch) {
        let id = OrderId(ids::next());
        self.orders.push(id);
        let at = moment(self.zone, order.on, order.second);
        let original = order.original.map_or(OrderId(0), |sequence| self.orders[sequence as usize]);
        batch.orders.push(orders::Order {
            id,
            number: format!("SF-{}", FIRST_ORDER_NUMBER + order.sequence),
            kind: order.kind,
            order_type: order.order_type,
            member_id: self.members[order.member as usize],
            through_id: MemberId(0),
            payment: order.payment,
            ordered_at: at,
            ordered_on: order.on,
            commission_on: if order.payment.counts() { order.on } else { Day::FOREVER },
            currency: self.currency,
            paid_minor: order.sum(|line| line.amount_minor),
            wholesale_minor: order.sum(|line| line.wholesale_minor),
            qv: Volume(order.sum(|line| line.qv)),
            cv: Volume(order.sum(|line| line.cv)),
            measures: Measures::default(),
            line_count: i32::try_from(order.lines.len()).unwrap_or(i32::MAX),
            created_at: at,
        });
        batch.lines.extend(order.lines.iter().zip(1..).map(|(line, line_no)| orders::OrderLine {
            id: OrderLineId(ids::next()),
            order_id: id,
            line_no,
            product_id: self.products[line.product],
            name: CATALOGUE[line.product].name.to_owned(),
            quantity: line.quantity,
            unit_price_minor: line.unit_price_minor,
            amount_minor: line.amount_minor,
            wholesale_minor: line.wholesale_minor,
            qv: Volume(line.qv),
            cv: Volume(line.cv),
            measures: Measures::default(),
            original_order_id: original,
        }));
    }
}

/// Rows on their way into the database.
#[derive(Default)]
struct Batch {
    orders: Vec<orders::Order>,
    lines: Vec<orders::OrderLine>,
}

impl Batch {
    fn flush(&mut self, tx: &mut Conn) -> StoreResult<()> {
        orders::insert(tx, &self.orders)?;
        orders::insert_lines(tx, &self.lines)?;
        self.orders.clear();
        self.lines.clear();
        Ok(())
    }
}

/// The moment of a wall-clock second of a day in the company's time zone.
pub(super) fn moment(zone: Zone, day: Day, second: u32) -> Moment {
    let time = chrono::NaiveTime::from_num_seconds_from_midnight_opt(second, 0).unwrap_or_default();
    zone.moment_of(day.date().and_time(time))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::order::OrderKind;
    use crate::store::DatabaseUrl;

    fn written(folder: &std::path::Path) -> (Db, Written) {
        let recipe = Recipe { members: 400, seed: 1, today: "2026-11-21".parse().unwrap() };
        let db = Db::open(&DatabaseUrl::Sqlite(folder.join("m.db"))).unwrap();
        let field = Field::grow(&recipe);
        let mut sales = Sales::new(&recipe, &field);
        let zone = "Europe/London".parse().unwrap();
        let mut writer = Writer::begin(&db, &recipe, &field, zone, "EUR".parse().unwrap()).unwrap();
        let mut last = Written { members: 0, orders: 0 };
        for month in recipe.months() {
            last = writer.write_month(&mut sales, month).unwrap();
        }
        (db, last)
    }

    #[test]
    fn the_company_comes_out_of_the_database_as_it_was_made() {
        let dir = tempfile::tempdir().unwrap();
        let (db, written) = written(dir.path());
        assert_eq!(written.members, 400);
        assert_eq!(db.read(members::count).unwrap(), 400);
        let field = Field::grow(&Recipe { members: 400, seed: 1, today: "2026-11-21".parse().unwrap() });
        let today: Day = "2026-11-21".parse().unwrap();
        for (node, index) in field.nodes().iter().zip(0_u32..) {
            let number = Field::number(index);
            let member = db.read(|c| members::find_by_number(c, &number)).unwrap().unwrap();
            assert_eq!((member.kind, member.status, member.joined_on), (node.kind, node.status_on(today), node.joined));
            assert_eq!(member.name, field.person(index).name);
            let sponsor = db.read(|c| links::find_parent(c, TreeKind::Sponsor, member.id)).unwrap();
            assert_eq!(sponsor.is_some(), index > 0);
        }
    }

    #[test]
    fn every_order_is_the_sum_of_its_lines_and_every_return_knows_its_order() {
        let dir = tempfile::tempdir().unwrap();
        let (db, written) = written(dir.path());
        let days = ("2020-01-01".parse().unwrap(), "2030-01-01".parse().unwrap());
        let counted = db.read(|c| orders::list_counted(c, days.0, days.1)).unwrap();
        assert!(counted.len() * 100 > written.orders * 90);
        for found in &counted {
            let order = db.read(|c| orders::get(c, found.id)).unwrap();
            let lines = db.read(|c| orders::list_lines(c, order.id)).unwrap();
            let sum = |column: fn(&orders::OrderLine) -> i64| lines.iter().map(column).sum::<i64>();
            assert_eq!(usize::try_from(order.line_count), Ok(lines.len()));
            assert_eq!(order.paid_minor, sum(|line| line.amount_minor));
            assert_eq!(order.wholesale_minor, sum(|line| line.wholesale_minor));
            assert_eq!((order.qv.0, order.cv.0), (sum(|line| line.qv.0), sum(|line| line.cv.0)));
            for line in &lines {
                let original = (line.original_order_id.0 != 0)
                    .then(|| db.read(|c| orders::get(c, line.original_order_id)).unwrap());
                assert_eq!(original.is_some(), order.kind == OrderKind::Return);
                assert!(original.is_none_or(|original| original.ordered_at < order.ordered_at));
            }
        }
    }
}
