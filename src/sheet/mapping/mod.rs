//! The mapping: what the columns of a file mean. A TOML file, read strictly: an unknown key is a fault
//! with its line and the nearest known key. It reads no CSV.

mod column;
mod format;
mod read;
mod rules;

pub use column::{Case, Column, Columns, Spread, VolumeFrom};
pub use format::FileFormat;
pub use read::MappingFault;
pub use rules::{EdgeRules, OrderRules, Original, Repeats, Returns, RowRules, SkipRule, Unmatched};

use serde::Deserialize;

/// Before the name of a further volume among the columns.
pub const MEASURES: &str = "measures.";
/// Before the name of an attribute of members.
pub const ATTRIBUTES: &str = "attributes.";

/// What the rows of a file are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ImportKind {
    /// Members, one a row, or the two ends of an edge.
    Members,
    /// Products with their prices.
    Products,
    /// Lines of orders; rows with the same number are one order.
    Orders,
}

impl ImportKind {
    /// The word, as in the mapping file and on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Members => "members",
            Self::Products => "products",
            Self::Orders => "orders",
        }
    }

    /// The fields that rows of this kind may have, and whether they must be mapped.
    pub const fn fields(self) -> &'static [(&'static str, bool)] {
        match self {
            Self::Members => &[
                ("number", true),
                ("name", true),
                ("joined_on", true),
                ("kind", false),
                ("status", false),
                ("sponsor", false),
                ("enroller", false),
                ("latin_name", false),
                ("email", false),
                ("phone", false),
                ("country", false),
                ("language", false),
                ("street", false),
                ("postal_code", false),
                ("city", false),
                ("person", false),
            ],
            Self::Products => &[
                ("sku", true),
                ("name", true),
                ("line", false),
                ("price", true),
                ("preferred_price", false),
                ("wholesale_price", false),
                ("currency", false),
                ("qv", false),
                ("cv", false),
                ("from_day", false),
                ("status", false),
            ],
            Self::Orders => &[
                ("number", true),
                ("member", true),
                ("sku", true),
                ("quantity", true),
                ("unit_price", true),
                ("ordered_at", true),
                ("paid_on", false),
                ("currency", false),
                ("order_type", false),
                ("payment", false),
                ("name", false),
                ("qv", false),
                ("cv", false),
                ("wholesale", false),
                ("original", false),
                ("through", false),
            ],
        }
    }
}

impl std::fmt::Display for ImportKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for ImportKind {
    type Err = crate::domain::words::UnknownWord;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [Self::Members, Self::Products, Self::Orders].into_iter().find(|kind| kind.as_str() == text).ok_or_else(|| {
            crate::domain::words::UnknownWord {
                given: text.chars().take(60).collect(),
                kind: "kind of import",
                known: "members, products, orders".to_owned(),
            }
        })
    }
}

/// A mapping file, read and checked.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// What the rows are.
    pub kind: ImportKind,
    /// How the file is written.
    #[serde(default)]
    pub file: FileFormat,
    /// Which column means what. Those of [`MEASURES`] and [`ATTRIBUTES`] stand here too, behind these prefixes.
    pub columns: Columns,
    /// For products and orders: further volumes by name, until they are moved to the columns.
    #[serde(default)]
    measures: Columns,
    /// For members: what they have besides, by name, until it is moved to the columns.
    #[serde(default)]
    attributes: Columns,
    /// How rows of one member or product repeat.
    #[serde(default)]
    pub rows: RowRules,
    /// Rows that are left out on purpose.
    #[serde(default)]
    pub skip: Vec<SkipRule>,
    /// For members: rows are edges of a network.
    pub edges: Option<EdgeRules>,
    /// For orders: returns and their originals.
    #[serde(default)]
    pub orders: OrderRules,
}

impl Mapping {
    /// Reads a mapping file.
    ///
    /// # Errors
    /// The first fault, with its line and what to write instead.
    pub fn read(text: &str, file_name: &str) -> Result<Self, MappingFault> {
        read::read(text, file_name)
    }

    /// The columns of the file that the mapping needs.
    pub fn needed_columns(&self) -> Vec<&str> {
        let mut needed: Vec<&str> = match &self.edges {
            Some(edges) => vec![&edges.from, &edges.to, &edges.at],
            None => self.columns.named().collect(),
        };
        needed.extend(self.skip.iter().map(|rule| rule.column.as_str()));
        needed.sort_unstable();
        needed.dedup();
        needed
    }
}
