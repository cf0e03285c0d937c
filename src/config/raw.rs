//! What was said, and where: the values of every source as text, the strongest source first. It gives no meaning.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::fault::{ConfigFault, ConfigFaults};
use super::{file, keys};

/// The configuration file that is read when none is named, if it is there.
pub const USUAL_FILE: &str = "/etc/mainstay/config.toml";

/// Variables that belong to the scripts around the program, not to its configuration.
const NOT_KEYS: &[&str] = &["MAINSTAY_CONFIG", "MAINSTAY_DEMO_", "MAINSTAY_TEST_", "MAINSTAY_INSTALL_"];

/// Where a value was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// A flag on the command line.
    CommandLine(String),
    /// An environment variable.
    Environment(String),
    /// A credential that systemd handed over.
    Credential(PathBuf),
    /// A line of the configuration file.
    File {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
    },
    /// Nobody said anything.
    Default,
}

impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::CommandLine(flag) => write!(f, "command line {flag}"),
            Self::Environment(name) => write!(f, "environment {name}"),
            Self::Credential(path) => write!(f, "credential {}", path.display()),
            Self::File { path, line } => write!(f, "{}:{line}", path.display()),
            Self::Default => f.write_str("default"),
        }
    }
}

/// One value as it was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// The texts: one, or several for a list.
    pub values: Vec<String>,
    /// Where.
    pub origin: Origin,
}

/// Everything that can say something, taken from the process once.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// Flags: the key, its value, and how the flag is written.
    pub flags: Vec<(String, String, String)>,
    /// Environment variables.
    pub environment: Vec<(String, String)>,
    /// The folder of systemd's credentials.
    pub credentials: Option<PathBuf>,
    /// The configuration file; nothing is read when there is none.
    pub file: Option<PathBuf>,
    /// Whether the file was named: then it must be there.
    pub file_is_named: bool,
}

impl Sources {
    /// What this process was started with.
    pub fn of_process(flags: Vec<(String, String, String)>, file: Option<PathBuf>) -> Self {
        let environment = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .filter(|(name, _)| name.starts_with("MAINSTAY_"))
            .collect();
        let file = file.or_else(|| std::env::var_os("MAINSTAY_CONFIG").map(PathBuf::from));
        Self {
            flags,
            environment,
            credentials: std::env::var_os("CREDENTIALS_DIRECTORY").map(PathBuf::from),
            file_is_named: file.is_some(),
            file: Some(file.unwrap_or_else(|| PathBuf::from(USUAL_FILE))),
        }
    }
}

