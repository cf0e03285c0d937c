//! Staff accounts. A password is only ever stored as its hash.

use diesel::prelude::*;

use super::schema::staff;
use super::{Conn, StoreError, StoreResult};
use crate::domain::calendar::Moment;
use crate::domain::ids::StaffId;
use crate::domain::staff::Role;

/// A person of the staff.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = staff, treat_none_as_default_value = false)]
pub struct Staff {
    /// Row id.
    pub id: StaffId,
    /// The address to sign in with, in lower case.
    pub email: String,
    /// The name.
    pub name: String,
    /// What the person may do.
    pub role: Role,
    /// The hash of the password in PHC form; empty until the person has chosen one.
    pub password_hash: String,
    /// Whether the person may sign in.
    pub is_active: bool,
    /// When the account was made.
    pub created_at: Moment,
    /// The last time the person signed in.
    pub signed_in_at: Moment,
}

/// How many accounts there are.
pub fn count(conn: &mut Conn) -> StoreResult<i64> {
    Ok(staff::table.count().get_result(conn)?)
}

/// How many people may sign in with this role.
pub fn count_active(conn: &mut Conn, role: Role) -> StoreResult<i64> {
    Ok(staff::table.filter(staff::role.eq(role)).filter(staff::is_active.eq(true)).count().get_result(conn)?)
}

/// Everybody, by name.
pub fn list(conn: &mut Conn) -> StoreResult<Vec<Staff>> {
    Ok(staff::table.order((staff::name, staff::id)).select(Staff::as_select()).load(conn)?)
}

/// The person with this id, if there is one.
pub fn find(conn: &mut Conn, id: StaffId) -> StoreResult<Option<Staff>> {
    Ok(staff::table.find(id).select(Staff::as_select()).first(conn).optional()?)
}

/// The person with this id.
pub fn get(conn: &mut Conn, id: StaffId) -> StoreResult<Staff> {
    find(conn, id)?.ok_or_else(|| StoreError::not_found("person of the staff", id))
}

/// The person with this id; nobody else takes or changes the row until the transaction ends.
pub fn get_locked(tx: &mut Conn, id: StaffId) -> StoreResult<Staff> {
    tx.lock_row("staff", id.0)?;
    get(tx, id)
}

/// Holds back every other change of what people may do until the transaction ends, so that two owners
/// cannot take each other's role away at once.
pub fn lock_access(tx: &mut Conn) -> StoreResult<()> {
    if let Conn::Postgres(inner) = tx {
        diesel::sql_query("SELECT pg_advisory_xact_lock(7215005)").execute(inner)?;
    }
    Ok(())
}

/// The person who signs in with this address, in lower case.
pub fn find_by_email(conn: &mut Conn, email: &str) -> StoreResult<Option<Staff>> {
    Ok(staff::table.filter(staff::email.eq(email)).select(Staff::as_select()).first(conn).optional()?)
}

/// Inserts an account.
pub fn insert(tx: &mut Conn, row: &Staff) -> StoreResult<()> {
    diesel::insert_into(staff::table)
        .values((
            staff::id.eq(row.id),
            staff::email.eq(&row.email),
            staff::name.eq(&row.name),
            staff::role.eq(row.role),
            staff::password_hash.eq(&row.password_hash),
            staff::is_active.eq(row.is_active),
            staff::created_at.eq(row.created_at),
            staff::signed_in_at.eq(row.signed_in_at),
        ))
        .execute(tx)?;
    Ok(())
}

/// Stores the hash of a new password.
pub fn update_password(tx: &mut Conn, id: StaffId, hash: &str) -> StoreResult<()> {
    diesel::update(staff::table.find(id)).set(staff::password_hash.eq(hash)).execute(tx)?;
    Ok(())
}

/// Stores what the person may do, and whether the person may sign in.
pub fn update_access(tx: &mut Conn, id: StaffId, role: Role, is_active: bool) -> StoreResult<()> {
    diesel::update(staff::table.find(id)).set((staff::role.eq(role), staff::is_active.eq(is_active))).execute(tx)?;
    Ok(())
}

/// Notes when the person signed in.
pub fn update_signed_in(tx: &mut Conn, id: StaffId, at: Moment) -> StoreResult<()> {
    diesel::update(staff::table.find(id)).set(staff::signed_in_at.eq(at)).execute(tx)?;
    Ok(())
}
