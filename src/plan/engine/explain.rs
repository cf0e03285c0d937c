//! What a run found on its way, for those who ask why.

use super::fault::RunFault;
use super::field::Field;
use super::prepare;
use crate::plan::checked::CheckedPlan;
use crate::plan::snapshot::Snapshot;

/// A volume of every member, in the order of the snapshot's members, in ten-thousandths of a point.
pub fn volume(plan: &CheckedPlan, snapshot: &Snapshot, volume: usize) -> Result<Vec<i64>, RunFault> {
    let field = Field::new(plan, snapshot)?;
    let (standing, _) = prepare(plan, &field, snapshot, &mut |_, _| {})?;
    let column = standing.volumes.get(volume);
    Ok(field.index.iter().map(|at| column.map_or(0, |column| column[*at as usize])).collect())
}
