//! `mainstay migrate`: brings the database to this version's schema. Serving does it too; this does nothing else.

use super::{Context, Failure, print_line};

/// Arguments.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: mainstay migrate")]
pub struct Args {}

/// Runs the command.
pub fn run(_: &Args, context: &Context) -> Result<(), Failure> {
    let (_, db) = context.open_or_make()?;
    print_line(format!("{} has the schema {}", db.url(), env!("BUILT_SCHEMA")))
}
