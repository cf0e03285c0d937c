//! Migrations: embedded, forward only, the same names on both databases.

use diesel::RunQueryDsl as _;
use diesel::connection::SimpleConnection;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::{Conn, StoreError, StoreResult};

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// Brings the schema up to this program's version. A newer schema is refused before anything is touched.
pub(super) fn migrate(conn: &mut Conn) -> StoreResult<Vec<String>> {
    match conn {
        Conn::Sqlite(inner) => {
            inner.batch_execute("PRAGMA journal_mode = WAL;")?;
            run(inner, SQLITE)
        }
        Conn::Postgres(inner) => {
            // Two nodes that start at once must not migrate at once.
            inner.batch_execute("SET client_min_messages = warning; SELECT pg_advisory_lock(7215001);")?;
            let result = run(inner, POSTGRES);
            inner.batch_execute("SELECT pg_advisory_unlock(7215001);")?;
            result
        }
    }
}

/// Whether a schema of ours was begun on a server, of whatever version; a file is one as soon as it is there.
pub(super) fn is_begun(conn: &mut Conn) -> StoreResult<bool> {
    match conn {
        Conn::Sqlite(_) => Ok(true),
        Conn::Postgres(inner) => {
            let named = "SELECT 1 FROM pg_class WHERE oid = to_regclass('__diesel_schema_migrations')";
            Ok(diesel::sql_query(named).execute(inner)? > 0)
        }
    }
}

fn run<DB, C>(conn: &mut C, ours: EmbeddedMigrations) -> StoreResult<Vec<String>>
where
    DB: diesel::backend::Backend,
    C: MigrationHarness<DB>,
    EmbeddedMigrations: diesel::migration::MigrationSource<DB>,
{
    use diesel::migration::MigrationSource;
    let fault = |e: Box<dyn std::error::Error + Send + Sync>| {
        StoreError::Database(format!("the schema could not be brought up to date: {e}"))
    };
    let known: Vec<String> = ours.migrations().map_err(fault)?.iter().map(|m| m.name().version().to_string()).collect();
    let applied: Vec<String> = conn.applied_migrations().map_err(fault)?.iter().map(ToString::to_string).collect();
    if let Some(newest) = applied.iter().find(|version| !known.contains(version)) {
        let ours = known.last().cloned().unwrap_or_default();
        return Err(StoreError::NewerSchema { newest: newest.clone(), ours });
    }
    let done = conn.run_pending_migrations(ours).map_err(fault)?;
    Ok(done.iter().map(ToString::to_string).collect())
}
