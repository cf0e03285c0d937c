//! Use cases: one verb per file. Each opens one transaction, asks the domain, writes, and appends to
//! the audit log; none knows the web or the command line.

mod fault;

pub mod activate_plan;
pub mod add_plan_version;
pub mod add_product;
pub mod approve_run;
pub mod check_ledger;
pub mod commit_run;
pub mod company;
pub mod compute_run;
pub mod discard_run;
pub mod due_runs;
pub mod edit_member;
pub mod enroll;
pub mod explain_run;
pub mod freeze_run;
pub mod import;
mod line_copy;
pub mod password;
pub mod place_order;
pub mod plan_draft;
pub mod plan_names;
pub mod preview;
pub mod queue_mail_again;
pub mod record_payment;
pub mod return_order;
pub mod review_run;
pub mod set_attribute;
pub mod set_price;
pub mod set_rank;
pub mod set_up;
pub mod set_up_unattended;
pub mod sign_in;
pub mod sign_out;
pub mod simulate;
mod snapshot;
pub mod staff;
mod staff_input;
pub mod statement;
pub mod stop_job;
pub mod token;

pub use fault::{ActionFault, FieldFault};
