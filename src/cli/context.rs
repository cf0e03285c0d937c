//! What every command can ask for: the settings of this installation, and the clock.

use std::path::PathBuf;

use crate::clock::Clock;
use crate::config::{self, Settings, Sources};
use crate::store::{DatabaseUrl, Db};

use super::Failure;

const DATABASE_HELP: &str = "Database: sqlite:PATH or postgres://USER@HOST/NAME";
const SET_HELP: &str = "Any other key of the configuration, for example --set log_level=debug";

/// Flags that every command takes.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct GlobalArgs {
    /// Configuration file [default: /etc/mainstay/config.toml, if it is there]
    #[arg(long, global = true, value_name = "FILE", help_heading = "Settings")]
    pub config: Option<PathBuf>,
    /// The database
    #[arg(long, global = true, value_name = "URL", help_heading = "Settings", help = DATABASE_HELP)]
    pub database: Option<String>,
    /// Folder for everything kept on disk
    #[arg(long, global = true, value_name = "DIR", help_heading = "Settings")]
    pub data_dir: Option<String>,
    /// Any other key of the configuration
    #[arg(long, global = true, value_name = "KEY=VALUE", help_heading = "Settings", help = SET_HELP)]
    pub set: Vec<String>,
}

/// What a command works with.
#[derive(Debug)]
pub struct Context {
    global: GlobalArgs,
    /// The machine's clock.
    pub clock: Clock,
}

impl Context {
    /// A context for these flags; nothing is read yet.
    pub fn new(global: GlobalArgs) -> Self {
        Self { global, clock: Clock::System }
    }

    /// The same flags with another configuration file.
    #[must_use]
    pub fn with_config(&self, file: PathBuf) -> Self {
        Self { global: GlobalArgs { config: Some(file), ..self.global.clone() }, clock: self.clock.clone() }
    }

    /// The database, where a flag names one.
    pub fn database(&self) -> Option<&str> {
        self.global.database.as_deref()
    }

    /// The settings. Also sets the log level.
    pub fn settings(&self) -> Result<Settings, Failure> {
        self.settings_with(Vec::new())
    }

    /// The settings, with flags of the command's own as (key, value, flag); they beat everything.
    pub fn settings_with(&self, mut flags: Vec<(String, String, String)>) -> Result<Settings, Failure> {
        let mut flag = |key: &str, value: &Option<String>, written: &str| {
            if let Some(value) = value {
                flags.push((key.to_owned(), value.clone(), written.to_owned()));
            }
        };
        flag("database", &self.global.database, "--database");
        flag("data_dir", &self.global.data_dir, "--data-dir");
        for pair in &self.global.set {
            let Some((key, value)) = pair.split_once('=') else {
                return Err(Failure::usage(format!("--set {pair}: write --set KEY=VALUE")));
            };
            flag(key, &Some(value.to_owned()), "--set");
        }
        let settings = config::load(&Sources::of_process(flags, self.global.config.clone()))?;
        crate::log::install(settings.log_level);
        Ok(settings)
    }

    /// The settings, and the database of a company opened and brought up to date; refused where there is none.
    pub fn open(&self) -> Result<(Settings, Db), Failure> {
        let settings = self.settings()?;
        if !Db::is_there(&settings.database)? {
            let url = &settings.database;
            let message = format!("there is no database at {url}; run mainstay setup, or name another with --database");
            return Err(Failure::failed(message));
        }
        let db = open_database(&settings)?;
        Ok((settings, db))
    }

    /// The same; the database is made where it is not there.
    pub fn open_or_make(&self) -> Result<(Settings, Db), Failure> {
        let settings = self.settings()?;
        let db = open_database(&settings)?;
        Ok((settings, db))
    }
}

/// Opens the database; the folder of the data is made when the database is to lie in it.
pub fn open_database(settings: &Settings) -> Result<Db, Failure> {
    if let DatabaseUrl::Sqlite(file) = &settings.database
        && file.starts_with(&settings.data_dir)
    {
        let fault = |error| {
            let folder = settings.data_dir.display();
            Failure::failed(format!(
                "the folder {folder} cannot be made: {error}; make it, or choose another by data_dir"
            ))
        };
        make_private_folder(&settings.data_dir).map_err(fault)?;
    }
    Ok(Db::open(&settings.database)?)
}

fn make_private_folder(folder: &std::path::Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}
