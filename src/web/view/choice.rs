//! Filters of a list: what can be chosen, and what is on.

use super::Address;

/// A choice of a select.
pub struct Choice {
    /// What the form sends.
    pub value: String,
    /// What people read.
    pub label: String,
    /// Whether it is the present one.
    pub is_chosen: bool,
}

impl Choice {
    /// A choice of each of these.
    pub fn list<T: PartialEq>(all: &[T], told: impl Fn(&T) -> (&'static str, String), chosen: Option<&T>) -> Vec<Self> {
        all.iter()
            .map(|one| {
                let (value, label) = told(one);
                Self { value: value.to_owned(), label, is_chosen: chosen == Some(one) }
            })
            .collect()
    }
}

/// A filter that is on.
pub struct Chip {
    /// What is filtered.
    pub label: &'static str,
    /// By what.
    pub value: String,
    /// The list without it.
    pub remove: String,
}

impl Chip {
    /// The filter `name` of a list's address.
    pub fn new(address: &Address, name: &str, label: &'static str, value: String) -> Self {
        Self { label, value, remove: address.without(name).to_string() }
    }
}
