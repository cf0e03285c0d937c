//! `mainstay demo`: makes a demo company, always the same for the same seed.

use super::{Context, Failure};

use std::path::PathBuf;

/// Arguments.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: mainstay demo --members 5000 --dir ./demo")]
pub struct Args {
    /// How many members
    #[arg(long, default_value_t = 5000)]
    members: u32,
    /// The folder to make; it must be empty or missing
    #[arg(long, value_name = "DIR")]
    dir: PathBuf,
    /// The seed of everything made up
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// Runs the command.
pub fn run(args: &Args, context: &Context) -> Result<(), Failure> {
    let settings = context.settings()?;
    Err(Failure::failed(format!("{args:?} on {} is not built yet", settings.database)))
}
