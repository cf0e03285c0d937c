//! `mainstay statements`: the statements of a run, as files or by email.

use std::path::PathBuf;

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
    /// Write the statements of a run as PDF files
    #[command(after_help = "Example: mainstay statements export 2026-03 --to ./statements")]
    Export {
        /// The run: its period, for example 2026-03, or its id
        run: String,
        /// The folder to write into
        #[arg(long, value_name = "DIR")]
        to: PathBuf,
    },
    /// Send the statements of a committed run by email
    #[command(after_help = "Example: mainstay statements send 2026-03")]
    Send {
        /// The run: its period, for example 2026-03, or its id
        run: String,
    },
}

/// Runs the command.
pub fn run(args: &Args, context: &Context) -> Result<(), Failure> {
    let settings = context.settings()?;
    Err(Failure::failed(format!("{:?} on {} is not built yet", args.verb, settings.database)))
}
