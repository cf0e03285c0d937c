//! Business settings: what the company is called, its currency and time zone. One row a key; the
//! machine's settings live in the configuration file, never here.

use diesel::prelude::*;

use super::schema::settings;
use super::{Conn, StoreResult, each};
use crate::domain::calendar::Moment;

/// The value of a key, if it was ever set.
pub fn find(conn: &mut Conn, key: &str) -> StoreResult<Option<String>> {
    Ok(settings::table.find(key).select(settings::value).first(conn).optional()?)
}

/// All keys and values, by key.
pub fn list(conn: &mut Conn) -> StoreResult<Vec<(String, String)>> {
    Ok(settings::table.order(settings::key).select((settings::key, settings::value)).load(conn)?)
}

/// Sets a key.
pub fn put(conn: &mut Conn, key: &str, value: &str, at: Moment) -> StoreResult<()> {
    let row = (settings::key.eq(key), settings::value.eq(value), settings::updated_at.eq(at));
    each!(conn, inner => diesel::insert_into(settings::table)
        .values(&row)
        .on_conflict(settings::key)
        .do_update()
        .set((settings::value.eq(value), settings::updated_at.eq(at)))
        .execute(inner))?;
    Ok(())
}
