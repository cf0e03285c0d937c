//! Members: sponsors anywhere in the file, every fault by its line, updates only when asked for.

use mainstay::actions::add_plan_version::add_plan_version;
use mainstay::domain::staff::Actor;
use mainstay::domain::tree::TreeKind;
use mainstay::store::{attributes, links, members};

use super::{Desk, How, assert_reasons, counts};
use crate::databases;

pub const MAPPING: &str = "kind = \"members\"\n[file]\ndates = [\"DD.MM.YYYY\"]\n\
    [columns]\nnumber = \"No\"\nname = \"Name\"\njoined_on = \"Since\"\n";
const FULL: &str = "kind = \"members\"\n[file]\ndelimiter = \";\"\ndates = [\"DD.MM.YYYY\"]\n\
    [columns]\nnumber = \"No\"\nname = \"Name\"\nkind = \"Kind\"\nsponsor = \"Sponsor\"\nemail = \"Mail\"\njoined_on = \"Since\"\n\
    [columns.country]\ncolumn = \"Land\"\nvalues = { \"Österreich\" = \"AT\" }\ndefault = \"DE\"\n";
const HEADER: &str = "No;Name;Kind;Sponsor;Mail;Since;Land\n";

fn sponsor_of(desk: &Desk<'_>, number: &str) -> Option<String> {
    desk.db
        .read(|c| {
            let member = members::find_by_number(c, number)?.unwrap();
            let parent = links::find_parent(c, TreeKind::Sponsor, member.id)?;
            parent.map(|id| members::get(c, id).map(|m| m.number)).transpose()
        })
        .unwrap()
}

#[test]
fn a_sponsor_may_stand_anywhere_in_the_file() {
    databases::each(|fresh| {
        let desk = Desk::new(&fresh.db);
        let file = format!(
            "{HEADER}M-3;Cia;;M-2;;03.01.2026;\nM-2;Bo;;M-1;;02.01.2026;Österreich\nM-1;Ann;;;ann@example.org;01.01.2026;\n\
             M-4;Dee;retail;M-3;;04.01.2026;FR\n"
        );
        let report = desk.run(FULL, &file, How::Plain).unwrap();
        assert_eq!(counts(&report), [4, 4, 0, 0, 0, 0]);
        assert_eq!(sponsor_of(&desk, "M-3").as_deref(), Some("M-2"));
        assert_eq!(sponsor_of(&desk, "M-4").as_deref(), Some("M-3"));
        assert_eq!(sponsor_of(&desk, "M-1"), None);
        let bo = fresh.db.read(|c| members::find_by_number(c, "M-2")).unwrap().unwrap();
        assert_eq!((bo.country.as_str(), bo.joined_on.to_string().as_str()), ("AT", "2026-01-02"));
        let again = desk.run(FULL, &file, How::Plain).unwrap();
        assert_eq!(counts(&again), [4, 0, 0, 4, 0, 0], "the same file twice changes nothing");
    });
}

#[test]
fn every_fault_is_told_with_its_line_and_the_good_rows_come_in() {
    databases::each(|fresh| {
        let desk = Desk::new(&fresh.db);
        let long = "x".repeat(5000);
        let mut file = format!(
            "{HEADER}\
             M-1;Ann;;;;01.01.2026;\n\
             M-2;Bo;;M-9;;01.01.2026;\n\
             M-3;Cia;;M-4;;01.01.2026;\n\
             M-4;Dee;;M-3;;01.01.2026;\n\
             M-5;Eve;;M-2;;01.01.2026;\n\
             M-1;Ann again;;;;01.01.2026;\n\
             M-6;Fay;;;;31.02.2026;\n\
             M-7;;;;;01.01.2026;\n\
             M-8;Gus;vip;;;01.01.2026;\n\
             M 9;Hal;;;;01.01.2026;\n\
             M-10;Ida;;;nomail;01.01.2026;\n\
             M-11;Jon;;;;01.01.2026;Atlantis\n\
             M-12;{long};;;;01.01.2026;\n\
             M-13;Kim;retail;;;01.01.2026;\n\
             M-14;Lou;;M-13;;01.01.2026;\n\
             M-15;Max;;M-1;;01.12.2025;\n\
             M-16;only three\n\
             M-17;\"open;;;;01.01.2026;\n\
             M-18;=1+1;;M-1;;01.01.2026;\n\
             M-19;M-19;;M-19;;01.01.2026;\n"
        )
        .into_bytes();
        file.extend_from_slice(
            b"M-20;Zo\xeb;;M-1;;01.01.2026;\nM-21;Nul\x00l;;M-1;;01.01.2026;\nM-22;Last;;M-1;;01.01.2026;\n",
        );
        let report = desk.run(FULL, &file, How::Plain).unwrap();
        assert_reasons(
            &desk.rejects(&report),
            &[
                (3, "sponsor M-9 is neither in the file nor a member"),
                (4, "stands above its own sponsor"),
                (5, "stands above its own sponsor"),
                (6, "the row of sponsor M-2 (line 3) is rejected"),
                (7, "M-1 stands in line 2 already"),
                (8, "joined_on “31.02.2026” is not a date; expected DD.MM.YYYY"),
                (9, "Give the name"),
                (10, "“vip” is not a member kind"),
                (11, "A number has no spaces"),
                (12, "“nomail” is not an address for mail"),
                (13, "“Atlantis” is not a country code"),
                (14, "holds 5000 bytes"),
                (16, "sponsor M-13 may not sponsor"),
                (17, "joined after 2025-12-01"),
                (18, "the row has 2 cells, the header has 7"),
                (19, "never closed"),
                (21, "its own sponsor"),
                (22, "is not UTF-8 (byte 0xEB)"),
                (23, "control character U+0000"),
            ],
        );
        assert_eq!(counts(&report), [23, 4, 0, 0, 0, 19]);
        let formula = fresh.db.read(|c| members::find_by_number(c, "M-18")).unwrap().unwrap();
        assert_eq!(formula.name, "=1+1", "a formula is text like any other");
        assert_eq!(fresh.db.read(members::count).unwrap(), 4);
        let latin = FULL.replace("delimiter", "encoding = \"windows-1252\"\ndelimiter");
        let report =
            desk.run(&latin, b"No;Name;Kind;Sponsor;Mail;Since;Land\nM-20;Zo\xeb;;M-1;;01.01.2026;\n", How::Plain);
        assert_eq!(counts(&report.unwrap()), [1, 1, 0, 0, 0, 0]);
        assert_eq!(fresh.db.read(|c| members::find_by_number(c, "M-20")).unwrap().unwrap().name, "Zoë");
    });
}

