//! The database: pooled readers, one writer on SQLite, one transaction per write.

use std::sync::{Arc, Mutex, PoisonError, TryLockError};
use std::time::Duration;

use diesel::connection::{AnsiTransactionManager, Connection, TransactionManager};
use diesel::r2d2::{ManageConnection, Pool, PooledConnection};

use super::{Conn, DatabaseUrl, StoreError, StoreResult, migrate};

/// How long a caller waits for a free connection before it is told that the database is busy.
const PATIENCE: Duration = Duration::from_secs(5);

/// A handle to the database; cheap to clone.
#[derive(Clone)]
pub struct Db {
    pool: Pool<Connector>,
    /// SQLite has one writer; waiting here is fair and never fails, unlike waiting for its lock.
    writer: Option<Arc<Mutex<Conn>>>,
    url: DatabaseUrl,
}

impl std::fmt::Debug for Db {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Db").field("url", &self.url).finish_non_exhaustive()
    }
}

impl Db {
    /// Opens the database and brings its schema up to date.
    ///
    /// # Errors
    /// Unreachable, a newer schema, or a migration that fails; the database is then as it was.
    pub fn open(url: &DatabaseUrl) -> StoreResult<Self> {
        Self::open_with(url, 8)
    }

    /// Whether there is a database of ours at the address. Nothing is made.
    ///
    /// # Errors
    /// Unreachable.
    pub fn is_there(url: &DatabaseUrl) -> StoreResult<bool> {
        match url {
            DatabaseUrl::Sqlite(file) => Ok(std::fs::metadata(file).is_ok_and(|about| about.len() > 0)),
            DatabaseUrl::Postgres(_) => migrate::is_begun(&mut Conn::open(url)?),
        }
    }

    /// Opens it with a number of pooled connections.
    pub fn open_with(url: &DatabaseUrl, connections: u32) -> StoreResult<Self> {
        let mut first = Conn::open(url)?;
        migrate::migrate(&mut first)?;
        first.prepare_to_write()?;
        let writer = (!first.is_postgres()).then(|| Arc::new(Mutex::new(first)));
        let pool = Pool::builder()
            .max_size(connections)
            .min_idle(Some(1))
            .connection_timeout(PATIENCE)
            .test_on_check_out(writer.is_none())
            .error_handler(Box::new(diesel::r2d2::NopErrorHandler))
            .build(Connector(url.clone()))
            .map_err(|_| StoreError::Unreachable {
                url: url.to_string(),
                reason: "no connection within 5 seconds".to_owned(),
            })?;
        Ok(Self { pool, writer, url: url.clone() })
    }

    /// The address, for messages; its password is masked when shown.
    pub fn url(&self) -> &DatabaseUrl {
        &self.url
    }

    /// Reads. Nothing is written inside; on both databases the closure sees one consistent state.
    pub fn read<T, E: From<StoreError>>(&self, work: impl FnOnce(&mut Conn) -> Result<T, E>) -> Result<T, E> {
        let mut conn = self.connection()?;
        let begin =
            if conn.is_postgres() { "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" } else { "BEGIN DEFERRED" };
        within(&mut conn, begin, work)
    }

    /// Writes in ONE transaction: all of it or, on an error or a panic, nothing.
    pub fn write<T, E: From<StoreError>>(&self, work: impl FnOnce(&mut Conn) -> Result<T, E>) -> Result<T, E> {
        match &self.writer {
            Some(writer) => {
                let mut conn = writer.lock().unwrap_or_else(PoisonError::into_inner);
                within(&mut conn, "BEGIN IMMEDIATE", work)
            }
            None => within(&mut *self.connection()?, "BEGIN", work),
        }
    }

    /// Writes what may as well be written a little later. Where somebody else is writing at this moment, on SQLite,
    /// nothing is done, nobody waits, and `None` comes back.
    pub fn write_unless_busy<T, E: From<StoreError>>(
        &self,
        work: impl FnOnce(&mut Conn) -> Result<T, E>,
    ) -> Result<Option<T>, E> {
        let Some(writer) = &self.writer else { return self.write(work).map(Some) };
        let mut conn = match writer.try_lock() {
            Ok(conn) => conn,
            Err(TryLockError::Poisoned(conn)) => conn.into_inner(),
            Err(TryLockError::WouldBlock) => return Ok(None),
        };
        // Another process may be writing, too.
        conn.set_patience(Duration::ZERO)?;
        let begun = each_begin(&mut conn, "BEGIN IMMEDIATE");
        conn.set_patience(PATIENCE)?;
        match begun {
            Ok(()) => finished(&mut conn, work).map(Some),
            Err(StoreError::Busy) => Ok(None),
            Err(fault) => Err(fault.into()),
        }
    }

