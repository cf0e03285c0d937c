//! The keys of the configuration: one table, from which reading, checking, showing and the example file follow.

use crate::text;

/// One key.
#[derive(Debug)]
pub struct Key {
    /// The name, in the file; in the environment it is `MAINSTAY_` and the name in capitals.
    pub name: &'static str,
    /// Whether it takes several values (an array in the file, separated by `:` elsewhere).
    pub list: bool,
    /// What it is for, in one sentence.
    pub about: &'static str,
    /// The default, in words where it follows from another key.
    pub default: &'static str,
}

const fn key(name: &'static str, default: &'static str, about: &'static str) -> Key {
    Key { name, list: false, about, default }
}

/// Every key there is.
pub const KEYS: &[Key] = &[
    key("data_dir", "/var/lib/mainstay", "Folder for everything Mainstay keeps on disk."),
    key("database", "sqlite:DATA_DIR/mainstay.db", "Where the data lives: sqlite:PATH or postgres://USER@HOST/NAME."),
    key("listen", "127.0.0.1:8480", "Address and port of the console."),
    key("public_url", "http:// and the listen address", "Address of the console as people type it; used in links."),
    key(
        "secure_cookies",
        "true if public_url starts with https",
        "Whether the session cookie travels over HTTPS only.",
    ),
    key("smtp", "", "Mail relay: smtp://USER:PASSWORD@HOST:587, smtps://…, or file:FOLDER for a Maildir."),
    key("mail_from", "", "Sender of every mail, for example: Acme Back Office <office@example.com>."),
    key("log_level", "info", "How much to log: error, warn, info, debug or trace."),
    Key {
        name: "fonts",
        list: true,
        about: "Font files for characters of statements that the built-in fonts lack, tried in this order.",
        default: "",
    },
    key("workers", "one per processor", "How many jobs run at the same time."),
];

/// The key called `name`.
pub fn find(name: &str) -> Option<&'static Key> {
    KEYS.iter().find(|key| key.name == name)
}

impl Key {
    /// The name of its environment variable.
    pub fn variable(&self) -> String {
        format!("MAINSTAY_{}", self.name.to_ascii_uppercase())
    }
}

/// The known key that is nearest to `name`, if any is near enough to be a slip.
pub fn nearest(name: &str) -> Option<&'static str> {
    text::nearest(&name.replace('-', "_"), KEYS.iter().map(|key| key.name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_finds_its_key_and_nonsense_finds_none() {
        assert_eq!(nearest("databse"), Some("database"));
        assert_eq!(nearest("data-base"), Some("database"));
        assert_eq!(nearest("Listen"), Some("listen"));
        assert_eq!(nearest("mailfrom"), Some("mail_from"));
        assert_eq!(nearest("company_name"), None);
    }
}
