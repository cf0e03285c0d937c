//! What a run found on its way, for those who ask why.

use super::fault::RunFault;
use super::field::Field;
use super::memory::Memory;
use super::{ranks, standing_of, volumes};
use crate::plan::checked::CheckedPlan;
use crate::plan::snapshot::Snapshot;

/// A volume of every member, in the order of the snapshot's members, in ten-thousandths of a point.
pub fn volume(plan: &CheckedPlan, snapshot: &Snapshot, volume: usize) -> Result<Vec<i64>, RunFault> {
    let field = Field::new(snapshot)?;
    let mut standing = standing_of(plan, &field, snapshot);
    volumes::compute(&mut standing)?;
    ranks::compute(&mut standing, snapshot, &Memory::new(plan, &field, snapshot))?;
    let column = standing.volumes.get(volume);
    Ok(field.index.iter().map(|at| column.map_or(0, |column| column[*at as usize])).collect())
}
