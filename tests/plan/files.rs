//! Hand-made files on the command line: what is refused, what is carried, what is written where.

use std::path::Path;
use std::process::{Command, Output};

/// A plan that keeps points, matches two sides, and has ranks.
const PLAN: &str = r#"
[plan]
name = "T"
currency = "EUR"
[volumes.bv]
of = "cv"
scope = "own"
[remembered.points]
next = "before(points) + pv"
[binary.team]
volume = "bv"
qualified = "always"
[[ranks]]
code = "Silver"
needs = "pv >= 100"
[[bonuses]]
code = "pairs"
earner = "always"
source = "members"
walk = "own"
base = "team.matched"
rate = "10%"
"#;

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("plan.toml"), PLAN).unwrap();
    std::fs::write(folder.path().join("m.csv"), "number,sponsor,parent,side\nT,,,\nL,T,T,left\nR,T,T,right\n").unwrap();
    std::fs::write(folder.path().join("o.csv"), "member,qv,number\nL,300.25,o1\nR,100,o2\n").unwrap();
    folder
}

fn mainstay(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mainstay"));
    command.current_dir(folder).env_clear().args(arguments).output().unwrap()
}

fn tried(folder: &Path, more: &[&str]) -> Output {
    let files =
        ["plan", "try", "--plan", "plan.toml", "--members", "m.csv", "--orders", "o.csv", "--period", "2026-10"];
    mainstay(folder, &[&files[..], more].concat())
}

fn out(output: &Output) -> String {
    assert!(output.status.success(), "{}", err(output));
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// What is said about a file that is another than the usual one.
fn refused(file: &str, text: &str, more: &[&str]) -> String {
    let folder = folder();
    std::fs::write(folder.path().join(file), text).unwrap();
    let output = tried(folder.path(), more);
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stdout));
    err(&output).trim_end().trim_start_matches("mainstay: ").to_owned()
}

#[test]
fn what_is_carried_is_written_in_the_numbers_of_cases_and_read_back() {
    let folder = folder();
    let path = folder.path();
    out(&tried(path, &["--carry-out", "carry.csv"]));
    let carried = std::fs::read_to_string(path.join("carry.csv")).unwrap();
    assert!(carried.contains("T,carry:team:left,200.25\n"), "{carried}");
    assert!(carried.contains("L,remembered:points,300.25\n"), "{carried}");
    assert!(carried.contains("L,highest_rank,Silver\n") && carried.contains("L,orders_before,1\n"), "{carried}");
    let json: serde_json::Value = serde_json::from_str(&out(&tried(path, &["--format", "json"]))).unwrap();
    let state = json["state"].as_array().unwrap();
    let left = state.iter().find(|entry| entry["key"] == "carry:team:left").unwrap();
    assert_eq!((&left["member"], &left["value"]), (&"T".into(), &"200.25".into()));
    // As cases say it: 400 are 400 points; and what runs over weeks left is left alone.
    let carry = "member,key,value\nT,carry:team:left,400\nT,week:carry:team:left,7.5\n";
    std::fs::write(path.join("in.csv"), carry).unwrap();
    std::fs::write(path.join("o.csv"), "member,qv\nR,400\n").unwrap();
    let told = out(&tried(path, &["--carry-in", "in.csv", "--carry-out", "next.csv", "--format", "csv"]));
    assert!(told.ends_with(",40.00\n"), "{told}");
    let next = std::fs::read_to_string(path.join("next.csv")).unwrap();
    assert!(next.contains("T,week:carry:team:left,7.5\n"), "{next}");
}

#[test]
fn what_is_carried_in_must_be_known_to_the_plan() {
    let text = "member,key,value\nT,carry:teem:left,1\nT,highest_rank,King\nT,remembered:points,1.23456\n\
                T,position:team,5\nT,position:team,6\nT,earned:Silver,1.5\nT,remembered:points,\n";
    let said = refused("c.csv", text, &["--carry-in", "c.csv"]);
    for expected in [
        "c.csv:2: key: “carry:teem:left”: runs of this plan remember nothing under this key; did you mean “carry:team:left”?",
        "c.csv:3: value: the plan has no rank “King”; known here: Silver",
        "c.csv:4: value: “1.23456” has more than 4 decimal places",
        "c.csv:6: key: line 5 says “position:team” of this member already",
        "c.csv:7: value: “1.5” is not a whole number",
        "c.csv:8: value: every line needs one",
    ] {
        assert!(said.lines().any(|line| line == expected), "{expected}\nis not in\n{said}");
    }
}

