//! The compensation plan: language → checked plan → run over a frozen snapshot → result with trace.
//!
//! Pure: no clock, no environment, no database, no randomness, no locale, no binary float. The same
//! snapshot gives the same bytes on any machine, with one thread or many, in any order of input.

mod bytes;
pub mod case;
pub mod checked;
pub mod climb;
pub mod diff;
mod digest;
mod engine;
pub mod expr;
pub mod fault;
mod kinds;
mod language;
pub mod lines;
mod lookup;
pub(crate) mod originals;
mod parallel;
pub(crate) use parallel::both;
mod report;
pub mod result;
pub mod snapshot;
pub mod starter;
mod trace;

#[cfg(test)]
mod tests;

pub use checked::CheckedPlan;
pub use engine::explain;
pub use engine::{Progress, RunFault, is_volume, place_members, run, run_on};
pub use fault::{Fault, Faults};
pub use language::LIMIT as LARGEST_FILE;
pub use report::{CheckReport, Finding, check_report};
pub use result::{
    BaseKind, BonusTotal, EarningLine, Exception, LineKind, LineRow, MemberResult, NextRank, Passed, PassedReason,
    RankName, Requirement, RunResult, Severity, Source, Split, WHOLE_ORDER, WalletTotal,
};
pub use snapshot::{
    Amounts, Measured, OriginalLine, PeriodSpan, Snapshot, SnapshotFault, SnapshotMember, SnapshotOrder, StateEntry,
    Takeback, TakebackPart, part_of,
};
pub use trace::{Tracer, read_passed};
