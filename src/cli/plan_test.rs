//! `mainstay plan test`: plays the cases beside plans, without a database.

use std::path::{Path, PathBuf};

use serde_json::json;

use super::input_file::{CASES, PLAN, read_text};
use super::{Failure, print_json, print_line};
use crate::plan::CheckedPlan;
use crate::plan::case::{TestReport, test};

/// The help below the arguments.
pub const HELP: &str = "\
Examples:
  mainstay plan test plan.toml
  mainstay plan test plan-2026.toml plan-2027.toml --cases plan.cases --json
The cases of plan.toml stand in plan.cases beside it:
  members Ana, Ben < Ana
  case the first order
  order Ben 100
  Ana team 1 10.00
docs/plan-cases.md lists everything that a case can say.
Exit codes: 0 every case passes, 1 a case fails or a file has faults, 2 the command line is wrong.";

/// Arguments.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The plan files
    #[arg(required = true)]
    plans: Vec<PathBuf>,
    /// The cases, if not those beside each plan
    #[arg(long, value_name = "FILE")]
    cases: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<(), Failure> {
    let mut all = Vec::new();
    let mut failed = false;
    for plan in &args.plans {
        let beside = plan.with_extension("cases");
        let cases = args.cases.as_deref().unwrap_or(&beside);
        let ended = play(plan, cases).map_err(|fault| fault.to_string());
        failed |= ended.as_ref().map_or(true, |report| report.failed > 0);
        if args.json {
            all.push(as_json(plan, cases, &ended));
        } else {
            print_line(ended.as_ref().map_or_else(String::as_str, |report| &report.text).trim_end())?;
        }
    }
    if args.json {
        print_json(&all)?;
    }
    if failed { Err(Failure::Told) } else { Ok(()) }
}

fn play(plan: &Path, cases: &Path) -> Result<TestReport, Failure> {
    let checked = CheckedPlan::read(&read_text(plan, PLAN)?, &plan.display().to_string())?;
    if !cases.exists() {
        let (plan, cases) = (plan.display(), cases.display());
        return Err(Failure::failed(format!(
            "{plan} has no cases: there is no file {cases}; write one, or name it with --cases"
        )));
    }
    Ok(test(&checked, &read_text(cases, CASES)?, &cases.display().to_string())?)
}

fn as_json(plan: &Path, cases: &Path, ended: &Result<TestReport, String>) -> serde_json::Value {
    let (plan, file) = (plan.display().to_string(), cases.display().to_string());
    match ended {
        Ok(report) => json!({ "plan": plan, "file": file, "passed": report.failed == 0, "cases": report.cases }),
        Err(fault) => json!({ "plan": plan, "file": file, "passed": false, "fault": fault }),
    }
}
