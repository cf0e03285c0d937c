//! Background work: one file per job, each turning a payload into an action. Jobs are rows; they
//! survive a restart, are taken over when their process dies, and say how far they are.

pub mod calculate_run;
pub mod deliver;
pub mod worker;

pub use worker::{Ended, Handler, Task, Worker};
