//! The answer of `mainstay plan check`.

use super::checked::CheckedPlan;
use super::fault::render;

/// What a check found, as it is printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckReport {
    /// The text.
    pub text: String,
    /// How many faults; a plan with faults cannot run.
    pub faults: usize,
    /// How many warnings.
    pub warnings: usize,
}

/// Checks a plan and says everything there is to say about it. `file` is the name to print.
pub fn check_report(text: &str, file: &str) -> CheckReport {
    let plan = match CheckedPlan::read(text, file) {
        Ok(plan) => plan,
        Err(faults) => return CheckReport { text: faults.to_string(), faults: faults.list.len(), warnings: 0 },
    };
    let mut out = String::new();
    for warning in &plan.warnings {
        out.push_str(&render("warning", file, text, warning));
    }
    let count = |count: usize, one: &str, many: &str| format!("{count} {}", if count == 1 { one } else { many });
    let parts = [
        count(plan.volumes.len(), "volume", "volumes"),
        count(plan.ranks.len(), "rank", "ranks"),
        count(plan.bonuses.len(), "bonus", "bonuses"),
    ];
    let warned = match plan.warnings.len() {
        0 => String::new(),
        warnings => format!("; {}", count(warnings, "warning", "warnings")),
    };
    out.extend([file, ": “", &plan.name, "” is ready to run: ", &parts.join(", "), &warned]);
    out.push('\n');
    CheckReport { text: out, faults: 0, warnings: plan.warnings.len() }
}
