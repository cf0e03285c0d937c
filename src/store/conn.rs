//! One connection type over both databases, and the two macros for what the enum cannot take.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::{PgConnection, SqliteConnection};

use super::{DatabaseUrl, StoreError};

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

    /// Whether this is Postgres; only the store may ask.
    pub(super) fn is_postgres(&self) -> bool {
        matches!(self, Self::Postgres(_))
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

/// Inserts many rows: batches of 1,000 on SQLite, binary `COPY` on Postgres. The rows have no `Option` field.
macro_rules! insert_all {
    ($conn:expr, $table:expr, $rows:expr) => {{
        let rows: &[_] = $rows;
        let mut result: Result<(), diesel::result::Error> = Ok(());
        if !rows.is_empty() {
            match $conn {
                $crate::store::Conn::Sqlite(inner) => {
                    for chunk in rows.chunks(1000) {
                        if let Err(fault) =
                            diesel::RunQueryDsl::execute(diesel::insert_into($table).values(chunk), inner)
                        {
                            result = Err(fault);
                            break;
                        }
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
