//! `mainstay plan diff`: what changed between two plans, in words.

use std::path::PathBuf;

use serde_json::json;

use super::input_file::{PLAN, read_text};
use super::{Context, Failure, print_json, print_line};
use crate::plan::CheckedPlan;
use crate::plan::diff::{Change, diff};
use crate::store::plans;

/// The help below the arguments.
pub const HELP: &str = "\
Examples:
  mainstay plan diff plan-2026.toml plan-2027.toml
  mainstay plan diff --versions 3 4 --json
Exit codes: 0 the plans mean the same, 1 they differ, 2 they cannot be compared.";

/// Arguments.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The plan before
    #[arg(required_unless_present = "versions", requires = "after")]
    before: Option<PathBuf>,
    /// The plan after
    after: Option<PathBuf>,
    /// Compare two versions of the database by their numbers
    #[arg(long, num_args = 2, value_names = ["BEFORE", "AFTER"], conflicts_with = "before")]
    versions: Option<Vec<i32>>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub fn run(args: &Args, context: &Context) -> Result<(), Failure> {
    let [before, after] = args.texts(context).map_err(|fault| Failure::usage(fault.to_string()))?;
    let changes =
        diff((&before.0, &before.1), (&after.0, &after.1)).map_err(|fault| Failure::usage(fault.to_string()))?;
    for (name, text) in [&before, &after] {
        if let Err(faults) = CheckedPlan::read(text, name) {
            let count = faults.list.len();
            let faults = if count == 1 { "1 fault".to_owned() } else { format!("{count} faults") };
            let message =
                format!("{name} has {faults}, so what it means cannot be compared; see `mainstay plan check`");
            return Err(Failure::usage(message));
        }
    }
    if args.json {
        let all = json!({ "before": before.0, "after": after.0, "same": changes.is_empty(), "changes": changes });
        print_json(&all)?;
    } else if changes.is_empty() {
        print_line(format!("{} and {} mean the same", before.0, after.0))?;
    } else {
        changes.iter().try_for_each(|Change { text, .. }| print_line(text))?;
    }
    if changes.is_empty() { Ok(()) } else { Err(Failure::Told) }
}

impl Args {
    /// Names and texts of the two plans.
    fn texts(&self, context: &Context) -> Result<[(String, String); 2], Failure> {
        if let (Some(before), Some(after)) = (&self.before, &self.after) {
            let read = |file: &PathBuf| Ok::<_, Failure>((file.display().to_string(), read_text(file, PLAN)?));
            return Ok([read(before)?, read(after)?]);
        }
        let Some([before, after]) = self.versions.as_deref() else {
            return Err(Failure::usage("name two plan files, or two versions with --versions"));
        };
        let (_, db) = context.open()?;
        let read = |number: i32| {
            let version = db.read(|conn| plans::get_by_version(conn, number))?;
            Ok::<_, Failure>((format!("version {number}"), version.source))
        };
        Ok([read(*before)?, read(*after)?])
    }
}
