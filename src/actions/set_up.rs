//! Set-up: a one-time link, printed by the server while there is nobody, leads to the form that makes
//! the first owner and the company.

use super::{ActionFault, FieldFault, company, password, staff_input, token};
use crate::clock::Clock;
use crate::domain::company::Company;
use crate::domain::ids::StaffId;
use crate::domain::staff::{Actor, Role};
use crate::store::audit::{self, Entry};
use crate::store::staff::{self, Staff};
use crate::store::{Db, StoreError, ids, settings, setup};

/// Seconds that a set-up link is good for.
pub const LINK_SECONDS: i64 = 30 * 60;
/// The setting that is `yes` while the first owner has steps of the set-up left.
pub const STILL_OPEN: &str = "setup.open";
/// Links for the set-up belong to nobody.
const NOBODY: StaffId = StaffId(0);

/// What the first person types.
#[derive(Debug, Clone, Default)]
pub struct Input {
    /// Name of the first owner.
    pub name: String,
    /// Address for mail to sign in with.
    pub email: String,
    /// The password.
    pub password: String,
    /// The password again.
    pub again: String,
    /// Name of the company.
    pub company_name: String,
    /// Postal address of the company.
    pub company_address: String,
    /// Where members write to.
    pub company_email: String,
    /// ISO code of the currency.
    pub currency: String,
    /// Name of the time zone.
    pub zone: String,
}

/// Makes a link while there is nobody to sign in, and ends the links before it. `None` when there is somebody.
pub fn offer_link(db: &Db, clock: &Clock) -> Result<Option<String>, ActionFault> {
    let token = token::new().map_err(ActionFault::from)?;
    let now = clock.now();
    db.write(|tx| {
        if staff::count(tx)? > 0 {
            return Ok(None);
        }
        setup::update_void(tx, NOBODY, now)?;
        setup::insert(tx, &token::hash(&token), NOBODY, now, now.plus_seconds(LINK_SECONDS))?;
        Ok(Some(token))
    })
}

/// Whether the link is still good.
pub fn link_is_good(db: &Db, clock: &Clock, token: &str) -> Result<bool, StoreError> {
    let now = clock.now();
    db.read(|c| Ok(setup::find(c, &token::hash(token), now)? == Some(NOBODY) && staff::count(c)? == 0))
}

/// Uses the link up: makes the owner and the company, or changes nothing.
///
/// # Errors
/// Every wrong field at once; refused when the link is used up or expired.
pub fn set_up(db: &Db, clock: &Clock, address: &str, token: &str, input: &Input) -> Result<(), ActionFault> {
    let (name, email, mut faults) = staff_input::person(&input.name, &input.email);
    faults.extend(staff_input::new_password(&input.password, &input.again, &name, &email));
    let company = checked_company(input, &mut faults);
    let Some(company) = company.filter(|_| faults.is_empty()) else { return Err(ActionFault::Invalid(faults)) };
    let hash = password::hash(&input.password).map_err(|fault| ActionFault::refused(fault.to_string()))?;
    let now = clock.now();
    let owner = Staff {
        id: StaffId(ids::next()),
        email,
        name,
        role: Role::Owner,
        password_hash: hash,
        is_active: true,
        created_at: now,
        signed_in_at: crate::domain::calendar::Moment::NEVER,
    };
    let actor = Actor::person(owner.id, owner.name.clone(), address);
    db.write(|tx| {
        if !setup::update_used(tx, &token::hash(token), now)? || staff::count(tx)? > 0 {
            return Err(ActionFault::refused(
                "This link is used up or older than 30 minutes; restart the server for a new one",
            ));
        }
        staff::insert(tx, &owner)?;
        company::save(tx, &company, now)?;
        settings::put(tx, STILL_OPEN, "yes", now)?;
        let entry = Entry {
            at: now,
            actor: &actor,
            action: "set-up",
            object_kind: "company",
            object_id: 0,
            object: &company.name,
            before: "",
            after: &format!("first owner {}, currency {}, zone {}", owner.email, company.currency, company.zone),
        };
        Ok(audit::append(tx, &entry)?)
    })
}

fn checked_company(input: &Input, faults: &mut Vec<FieldFault>) -> Option<Company> {
    company::checked(
        &company::Typed {
            name: input.company_name.clone(),
            address: input.company_address.clone(),
            email: input.company_email.clone(),
            currency: input.currency.clone(),
            zone: input.zone.clone(),
        },
        faults,
    )
}
