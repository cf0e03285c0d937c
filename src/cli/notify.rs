//! Tells systemd, when it started us, that we are ready, alive and stopping. It watches nothing by itself.

use std::time::Duration;

use sd_notify::NotifyState;

/// The console answers under `url`. Scripts wait for this line too.
pub fn ready(url: &str) {
    log::info!("serving {url}");
    say(&[NotifyState::Ready, NotifyState::Status(&format!("Serving {url}"))]);
}

/// The process was told to stop and finishes its work.
pub fn stopping() {
    log::info!("stopping");
    say(&[NotifyState::Stopping]);
}

/// Keeps systemd's watchdog quiet for as long as `alive` says so; nothing happens when there is no watchdog.
///
/// `alive` must ask for real work: that the jobs still turn, that the database answers. A bare timer would
/// keep a frozen process alive.
pub fn keep_watchdog(alive: impl Fn() -> bool + Send + 'static) {
    let Some(patience) = sd_notify::watchdog_enabled() else { return };
    let pause = pause_within(patience);
    let feeding = std::thread::Builder::new().name("watchdog".into()).spawn(move || {
        loop {
            if alive() {
                say(&[NotifyState::Watchdog]);
            } else {
                log::error!("the console, the jobs or the database do not answer; systemd will restart the service");
            }
            std::thread::sleep(pause);
        }
    });
    if let Err(error) = feeding {
        log::error!("the watchdog cannot be fed: {error}");
    }
}

/// Three tries within the watchdog's patience, so that one slow answer does no harm.
fn pause_within(patience: Duration) -> Duration {
    patience / 3
}

fn say(states: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(states) {
        log::warn!("systemd does not listen: {error}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_watchdog_is_fed_in_time_twice() {
        assert!(pause_within(Duration::from_mins(1)) * 2 < Duration::from_mins(1));
    }
}
