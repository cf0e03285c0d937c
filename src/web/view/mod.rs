//! How values look on a page: the shell around it, icons, and the filters that templates use.

mod errors;
pub(crate) mod filters;
mod icon;
mod shell;
mod zones;

pub use errors::Errors;
pub use icon::Icon;
pub use shell::{Gate, Message, Shell, Theme, Tone};
pub use zones::zones;