/// What was said about each key; a key that isn't in it keeps its default.
#[derive(Debug, Default)]
pub struct Raw(BTreeMap<&'static str, Said>);

/// The text of the configuration file, which is never long.
fn read(path: &Path) -> std::io::Result<String> {
    const MOST: u64 = 1_000_000;
    let mut text = String::new();
    std::fs::File::open(path)?.take(MOST + 1).read_to_string(&mut text)?;
    if text.len() as u64 > MOST {
        return Err(std::io::Error::other(format!("it has more than {MOST} bytes; is it the right file?")));
    }
    Ok(text)
}

impl Raw {
    /// Collects all sources; every fault of every source is reported.
    pub fn gather(sources: &Sources) -> Result<Self, ConfigFaults> {
        let mut raw = Self::default();
        let mut faults = Vec::new();
        raw.take_flags(sources, &mut faults);
        raw.take_environment(sources, &mut faults);
        raw.take_credentials(sources, &mut faults);
        raw.take_file(sources, &mut faults);
        if faults.is_empty() { Ok(raw) } else { Err(ConfigFaults(faults)) }
    }

    /// What was said about the key called `name`.
    pub fn said(&self, name: &str) -> Option<&Said> {
        self.0.get(name)
    }

    fn keep(&mut self, key: &'static str, said: Said) {
        self.0.entry(key).or_insert(said);
    }

    fn take_flags(&mut self, sources: &Sources, faults: &mut Vec<ConfigFault>) {
        for (name, value, flag) in &sources.flags {
            self.take_text(name, value, Origin::CommandLine(flag.clone()), faults);
        }
    }

    fn take_environment(&mut self, sources: &Sources, faults: &mut Vec<ConfigFault>) {
        let mut variables: Vec<_> = sources.environment.iter().collect();
        variables.sort();
        for (variable, value) in variables {
            if let Some(name) = variable.strip_prefix("MAINSTAY_")
                && !NOT_KEYS.iter().any(|prefix| variable.starts_with(prefix))
            {
                self.take_text(&name.to_ascii_lowercase(), value, Origin::Environment(variable.clone()), faults);
            }
        }
    }

    fn take_credentials(&mut self, sources: &Sources, faults: &mut Vec<ConfigFault>) {
        let Some(folder) = &sources.credentials else { return };
        for key in keys::KEYS {
            let path = folder.join(key.name);
            match std::fs::read_to_string(&path) {
                Ok(text) => {
                    self.take_text(key.name, text.trim_end_matches(['\r', '\n']), Origin::Credential(path), faults);
                }
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(source) => faults.push(ConfigFault::Unreadable { path, source }),
            }
        }
    }

    fn take_file(&mut self, sources: &Sources, faults: &mut Vec<ConfigFault>) {
        let Some(path) = &sources.file else { return };
        match read(path) {
            Ok(text) => {
                let (said, mut found) = file::read(path, &text);
                for (key, said) in said {
                    self.keep(key, said);
                }
                faults.append(&mut found);
            }
            // The usual file may be missing; one that was named may not.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && !sources.file_is_named => {}
            Err(source) => faults.push(ConfigFault::Unreadable { path: path.clone(), source }),
        }
    }

    fn take_text(&mut self, name: &str, value: &str, origin: Origin, faults: &mut Vec<ConfigFault>) {
        let Some(key) = keys::find(name) else {
            faults.push(ConfigFault::UnknownKey { origin, key: name.to_owned(), nearest: keys::nearest(name) });
            return;
        };
        let values = if key.list {
            value.split(':').filter(|part| !part.is_empty()).map(str::to_owned).collect()
        } else {
            vec![value.to_owned()]
        };
        self.keep(key.name, Said { values, origin });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(a: &str, b: &str) -> (String, String) {
        (a.to_owned(), b.to_owned())
    }

    #[test]
    fn the_nearer_source_wins() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("config.toml");
        std::fs::write(&file, "listen = \"1.1.1.1:1\"\nsmtp = \"file:f\"\nlog_level = \"warn\"\nworkers = 1\n")
            .unwrap();
        let credentials = folder.path().join("credentials");
        std::fs::create_dir(&credentials).unwrap();
        std::fs::write(credentials.join("smtp"), "smtp://u:p@h\n").unwrap();
        std::fs::write(credentials.join("workers"), "2\n").unwrap();
        let sources = Sources {
            flags: vec![("listen".into(), "3.3.3.3:3".into(), "--listen".into())],
            environment: vec![pair("MAINSTAY_LISTEN", "2.2.2.2:2"), pair("MAINSTAY_WORKERS", "3"), pair("PATH", "/")],
            credentials: Some(credentials),
            file: Some(file.clone()),
            file_is_named: true,
        };
        let raw = Raw::gather(&sources).unwrap();
        let said = |name: &str| raw.said(name).unwrap();
        assert_eq!(said("listen").values, ["3.3.3.3:3"]);
        assert_eq!(said("workers").origin, Origin::Environment("MAINSTAY_WORKERS".into()));
        assert_eq!(said("smtp").values, ["smtp://u:p@h"]);
        assert_eq!(said("log_level").origin, Origin::File { path: file, line: 3 });
        assert!(raw.said("database").is_none());
    }

    #[test]
    fn an_unknown_variable_is_a_fault_and_the_scripts_own_are_not() {
        let sources = Sources {
            environment: vec![pair("MAINSTAY_DATABSE", "x"), pair("MAINSTAY_TEST_POSTGRES", "x")],
            ..Sources::default()
        };
        assert_eq!(
            Raw::gather(&sources).unwrap_err().to_string(),
            "environment MAINSTAY_DATABSE: there is no key “databse”; did you mean “database”?"
        );
    }

    #[test]
    fn a_file_that_was_named_must_be_there() {
        let sources = Sources { file: Some("/nowhere/config.toml".into()), file_is_named: true, ..Sources::default() };
        let said = Raw::gather(&sources).unwrap_err().to_string();
        assert!(said.starts_with("/nowhere/config.toml: cannot be read: No such file"), "{said}");
    }
}