#[test]
fn an_input_is_never_written_over_and_nothing_half_is_left() {
    let folder = folder();
    let path = folder.path();
    let before = std::fs::read(path.join("m.csv")).unwrap();
    std::os::unix::fs::symlink("m.csv", path.join("other.csv")).unwrap();
    for name in ["m.csv", "./o.csv", "plan.toml", "other.csv"] {
        let output = tried(path, &["--carry-out", name]);
        assert_eq!(output.status.code(), Some(2), "{name}");
        assert!(err(&output).contains("would write over"), "{}", err(&output));
    }
    assert_eq!(std::fs::read(path.join("m.csv")).unwrap(), before);
    // It is there although nobody reads the answer.
    let mut command = Command::new(env!("CARGO_BIN_EXE_mainstay"));
    command.current_dir(path).env_clear().stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::null());
    let files =
        ["plan", "try", "--plan", "plan.toml", "--members", "m.csv", "--orders", "o.csv", "--period", "2026-10"];
    let mut child = command.args(files).args(["--carry-out", "carry.csv"]).spawn().unwrap();
    drop(child.stdout.take());
    child.wait().unwrap();
    let carried = std::fs::read_to_string(path.join("carry.csv")).unwrap();
    assert!(carried.ends_with('\n') && carried.contains("T,carry:team:left"), "{carried}");
    let names: Vec<_> = std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names.len(), 5, "{names:?}");
    // A fault leaves the file as it was.
    std::fs::write(path.join("o.csv"), "member,qv\nZ,1\n").unwrap();
    assert_eq!(tried(path, &["--carry-out", "carry.csv"]).status.code(), Some(1));
    assert_eq!(std::fs::read_to_string(path.join("carry.csv")).unwrap(), carried);
}

#[test]
fn members_that_cases_refuse_are_refused() {
    let header = "number,sponsor,parent,side,market,person,forced_rank,orders_before\n";
    let said = refused("m.csv", &format!("{header}T,,,,,,,\nL,T,T,left,,,,\nR,T,T,1,,,,\n"), &[]);
    assert_eq!(said, "m.csv:4: side: L (line 3) stands at the side left of this parent already");
    let said = refused("m.csv", &format!("{header}L,,,,Germany,R,King,x\nR,,,,,L,,\n"), &[]);
    let expected = "\
m.csv:2: market: “Germany” is not the code of a country; write its two capital letters, such as IN
m.csv:2: forced_rank: the plan has no rank “King”; known here: Silver
m.csv:2: orders_before: “x” is not a whole number
m.csv:2: person: R is itself a position of L; name whoever owns the positions
m.csv:3: person: L is itself a position of R; name whoever owns the positions";
    let mut lines: Vec<&str> = said.lines().collect();
    lines.sort_unstable();
    let mut wanted: Vec<&str> = expected.lines().collect();
    wanted.sort_unstable();
    assert_eq!(lines, wanted);
    let said = refused("m.csv", "number\nL\n\"R\nX\nY\n", &[]);
    assert!(
        said.contains("m.csv:3: number: there is a line end or a control character in it; is a quote not"),
        "{said}"
    );
    let said = refused("m.csv", "number\nL\nR\nX\u{1b}[2J\n", &[]);
    assert!(said.contains("m.csv:4: number: there is a line end or a control"), "{said}");
}

#[test]
fn members_without_a_side_get_the_first_free_one() {
    let folder = folder();
    std::fs::write(folder.path().join("m.csv"), "number;sponsor;parent;side\nT;;;\nR;T;T;\nL;T;T;left\n").unwrap();
    let told = out(&tried(folder.path(), &["--format", "csv"]));
    assert!(told.ends_with("T,pairs,1,,0,100,0.1,10.00\n") || told.ends_with(",10.00\n"), "{told}");
}

#[test]
fn orders_that_cases_refuse_are_refused() {
    let text = "member\tqv\tcv\tpaid\ttype\nL\t1.000\t\t\t\nL\t\t\t\t\nL\t5\t1.000\t1.000\tautoshp\n";
    let said = refused("o.csv", text, &[]);
    for expected in [
        "o.csv:2: qv: “1.000” can be read as 1000 or as a number with decimals; write 1000, or 1.0000",
        "o.csv:3: qv: every order needs one; write 0 where it has none",
        "o.csv:4: cv: “1.000” can be read as 1000 or as a number with decimals; write 1000, or 1.0000",
        "o.csv:4: paid: “1.000” can be read as 1000 or as a number with decimals; write 1000, or 1.0000",
    ] {
        assert!(said.lines().any(|line| line == expected), "{expected}\nis not in\n{said}");
    }
    assert!(said.contains("o.csv:4: type: “autoshp” is not an order type"), "{said}");
    let long = "9".repeat(3_000_000);
    let said = refused("o.csv", &format!("member,qv,number\nL,{long},\n{long},1,\n"), &[]);
    assert!(said.len() < 1_000 && said.contains("99…"), "{} bytes", said.len());
    let said = refused("o.csv", &format!("member,qv\n{}", "Z,1\n".repeat(120)), &[]);
    assert_eq!((said.lines().count(), said.lines().last()), (51, Some("and 70 more")));
}

