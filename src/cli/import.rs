//! `mainstay import`: members, products or orders from a CSV file.

use super::{Context, Failure};

use std::path::PathBuf;

/// Arguments.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  mainstay import members people.csv --mapping people.toml --dry-run\n  mainstay import orders orders.csv --mapping orders.toml"
)]
pub struct Args {
    /// What the rows are
    #[arg(value_parser = ["members", "products", "orders"])]
    what: String,
    /// The CSV file
    file: PathBuf,
    /// Which column means what
    #[arg(long, value_name = "FILE")]
    mapping: PathBuf,
    /// Check every row and write nothing
    #[arg(long)]
    dry_run: bool,
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub fn run(args: &Args, context: &Context) -> Result<(), Failure> {
    let settings = context.settings()?;
    Err(Failure::failed(format!("{args:?} on {} is not built yet", settings.database)))
}
