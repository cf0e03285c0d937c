//! What every page works with: database, clock and settings, and a way to do blocking work.

use std::sync::Arc;

use rocket::tokio::task::spawn_blocking;

use super::reply::Fault;
use super::throttle::Throttle;
use crate::clock::Clock;
use crate::config::Settings;
use crate::store::Db;

/// The console's state; cheap to clone.
#[derive(Debug, Clone)]
pub struct App {
    /// The database.
    pub db: Db,
    /// The clock.
    pub clock: Clock,
    /// How this installation runs.
    pub settings: Arc<Settings>,
    /// Who tries to sign in too often.
    pub(super) throttle: Arc<Throttle>,
}

impl App {
    /// The state of a console over this database.
    pub fn new(db: Db, clock: Clock, settings: Settings) -> Self {
        Self { db, clock, settings: Arc::new(settings), throttle: Arc::default() }
    }

    /// Does blocking work (Diesel, argon2, PDF) on a thread for it. A panic inside becomes a fault with a reference.
    pub async fn blocking<T, E>(&self, work: impl FnOnce(&Self) -> Result<T, E> + Send + 'static) -> Result<T, Fault>
    where
        T: Send + 'static,
        E: Into<Fault> + Send + 'static,
    {
        let app = self.clone();
        match spawn_blocking(move || work(&app)).await {
            Ok(result) => result.map_err(Into::into),
            Err(fault) => Err(Fault::unexpected(fault)),
        }
    }
}
