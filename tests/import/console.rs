//! The upload in the console: the mapping is checked at once, the rows by the job, the report is a page.

use std::path::{Path, PathBuf};

use mainstay::config::{Sources, load};
use mainstay::domain::staff::Role;
use mainstay::jobs;
use mainstay::store::{imports, members};
use rocket::http::{ContentType, Status};

use super::{Desk, How};
use crate::web::{Console, location};

fn data_dir(console: &Console) -> PathBuf {
    let url = console.db.url().to_string();
    Path::new(url.strip_prefix("sqlite:").unwrap()).parent().unwrap().to_owned()
}

/// A form as a browser sends it with two files.
fn form(token: &str, file: &str, mapping: &str, more: &[&str]) -> String {
    let part = |name: &str, file_name: &str, text: &str| {
        let named = if file_name.is_empty() { String::new() } else { format!("; filename=\"{file_name}\"") };
        let kind = if file_name.is_empty() { "" } else { "Content-Type: text/plain\r\n" };
        format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"{named}\r\n{kind}\r\n{text}\r\n")
    };
    let boxes: String = more.iter().map(|name| part(name, "", "true")).collect();
    let files = [part("file", "people.csv", file), part("mapping", "people.toml", mapping)].concat();
    format!("{}{files}{boxes}--edge--\r\n", part("csrf", "", token))
}

fn upload(console: &Console, file: &str, mapping: &str, more: &[&str]) -> (Status, String, String) {
    let body = form(&console.token("/imports/new"), file, mapping, more);
    let kind = ContentType::new("multipart", "form-data").with_params(("boundary", "edge"));
    let answer = console.client.post("/imports/new").header(kind).body(body).dispatch();
    (answer.status(), location(&answer), answer.into_string().unwrap_or_default())
}

fn work_off(console: &Console) {
    let flags = vec![("data_dir".to_owned(), data_dir(console).display().to_string(), "test".to_owned())];
    let settings = load(&Sources { flags, ..Sources::default() }).unwrap();
    assert_eq!(jobs::worker(&console.db, &console.clock, &settings).work_off().unwrap(), 1);
}

#[test]
fn a_file_is_checked_imported_and_its_report_is_a_page() {
    let console = Console::new();
    console.sign_in(Role::Support);
    let file = "No,Name,Since\nM-1,Ann,01.01.2026\nM-2,<b>Bo</b>,31.02.2026\n";
    let mapping = super::members::MAPPING;
    let (status, to, _) = upload(&console, file, mapping, &["check"]);
    assert_eq!((status, to.as_str()), (Status::SeeOther, "/imports"));
    assert!(console.get("/imports").contains("waits for its turn"));
    work_off(&console);
    assert_eq!(console.db.read(members::count).unwrap(), 0);
    let (status, ..) = upload(&console, file, mapping, &[]);
    assert_eq!(status, Status::SeeOther);
    work_off(&console);
    assert_eq!(console.db.read(members::count).unwrap(), 1);
    let import = console.db.read(|c| imports::list(c, None, 1)).unwrap().remove(0);
    let page = console.get(&format!("/imports/{}", import.id));
    assert!(page.contains("31.02.2026") && page.contains("is not a date; expected DD.MM.YYYY"), "{page}");
    assert!(!page.contains("<b>Bo</b>"), "a cell is text and never markup");
    assert!(console.get("/imports").contains("check only"));
    let csv = console.get(&format!("/imports/{}/rejected.csv", import.id));
    assert!(csv.starts_with("file,line,reason,No,Name,Since\r\npeople.csv,3,"), "{csv}");
    let left = std::fs::read_dir(data_dir(&console).join("uploads")).unwrap().count();
    assert_eq!(left, 0, "an upload goes away after its import");
}

#[test]
fn a_wrong_mapping_is_refused_at_once_with_its_line() {
    let console = Console::new();
    console.sign_in(Role::Owner);
    let wrong = super::members::MAPPING.replace("number", "numbr");
    let (status, _, page) = upload(&console, "No,Name,Since\n", &wrong, &[]);
    assert_eq!(status, Status::UnprocessableEntity);
    assert!(page.contains("line 5: members have no field “numbr”; did you mean “number”?"), "{page}");
    let (status, _, page) = upload(&console, "", "", &[]);
    assert_eq!(status, Status::UnprocessableEntity);
    assert!(page.contains("Choose a CSV file") && page.contains("Choose the mapping file"), "{page}");
}

#[test]
fn a_file_that_no_row_could_come_out_of_is_refused_where_it_was_chosen() {
    let console = Console::new();
    console.sign_in(Role::Owner);
    let refused = |file: &str| {
        let (status, _, page) = upload(&console, file, super::members::MAPPING, &["check"]);
        assert_eq!(status, Status::UnprocessableEntity);
        assert!(!page.contains("is uploaded"));
        page
    };
    assert!(
        refused("No,Nmae,Since\nM-1,Ann,01.01.2026\n")
            .contains("people.csv has no column “Name” (did you mean “Nmae”?)")
    );
    assert!(refused("\n\n").contains("people.csv is empty; the first line must name the columns"));
    let left = std::fs::read_dir(data_dir(&console).join("uploads")).unwrap().count();
    assert_eq!(left, 0);
}

#[test]
fn why_an_import_stopped_and_every_remark_stand_on_its_page() {
    let console = Console::new();
    console.sign_in(Role::Owner);
    let desk = Desk::new(&console.db);
    let newest = || console.db.read(|c| imports::list(c, None, 1)).unwrap().remove(0);
    desk.run(super::members::MAPPING, b"\xFF\xFEN\0o\0", How::Plain).unwrap_err();
    let list = console.get("/imports");
    assert!(list.contains("Failed") && list.contains("encoded as UTF-16; save it as “CSV UTF-8”"), "{list}");
    let page = console.get(&format!("/imports/{}", newest().id));
    assert!(page.contains("The file could not be read.") && page.contains("Correct the file or its mapping"), "{page}");

    let ratings = "F,T,At\na,b,1288000000\nb,a,1288000001\n";
    let network = "kind = \"members\"\n[file]\ndates = [\"epoch-seconds\"]\n[columns]\nnumber = \"node\"\nname = \"node\"\njoined_on = \"at\"\n\
        [edges]\nfrom = \"F\"\nto = \"T\"\nat = \"At\"\nsponsor = \"first-rater\"\n";
    desk.run_watched(network, ratings, How::Plain, &mut |progress| progress.rows == 0).unwrap_err();
    let page = console.get(&format!("/imports/{}", newest().id));
    assert!(page.contains("The import stopped.") && page.contains("goes on there"), "{page}");
    desk.run(network, ratings, How::Plain).unwrap();
    let page = console.get(&format!("/imports/{}", newest().id));
    assert!(!page.contains("The import stopped."), "it went on and ended");
    assert!(page.contains("Remarks") && page.matches("b (line 3) stands below a; no sponsor").count() == 1, "{page}");
}
