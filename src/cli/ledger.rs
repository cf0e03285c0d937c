//! `mainstay ledger`: the named checks of the ledger, silent when all is well.

use clap::Subcommand;

use super::{Context, Failure};

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
    let settings = context.settings()?;
    Err(Failure::failed(format!("{:?} on {} is not built yet", args.verb, settings.database)))
}
