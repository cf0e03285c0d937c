//! The command line: one file per command. It reads arguments, calls actions and prints; it decides nothing.
//!
//! Exit codes: 0 done, 1 the work failed, 2 the command line or the configuration is wrong.

pub mod carry_file;
pub mod completions;
pub mod config;
pub mod context;
pub mod demo;
pub mod due;
pub mod estimate;
pub mod failure;
pub mod field_files;
pub mod import;
pub mod input_file;
pub mod ledger;
pub mod mail;
pub mod man;
pub mod migrate;
pub mod notify;
pub mod plan;
pub mod plan_diff;
pub mod plan_explain;
pub mod plan_test;
pub mod rank;
pub mod run;
pub mod serve;
pub mod setup;
pub mod simulate;
pub mod statements;
pub mod table_file;
pub mod try_plan;

use std::io::Write as _;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

pub use context::{Context, GlobalArgs};
pub use failure::Failure;

use crate::text::{visible, visible_json};

/// The version, with the number of the newest database schema it knows.
pub const VERSION: &str = env!("BUILT_VERSION");

const AFTER_HELP: &str = "\
Exit codes: 0 done, 1 the work failed, 2 the command line or the configuration is wrong.
Settings: command line, then MAINSTAY_* variables, systemd credentials, /etc/mainstay/config.toml, defaults;
see them all with `mainstay config show --origin`.";

/// The back office that a direct-selling company installs on its own server.
#[derive(Debug, Parser)]
#[command(name = "mainstay", version = VERSION, after_help = AFTER_HELP, propagate_version = true)]
pub struct Cli {
    /// What every command takes.
    #[command(flatten)]
    pub global: GlobalArgs,
    /// The command.
    #[command(subcommand)]
    pub command: Command,
}

/// Every command.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve the console, run jobs and send mail
    Serve(serve::Args),
    /// Bring the database to this version's schema
    Migrate(migrate::Args),
    /// Import members, products or orders from a CSV file
    Import(import::Args),
    /// Set a company up without a browser
    Setup(setup::Args),
    /// Work on commission runs
    Run(run::Args),
    /// Say how close members are to their next rank
    Rank(rank::Args),
    /// Export or send the statements of a run
    Statements(statements::Args),
    /// Check the ledger
    Ledger(ledger::Args),
    /// Check, compare and try compensation plans
    Plan(plan::Args),
    /// Look at and drive the mail queue
    Mail(mail::Args),
    /// Make a demo company
    Demo(demo::Args),
    /// Show the configuration
    Config(config::Args),
    /// Print the completions for a shell
    Completions(completions::Args),
    /// Write the manual pages into a folder
    #[command(hide = true)]
    Man(man::Args),
}

/// Runs the command that the process was started with.
pub fn main() -> ExitCode {
    crate::log::install(log::LevelFilter::Info);
    let cli = Cli::parse();
    let context = Context::new(cli.global);
    match dispatch(cli.command, &context) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            if !matches!(failure, Failure::Told) {
                say(&format!("mainstay: {failure}"));
            }
            ExitCode::from(failure.code())
        }
    }
}

fn dispatch(command: Command, context: &Context) -> Result<(), Failure> {
    match command {
        Command::Serve(args) => serve::run(args, context),
        Command::Migrate(args) => migrate::run(&args, context),
        Command::Import(args) => import::run(&args, context),
        Command::Setup(args) => setup::run(&args, context),
        Command::Run(args) => run::run(&args, context),
        Command::Rank(args) => rank::run(&args, context),
        Command::Statements(args) => statements::run(&args, context),
        Command::Ledger(args) => ledger::run(&args, context),
        Command::Plan(args) => plan::run(&args, context),
        Command::Mail(args) => mail::run(&args, context),
        Command::Demo(args) => demo::run(&args, context),
        Command::Config(args) => config::run(&args, context),
        Command::Completions(args) => completions::run(&args),
        Command::Man(args) => man::run(&args),
    }
}

/// Prints a line on standard output; a reader that went away ends the command quietly with code 1. What a terminal
/// would obey is shown instead.
pub fn print_line(text: impl std::fmt::Display) -> Result<(), Failure> {
    Ok(writeln!(std::io::stdout().lock(), "{}", visible(&text.to_string()))?)
}

/// Prints JSON.
pub fn print_json(value: &impl serde::Serialize) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(value)?;
    Ok(writeln!(std::io::stdout().lock(), "{}", visible_json(&text))?)
}

/// Says something on standard error, where nobody may be reading; the work goes on.
pub fn say(text: &str) {
    drop(writeln!(std::io::stderr(), "{}", visible(text)));
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_definition_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_command_has_an_example() {
        fn walk(command: &clap::Command, path: &str) {
            let path = format!("{path} {}", command.get_name());
            for inner in command.get_subcommands() {
                walk(inner, &path);
            }
            let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            if command.get_subcommands().next().is_none() && !command.is_hide_set() {
                assert!(help.contains("Example"), "`{path}` shows no example");
            }
        }
        for command in Cli::command().get_subcommands() {
            walk(command, "mainstay");
        }
    }
}