#[test]
fn orders_of_other_days_are_counted_and_a_formula_is_no_formula() {
    let folder = folder();
    let path = folder.path();
    std::fs::write(path.join("m.csv"), "number,parent,side\n=1+1,,\nL,=1+1,left\nR,=1+1,right\n").unwrap();
    std::fs::write(path.join("o.csv"), "member,qv,day,number\nL,100,,\nR,100,,\n=1+1,10,,\nL,5,2026-11-03,late\n")
        .unwrap();
    let done = tried(path, &["--format", "csv"]);
    assert!(out(&done).contains("\n'=1+1,pairs,"), "{}", out(&done));
    assert_eq!(err(&done), "Orders of other days than 2026-10, left out: 1\n");
    let json: serde_json::Value = serde_json::from_str(&out(&tried(path, &["--format", "json"]))).unwrap();
    assert_eq!(json["orders_left_out"], 1);
    assert_eq!(json["lines"][0]["member"], "=1+1");
    out(&tried(path, &["--carry-out", "carry.csv"]));
    assert!(std::fs::read_to_string(path.join("carry.csv")).unwrap().contains("\n=1+1,"));
    out(&tried(path, &["--carry-in", "carry.csv"]));
    let files = ["--plan", "plan.toml", "--members", "m.csv", "--orders", "o.csv", "--period", "2026-10"];
    let asked = mainstay(path, &[&["plan", "explain", "--order", "late"], &files[..]].concat());
    assert!(err(&asked).contains("order late is of 2026-11-03, outside of 2026-10"), "{}", err(&asked));
    let asked = mainstay(path, &[&["plan", "explain", "--member", "Zoe"], &files[..]].concat());
    assert!(err(&asked).contains("there is no member “Zoe”; known here: =1+1, L, R"), "{}", err(&asked));
}

#[test]
fn what_is_no_plan_file_is_said_and_not_waited_for() {
    let folder = folder();
    let path = folder.path();
    assert!(Command::new("mkfifo").arg(path.join("pipe")).status().unwrap().success());
    for (file, said) in [(".", "it is a folder"), ("pipe", "it is a pipe"), ("/dev/zero", "it is a pipe or a device")] {
        let output = mainstay(path, &["plan", "check", file]);
        assert_eq!(output.status.code(), Some(1), "{file}");
        let told = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(told.contains(said), "{told}");
    }
    let output = mainstay(path, &["config", "show", "--config", "/dev/zero"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(err(&output).contains("more than 1000000 bytes"), "{}", err(&output));
    std::fs::write(
        path.join("map.toml"),
        "kind = \"members\"\n[columns]\nnumber = \"a\"\nname = \"a\"\njoined_on = \"a\"\n",
    )
    .unwrap();
    let output = mainstay(path, &["import", "members", "pipe", "--mapping", "map.toml", "--data-dir", "data"]);
    assert!(err(&output).contains("pipe cannot be read: it is a pipe"), "{}", err(&output));
    std::fs::write(path.join("large.toml"), "#".repeat(1_000_001)).unwrap();
    let output = mainstay(path, &["plan", "check", "plan.toml", "missing.toml", "large.toml", "--json"]);
    assert_eq!(output.status.code(), Some(1));
    let told: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&told[0]["ready"], &told[1]["ready"]), (&true.into(), &false.into()));
    assert!(told[1]["fault"].as_str().unwrap().contains("missing.toml cannot be read"), "{told}");
    assert!(told[2]["fault"].as_str().unwrap().contains("at most 1000000 bytes"), "{told}");
}

#[test]
fn plans_with_faults_are_not_compared() {
    let folder = folder();
    let path = folder.path();
    std::fs::write(path.join("bad.toml"), PLAN.replace("\"10%\"", "{}")).unwrap();
    let output = mainstay(path, &["plan", "diff", "plan.toml", "bad.toml"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(err(&output).contains("bad.toml has 1 fault, so what it means cannot be compared"), "{}", err(&output));
}

#[test]
fn nothing_on_the_terminal_is_obeyed_by_it() {
    let folder = folder();
    let path = folder.path();
    let name = "E\u{202e}vil \u{9b}31m";
    std::fs::write(path.join("plan.toml"), PLAN.replace("\"T\"", &format!("\"{name}\\u001b[2J\\u0007\""))).unwrap();
    let told = out(&mainstay(path, &["plan", "check", "plan.toml"]));
    assert!(told.contains("“E\\u{202e}vil \\u{9b}31m\\u{1b}[2J\\u{7}” is ready"), "{told}");
    let output = mainstay(
        path,
        &[
            "plan",
            "try",
            "--period",
            "\u{1b}]0;x\u{7}",
            "--plan",
            "plan.toml",
            "--members",
            "m.csv",
            "--orders",
            "o.csv",
        ],
    );
    assert!(err(&output).contains("“\\u{1b}]0;x\\u{7}” is not a period"), "{}", err(&output));
}
