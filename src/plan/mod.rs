//! The compensation plan: language → checked plan → run over a frozen snapshot → result with trace.
//!
//! Pure: no clock, no environment, no database, no randomness, no locale, no binary float. The same
//! snapshot gives the same bytes on any machine, with one thread or many, in any order of input.

pub mod result;
pub mod snapshot;

pub use result::{
    BaseKind, BonusTotal, EarningLine, Exception, LineKind, LineRow, MemberResult, Passed, PassedReason, RankName,
    Requirement, RunResult, Severity, Source,
};
pub use snapshot::{
    Amounts, OriginalLine, PeriodSpan, Snapshot, SnapshotFault, SnapshotMember, SnapshotOrder, StateEntry, Takeback,
};
