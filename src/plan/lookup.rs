//! Finding members by id, and putting things in order.

use std::hash::BuildHasherDefault;

use crate::domain::ids::{IdMap, MemberId};

/// Places of members by id.
pub type Places = IdMap<MemberId, u32>;

/// An empty table with room for `count` members.
pub fn places(count: usize) -> Places {
    Places::with_capacity_and_hasher(count, BuildHasherDefault::default())
}

/// The numbers below `count`, ordered by a key; input that is in order already costs one pass.
pub fn sorted<K: Ord>(count: u32, key: impl Fn(u32) -> K) -> Vec<u32> {
    let mut out: Vec<u32> = (0..count).collect();
    if !out.is_sorted_by(|a, b| key(*a) <= key(*b)) {
        out.sort_by_key(|at| key(*at));
    }
    out
}
