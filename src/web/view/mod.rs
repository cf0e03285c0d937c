//! How values look on a page: the shell around it, icons, and the filters that templates use.

mod address;
mod browser;
mod chart;
mod choice;
mod delta;
mod errors;
pub(crate) mod filters;
pub mod highlight;
mod icon;
mod open_period;
mod pager;
mod person;
mod shell;
mod words;
mod zones;

pub use address::{Address, segment};
pub use browser::browser;
pub use chart::RunningTotal;
pub use choice::{Chip, Choice};
pub use delta::Delta;
pub use errors::Errors;
pub use filters::short_day;
pub use icon::Icon;
pub use open_period::{OpenPeriod, time as time_of};
pub use pager::{Pager, ROWS, page_of, written as written_total};
pub use person::{Person, capital, status_badge};
pub use shell::{Gate, Message, Shell, Theme, Tone};
pub use words::place;
pub use zones::zones;
