//! Runs a test on every database: always on SQLite (a file), and on Postgres (a schema of its own) where
//! `MAINSTAY_TEST_POSTGRES` names a server.

use std::sync::atomic::{AtomicU32, Ordering};

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection, QueryableByName, RunQueryDsl, SqliteConnection, sql_query, sql_types};
use mainstay::store::{DatabaseUrl, Db};

/// A fresh, empty database that goes away after the test.
pub struct Fresh {
    pub db: Db,
    /// Its address, for a process that is to open it too.
    pub url: String,
    _folder: Option<tempfile::TempDir>,
}

/// Runs `test` on a fresh database of every kind.
pub fn each(test: impl Fn(&Fresh)) {
    for fresh in all() {
        test(&fresh);
    }
}

/// A fresh database of every kind.
pub fn all() -> Vec<Fresh> {
    std::iter::once(sqlite()).chain(postgres()).collect()
}

/// A fresh SQLite file.
pub fn sqlite() -> Fresh {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("test.db").display());
    Fresh { db: open(&url), url, _folder: Some(folder) }
}

/// A fresh schema on the Postgres server, if there is one.
pub fn postgres() -> Option<Fresh> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let server = std::env::var("MAINSTAY_TEST_POSTGRES").ok().filter(|url| !url.is_empty())?;
    let schema = format!("test_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    let mut conn = PgConnection::establish(&server).unwrap();
    conn.batch_execute(&format!("DROP SCHEMA IF EXISTS {schema} CASCADE; CREATE SCHEMA {schema}")).unwrap();
    let mark = if server.contains('?') { '&' } else { '?' };
    let url = format!("{server}{mark}options=-csearch_path%3D{schema}");
    Some(Fresh { db: open(&url), url, _folder: None })
}

fn open(url: &str) -> Db {
    Db::open(&url.parse::<DatabaseUrl>().unwrap()).unwrap()
}

#[derive(QueryableByName)]
struct Text {
    #[diesel(sql_type = sql_types::Text)]
    text: String,
}

/// A connection past the program, as somebody with a database tool would open it.
enum Tool {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl Fresh {
    fn tool(&self) -> Tool {
        match self.url.strip_prefix("sqlite:") {
            Some(path) => {
                let mut conn = SqliteConnection::establish(path).unwrap();
                conn.batch_execute("PRAGMA busy_timeout = 5000; PRAGMA foreign_keys = ON;").unwrap();
                Tool::Sqlite(conn)
            }
            None => Tool::Postgres(PgConnection::establish(&self.url).unwrap()),
        }
    }

    /// Runs statements past the program.
    pub fn tamper(&self, sql: &str) -> Result<(), String> {
        match self.tool() {
            Tool::Sqlite(mut conn) => conn.batch_execute(sql),
            Tool::Postgres(mut conn) => conn.batch_execute(sql),
        }
        .map_err(|error| error.to_string())
    }

    /// The texts that a query gives, one column called `text`; the query differs by database.
    pub fn texts(&self, on_sqlite: &str, on_postgres: &str) -> Vec<String> {
        let rows: Vec<Text> = match self.tool() {
            Tool::Sqlite(mut conn) => sql_query(on_sqlite).load(&mut conn),
            Tool::Postgres(mut conn) => sql_query(on_postgres).load(&mut conn),
        }
        .unwrap();
        rows.into_iter().map(|row| row.text).collect()
    }
}
