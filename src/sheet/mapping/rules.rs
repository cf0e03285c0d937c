//! Rules of a mapping beyond single columns: rows left out, repeated rows, networks, returns.

use serde::Deserialize;

/// How rows of one member or product repeat.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RowRules {
    /// What a second row of the same number means.
    pub repeats: Repeats,
    /// The rows tell a past: a sponsor must be a distributor, but need not be active today, nor have
    /// joined before the member.
    pub history: bool,
}

/// What a second row of the same number means.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Repeats {
    /// A mistake: it is rejected.
    #[default]
    Reject,
    /// The first row counts, later ones say nothing new (a file of orders read for its members).
    First,
}

/// Rows that are left out on purpose. Exactly one of the conditions is given.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SkipRule {
    /// The column to look at.
    pub column: String,
    /// Whether the cell is empty.
    #[serde(default)]
    pub empty: bool,
    /// The cells meant.
    #[serde(default)]
    pub equals: Vec<String>,
    /// How the cell begins.
    pub starts_with: Option<String>,
}

impl SkipRule {
    /// Whether the row with this cell is left out.
    pub fn leaves_out(&self, cell: &str) -> bool {
        (self.empty && cell.is_empty())
            || self.equals.iter().any(|value| value == cell)
            || self.starts_with.as_ref().is_some_and(|start| cell.starts_with(start.as_str()))
    }
}

/// Rows are edges of a network in order of time: whoever appears first is the earlier member. Fields
/// are then mapped from two columns that each person gets: `node` and `at` (the first appearance).
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EdgeRules {
    /// The column of who acted.
    pub from: String,
    /// The column of who was acted upon.
    pub to: String,
    /// The column of the moment.
    pub at: String,
    /// How the sponsor is found.
    pub sponsor: FirstRater,
}

/// How the sponsor is found from edges.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FirstRater {
    /// The first who acted upon the member. Where that person stands below the member, the member
    /// gets no sponsor, and the report says so.
    FirstRater,
}

/// Rules for orders.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OrderRules {
    /// What makes a row part of a return.
    pub returns: Returns,
}

/// What makes a row part of a return, and where the goods came from.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Returns {
    /// Orders whose number begins like this are returns.
    pub when_number_starts_with: Option<String>,
    /// Rows with a negative quantity are returns.
    pub negative_quantity: bool,
    /// How the original order is found.
    pub original: Original,
    /// What happens to a return whose original is not found.
    pub unmatched: Unmatched,
    /// Numbers of accounts that stand for buyers nobody knows: what one of them brings back was not
    /// bought by the same person, so no original is looked for.
    pub unknown_buyers: Vec<String>,
}

/// How the original order of a return is found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Original {
    /// From the column mapped to `original`.
    #[default]
    Column,
    /// The member's most recent earlier purchase of the product of which enough is left; older ones after it.
    Derive,
}

/// What happens to a return whose original is not found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Unmatched {
    /// The order is rejected.
    #[default]
    Reject,
    /// It comes in with its money and without volume: the sale it undoes never earned here.
    Accept,
}
