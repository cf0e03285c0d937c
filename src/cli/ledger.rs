//! `mainstay ledger`: the named checks of the ledger, silent when all is well.

use clap::Subcommand;

use super::{Context, Failure, print_json, print_line};
use crate::actions::check_ledger::check_ledger;

/// Arguments.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Check the whole ledger; prints nothing when all is well
    #[command(after_help = "Example: mainstay ledger check")]
    Check {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

/// Runs the command.
pub fn run(args: &Args, context: &Context) -> Result<(), Failure> {
    let Verb::Check { json } = args.verb;
    let (_, db) = context.open()?;
    let findings = check_ledger(&db)?;
    if json {
        print_json(&findings)?;
    } else {
        findings.iter().try_for_each(|finding| print_line(format!("{}: {}", finding.check, finding.message)))?;
    }
    if findings.is_empty() { Ok(()) } else { Err(Failure::failed(format!("{} checks do not hold", findings.len()))) }
}
