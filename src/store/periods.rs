//! Periods: stretches of time that are paid together.

use diesel::prelude::*;

use super::schema::periods;
use super::{Conn, StoreError, StoreResult, each};
use crate::domain::calendar::Day;
use crate::domain::ids::PeriodId;
use crate::domain::run::{PeriodKind, PeriodStatus};

/// A period as stored.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = periods, treat_none_as_default_value = false)]
pub struct Period {
    /// Row id.
    pub id: PeriodId,
    /// How long periods of the kind are.
    pub kind: PeriodKind,
    /// Its name, such as `2026-10`.
    pub label: String,
    /// First day.
    pub first_day: Day,
    /// Last day, included.
    pub last_day: Day,
    /// Whether orders may still fall into it.
    pub status: PeriodStatus,
}

/// Inserts a period unless one of this kind and label is there already.
pub fn insert_missing(tx: &mut Conn, period: &Period) -> StoreResult<()> {
    each!(tx, inner => diesel::insert_into(periods::table).values(period).on_conflict_do_nothing().execute(inner))?;
    Ok(())
}

/// The period of this kind and label, if there is one.
pub fn find_by_label(conn: &mut Conn, kind: PeriodKind, label: &str) -> StoreResult<Option<Period>> {
    Ok(periods::table
        .filter(periods::kind.eq(kind))
        .filter(periods::label.eq(label))
        .select(Period::as_select())
        .first(conn)
        .optional()?)
}

/// The period with this id, or a fault that names it.
pub fn get(conn: &mut Conn, id: PeriodId) -> StoreResult<Period> {
    periods::table
        .find(id)
        .select(Period::as_select())
        .first(conn)
        .optional()?
        .ok_or_else(|| StoreError::not_found("period", id))
}

/// All periods, newest first.
pub fn list(conn: &mut Conn) -> StoreResult<Vec<Period>> {
    Ok(periods::table.order(periods::first_day.desc()).select(Period::as_select()).load(conn)?)
}

/// The first day that still takes orders: the day after the last frozen or committed period. A period
/// that was skipped before it is closed with it.
pub fn first_open_day(conn: &mut Conn) -> StoreResult<Day> {
    let last: Option<Day> = periods::table
        .filter(periods::status.ne(PeriodStatus::Open))
        .order(periods::last_day.desc())
        .select(periods::last_day)
        .first(conn)
        .optional()?;
    Ok(last.map_or(Day(i32::MIN), |day| day.plus(1)))
}

/// Takes the period from one state to the next, or says that somebody else was faster.
pub fn update_status(tx: &mut Conn, id: PeriodId, from: PeriodStatus, to: PeriodStatus) -> StoreResult<()> {
    let changed = diesel::update(periods::table.filter(periods::id.eq(id)).filter(periods::status.eq(from)))
        .set(periods::status.eq(to))
        .execute(tx)?;
    if changed == 1 { Ok(()) } else { Err(StoreError::Conflict(format!("period {id}"))) }
}
