//! `mainstay plan`: checks compensation plan files, without a database.

use std::path::PathBuf;

use clap::Subcommand;

use super::Failure;

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
    Err(Failure::failed(format!("{:?} is not built yet", args.verb)))
}
