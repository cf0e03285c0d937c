//! `mainstay plan`: checks, compares and tries compensation plan files.

use std::path::{Path, PathBuf};

use clap::Subcommand;
use serde_json::json;

use super::input_file::{PLAN, read_text};
use super::{Context, Failure, plan_diff, plan_explain, plan_test, print_json, print_line, simulate, try_plan};
use crate::plan::{CheckReport, check_report, starter};

/// Arguments.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Check plan files; prints every fault with file, line and column
    #[command(after_help = "Example: mainstay plan check plan.toml")]
    Check {
        /// The plan files
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Print a starter plan, to be changed and checked
    #[command(after_help = "Example: mainstay plan new unilevel > plan.toml")]
    New {
        /// Which one
        #[arg(value_parser = names())]
        name: String,
    },
    /// Play the cases beside plans and compare what comes out
    #[command(after_help = plan_test::HELP)]
    Test(plan_test::Args),
    /// Run a plan over members and orders of two CSV files
    #[command(after_help = try_plan::help())]
    Try(try_plan::Args),
    /// Say why a member earns something or nothing, or where an order's volume went
    #[command(after_help = plan_explain::help())]
    Explain(plan_explain::Args),
    /// Say in words what changed between two plans
    #[command(after_help = plan_diff::HELP)]
    Diff(plan_diff::Args),
    /// Run a plan over past periods of the database, beside what was committed
    #[command(after_help = simulate::HELP)]
    Simulate(simulate::Args),
}

fn names() -> Vec<&'static str> {
    starter::ALL.iter().map(|(name, _)| *name).collect()
}

/// Runs the command.
pub fn run(args: &Args, context: &Context) -> Result<(), Failure> {
    match &args.verb {
        Verb::Check { files, json } => check_all(files, *json),
        Verb::New { name } => {
            let plan = starter::ALL.iter().find(|(known, _)| known == name);
            plan.map_or(Ok(()), |(_, text)| print_line(text.trim_end()))
        }
        Verb::Test(args) => plan_test::run(args),
        Verb::Try(args) => try_plan::run(args),
        Verb::Explain(args) => plan_explain::run(args),
        Verb::Diff(args) => plan_diff::run(args, context),
        Verb::Simulate(args) => simulate::run(args, context),
    }
}

fn check_all(files: &[PathBuf], json: bool) -> Result<(), Failure> {
    let reports: Vec<_> = files.iter().map(|file| (file.display().to_string(), check(file))).collect();
    if json {
        let all = reports.iter().map(|(file, report)| match report {
            Ok(report) => json!({ "file": file, "ready": report.faults == 0, "findings": report.findings }),
            Err(fault) => json!({ "file": file, "ready": false, "findings": [], "fault": fault.to_string() }),
        });
        print_json(&all.collect::<Vec<_>>())?;
    } else {
        for (_, report) in &reports {
            match report {
                Ok(report) => print_line(report.text.trim_end())?,
                Err(fault) => print_line(format!("error: {fault}"))?,
            }
        }
    }
    let is_broken = |report: &Result<CheckReport, Failure>| report.as_ref().map_or(true, |report| report.faults > 0);
    match reports.iter().filter(|(_, report)| is_broken(report)).count() {
        0 => Ok(()),
        1 => Err(Failure::failed("1 plan cannot run")),
        broken => Err(Failure::failed(format!("{broken} plans cannot run"))),
    }
}

fn check(file: &Path) -> Result<CheckReport, Failure> {
    Ok(check_report(&read_text(file, PLAN)?, &file.display().to_string()))
}
