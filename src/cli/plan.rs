//! `mainstay plan`: checks compensation plan files, without a database.

use std::path::{Path, PathBuf};

use clap::Subcommand;
use serde_json::json;

use super::{Failure, print_line};
use crate::plan::{CheckReport, check_report};

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
}

/// Runs the command.
pub fn run(args: &Args) -> Result<(), Failure> {
    let Verb::Check { files, json } = &args.verb;
    let mut reports = Vec::new();
    for file in files {
        reports.push((file.display().to_string(), check(file)?));
    }
    if *json {
        let all: Vec<_> = reports
            .iter()
            .map(|(file, report)| json!({ "file": file, "ready": report.faults == 0, "findings": report.findings }))
            .collect();
        print_line(serde_json::to_string_pretty(&all)?)?;
    } else {
        reports.iter().try_for_each(|(_, report)| print_line(report.text.trim_end()))?;
    }
    match reports.iter().filter(|(_, report)| report.faults > 0).count() {
        0 => Ok(()),
        1 => Err(Failure::failed("1 plan cannot run")),
        broken => Err(Failure::failed(format!("{broken} plans cannot run"))),
    }
}

fn check(file: &Path) -> Result<CheckReport, Failure> {
    let name = file.display().to_string();
    let bytes = std::fs::read(file).map_err(|fault| Failure::failed(format!("{name} cannot be read: {fault}")))?;
    let text = String::from_utf8(bytes)
        .map_err(|_| Failure::failed(format!("{name} is not UTF-8 text; save it in that encoding")))?;
    Ok(check_report(&text, &name))
}
