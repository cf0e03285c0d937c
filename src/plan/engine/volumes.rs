//! Volumes: orders added up for the member, then over the tree in one reverse sweep.

use super::fault::RunFault;
use super::memory::{Dated, Memory, first_day};
use super::orders::{self, Back, Orders};
use super::standing::Standing;
use super::tree::{NONE, Tree};
use super::values::{At, NoValue};
use crate::domain::calendar::Day;
use crate::domain::money::Volume;
use crate::domain::tree::TreeKind;
use crate::plan::checked::{Reach, VolumeDef, VolumeScope};
use crate::plan::expr::{Num, OrderField, Reads, TreeRef};
use crate::plan::parallel::{both, in_parallel};
use rust_decimal::Decimal;

/// Adds up all volumes. Those of personal groups get the members' own part; the ranks add the rest.
pub fn compute(standing: &mut Standing<'_>, memory: &mut Memory, threads: usize) -> Result<(), RunFault> {
    let plan = standing.plan;
    let of_orders = || in_parallel(threads, plan.volumes.iter().collect(), |volume| of_orders(standing, volume));
    let (counts, made) = both(threads, || order_counts(standing), of_orders);
    standing.orders = counts;
    for (volume, made) in plan.volumes.iter().zip(made) {
        let overflow = || RunFault::overflow(&format!("the volume {}", volume.name));
        let OfOrders { first, mut column, dated } = made?;
        let by_day = matches!(volume.reach, Some(Reach::Days(_)));
        match first {
            None => memory.window(volume, &mut column),
            Some(first) if by_day => memory.dated(&volume.name, first, dated, &mut column),
            Some(first) => memory.since(&volume.name, first, &mut column),
        }
        .ok_or_else(overflow)?;
        // Where orders count by whose volume it is, they have been added to everybody above one by one.
        let sweep = volume.scope == VolumeScope::Organisation && !volume.reads_member();
        if sweep && !is_compressed(standing, volume) {
            column = below(standing, volume, column).ok_or_else(overflow)?;
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

/// How many orders each member made.
fn order_counts(standing: &Standing<'_>) -> Vec<u32> {
    let mut counts = vec![0; standing.field.len()];
    for order in standing.field.orders.once() {
        counts[standing.field.orders.buyer[order] as usize] += 1;
    }
    counts
}

/// What the orders of the run say of a volume, before it is added up along a tree.
struct OfOrders {
    /// The first day that counts, where it looks at days.
    first: Option<Day>,
    /// Per member.
    column: Vec<i64>,
    /// Per day and member, where days go out of sight one by one.
    dated: Dated,
}

fn of_orders(standing: &Standing<'_>, volume: &VolumeDef) -> Result<OfOrders, RunFault> {
    let first = first_day(standing.plan, volume, Day(standing.last_day));
    let by_day = matches!(volume.reach, Some(Reach::Days(_)));
    let mut column = vec![0_i64; standing.field.len()];
    let mut dated = Dated::new();
    add_orders(standing, volume, first, |order, owner, part| {
        let slot = &mut column[owner as usize];
        *slot = slot.checked_add(part)?;
        if by_day {
            let slot = dated.entry((standing.field.orders.day[order], owner)).or_default();
            *slot = slot.checked_add(part)?;
        }
        Some(())
    })?;
    Ok(OfOrders { first, column, dated })
}

/// Whether a volume is added up over a tree that is made after activity is found.
fn is_compressed(standing: &Standing<'_>, volume: &VolumeDef) -> bool {
    match volume.tree {
        TreeRef::Derived(place) => standing.plan.trees[usize::from(place)].reads > Reads::Facts,
        TreeRef::Kind(_) => false,
    }
}

/// Adds up the volumes over trees that were made after the others: until then they are the members' own.
pub fn compress(standing: &mut Standing<'_>) -> Result<(), RunFault> {
    for (place, volume) in standing.plan.volumes.iter().enumerate() {
        let sweep = volume.scope == VolumeScope::Organisation && !volume.reads_member();
        if sweep && is_compressed(standing, volume) {
            let own = std::mem::take(&mut standing.volumes[place]);
            let sum = below(standing, volume, own);
            standing.volumes[place] = sum.ok_or_else(|| RunFault::overflow(&format!("the volume {}", volume.name)))?;
        }
    }
    Ok(())
}

/// An organisation's volume along its tree.
fn below(standing: &Standing<'_>, volume: &VolumeDef, column: Vec<i64>) -> Option<Vec<i64>> {
    let own = (!volume.include_own).then(|| column.clone());
    let tree = standing.tree(volume.tree);
    let mut sum = if volume.depth == 0 { organisation(tree, column) } else { levels(tree, &column, volume.depth) }?;
    for (value, own) in sum.iter_mut().zip(own.iter().flatten()) {
        *value = value.checked_sub(*own)?;
    }
    Some(sum)
}

/// The sum over everybody in each member's market.
fn in_market(standing: &Standing<'_>, column: &[i64]) -> Option<Vec<i64>> {
    let mut sums = vec![0_i64; standing.market_number.iter().max().map_or(0, |last| *last as usize + 1)];
    for (market, value) in standing.market_number.iter().zip(column) {
        let sum = &mut sums[*market as usize];
        *sum = sum.checked_add(*value)?;
    }
    Some(standing.market_number.iter().map(|market| sums[*market as usize]).collect())
}

/// What a volume takes from an order, in ten-thousandths.
fn part(standing: &Standing<'_>, of: &Num, order: usize, buyer: usize, at: At) -> Result<Option<i64>, NoValue> {
    let amounts = &standing.field.orders.amounts[order];
    Ok(match of {
        // What is counted per order is counted of purchases.
        Num::Const(_) if standing.field.orders.is_return(order) => Some(0),
        Num::Order(OrderField::Qv) => Some(amounts.qv.0),
        Num::Order(OrderField::Cv) => Some(amounts.cv.0),
        Num::Order(OrderField::Measure(place)) => Some(standing.field.orders.measures[usize::from(*place)][order]),
        of => in_places(standing.number(of, buyer, at)?),
    })
}

/// A number in ten-thousandths, rounded half away from zero.
pub fn in_places(value: Decimal) -> Option<i64> {
    let rounded = value.round_dp_with_strategy(Volume::PLACES, rust_decimal::RoundingStrategy::MidpointAwayFromZero);
    let scaled = rounded.checked_mul(Decimal::from(10_i64.pow(Volume::PLACES)))?;
    i64::try_from(scaled.trunc()).ok()
}

/// Whose volume an order counts for that was made for a member; `None` for nobody's.
pub fn owner(standing: &Standing<'_>, volume: &VolumeDef, buyer: u32) -> Option<u32> {
    let customer = !standing.field.kind[buyer as usize].may_earn();
    match volume.scope {
        VolumeScope::Customers if !customer => None,
        VolumeScope::Customers => standing.seller(buyer),
        _ if customer && volume.customers => standing.seller(buyer),
        _ => Some(buyer),
    }
}

/// Whether an entry among the orders counts: an order, or goods that come back where they are taken off.
fn counts(orders: &Orders, volume: &VolumeDef, entry: usize) -> bool {
    volume.less_returns || orders.back(entry) == Back::No
}

/// Calls `add` with order, member and volume for every order from the first day on that counts for a member: for its owner,
/// and for everybody above where orders count by whose volume it is. `add` gives `None` on overflow.
pub fn add_orders(
    standing: &Standing<'_>,
    volume: &VolumeDef,
    first: Option<Day>,
    mut add: impl FnMut(usize, u32, i64) -> Option<()>,
) -> Result<(), RunFault> {
    let orders = &standing.field.orders;
    let overflow = || RunFault::overflow(&format!("the volume {}", volume.name));
    let up = volume.scope == VolumeScope::Organisation && volume.reads_member();
    let tree = standing.tree(volume.tree);
    let once = !orders::reads_goods(&volume.of);
    for (order, buyer) in orders.buyer.iter().enumerate().filter(|(order, _)| counts(orders, volume, *order)) {
        let day = orders.day[order];
        let whose = orders.whose(order, volume.counts_for);
        let owner = whose.and_then(|whose| owner(standing, volume, whose));
        let Some(mut member) = owner.filter(|_| first.is_none_or(|first| day >= first.0)) else {
            continue;
        };
        let buyer = *buyer as usize;
        let mut level = 0_u16;
        loop {
            let at = At { order: Some(order), from: Some(member as usize) };
            let chosen = |order: usize| {
                let at = At { order: Some(order), ..at };
                standing.holds(&volume.orders, buyer, at).map_err(|NoValue| overflow())
            };
            let wanted = !up || level > 0 || volume.include_own;
            if wanted && chosen(order)? && (!once || orders.leads(order, chosen)?) {
                let part = part(standing, &volume.of, order, buyer, at).map_err(|NoValue| overflow())?;
                part.and_then(|part| add(order, member, part)).ok_or_else(overflow)?;
            }
            if !up {
                break;
            }
            level = level.saturating_add(1);
            member = tree.parent[member as usize];
            if member == NONE || (volume.depth > 0 && level > volume.depth) {
                break;
            }
        }
    }
    Ok(())
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
