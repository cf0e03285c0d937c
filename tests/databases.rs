//! Runs a test on every database: always on SQLite (a file), and on Postgres (a schema of its own) where
//! `MAINSTAY_TEST_POSTGRES` names a server.

use std::sync::atomic::{AtomicU32, Ordering};

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};
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
    test(&sqlite());
    if let Some(fresh) = postgres() {
        test(&fresh);
    }
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
