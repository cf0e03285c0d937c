//! A Maildir as target, for trials: written to `tmp`, then renamed into `new`. The file's name follows from the
//! Message-ID, so a message that is sent again after a crash replaces nothing and doubles nothing.

use std::collections::HashSet;
use std::fs::{self, DirBuilder, File};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use super::statement::check_message_id;
use super::transport::{Outcome, Outgoing, TargetTrouble};

/// An open Maildir.
#[derive(Debug)]
pub struct Maildir {
    path: PathBuf,
    /// Messages that a mail program has already moved to `cur`.
    read: HashSet<String>,
}

impl Maildir {
    /// Opens a Maildir, making its folders where they are missing.
    pub fn open(path: &Path) -> Result<Self, TargetTrouble> {
        let mut maildir = Self { path: path.to_owned(), read: HashSet::new() };
        maildir.prepare().map_err(|fault| maildir.trouble(&fault))?;
        Ok(maildir)
    }

    fn prepare(&mut self) -> io::Result<()> {
        for folder in ["tmp", "new", "cur"] {
            // Statements are nobody else's.
            DirBuilder::new().recursive(true).mode(0o700).create(self.path.join(folder))?;
        }
        for entry in fs::read_dir(self.path.join("cur"))? {
            let name = entry?.file_name().to_string_lossy().into_owned();
            self.read.insert(name.split(':').next().unwrap_or_default().to_owned());
        }
        Ok(())
    }

    fn trouble(&self, fault: &io::Error) -> TargetTrouble {
        TargetTrouble::Unwritable { path: self.path.display().to_string(), reason: fault.to_string() }
    }

    /// Stores one message.
    pub fn send(&mut self, message: Outgoing<'_>) -> Result<Outcome, TargetTrouble> {
        if let Err(fault) = check_message_id(message.message_id) {
            return Ok(Outcome::Failed { reason: fault.to_string(), by_policy: false });
        }
        let name = message.message_id;
        let receipt = format!("stored as new/{name}");
        if !self.read.contains(name) {
            self.store(name, message.bytes).map_err(|fault| self.trouble(&fault))?;
        }
        Ok(Outcome::Accepted { receipt })
    }

    fn store(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let (draft, place) = (self.path.join("tmp").join(name), self.path.join("new").join(name));
        let draft_file = File::options().write(true).create(true).truncate(true).mode(0o600).open(&draft);
        let written = draft_file.and_then(|mut file| {
            file.write_all(&in_local_lines(bytes))?;
            file.sync_data()
        });
        if let Err(fault) = written.and_then(|()| fs::rename(&draft, &place)) {
            // The draft is of no use any more; the fault that counts is the first one.
            let _ = fs::remove_file(&draft);
            return Err(fault);
        }
        Ok(())
    }
}

/// Line ends as files have them on this system, which is what mail programs expect in a Maildir.
fn in_local_lines(bytes: &[u8]) -> Vec<u8> {
    let mut lines = Vec::with_capacity(bytes.len());
    let mut rest = bytes.iter().peekable();
    while let Some(byte) = rest.next() {
        if !(*byte == b'\r' && rest.peek() == Some(&&b'\n')) {
            lines.push(*byte);
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn message(id: &str) -> Outgoing<'_> {
        Outgoing { message_id: id, from: "a@example.com", to: "b@example.com", bytes: b"Subject: x\r\n\r\nhi\r\n" }
    }

    #[test]
    fn the_same_message_twice_is_one_file_also_after_it_was_read() {
        let dir = tempfile::tempdir().unwrap();
        for _ in 0..2 {
            let mut maildir = Maildir::open(dir.path()).unwrap();
            assert!(matches!(maildir.send(message("st-1@x.example")), Ok(Outcome::Accepted { .. })));
        }
        let new = dir.path().join("new/st-1@x.example");
        assert_eq!(fs::read(&new).unwrap(), b"Subject: x\n\nhi\n");
        assert_eq!(fs::metadata(&new).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::metadata(dir.path().join("new")).unwrap().permissions().mode() & 0o777, 0o700);
        assert_eq!(fs::read_dir(dir.path().join("new")).unwrap().count(), 1);
        assert_eq!(fs::read_dir(dir.path().join("tmp")).unwrap().count(), 0);
        fs::rename(&new, dir.path().join("cur/st-1@x.example:2,S")).unwrap();
        Maildir::open(dir.path()).unwrap().send(message("st-1@x.example")).unwrap();
        assert_eq!(fs::read_dir(dir.path().join("new")).unwrap().count(), 0);
    }

    #[test]
    fn a_message_id_can_not_leave_the_folder() {
        let dir = tempfile::tempdir().unwrap();
        let outcome = Maildir::open(dir.path()).unwrap().send(message("../../x@y")).unwrap();
        assert!(matches!(outcome, Outcome::Failed { .. }), "{outcome:?}");
    }

    #[test]
    fn a_folder_that_is_a_file_is_said_with_its_path() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("taken"), "").unwrap();
        let said = Maildir::open(&dir.path().join("taken")).unwrap_err().to_string();
        assert!(said.contains("taken") && said.contains("check free space"), "{said}");
    }
}
