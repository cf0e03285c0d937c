//! The company's settings as one value: read from the settings table, written back to it.

use crate::domain::calendar::Moment;
use crate::domain::company::Company;
use crate::store::{Conn, StoreError, StoreResult, settings};

const NAME: &str = "company.name";
const ADDRESS: &str = "company.address";
const EMAIL: &str = "company.email";
const CURRENCY: &str = "company.currency";
const ZONE: &str = "company.zone";

/// The company, or `None` before the set-up.
pub fn find(conn: &mut Conn) -> StoreResult<Option<Company>> {
    let stored = settings::list(conn)?;
    let text = |key: &str| stored.iter().find(|(known, _)| known == key).map(|(_, value)| value.clone());
    let (Some(name), Some(currency), Some(zone)) = (text(NAME), text(CURRENCY), text(ZONE)) else {
        return Ok(None);
    };
    Ok(Some(Company {
        name,
        address: text(ADDRESS).unwrap_or_default(),
        email: text(EMAIL).unwrap_or_default(),
        currency: currency.parse().map_err(|fault| StoreError::Corrupt(format!("{CURRENCY}: {fault}")))?,
        zone: zone.parse().map_err(|fault| StoreError::Corrupt(format!("{ZONE}: {fault}")))?,
    }))
}

/// The company.
///
/// # Errors
/// Not found before the set-up.
pub fn load(conn: &mut Conn) -> StoreResult<Company> {
    find(conn)?.ok_or_else(|| StoreError::not_found("company yet; finish the set-up first, setting", NAME))
}

/// Writes the company's settings.
pub fn save(tx: &mut Conn, company: &Company, at: Moment) -> StoreResult<()> {
    settings::put(tx, NAME, &company.name, at)?;
    settings::put(tx, ADDRESS, &company.address, at)?;
    settings::put(tx, EMAIL, &company.email, at)?;
    settings::put(tx, CURRENCY, company.currency.code(), at)?;
    settings::put(tx, ZONE, &company.zone.to_string(), at)
}
