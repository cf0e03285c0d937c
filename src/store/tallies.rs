//! How many rows there are, kept up with every row that comes or goes in the same transaction: no page counts a
//! whole table. Only the functions of the store that insert or end rows change a tally.

use diesel::prelude::*;

use super::schema::tallies;
use super::{Conn, StoreError, StoreResult};
use crate::domain::tree::TreeKind;

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tally {
    /// Members, whatever their state.
    Members,
    /// Orders and returns.
    Orders,
    /// Links of a tree that are in force now.
    Links(TreeKind),
}

impl Tally {
    const fn name(self) -> &'static str {
        match self {
            Self::Members => "members",
            Self::Orders => "orders",
            Self::Links(TreeKind::Enroller) => "enroller links",
            Self::Links(TreeKind::Sponsor) => "sponsor links",
            Self::Links(TreeKind::Placement) => "placement links",
        }
    }
}

/// How many there are.
pub(super) fn get(conn: &mut Conn, tally: Tally) -> StoreResult<i64> {
    Ok(tallies::table.find(tally.name()).select(tallies::total).first(conn)?)
}

/// Takes rows that came (or, below zero, went) into the tally.
pub(super) fn add(tx: &mut Conn, tally: Tally, rows: i64) -> StoreResult<()> {
    if rows == 0 {
        return Ok(());
    }
    let changed =
        diesel::update(tallies::table.find(tally.name())).set(tallies::total.eq(tallies::total + rows)).execute(tx)?;
    if changed == 1 { Ok(()) } else { Err(StoreError::Corrupt(format!("there is no tally of {}", tally.name()))) }
}

/// A length as the database counts.
pub(super) fn length(rows: usize) -> i64 {
    i64::try_from(rows).unwrap_or(i64::MAX)
}
