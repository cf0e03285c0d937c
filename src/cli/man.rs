//! `mainstay man`: the manual pages, one per command, made from the command definitions; for packagers.

use std::path::PathBuf;

use clap::CommandFactory as _;

use super::{Cli, Failure};

/// Arguments.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The folder to write into; it must be there
    folder: PathBuf,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<(), Failure> {
    Ok(clap_mangen::generate_to(Cli::command(), &args.folder)?)
}
