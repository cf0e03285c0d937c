//! `mainstay plan try`: a plan over hand-made members and orders, without any database.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use clap::ValueEnum;
use serde_json::json;

use super::plan::read_text;
use super::{Failure, print_line};
use crate::domain::calendar::{Day, month_of_label};
use crate::domain::ids::{MemberId, OrderId};
use crate::domain::member::{MemberKind, MemberStatus};
use crate::domain::money::{Currency, Volume};
use crate::domain::order::OrderType;
use crate::domain::run::PeriodKind;
use crate::domain::tree::Side;
use crate::plan::{
    self, Amounts, CheckedPlan, LineRow, PeriodSpan, RunResult, Snapshot, SnapshotMember, SnapshotOrder, StateEntry,
};

/// What the command's help says at its end.
pub const HELP: &str = "\
Example: mainstay plan try --plan plan.toml --members members.csv --orders orders.csv --period 2026-10

Columns of the members: number; and, where they matter, sponsor, enroller (the sponsor if empty), kind
(distributor), status (active), joined (the first day of the period), parent and side (of the placement tree;
left, right or 1, 2, 3 …), market (a country such as DE), highest_rank, forced_rank, person (the member who owns
this position).
Columns of the orders: member, qv; and, where they matter, cv (as qv), paid (as cv), wholesale (as paid),
day (the first day of the period), type (standard), line (of products), number. An order with goods of several
product lines has one row for each, with the same number.";

const MEMBER_COLUMNS: [&str; 12] = [
    "number",
    "sponsor",
    "enroller",
    "kind",
    "status",
    "joined",
    "parent",
    "side",
    "market",
    "highest_rank",
    "forced_rank",
    "person",
];
const ORDER_COLUMNS: [&str; 9] = ["number", "line", "member", "day", "type", "qv", "cv", "paid", "wholesale"];

/// Arguments.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The plan file
    #[arg(long)]
    plan: PathBuf,
    /// The members, as CSV with a header
    #[arg(long)]
    members: PathBuf,
    /// The orders, as CSV with a header
    #[arg(long)]
    orders: PathBuf,
    /// The month, such as 2026-10
    #[arg(long)]
    period: String,
    /// How to print the result
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// What an earlier try remembered
    #[arg(long)]
    carry_in: Option<PathBuf>,
    /// Where to write what the next try must know
    #[arg(long)]
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
    let text = read_text(&args.plan)?;
    let plan = CheckedPlan::read(&text, &args.plan.display().to_string())?;
    let snapshot = read(args, plan.currency)?;
    let result = plan::run(&plan, &snapshot, &mut |_| {})?;
    match args.format {
        Format::Table => table(&result, &snapshot)?,
        Format::Csv => csv_lines(&result, &snapshot)?,
        Format::Json => print_line(serde_json::to_string_pretty(&as_json(&result, &snapshot))?)?,
    }
    if let Some(file) = &args.carry_out {
        let numbers = numbers(&snapshot);
        let entry = |entry: &StateEntry| {
            json!([numbers[&entry.member], result.state_keys[usize::from(entry.key)], entry.value])
        };
        let state: Vec<_> = result.state.iter().map(entry).collect();
        std::fs::write(file, serde_json::to_string_pretty(&state)?)?;
    }
    Ok(())
}

fn numbers(snapshot: &Snapshot) -> HashMap<MemberId, &str> {
    snapshot.members.iter().map(|member| (member.id, member.number.as_str())).collect()
}

/// A CSV file with a header, and what is wrong in it.
struct Sheet {
    name: String,
    header: Vec<String>,
    rows: Vec<csv::StringRecord>,
    faults: Vec<String>,
}

impl Sheet {
    fn read(file: &Path, known: &[&str], needed: &[&str]) -> Result<Self, Failure> {
        let name = file.display().to_string();
        let text = read_text(file)?;
        let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
        let header: Vec<String> = reader.headers()?.iter().map(str::to_lowercase).collect();
        let mut faults = Vec::new();
        for column in header.iter().filter(|column| !known.contains(&column.as_str())) {
            faults.push(format!("{name}:1: unknown column “{column}”; use {}", known.join(", ")));
        }
        for column in needed.iter().filter(|column| !header.iter().any(|name| name == *column)) {
            faults.push(format!("{name}:1: the column “{column}” is missing"));
        }
        let rows = reader.records().collect::<Result<_, _>>()?;
        Ok(Self { name, header, rows, faults })
    }

