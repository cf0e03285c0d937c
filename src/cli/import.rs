//! `mainstay import`: members, products or orders from CSV files.

use super::input_file::{PLAN, read_text, regular};
use super::{Context, Failure, print_json, print_line};

use std::fs::File;
use std::io::{IsTerminal as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use serde_json::json;

use crate::actions::import::{ImportInput, Progress, Report, import, write_rejects};
use crate::domain::ids::ImportId;
use crate::domain::staff::Actor;
use crate::sheet::{ImportKind, Mapping};
use crate::store::imports::{self, Import};

/// Rejected rows that are shown; the rest is in the file of `--rejects`.
const SHOWN_REJECTS: i64 = 20;
/// Remarks that are shown; the rest is on the import's page in the console.
const SHOWN_REMARKS: i64 = 5;

const EXAMPLES: &str = "\
Examples:
  mainstay import members people.csv --mapping people.toml --dry-run
  mainstay import orders 2026-*.csv --mapping orders.toml --rejects rejected.csv

A bad row never stops a file and never half-enters. The same file again changes nothing; an import that
was cut off goes on where it was when the same command is given again.";

/// Arguments.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// What the rows are
    #[arg(value_parser = ["members", "products", "orders"])]
    what: String,
    /// The CSV files, imported one after the other
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Which column means what
    #[arg(long, value_name = "FILE")]
    mapping: PathBuf,
    /// Check every row; write no member, product or order
    #[arg(long)]
    dry_run: bool,
    /// Let rows that differ from what is there change names and addresses
    #[arg(long)]
    update: bool,
    /// Write rejected rows with their reasons to this CSV file
    #[arg(long, value_name = "FILE")]
    rejects: Option<PathBuf>,
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub fn run(args: &Args, context: &Context) -> Result<(), Failure> {
    let named = |path: &Path, fault: std::io::Error| Failure::usage(format!("{}: {fault}", path.display()));
    let mapping_text = read_text(&args.mapping, PLAN).map_err(|fault| Failure::usage(fault.to_string()))?;
    let mapping = Mapping::read(&mapping_text, &args.mapping.display().to_string())
        .map_err(|fault| Failure::usage(fault.to_string()))?;
    let kind: ImportKind = args.what.parse()?;
    if mapping.kind != kind {
        let mapping_kind = mapping.kind;
        return Err(Failure::usage(format!("{} is a mapping for {mapping_kind}, not {kind}", args.mapping.display())));
    }
    for path in &args.files {
        regular(path).map_err(|fault| Failure::usage(fault.to_string()))?;
        std::fs::File::open(path).map_err(|fault| named(path, fault))?;
    }
    let (_, db) = context.open()?;
    let mut shown = Shown { is_terminal: std::io::stderr().is_terminal() && !args.json, ..Shown::default() };
    let mut reports = Vec::with_capacity(args.files.len());
    for path in &args.files {
        let file_name =
            path.file_name().map_or_else(|| path.display().to_string(), |n| n.to_string_lossy().into_owned());
        let input = ImportInput {
            mapping: &mapping,
            mapping_text: &mapping_text,
            path,
            file_name: &file_name,
            is_dry_run: args.dry_run,
            update: args.update,
        };
        let done = import(&db, &context.clock, &Actor::command_line(), &input, &mut |progress| {
            shown.show(&file_name, progress)
        });
        shown.end();
        reports.push(done?);
    }
    let ids: Vec<ImportId> = reports.iter().map(|report| report.import.id).collect();
    if let Some(path) = &args.rejects {
        let to = File::options()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(path)
            .map_err(|fault| named(path, fault))?;
        write_rejects(&db, &ids, std::io::BufWriter::new(to))?;
    }
    let mut rejects = Vec::new();
    for report in reports.iter().filter(|report| report.import.rows_rejected > 0) {
        let left = SHOWN_REJECTS - i64::try_from(rejects.len()).unwrap_or(SHOWN_REJECTS);
        let some = db.read(|c| imports::list_rejects(c, report.import.id, -1, left.max(0)))?;
        rejects.extend(some.into_iter().map(|reject| (report.import.file_name.clone(), reject.line_no, reject.reason)));
    }
    let mut remarks = Vec::new();
    for report in reports.iter().filter(|report| report.import.rows_remarked > 0) {
        let left = SHOWN_REMARKS - i64::try_from(remarks.len()).unwrap_or(SHOWN_REMARKS);
        let some = db.read(|c| imports::list_remarks(c, report.import.id, -1, left.max(0)))?;
        remarks.extend(some.into_iter().map(|row| (report.import.file_name.clone(), row.line_no, row.remark)));
    }
    if args.json { print_as_json(&reports, &rejects, &remarks) } else { print_text(args, &reports, &rejects, &remarks) }
}

/// File, line and what is said about the row.
type Shortened = [(String, i64, String)];

fn sums(reports: &[Report]) -> [(&'static str, i64); 6] {
    let sum = |of: fn(&Import) -> i64| reports.iter().map(|report| of(&report.import)).sum::<i64>();
    [
        ("read", sum(|i| i.rows_read)),
        ("created", sum(|i| i.rows_created)),
        ("changed", sum(|i| i.rows_updated)),
        ("unchanged", sum(|i| i.rows_unchanged)),
        ("left out", sum(|i| i.rows_skipped)),
        ("rejected", sum(|i| i.rows_rejected)),
    ]
}

fn print_text(args: &Args, reports: &[Report], rejects: &Shortened, remarks: &Shortened) -> Result<(), Failure> {
    let files = reports.len();
    let resumed = reports.iter().filter(|report| report.is_resumed).count();
    if resumed > 0 {
        print_line(format!("{resumed} of {files} files went on where they had been cut off"))?;
    }
    let sums = sums(reports);
    let counts: Vec<String> =
        sums.iter().map(|(word, count)| format!("{} {word}", crate::domain::money::grouped((*count).into()))).collect();
    let dry = if args.dry_run { " (dry run: nothing was written)" } else { "" };
    print_line(format!(
        "{}: {} rows of {files} {}{dry}",
        args.what,
        counts.join(", "),
        if files == 1 { "file" } else { "files" }
    ))?;
    for (file, line, reason) in rejects {
        print_line(format!("  {file}, line {line}: {reason}"))?;
    }
    let more = sums[5].1 - i64::try_from(rejects.len()).unwrap_or_default();
    if more > 0 {
        print_line(format!("  and {more} more; write them all to a file with --rejects FILE"))?;
    }
    let count: i64 = reports.iter().map(|report| report.import.rows_remarked).sum();
    if count > 0 {
        print_line(format!("{count} remarks on rows that came in, such as:"))?;
        for (file, line, remark) in remarks {
            print_line(format!("  {file}, line {line}: {remark}"))?;
        }
    }
    Ok(())
}

fn print_as_json(reports: &[Report], rejects: &Shortened, remarks: &Shortened) -> Result<(), Failure> {
    let totals: serde_json::Map<String, serde_json::Value> =
        sums(reports).into_iter().map(|(word, count)| (word.replace(' ', "_"), count.into())).collect();
    let told = |rows: &Shortened, word: &str| -> Vec<_> {
        rows.iter().map(|(file, line, text)| json!({ "file": file, "line": line, word: text })).collect()
    };
    print_json(&json!({
        "rows": totals,
        "files": reports.len(),
        "rejects": told(rejects, "reason"),
        "remarks": told(remarks, "remark"),
    }))
}

/// A progress line on a terminal; silence elsewhere.
#[derive(Default)]
struct Shown {
    is_terminal: bool,
    is_there: bool,
}

impl Shown {
    fn show(&mut self, file: &str, progress: Progress) -> bool {
        if self.is_terminal {
            self.is_there = true;
            let percent = progress.permille / 10;
            let line = format!("\r\x1b[K{file}: {} rows, {} rejected, {percent} %", progress.rows, progress.rejected);
            // A terminal that went away does not stop an import.
            drop(std::io::stderr().write_all(line.as_bytes()));
        }
        true
    }

    fn end(&mut self) {
        if self.is_there {
            self.is_there = false;
            drop(std::io::stderr().write_all(b"\r\x1b[K"));
        }
    }
}
