//! `mainstay statements`: the statements of a run, as files or by email.

use std::fs::{DirBuilder, File};
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use clap::Subcommand;

use super::run::{find, person, shown};
use super::{Context, Failure, print_line};
use crate::actions::statement::export::draw_all;
use crate::actions::statement::send::send_statements;
use crate::config::Settings;
use crate::jobs::deliver_mail;
use crate::pdf::{Fonts, Paper};
use crate::store::Db;
use crate::store::runs::Run;

/// Arguments.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Write the statements of a run as PDF files
    #[command(after_help = "Example: mainstay statements export 2026-03 --to ./statements")]
    Export {
        /// The run: its period, for example 2026-03, or its number
        run: String,
        /// The folder to write into; made where it is missing
        #[arg(long, value_name = "DIR")]
        to: PathBuf,
        /// The paper
        #[arg(long, value_name = "PAPER", value_parser = ["a4", "letter"], default_value = "a4")]
        paper: String,
    },
    /// Queue the statements of a committed run for email; `mainstay serve` or `mainstay mail send` delivers them
    #[command(after_help = "Example: mainstay statements send 2026-03 --as jane@example.com")]
    Send {
        /// The run: its period, for example 2026-03, or its number
        run: String,
        /// Who does it: the email address of a staff account
        #[arg(long = "as", value_name = "EMAIL")]
        actor: String,
    },
}

/// Runs the command.
pub fn run(args: &Args, context: &Context) -> Result<(), Failure> {
    let (settings, db) = context.open()?;
    match &args.verb {
        Verb::Export { run, to, paper } => {
            let paper = if paper == "letter" { Paper::Letter } else { Paper::A4 };
            export(&db, &settings, &find_run(&db, run)?, to, paper)
        }
        Verb::Send { run, actor } => {
            let run = find_run(&db, run)?;
            let sender = deliver_mail::sender(&settings).map_err(Failure::failed)?;
            let count = send_statements(&db, &context.clock, &person(&db, actor)?, run.id, &sender)?;
            print_line(format!("{count} statements of {} queued", run.number))
        }
    }
}

fn find_run(db: &Db, name: &str) -> Result<Run, Failure> {
    let found = db.read(|conn| find(conn, name))?;
    found.ok_or_else(|| Failure::failed(format!("there is no run {name}; see `mainstay run list`")))
}

/// Writes every statement under its number; a file is complete or not there.
pub(super) fn export(db: &Db, settings: &Settings, run: &Run, to: &Path, paper: Paper) -> Result<(), Failure> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(to)
        .map_err(|fault| Failure::failed(format!("{} can't be made: {fault}", to.display())))?;
    let fonts = Fonts::with_configured(&settings.fonts);
    let mut progress = shown();
    let mut fault = None;
    let written = draw_all(db, run.id, &fonts, paper, &settings.public_url, &mut |name, bytes, done, total| {
        progress.show(done as u64, total as u64, "statements");
        fault = write_whole(&to.join(name), bytes).err().map(|fault| format!("{name} can't be written: {fault}"));
        Ok(fault.is_none())
    });
    progress.end();
    let written = written?;
    match fault {
        Some(fault) => Err(Failure::failed(format!("{fault}; {} statements are complete", written.saturating_sub(1)))),
        None => print_line(format!("{written} statements of {} in {}", run.number, to.display())),
    }
}

fn write_whole(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let part = path.with_extension("part");
    let mut file = File::options().write(true).create(true).truncate(true).mode(0o600).open(&part)?;
    let done = file.write_all(bytes).and_then(|()| std::fs::rename(&part, path));
    if done.is_err() {
        drop(std::fs::remove_file(&part));
    }
    done
}
