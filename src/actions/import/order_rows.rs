//! Rows of one order: their values, and whether they agree.

use crate::domain::calendar::{Day, Moment};
use crate::domain::company::Company;
use crate::domain::measures::Measures;
use crate::domain::money::{Currency, Volume};
use crate::domain::order::{OrderType, PaymentState};
use crate::domain::words::UnknownWord;
use crate::sheet::{CellFault, Cells, Mapping, Row};

use super::volumes::{measures, part_of_price, volume};

/// Why an order is rejected: the row to blame and the reason.
pub(super) type Blame = (usize, String);

/// What a row says about the order as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Head {
    pub member: String,
    /// Number of the member through whom it came; empty where it came straight.
    pub through: String,
    pub ordered_on: Day,
    pub ordered_at: Moment,
    pub paid_on: Day,
    pub currency: Currency,
    pub order_type: OrderType,
    pub payment: PaymentState,
}

/// What a row says about its line.
#[derive(Debug, Clone)]
pub(super) struct LineValues {
    pub sku: String,
    pub quantity: i64,
    pub unit_price_minor: i64,
    pub amount_minor: i64,
    /// The line's name in the file; empty for the product's.
    pub name: String,
    pub wholesale_minor: Option<i64>,
    pub qv: Option<Volume>,
    pub cv: Option<Volume>,
    pub measures: Option<Measures>,
    /// Number of the original order; empty where the file names none.
    pub original: String,
}

/// One row of an order.
#[derive(Debug, Clone)]
pub(super) struct OrderRow {
    pub row: Row,
    pub values: Result<(Head, LineValues), String>,
}

/// The rows of one order.
#[derive(Debug, Clone)]
pub(super) struct Group {
    /// The number; empty for a row that names no order.
    pub number: String,
    pub rows: Vec<OrderRow>,
}

impl Head {
    /// What another row of the same order says differently, with what is there and what is here. A time
    /// of the same day is no difference: systems note it per line.
    fn contradiction(&self, other: &Self) -> Option<String> {
        let differ = |what: &str, first: &dyn std::fmt::Display, here: &dyn std::fmt::Display| {
            let (first, here) = (first.to_string(), here.to_string());
            (first != here).then(|| format!("the row names {what} {here}, the order's first row {first}"))
        };
        differ("member", &self.member, &other.member)
            .or_else(|| differ("a member it came through,", &self.through, &other.through))
            .or_else(|| differ("the day", &self.ordered_on, &other.ordered_on))
            .or_else(|| differ("the day of payment", &self.paid_on, &other.paid_on))
            .or_else(|| differ("the order type", &self.order_type, &other.order_type))
            .or_else(|| differ("the payment", &self.payment, &other.payment))
    }
}

impl Group {
    /// What the order's rows say, or the row to blame and why.
    pub fn values(&self) -> Result<Vec<(&Head, &LineValues)>, Blame> {
        let mut values: Vec<(&Head, &LineValues)> = Vec::with_capacity(self.rows.len());
        for (at, row) in self.rows.iter().enumerate() {
            let (head, line) = row.values.as_ref().map_err(|reason| (at, reason.clone()))?;
            let first = values.first().map_or(head, |(first, _)| *first);
            if let Some(reason) = first.contradiction(head) {
                return Err((at, reason));
            }
            values.push((head, line));
        }
        Ok(values)
    }

    /// When goods came back; `None` for a sale, and for rows that will be rejected.
    pub fn returned_at(&self, mapping: &Mapping) -> Option<Moment> {
        let values = self.values().ok()?;
        let is_return = self.is_return(mapping).ok()?;
        values.first().filter(|_| is_return).map(|(head, _)| head.ordered_at)
    }