    fn cell(&self, row: usize, column: &str) -> &str {
        let place = self.header.iter().position(|name| name == column);
        place.and_then(|place| self.rows[row].get(place)).unwrap_or("")
    }

    fn fault(&mut self, row: usize, message: impl std::fmt::Display) {
        let line = self.rows[row].position().map_or(0, csv::Position::line);
        self.faults.push(format!("{}:{line}: {message}", self.name));
    }

    /// A cell as a value, or what it is when the cell is empty.
    fn value<T>(&mut self, row: usize, column: &str, empty: T) -> T
    where
        T: FromStr<Err: std::fmt::Display>,
    {
        let text = self.cell(row, column);
        if text.is_empty() {
            return empty;
        }
        match text.parse() {
            Ok(value) => value,
            Err(fault) => {
                self.fault(row, fault);
                empty
            }
        }
    }

    fn money(&mut self, row: usize, column: &str, currency: Currency, empty: i64) -> i64 {
        let text = self.cell(row, column);
        let read = if text.is_empty() { Ok(empty) } else { currency.parse_minor(text) };
        read.unwrap_or_else(|fault| {
            self.fault(row, fault);
            empty
        })
    }
}

fn read(args: &Args, currency: Currency) -> Result<Snapshot, Failure> {
    let (first, last) = month_of_label(&args.period)
        .ok_or_else(|| Failure::usage(format!("“{}” is not a month; write it as 2026-10", args.period)))?;
    let mut people = Sheet::read(&args.members, &MEMBER_COLUMNS, &["number"])?;
    let mut sales = Sheet::read(&args.orders, &ORDER_COLUMNS, &["member", "qv"])?;
    let ids: HashMap<String, MemberId> = (0..people.rows.len())
        .zip(1..)
        .map(|(row, id)| (people.cell(row, "number").to_owned(), MemberId(id)))
        .collect();
    let members = (0..people.rows.len()).map(|row| member(&mut people, row, first, &ids)).collect();
    let orders = (0..sales.rows.len()).map(|row| order(&mut sales, row, first, currency, &ids)).collect();
    let mut faults = people.faults;
    faults.extend(sales.faults);
    let (state_keys, state) = carried(args.carry_in.as_deref(), &ids)?;
    if !faults.is_empty() {
        return Err(Failure::failed(faults.join("\n")));
    }
    let period = PeriodSpan { label: args.period.clone(), kind: PeriodKind::Month, first, last };
    Ok(Snapshot { period, currency, members, orders, takebacks: Vec::new(), state_keys, state })
}

fn id_of(sheet: &mut Sheet, row: usize, column: &str, ids: &HashMap<String, MemberId>) -> Option<MemberId> {
    let number = sheet.cell(row, column).to_owned();
    let found = ids.get(&number).copied();
    if found.is_none() && !number.is_empty() {
        sheet.fault(row, format!("there is no member “{number}”"));
    }
    found
}

fn member(sheet: &mut Sheet, row: usize, first: Day, ids: &HashMap<String, MemberId>) -> SnapshotMember {
    let number = sheet.cell(row, "number").to_owned();
    let sponsor = id_of(sheet, row, "sponsor", ids);
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let [highest_rank, forced_rank] = ["highest_rank", "forced_rank"].map(|column| some(sheet.cell(row, column)));
    let parent = id_of(sheet, row, "parent", ids);
    let side: Side = sheet.value(row, "side", Side(0));
    SnapshotMember {
        id: MemberId(i64::try_from(row).unwrap_or(i64::MAX).saturating_add(1)),
        number,
        kind: sheet.value(row, "kind", MemberKind::Distributor),
        status: sheet.value(row, "status", MemberStatus::Active),
        joined: sheet.value(row, "joined", first),
        enroller: id_of(sheet, row, "enroller", ids).or(sponsor),
        sponsor,
        placement: parent.map(|parent| (parent, side.0)),
        highest_rank,
        forced_rank,
        market: sheet.cell(row, "market").to_owned(),
        person: id_of(sheet, row, "person", ids),
    }
}

