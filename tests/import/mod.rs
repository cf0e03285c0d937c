//! Imports: bad files of every kind, the same file twice, a file cut off in the middle; on every database.

mod console;
mod members;
mod orders;
mod real;
mod resume;

use std::path::PathBuf;

use mainstay::actions::company;
use mainstay::actions::import::{ImportFault, ImportInput, Report, content_cells, import};
use mainstay::clock::Clock;
use mainstay::domain::calendar::Moment;
use mainstay::domain::company::Company;
use mainstay::domain::staff::Actor;
use mainstay::sheet::Mapping;
use mainstay::store::imports::{self, Reject};
use mainstay::store::{Db, StoreResult};

use crate::databases;

/// A company in euros and the folder of its files.
pub struct Desk<'a> {
    db: &'a Db,
    folder: tempfile::TempDir,
    clock: Clock,
}

impl<'a> Desk<'a> {
    fn new(db: &'a Db) -> Self {
        let clock = Clock::fixed(Moment::from_utc("2026-11-01T09:00:00Z".parse().unwrap()));
        let company = Company {
            name: "Sallowfield".into(),
            address: String::new(),
            email: String::new(),
            currency: "EUR".parse().unwrap(),
            zone: "Europe/Berlin".parse().unwrap(),
        };
        db.write(|tx| company::save(tx, &company, clock.now())).unwrap();
        Self { db, folder: tempfile::tempdir().unwrap(), clock }
    }

    fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    /// Imports bytes; `how` may ask for a dry run or an update.
    fn run(&self, mapping: &str, bytes: impl AsRef<[u8]>, how: How) -> Result<Report, ImportFault> {
        self.run_watched(mapping, bytes, how, &mut |_| true)
    }

    fn run_watched(
        &self,
        mapping_text: &str,
        bytes: impl AsRef<[u8]>,
        how: How,
        watch: &mut dyn FnMut(mainstay::actions::import::Progress) -> bool,
    ) -> Result<Report, ImportFault> {
        let mapping = Mapping::read(mapping_text, "map.toml").unwrap();
        let path = self.file("file.csv", bytes);
        let input = ImportInput {
            mapping: &mapping,
            mapping_text,
            path: &path,
            file_name: "file.csv",
            is_dry_run: how == How::DryRun,
            update: how == How::Update,
        };
        import(self.db, &self.clock, &Actor::command_line(), &input, watch)
    }

    /// Lines and reasons of what an import rejected.
    fn rejects(&self, report: &Report) -> Vec<(i64, String)> {
        let rows: StoreResult<Vec<Reject>> = self.db.read(|c| imports::list_rejects(c, report.import.id, -1, 10_000));
        rows.unwrap().into_iter().map(|reject| (reject.line_no, reject.reason)).collect()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum How {
    Plain,
    DryRun,
    Update,
}

/// Read, created, updated, unchanged, left out, rejected.
fn counts(report: &Report) -> [i64; 6] {
    let i = &report.import;
    assert_eq!(i.status, "done");
    [i.rows_read, i.rows_created, i.rows_updated, i.rows_unchanged, i.rows_skipped, i.rows_rejected]
}

/// Each reason must hold the words that are expected at its line.
fn assert_reasons(found: &[(i64, String)], expected: &[(i64, &str)]) {
    let lines: Vec<i64> = found.iter().map(|(line, _)| *line).collect();
    assert_eq!(lines, expected.iter().map(|(line, _)| *line).collect::<Vec<_>>(), "{found:#?}");
    for ((line, reason), (_, words)) in found.iter().zip(expected) {
        assert!(reason.contains(words), "line {line}: “{reason}” does not say “{words}”");
    }
}

#[test]
fn a_rejected_row_is_kept_as_the_file_had_it_and_opens_safely_in_a_spreadsheet() {
    databases::each(|fresh| {
        let desk = Desk::new(&fresh.db);
        let file = "No,Name,Since\nM-1,=HYPERLINK(\"x\"),yesterday\n";
        let report = desk.run(members::MAPPING, file, How::Plain).unwrap();
        let kept = fresh.db.read(|c| imports::list_rejects(c, report.import.id, -1, 9)).unwrap();
        let cells = content_cells(&kept[0].content);
        assert_eq!(cells[1], ("Name".into(), "=HYPERLINK(\"x\")".into()));
        let mut csv = Vec::new();
        mainstay::actions::import::write_rejects(&fresh.db, &[report.import.id], &mut csv).unwrap();
        let csv = String::from_utf8(csv).unwrap();
        assert!(csv.starts_with("file,line,reason,No,Name,Since\r\n"), "{csv}");
        assert!(csv.contains("\"'=HYPERLINK(\"\"x\"\")\""), "{csv}");
    });
}
