//! `mainstay mail`: looks at the mail queue and drives it once, without the console.

use std::sync::{Mutex, PoisonError};

use clap::Subcommand;

use super::run::{person, shown};
use super::{Context, Failure, print_json, print_line};
use crate::actions::queue_mail_again::{Which, queue_mail_again};
use crate::domain::message::MessageStatus;
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
    /// List the mails in one state, with the relay's last answer
    #[command(after_help = "Example: mainstay mail list --status failed")]
    List {
        /// The state: queued, leased, sent, deferred, bounced, failed or suppressed
        #[arg(long, default_value = "failed")]
        status: MessageStatus,
        /// At most so many, the newest first
        #[arg(long, default_value_t = 100)]
        limit: u32,
    },
    /// Queue the mails that did not arrive again, to the addresses that the members have now
    #[command(after_help = "Example: mainstay mail retry R-2026-03-1 --as jane@example.com")]
    Retry {
        /// The number of the run whose statements they are; without it all
        run: Option<String>,
        /// Who does it: the email address of a staff account
        #[arg(long = "as", value_name = "EMAIL")]
        actor: String,
    },
    /// Send everything that is due, then stop
    #[command(after_help = "Example: mainstay mail send")]
    Send,
}

/// Runs the command.
pub fn run(args: &Args, context: &Context) -> Result<(), Failure> {
    let (settings, db) = context.open()?;
    match &args.verb {
        Verb::Status { json } => {
            let counts = db.read(|conn| messages::count_by_status(conn, None))?;
            if *json {
                let counts: serde_json::Map<_, _> =
                    counts.iter().map(|(status, count)| (status.to_string(), (*count).into())).collect();
                return print_json(&counts);
            }
            if counts.is_empty() {
                return print_line("No mails yet");
            }
            counts.iter().try_for_each(|(status, count)| print_line(format!("{count:>9} {status}")))
        }
        Verb::List { status, limit } => {
            let found = db.read(|conn| messages::list_by_status(conn, None, *status, (*limit).into()))?;
            found.iter().try_for_each(|mail| {
                print_line(format!(
                    "{:<16} {:<40} {:>3} tries  {}",
                    mail.batch, mail.to_address, mail.attempts, mail.answer
                ))
            })
        }
        Verb::Retry { run, actor } => {
            let done = queue_mail_again(
                &db,
                &context.clock,
                &person(&db, actor)?,
                run.as_deref().map_or(Which::All, Which::Batch),
            )?;
            print_line(format!("{} mails queued again; {} have no address", done.queued, done.without_address))
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
