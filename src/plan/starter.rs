//! Starter plans, compiled in.

/// A unilevel plan with retail profit, fast start, team commission, leadership match and rank advancement.
pub const UNILEVEL: &str = include_str!("../../templates/plans/unilevel.toml");

/// The starter plans by name.
pub const ALL: &[(&str, &str)] = &[("unilevel", UNILEVEL)];
