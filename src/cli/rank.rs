//! `mainstay rank progress`: how close members are to their next rank in the open period.

use std::collections::HashMap;
use std::io::Write as _;

use clap::{Subcommand, ValueEnum};
use serde_json::json;

use super::{Context, Failure, estimate, print_json, print_line};
use crate::actions::preview::MemberPreview;
use crate::domain::ids::MemberId;
use crate::sheet::neutralised;
use crate::store::members::{self, Member};

const PROGRESS: &str = "\
Examples:
  mainstay rank progress --limit 20
  mainstay rank progress --rank Leader --format csv > close-to-leader.csv
  mainstay rank progress --member M-10482 --format json
It computes the open period anew, as its run would now, and writes nothing.";

/// Arguments.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// List members by how little they miss of their next rank, each requirement with what is there
    #[command(after_help = PROGRESS)]
    Progress(Wanted),
}

#[derive(Debug, clap::Args)]
struct Wanted {
    /// Only this member, by number
    #[arg(long, value_name = "NUMBER", conflicts_with_all = ["rank", "limit"])]
    member: Option<String>,
    /// Only members whose next rank has this name
    #[arg(long, value_name = "NAME")]
    rank: Option<String>,
    /// How many members
    #[arg(long, default_value = "50")]
    limit: usize,
    /// What to print
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    Table,
    Json,
    Csv,
}

/// Where somebody stands, with the name.
struct Row {
    number: String,
    name: String,
    paid_rank: String,
    next_rank: String,
    /// `maintain` or `achieve`: the set of rules that applies.
    rules: &'static str,
    /// Label, need, have, whether it is met.
    needs: Vec<(String, String, String, bool)>,
}

/// Runs the command.
pub fn run(args: &Args, context: &Context) -> Result<(), Failure> {
    let Verb::Progress(wanted) = &args.verb;
    let (_, db) = context.open()?;
    let all = estimate::compute(&db, &context.clock)?;
    let preview = all.of_ranks().ok_or_else(|| Failure::failed("no open period of the plan judges ranks"))?;
    let found = match &wanted.member {
        Some(number) => {
            let member = db.read(|conn| members::find_by_number(conn, number))?;
            let member = member.ok_or_else(|| Failure::failed(format!("there is no member {number}")))?;
            preview.member(member.id).into_iter().collect()
        }
        None => preview.closest(wanted.rank.as_deref(), 0, wanted.limit),
    };
    if let Some(rank) = wanted.rank.as_deref().filter(|_| found.is_empty()) {
        let known: Vec<&str> = preview.next_ranks().into_iter().map(|(name, _)| name).collect();
        return Err(Failure::failed(format!("nobody’s next rank is “{rank}”; there are {}", known.join(", "))));
    }
    let ids: Vec<MemberId> = found.iter().map(|member| member.id).collect();
    let people: HashMap<MemberId, Member> =
        db.read(|conn| members::list_by_ids(conn, &ids))?.into_iter().map(|member| (member.id, member)).collect();
    let rows: Vec<Row> = found.into_iter().filter_map(|member| row(people.get(&member.id)?, member)).collect();
    match wanted.format {
        Format::Table => table(&rows, &preview.period.label),
        Format::Json => print_json(&rows.iter().map(value).collect::<Vec<_>>()),
        Format::Csv => csv(&rows),
    }
}

/// `None` for a member without a next rank.
fn row(person: &Member, member: MemberPreview) -> Option<Row> {
    let stored: serde_json::Value = serde_json::from_str(&member.progress).ok()?;
    Some(Row {
        number: person.number.clone(),
        name: person.name.clone(),
        paid_rank: member.paid_rank,
        next_rank: stored["rank"].as_str()?.to_owned(),
        rules: if stored["keep"].as_bool()? { "maintain" } else { "achieve" },
        needs: serde_json::from_value(stored["needs"].clone()).ok()?,
    })
}

fn value(row: &Row) -> serde_json::Value {
    let needs: Vec<_> = row
        .needs
        .iter()
        .map(|(label, need, have, met)| json!({ "name": label, "need": need, "have": have, "met": met }))
        .collect();
    json!({
        "member": row.number, "name": row.name, "paid_rank": row.paid_rank, "next_rank": row.next_rank,
        "rules": row.rules, "requirements": needs,
    })
}

fn table(rows: &[Row], period: &str) -> Result<(), Failure> {
    if rows.is_empty() {
        return print_line("Nobody is on the way to a rank.");
    }
    for row in rows {
        let Row { number, name, next_rank, rules, .. } = row;
        let missing: Vec<String> = row
            .needs
            .iter()
            .filter(|(.., met)| !met)
            .map(|(label, need, have, _)| format!("{label} {have} of {need}"))
            .collect();
        print_line(format!("{number:<12} {next_rank:<20} {rules:<9} {:<60} {name}", missing.join(", ")))?;
    }
    print_line(format!("As of now in {period}; an estimate until its run is committed."))
}

fn csv(rows: &[Row]) -> Result<(), Failure> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(["member", "name", "paid_rank", "next_rank", "rules", "requirement", "have", "need", "met"])?;
    for row in rows {
        for (label, need, have, met) in &row.needs {
            let met = if *met { "yes" } else { "no" };
            let Row { number, name, paid_rank, next_rank, rules, .. } = row;
            let cells = [number, name, paid_rank, next_rank, *rules, label, have, need, met];
            writer.write_record(cells.map(|cell| neutralised(cell).into_owned()))?;
        }
    }
    let text = writer.into_inner().map_err(|fault| Failure::failed(fault.to_string()))?;
    Ok(std::io::stdout().lock().write_all(&text)?)
}
