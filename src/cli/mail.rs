//! `mainstay mail`: looks at the mail queue and drives it once, without the console.

use std::sync::{Mutex, PoisonError};

use clap::Subcommand;

use super::run::shown;
use super::{Context, Failure, print_line};
use crate::jobs::deliver_mail;
use crate::store::messages;

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
    let (settings, db) = context.open()?;
    match args.verb {
        Verb::Status { json } => {
            let counts = db.read(|conn| messages::count_by_status(conn, None))?;
            if json {
                let counts: serde_json::Map<_, _> =
                    counts.iter().map(|(status, count)| (status.to_string(), (*count).into())).collect();
                return print_line(serde_json::to_string_pretty(&counts)?);
            }
            if counts.is_empty() {
                return print_line("No mails yet");
            }
            counts.iter().try_for_each(|(status, count)| print_line(format!("{count:>9} {status}")))
        }
        Verb::Send => {
            let mut shown = Mutex::new(shown());
            let done = deliver_mail::deliver(&db, &context.clock, &settings, &|| false, &|tally| {
                let at = tally.sent + tally.deferred + tally.failed;
                shown.lock().unwrap_or_else(PoisonError::into_inner).show(at, at, "mails");
            });
            shown.get_mut().unwrap_or_else(PoisonError::into_inner).end();
            let done = done.map_err(Failure::failed)?;
            let tally = done.tally;
            print_line(format!("{} sent, {} to be tried again, {} failed", tally.sent, tally.deferred, tally.failed))?;
            done.trouble.map_or(Ok(()), |trouble| Err(Failure::failed(trouble)))
        }
    }
}