#[test]
fn a_different_row_is_refused_and_an_update_changes_only_what_it_may() {
    databases::each(|fresh| {
        let desk = Desk::new(&fresh.db);
        let first = format!("{HEADER}M-1;Ann;;;;01.01.2026;\nM-2;Bo;;M-1;;01.01.2026;\n");
        desk.run(FULL, &first, How::Plain).unwrap();
        let second = format!("{HEADER}M-1;Ann Marie;;;ann@example.org;01.01.2026;\nM-2;Bo;;;;01.01.2026;\n");
        let refused = desk.run(FULL, &second, How::Plain).unwrap();
        assert_reasons(
            &desk.rejects(&refused),
            &[
                (2, "different name (Ann, here Ann Marie), email (none, here ann@example.org)"),
                (3, "different sponsor (M-1, here none)"),
            ],
        );
        let updated = desk.run(FULL, &second, How::Update).unwrap();
        assert_eq!(counts(&updated), [2, 0, 1, 0, 0, 1]);
        let ann = fresh.db.read(|c| members::find_by_number(c, "M-1")).unwrap().unwrap();
        assert_eq!((ann.name.as_str(), ann.email.as_str(), ann.version), ("Ann Marie", "ann@example.org", 2));
        assert_eq!(sponsor_of(&desk, "M-2").as_deref(), Some("M-1"));
    });
}

#[test]
fn a_dry_run_tells_the_same_and_writes_nothing() {
    databases::each(|fresh| {
        let desk = Desk::new(&fresh.db);
        let file = format!("{HEADER}M-2;Bo;;M-1;;01.01.2026;\nM-1;Ann;;;;01.01.2026;\nM-3;Cia;;M-9;;01.01.2026;\n");
        let dry = desk.run(FULL, &file, How::DryRun).unwrap();
        assert_eq!(fresh.db.read(members::count).unwrap(), 0);
        let real = desk.run(FULL, &file, How::Plain).unwrap();
        assert_eq!(counts(&dry), counts(&real));
        assert_eq!(desk.rejects(&dry), desk.rejects(&real));
    });
}

#[test]
fn a_network_gives_sponsors_and_customers_are_spread_over_who_was_there() {
    databases::each(|fresh| {
        let desk = Desk::new(&fresh.db);
        let network = "kind = \"members\"\n[file]\ndates = [\"epoch-seconds\"]\n[rows]\nhistory = true\n\
            [edges]\nfrom = \"F\"\nto = \"T\"\nat = \"At\"\nsponsor = \"first-rater\"\n\
            [columns]\nnumber = { column = \"node\", prefix = \"N-\" }\nname = \"node\"\njoined_on = \"at\"\n";
        let edges = "F,T,At\n1,2,1700000000\n2,3,1700000500\n3,1,1700001000\n4,4,1700001000\n";
        let report = desk.run(network, edges, How::Plain).unwrap();
        assert_eq!((report.import.rows_remarked, report.import.rows_created), (1, 3));
        assert_reasons(&desk.rejects(&report), &[(5, "both ends")]);
        assert_eq!(sponsor_of(&desk, "N-3").as_deref(), Some("N-2"));
        assert_eq!(sponsor_of(&desk, "N-1"), None);
        let customers = format!(
            "{MAPPING}kind = {{ constant = \"retail\" }}\nsponsor = {{ spread_over = \"distributors-joined-before\" }}\n\
             [rows]\nrepeats = \"first\"\n[[skip]]\ncolumn = \"No\"\nempty = true\n"
        );
        let file = "No,Name,Since\nC-1,x,01.01.2024\nC-1,y,01.01.2025\n,,\nC-2,z,01.01.2020\n";
        let report = desk.run(&customers, file, How::Plain).unwrap();
        assert_eq!(counts(&report), [4, 2, 0, 1, 1, 0]);
        assert!(sponsor_of(&desk, "C-1").is_some_and(|number| number.starts_with("N-")));
        assert_eq!(sponsor_of(&desk, "C-2"), None, "nobody had joined by 2020");
    });
}

