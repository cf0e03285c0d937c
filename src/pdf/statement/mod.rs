//! The commission statement of one member and run.

mod view;

pub use view::{
    Account, Basis, Bonus, Company, Entry, Line, Member, Name, Note, Period, Progress, Requirement, StatementView,
    Summary, SummaryPart,
};
