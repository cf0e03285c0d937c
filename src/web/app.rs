//! What every page works with: database, clock and settings, and a way to do blocking work.

use std::sync::Arc;

use rocket::tokio::sync::Semaphore;
use rocket::tokio::task::spawn_blocking;

use super::reply::Fault;
use super::throttle::Throttle;
use crate::clock::Clock;
use crate::config::Settings;
use crate::jobs::Remote;
use crate::jobs::live_preview::{LivePreview, Shown};
use crate::store::Db;

/// Passwords that are hashed at once; each takes 46 MiB.
const HASHES_AT_ONCE: usize = 4;

/// The console's state; cheap to clone.
#[derive(Clone)]
pub struct App {
    /// The database.
    pub db: Db,
    /// The clock.
    pub clock: Clock,
    /// How this installation runs.
    pub settings: Arc<Settings>,
    /// Who tries to sign in too often.
    pub(super) throttle: Arc<Throttle>,
    /// How many passwords may still be hashed at once.
    hashing: Arc<Semaphore>,
    /// The worker of the jobs, where one runs beside the console.
    worker: Option<Arc<Remote>>,
    /// The estimate of the open month, where it is kept beside the console.
    preview: Option<LivePreview>,
}

impl std::fmt::Debug for App {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("App").field("db", &self.db).finish_non_exhaustive()
    }
}

impl App {
    /// The state of a console over this database.
    pub fn new(db: Db, clock: Clock, settings: Settings) -> Self {
        let hashing = Arc::new(Semaphore::new(HASHES_AT_ONCE));
        let (settings, throttle) = (Arc::new(settings), Arc::default());
        Self { db, clock, settings, throttle, hashing, worker: None, preview: None }
    }

    /// The same with the worker that runs beside the console.
    #[must_use]
    pub fn waking(self, worker: Remote) -> Self {
        Self { worker: Some(Arc::new(worker)), ..self }
    }

    /// The same with the estimate of the open month.
    #[must_use]
    pub fn previewing(self, preview: LivePreview) -> Self {
        Self { preview: Some(preview), ..self }
    }

    /// The newest estimate of the open month, if there is one by now.
    pub fn look_ahead(&self) -> Option<Arc<Shown>> {
        self.preview.as_ref().and_then(LivePreview::look)
    }

    /// Lets the worker look at once for jobs, after one was asked for.
    pub fn wake(&self) {
        if let Some(worker) = &self.worker {
            worker.wake();
        }
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

    /// The same for work that hashes a password: a few at once, the others wait for their turn.
    pub async fn hashing<T, E>(&self, work: impl FnOnce(&Self) -> Result<T, E> + Send + 'static) -> Result<T, Fault>
    where
        T: Send + 'static,
        E: Into<Fault> + Send + 'static,
    {
        let turn = Arc::clone(&self.hashing).acquire_owned().await.map_err(Fault::unexpected)?;
        self.blocking(move |app| {
            let _turn = turn;
            work(app)
        })
        .await
    }
}
