//! Volumes and dependent prices of a row: from a column, or worked out from the price by a factor.

use rust_decimal::Decimal;

use crate::domain::measures::Measures;
use crate::domain::money::{Currency, MoneyFault, Rounding, Volume};
use crate::sheet::{Cells, Column, MEASURES};

/// The volume of `quantity` pieces; `None` where the mapping says nothing about the field. A column holds
/// the volume of one piece.
pub(super) fn volume(
    cells: Cells<'_>,
    field: &str,
    price_minor: i64,
    quantity: i64,
    currency: Currency,
) -> Result<Option<Volume>, String> {
    let Some(column) = cells.column(field) else { return Ok(None) };
    let except = column.except.as_ref();
    if except.is_some_and(|e| e.values.iter().any(|value| value == cells.row().cell(&e.column))) {
        return Ok(Some(Volume::ZERO));
    }
    let each = if column.from.is_some() {
        currency.to_decimal(price_minor).checked_mul(column.times)
    } else {
        cells.decimal(field).map_err(|fault| fault.to_string())?.or(Some(Decimal::ZERO))
    };
    let sum = each.and_then(|each| each.checked_mul(Decimal::from(quantity)));
    let too_large = || format!("{field}: {}", MoneyFault::Overflow);
    let scaled = sum
        .and_then(|sum| sum.checked_mul(Decimal::from(10_000)))
        .map(|scaled| scaled.round_dp_with_strategy(0, rust_decimal::RoundingStrategy::MidpointAwayFromZero))
        .and_then(|whole| i64::try_from(whole).ok())
        .ok_or_else(too_large)?;
    if quantity > 0 && scaled < 0 {
        return Err(format!("{field} is negative; a volume is 0 or more"));
    }
    Ok(Some(Volume(scaled)))
}

/// Further volumes of `quantity` pieces; `None` where the mapping says nothing about any.
pub(super) fn measures(
    cells: Cells<'_>,
    price_minor: i64,
    quantity: i64,
    currency: Currency,
) -> Result<Option<Measures>, String> {
    let mut all = Vec::new();
    for (field, name) in cells.names(MEASURES) {
        all.push((name.to_owned(), volume(cells, field, price_minor, quantity, currency)?.unwrap_or_default()));
    }
    if all.is_empty() {
        return Ok(None);
    }
    Measures::new(all).map(Some).map_err(|fault| fault.to_string())
}

/// A price worked out from another one by the mapping's factor.
pub(super) fn part_of_price(column: &Column, price_minor: i64, currency: Currency) -> Result<i64, String> {
    let exact = currency.to_decimal(price_minor).checked_mul(column.times).ok_or(MoneyFault::Overflow);
    exact.and_then(|exact| currency.round(exact, column.round.unwrap_or(Rounding::HalfUp))).map_err(|e| e.to_string())
}
