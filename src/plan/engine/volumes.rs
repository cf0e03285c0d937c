//! Volumes: orders added up for the member, then over the tree in one reverse sweep.

use super::fault::RunFault;
use super::memory::Memory;
use super::standing::Standing;
use super::tree::{NONE, Tree};
use super::values::{At, NoValue};
use crate::domain::money::Volume;
use crate::domain::tree::TreeKind;
use crate::plan::checked::{VolumeDef, VolumeScope};
use crate::plan::expr::{Num, OrderField};
use crate::plan::snapshot::Snapshot;
use rust_decimal::Decimal;

/// Adds up all volumes. Those of personal groups get the members' own part; the ranks add the rest.
pub fn compute(standing: &mut Standing<'_>, snapshot: &Snapshot, memory: &mut Memory) -> Result<(), RunFault> {
    for order in standing.field.orders.firsts(snapshot) {
        standing.orders[standing.field.orders.buyer[order] as usize] += 1;
    }
    let plan = standing.plan;
    for volume in &plan.volumes {
        let overflow = || RunFault::overflow(&format!("the volume {}", volume.name));
        let mut column = own(standing, volume)?;
        memory.window(volume, &mut column).ok_or_else(overflow)?;
        if volume.scope == VolumeScope::Organisation {
            let own = (!volume.include_own).then(|| column.clone());
            let tree = standing.tree(volume.tree);
            column = if volume.depth == 0 { organisation(tree, column) } else { levels(tree, &column, volume.depth) }
                .ok_or_else(overflow)?;
            for (value, own) in column.iter_mut().zip(own.iter().flatten()) {
                *value = value.checked_sub(*own).ok_or_else(overflow)?;
            }
        }
        if let VolumeScope::Left | VolumeScope::Right = volume.scope {
            let side = u8::from(volume.scope == VolumeScope::Right);
            column = on_side(standing, column, side).ok_or_else(overflow)?;
        }
        if volume.scope == VolumeScope::Company {
            let sum = column.iter().try_fold(0_i64, |sum, value| sum.checked_add(*value)).ok_or_else(overflow)?;
            column.fill(sum);
        }
        if volume.scope == VolumeScope::Market {
            column = in_market(standing, &column).ok_or_else(overflow)?;
        }
        standing.volumes.push(column);
    }
    Ok(())
}

/// The sum over everybody in each member's market.
fn in_market(standing: &Standing<'_>, column: &[i64]) -> Option<Vec<i64>> {
    let mut sums = vec![0_i64; standing.markets.iter().max().map_or(0, |last| *last as usize + 1)];
    for (market, value) in standing.markets.iter().zip(column) {
        let sum = &mut sums[*market as usize];
        *sum = sum.checked_add(*value)?;
    }
    Some(standing.markets.iter().map(|market| sums[*market as usize]).collect())
}

/// What a volume takes from an order, in ten-thousandths.
fn part(standing: &Standing<'_>, of: &Num, order: usize, buyer: usize) -> Result<Option<i64>, NoValue> {
    let amounts = &standing.field.orders.amounts[order];
    Ok(match of {
        Num::Order(OrderField::Qv) => Some(amounts.qv.0),
        Num::Order(OrderField::Cv) => Some(amounts.cv.0),
        Num::Order(OrderField::Measure(place)) => Some(standing.field.orders.measures[usize::from(*place)][order]),
        of => in_places(standing.number(of, buyer, At::order(order))?),
    })
}

/// A number in ten-thousandths, rounded half away from zero.
pub fn in_places(value: Decimal) -> Option<i64> {
    let rounded = value.round_dp_with_strategy(Volume::PLACES, rust_decimal::RoundingStrategy::MidpointAwayFromZero);
    let scaled = rounded.checked_mul(Decimal::from(10_i64.pow(Volume::PLACES)))?;
    i64::try_from(scaled.trunc()).ok()
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
        let buyer = *buyer as usize;
        let counts = standing.holds(&volume.orders, buyer, At::order(order)).map_err(|NoValue| overflow())?;
        if counts {
            let part = part(standing, &volume.of, order, buyer).map_err(|NoValue| overflow())?;
            let slot = &mut column[owner as usize];
            *slot = part.and_then(|part| slot.checked_add(part)).ok_or_else(overflow)?;
        }
    }
    Ok(column)
}

/// Every member's column and that of everybody below.
pub fn organisation(tree: &Tree, mut column: Vec<i64>) -> Option<Vec<i64>> {
    for member in tree.order.iter().rev() {
        let above = tree.parent[*member as usize];
        if above != NONE {
            column[above as usize] = column[above as usize].checked_add(column[*member as usize])?;
        }
    }
    Some(column)
}

/// What stands below every member on a side of the placement tree.
fn on_side(standing: &Standing<'_>, column: Vec<i64>, side: u8) -> Option<Vec<i64>> {
    let tree = standing.field.tree(TreeKind::Placement);
    let whole = organisation(tree, column)?;
    let mut out = vec![0; whole.len()];
    for (member, value) in whole.iter().enumerate() {
        let above = tree.parent[member];
        let stands = standing.field.kind[member].may_earn() && standing.field.side[member] == side;
        if above != NONE && stands {
            out[above as usize] = *value;
        }
    }
    Some(out)
}

/// Every member's column and that of the members up to `depth` levels below.
fn levels(tree: &Tree, own: &[i64], depth: u16) -> Option<Vec<i64>> {
    let mut total = own.to_vec();
    let mut level = own.to_vec();
    for _ in 0..depth {
        let mut next = vec![0_i64; own.len()];
        for (member, value) in level.iter().enumerate().filter(|(_, value)| **value != 0) {
            let above = tree.parent[member];
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
