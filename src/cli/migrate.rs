//! `mainstay migrate`: brings the database to this version's schema.

use super::{Context, Failure};

/// Arguments.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  mainstay migrate --check\n  mainstay migrate")]
pub struct Args {
    /// Only say what would be done
    #[arg(long)]
    check: bool,
}

/// Runs the command.
pub fn run(args: &Args, context: &Context) -> Result<(), Failure> {
    let settings = context.settings()?;
    Err(Failure::failed(format!("{args:?} on {} is not built yet", settings.database)))
}
