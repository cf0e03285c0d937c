//! An import that is cut off, politely or by `kill -9`, goes on where it was and ends as if nothing happened.

use std::fmt::Write as _;
use std::process::{Command, Stdio};
use std::time::Duration;

use mainstay::actions::import::ImportFault;
use mainstay::store::{imports, members};

use super::{Desk, How, counts};
use crate::databases;

const MAPPING: &str =
    "kind = \"members\"\n[columns]\nnumber = \"No\"\nname = \"Name\"\nsponsor = \"Sponsor\"\njoined_on = \"Since\"\n";

/// A chain from the last row up, so that most rows must wait, with a bad row now and then.
fn file(rows: u32) -> String {
    let mut text = "No,Name,Sponsor,Since\n".to_owned();
    for number in 1..=rows {
        let sponsor = if number == rows { String::new() } else { format!("M-{}", number + 1 + number % 3) };
        let sponsor = if number + 4 > rows { String::new() } else { sponsor };
        let name = if number % 1000 == 7 { "" } else { "Somebody" };
        writeln!(text, "M-{number},{name},{sponsor},2026-01-01").unwrap();
    }
    text
}

#[test]
fn an_import_that_was_stopped_goes_on_and_counts_every_row_once() {
    let file = file(7000);
    databases::each(|fresh| {
        let desk = Desk::new(&fresh.db);
        let mut steps = 0;
        let stopped = desk.run_watched(MAPPING, &file, How::Plain, &mut |progress| {
            steps += u32::from(progress.rows > 0);
            steps < 2
        });
        assert!(matches!(stopped, Err(ImportFault::Stopped)));
        let there = fresh.db.read(members::count).unwrap();
        assert!(there > 0 && there < 7000, "{there}");
        let report = desk.run(MAPPING, &file, How::Plain).unwrap();
        assert!(report.is_resumed);
        let interrupted = (counts(&report), desk.rejects(&report));
        let other = databases::sqlite();
        let desk = Desk::new(&other.db);
        let straight = desk.run(MAPPING, &file, How::Plain).unwrap();
        assert!(!straight.is_resumed);
        assert_eq!(interrupted, (counts(&straight), desk.rejects(&straight)));
        assert_eq!(fresh.db.read(members::count).unwrap(), other.db.read(members::count).unwrap());
        let again = desk.run(MAPPING, &file, How::Plain).unwrap();
        assert_eq!(again.import.rows_created, 0);
    });
}

#[test]
fn an_import_survives_kill_9() {
    let file = file(30_000);
    databases::each(|fresh| {
        let desk = Desk::new(&fresh.db);
        let csv = desk.file("people.csv", &file);
        let map = desk.file("map.toml", MAPPING);
        let empty = desk.file("empty.toml", "");
        let command = || {
            let mut command = Command::new(env!("CARGO_BIN_EXE_mainstay"));
            command.env_clear().env("PATH", "/usr/bin:/bin").stdout(Stdio::null()).stderr(Stdio::null());
            command.arg("--config").arg(&empty).args(["--database", &fresh.url, "--data-dir"]).arg(desk.folder.path());
            command.args(["import", "members"]).arg(&csv).arg("--mapping").arg(&map);
            command
        };
        let mut child = command().spawn().unwrap();
        let ended_early = loop {
            let newest = fresh.db.read(|c| imports::list(c, None, 1)).unwrap();
            if newest.first().is_some_and(|import| import.rows_done > 0) {
                child.kill().unwrap();
                break child.wait().unwrap().success();
            }
            if child.try_wait().unwrap().is_some() {
                break true;
            }
            std::thread::sleep(Duration::from_millis(2));
        };
        assert!(!ended_early, "the process was to be killed in the middle");
        assert!(command().status().unwrap().success());
        let last = fresh.db.read(|c| imports::list(c, None, 5)).unwrap();
        assert_eq!(last.len(), 1, "the second process went on with the same import");
        assert_eq!((last[0].status.as_str(), last[0].rows_read), ("done", 30_000));
        assert_eq!(last[0].rows_created + last[0].rows_rejected, 30_000);
        assert_eq!(fresh.db.read(members::count).unwrap(), last[0].rows_created);
    });
}
