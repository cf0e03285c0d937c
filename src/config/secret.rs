//! Text that must not show: debug and display print it masked.

/// An address that may hold a password, or a text that is a secret as a whole.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps a text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself; for the one who opens the connection.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The text with every password in it replaced by `***`.
    pub fn masked(&self) -> String {
        mask(&self.0)
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}", self.masked())
    }
}

impl std::fmt::Display for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.masked())
    }
}

/// Replaces the password of an address (`scheme://user:password@host`, `?password=…`) by `***`.
pub fn mask(text: &str) -> String {
    let Some((scheme, rest)) = text.split_once("://") else { return text.to_owned() };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    // A password may hold any of these unescaped: the last @ before the query ends it.
    let query = rest.find('?').unwrap_or(rest.len());
    let at = rest[..end].rfind('@').or_else(|| rest[..query].rfind('@'));
    let (login, place) = match at {
        Some(at) => rest.split_at(at),
        None => ("", rest),
    };
    let login = match login.split_once(':') {
        Some((user, _)) => format!("{user}:***"),
        None => login.to_owned(),
    };
    format!("{scheme}://{login}{}", mask_query(place))
}

fn mask_query(place: &str) -> String {
    let Some((path, query)) = place.split_once('?') else { return place.to_owned() };
    let masked: Vec<String> = query
        .split('&')
        .map(|pair| match pair.split_once('=') {
            Some((name, _)) if name.contains("password") => format!("{name}=***"),
            _ => pair.to_owned(),
        })
        .collect();
    format!("{path}?{}", masked.join("&"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_do_not_show() {
        for (text, shown) in [
            ("smtp://office:s3cret@mail.example.com:587", "smtp://office:***@mail.example.com:587"),
            ("postgres://u:p@ss@db/mainstay", "postgres://u:***@db/mainstay"),
            ("postgres://u:p/w@db/mainstay", "postgres://u:***@db/mainstay"),
            (
                "postgres://db/m?user=u&password=p&sslmode=require",
                "postgres://db/m?user=u&password=***&sslmode=require",
            ),
            ("postgres://u@db/mainstay", "postgres://u@db/mainstay"),
            ("file:/srv/mail", "file:/srv/mail"),
        ] {
            assert_eq!(mask(text), shown);
            assert!(!format!("{:?} {}", Secret::new(text), Secret::new(text)).contains("s3cret"));
        }
    }
}
