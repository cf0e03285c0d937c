//! Names and addresses as they may stand in a header. Nothing typed by a person can start a header of its own.

use lettre::Address;
use lettre::message::Mailbox as LettreMailbox;

use super::statement::MailFault;

/// The longest display name put into a header; longer ones are cut.
const NAME_LIMIT: usize = 120;

/// A display name with an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mailbox {
    /// The name as people write it, any script; may be empty.
    pub name: String,
    /// The address, `local@domain`.
    pub address: String,
}

impl Mailbox {
    /// A mailbox of a name and an address.
    pub fn new(name: impl Into<String>, address: impl Into<String>) -> Self {
        Self { name: name.into(), address: address.into() }
    }

    /// Reads `Name <address>` or a bare address.
    pub fn parse(text: &str) -> Result<Self, MailFault> {
        let text = text.trim();
        let (name, address) = match text.strip_suffix('>').and_then(|rest| rest.rsplit_once('<')) {
            Some((name, address)) => (name.trim().trim_matches('"'), address),
            None => ("", text),
        };
        read_address(address)?;
        Ok(Self::new(header_text(name, NAME_LIMIT), address))
    }

    pub(super) fn to_header(&self) -> Result<LettreMailbox, MailFault> {
        let name = header_text(&self.name, NAME_LIMIT);
        Ok(LettreMailbox::new((!name.is_empty()).then_some(name), read_address(&self.address)?))
    }
}

/// Reads an address, refusing anything that could end a header line or an SMTP command.
pub fn read_address(text: &str) -> Result<Address, MailFault> {
    let refused = || MailFault::NotAnAddress(text.chars().take(80).collect());
    if text.len() > 254 || text.chars().any(|c| c.is_control() || c.is_whitespace() || c == '<' || c == '>') {
        return Err(refused());
    }
    text.parse().map_err(|_| refused())
}

/// A text as it may stand in a header: control characters become spaces, runs of spaces one, cut at `limit` characters.
pub fn header_text(text: &str, limit: usize) -> String {
    let line: String = text.chars().map(|c| if is_unfit(c) { ' ' } else { c }).collect();
    line.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(limit).collect::<String>().trim_end().to_owned()
}

/// Control characters, line and paragraph separators, and marks that turn the direction of what follows.
fn is_unfit(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_never_reach_a_header() {
        assert_eq!(header_text("Ana\r\nBcc: x@y\t\u{2028} \u{202e}z ", 99), "Ana Bcc: x@y z");
        assert_eq!(header_text(&"ž".repeat(4096), 120).chars().count(), 120);
    }

    #[test]
    fn a_sender_is_read_with_and_without_a_name() {
        let read = |text: &str| Mailbox::parse(text).map(|found| (found.name, found.address)).ok();
        let both = |name: &str, address: &str| Some((name.to_owned(), address.to_owned()));
        assert_eq!(read("Acme Office <office@example.com>"), both("Acme Office", "office@example.com"));
        assert_eq!(read("\"Ångström, Inc.\" <a@example.com>"), both("Ångström, Inc.", "a@example.com"));
        assert_eq!(read("office@example.com"), both("", "office@example.com"));
        assert_eq!([read("Acme"), read("Acme <>"), read("<a@b> x"), read("a@b, c@d")], [None, None, None, None]);
    }

    #[test]
    fn an_address_is_one_address() {
        assert!(read_address("ana@example.com").is_ok());
        assert!(read_address("šárka@příklad.cz").is_ok());
        for text in ["", "ana", "a@b@c", "ana@example.com\r\nDATA", "ana@example.com>", "a b@example.com", "a@b,c@d"] {
            assert!(read_address(text).is_err(), "{text:?}");
        }
    }
}
