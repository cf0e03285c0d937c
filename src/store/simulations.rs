//! Simulations: what a plan would have paid in periods that are over. They are no part of the books.

use diesel::prelude::*;

use super::schema::simulations;
use super::{Conn, StoreError, StoreResult};
use crate::domain::calendar::Moment;
use crate::domain::ids::{SimulationId, StaffId};

/// A simulation as stored.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = simulations, treat_none_as_default_value = false)]
pub struct Simulation {
    /// Row id.
    pub id: SimulationId,
    /// The number of the plan version that was tried.
    pub plan_version: i32,
    /// The plan's name.
    pub plan_name: String,
    /// The plan file as it was then; a draft may have changed since.
    pub source: String,
    /// Label of the first period.
    pub first_period: String,
    /// Label of the last period.
    pub last_period: String,
    /// What came out, as JSON; empty until it is finished.
    pub result: String,
    /// When it was asked for.
    pub created_at: Moment,
    /// By whom.
    pub created_by: StaffId,
    /// When the result was stored.
    pub finished_at: Moment,
}

/// Inserts a simulation.
pub fn insert(tx: &mut Conn, row: &Simulation) -> StoreResult<()> {
    let nothing: &[u8] = &[];
    diesel::insert_into(simulations::table).values((row, simulations::changes.eq(nothing))).execute(tx)?;
    Ok(())
}

/// Stores what came out: the report, and each member's change as packed bytes.
pub fn finish(tx: &mut Conn, id: SimulationId, result: &str, changes: &[u8], at: Moment) -> StoreResult<()> {
    let changed = diesel::update(simulations::table.find(id))
        .set((simulations::result.eq(result), simulations::changes.eq(changes), simulations::finished_at.eq(at)))
        .execute(tx)?;
    if changed == 1 { Ok(()) } else { Err(StoreError::not_found("simulation", id)) }
}

/// The simulation with this id, or a fault that names it.
pub fn get(conn: &mut Conn, id: SimulationId) -> StoreResult<Simulation> {
    simulations::table
        .find(id)
        .select(Simulation::as_select())
        .first(conn)
        .optional()?
        .ok_or_else(|| StoreError::not_found("simulation", id))
}

/// Each member's change as it was packed; empty until the simulation is finished.
pub fn get_changes(conn: &mut Conn, id: SimulationId) -> StoreResult<Vec<u8>> {
    Ok(simulations::table.find(id).select(simulations::changes).first(conn)?)
}

/// The newest simulations first.
pub fn list(conn: &mut Conn, limit: i64) -> StoreResult<Vec<Simulation>> {
    Ok(simulations::table.order(simulations::id.desc()).limit(limit).select(Simulation::as_select()).load(conn)?)
}
