//! How this installation runs: what was said and where (`raw`), what it means (`resolved`), how it is shown (`show`).
//!
//! The command line beats the environment (`MAINSTAY_*`), which beats a systemd credential, which beats the
//! configuration file, which beats the default. Business settings live in the database, never here.

pub mod fault;
pub mod file;
pub mod keys;
pub mod raw;
pub mod resolved;
pub mod secret;
pub mod show;

pub use fault::{ConfigFault, ConfigFaults};
pub use raw::{Raw, Sources};
pub use resolved::Settings;
pub use secret::Secret;

/// Reads all sources and says what they mean.
pub fn load(sources: &Sources) -> Result<Settings, ConfigFaults> {
    Settings::resolve(&Raw::gather(sources)?)
}
