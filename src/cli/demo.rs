//! `mainstay demo`: makes a demo company, always the same for the same seed.

use std::path::PathBuf;

use super::context::open_database;
use super::{Context, Failure, print_line, say};
use crate::actions::statement::send::send_statements;
use crate::config::Settings;
use crate::demo::{self, Folder, Found, Made, Recipe};
use crate::domain::calendar::Day;
use crate::jobs::deliver_mail;
use crate::pdf::Paper;
use crate::store::Db;

const AFTER_HELP: &str = "\
The folder gets everything: configuration, database (unless --database names one), mails and statements, whatever
MAINSTAY_* variables say. A finished demo is left alone.

Examples:
  mainstay demo --members 5000 --dir ./demo
  mainstay demo --members 100000 --dir ./large --seed 7 --today 2026-11-21";

/// Arguments.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Args {
    /// How many members
    #[arg(long, default_value_t = 5000, value_parser = clap::value_parser!(u32).range(1..=20_000_000))]
    members: u32,
    /// The folder to make; it must be empty or missing
    #[arg(long, value_name = "DIR")]
    dir: PathBuf,
    /// The seed of everything made up
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The day up to which the company has lived [default: today]
    #[arg(long, value_name = "DAY")]
    today: Option<Day>,
    /// Only members and orders: no runs, statements and mails
    #[arg(long)]
    no_runs: bool,
    /// Remove what an earlier demo made in the folder first
    #[arg(long)]
    force: bool,
}

/// Runs the command.
pub fn run(args: &Args, context: &Context) -> Result<(), Failure> {
    let today = args.today.unwrap_or_else(|| context.clock.today(demo::ZONE));
    let recipe = Recipe { members: args.members, seed: args.seed, today };
    let folder = match Folder::prepare(&args.dir, args.force)? {
        Found::Finished(folder, made) => {
            let path = folder.path("");
            let what = if made.is_empty() { String::new() } else { format!(" of {made}") };
            return print_line(format!("{} holds a demo company{what}; it was left alone", path.display()));
        }
        Found::Empty(folder) => folder,
    };
    let config = folder.write_config(context.database())?;
    // Whatever else is said about them: the folder gets everything, and its configuration is the one that holds.
    let own = folder.settings(context.database()).map(|(key, value)| (key.to_owned(), value, "--dir".to_owned()));
    let settings = context.with_config(config).settings_with(own.into())?;
    let db = open_database(&settings)?;
    let made = demo::make(&db, &recipe, !args.no_runs, say)?;
    if let Some(run) = made.runs.last() {
        let statements = folder.path("statements");
        super::statements::export(&db, &settings, run, &statements, Paper::A4)?;
        deliver(&db, &settings, &made)?;
    }
    folder.write_private("sign-in.txt", &sign_in(&made.password))?;
    let what = format!("{} members, {} orders and {} committed runs", made.members, made.orders, made.runs.len());
    folder.mark_finished(&what)?;
    print_line(format!("{} holds a demo company of {what}", folder.path("").display()))?;
    print_line(sign_in(&made.password).trim_end())
}

/// Sends the statements of the last run the way every statement is sent.
fn deliver(db: &Db, settings: &Settings, made: &Made) -> Result<(), Failure> {
    let Some(run) = made.runs.last() else { return Ok(()) };
    let sender = deliver_mail::sender(settings).map_err(Failure::failed)?;
    send_statements(db, &made.clock, &made.committer, run.id, &sender)?;
    let done = deliver_mail::deliver(db, &made.clock, settings, &|| false, &|_| {}).map_err(Failure::failed)?;
    say(&format!("{}: {} statements delivered by mail", run.number, done.tally.sent));
    done.trouble.map_or(Ok(()), |trouble| Err(Failure::failed(trouble)))
}

/// Who may sign in, in the columns of the installer's summary.
fn sign_in(password: &str) -> String {
    let mut lines = Vec::with_capacity(demo::STAFF.len() + 1);
    for (name, email, role) in demo::STAFF {
        let head = if lines.is_empty() { "Sign in as:" } else { "" };
        lines.push(format!("{head:<16}{email}  ({name}, {role})\n"));
    }
    lines.push(format!("{:<16}{password}  (for all of them)\n", "Password:"));
    lines.concat()
}