    /// Gives back the pages that SQLite's writer keeps in memory, for work that needs the memory more.
    pub fn give_memory_back(&self) -> StoreResult<()> {
        let Some(writer) = &self.writer else { return Ok(()) };
        writer.lock().unwrap_or_else(PoisonError::into_inner).give_memory_back()
    }

    fn connection(&self) -> StoreResult<PooledConnection<Connector>> {
        self.pool.get().map_err(|_| StoreError::Busy)
    }
}

/// Begins, works, and commits or rolls back; also when the work panics.
fn within<T, E: From<StoreError>>(
    conn: &mut Conn,
    begin: &str,
    work: impl FnOnce(&mut Conn) -> Result<T, E>,
) -> Result<T, E> {
    each_begin(conn, begin)?;
    finished(conn, work)
}

/// Works in the transaction that has begun, and commits or rolls back.
fn finished<T, E: From<StoreError>>(conn: &mut Conn, work: impl FnOnce(&mut Conn) -> Result<T, E>) -> Result<T, E> {
    let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| work(conn)));
    match result {
        Ok(Ok(value)) => match <Conn as Connection>::TransactionManager::commit_transaction(conn) {
            Ok(()) => Ok(value),
            Err(fault) => Err(StoreError::from(fault).into()),
        },
        Ok(Err(fault)) => {
            roll_back(conn);
            Err(fault)
        }
        Err(panic) => {
            roll_back(conn);
            std::panic::resume_unwind(panic)
        }
    }
}

fn each_begin(conn: &mut Conn, begin: &str) -> StoreResult<()> {
    super::each!(conn, inner => AnsiTransactionManager::begin_transaction_sql(inner, begin))?;
    Ok(())
}

fn roll_back(conn: &mut Conn) {
    if let Err(fault) = <Conn as Connection>::TransactionManager::rollback_transaction(conn) {
        log::error!("a transaction could not be rolled back: {fault}");
    }
}

/// Makes pooled connections by the scheme of the address.
struct Connector(DatabaseUrl);

impl ManageConnection for Connector {
    type Connection = Conn;
    type Error = StoreError;

    fn connect(&self) -> Result<Conn, StoreError> {
        Conn::open(&self.0)
    }

    fn is_valid(&self, conn: &mut Conn) -> Result<(), StoreError> {
        use diesel::connection::SimpleConnection;
        Ok(conn.batch_execute("SELECT 1")?)
    }

    fn has_broken(&self, conn: &mut Conn) -> bool {
        use diesel::r2d2::R2D2Connection;
        conn.is_broken()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::calendar::Moment;
    use crate::store::settings;

    #[test]
    fn what_can_wait_is_left_undone_while_somebody_else_writes() {
        let dir = tempfile::tempdir().unwrap();
        let url = DatabaseUrl::Sqlite(dir.path().join("m.db"));
        let (db, other_process) = (Db::open(&url).unwrap(), Db::open(&url).unwrap());
        let name = |db: &Db, text: &str| {
            db.write_unless_busy(|tx| settings::put(tx, "company.name", text, Moment(1))).unwrap().is_some()
        };
        assert!(name(&db, "First"));
        let done: StoreResult<(bool, bool)> = db.write(|_| Ok((name(&db, "Second"), name(&other_process, "Third"))));
        assert_eq!(done.unwrap(), (false, false));
        assert_eq!(db.read(|c| settings::find(c, "company.name")).unwrap().as_deref(), Some("First"));
        assert!(name(&other_process, "Fourth") && name(&db, "Fifth"));
        assert_eq!(db.read(|c| settings::find(c, "company.name")).unwrap().as_deref(), Some("Fifth"));
    }

    #[test]
    fn a_failed_write_leaves_nothing_and_a_panic_does_not_block_the_next_one() {
        let dir = tempfile::tempdir().unwrap();
        let db = Db::open(&DatabaseUrl::Sqlite(dir.path().join("m.db"))).unwrap();
        let failed: StoreResult<()> = db.write(|tx| {
            settings::put(tx, "company.name", "Lost", Moment(1))?;
            Err(StoreError::Busy)
        });
        assert!(matches!(failed, Err(StoreError::Busy)));
        let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            db.write::<(), StoreError>(|tx| {
                settings::put(tx, "company.name", "Lost", Moment(1))?;
                panic!("on purpose")
            })
        }));
        assert!(panicked.is_err());
        assert_eq!(db.read(|c| settings::find(c, "company.name")).unwrap(), None);
        db.write(|tx| settings::put(tx, "company.name", "Kept", Moment(2))).unwrap();
        db.write(|tx| settings::put(tx, "company.name", "Sallowfield", Moment(3))).unwrap();
        assert_eq!(db.read(|c| settings::find(c, "company.name")).unwrap().as_deref(), Some("Sallowfield"));
    }
}
