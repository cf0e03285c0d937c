//! Numbers that people read, such as `M-10482`: each counter gives each number once.

use diesel::prelude::*;

use super::schema::counters;
use super::{Conn, StoreResult, each};

/// Takes `count` numbers from a counter that begins at `first`, and returns the first of them.
pub fn take(tx: &mut Conn, name: &str, first: i64, count: i64) -> StoreResult<i64> {
    each!(tx, inner => diesel::insert_into(counters::table)
        .values((counters::name.eq(name), counters::next.eq(first)))
        .on_conflict_do_nothing()
        .execute(inner))?;
    diesel::update(counters::table.find(name)).set(counters::next.eq(counters::next + count)).execute(tx)?;
    let next: i64 = counters::table.find(name).select(counters::next).first(tx)?;
    Ok(next - count)
}
