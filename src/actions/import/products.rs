//! Imports products with their prices.

use std::collections::{HashMap, HashSet};

use super::book::{Book, Fate};
use super::{BATCH, ImportFault, ImportInput};
use crate::domain::calendar::Day;
use crate::domain::company::Company;
use crate::domain::ids::{PriceId, ProductId};
use crate::domain::money::{Currency, Volume};
use crate::domain::product::{PriceType, ProductStatus};
use crate::domain::words::UnknownWord;
use crate::sheet::{CellFault, Cells, Repeats, Row, Rows};
use crate::store::products::{self, Price, Product};
use crate::store::{Conn, StoreError, ids};

use super::volumes::{part_of_price, volume};

/// The values of a row.
struct ProductRow {
    sku: String,
    name: String,
    status: ProductStatus,
    currency: Currency,
    /// Price of each type that the row gives.
    prices: Vec<(PriceType, i64)>,
    qv: Volume,
    cv: Volume,
    from_day: Day,
}

impl ProductRow {
    fn read(cells: Cells<'_>, company: &Company) -> Result<Self, String> {
        let said = |fault: CellFault| fault.to_string();
        let currency = cells.text("currency", 10).map_err(said)?;
        let currency =
            if currency.is_empty() { company.currency } else { currency.parse().map_err(|e| format!("{e}"))? };
        let price = cells.minor("price", currency).map_err(said)?.ok_or("price is empty; fill it in")?;
        let mut prices = vec![(PriceType::Retail, price)];
        for (field, price_type) in
            [("preferred_price", PriceType::Preferred), ("wholesale_price", PriceType::Wholesale)]
        {
            let given = match cells.column(field) {
                Some(column) if column.from.is_some() => Some(part_of_price(column, price, currency)?),
                _ => cells.minor(field, currency).map_err(said)?,
            };
            prices.extend(given.map(|minor| (price_type, minor)));
        }
        if let Some((price_type, minor)) = prices.iter().find(|(_, minor)| *minor < 0) {
            return Err(format!("the {price_type} price {} is negative; a price is 0 or more", currency.plain(*minor)));
        }
        let status = cells.text("status", 40).map_err(said)?.to_lowercase();
        let status = if status.is_empty() { "active" } else { &status };
        Ok(Self {
            sku: cells.required("sku", 60).map_err(said)?,
            name: cells.required("name", 200).map_err(said)?,
            status: status.parse().map_err(|e: UnknownWord| e.to_string())?,
            qv: volume(cells, "qv", price, 1, currency)?.unwrap_or_default(),
            cv: volume(cells, "cv", price, 1, currency)?.unwrap_or_default(),
            from_day: cells.day("from_day").map_err(said)?.unwrap_or(Day(0)),
            currency,
            prices,
        })
    }
}

pub(super) fn import(book: &mut Book<'_>, input: &ImportInput<'_>, company: &Company) -> Result<(), ImportFault> {
    let mut rows = Rows::open(input.path, &input.mapping.file)?;
    rows.require(input.mapping.needed_columns())?;
    let mut work = Work { input: *input, company, seen: HashSet::new() };
    let mut done = 0;
    let resumed_at = book.resumed_at();
    let mut batch = Vec::with_capacity(BATCH);
    loop {
        let row = rows.next_row()?;
        let is_end = row.is_none();
        if let Some(row) = row {
            done += 1;
            if done <= resumed_at {
                work.pass(&row);
            } else {
                batch.push(row);
            }
        }
        if batch.len() >= BATCH || is_end {
            let (read, all) = rows.progress();
            let permille = u32::try_from(read.saturating_mul(1000) / all.max(1)).unwrap_or(1000);
            book.write(done, permille, |book, tx| work.store(book, tx, &batch))?;
            batch.clear();
        }
        if is_end {
            return Ok(());
        }
    }
}

struct Work<'a> {
    input: ImportInput<'a>,
    company: &'a Company,
    /// Codes (with currency and day, where rows may not repeat) that this file gave already.
    seen: HashSet<String>,
}

