//! How a command ends when it doesn't succeed: a message for the person, and an exit code for the script.

use crate::config::ConfigFaults;

/// Why a command stopped.
#[derive(Debug)]
pub enum Failure {
    /// The work failed: exit code 1.
    Failed(String),
    /// The command line or the configuration is wrong: exit code 2.
    Usage(String),
    /// What was asked for was printed, and its answer is no: exit code 1 without a message.
    Told,
}

impl Failure {
    /// The work failed.
    pub fn failed(message: impl Into<String>) -> Self {
        Self::Failed(message.into())
    }

    /// The command line is wrong.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::Usage(message.into())
    }

    /// The exit code.
    pub fn code(&self) -> u8 {
        match self {
            Self::Failed(_) | Self::Told => 1,
            Self::Usage(_) => 2,
        }
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Failed(message) | Self::Usage(message) => f.write_str(message),
            Self::Told => Ok(()),
        }
    }
}

/// Any error ends the command; its causes follow it, unless it already tells them.
impl<E: std::error::Error + 'static> From<E> for Failure {
    fn from(error: E) -> Self {
        let mut message = error.to_string();
        let mut source = error.source();
        while let Some(cause) = source {
            let cause_says = cause.to_string();
            if !message.contains(&cause_says) {
                message = format!("{message}: {cause_says}");
            }
            source = cause.source();
        }
        let error: &dyn std::error::Error = &error;
        if error.is::<ConfigFaults>() { Self::Usage(message) } else { Self::Failed(message) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Settings, Sources, load};

    #[test]
    fn an_error_comes_with_its_causes() {
        let io = std::io::Error::other(std::io::Error::other("disk full"));
        assert_eq!(Failure::from(io).to_string(), "disk full");
    }

    #[test]
    fn a_wrong_configuration_has_its_own_code() {
        let flags = vec![("listen".to_owned(), "x".to_owned(), "--listen".to_owned())];
        let ended = |sources: &Sources| -> Result<Settings, Failure> { Ok(load(sources)?) };
        assert_eq!(ended(&Sources { flags, ..Sources::default() }).unwrap_err().code(), 2);
        assert_eq!(Failure::from(std::io::Error::other("x")).code(), 1);
    }
}
