//! A member's name on a page: as the person writes it, with its language, and a Latin form in brackets.

use std::fmt::{self, Write as _};

use super::address::segment;
use crate::domain::member::MemberStatus;
use crate::store::members::Member;

/// A member's name and number; shown, it is HTML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The number, such as `M-10482`.
    pub number: String,
    name: String,
    latin_name: String,
    language: String,
}

impl Person {
    /// The name of a member.
    pub fn of(member: &Member) -> Self {
        Self {
            number: member.number.clone(),
            name: member.name.clone(),
            latin_name: member.latin_name.clone(),
            language: member.language.clone(),
        }
    }

    /// The member's page.
    pub fn href(&self) -> String {
        format!("/members/{}", segment(&self.number))
    }

    /// The name without any mark, for titles and labels.
    pub fn plain(&self) -> String {
        if self.latin_name.is_empty() { self.name.clone() } else { format!("{} ({})", self.name, self.latin_name) }
    }

    /// At most two letters in place of a picture.
    pub fn initials(&self) -> String {
        let shown = if self.latin_name.is_empty() { &self.name } else { &self.latin_name };
        let letters: Vec<char> =
            shown.split_whitespace().filter_map(|word| word.chars().find(|c| c.is_alphabetic())).collect();
        match letters.as_slice() {
            [] => "?".to_owned(),
            [only] => only.to_string(),
            [first, .., last] => format!("{first}{last}"),
        }
    }
}

impl fmt::Display for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A name with a Latin form is written in the script of the member's language.
        if self.latin_name.is_empty() || self.language.is_empty() {
            f.write_str("<bdi>")?;
        } else {
            f.write_str("<bdi lang=\"")?;
            escaped(f, &self.language)?;
            f.write_str("\">")?;
        }
        escaped(f, &self.name)?;
        f.write_str("</bdi>")?;
        if !self.latin_name.is_empty() {
            f.write_str(" (")?;
            escaped(f, &self.latin_name)?;
            f.write_char(')')?;
        }
        Ok(())
    }
}

impl askama::filters::HtmlSafe for Person {}

fn escaped(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    for c in text.chars() {
        match c {
            '&' => f.write_str("&amp;")?,
            '<' => f.write_str("&lt;")?,
            '>' => f.write_str("&gt;")?,
            '"' => f.write_str("&quot;")?,
            '\'' => f.write_str("&#39;")?,
            c => f.write_char(c)?,
        }
    }
    Ok(())
}

/// The word for a state of a member and the class of its badge.
pub const fn status_badge(status: MemberStatus) -> (&'static str, &'static str) {
    match status {
        MemberStatus::Active => ("Active", "b-pos"),
        MemberStatus::Inactive => ("Inactive", ""),
        MemberStatus::Suspended => ("On hold", "b-neg"),
        MemberStatus::Terminated => ("Terminated", ""),
    }
}

/// A word of the program as it begins a line: `distributor` → `Distributor`.
pub fn capital(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map(|first| first.to_uppercase().to_string() + chars.as_str()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_carries_its_language_and_never_its_marks() {
        let mut person = Person {
            number: "M-1/2".into(),
            name: "佐藤 <美咲>".into(),
            latin_name: "Misaki Satō".into(),
            language: "ja".into(),
        };
        assert_eq!(person.to_string(), "<bdi lang=\"ja\">佐藤 &lt;美咲&gt;</bdi> (Misaki Satō)");
        assert_eq!((person.href(), person.initials()), ("/members/M-1%2F2".to_owned(), "MS".to_owned()));
        person.latin_name.clear();
        assert_eq!(person.to_string(), "<bdi>佐藤 &lt;美咲&gt;</bdi>");
    }
}
