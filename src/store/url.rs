//! Which database: `sqlite:PATH` or `postgres://…`, chosen at run time. The scheme decides; an
//! address is never guessed, so that a server that is down cannot turn into an empty file.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

/// Where the data lies.
#[derive(Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// A file of the embedded SQLite.
    Sqlite(PathBuf),
    /// A Postgres server, by its whole address.
    Postgres(String),
}

/// An address that names no database.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is not a database address; write sqlite:PATH or postgres://user@host/database")]
pub struct DatabaseUrlFault(pub String);

impl FromStr for DatabaseUrl {
    type Err = DatabaseUrlFault;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Some(path) = text.strip_prefix("sqlite:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            if path.is_empty() || path.contains(":memory:") {
                return Err(DatabaseUrlFault(text.to_owned()));
            }
            return Ok(Self::Sqlite(PathBuf::from(path)));
        }
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Ok(Self::Postgres(text.to_owned()));
        }
        Err(DatabaseUrlFault(text.chars().take(80).collect()))
    }
}

impl fmt::Display for DatabaseUrl {
    /// The address with a password masked.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Self::Postgres(url) => f.write_str(&masked(url)),
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

fn masked(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return "postgres://…".to_owned() };
    let shown = match rest.rsplit_once('@') {
        Some((login, host)) => match login.split_once(':') {
            Some((user, _)) => format!("{user}:…@{host}"),
            None => rest.to_owned(),
        },
        None => rest.to_owned(),
    };
    let shown = shown.split_once("password=").map_or(shown.clone(), |(before, _)| format!("{before}password=…"));
    format!("{scheme}://{shown}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scheme_decides_and_nothing_is_guessed() {
        assert_eq!("sqlite:/var/lib/x.db".parse(), Ok(DatabaseUrl::Sqlite(PathBuf::from("/var/lib/x.db"))));
        for wrong in ["", "mainstay.db", "sqlite:", "sqlite::memory:", "mysql://h/d", "postgres:h"] {
            assert!(wrong.parse::<DatabaseUrl>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_password_is_never_shown() {
        let url: DatabaseUrl = "postgres://ann:s3cret@db.example/mainstay".parse().unwrap();
        assert_eq!(format!("{url:?}"), "postgres://ann:…@db.example/mainstay");
        let url: DatabaseUrl = "postgres://db.example/m?user=ann&password=s3cret".parse().unwrap();
        assert!(!url.to_string().contains("s3cret"));
    }
}
