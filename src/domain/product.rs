//! Products: what is sold, at which price, with which volumes.

use super::words::words;

words! {
    /// Who pays this price.
    PriceType, "price type" {
        /// What a retail customer pays.
        Retail = "retail",
        /// What a preferred customer pays.
        Preferred = "preferred",
        /// What a distributor pays; the difference to it is the retail profit.
        Wholesale = "wholesale",
    }
}

words! {
    /// Whether a product may be ordered.
    ProductStatus, "product status" {
        /// May be ordered.
        Active = "active",
        /// Stays for old orders, may not be ordered.
        Discontinued = "discontinued",
    }
}

/// Why a text cannot be a product line, which plans name as one word; `None` for one that can, and for none at all.
pub fn product_line_fault(line: &str) -> Option<&'static str> {
    let well = line.is_empty() || super::measures::is_name(line);
    (!well).then_some("A product line is one word of letters, digits and _, a letter first, at most 40")
}

impl PriceType {
    /// The price that a member of this kind pays.
    pub const fn of(kind: super::member::MemberKind) -> Self {
        match kind {
            super::member::MemberKind::Distributor => Self::Wholesale,
            super::member::MemberKind::Preferred => Self::Preferred,
            super::member::MemberKind::Retail => Self::Retail,
        }
    }
}
