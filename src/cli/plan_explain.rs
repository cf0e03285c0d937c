//! `mainstay plan explain`: why a member earns what it earns, and nothing where it earns nothing; where an
//! order's volume went. On the cases beside a plan or on hand-made files, without a database.

use std::path::{Path, PathBuf};

use super::field_files::{self, Files, GivenField};
use super::input_file::{CASES, PLAN, read_text};
use super::{Failure, print_json, print_line};
use crate::plan::explain::{Node, Question, explain};
use crate::plan::{CheckedPlan, case};

/// The help below the arguments.
pub fn help() -> String {
    format!("{EXAMPLES}\n{}", field_files::COLUMNS)
}

const EXAMPLES: &str = "\
Examples:
  mainstay plan explain plan.toml --case 'the first order' --member Ana
  mainstay plan explain plan.toml --case 'goods that come back' --period 2026-10 --member Ben --bonus team
  mainstay plan explain --plan plan.toml --members m.csv --orders o.csv --period 2026-10 --member Ana
  mainstay plan explain … --member Ana --bonus match
  mainstay plan explain … --order 17
";

/// Arguments.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The plan file, with its cases beside it
    #[arg(value_name = "PLAN", requires = "case", conflicts_with = "plan")]
    beside: Option<PathBuf>,
    /// The case that is asked about; without --period, as it stands at its end
    #[arg(long, value_name = "NAME", requires = "beside", conflicts_with_all = ["plan", "members", "orders", "carry_in"])]
    case: Option<String>,
    /// The cases, if not those beside the plan
    #[arg(long, value_name = "FILE", requires = "case")]
    cases: Option<PathBuf>,
    /// The plan file, for members and orders in files
    #[arg(long, value_name = "FILE", required_unless_present = "case")]
    plan: Option<PathBuf>,
    /// The members, as CSV with a header
    #[arg(long, value_name = "FILE", required_unless_present = "case")]
    members: Option<PathBuf>,
    /// The orders, as CSV with a header
    #[arg(long, value_name = "FILE", required_unless_present = "case")]
    orders: Option<PathBuf>,
    /// The period: 2026-10-31, 2026-W41, 2026-10-A (its first half), 2026-10, 2026-P10 (four weeks), 2026-Q4, 2026, or
    /// 2026-C05 (a campaign of the plan)
    #[arg(long, required_unless_present = "case")]
    period: Option<String>,
    /// What the period before left: a file that --carry-out of `plan try` wrote
    #[arg(long, value_name = "FILE")]
    carry_in: Option<PathBuf>,
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
            Format::Json => print_json(answer),
        }
    }
}

/// Runs the command.
pub fn run(args: &Args) -> Result<(), Failure> {
    let question = args.asked.question();
    let answer = if let (Some(plan), Some(name)) = (&args.beside, &args.case) {
        of_case(args, plan, name, question)?
    } else {
        let missing = || Failure::usage("name a plan and a case, or --plan, --members, --orders and --period");
        let files = Files {
            plan: args.plan.clone().ok_or_else(missing)?,
            members: args.members.clone().ok_or_else(missing)?,
            orders: args.orders.clone().ok_or_else(missing)?,
            period: args.period.clone().ok_or_else(missing)?,
            carry_in: args.carry_in.clone(),
        };
        let GivenField { plan, snapshot, left_out } = files.read()?;
        let outside = left_out.iter().find(|(number, _)| Some(&**number) == question.order);
        if let Some((number, day)) = outside {
            let label = &snapshot.period.label;
            let message = format!("order {number} is of {day}, outside of {label}: it has no part in this period");
            return Err(Failure::failed(message));
        }
        explain(&plan, &snapshot, question)?
    };
    args.asked.print(&answer)
}

/// The answer on a case.
fn of_case(args: &Args, plan: &Path, name: &str, question: Question<'_>) -> Result<Node, Failure> {
    let beside = plan.with_extension("cases");
    let file = args.cases.as_deref().unwrap_or(&beside);
    let plan = CheckedPlan::read(&read_text(plan, PLAN)?, &plan.display().to_string())?;
    let cases = case::read_for(&plan, &read_text(file, CASES)?, &file.display().to_string())?;
    let case = case::find(&cases, name).map_err(Failure::failed)?;
    let snapshot = case.field(&plan, args.period.as_deref()).map_err(Failure::failed)?;
    Ok(explain(&plan, &snapshot, question)?)
}
