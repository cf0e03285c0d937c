//! `mainstay config`: shows how this installation runs.

use clap::Subcommand;

use super::{Context, Failure, print_json, print_line};
use crate::config::show;

/// Arguments.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Print every key with its value; passwords are masked
    #[command(after_help = "Example: mainstay config show --origin")]
    Show {
        /// Also print where each value was said
        #[arg(long)]
        origin: bool,
        /// Print JSON, always with the origins
        #[arg(long)]
        json: bool,
    },
}

/// Runs the command.
pub fn run(args: &Args, context: &Context) -> Result<(), Failure> {
    let Verb::Show { origin, json } = args.verb;
    let settings = context.settings()?;
    if json { print_json(&show::as_json(&settings)) } else { print_line(show::as_text(&settings, origin).trim_end()) }
}
