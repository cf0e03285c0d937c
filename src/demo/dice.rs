//! The demo company's randomness: xoshiro256** (Blackman and Vigna), seeded by splitmix64. Written out
//! here so that no new version of a library changes the company. Never for secrets.

/// A stream of numbers that depends on nothing but its seed, its name and its index.
#[derive(Debug, Clone)]
pub(super) struct Dice([u64; 4]);

impl Dice {
    /// The stream `index` of the streams called `name`.
    pub(super) fn new(seed: u64, name: &str, index: u64) -> Self {
        let mut state = seed;
        for byte in name.bytes() {
            state = splitmix(state ^ u64::from(byte));
        }
        state = splitmix(state ^ index.wrapping_mul(0xd6e8_feb8_6659_fd93));
        Self(std::array::from_fn(|_| {
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            splitmix(state)
        }))
    }

    fn next(&mut self) -> u64 {
        let s = &mut self.0;
        let result = s[1].wrapping_mul(5).rotate_left(7).wrapping_mul(9);
        let shifted = s[1] << 17;
        s[2] ^= s[0];
        s[3] ^= s[1];
        s[1] ^= s[2];
        s[0] ^= s[3];
        s[2] ^= shifted;
        s[3] = s[3].rotate_left(45);
        result
    }

    /// A number from 0 to `bound` - 1; 0 where `bound` is 0. The upper half of the product of 32 bits
    /// and the bound: uneven by less than one in two to the power of 32 over `bound`.
    pub(super) fn below(&mut self, bound: u32) -> u32 {
        let product = (self.next() >> 32) * u64::from(bound);
        u32::try_from(product >> 32).unwrap_or(0)
    }

    /// A number from `low` to `high`, both included.
    pub(super) fn between(&mut self, low: u32, high: u32) -> u32 {
        low + self.below(high.saturating_sub(low).saturating_add(1))
    }

    /// True in `share` of 1,000 throws.
    pub(super) fn in_thousand(&mut self, share: u32) -> bool {
        self.below(1000) < share
    }

    /// An index into a list of this length.
    pub(super) fn index(&mut self, len: usize) -> usize {
        self.below(u32::try_from(len).unwrap_or(u32::MAX)) as usize
    }

    /// One of the items, which must not be empty.
    pub(super) fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.index(items.len())]
    }
}

const fn splitmix(state: u64) -> u64 {
    let mut z = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_repeat_and_differ_by_seed_name_and_index() {
        let throw = |seed, name, index| Dice::new(seed, name, index).next();
        assert_eq!(throw(1, "members", 7), throw(1, "members", 7));
        let all = [throw(1, "members", 7), throw(2, "members", 7), throw(1, "orders", 7), throw(1, "members", 8)];
        assert!((0..4).all(|i| (0..i).all(|j| all[i] != all[j])));
    }

    #[test]
    fn every_number_below_the_bound_comes_about_equally_often() {
        let mut dice = Dice::new(3, "test", 0);
        let mut seen = [0_u32; 6];
        for _ in 0..60_000 {
            seen[dice.below(6) as usize] += 1;
        }
        assert!(seen.iter().all(|n| (9_600..10_400).contains(n)), "{seen:?}");
        assert_eq!(dice.below(0), 0);
        assert_eq!(dice.between(4, 4), 4);
    }
}