fn order(
    sheet: &mut Sheet,
    row: usize,
    first: Day,
    currency: Currency,
    ids: &HashMap<String, MemberId>,
) -> SnapshotOrder {
    let number = sheet.cell(row, "number").to_owned();
    let buyer = id_of(sheet, row, "member", ids);
    if buyer.is_none() && sheet.cell(row, "member").is_empty() {
        sheet.fault(row, "an order needs a member");
    }
    let qv = sheet.value(row, "qv", Volume::ZERO);
    let cv: Volume = sheet.value(row, "cv", qv);
    let worth = currency.round(cv.to_decimal(), crate::domain::money::Rounding::HalfUp).unwrap_or(0);
    let paid_minor = sheet.money(row, "paid", currency, worth);
    SnapshotOrder {
        id: OrderId(i64::try_from(row).unwrap_or(i64::MAX)),
        number: if number.is_empty() { format!("{}", row + 1) } else { number },
        line: sheet.cell(row, "line").to_owned(),
        buyer: buyer.unwrap_or(MemberId(0)),
        day: sheet.value(row, "day", first),
        order_type: sheet.value(row, "type", OrderType::Standard),
        amounts: Amounts { qv, cv, paid_minor, wholesale_minor: sheet.money(row, "wholesale", currency, paid_minor) },
    }
}

/// What an earlier try wrote: `[[number, key, value], …]`.
fn carried(file: Option<&Path>, ids: &HashMap<String, MemberId>) -> Result<(Vec<String>, Vec<StateEntry>), Failure> {
    let Some(file) = file else { return Ok((Vec::new(), Vec::new())) };
    let entries: Vec<(String, String, i64)> = serde_json::from_str(&read_text(file)?)?;
    let mut keys: Vec<String> = entries.iter().map(|(_, key, _)| key.clone()).collect();
    keys.sort();
    keys.dedup();
    let mut state = Vec::new();
    for (number, key, value) in entries {
        let member = ids.get(&number).copied();
        let member =
            member.ok_or_else(|| Failure::failed(format!("{}: there is no member “{number}”", file.display())))?;
        let key = keys.binary_search(&key).ok().and_then(|place| u16::try_from(place).ok()).unwrap_or_default();
        state.push(StateEntry { member, key, value });
    }
    Ok((keys, state))
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
    let mut rows = vec![HEAD.map(str::to_owned)];
    rows.extend(result.rows(snapshot).map(|row| cells(&row, result, &numbers)));
    let mut widths = [0; 8];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.chars().count().max(*width);
        }
    }
    for row in &rows {
        let padded = row
            .iter()
            .zip(widths)
            .enumerate()
            .map(|(at, (cell, width))| if at < 4 { format!("{cell:<width$}") } else { format!("{cell:>width$}") });
        print_line(padded.collect::<Vec<_>>().join("  ").trim_end())?;
    }
    print_line("")?;
    for bonus in &result.bonuses {
        let amount = result.currency.plain(bonus.amount_minor);
        print_line(format!("{}: {} lines, {amount}, breakage {}", bonus.name, bonus.lines, bonus.breakage))?;
    }
    print_line(format!("Total: {} {}", result.currency.plain(result.total_minor), result.currency))?;
    result.exceptions.iter().try_for_each(|exception| print_line(format!("{}: {}", exception.severity, exception.text)))
}

fn csv_lines(result: &RunResult, snapshot: &Snapshot) -> Result<(), Failure> {
    let numbers = numbers(snapshot);
    let mut writer = csv::Writer::from_writer(std::io::stdout().lock());
    writer.write_record(HEAD)?;
    for row in result.rows(snapshot) {
        writer.write_record(cells(&row, result, &numbers))?;
    }
    Ok(writer.flush()?)
}

fn as_json(result: &RunResult, snapshot: &Snapshot) -> serde_json::Value {
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
    let rank = |rank: Option<u16>| rank.map(|rank| result.ranks[usize::from(rank)].code.as_str());
    let members: Vec<_> = result
        .members
        .iter()
        .zip(&snapshot.members)
        .map(|(found, member)| {
            json!({
                "number": member.number,
                "pv": found.pv.to_string(),
                "gv": found.gv.to_string(),
                "active": found.active,
                "rank": rank(found.rank),
                "paid_rank": rank(found.paid_rank),
                "earned": result.currency.plain(found.earned_minor),
            })
        })
        .collect();
    json!({
        "currency": result.currency.code(),
        "total": result.currency.plain(result.total_minor),
        "lines": result.rows(snapshot).map(line).collect::<Vec<_>>(),
        "members": members,
    })
}
