//! Finding members by id, fast: ids are our own numbers, so no hash that withstands attackers is needed.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use crate::domain::ids::MemberId;

/// Places of members by id.
pub type Places = HashMap<MemberId, u32, BuildHasherDefault<IdHasher>>;

/// Spreads one number over 64 bits.
#[derive(Debug, Default, Clone, Copy)]
pub struct IdHasher(u64);

impl Hasher for IdHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    fn write_u64(&mut self, value: u64) {
        let mixed = (self.0 ^ value).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 = mixed ^ (mixed >> 29);
    }

    fn write_i64(&mut self, value: i64) {
        self.write_u64(value.cast_unsigned());
    }
}

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
