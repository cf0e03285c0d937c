//! Who else on this machine works on the same SQLite file: each delivery keeps a shared lock on a small file beside the
//! database. The system takes the lock away from a process that dies, so whoever finds nobody there knows that every
//! lease is a dead one's. Postgres serves several machines; there leases run out by themselves.

use std::fs::File;

use super::{DatabaseUrl, Db, StoreError, StoreResult};

/// Kept while somebody works; ends when dropped.
#[derive(Debug)]
pub struct Presence(#[expect(dead_code, reason = "its lock ends with it")] Option<File>);

impl Db {
    /// Enters. `alone` is called first if nobody else is there: what others left behind is free.
    pub fn enter(&self, name: &str, alone: impl FnOnce() -> StoreResult<()>) -> StoreResult<Presence> {
        let DatabaseUrl::Sqlite(path) = self.url() else { return Ok(Presence(None)) };
        let mut place = path.clone().into_os_string();
        place.push(format!("-{name}"));
        let fault = |fault: std::io::Error| {
            StoreError::Database(format!("{} can't be locked: {fault}", std::path::Path::new(&place).display()))
        };
        let file = File::options().create(true).truncate(false).write(true).open(&place).map_err(fault)?;
        if file.try_lock().is_ok() {
            alone()?;
            file.unlock().map_err(fault)?;
        }
        file.lock_shared().map_err(fault)?;
        Ok(Presence(Some(file)))
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn only_the_first_one_is_alone() {
        let dir = tempfile::tempdir().unwrap();
        let db = Db::open(&DatabaseUrl::Sqlite(dir.path().join("m.db"))).unwrap();
        let times = Cell::new(0);
        let enter = || {
            let count = || {
                times.set(times.get() + 1);
                Ok(())
            };
            db.enter("mail", count).unwrap()
        };
        let first = enter();
        let second = enter();
        assert_eq!(times.get(), 1);
        drop(first);
        drop(enter());
        assert_eq!(times.get(), 1, "the second one is still there");
        drop(second);
        drop(enter());
        assert_eq!(times.get(), 2);
    }
}
