//! `mainstay run`: a commission run from the frozen period to the committed ledger.

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
    /// List runs, the newest first
    #[command(after_help = "Example: mainstay run list --json")]
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Copy the inputs of a period and make a run of them
    #[command(after_help = "Example: mainstay run freeze 2026-03 --as jane@example.com")]
    Freeze {
        /// The period, for example 2026-03
        period: String,
        /// Who does it: the email address of a staff account
        #[arg(long = "as", value_name = "EMAIL")]
        actor: String,
    },
    /// Calculate a frozen run
    #[command(after_help = "Example: mainstay run calculate 2026-03 --as jane@example.com")]
    Calculate(Step),
    /// Send a calculated run to review
    #[command(after_help = "Example: mainstay run review 2026-03 --as jane@example.com")]
    Review(Step),
    /// Approve a reviewed run; never by the person who sent it there
    #[command(after_help = "Example: mainstay run approve 2026-03 --as omar@example.com")]
    Approve(Step),
    /// Write an approved run into the ledger
    #[command(after_help = "Example: mainstay run commit 2026-03 --as omar@example.com")]
    Commit(Step),
    /// Throw a run away that is not yet approved
    #[command(after_help = "Example: mainstay run discard 2026-03 --as jane@example.com")]
    Discard(Step),
}

#[derive(Debug, clap::Args)]
struct Step {
    /// The run: its period, for example 2026-03, or its id
    run: String,
    /// Who does it: the email address of a staff account
    #[arg(long = "as", value_name = "EMAIL")]
    actor: String,
}

/// Runs the command.
pub fn run(args: &Args, context: &Context) -> Result<(), Failure> {
    let settings = context.settings()?;
    Err(Failure::failed(format!("{:?} on {} is not built yet", args.verb, settings.database)))
}
