//! `mainstay plan try`: a plan over hand-made members and orders, without any database.

use std::collections::HashMap;
use std::path::PathBuf;

use clap::ValueEnum;
use serde_json::json;

use super::field_files::{self, Files, GivenField, numbers};
use super::{Failure, carry_file, print_json, print_line, say};
use crate::domain::ids::MemberId;
use crate::plan::{self, LineRow, RunResult, Snapshot};
use crate::sheet::neutralised;

/// The help below the arguments.
pub fn help() -> String {
    format!("{EXAMPLE}\n{}", field_files::COLUMNS)
}

const EXAMPLE: &str = "\
Examples:
  mainstay plan new unilevel > plan.toml
  printf 'number,sponsor\\nAna,\\nBen,Ana\\nCleo,Ben\\n' > members.csv
  printf 'member,qv\\nAna,60\\nBen,100\\nCleo,200\\n' > orders.csv
  mainstay plan try --plan plan.toml --members members.csv --orders orders.csv --period 2026-10
Several periods, each with what the one before left:
  mainstay plan try … --period 2026-10 --carry-out october.csv
  mainstay plan try … --period 2026-11 --carry-in october.csv
";

/// Arguments.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    files: Files,
    /// How to print the result
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// Where to write what the next period must know, as CSV
    #[arg(long, value_name = "FILE")]
    carry_out: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    Table,
    Csv,
    Json,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<(), Failure> {
    let Files { plan, members, orders, carry_in, .. } = &args.files;
    if let Some(file) = &args.carry_out {
        carry_file::refuse_inputs(file, &[Some(plan), Some(members), Some(orders), carry_in.as_ref()])?;
    }
    let GivenField { plan, snapshot, left_out } = args.files.read()?;
    let result = plan::run(&plan, &snapshot, &mut |_| {})?;
    // Whoever reads the answer may go away; what is carried is written by then.
    if let Some(file) = &args.carry_out {
        carry_file::write(file, &snapshot, &result)?;
    }
    let said = format!("Orders of other days than {}, left out: {}", snapshot.period.label, left_out.len());
    match args.format {
        Format::Table => {
            table(&result, &snapshot)?;
            if left_out.is_empty() { Ok(()) } else { print_line(said) }
        }
        Format::Csv => {
            csv_lines(&result, &snapshot)?;
            if !left_out.is_empty() {
                say(&said);
            }
            Ok(())
        }
        Format::Json => print_json(&as_json(&result, &snapshot, left_out.len())),
    }
}

/// A line as cells: member, bonus, source, from, level, base, rate, amount.
fn cells(row: &LineRow<'_>, result: &RunResult, numbers: &HashMap<MemberId, &str>) -> [String; 8] {
    let from = row.from.and_then(|from| numbers.get(&from)).copied().unwrap_or_default();
    [
        row.member_number.to_owned(),
        row.bonus.to_owned(),
        row.source.to_owned(),
        from.to_owned(),
        row.level.to_string(),
        row.base_kind.to_decimal(row.base, result.currency).normalize().to_string(),
        row.rate.to_string(),
        result.currency.plain(row.amount_minor),
    ]
}

const HEAD: [&str; 8] = ["member", "bonus", "source", "from", "level", "base", "rate", "amount"];

fn table(result: &RunResult, snapshot: &Snapshot) -> Result<(), Failure> {
    let numbers = numbers(snapshot);
    let lines = std::iter::once(HEAD.map(str::to_owned));
    let lines: Vec<_> = lines.chain(result.rows(snapshot).map(|row| cells(&row, result, &numbers))).collect();
    aligned(&lines, 4)?;
    print_line("")?;
    let members = std::iter::once(["member", "rank", "active", "pv", "gv", "earned"].map(str::to_owned));
    let standing = snapshot.members.iter().zip(&result.members).map(|(member, found)| {
        let rank = found.paid_rank.map_or("–", |rank| &result.ranks[usize::from(rank)].code);
        let active = if found.active { "yes" } else { "no" };
        let [pv, gv] = [found.pv, found.gv].map(|volume| volume.to_string());
        [
            member.number.to_string(),
            rank.to_owned(),
            active.to_owned(),
            pv,
            gv,
            result.currency.plain(found.earned_minor),
        ]
    });
    aligned(&members.chain(standing).collect::<Vec<_>>(), 3)?;
    print_line("")?;
    for bonus in &result.bonuses {
        let amount = result.currency.plain(bonus.amount_minor);
        print_line(format!("{}: {} lines, {amount}, breakage {}", bonus.name, bonus.lines, bonus.breakage))?;
    }
    for wallet in &result.wallets {
        print_line(format!(
            "Wallet {} ({}): {}",
            wallet.name,
            wallet.kind,
            result.currency.plain(wallet.amount_minor)
        ))?;
    }
    print_line(format!("Total: {} {}", result.currency.plain(result.total_minor), result.currency))?;
    result.exceptions.iter().try_for_each(|exception| print_line(format!("{}: {}", exception.severity, exception.text)))
}

