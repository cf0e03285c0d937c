//! What can be wrong with a configuration, each with its place and its remedy.

use std::path::PathBuf;

use super::raw::Origin;

/// One thing that is wrong.
#[derive(Debug, thiserror::Error)]
pub enum ConfigFault {
    /// A key that doesn't exist.
    #[error("{origin}: there is no key “{key}”{}", nearest.map(|n| format!("; did you mean “{n}”?")).unwrap_or_default())]
    UnknownKey {
        /// Where it was said.
        origin: Origin,
        /// What was said.
        key: String,
        /// The key that is probably meant.
        nearest: Option<&'static str>,
    },
    /// A value that the key can't take.
    #[error("{origin}: {key}: {reason}")]
    BadValue {
        /// Where it was said.
        origin: Origin,
        /// The key.
        key: &'static str,
        /// What is wrong and what to write instead.
        reason: String,
    },
    /// The file isn't TOML.
    #[error("{}:{line}: this is not valid TOML: {message}", path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What the parser says.
        message: String,
    },
    /// A file that was named can't be read.
    #[error("{}: cannot be read: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

/// Everything that is wrong, in the order of reading.
#[derive(Debug)]
pub struct ConfigFaults(pub Vec<ConfigFault>);

impl std::fmt::Display for ConfigFaults {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (index, fault) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{fault}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigFaults {}

impl From<ConfigFault> for ConfigFaults {
    fn from(fault: ConfigFault) -> Self {
        Self(vec![fault])
    }
}
