//! One connection type over both databases, and the two macros for what the enum cannot take.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::{PgConnection, SqliteConnection};

use super::{DatabaseUrl, StoreError, StoreResult};

/// A connection to either database.
#[derive(diesel::MultiConnection)]
pub enum Conn {
    /// The embedded database.
    Sqlite(SqliteConnection),
    /// A Postgres server.
    Postgres(PgConnection),
}

impl Conn {
    /// Connects by the scheme of the address. The derived `establish` is never called: it would make
    /// an empty SQLite file out of a Postgres address whose server is down.
    pub(super) fn open(url: &DatabaseUrl) -> Result<Self, StoreError> {
        let unreachable = |reason: String| StoreError::Unreachable { url: url.to_string(), reason };
        match url {
            DatabaseUrl::Sqlite(path) => {
                let mut conn =
                    SqliteConnection::establish(&path.to_string_lossy()).map_err(|e| unreachable(e.to_string()))?;
                conn.batch_execute(
                    "PRAGMA busy_timeout = 5000; PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL; \
                     PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16384;",
                )?;
                Ok(Self::Sqlite(conn))
            }
            DatabaseUrl::Postgres(address) => {
                PgConnection::establish(address).map(Self::Postgres).map_err(|e| unreachable(e.to_string()))
            }
        }
    }

    /// What one connection that writes much gains by: on SQLite room for the pages that a run changes, and fewer
    /// copies of the log into the file, because most of those pages change again soon.
    pub(super) fn prepare_to_write(&mut self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(inner) => Ok(inner.batch_execute(
                "PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 8000; PRAGMA journal_size_limit = 67108864;",
            )?),
            Self::Postgres(_) => Ok(()),
        }
    }

    /// How long SQLite waits while another process writes.
    pub(super) fn set_patience(&mut self, patience: std::time::Duration) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(inner) => Ok(inner.batch_execute(&format!("PRAGMA busy_timeout = {}", patience.as_millis()))?),
            Self::Postgres(_) => Ok(()),
        }
    }

    /// Gives back the pages that SQLite keeps in memory, for work that needs the memory more.
    pub fn give_memory_back(&mut self) -> StoreResult<()> {
        match self {
            Self::Sqlite(inner) => Ok(inner.batch_execute("PRAGMA shrink_memory")?),
            Self::Postgres(_) => Ok(()),
        }
    }

    /// Whether this is Postgres; only the store may ask.
    pub(super) fn is_postgres(&self) -> bool {
        matches!(self, Self::Postgres(_))
    }

    /// Holds back every other transaction that asks for the same row until this one ends. SQLite has one
    /// writer anyway.
    pub(super) fn lock_row(&mut self, table: &'static str, id: i64) -> StoreResult<()> {
        if let Self::Postgres(inner) = self {
            diesel::sql_query(format!("SELECT 1 FROM {table} WHERE id = $1 FOR NO KEY UPDATE"))
                .bind::<diesel::sql_types::BigInt, _>(id)
                .execute(inner)?;
        }
        Ok(())
    }
}

/// Runs the same Diesel expression on the concrete connection, for statements that the enum cannot
/// take (upserts, batches).
macro_rules! each {
    ($conn:expr, $inner:ident => $body:expr) => {
        match $conn {
            $crate::store::Conn::Sqlite($inner) => $body,
            $crate::store::Conn::Postgres($inner) => $body,
        }
    };
}

/// Inserts many rows: batches on SQLite, binary `COPY` on Postgres. The rows have no `Option` field. Batches of one
/// length are one prepared statement, which SQLite parses once; only the rest of the rows is parsed anew.
macro_rules! insert_all {
    ($conn:expr, $table:expr, $rows:expr) => {{
        let rows: &[_] = $rows;
        let mut result: Result<(), diesel::result::Error> = Ok(());
        if !rows.is_empty() {
            match $conn {
                $crate::store::Conn::Sqlite(inner) => {
                    let (batches, rest) = rows.as_chunks::<100>();
                    result = batches.iter().try_for_each(|batch| {
                        let statement = diesel::insert_into($table).values(batch);
                        diesel::RunQueryDsl::execute(statement, &mut *inner).map(|_| ())
                    });
                    if result.is_ok() && !rest.is_empty() {
                        let statement = diesel::insert_into($table).values(rest);
                        result = diesel::RunQueryDsl::execute(statement, inner).map(|_| ());
                    }
                }
                $crate::store::Conn::Postgres(inner) => {
                    result = diesel::pg::CopyFromQuery::from_insertable(diesel::copy_from($table), rows)
                        .execute(inner)
                        .map(|_| ());
                }
            }
        }
        result
    }};
}

pub(crate) use {each, insert_all};
