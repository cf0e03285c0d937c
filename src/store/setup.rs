//! One-time links: to set the company up, or for a person of the staff to choose a password.
//! The link itself is told once; here is its hash.

use diesel::prelude::*;

use super::schema::setup_links;
use super::{Conn, StoreResult};
use crate::domain::calendar::Moment;
use crate::domain::ids::StaffId;

/// Adds a link for this person; 0 stands for the set-up of the company.
pub fn insert(tx: &mut Conn, token_hash: &str, staff_id: StaffId, at: Moment, expires_at: Moment) -> StoreResult<()> {
    diesel::insert_into(setup_links::table)
        .values((
            setup_links::token_hash.eq(token_hash),
            setup_links::staff_id.eq(staff_id),
            setup_links::created_at.eq(at),
            setup_links::expires_at.eq(expires_at),
            setup_links::used_at.eq(Moment::NEVER),
        ))
        .execute(tx)?;
    Ok(())
}

/// Whose link this is, if it is neither used nor expired.
pub fn find(conn: &mut Conn, token_hash: &str, now: Moment) -> StoreResult<Option<StaffId>> {
    Ok(setup_links::table
        .find(token_hash)
        .filter(setup_links::used_at.eq(Moment::NEVER))
        .filter(setup_links::expires_at.gt(now))
        .select(setup_links::staff_id)
        .first(conn)
        .optional()?)
}

/// Uses up the link; returns whether it was still good, so that of two who use it at once one succeeds.
pub fn update_used(tx: &mut Conn, token_hash: &str, now: Moment) -> StoreResult<bool> {
    let good = setup_links::table
        .find(token_hash)
        .filter(setup_links::used_at.eq(Moment::NEVER))
        .filter(setup_links::expires_at.gt(now));
    Ok(diesel::update(good).set(setup_links::used_at.eq(now)).execute(tx)? == 1)
}

/// Uses up every open link of this person.
pub fn update_void(tx: &mut Conn, staff_id: StaffId, now: Moment) -> StoreResult<()> {
    let open =
        setup_links::table.filter(setup_links::staff_id.eq(staff_id)).filter(setup_links::used_at.eq(Moment::NEVER));
    diesel::update(open).set(setup_links::used_at.eq(now)).execute(tx)?;
    Ok(())
}
