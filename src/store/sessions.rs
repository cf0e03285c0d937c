//! Sessions of the console. The token itself stands in the browser only; here is its hash.

use diesel::prelude::*;

use super::schema::{sessions, staff};
use super::staff::Staff;
use super::{Conn, StoreResult};
use crate::domain::calendar::Moment;
use crate::domain::ids::StaffId;

/// A session.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = sessions)]
pub struct Session {
    /// SHA-256 of the token, in hexadecimal.
    pub token_hash: String,
    /// Whose session it is.
    pub staff_id: StaffId,
    /// The token that every form of the session carries.
    pub csrf: String,
    /// When the person signed in.
    pub created_at: Moment,
    /// The last request, to the minute.
    pub seen_at: Moment,
    /// When it ends whatever happens.
    pub expires_at: Moment,
    /// Where it was opened from.
    pub address: String,
    /// What the browser calls itself.
    pub agent: String,
}

/// The session with this token and its person; ended sessions and accounts that may not sign in are not found.
pub fn find(
    conn: &mut Conn,
    token_hash: &str,
    now: Moment,
    idle_since: Moment,
) -> StoreResult<Option<(Session, Staff)>> {
    Ok(sessions::table
        .inner_join(staff::table.on(staff::id.eq(sessions::staff_id)))
        .filter(sessions::token_hash.eq(token_hash))
        .filter(sessions::expires_at.gt(now))
        .filter(sessions::seen_at.gt(idle_since))
        .filter(staff::is_active.eq(true))
        .select((Session::as_select(), Staff::as_select()))
        .first(conn)
        .optional()?)
}

/// The sessions of a person that have not ended, newest first.
pub fn list_of_staff(conn: &mut Conn, id: StaffId, now: Moment, idle_since: Moment) -> StoreResult<Vec<Session>> {
    Ok(sessions::table
        .filter(sessions::staff_id.eq(id))
        .filter(sessions::expires_at.gt(now))
        .filter(sessions::seen_at.gt(idle_since))
        .order(sessions::created_at.desc())
        .select(Session::as_select())
        .load(conn)?)
}

/// Opens a session.
pub fn insert(tx: &mut Conn, row: &Session) -> StoreResult<()> {
    diesel::insert_into(sessions::table)
        .values((
            sessions::token_hash.eq(&row.token_hash),
            sessions::staff_id.eq(row.staff_id),
            sessions::csrf.eq(&row.csrf),
            sessions::created_at.eq(row.created_at),
            sessions::seen_at.eq(row.seen_at),
            sessions::expires_at.eq(row.expires_at),
            sessions::address.eq(&row.address),
            sessions::agent.eq(&row.agent),
        ))
        .execute(tx)?;
    Ok(())
}

/// Notes the last request of a session.
pub fn update_seen(tx: &mut Conn, token_hash: &str, at: Moment) -> StoreResult<()> {
    diesel::update(sessions::table.find(token_hash)).set(sessions::seen_at.eq(at)).execute(tx)?;
    Ok(())
}

/// Ends a session of this person; returns whether there was one.
pub fn delete(tx: &mut Conn, id: StaffId, token_hash: &str) -> StoreResult<bool> {
    let ended = sessions::table.filter(sessions::staff_id.eq(id)).filter(sessions::token_hash.eq(token_hash));
    Ok(diesel::delete(ended).execute(tx)? > 0)
}

/// Ends all sessions of a person but the one to keep (empty: none is kept); returns how many.
pub fn delete_of_staff(tx: &mut Conn, id: StaffId, keep: &str) -> StoreResult<usize> {
    let ended = sessions::table.filter(sessions::staff_id.eq(id)).filter(sessions::token_hash.ne(keep));
    Ok(diesel::delete(ended).execute(tx)?)
}

/// Removes what has ended long ago.
pub fn delete_ended(tx: &mut Conn, now: Moment, idle_since: Moment) -> StoreResult<usize> {
    let ended = sessions::table.filter(sessions::expires_at.le(now).or(sessions::seen_at.le(idle_since)));
    Ok(diesel::delete(ended).execute(tx)?)
}