/// What a member has, oldest first.
fn said(desk: &Desk<'_>, number: &str) -> Vec<String> {
    desk.db
        .read(|c| {
            let member = members::find_by_number(c, number)?.unwrap();
            let said = attributes::list_of(c, &[member.id])?;
            Ok::<_, mainstay::store::StoreError>(
                said.iter().map(|s| format!("{} {} {}", s.from_day, s.name, s.value)).collect(),
            )
        })
        .unwrap()
}

#[test]
fn attributes_are_read_as_the_plan_says_and_changed_only_when_asked_for() {
    const PLAN: &str = "[plan]\nname = \"P\"\ncurrency = \"EUR\"\n\
        [attributes]\npackage = [\"Basic\", \"Pro\"]\nuntil = \"day\"\nlimit = \"number\"\n";
    databases::each(|fresh| {
        let desk = Desk::new(&fresh.db);
        let start = "2026-01-01".parse().unwrap();
        add_plan_version(desk.db, &desk.clock, &Actor::command_line(), PLAN, "plan.toml", start).unwrap();
        let mapping = format!(
            "{MAPPING}[attributes]\npackage = {{ column = \"Kit\", values = {{ Big = \"Pro\" }} }}\nuntil = \"Until\"\n\
             limit = \"Limit\"\ncolour = \"Colour\"\n"
        );
        let head = "No,Name,Since,Kit,Until,Limit,Colour\n";
        let file = format!(
            "{head}M-1,Ann,01.03.2026,Big,31.12.2026,1000.50,red\nM-2,Bo,02.03.2026,Basic,,,\n\
             M-3,Cia,02.03.2026,Small,,,\nM-4,Dee,02.03.2026,,soon,,\n"
        );
        let report = desk.run(&mapping, &file, How::Plain).unwrap();
        assert_eq!(counts(&report), [4, 2, 0, 0, 0, 2]);
        assert_reasons(
            &desk.rejects(&report),
            &[
                (4, "package is “Small”, and the plan needs one of: Basic, Pro"),
                (5, "attributes.until “soon” is not a date"),
            ],
        );
        let expected = [
            "2026-03-01 colour red",
            "2026-03-01 limit 1000.5",
            "2026-03-01 package Pro",
            "2026-03-01 until 2026-12-31",
        ];
        assert_eq!(said(&desk, "M-1"), expected);
        let later = format!("{head}M-2,Bo,02.03.2026,Big,,,\n");
        let refused = desk.run(&mapping, &later, How::Plain).unwrap();
        assert_reasons(&desk.rejects(&refused), &[(2, "different package (Basic, here Pro); import with --update")]);
        assert_eq!(counts(&desk.run(&mapping, &later, How::Update).unwrap())[2], 1);
        assert_eq!(said(&desk, "M-2"), ["2026-03-02 package Basic", "2026-11-01 package Pro"]);
        assert_eq!(counts(&desk.run(&mapping, &later, How::Plain).unwrap())[3], 1, "the same file changes nothing");
    });
}

#[test]
fn positions_are_joined_to_their_person_wherever_it_stands() {
    databases::each(|fresh| {
        let desk = Desk::new(&fresh.db);
        let mapping = format!("{MAPPING}person = \"Person\"\n");
        let file = "No,Name,Since,Person\nM-2,Ann two,02.01.2026,M-1\nM-1,Ann,01.01.2026,\nM-3,Bo,01.01.2026,M-9\nM-4,Cy,01.01.2026,M-2\n";
        let person = |number: &str| {
            let find = |number: &str| desk.db.read(|c| members::find_by_number(c, number)).unwrap().unwrap();
            let owner = find(number).person_id;
            if owner.0 == 0 { String::new() } else { desk.db.read(|c| members::get(c, owner)).unwrap().number }
        };
        let report = desk.run(&mapping, file, How::Plain).unwrap();
        assert_eq!(counts(&report)[1], 4);
        assert_eq!(["M-1", "M-2", "M-3", "M-4"].map(person), ["", "M-1", "", ""]);
        assert_eq!(report.import.rows_remarked, 2, "M-9 is nobody, and M-2 is a position itself");
        assert_eq!(counts(&desk.run(&mapping, file, How::Plain).unwrap())[3], 4);
    });
}