/// Prints rows in columns, the first `words` of them to the left and the rest, which are numbers, to the right.
fn aligned<const N: usize>(rows: &[[String; N]], words: usize) -> Result<(), Failure> {
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..N).map(width).collect();
    for row in rows {
        let padded =
            row.iter().zip(&widths).enumerate().map(|(at, (cell, width))| {
                if at < words { format!("{cell:<width$}") } else { format!("{cell:>width$}") }
            });
        print_line(padded.collect::<Vec<_>>().join("  ").trim_end())?;
    }
    Ok(())
}

fn csv_lines(result: &RunResult, snapshot: &Snapshot) -> Result<(), Failure> {
    let numbers = numbers(snapshot);
    let mut writer = csv::Writer::from_writer(std::io::stdout().lock());
    writer.write_record(HEAD)?;
    for row in result.rows(snapshot) {
        writer.write_record(cells(&row, result, &numbers).map(|cell| neutralised(&cell).into_owned()))?;
    }
    Ok(writer.flush()?)
}

fn as_json(result: &RunResult, snapshot: &Snapshot, left_out: usize) -> serde_json::Value {
    let numbers = numbers(snapshot);
    let tracer = result.tracer(snapshot);
    let line = |row: LineRow<'_>| {
        let mut trace = String::new();
        tracer.write(row.index, &mut trace);
        let trace: serde_json::Value = serde_json::from_str(&trace).unwrap_or_default();
        let cells = cells(&row, result, &numbers);
        let mut out: serde_json::Map<String, serde_json::Value> =
            HEAD.iter().zip(cells).map(|(name, cell)| ((*name).to_owned(), cell.into())).collect();
        out.insert("trace".to_owned(), trace);
        out
    };
    json!({
        "period": snapshot.period.label,
        "currency": result.currency.code(),
        "total": result.currency.plain(result.total_minor),
        "orders_left_out": left_out,
        "lines": result.rows(snapshot).map(line).collect::<Vec<_>>(),
        "members": members_as_json(result, snapshot),
        "bonuses": bonuses_as_json(result),
        "wallets": wallets_as_json(result, snapshot),
        "exceptions": result.exceptions.iter().map(|exception| {
            json!({ "severity": exception.severity, "code": exception.code, "text": exception.text })
        }).collect::<Vec<_>>(),
        "state": result.state.iter().map(|entry| {
            let key = &result.state_keys[usize::from(entry.key)];
            json!({ "member": numbers.get(&entry.member), "key": key, "value": carry_file::written(key, entry.value) })
        }).collect::<Vec<_>>(),
    })
}

fn members_as_json(result: &RunResult, snapshot: &Snapshot) -> Vec<serde_json::Value> {
    let rank = |rank: Option<u16>| rank.map(|rank| result.ranks[usize::from(rank)].code.as_str());
    let members = result.members.iter().zip(&snapshot.members);
    members
        .map(|(found, member)| {
            json!({
                "number": member.number,
                "pv": found.pv.to_string(),
                "gv": found.gv.to_string(),
                "active": found.active,
                "rank": rank(found.rank),
                "paid_rank": rank(found.paid_rank),
                "highest_rank": rank(found.highest_rank),
                "earned": result.currency.plain(found.earned_minor),
            })
        })
        .collect()
}

fn wallets_as_json(result: &RunResult, snapshot: &Snapshot) -> Vec<serde_json::Value> {
    let split = |split: &plan::Split| {
        let wallet = &result.wallets[usize::from(split.wallet)];
        json!({
            "member": snapshot.members[split.member as usize].number,
            "wallet": wallet.code,
            "kind": wallet.kind.as_str(),
            "amount": result.currency.plain(split.amount_minor),
        })
    };
    result.splits.iter().map(split).collect()
}

fn bonuses_as_json(result: &RunResult) -> Vec<serde_json::Value> {
    let bonus = |bonus: &plan::BonusTotal| {
        json!({
            "code": bonus.code,
            "name": bonus.name,
            "lines": bonus.lines,
            "members": bonus.members,
            "amount": result.currency.plain(bonus.amount_minor),
            "breakage": bonus.breakage.normalize().to_string(),
        })
    };
    result.bonuses.iter().map(bonus).collect()
}
