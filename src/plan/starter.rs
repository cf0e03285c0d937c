//! Starter plans, compiled in.

/// A unilevel plan with retail profit, fast start, team commission, leadership match and rank advancement.
pub const UNILEVEL: &str = include_str!("../../templates/plans/unilevel.toml");

/// A weekly binary with limits by rank, carry-over, matching, a pool and rank advancement.
pub const BINARY: &str = include_str!("../../templates/plans/binary.toml");

/// Differences of a scale by group volume, breakaway leaders, overrides on their groups and a leadership pool.
pub const STAIRSTEP: &str = include_str!("../../templates/plans/stairstep.toml");

/// A plan for party sellers: commission by whole-month sales, advance and true-up, team levels, fast start.
pub const PARTY: &str = include_str!("../../templates/plans/party.toml");

/// Levels with dynamic compression beside a binary, generations, matching, a pool and a company limit.
pub const HYBRID: &str = include_str!("../../templates/plans/hybrid.toml");

/// The starter plans by name.
pub const ALL: &[(&str, &str)] =
    &[("unilevel", UNILEVEL), ("binary", BINARY), ("stairstep", STAIRSTEP), ("party", PARTY), ("hybrid", HYBRID)];
