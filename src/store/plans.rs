//! Versions of the compensation plan. A draft may change; an activated version never does.

use diesel::prelude::*;

use super::schema::{plan_versions, runs};
use super::{Conn, StoreError, StoreResult, insert_all};
use crate::domain::calendar::{Day, Moment};
use crate::domain::ids::{PlanVersionId, StaffId};
use crate::domain::plan_version::PlanState;
use crate::domain::run::RunStatus;

/// A stored version.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = plan_versions, treat_none_as_default_value = false)]
pub struct PlanVersion {
    /// Row id.
    pub id: PlanVersionId,
    /// The plan's name.
    pub name: String,
    /// Counts from 1 over all plans of the company.
    pub version: i32,
    /// The plan file.
    pub source: String,
    /// The cases that it must pass; may be empty.
    pub cases: String,
    /// SHA-256 of the plan file and its cases, in hex.
    pub sha256: String,
    /// The first day on which it applies; of a draft the day that its writer has in mind.
    pub from_day: Day,
    /// When it was stored.
    pub created_at: Moment,
    /// Who stored it; 0 for the command line.
    pub created_by: StaffId,
    /// When it was written last.
    pub edited_at: Moment,
    /// By whom.
    pub edited_by: StaffId,
    /// When it was activated; never for a draft.
    pub activated_at: Moment,
    /// By whom.
    pub activated_by: StaffId,
}

impl PlanVersion {
    /// Whether it has not been activated.
    pub const fn is_draft(&self) -> bool {
        !self.activated_at.is_set()
    }
}

/// Inserts a version.
pub fn insert(tx: &mut Conn, version: &PlanVersion) -> StoreResult<()> {
    Ok(insert_all!(tx, plan_versions::table, std::slice::from_ref(version))?)
}

/// Stores a draft anew, or as activated, if it is still the draft with the text `seen`.
pub fn update_draft(tx: &mut Conn, version: &PlanVersion, seen: &str) -> StoreResult<()> {
    let drafts = plan_versions::table
        .filter(plan_versions::id.eq(version.id))
        .filter(plan_versions::sha256.eq(seen))
        .filter(plan_versions::activated_at.eq(Moment::NEVER));
    let changed = diesel::update(drafts).set(version).execute(tx)?;
    if changed == 1 { Ok(()) } else { Err(StoreError::Conflict(format!("plan version {}", version.version))) }
}

/// Removes a draft, if it is still the draft with the text `seen`.
pub fn delete_draft(tx: &mut Conn, id: PlanVersionId, seen: &str) -> StoreResult<()> {
    let drafts = plan_versions::table
        .filter(plan_versions::id.eq(id))
        .filter(plan_versions::sha256.eq(seen))
        .filter(plan_versions::activated_at.eq(Moment::NEVER));
    let gone = diesel::delete(drafts).execute(tx)?;
    if gone == 1 { Ok(()) } else { Err(StoreError::Conflict(format!("plan version {id}"))) }
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

/// The version with this number, or a fault that names it.
pub fn get_by_version(conn: &mut Conn, version: i32) -> StoreResult<PlanVersion> {
    plan_versions::table
        .filter(plan_versions::version.eq(version))
        .select(PlanVersion::as_select())
        .first(conn)
        .optional()?
        .ok_or_else(|| StoreError::not_found("plan version", version))
}

/// All versions, the highest number first.
pub fn list(conn: &mut Conn) -> StoreResult<Vec<PlanVersion>> {
    Ok(plan_versions::table.order(plan_versions::version.desc()).select(PlanVersion::as_select()).load(conn)?)
}

/// The number for the next version.
pub fn next_version(conn: &mut Conn) -> StoreResult<i32> {
    let newest: Option<i32> = plan_versions::table.select(diesel::dsl::max(plan_versions::version)).first(conn)?;
    Ok(newest.unwrap_or(0) + 1)
}

/// The version that applies on a day: of those that are activated the one with the latest first day that is
/// not after it; of two with the same first day, the higher version.
pub fn find_in_force(conn: &mut Conn, day: Day) -> StoreResult<Option<PlanVersion>> {
    Ok(plan_versions::table
        .filter(plan_versions::activated_at.ne(Moment::NEVER))
        .filter(plan_versions::from_day.le(day))
        .order((plan_versions::from_day.desc(), plan_versions::version.desc()))
        .select(PlanVersion::as_select())
        .first(conn)
        .optional()?)
}

/// Where a version stands, `in_force` being the one that applies today.
pub fn state(version: &PlanVersion, in_force: Option<&PlanVersion>, today: Day) -> PlanState {
    if version.is_draft() {
        PlanState::Draft
    } else if in_force.is_some_and(|in_force| in_force.id == version.id) {
        PlanState::Active
    } else if version.from_day > today {
        PlanState::Coming
    } else {
        PlanState::Retired
    }
}

/// The runs that versions are pinned to, the newest first, without discarded ones: `(version, number, status)`.
pub fn list_runs(conn: &mut Conn) -> StoreResult<Vec<(PlanVersionId, String, RunStatus)>> {
    Ok(runs::table
        .filter(runs::status.ne(RunStatus::Discarded))
        .order(runs::id.desc())
        .select((runs::plan_version_id, runs::number, runs::status))
        .load(conn)?)
}
