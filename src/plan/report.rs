//! The answer of `mainstay plan check`.

use super::checked::CheckedPlan;
use super::fault::{Fault, Severity, place, render};

/// One finding of a check, for machines.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Finding {
    /// `error` or `warning`.
    pub severity: &'static str,
    /// Line of the file, from 1.
    pub line: usize,
    /// Column of the line in characters, from 1.
    pub column: usize,
    /// What is wrong.
    pub message: String,
    /// What to write instead; may be empty.
    pub help: String,
}

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckReport {
    /// The whole answer as it is printed.
    pub text: String,
    /// The same, one by one.
    pub findings: Vec<Finding>,
    /// How many faults; a plan with faults cannot run.
    pub faults: usize,
    /// How many warnings.
    pub warnings: usize,
}

/// Checks a plan and says everything there is to say about it. `file` is the name to print.
pub fn check_report(text: &str, file: &str) -> CheckReport {
    let finding = |severity: Severity, fault: &Fault| {
        let (line, column) = place(text, fault);
        let (message, help) = (fault.message.clone(), fault.help.clone());
        Finding { severity: severity.as_str(), line, column, message, help }
    };
    let plan = match CheckedPlan::read(text, file) {
        Ok(plan) => plan,
        Err(faults) => {
            let findings: Vec<Finding> = faults.list.iter().map(|fault| finding(Severity::Error, fault)).collect();
            return CheckReport { text: faults.to_string(), faults: findings.len(), findings, warnings: 0 };
        }
    };
    let findings: Vec<Finding> = plan.warnings.iter().map(|warning| finding(Severity::Warning, warning)).collect();
    let mut out: String = plan.warnings.iter().map(|warning| render(Severity::Warning, file, text, warning)).collect();
    let count = |count: usize, one: &str, many: &str| format!("{count} {}", if count == 1 { one } else { many });
    let parts = [
        count(plan.volumes.len(), "volume", "volumes"),
        count(plan.ranks.len(), "rank", "ranks"),
        count(plan.bonuses.len(), "bonus", "bonuses"),
    ];
    let warned = match findings.len() {
        0 => String::new(),
        warnings => format!("; {}", count(warnings, "warning", "warnings")),
    };
    out.extend([file, ": “", &plan.name, "” is ready to run: ", &parts.join(", "), &warned, "\n"]);
    CheckReport { text: out, warnings: findings.len(), findings, faults: 0 }
}
