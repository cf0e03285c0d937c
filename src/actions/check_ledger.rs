//! Checks the books: named checks, silent when all is well.

use crate::store::{Db, StoreResult, ledger};

/// A check that did not hold.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Finding {
    /// The check's stable name.
    pub check: &'static str,
    /// What does not hold, and what to do.
    pub message: String,
}

/// Runs every check. An empty list means that the books are in order.
pub fn check_ledger(db: &Db) -> StoreResult<Vec<Finding>> {
    db.read(|conn| {
        let mut findings = Vec::new();
        for (currency, total) in ledger::sums_by_currency(conn)?.into_iter().filter(|(_, total)| *total != 0) {
            findings.push(Finding {
                check: "sum-is-zero",
                message: format!("The accounts in {currency} add up to {total} minor units, not to 0; restore the last backup and compare"),
            });
        }
        for run in ledger::list_run_differences(conn)? {
            findings.push(Finding {
                check: "run-equals-ledger",
                message: format!(
                    "Run {}: the run says {} in {} lines, its lines {} in {}, the ledger {} minor units; a committed row was changed outside Mainstay",
                    run.number, run.run_minor, run.run_lines, run.lines_minor, run.lines, run.ledger_minor
                ),
            });
        }
        for number in ledger::list_wrong_statements(conn)? {
            findings.push(Finding {
                check: "statement-equals-run",
                message: format!("Statement {number} does not agree with its run; a committed row was changed outside Mainstay"),
            });
        }
        Ok(findings)
    })
}
