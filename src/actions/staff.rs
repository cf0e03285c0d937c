//! Staff accounts: invite a person, give a link to choose a password, change what a person may do.

use super::{ActionFault, FieldFault, password, staff_input, token};
use crate::clock::Clock;
use crate::domain::calendar::Moment;
use crate::domain::ids::StaffId;
use crate::domain::staff::{Actor, Role};
use crate::store::audit::{self, Entry};
use crate::store::staff::{self, Staff};
use crate::store::{Conn, Db, StoreError, StoreResult, ids, sessions, setup};

/// Seconds that a link to choose a password is good for.
pub const LINK_SECONDS: i64 = 24 * 3600;

/// Makes an account without a password, and a link for its person to choose one.
pub fn invite(
    db: &Db,
    clock: &Clock,
    actor: &Actor,
    name: &str,
    email: &str,
    role: Role,
) -> Result<(Staff, String), ActionFault> {
    let (name, email, mut faults) = staff_input::person(name, email);
    let now = clock.now();
    let link = token::new()?;
    db.write(|tx| {
        if faults.is_empty() && staff::find_by_email(tx, &email)?.is_some() {
            faults.push(FieldFault::new("email", "There is an account with this address already"));
        }
        if !faults.is_empty() {
            return Err(ActionFault::Invalid(faults));
        }
        let person = Staff {
            id: StaffId(ids::next()),
            email,
            name,
            role,
            password_hash: String::new(),
            is_active: true,
            created_at: now,
            signed_in_at: Moment::NEVER,
        };
        staff::insert(tx, &person)?;
        setup::insert(tx, &token::hash(&link), person.id, now, now.plus_seconds(LINK_SECONDS))?;
        append(tx, now, actor, "invite-staff", &person, "", &format!("role {role}"))?;
        Ok((person, link))
    })
}

/// A new link for somebody who forgot the password; the links before it end. The password holds until it is used.
pub fn renew_link(db: &Db, clock: &Clock, actor: &Actor, id: StaffId) -> Result<(Staff, String), ActionFault> {
    let now = clock.now();
    let link = token::new()?;
    db.write(|tx| {
        let person = staff::get(tx, id)?;
        if !person.is_active {
            return Err(ActionFault::refused(format!("{} may not sign in; open the account first", person.name)));
        }
        setup::update_void(tx, id, now)?;
        setup::insert(tx, &token::hash(&link), id, now, now.plus_seconds(LINK_SECONDS))?;
        append(tx, now, actor, "renew-password-link", &person, "", "")?;
        Ok((person, link))
    })
}

/// Whose link this is, if it is still good.
pub fn person_of_link(db: &Db, clock: &Clock, link: &str) -> StoreResult<Option<Staff>> {
    let now = clock.now();
    db.read(|c| match setup::find(c, &token::hash(link), now)? {
        Some(id) if id.0 != 0 => staff::find(c, id),
        _ => Ok(None),
    })
}

/// Uses the link up: stores the password and ends every session of the person.
pub fn choose_password(
    db: &Db,
    clock: &Clock,
    address: &str,
    link: &str,
    password: &str,
    again: &str,
) -> Result<Staff, ActionFault> {
    let used_up = || ActionFault::refused("This link is used up or older than a day; ask an owner for a new one");
    let person = person_of_link(db, clock, link)?.ok_or_else(used_up)?;
    let faults = staff_input::new_password(password, again, &person.name, &person.email);
    if !faults.is_empty() {
        return Err(ActionFault::Invalid(faults));
    }
    let hash = password::hash(password).map_err(|fault| ActionFault::refused(fault.to_string()))?;
    let now = clock.now();
    let actor = Actor::person(person.id, person.name.clone(), address);
    db.write(|tx| {
        if !setup::update_used(tx, &token::hash(link), now)? {
            return Err(used_up());
        }
        staff::update_password(tx, person.id, &hash)?;
        sessions::delete_of_staff(tx, person.id, "")?;
        append(tx, now, &actor, "choose-password", &person, "", "")?;
        Ok(person)
    })
}

/// Changes one's own password and ends every other session.
pub fn change_password(
    db: &Db,
    clock: &Clock,
    actor: &Actor,
    session: &str,
    current: &str,
    password: &str,
    again: &str,
) -> Result<(), ActionFault> {
    let person = db.read(|c| staff::get(c, actor.id))?;
    let mut faults = staff_input::new_password(password, again, &person.name, &person.email);
    if !password::fits(current, &person.password_hash) {
        faults.insert(0, FieldFault::new("current", "This is not your password"));
    }
    if !faults.is_empty() {
        return Err(ActionFault::Invalid(faults));
    }
    let hash = password::hash(password).map_err(|fault| ActionFault::refused(fault.to_string()))?;
    let now = clock.now();
    db.write(|tx| {
        staff::update_password(tx, person.id, &hash)?;
        sessions::delete_of_staff(tx, person.id, session)?;
        setup::update_void(tx, person.id, now)?;
        Ok(append(tx, now, actor, "change-password", &person, "", "")?)
    })
}

/// Changes what a person may do. The last owner stays one; who may not sign in any more is signed out at once.
pub fn edit(
    db: &Db,
    clock: &Clock,
    actor: &Actor,
    id: StaffId,
    role: Role,
    is_active: bool,
) -> Result<Staff, ActionFault> {
    let now = clock.now();
    db.write(|tx| {
        staff::lock_access(tx)?;
        let old = staff::get(tx, id)?;
        let stays_owner = role == Role::Owner && is_active;
        if old.role == Role::Owner && old.is_active && !stays_owner && staff::count_active(tx, Role::Owner)? < 2 {
            let message = format!("{} is the only owner; make somebody else an owner first", old.name);
            return Err(ActionFault::refused(message));
        }
        staff::update_access(tx, id, role, is_active)?;
        if !is_active {
            sessions::delete_of_staff(tx, id, "")?;
            setup::update_void(tx, id, now)?;
        }
        let new = Staff { role, is_active, ..old.clone() };
        append(tx, now, actor, "edit-staff", &new, &told(&old), &told(&new))?;
        Ok(new)
    })
}

fn told(person: &Staff) -> String {
    format!("role {}, {}", person.role, if person.is_active { "may sign in" } else { "may not sign in" })
}

fn append(
    tx: &mut Conn,
    at: Moment,
    actor: &Actor,
    action: &str,
    person: &Staff,
    before: &str,
    after: &str,
) -> Result<(), StoreError> {
    let entry =
        Entry { at, actor, action, object_kind: "staff", object_id: person.id.0, object: &person.email, before, after };
    audit::append(tx, &entry)
}
