//! `mainstay plan explain`: why a member earns what it earns, and nothing where it earns nothing; where an
//! order's volume went. On hand-made files, without a database.

use super::field_files::{self, Files, GivenField};
use super::{Failure, print_line};
use crate::plan::explain::{Node, Question, explain};

/// The help below the arguments.
pub fn help() -> String {
    format!("{EXAMPLES}\n{}", field_files::COLUMNS)
}

const EXAMPLES: &str = "\
Examples:
  mainstay plan explain --plan plan.toml --members m.csv --orders o.csv --period 2026-10 --member Ana
  mainstay plan explain … --member Ana --bonus match
  mainstay plan explain … --order 17
";

/// Arguments.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    files: Files,
    #[command(flatten)]
    asked: Asked,
}

/// What is asked about.
#[derive(Debug, clap::Args)]
pub struct Asked {
    /// The member
    #[arg(long, required_unless_present = "order")]
    member: Option<String>,
    /// The order: its volume, whom it paid, what nobody was paid; with --member also what that one got
    #[arg(long)]
    order: Option<String>,
    /// Only this bonus
    #[arg(long)]
    bonus: Option<String>,
    /// How to print the answer
    #[arg(long, value_enum, default_value_t = Format::Tree)]
    format: Format,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Format {
    Tree,
    Json,
}

impl Asked {
    /// The question.
    pub fn question(&self) -> Question<'_> {
        Question { member: self.member.as_deref(), order: self.order.as_deref(), bonus: self.bonus.as_deref() }
    }

    /// Prints the answer.
    pub fn print(&self, answer: &Node) -> Result<(), Failure> {
        match self.format {
            Format::Tree => print_line(answer.tree().trim_end()),
            Format::Json => print_line(serde_json::to_string_pretty(answer)?),
        }
    }
}

/// Runs the command.
pub fn run(args: &Args) -> Result<(), Failure> {
    let GivenField { plan, snapshot, .. } = args.files.read()?;
    args.asked.print(&explain(&plan, &snapshot, args.asked.question())?)
}
