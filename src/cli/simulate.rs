//! `mainstay plan simulate`: a plan over periods that are over, beside what was committed.

use std::io::Write as _;
use std::path::PathBuf;

use clap::ValueEnum;

use super::input_file::{PLAN, read_text};
use super::{Context, Failure, print_json, print_line};
use crate::actions::simulate::{Report, simulate};
use crate::domain::money::Currency;
use crate::store::plans;

/// The help below the arguments.
pub const HELP: &str = "\
Examples:
  mainstay plan simulate --plan new.toml --periods 2026-08..2026-10
  mainstay plan simulate --plan new.toml --periods 2026-W40..2026-W44 --format json
  mainstay plan simulate --plan-version 4 --periods 2026-10 --format csv > changes.csv
From one period to another means every committed run, of whatever kind of period, that ends between the first day of
the one and the last day of the other. It reads the frozen inputs of the runs and writes nothing.";

/// Rows of the table that `--format table` prints for the largest changes.
const ROWS: usize = 20;

/// Arguments.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The plan file
    #[arg(long, value_name = "FILE", required_unless_present = "plan_version")]
    plan: Option<PathBuf>,
    /// A version of the database, by its number, instead of a file
    #[arg(long, value_name = "NUMBER", conflicts_with = "plan")]
    plan_version: Option<i32>,
    /// The periods: one, such as 2026-10, or the first and the last, such as 2026-08..2026-10
    #[arg(long)]
    periods: String,
    /// What to print: a summary, everything as JSON, or each member with an amount as CSV
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    Table,
    Json,
    Csv,
}

/// Runs the command.
pub fn run(args: &Args, context: &Context) -> Result<(), Failure> {
    let (_, db) = context.open()?;
    let (source, name) = match (&args.plan, args.plan_version) {
        (Some(file), _) => (read_text(file, PLAN)?, file.display().to_string()),
        (None, Some(version)) => {
            (db.read(|conn| plans::get_by_version(conn, version))?.source, format!("version {version}"))
        }
        (None, None) => {
            return Err(Failure::usage("name a plan file with --plan, or a stored version with --plan-version"));
        }
    };
    let (first, last) = args.periods.split_once("..").unwrap_or((&args.periods, &args.periods));
    let mut shown = super::run::shown();
    let done = simulate(&db, &source, &name, (first.trim(), last.trim()), &mut |done, total, what| {
        shown.show(done, total, what)
    });
    shown.end();
    let outcome = done?;
    match args.format {
        Format::Json => print_json(&outcome.report),
        Format::Csv => Ok(std::io::stdout().lock().write_all(outcome.to_csv()?.as_bytes())?),
        Format::Table => table(&outcome.report),
    }
}

fn table(report: &Report) -> Result<(), Failure> {
    let currency: Currency = report.currency.parse()?;
    let money = |minor: i64| currency.grouped(minor);
    let line = |cells: [&str; 5]| {
        let [name, before, after, change, share] = cells;
        print_line(format!("{name:<24} {before:>16} {after:>16} {change:>14}  {share}").trim_end())
    };
    line(["", &format!("Committed {currency}"), &format!("Simulated {currency}"), "Change", "Share of CV"])?;
    let shares = |before: &str, after: &str| {
        if before.is_empty() { String::new() } else { format!("{before}% -> {after}%") }
    };
    let all = report.periods.iter().map(|period| (period.label.as_str(), &period.figures));
    for (name, figures) in all.chain([("Total", &report.total)]) {
        line([
            name,
            &money(figures.before_minor),
            &money(figures.after_minor),
            &money(figures.after_minor - figures.before_minor),
            &shares(&figures.share_before, &figures.share_after),
        ])?;
    }
    print_line("")?;
    for bonus in &report.bonuses {
        let change = money(bonus.after_minor - bonus.before_minor);
        line([&bonus.name, &money(bonus.before_minor), &money(bonus.after_minor), &change, ""])?;
    }
    print_line("")?;
    line(["Paid rank", "Winners", "Losers", "Change", ""])?;
    for rank in &report.ranks {
        let name = if rank.rank.is_empty() { "no rank" } else { &rank.rank };
        let change = money(rank.after_minor - rank.before_minor);
        line([name, &rank.winners.to_string(), &rank.losers.to_string(), &change, ""])?;
    }
    if report.largest.iter().any(|member| member.after_minor != member.before_minor) {
        print_line("")?;
        line(["Largest changes", "", "", "", ""])?;
    }
    for member in report.largest.iter().filter(|member| member.after_minor != member.before_minor).take(ROWS) {
        let change = money(member.after_minor - member.before_minor);
        line([&member.number, &money(member.before_minor), &money(member.after_minor), &change, &member.name])?;
    }
    let (up, down) = report.rank_moves;
    print_line(format!("\n{up} members are paid as a higher rank in the last period, {down} as a lower one."))?;
    for period in report.periods.iter().filter(|period| period.is_left_out) {
        print_line(format!("The plan has no runs over periods such as {}, so it pays nothing there.", period.label))?;
    }
    for kind in &report.kinds_without_run {
        let many = kind.words().1;
        print_line(format!(
            "The plan also runs over {many}, and no committed run was over one: that is not in the sums."
        ))?;
    }
    print_line(format!("{} new exceptions. Nothing was written.", report.exception_count))
}
