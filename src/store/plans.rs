//! Versions of the compensation plan: text that never changes once stored.

use diesel::prelude::*;

use super::schema::plan_versions;
use super::{Conn, StoreError, StoreResult, insert_all};
use crate::domain::calendar::{Day, Moment};
use crate::domain::ids::{PlanVersionId, StaffId};

/// A stored version.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = plan_versions, treat_none_as_default_value = false)]
pub struct PlanVersion {
    /// Row id.
    pub id: PlanVersionId,
    /// The plan's name.
    pub name: String,
    /// Counts from 1.
    pub version: i32,
    /// The plan file.
    pub source: String,
    /// SHA-256 of the file, in hex.
    pub sha256: String,
    /// The first day on which it applies.
    pub from_day: Day,
    /// When it was stored.
    pub created_at: Moment,
    /// Who stored it; 0 for the command line.
    pub created_by: StaffId,
}

/// Inserts a version.
pub fn insert(tx: &mut Conn, version: &PlanVersion) -> StoreResult<()> {
    Ok(insert_all!(tx, plan_versions::table, std::slice::from_ref(version))?)
}

/// The version with this id, or a fault that names it.
pub fn get(conn: &mut Conn, id: PlanVersionId) -> StoreResult<PlanVersion> {
    plan_versions::table
        .find(id)
        .select(PlanVersion::as_select())
        .first(conn)
        .optional()?
        .ok_or_else(|| StoreError::not_found("plan version", id))
}

/// All versions, newest first.
pub fn list(conn: &mut Conn) -> StoreResult<Vec<PlanVersion>> {
    Ok(plan_versions::table
        .order((plan_versions::from_day.desc(), plan_versions::version.desc()))
        .select(PlanVersion::as_select())
        .load(conn)?)
}

/// The version that applies on a day: the one with the latest first day that is not after it; of two
/// with the same first day, the higher version.
pub fn find_in_force(conn: &mut Conn, day: Day) -> StoreResult<Option<PlanVersion>> {
    Ok(plan_versions::table
        .filter(plan_versions::from_day.le(day))
        .order((plan_versions::from_day.desc(), plan_versions::version.desc()))
        .select(PlanVersion::as_select())
        .first(conn)
        .optional()?)
}
