//! Which database: an address, split by its scheme. It opens nothing.

use std::path::PathBuf;
use std::str::FromStr;

use super::Secret;

/// The address of the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// The embedded database, in this file.
    Sqlite(PathBuf),
    /// A Postgres server; the whole address, password included.
    Postgres(Secret),
}

/// Said when an address is neither of the two.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is no database address; write sqlite:PATH or postgres://USER@HOST/NAME")]
pub struct NotADatabase(String);

impl FromStr for DatabaseUrl {
    type Err = NotADatabase;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Some(path) = text.strip_prefix("sqlite:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            // An empty path or :memory: would be a database that forgets.
            if !path.is_empty() && path != ":memory:" {
                return Ok(Self::Sqlite(PathBuf::from(path)));
            }
        } else if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Ok(Self::Postgres(Secret::new(text)));
        }
        Err(NotADatabase(super::secret::mask(text)))
    }
}

impl std::fmt::Display for DatabaseUrl {
    /// The address without its password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Self::Postgres(url) => write!(f, "{url}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scheme_decides() {
        assert_eq!("sqlite:/a/b.db".parse(), Ok(DatabaseUrl::Sqlite("/a/b.db".into())));
        assert_eq!("sqlite:///a/b.db".parse(), Ok(DatabaseUrl::Sqlite("/a/b.db".into())));
        assert_eq!("sqlite:b.db".parse(), Ok(DatabaseUrl::Sqlite("b.db".into())));
        assert!(matches!("postgres://u:p@h/n".parse(), Ok(DatabaseUrl::Postgres(_))));
        for wrong in ["", "sqlite:", "sqlite::memory:", "mysql://u@h/n", "/a/b.db", "Postgres://h"] {
            assert!(wrong.parse::<DatabaseUrl>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_password_never_shows_in_the_message() {
        let said = "mysql://u:s3cret@h/n".parse::<DatabaseUrl>().unwrap_err().to_string();
        assert!(!said.contains("s3cret"), "{said}");
    }
}
