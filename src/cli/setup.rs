//! `mainstay setup`: sets a company up without a browser.

use super::input_file::{CASES, PLAN, read_text};
use super::{Context, Failure, print_line};

use std::path::{Path, PathBuf};

use crate::actions::add_plan_version::PlanText;
use crate::actions::set_up_unattended::{Wanted, set_up_unattended};
use crate::domain::calendar::{Day, NotAZone};
use crate::domain::company::Company;
use crate::domain::money::MoneyFault;
use crate::domain::staff::{Actor, Role};
use crate::domain::words::UnknownWord;

const EXAMPLE: &str = "\
Example:
  mainstay setup --company Sallowfield --currency GBP --zone Europe/London \\
    --staff jane@example.com:owner --staff omar@example.com:finance --plan plan.toml --plan-from 2026-01-01

What is there already stays as it is. Accounts made here have no password.";

/// Arguments.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLE)]
pub struct Args {
    /// Name of the company
    #[arg(long, value_name = "NAME")]
    company: String,
    /// Currency of its books, an ISO code
    #[arg(long, value_name = "CODE")]
    currency: String,
    /// Its time zone
    #[arg(long, value_name = "ZONE")]
    zone: String,
    /// A staff account; roles are owner, finance, support and auditor
    #[arg(long, value_name = "EMAIL:ROLE")]
    staff: Vec<String>,
    /// A compensation plan to store, with the cases beside it (plan.cases beside plan.toml)
    #[arg(long, value_name = "FILE", requires = "plan_from")]
    plan: Option<PathBuf>,
    /// The day from which the plan holds
    #[arg(long, value_name = "DAY")]
    plan_from: Option<String>,
}

/// Runs the command.
pub fn run(args: &Args, context: &Context) -> Result<(), Failure> {
    let usage = |fault: &dyn std::fmt::Display| Failure::usage(fault.to_string());
    let company = Company {
        name: args.company.clone(),
        address: String::new(),
        email: String::new(),
        currency: args.currency.parse().map_err(|fault: MoneyFault| usage(&fault))?,
        zone: args.zone.parse().map_err(|fault: NotAZone| usage(&fault))?,
    };
    let mut staff = Vec::with_capacity(args.staff.len());
    for written in &args.staff {
        let parsed = written.rsplit_once(':').filter(|(email, _)| email.contains('@'));
        let Some((email, role)) = parsed else {
            return Err(Failure::usage(format!("--staff {written}: write EMAIL:ROLE")));
        };
        let role: Role = role.parse().map_err(|fault: UnknownWord| usage(&fault))?;
        staff.push((email.to_owned(), role));
    }
    let read = |path: &Path, most: u64| read_text(path, most).map_err(|fault| Failure::usage(fault.to_string()));
    let source = args.plan.as_deref().map_or_else(|| Ok(String::new()), |path| read(path, PLAN))?;
    let beside = args.plan.as_ref().map(|path| path.with_extension("cases")).filter(|path| path.exists());
    let cases = beside.as_deref().map_or_else(|| Ok(String::new()), |path| read(path, CASES))?;
    let text = PlanText { source: &source, cases: &cases };
    let from_day = args.plan_from.as_deref().map(str::parse::<Day>).transpose().map_err(|fault| usage(&fault))?;
    let file = args.plan.as_ref().map(|path| path.display().to_string()).unwrap_or_default();
    let plan = from_day.filter(|_| args.plan.is_some()).map(|day| (text, file.as_str(), day));
    let (_, db) = context.open_or_make()?;
    set_up_unattended(&db, &context.clock, &Actor::command_line(), &Wanted { company, staff, plan })?;
    print_line(format!("{} is set up", args.company))
}
