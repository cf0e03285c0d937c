//! Makes the demo company: its settings, then month after month who joined and what was ordered.

use super::writer::moment;
use super::{Field, Recipe, Sales, Writer};
use crate::domain::calendar::Zone;
use crate::domain::money::MoneyFault;
use crate::store::{Db, StoreError, StoreResult, members, settings};

/// The company's time zone.
pub const ZONE: Zone = Zone(chrono_tz::Europe::London);

/// Why the demo company can't be made.
#[derive(Debug, thiserror::Error)]
pub enum DemoFault {
    /// The database belongs to a company already.
    #[error("the database {0} holds members already; a demo company needs an empty one")]
    NotEmpty(String),
    /// The currency is not known.
    #[error(transparent)]
    Currency(#[from] MoneyFault),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Makes the company in an empty database and says what it made. `say` hears how far it is.
pub fn make(db: &Db, recipe: &Recipe, say: impl Fn(&str)) -> Result<String, DemoFault> {
    if db.read(members::count)? > 0 {
        return Err(DemoFault::NotEmpty(db.url().to_string()));
    }
    let currency = "EUR".parse()?;
    let months = recipe.months();
    db.write(|tx| -> StoreResult<()> {
        let at = moment(ZONE, months[0].0.plus(-60), 8 * 3600);
        settings::put(tx, "company.name", "Sallowfield Botanicals", at)?;
        settings::put(tx, "company.address", "12 Osier Lane\nWithermere WM4 7QT", at)?;
        settings::put(tx, "company.email", "field@sallowfield.example", at)?;
        settings::put(tx, "company.currency", "EUR", at)?;
        settings::put(tx, "company.zone", &ZONE.to_string(), at)
    })?;
    say(&format!("Growing a field of {} members", recipe.members));
    let field = Field::grow(recipe);
    let mut sales = Sales::new(recipe, &field);
    let mut writer = Writer::begin(db, recipe, &field, ZONE, currency)?;
    for month in months {
        let written = writer.write_month(&mut sales, month)?;
        say(&format!("{}  {} members, {} orders", month.0.month_label(), written.members, written.orders));
    }
    let written = writer.finish()?;
    Ok(format!("{} members and {} orders", written.members, written.orders))
}