impl Work<'_> {
    fn cells<'r>(&'r self, row: &'r Row) -> Cells<'r> {
        Cells::new(self.input.mapping, row, self.company.zone)
    }

    fn takes_first(&self) -> bool {
        self.input.mapping.rows.repeats == Repeats::First
    }

    /// What a row adds to `seen`: with the first row counting, the code alone.
    fn key(&self, row: &Row) -> Option<String> {
        let cells = self.cells(row);
        let sku = cells.text("sku", 60).ok().filter(|sku| !sku.is_empty())?;
        if self.takes_first() {
            return Some(sku);
        }
        let more = [cells.text("currency", 10).ok()?, cells.text("from_day", 60).ok()?].join("\n");
        Some(format!("{sku}\n{more}"))
    }

    /// A row that an earlier attempt dealt with.
    fn pass(&mut self, row: &Row) {
        if row.fault.is_none()
            && !self.cells(row).is_skipped()
            && ProductRow::read(self.cells(row), self.company).is_ok()
        {
            self.seen.extend(self.key(row));
        }
    }

    fn store(&mut self, book: &mut Book<'_>, tx: &mut Conn, batch: &[Row]) -> Result<(), StoreError> {
        let mut read = Vec::with_capacity(batch.len());
        for row in batch {
            if let Some(fault) = &row.fault {
                book.reject(row, fault.to_string());
            } else if self.cells(row).is_skipped() {
                book.count(Fate::Skipped);
            } else {
                let key = self.key(row);
                let is_repeat = key.as_ref().is_some_and(|key| self.seen.contains(key));
                if is_repeat && self.takes_first() {
                    book.count(Fate::Unchanged);
                    continue;
                }
                match ProductRow::read(self.cells(row), self.company) {
                    Err(reason) => book.reject(row, reason),
                    Ok(_) if is_repeat => book.reject(row, "the product has a price for this day further up already"),
                    Ok(product) => {
                        self.seen.extend(key);
                        read.push((row, product));
                    }
                }
            }
        }
        let skus: Vec<&str> = read.iter().map(|(_, row)| row.sku.as_str()).collect();
        let mut there = products::find_by_skus(tx, &skus)?;
        let known: Vec<ProductId> = there.values().map(|product| product.id).collect();
        let mut prices: HashMap<_, _> =
            products::list_prices_of(tx, &known)?.into_iter().map(|price| (price_key(&price), price)).collect();
        let mut new = New::default();
        for (row, product) in read {
            self.store_one(book, tx, row, &product, &mut there, &mut prices, &mut new)?;
        }
        if book.is_dry_run {
            return Ok(());
        }
        products::insert(tx, &new.products)?;
        products::insert_prices(tx, &new.prices)
    }

    #[expect(clippy::too_many_arguments, reason = "one row against what is there and what is new")]
    fn store_one(
        &self,
        book: &mut Book<'_>,
        tx: &mut Conn,
        row: &Row,
        product: &ProductRow,
        there: &mut HashMap<String, Product>,
        prices: &mut HashMap<PriceKey, Price>,
        new: &mut New,
    ) -> Result<(), StoreError> {
        let now = book.clock.now();
        let mut fate = Fate::Unchanged;
        let stored = match there.get_mut(&product.sku) {
            Some(_) if self.takes_first() => {
                book.count(Fate::Unchanged);
                return Ok(());
            }
            Some(stored) if stored.name != product.name => {
                if !self.input.update {
                    let reason = format!(
                        "{} exists with a different name ({}); import with --update to take the one here",
                        product.sku, stored.name
                    );
                    book.reject(row, reason);
                    return Ok(());
                }
                if !book.is_dry_run {
                    products::update_name(tx, stored.id, &product.name, now)?;
                }
                stored.name.clone_from(&product.name);
                fate = Fate::Updated;
                stored.id
            }
            Some(stored) => stored.id,
            None => {
                let stored = Product {
                    id: ProductId(ids::next()),
                    sku: product.sku.clone(),
                    name: product.name.clone(),
                    status: product.status,
                    created_at: now,
                    updated_at: now,
                };
                fate = Fate::Created;
                new.products.push(stored.clone());
                there.insert(product.sku.clone(), stored.clone());
                stored.id
            }
        };
        for price in product.prices(stored) {
            match prices.get(&price_key(&price)) {
                None => {
                    if fate == Fate::Unchanged {
                        fate = Fate::Updated;
                    }
                    prices.insert(price_key(&price), price.clone());
                    new.prices.push(price);
                }
                Some(old) if (old.price_minor, old.qv, old.cv) != (price.price_minor, price.qv, price.cv) => {
                    let reason = format!(
                        "{} has another {} price from {} on ({}, here {}); give the new price a later from_day",
                        product.sku,
                        price.price_type,
                        price.from_day,
                        price.currency.plain(old.price_minor),
                        price.currency.plain(price.price_minor),
                    );
                    book.reject(row, reason);
                    return Ok(());
                }
                Some(_) => {}
            }
        }
        book.count(fate);
        Ok(())
    }
}

impl ProductRow {
    fn prices(&self, product: ProductId) -> impl Iterator<Item = Price> {
        self.prices.iter().map(move |(price_type, minor)| Price {
            id: PriceId(ids::next()),
            product_id: product,
            price_type: *price_type,
            currency: self.currency,
            price_minor: *minor,
            qv: self.qv,
            cv: self.cv,
            from_day: self.from_day,
        })
    }
}

type PriceKey = (ProductId, PriceType, Currency, Day);

const fn price_key(price: &Price) -> PriceKey {
    (price.product_id, price.price_type, price.currency, price.from_day)
}

/// What a batch adds.
#[derive(Default)]
struct New {
    products: Vec<Product>,
    prices: Vec<Price>,
}
