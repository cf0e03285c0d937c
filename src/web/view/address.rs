//! Addresses of pages: parts of a path, and the question after it with one thing changed.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

const KEPT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// A number or code as one part of a path or a value of a query.
pub fn segment(text: &str) -> String {
    utf8_percent_encode(text, KEPT).to_string()
}

/// What is asked for in an address, in order: `path?name=value&…`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Address {
    path: String,
    asked: Vec<(&'static str, String)>,
}

impl Address {
    /// A path without questions.
    pub fn new(path: impl Into<String>) -> Self {
        Self { path: path.into(), asked: Vec::new() }
    }

    /// The same with a value; an empty one is left out, a present one replaced.
    #[must_use]
    pub fn with(&self, name: &'static str, value: impl ToString) -> Self {
        let mut next = self.without(name);
        let value = value.to_string();
        if !value.is_empty() {
            next.asked.push((name, value));
        }
        next
    }

    /// The same with one more value of this name.
    #[must_use]
    pub fn and(mut self, name: &'static str, value: impl ToString) -> Self {
        self.asked.push((name, value.to_string()));
        self
    }

    /// The same without any value of this name.
    #[must_use]
    pub fn without(&self, name: &str) -> Self {
        let asked = self.asked.iter().filter(|(known, _)| *known != name).cloned().collect();
        Self { path: self.path.clone(), asked }
    }

    /// The same questions asked of another path.
    #[must_use]
    pub fn moved_to(&self, path: String) -> Self {
        Self { path, asked: self.asked.clone() }
    }

    /// The names and values, for the hidden fields of a form.
    pub fn asked(&self) -> &[(&'static str, String)] {
        &self.asked
    }
}

impl std::fmt::Display for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.path)?;
        for (index, (name, value)) in self.asked.iter().enumerate() {
            write!(f, "{}{name}={}", if index == 0 { '?' } else { '&' }, segment(value))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_thing_changes_and_the_rest_stays() {
        let address = Address::new("/members").with("q", "a b&c").with("page", 2);
        assert_eq!(address.to_string(), "/members?q=a%20b%26c&page=2");
        assert_eq!(address.with("page", 3).without("q").to_string(), "/members?page=3");
        assert_eq!(address.with("q", "").to_string(), "/members?page=2");
    }
}
