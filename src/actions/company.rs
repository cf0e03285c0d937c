//! The company's settings as one value: read from the settings table, written back to it.

use super::enroll::looks_like_mail;
use super::{ActionFault, FieldFault};
use crate::clock::Clock;
use crate::domain::calendar::Moment;
use crate::domain::company::Company;
use crate::domain::staff::Actor;
use crate::store::audit::{self, Entry};
use crate::store::{Conn, Db, StoreError, StoreResult, runs, settings};

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

/// The company as it is typed into a form; the names of its fields carry `company_` in front, but currency and zone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Typed {
    /// The name.
    pub name: String,
    /// The postal address.
    pub address: String,
    /// Where members write to.
    pub email: String,
    /// ISO code of the currency.
    pub currency: String,
    /// Name of the time zone.
    pub zone: String,
}

impl From<&Company> for Typed {
    fn from(company: &Company) -> Self {
        Self {
            name: company.name.clone(),
            address: company.address.clone(),
            email: company.email.clone(),
            currency: company.currency.to_string(),
            zone: company.zone.to_string(),
        }
    }
}

/// The company that was typed, or what is wrong about it.
pub fn checked(typed: &Typed, faults: &mut Vec<FieldFault>) -> Option<Company> {
    let before = faults.len();
    let name = typed.name.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.is_empty() || name.chars().count() > 120 {
        faults.push(FieldFault::new("company_name", "Write the name of the company, at most 120 characters"));
    }
    let address = typed.address.replace("\r\n", "\n").trim().to_owned();
    if address.chars().count() > 400 || address.lines().count() > 6 {
        faults.push(FieldFault::new("company_address", "Write the address in at most 6 lines"));
    }
    let email = typed.email.trim().to_owned();
    if !email.is_empty() && !looks_like_mail(&email) {
        faults.push(FieldFault::new("company_email", "Write an address for mail, such as office@example.org"));
    }
    let currency = typed.currency.trim().to_uppercase().parse();
    let zone = typed.zone.trim().parse();
    if currency.is_err() {
        faults.push(FieldFault::new("currency", "Write the code of a currency, such as EUR"));
    }
    if zone.is_err() {
        faults.push(FieldFault::new("zone", "Write the name of a time zone, such as Europe/London"));
    }
    let (Ok(currency), Ok(zone)) = (currency, zone) else { return None };
    (faults.len() == before).then_some(Company { name, address, email, currency, zone })
}

/// Changes the company's settings. What past figures are kept in cannot change any more once there is a run.
pub fn edit(db: &Db, clock: &Clock, actor: &Actor, typed: &Typed) -> Result<(), ActionFault> {
    let mut faults = Vec::new();
    let company = checked(typed, &mut faults);
    let now = clock.now();
    db.write(|tx| {
        let old = find(tx)?;
        if let (Some(old), Some(new)) = (&old, &company)
            && (old.currency, old.zone) != (new.currency, new.zone)
            && !runs::list(tx)?.is_empty()
        {
            let field = if old.currency == new.currency { "zone" } else { "currency" };
            faults.push(FieldFault::new(field, "Runs have been calculated with it; it can no longer change"));
        }
        let Some(company) = company.filter(|_| faults.is_empty()) else { return Err(ActionFault::Invalid(faults)) };
        save(tx, &company, now)?;
        let entry = Entry {
            at: now,
            actor,
            action: "edit-company",
            object_kind: "company",
            object_id: 0,
            object: &company.name,
            before: &old.as_ref().map_or_else(String::new, told),
            after: &told(&company),
        };
        Ok(audit::append(tx, &entry)?)
    })
}

/// The company in one line, for the audit log.
fn told(company: &Company) -> String {
    let address = company.address.replace('\n', ", ");
    format!("{}; {address}; {}; {}; {}", company.name, company.email, company.currency, company.zone)
}
