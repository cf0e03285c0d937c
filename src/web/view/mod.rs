//! How values look on a page: the shell around it, icons, and the filters that templates use.

pub(crate) mod filters;
mod icon;
mod shell;

pub use icon::Icon;
pub use shell::{Gate, Message, Shell, Theme, Tone};
