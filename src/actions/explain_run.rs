//! Answers why, from the frozen input of a run and its pinned plan. Nothing is written.

use super::ActionFault;
use super::compute_run::input;
use crate::domain::ids::RunId;
use crate::domain::run::RunStatus;
use crate::plan::explain::{Node, Question, explain};
use crate::store::{Db, runs};

/// What the run found about a member or an order, as a tree of sentences.
///
/// # Errors
/// Refused for a discarded run, whose input is gone, and for names that the run does not know.
pub fn explain_run(db: &Db, id: RunId, asked: Question<'_>) -> Result<Node, ActionFault> {
    let (snapshot, plan) = db.read(|conn| {
        let run = runs::get(conn, id)?;
        if run.status == RunStatus::Discarded {
            return Err(ActionFault::refused(format!("The run {} is discarded; its input is gone", run.number)));
        }
        input(conn, &run)
    })?;
    explain(&plan, &snapshot, asked).map_err(|fault| ActionFault::refused(fault.to_string()))
}
