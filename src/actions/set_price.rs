//! Sets a price of a product from a day on. A price that is in force already never changes: orders of
//! the past must stay explainable.

use super::{ActionFault, FieldFault, company, plan_names};
use crate::clock::Clock;
use crate::domain::calendar::Day;
use crate::domain::ids::PriceId;
use crate::domain::measures::{Measures, MeasuresFault};
use crate::domain::money::{MoneyFault, Volume};
use crate::domain::product::PriceType;
use crate::domain::staff::Actor;
use crate::store::audit::{self, Entry};
use crate::store::products::{self, Price};
use crate::store::{Conn, Db, ids};

/// A price as it is written, in the company's currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPrice {
    /// Who pays it.
    pub price_type: PriceType,
    /// The price of one piece without tax, such as `19.90`.
    pub price: String,
    /// Qualifying volume of one piece.
    pub qv: String,
    /// Commissionable volume of one piece.
    pub cv: String,
    /// Further volumes of one piece by the names of the plan, such as `bp=80 rank_volume=12.5`; may be empty.
    pub measures: String,
    /// First day; `None` for today.
    pub from_day: Option<Day>,
}

/// Stores the price and returns it.
///
/// # Errors
/// Every wrong field at once; nothing is written then.
pub fn set_price(db: &Db, clock: &Clock, actor: &Actor, sku: &str, new: &NewPrice) -> Result<Price, ActionFault> {
    db.write(|tx| {
        let company = company::load(tx)?;
        let product = products::get_by_sku(tx, sku)?;
        let now = clock.now();
        let today = company.zone.day_of(now);
        let from_day = new.from_day.unwrap_or(today);
        let mut faults = Vec::new();
        let price_minor = amount("price", company.currency.parse_minor(new.price.trim()), &mut faults);
        let qv = amount("qv", volume(&new.qv), &mut faults);
        let cv = amount("cv", volume(&new.cv), &mut faults);
        let measures = further(tx, today, &new.measures, &mut faults)?;
        let known = products::list_prices(tx, product.id)?;
        let is_first = !known.iter().any(|price| price.price_type == new.price_type);
        if from_day < today && !is_first {
            faults.push(FieldFault::new("from_day", "A price can begin today or later; past orders keep theirs"));
        }
        let is_taken = known.iter().any(|price| {
            price.price_type == new.price_type && price.currency == company.currency && price.from_day == from_day
        });
        if is_taken {
            let message = format!("There is a {} price from {from_day} already; choose a later day", new.price_type);
            faults.push(FieldFault::new("from_day", message));
        }
        if !faults.is_empty() {
            return Err(ActionFault::Invalid(faults));
        }
        let price = Price {
            id: PriceId(ids::next()),
            product_id: product.id,
            price_type: new.price_type,
            currency: company.currency,
            price_minor,
            qv: Volume(qv),
            cv: Volume(cv),
            measures,
            from_day,
        };
        products::insert_prices(tx, std::slice::from_ref(&price))?;
        audit::append(
            tx,
            &Entry {
                at: now,
                actor,
                action: "set-price",
                object_kind: "product",
                object_id: product.id.0,
                object: sku,
                before: "",
                after: &format!(
                    "{} {} {}, {} QV, {} CV{}{}, from {from_day}",
                    price.price_type,
                    price.currency.plain(price_minor),
                    price.currency,
                    price.qv,
                    price.cv,
                    if price.measures.is_empty() { "" } else { ", " },
                    price.measures
                ),
            },
        )?;
        Ok(price)
    })
}

/// Further volumes, whose names a plan must have.
fn further(tx: &mut Conn, today: Day, text: &str, faults: &mut Vec<FieldFault>) -> Result<Measures, ActionFault> {
    let measures: Measures = match text.parse() {
        Ok(measures) => measures,
        Err(fault) => {
            let fault: MeasuresFault = fault;
            faults.push(FieldFault::new("measures", fault.to_string()));
            return Ok(Measures::default());
        }
    };
    if measures.is_empty() {
        return Ok(measures);
    }
    let names = plan_names::load(tx, today)?.measures;
    for (name, volume) in measures.iter() {
        if !names.iter().any(|known| known == name) {
            let message = format!("No plan has a measure “{name}”; name it under `measures` in [plan] first");
            faults.push(FieldFault::new("measures", message));
        } else if volume < Volume::ZERO {
            faults.push(FieldFault::new("measures", "A price and a volume are not negative"));
        }
    }
    Ok(measures)
}

fn volume(text: &str) -> Result<i64, MoneyFault> {
    text.trim().parse::<Volume>().map(|volume| volume.0)
}

/// The number that was read, which must not be negative; otherwise a fault of its field.
fn amount(field: &'static str, read: Result<i64, MoneyFault>, faults: &mut Vec<FieldFault>) -> i64 {
    match read {
        Ok(number) if number >= 0 => return number,
        Ok(_) => faults.push(FieldFault::new(field, "A price and a volume are not negative")),
        Err(fault) => faults.push(FieldFault::new(field, fault.to_string())),
    }
    0
}
