//! Imports products with their prices.

use std::collections::{HashMap, HashSet};

use super::book::{Book, Fate};
use super::{BATCH, ImportFault, ImportInput};
use crate::domain::calendar::Day;
use crate::domain::company::Company;
use crate::domain::ids::{PriceId, ProductId};
use crate::domain::measures::Measures;
use crate::domain::money::{Currency, Volume};
use crate::domain::product::{PriceType, ProductStatus, product_line_fault};
use crate::domain::words::UnknownWord;
use crate::sheet::{CellFault, Cells, Repeats, Row, Rows};
use crate::store::products::{self, Price, Product};
use crate::store::{Conn, StoreError, ids};

use super::volumes::{measures, part_of_price, volume};

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
    measures: Measures,
    /// The product line; `None` where the mapping says nothing about it.
    line: Option<String>,
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
            measures: measures(cells, price, 1, currency)?.unwrap_or_default(),
            line: match cells.text("line", 60).map_err(said)? {
                line if cells.is_mapped("line") => Some(product_line(line)?),
                _ => None,
            },
            from_day: cells.day("from_day").map_err(said)?.unwrap_or(Day(0)),
            currency,
            prices,
        })
    }
}

pub(super) fn import(book: &mut Book<'_>, input: &ImportInput<'_>, company: &Company) -> Result<(), ImportFault> {
    let mut rows = Rows::open(input.path, input.file_name, &input.mapping.file)?;
    rows.require(input.mapping.needed_columns())?;
    let mut work = Work { input: *input, company, seen: HashSet::new(), foreseen: Known::default() };
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
    /// What a dry run would have stored so far.
    foreseen: Known,
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
        let there = products::find_by_skus(tx, &skus)?;
        let stored: Vec<ProductId> = there.values().map(|product| product.id).collect();
        let prices = products::list_prices_of(tx, &stored)?;
        let prices = prices.into_iter().map(|price| (price_key(&price), price)).collect();
        let mut known = Known { products: there, prices, ..Known::default() };
        if book.is_dry_run {
            known.products.extend(std::mem::take(&mut self.foreseen.products));
            known.prices.extend(std::mem::take(&mut self.foreseen.prices));
        }
        for (row, product) in read {
            self.store_one(book, tx, row, &product, &mut known)?;
        }
        if book.is_dry_run {
            self.foreseen = known;
            return Ok(());
        }
        products::insert(tx, &known.new_products)?;
        products::insert_prices(tx, &known.new_prices)
    }

    fn store_one(
        &self,
        book: &mut Book<'_>,
        tx: &mut Conn,
        row: &Row,
        product: &ProductRow,
        known: &mut Known,
    ) -> Result<(), StoreError> {
        let (stored, mut fate) = match self.product(book, tx, product, known)? {
            Ok(found) => found,
            Err(reason) => {
                book.reject(row, reason);
                return Ok(());
            }
        };
        if fate == Fate::Unchanged && self.takes_first() {
            book.count(fate);
            return Ok(());
        }
        let prices: Vec<Price> = product.prices(stored).collect();
        let different = prices.iter().find_map(|price| {
            let old = known.prices.get(&price_key(price))?;
            let same = (old.price_minor, old.qv, old.cv) == (price.price_minor, price.qv, price.cv);
            (!same || old.measures != price.measures).then_some((old, price))
        });
        if let Some((old, price)) = different {
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
        for price in prices {
            if known.prices.insert(price_key(&price), price.clone()).is_none() {
                fate = if fate == Fate::Unchanged { Fate::Updated } else { fate };
                known.new_prices.push(price);
            }
        }
        book.count(fate);
        Ok(())
    }

    /// The product that a row means, made where it is new; or why the row is refused.
    fn product(
        &self,
        book: &Book<'_>,
        tx: &mut Conn,
        product: &ProductRow,
        known: &mut Known,
    ) -> Result<Result<(ProductId, Fate), String>, StoreError> {
        let now = book.clock.now();
        let Some(stored) = known.products.get_mut(&product.sku) else {
            let stored = Product {
                id: ProductId(ids::next()),
                sku: product.sku.clone(),
                name: product.name.clone(),
                line: product.line.clone().unwrap_or_default(),
                status: product.status,
                created_at: now,
                updated_at: now,
            };
            let id = stored.id;
            known.new_products.push(stored.clone());
            known.products.insert(product.sku.clone(), stored);
            return Ok(Ok((id, Fate::Created)));
        };
        let other_line = product.line.as_ref().filter(|line| **line != stored.line);
        if self.takes_first() || (stored.name == product.name && other_line.is_none()) {
            return Ok(Ok((stored.id, Fate::Unchanged)));
        }
        if !self.input.update {
            let (what, there) = match other_line {
                Some(_) if stored.name == product.name => ("product line", or_none(&stored.line)),
                _ => ("name", stored.name.as_str()),
            };
            return Ok(Err(format!(
                "{} exists with a different {what} ({there}); import with --update to take the one here",
                product.sku
            )));
        }
        if let Some(line) = other_line {
            stored.line.clone_from(line);
        }
        stored.name.clone_from(&product.name);
        stored.updated_at = now;
        if !book.is_dry_run {
            products::update(tx, stored)?;
        }
        Ok(Ok((stored.id, Fate::Updated)))
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
            measures: self.measures.clone(),
            from_day: self.from_day,
        })
    }
}

/// A product line as it may be stored: one word, as plans name it.
fn product_line(line: String) -> Result<String, String> {
    match product_line_fault(&line) {
        Some(fault) => Err(format!("line: {fault}")),
        None => Ok(line),
    }
}

fn or_none(text: &str) -> &str {
    if text.is_empty() { "none" } else { text }
}

type PriceKey = (ProductId, PriceType, Currency, Day);

const fn price_key(price: &Price) -> PriceKey {
    (price.product_id, price.price_type, price.currency, price.from_day)
}

/// What is there, and what a batch adds to it.
#[derive(Default)]
struct Known {
    products: HashMap<String, Product>,
    prices: HashMap<PriceKey, Price>,
    new_products: Vec<Product>,
    new_prices: Vec<Price>,
}
