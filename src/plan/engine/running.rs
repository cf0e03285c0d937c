//! What a volume was after each order of the period: for rates that go by how far a member or its group had come then.

use super::fault::RunFault;
use super::standing::Standing;
use super::tree::Tree;
use super::volumes;
use crate::plan::checked::{CheckedPlan, VolumeDef, VolumeScope};
use crate::plan::expr::Num;

/// Sums over the first orders and over a stretch of the tree: one level for each binary digit of the place in the tree,
/// orders sorted stably by the higher digits. A sum looks at one place of each level.
pub struct Running {
    levels: Vec<Level>,
}

/// The orders as one digit finds them.
struct Level {
    /// How many of the orders before each place have the digit 0.
    zeros: Vec<u32>,
    /// What those with the digit 0 add up to, before each of them.
    sums: Vec<i64>,
}

impl Running {
    /// From the place in the tree and the volume of each order, in the order in which they came; `None` on overflow.
    fn new(mut orders: Vec<(u32, i64)>, places: usize) -> Option<Self> {
        let digits = usize::BITS - places.leading_zeros();
        let mut levels = Vec::new();
        for digit in (0..digits).rev() {
            let mut level = Level { zeros: vec![0], sums: vec![0] };
            let (mut low, mut high) = (Vec::new(), Vec::new());
            let mut sum = 0_i64;
            for order in orders {
                if order.0 >> digit & 1 == 0 {
                    sum = sum.checked_add(order.1)?;
                    level.sums.push(sum);
                    low.push(order);
                } else {
                    high.push(order);
                }
                level.zeros.push(u32::try_from(low.len()).ok()?);
            }
            low.append(&mut high);
            orders = low;
            levels.push(level);
        }
        Some(Self { levels })
    }

    /// The sum over the first `count` orders of those before a place in the tree.
    fn before(&self, count: usize, place: u32) -> i64 {
        let (mut first, mut last) = (0, count);
        let mut sum = 0_i64;
        for (level, digit) in self.levels.iter().zip((0..self.levels.len()).rev()) {
            let (low, high) = (level.zeros[first] as usize, level.zeros[last] as usize);
            if place >> digit & 1 == 0 {
                (first, last) = (low, high);
            } else {
                sum = sum.saturating_add(level.sums[high].saturating_sub(level.sums[low]));
                let zeros = level.sums.len() - 1;
                (first, last) = (zeros + first - low, zeros + last - high);
            }
        }
        sum
    }

    /// What a volume of a member was when an order had come, this one included.
    pub fn after(&self, tree: &Tree, volume: &VolumeDef, member: usize, order: usize) -> i64 {
        let (first, last) = tree.stretch(member);
        let (first, last) = match volume.scope {
            VolumeScope::Organisation if volume.include_own => (first, last),
            VolumeScope::Organisation => (first + 1, last),
            _ => (first, first + 1),
        };
        self.before(order + 1, last).saturating_sub(self.before(order + 1, first))
    }
}

/// Makes what expressions of the plan read.
pub fn compute(standing: &mut Standing<'_>) -> Result<(), RunFault> {
    for (place, asked) in asked(standing.plan).into_iter().enumerate() {
        let running = if asked { Some(one(standing, &standing.plan.volumes[place])?) } else { None };
        standing.running.push(running);
    }
    Ok(())
}

fn one(standing: &Standing<'_>, volume: &VolumeDef) -> Result<Running, RunFault> {
    let tree = standing.tree(volume.tree);
    let mut orders = vec![(0, 0); standing.field.orders.buyer.len()];
    volumes::add_orders(standing, volume, None, |order, owner, part| {
        orders[order] = (tree.stretch(owner as usize).0, part);
        Some(())
    })?;
    let overflow = || RunFault::overflow(&format!("the volume {} so far", volume.name));
    Running::new(orders, standing.field.len()).ok_or_else(overflow)
}

/// Which volumes are read as they were after an order.
fn asked(plan: &CheckedPlan) -> Vec<bool> {
    let mut asked = vec![false; plan.volumes.len()];
    plan.numbers(&mut |num| {
        if let Num::SoFar(volume) = num {
            asked[usize::from(*volume)] = true;
        }
    });
    asked
}

#[cfg(test)]
mod tests {
    use super::Running;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn sums_are_those_of_the_orders_one_by_one(
            orders in prop::collection::vec((0_u32..19, -50_i64..100), 0..60), places in 19_usize..40,
        ) {
            let running = Running::new(orders.clone(), places).unwrap();
            for count in 0..=orders.len() {
                for place in 0..=u32::try_from(places).unwrap() {
                    let plain: i64 = orders[..count].iter().filter(|order| order.0 < place).map(|order| order.1).sum();
                    prop_assert_eq!(running.before(count, place), plain);
                }
            }
        }
    }
}
