//! `mainstay mail`: looks at the mail queue and drives it once, without the console.

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
    /// Count the mails in each state
    #[command(after_help = "Example: mainstay mail status --json")]
    Status {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Send everything that is due, then stop
    #[command(after_help = "Example: mainstay mail send")]
    Send,
}

/// Runs the command.
pub fn run(args: &Args, context: &Context) -> Result<(), Failure> {
    let settings = context.settings()?;
    Err(Failure::failed(format!("{:?} on {} is not built yet", args.verb, settings.database)))
}
