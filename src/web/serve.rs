//! The server: its configuration is built here; no `Rocket.toml` and no `ROCKET_*` is read.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use rocket::config::{Config, Ident, LogLevel, SecretKey, Shutdown, Sig};
use rocket::data::{Limits, ToByteUnit};
use rocket::shield::Shield;
use rocket::tokio::runtime::Builder;
use rocket::tokio::signal::unix::{SignalKind, signal};
use rocket::{Build, Rocket};

use super::headers::Headers;
use super::{App, assets, catchers, pages};
use crate::clock::Clock;

/// Why the console is not served.
#[derive(Debug, thiserror::Error)]
pub enum ServeFault {
    /// The address is taken, or may not be used.
    #[error("the console cannot listen on {address}: {reason}. Free the address or choose another with --listen")]
    Listen {
        /// The address.
        address: String,
        /// What the system said.
        reason: String,
    },
    /// No threads.
    #[error("the server could not start its threads: {0}")]
    Threads(std::io::Error),
    /// Anything else.
    #[error("the server stopped: {0}")]
    Stopped(String),
}

/// The console over this state, ready to be launched or tested.
pub fn rocket(app: App) -> Rocket<Build> {
    let headers = Headers { secure: app.settings.public_url.starts_with("https://") };
    Rocket::custom(config(&app))
        .manage(app)
        .mount("/", pages::routes())
        .mount("/", assets::routes())
        .register("/", catchers::all())
        .attach(Shield::new())
        .attach(headers)
}

fn config(app: &App) -> Config {
    let limits = Limits::default()
        .limit("form", 256.kibibytes())
        .limit("string", 64.kibibytes())
        .limit("bytes", 64.kibibytes())
        .limit("json", 64.kibibytes())
        // Imports: guards run before the body is read, so only staff can send this much.
        .limit("data-form", 512.mebibytes())
        .limit("file", 512.mebibytes());
    let mut shutdown = Shutdown { ctrlc: true, grace: 5, mercy: 5, force: false, ..Shutdown::default() };
    shutdown.signals.insert(Sig::Term);
    let mut noise = [0_u8; 64];
    if getrandom::fill(&mut noise).is_err() {
        log::warn!("the system gives no random numbers");
    }
    let temp_dir = app.settings.folder("tmp");
    let temp_dir = if temp_dir.is_dir() { temp_dir } else { std::env::temp_dir() };
    Config {
        profile: Config::RELEASE_PROFILE,
        address: app.settings.listen.ip(),
        port: app.settings.listen.port(),
        ident: Ident::none(),
        ip_header: None,
        limits,
        temp_dir: temp_dir.into(),
        log_level: LogLevel::Critical,
        cli_colors: false,
        // Nothing is signed with it: sessions live in the database.
        secret_key: SecretKey::derive_from(&noise),
        shutdown,
        ..Config::release_default()
    }
}

/// The pulse of the threads that answer requests: none when all of them are stuck.
#[derive(Debug, Clone)]
pub struct Pulse {
    clock: Clock,
    beat_at: Arc<AtomicI64>,
}

impl Pulse {
    fn of(clock: &Clock) -> Self {
        Self { clock: clock.clone(), beat_at: Arc::new(AtomicI64::new(clock.now().0)) }
    }

    /// Whether it beat within these seconds.
    pub fn beats(&self, seconds: i64) -> bool {
        self.clock.now().0 - self.beat_at.load(Ordering::SeqCst) < seconds * 1_000_000
    }

    async fn keep(self) {
        loop {
            self.beat_at.store(self.clock.now().0, Ordering::SeqCst);
            rocket::tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }
}

/// Serves until the process is told to stop. `ready` is called as soon as requests are answered.
pub fn serve(app: App, ready: impl FnOnce(Pulse) + Send + Sync + 'static) -> Result<(), ServeFault> {
    let pulse = Pulse::of(&app.clock);
    let address = app.settings.listen.to_string();
    let runtime =
        Builder::new_multi_thread().thread_name("mainstay-web").enable_all().build().map_err(ServeFault::Threads)?;
    let ready = std::sync::Mutex::new(Some(ready));
    let told = rocket::fairing::AdHoc::on_liftoff("Ready", move |_| {
        Box::pin(async move {
            drop(rocket::tokio::spawn(pulse.clone().keep()));
            if let Some(ready) = ready.lock().ok().and_then(|mut ready| ready.take()) {
                ready(pulse);
            }
        })
    });
    runtime.spawn(tell_signal());
    let result = runtime.block_on(async { rocket(app).attach(told).launch().await });
    runtime.shutdown_timeout(Duration::from_secs(5));
    match result {
        Ok(_) => Ok(()),
        Err(fault) => Err(match fault.kind() {
            rocket::error::ErrorKind::Bind(reason) => ServeFault::Listen { address, reason: reason.to_string() },
            other => ServeFault::Stopped(other.to_string()),
        }),
    }
}

/// Says which signal ends the server. Nothing else does: whoever reads the log knows that it did not end by itself.
async fn tell_signal() {
    let (Ok(mut ended), Ok(mut interrupted)) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
    else {
        return;
    };
    let name = rocket::tokio::select! {
        _ = ended.recv() => "SIGTERM",
        _ = interrupted.recv() => "SIGINT",
    };
    log::info!("told to stop by {name}");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::calendar::Moment;

    #[test]
    fn threads_that_are_stuck_have_no_pulse() {
        let clock = Clock::fixed(Moment(0));
        let pulse = Pulse::of(&clock);
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        // The task runs once, then nothing turns the loop.
        runtime.block_on(async {
            drop(rocket::tokio::spawn(pulse.clone().keep()));
            rocket::tokio::task::yield_now().await;
        });
        assert!(pulse.beats(20));
        clock.advance(Duration::from_secs(21));
        assert!(!pulse.beats(20));
    }
}
