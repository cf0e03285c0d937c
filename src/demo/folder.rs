//! The folder that a demo company lives in: its configuration, database, mails and statements. Nothing
//! outside the folder is touched, and nothing in it that the demo did not make.

use std::fs;
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

/// Why a demo company can't be made in a folder.
#[derive(Debug, thiserror::Error)]
pub enum FolderFault {
    /// Something else is there.
    #[error("{0} holds something already; name an empty folder, or use --force if a demo was begun in it")]
    Occupied(PathBuf),
    /// The system refused.
    #[error("{path} cannot be written: {reason}; name another folder, or make room")]
    Io {
        /// Which file or folder.
        path: PathBuf,
        /// What the system said.
        reason: io::Error,
    },
}

/// Files and folders that a demo makes, the mark of a finished one last.
const MADE: &[&str] = &[
    "config.toml",
    "mainstay.db",
    "mainstay.db-wal",
    "mainstay.db-shm",
    "mainstay.db-mail",
    "mail",
    "statements",
    "sign-in.txt",
    MARK,
];
const MARK: &str = "made";
/// How the configuration of a demo begins.
const FIRST_WORDS: &str = "# A demo company.";

/// A demo company's folder.
#[derive(Debug, Clone)]
pub struct Folder(PathBuf);

/// How a folder was found.
#[derive(Debug, Clone)]
pub enum Found {
    /// A demo company was finished here, from this recipe in words.
    Finished(Folder, String),
    /// Empty, and private to its owner.
    Empty(Folder),
}

impl Folder {
    /// Makes the folder, or looks at what is there. With `force`, what an earlier demo made is removed first.
    pub fn prepare(path: &Path, force: bool) -> Result<Found, FolderFault> {
        let fault = |reason| FolderFault::Io { path: path.to_owned(), reason };
        fs::DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(fault)?;
        let folder = Self(path.canonicalize().map_err(fault)?);
        if force && folder.is_a_demo() {
            folder.clear()?;
        }
        if let Ok(recipe) = fs::read_to_string(folder.path(MARK)) {
            return Ok(Found::Finished(folder, recipe));
        }
        let mut entries = fs::read_dir(&folder.0).map_err(fault)?;
        if entries.next().is_some() { Err(FolderFault::Occupied(folder.0)) } else { Ok(Found::Empty(folder)) }
    }

    /// The path of a file or folder in it.
    pub fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// What keeps everything in the folder: keys of the configuration and their values.
    pub fn settings(&self, database: Option<&str>) -> [(&'static str, String); 5] {
        let here = |name: &str| self.path(name).display().to_string();
        [
            ("data_dir", self.0.display().to_string()),
            ("database", database.map_or_else(|| format!("sqlite:{}", here("mainstay.db")), str::to_owned)),
            ("listen", "127.0.0.1:8470".to_owned()),
            ("smtp", format!("file:{}", here("mail"))),
            ("mail_from", "Sallowfield Botanicals <field@sallowfield.example>".to_owned()),
        ]
    }

    /// Writes a configuration of these settings.
    pub fn write_config(&self, database: Option<&str>) -> Result<PathBuf, FolderFault> {
        let file = self.path("config.toml");
        let mut text = format!("{FIRST_WORDS} Serve it: mainstay serve --config {}\n", file.display());
        for (key, value) in self.settings(database) {
            text.extend([key, " = ", &toml::Value::String(value).to_string(), "\n"]);
        }
        self.write_private("config.toml", &text)
    }

    /// Writes a file that only its owner can read.
    pub fn write_private(&self, name: &str, text: &str) -> Result<PathBuf, FolderFault> {
        let path = self.path(name);
        let mut options = fs::OpenOptions::new();
        let written = options.write(true).create(true).truncate(true).mode(0o600).open(&path);
        written
            .and_then(|mut file| file.write_all(text.as_bytes()).and_then(|()| file.sync_all()))
            .map_err(|reason| FolderFault::Io { path: path.clone(), reason })?;
        Ok(path)
    }

    /// Marks the company as finished.
    pub fn mark_finished(&self, recipe: &str) -> Result<(), FolderFault> {
        self.write_private(MARK, recipe).map(|_| ())
    }

    /// Whether the configuration in the folder is one that we wrote: a real company's is never removed.
    fn is_a_demo(&self) -> bool {
        fs::read_to_string(self.path("config.toml")).is_ok_and(|text| text.starts_with(FIRST_WORDS))
    }

    fn clear(&self) -> Result<(), FolderFault> {
        for name in MADE.iter().rev() {
            let path = self.path(name);
            let removed = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
            match removed {
                Err(reason) if reason.kind() != io::ErrorKind::NotFound => {
                    return Err(FolderFault::Io { path, reason });
                }
                _ => {}
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_with_something_else_in_it_is_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("letters.txt"), "mine").unwrap();
        for force in [false, true] {
            assert!(matches!(Folder::prepare(dir.path(), force), Err(FolderFault::Occupied(_))));
        }
        assert_eq!(fs::read_to_string(dir.path().join("letters.txt")).unwrap(), "mine");
    }

    #[test]
    fn force_removes_nothing_of_a_real_company() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("config.toml"), "listen = \"127.0.0.1:8480\"\n").unwrap();
        fs::write(dir.path().join("mainstay.db"), "data").unwrap();
        assert!(matches!(Folder::prepare(dir.path(), true), Err(FolderFault::Occupied(_))));
        assert!(dir.path().join("mainstay.db").exists());
    }

    #[test]
    fn a_finished_demo_is_found_and_only_force_removes_it() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("new/demo");
        let Ok(Found::Empty(folder)) = Folder::prepare(&path, false) else { panic!("not empty") };
        folder.write_config(None).unwrap();
        assert!(matches!(Folder::prepare(&path, false), Err(FolderFault::Occupied(_))));
        folder.mark_finished("400 members").unwrap();
        assert!(matches!(Folder::prepare(&path, false), Ok(Found::Finished(_, recipe)) if recipe == "400 members"));
        assert!(matches!(Folder::prepare(&path, true), Ok(Found::Empty(_))));
        assert_eq!(fs::read_dir(&path).unwrap().count(), 0);
    }

    #[test]
    fn the_configuration_is_private_and_reads_back() {
        use std::os::unix::fs::PermissionsExt as _;
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a \"demo\"");
        let Ok(Found::Empty(folder)) = Folder::prepare(&path, false) else { panic!("not empty") };
        let file = folder.write_config(None).unwrap();
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        let read: toml::Table = fs::read_to_string(&file).unwrap().parse().unwrap();
        assert!(read["database"].as_str().unwrap().ends_with("a \"demo\"/mainstay.db"));
    }
}
