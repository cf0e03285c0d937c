//! What a relay says it can do, from its answer to EHLO.

use super::reply::Reply;

/// The abilities we ask for.
#[expect(clippy::struct_excessive_bools, reason = "each is an ability of its own, none excludes another")]
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Extensions {
    /// Can switch to an encrypted line.
    pub starttls: bool,
    /// Takes lines with eighth bits.
    pub eight_bit: bool,
    /// Takes addresses in any script.
    pub smtp_utf8: bool,
    /// Knows the login ways PLAIN and LOGIN.
    pub auth_plain: bool,
    /// See `auth_plain`.
    pub auth_login: bool,
    /// The largest message it takes, in bytes, where it says so.
    pub size_limit: Option<usize>,
}

impl Extensions {
    /// Reads the answer to EHLO; unknown lines are passed over.
    pub fn read(reply: &Reply) -> Self {
        let mut found = Self::default();
        for line in reply.lines.iter().skip(1) {
            let mut words = line.split([' ', '=', '\t']).filter(|word| !word.is_empty());
            match words.next().unwrap_or_default().to_ascii_uppercase().as_str() {
                "STARTTLS" => found.starttls = true,
                "8BITMIME" => found.eight_bit = true,
                "SMTPUTF8" => found.smtp_utf8 = true,
                "SIZE" => found.size_limit = words.next().and_then(|n| n.parse().ok()).filter(|n| *n > 0),
                "AUTH" => {
                    for way in words {
                        found.auth_plain |= way.eq_ignore_ascii_case("PLAIN");
                        found.auth_login |= way.eq_ignore_ascii_case("LOGIN");
                    }
                }
                _ => {}
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn abilities_are_read_whatever_their_case() {
        let text = b"250-relay\r\n250-size 1000\r\n250-AUTH=LOGIN plain\r\n250- \r\n250-starttls\r\n250 8BITMIME\r\n";
        let found = Extensions::read(&Reply::read(text).unwrap().unwrap().0);
        let expected = Extensions {
            starttls: true,
            eight_bit: true,
            smtp_utf8: false,
            auth_plain: true,
            auth_login: true,
            size_limit: Some(1000),
        };
        assert_eq!(found, expected);
    }

    #[test]
    fn the_first_line_is_a_name_and_not_an_ability() {
        let found = Extensions::read(&Reply::read(b"250 STARTTLS\r\n").unwrap().unwrap().0);
        assert_eq!(found, Extensions::default());
    }
}