    /// Whether goods came back, or why the rows cannot be one order.
    pub fn is_return(&self, mapping: &Mapping) -> Result<bool, Blame> {
        let rules = &mapping.orders.returns;
        let starts =
            rules.when_number_starts_with.as_ref().is_some_and(|start| self.number.starts_with(start.as_str()));
        let quantities: Vec<i64> =
            self.rows.iter().filter_map(|row| row.values.as_ref().ok()).map(|(_, line)| line.quantity).collect();
        let negative = quantities.iter().position(|quantity| *quantity < 0);
        let positive = quantities.iter().position(|quantity| *quantity > 0);
        match (negative, positive) {
            (Some(at), Some(_)) => Err((
                at,
                "the order mixes goods that went out with goods that came back; give the return a number of its own"
                    .to_owned(),
            )),
            (Some(at), None) if !starts && !rules.negative_quantity => Err((
                at,
                "the quantity is negative; where that means a return, say so in the mapping: \
                 [orders] returns = { negative_quantity = true }"
                    .to_owned(),
            )),
            (negative, _) => Ok(starts || negative.is_some()),
        }
    }
}

/// The number of the order that a row belongs to. Also a row that cannot be used names its order, so that
/// the order does not come in without it.
pub(super) fn number_of(cells: Cells<'_>) -> Result<String, String> {
    let number = cells.required("number", 60).map_err(|fault| fault.to_string())?;
    if number.contains(char::is_whitespace) {
        return Err(format!("the order number “{number}” contains a space; numbers are written in one piece"));
    }
    Ok(number)
}

/// The values of a row.
pub(super) fn read(cells: Cells<'_>, company: &Company) -> Result<(Head, LineValues), String> {
    let said = |fault: CellFault| fault.to_string();
    let word = |field, default: &str| {
        let text = cells.text(field, 40).map_err(said)?.to_lowercase();
        Ok::<String, String>(if text.is_empty() { default.to_owned() } else { text })
    };
    let currency = cells.text("currency", 10).map_err(said)?;
    let currency = if currency.is_empty() { company.currency } else { currency.parse().map_err(|e| format!("{e}"))? };
    if currency != company.currency {
        return Err(format!(
            "the order is in {currency}, the company's books are in {}; convert the amounts first",
            company.currency
        ));
    }
    let (ordered_on, ordered_at) = cells.moment("ordered_at").map_err(said)?;
    let head = Head {
        member: cells.required("member", 40).map_err(said)?,
        through: cells.text("through", 40).map_err(said)?,
        ordered_on,
        ordered_at,
        paid_on: cells.day("paid_on").map_err(said)?.unwrap_or(ordered_on),
        currency,
        order_type: word("order_type", "standard")?.parse().map_err(|e: UnknownWord| e.to_string())?,
        payment: word("payment", "paid")?.parse().map_err(|e: UnknownWord| e.to_string())?,
    };
    Ok((head, read_line(cells, currency)?))
}

fn read_line(cells: Cells<'_>, currency: Currency) -> Result<LineValues, String> {
    let said = |fault: CellFault| fault.to_string();
    let quantity = cells.whole("quantity").map_err(said)?;
    if quantity == 0 {
        return Err("the quantity is 0; leave the row out or give the number of pieces".to_owned());
    }
    let unit_price_minor =
        cells.minor("unit_price", currency).map_err(said)?.ok_or("unit_price is empty; fill it in")?;
    if unit_price_minor < 0 {
        return Err(format!(
            "the unit price {} is negative; a price is 0 or more, and goods that came back have a negative quantity",
            currency.plain(unit_price_minor)
        ));
    }
    let too_large = || "the amount of the line is too large to be stored exactly".to_owned();
    let times = |minor: i64| minor.checked_mul(quantity).ok_or_else(too_large);
    let wholesale_minor = match cells.column("wholesale") {
        None => None,
        Some(column) if column.from.is_some() => Some(times(part_of_price(column, unit_price_minor, currency)?)?),
        Some(_) => cells.minor("wholesale", currency).map_err(said)?.map(times).transpose()?,
    };
    Ok(LineValues {
        sku: cells.required("sku", 60).map_err(said)?,
        quantity,
        unit_price_minor,
        amount_minor: times(unit_price_minor)?,
        name: cells.text("name", 200).map_err(said)?,
        wholesale_minor,
        qv: volume(cells, "qv", unit_price_minor, quantity, currency)?,
        cv: volume(cells, "cv", unit_price_minor, quantity, currency)?,
        measures: measures(cells, unit_price_minor, quantity, currency)?,
        original: cells.text("original", 60).map_err(said)?,
    })
}
