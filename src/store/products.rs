//! Products and their prices.

use std::collections::HashMap;

use diesel::prelude::*;

use super::schema::{product_prices, products};
use super::{Conn, StoreError, StoreResult, insert_all};
use crate::domain::calendar::{Day, Moment};
use crate::domain::ids::{PriceId, ProductId};
use crate::domain::measures::Measures;
use crate::domain::money::{Currency, Volume};
use crate::domain::product::{PriceType, ProductStatus};

/// A product as stored.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = products, treat_none_as_default_value = false)]
pub struct Product {
    /// Row id.
    pub id: ProductId,
    /// The code people order by.
    pub sku: String,
    /// The name people read.
    pub name: String,
    /// The product line, or empty: plans may count lines apart.
    pub line: String,
    /// Whether it may be ordered.
    pub status: ProductStatus,
    /// When the row was made.
    pub created_at: Moment,
    /// When it was last changed.
    pub updated_at: Moment,
}

/// A price of a product, in force from a day until a later one replaces it.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = product_prices, treat_none_as_default_value = false)]
pub struct Price {
    /// Row id.
    pub id: PriceId,
    /// The product.
    pub product_id: ProductId,
    /// Who pays it.
    pub price_type: PriceType,
    /// In which currency.
    pub currency: Currency,
    /// The price of one piece, without tax.
    pub price_minor: i64,
    /// Qualifying volume of one piece.
    pub qv: Volume,
    /// Commissionable volume of one piece.
    pub cv: Volume,
    /// Further volumes of one piece.
    pub measures: Measures,
    /// First day.
    pub from_day: Day,
}

/// Inserts products in batches.
pub fn insert(tx: &mut Conn, rows: &[Product]) -> StoreResult<()> {
    Ok(insert_all!(tx, products::table, rows)?)
}

/// Inserts prices in batches.
pub fn insert_prices(tx: &mut Conn, rows: &[Price]) -> StoreResult<()> {
    Ok(insert_all!(tx, product_prices::table, rows)?)
}

/// The product with this code, if there is one.
pub fn find_by_sku(conn: &mut Conn, sku: &str) -> StoreResult<Option<Product>> {
    Ok(products::table.filter(products::sku.eq(sku)).select(Product::as_select()).first(conn).optional()?)
}

/// The product with this code, or a fault that names it.
pub fn get_by_sku(conn: &mut Conn, sku: &str) -> StoreResult<Product> {
    find_by_sku(conn, sku)?.ok_or_else(|| StoreError::not_found("product with the code", sku))
}

/// Replaces name, product line and state.
pub fn update(tx: &mut Conn, product: &Product) -> StoreResult<()> {
    diesel::update(products::table.find(product.id))
        .set((
            products::name.eq(&product.name),
            products::line.eq(&product.line),
            products::status.eq(product.status),
            products::updated_at.eq(product.updated_at),
        ))
        .execute(tx)?;
    Ok(())
}

/// The prices of a type and currency in force on a day, by product.
pub fn list_prices_on(
    conn: &mut Conn,
    currency: Currency,
    day: Day,
) -> StoreResult<HashMap<(ProductId, PriceType), Price>> {
    let rows: Vec<Price> = product_prices::table
        .filter(product_prices::currency.eq(currency))
        .filter(product_prices::from_day.le(day))
        .order(product_prices::from_day)
        .select(Price::as_select())
        .load(conn)?;
    // A later price replaces an earlier one.
    Ok(rows.into_iter().map(|price| ((price.product_id, price.price_type), price)).collect())
}

/// All products by code.
pub fn list(conn: &mut Conn) -> StoreResult<Vec<Product>> {
    Ok(products::table.order(products::sku).select(Product::as_select()).load(conn)?)
}

/// The products of these codes that exist.
pub fn find_by_skus(conn: &mut Conn, skus: &[&str]) -> StoreResult<HashMap<String, Product>> {
    let mut found = HashMap::with_capacity(skus.len());
    for chunk in skus.chunks(900) {
        let rows: Vec<Product> =
            products::table.filter(products::sku.eq_any(chunk)).select(Product::as_select()).load(conn)?;
        found.extend(rows.into_iter().map(|product| (product.sku.clone(), product)));
    }
    Ok(found)
}

/// The prices of a product, oldest first.
pub fn list_prices(conn: &mut Conn, product: ProductId) -> StoreResult<Vec<Price>> {
    Ok(product_prices::table
        .filter(product_prices::product_id.eq(product))
        .order((product_prices::price_type, product_prices::from_day))
        .select(Price::as_select())
        .load(conn)?)
}

/// The prices of these products, in no particular order.
pub fn list_prices_of(conn: &mut Conn, products: &[ProductId]) -> StoreResult<Vec<Price>> {
    let mut found = Vec::with_capacity(products.len());
    for chunk in products.chunks(900) {
        found.extend(
            product_prices::table
                .filter(product_prices::product_id.eq_any(chunk))
                .select(Price::as_select())
                .load::<Price>(conn)?,
        );
    }
    Ok(found)
}

/// The product lines of those products that have one.
pub fn list_product_lines(conn: &mut Conn) -> StoreResult<HashMap<ProductId, String>> {
    let rows: Vec<(ProductId, String)> =
        products::table.filter(products::line.ne("")).select((products::id, products::line)).load(conn)?;
    Ok(rows.into_iter().collect())
}

/// The price in force on a day, if the product has one of this type and currency.
pub fn find_price(
    conn: &mut Conn,
    product: ProductId,
    price_type: PriceType,
    currency: Currency,
    day: Day,
) -> StoreResult<Option<Price>> {
    Ok(product_prices::table
        .filter(product_prices::product_id.eq(product))
        .filter(product_prices::price_type.eq(price_type))
        .filter(product_prices::currency.eq(currency))
        .filter(product_prices::from_day.le(day))
        .order(product_prices::from_day.desc())
        .select(Price::as_select())
        .first(conn)
        .optional()?)
}
