//! Volumes: orders added up for the member, then over the tree in one reverse sweep.

use super::fault::RunFault;
use super::standing::{NoValue, Standing};
use super::tree::NONE;
use crate::plan::checked::{VolumeDef, VolumeScope};
use crate::plan::result::BaseKind;
use crate::plan::snapshot::Amounts;

/// Adds up all volumes. Those of personal groups get the members' own part; the ranks add the rest.
pub fn compute(standing: &mut Standing<'_>) -> Result<(), RunFault> {
    for buyer in &standing.field.orders.buyer {
        standing.orders[*buyer as usize] += 1;
    }
    for volume in &standing.plan.volumes {
        let overflow = || RunFault::overflow(&format!("the volume {}", volume.name));
        let mut column = own(standing, volume)?;
        if volume.scope == VolumeScope::Organisation {
            let own = (!volume.include_own).then(|| column.clone());
            column = if volume.depth == 0 {
                organisation(standing, column)
            } else {
                levels(standing, &column, volume.depth)
            }
            .ok_or_else(overflow)?;
            for (value, own) in column.iter_mut().zip(own.iter().flatten()) {
                *value = value.checked_sub(*own).ok_or_else(overflow)?;
            }
        }
        standing.volumes.push(column);
    }
    Ok(())
}

/// What the volume takes from an order, in ten-thousandths.
fn part(standing: &Standing<'_>, of: BaseKind, amounts: &Amounts) -> Option<i64> {
    match of {
        BaseKind::Qv => Some(amounts.qv.0),
        BaseKind::Cv => Some(amounts.cv.0),
        _ => {
            let places = 4_u32.checked_sub(standing.currency.places())?;
            amounts.paid_minor.checked_mul(10_i64.checked_pow(places)?)
        }
    }
}

fn own(standing: &Standing<'_>, volume: &VolumeDef) -> Result<Vec<i64>, RunFault> {
    let field = standing.field;
    let mut column = vec![0_i64; field.len()];
    let overflow = || RunFault::overflow(&format!("the volume {}", volume.name));
    for (order, buyer) in field.orders.buyer.iter().enumerate() {
        let customer = !field.kind[*buyer as usize].may_earn();
        let owner = match volume.scope {
            VolumeScope::Customers if !customer => None,
            VolumeScope::Customers => standing.seller(*buyer),
            _ if customer && volume.customers => standing.seller(*buyer),
            _ => Some(*buyer),
        };
        let Some(owner) = owner else { continue };
        let counts = standing.holds(&volume.orders, *buyer as usize, Some(order)).map_err(|NoValue| overflow())?;
        if counts {
            let part = part(standing, volume.of, &field.orders.amounts[order]).ok_or_else(overflow)?;
            let slot = &mut column[owner as usize];
            *slot = slot.checked_add(part).ok_or_else(overflow)?;
        }
    }
    Ok(column)
}

/// Every member's column and that of everybody below.
fn organisation(standing: &Standing<'_>, mut column: Vec<i64>) -> Option<Vec<i64>> {
    let parent = &standing.field.sponsor.parent;
    for member in (0..column.len()).rev() {
        let above = parent[member];
        if above != NONE {
            column[above as usize] = column[above as usize].checked_add(column[member])?;
        }
    }
    Some(column)
}

/// Every member's column and that of the members up to `depth` levels below.
fn levels(standing: &Standing<'_>, own: &[i64], depth: u16) -> Option<Vec<i64>> {
    let parent = &standing.field.sponsor.parent;
    let mut total = own.to_vec();
    let mut level = own.to_vec();
    for _ in 0..depth {
        let mut next = vec![0_i64; own.len()];
        for (member, value) in level.iter().enumerate().filter(|(_, value)| **value != 0) {
            let above = parent[member];
            if above != NONE {
                next[above as usize] = next[above as usize].checked_add(*value)?;
            }
        }
        for (total, value) in total.iter_mut().zip(&next) {
            *total = total.checked_add(*value)?;
        }
        level = next;
    }
    Some(total)
}
