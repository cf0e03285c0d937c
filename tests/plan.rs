//! The catalogue of faults of the plan language: each `plan/faults/NAME.toml` prints exactly `NAME.txt`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use mainstay::plan::{CheckedPlan, case, check_report, starter};

mod files;

fn catalogue() -> BTreeMap<String, PathBuf> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/plan/faults");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let plans = files.filter(|path| path.extension().is_some_and(|end| end == "toml"));
    plans.map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), path)).collect()
}

#[test]
fn every_fault_is_printed_as_the_catalogue_says() {
    let mut wrong = Vec::new();
    for (name, path) in catalogue() {
        let report = check_report(&std::fs::read_to_string(&path).unwrap(), &name);
        let expected = std::fs::read_to_string(path.with_extension("txt")).unwrap_or_default();
        if report.text != expected {
            wrong.push(format!("{name} printed\n{}\ninstead of\n{expected}", report.text));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_file_of_the_catalogue_has_something_wrong() {
    let files = catalogue();
    assert!(files.len() > 100, "{} files", files.len());
    for (name, path) in files {
        let report = check_report(&std::fs::read_to_string(path).unwrap(), &name);
        let warning = name.starts_with("warning-");
        assert_eq!((report.faults > 0, report.warnings > 0), (!warning, warning), "{name}");
    }
}

#[test]
fn ten_faults_are_told_at_once() {
    let path = &catalogue()["ten-faults-at-once.toml"];
    let report = check_report(&std::fs::read_to_string(path).unwrap(), "p.toml");
    assert!(report.faults >= 10, "{}", report.text);
    assert!(report.findings.is_sorted_by_key(|finding| (finding.line, finding.column)));
}

/// Every plan that has cases beside it, in a folder and below.
fn plans_with_cases(folder: &std::path::Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            plans_with_cases(&path, found);
        } else if path.extension().is_some_and(|end| end == "cases") {
            found.push(path.with_extension("toml"));
        }
    }
}

#[test]
fn the_plans_of_this_repository_pass_their_cases() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let mut plans = Vec::new();
    for folder in ["templates/plans", "tests", "docs"] {
        plans_with_cases(&root.join(folder), &mut plans);
    }
    for (name, _) in starter::ALL {
        assert!(plans.contains(&root.join("templates/plans").join(format!("{name}.toml"))), "{name} in {plans:?}");
    }
    for file in plans {
        let name = file.display().to_string();
        let plan = CheckedPlan::read(&std::fs::read_to_string(&file).unwrap(), &name).unwrap_or_else(|f| panic!("{f}"));
        let cases = std::fs::read_to_string(file.with_extension("cases")).unwrap();
        let report = case::test(&plan, &cases, &name).unwrap_or_else(|faults| panic!("{faults}"));
        assert_eq!(report.failed, 0, "{}", report.text);
    }
}

#[test]
fn cases_beside_a_plan_are_played() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    std::fs::write(path.join("plan.toml"), plan(path, &["new", "unilevel"])).unwrap();
    let test = |arguments: &[&str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_mainstay"));
        let done = command.current_dir(path).env_clear().args(["plan", "test", "plan.toml"]).args(arguments).output();
        let done = done.unwrap();
        assert_eq!(String::from_utf8_lossy(&done.stderr), "");
        (done.status.code(), String::from_utf8(done.stdout).unwrap())
    };
    let (code, told) = test(&[]);
    assert_eq!((code, told.contains("there is no file plan.cases")), (Some(1), true), "{told}");
    let cases = "members Ana, Ben < Ana\norder Ana 60\norder Ben 100\n";
    std::fs::write(path.join("plan.cases"), format!("{cases}Ana team 1 8.00\n")).unwrap();
    assert_eq!(test(&[]), (Some(0), "pass  plan.cases\nplan.cases: 1 case, all pass\n".to_owned()));
    std::fs::write(path.join("other"), format!("{cases}Ana team 1 9.00\n")).unwrap();
    let (code, told) = test(&["--cases", "other", "--json"]);
    let told: serde_json::Value = serde_json::from_str(&told).unwrap();
    assert_eq!((code, &told[0]["passed"]), (Some(1), &false.into()));
    assert_eq!(told[0]["cases"][0]["differences"][0]["got"], "8.00");
    std::fs::write(path.join("other"), "members Ana,").unwrap();
    let (code, told) = test(&["--cases", "other"]);
    assert_eq!((code, told.contains("other:1:")), (Some(1), true), "{told}");
}

/// Runs `mainstay plan …` in a folder and returns its standard output; it must succeed.
fn plan(folder: &std::path::Path, arguments: &[&str]) -> String {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_mainstay"));
    let done = command.current_dir(folder).env_clear().arg("plan").args(arguments).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).unwrap()
}

#[test]
fn a_plan_is_tried_on_hand_made_files() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    std::fs::write(path.join("plan.toml"), plan(path, &["new", "unilevel"])).unwrap();
    std::fs::write(
        path.join("m.csv"),
        "number,sponsor,kind,joined\nA,,,2026-01-01\nB,A,,2026-01-01\nC,B,retail,2026-09-01\n",
    )
    .unwrap();
    std::fs::write(
        path.join("o.csv"),
        "member,qv,cv,paid,day\nA,60,0,0,\nB,100,80,100.00,2026-10-02\nC,40,30,40,2026-10-05\n",
    )
    .unwrap();
    assert!(plan(path, &["check", "plan.toml"]).contains("ready to run"));
    let arguments = [
        "try",
        "--plan",
        "plan.toml",
        "--members",
        "m.csv",
        "--orders",
        "o.csv",
        "--period",
        "2026-10",
        "--format",
        "csv",
    ];
    assert_eq!(
        plan(path, &arguments),
        "member,bonus,source,from,level,base,rate,amount\n\
         A,team,2,B,1,80,0.08,6.40\nA,team,3,C,1,30,0.08,2.40\nB,retail,3,C,1,40,0.25,10.00\n"
    );
}

#[test]
fn a_try_goes_on_where_the_one_before_ended() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    std::fs::write(path.join("plan.toml"), plan(path, &["new", "unilevel"])).unwrap();
    std::fs::write(path.join("m.csv"), "number,sponsor,parent,side\nA,,,\nB,A,A,right\nC,A,A,1\n").unwrap();
    let orders: String = (10..=12)
        .flat_map(|month| ["A,100", "B,250", "C,250"].map(|order| format!("{order},2026-{month}-07\n")))
        .collect();
    std::fs::write(path.join("o.csv"), format!("member,qv,day\n{orders}")).unwrap();
    let mut carry: Vec<&str> = Vec::new();
    let left = ["10.csv", "11.csv", "12.csv"];
    let files = ["--plan", "plan.toml", "--members", "m.csv", "--orders", "o.csv", "--format", "json"];
    let mut paid = Vec::new();
    for (month, out) in ["2026-10", "2026-11", "2026-12"].into_iter().zip(left) {
        let arguments = [&["try", "--period", month, "--carry-out", out], &files[..], &carry].concat();
        let told: serde_json::Value = serde_json::from_str(&plan(path, &arguments)).unwrap();
        let bonuses = told["bonuses"].as_array().unwrap();
        let of = |code: &str| bonuses.iter().find(|bonus| bonus["code"] == code).unwrap()["amount"].clone();
        paid.push((of("team"), of("advancement")));
        carry = vec!["--carry-in", out];
    }
    assert_eq!(paid, [("40.00", "0.00"), ("40.00", "0.00"), ("40.00", "50.00")].map(|(a, b)| (a.into(), b.into())));
    let carried = std::fs::read_to_string(path.join("12.csv")).unwrap();
    assert!(carried.starts_with("member,key,value\nA,held:Builder,3\nA,highest_rank,Builder\n"), "{carried}");
}

#[test]
fn every_fault_of_hand_made_files_is_told_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    std::fs::write(path.join("plan.toml"), plan(path, &["new", "unilevel"])).unwrap();
    std::fs::write(path.join("m.csv"), "\u{feff}number;sponser;side\nA;;left\nA;;\n").unwrap();
    std::fs::write(path.join("o.csv"), "member,qv,paid,number\nZ,1.23456,x,1\nA,1,,1,6\n").unwrap();
    std::fs::write(path.join("c.csv"), "member,key,value\nA,held:Builder,x\n").unwrap();
    let arguments = [
        "--plan",
        "plan.toml",
        "--members",
        "m.csv",
        "--orders",
        "o.csv",
        "--period",
        "2026-10",
        "--carry-in",
        "c.csv",
    ];
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_mainstay"));
    let done = command.current_dir(path).env_clear().args(["plan", "try"]).args(arguments).output().unwrap();
    let expected = "\
mainstay: m.csv:1: unknown column “sponser”; did you mean “sponsor”?
m.csv:2: side: a side needs a parent
m.csv:3: number: there is a member “A” in an earlier line
o.csv:2: member: there is no member “Z”
o.csv:2: qv: “1.23456” has more than 4 decimal places
o.csv:2: paid: “x” is not a number; write it as 1234.56
o.csv:3: 5 cells, but the header has 4 columns
o.csv:3: number: there is an order “1” in an earlier line; give each its own number, or each part of one order its own line
c.csv:2: value: “x” is not a whole number
";
    assert_eq!((done.status.code(), String::from_utf8_lossy(&done.stderr).as_ref()), (Some(1), expected));
}

#[test]
fn a_nothing_is_explained_on_hand_made_files() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    std::fs::write(path.join("plan.toml"), plan(path, &["new", "unilevel"])).unwrap();
    std::fs::write(path.join("m.csv"), "number,sponsor\nAna,\nBen,Ana\n").unwrap();
    std::fs::write(path.join("o.csv"), "member,qv,number\nAna,60,o1\nBen,100,o2\n").unwrap();
    let files = ["--plan", "plan.toml", "--members", "m.csv", "--orders", "o.csv", "--period", "2026-10"];
    let ask = |more: &[&str]| plan(path, &[&["explain"], &files[..], more].concat());
    let told = ask(&["--member", "Ana", "--bonus", "match"]);
    assert!(told.ends_with("└─ “paid_rank >= Leader” does not hold: paid_rank is Member\n"), "{told}");
    let told: serde_json::Value = serde_json::from_str(&ask(&["--order", "o2", "--format", "json"])).unwrap();
    assert_eq!(told["text"], "order o2 of Ben: pays 8.00 EUR");
}

#[test]
fn a_case_is_explained_without_other_files() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    std::fs::write(path.join("plan.toml"), plan(path, &["new", "unilevel"])).unwrap();
    let cases =
        "members Ana, Ben < Ana\ncase one\nperiod 2026-10\norder Ana 60\norder Ben 100 number o2\nperiod 2026-11\n";
    std::fs::write(path.join("plan.cases"), cases).unwrap();
    let ask = |more: &[&str]| plan(path, &[&["explain", "plan.toml", "--case", "one"], more].concat());
    let told = ask(&["--period", "2026-10", "--member", "Ana", "--bonus", "match"]);
    assert!(told.ends_with("└─ “paid_rank >= Leader” does not hold: paid_rank is Member\n"), "{told}");
    assert!(ask(&["--member", "Ana"]).starts_with("Ana, 2026-11: earns 0.00 EUR\n"));
}

#[test]
fn plans_are_compared_in_words() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let before = plan(path, &["new", "unilevel"]);
    std::fs::write(path.join("a.toml"), &before).unwrap();
    std::fs::write(path.join("b.toml"), before.replace("rate = \"20%\"", "rate = \"18%\"")).unwrap();
    std::fs::write(path.join("c.toml"), "rate = ").unwrap();
    let diff = |arguments: &[&str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_mainstay"));
        let done = command.current_dir(path).env_clear().args(["plan", "diff"]).args(arguments).output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        (done.status.code().unwrap(), text(&done.stdout), text(&done.stderr))
    };
    let said = "Bonus fast-start: rate falls from 20% to 18%\n".to_owned();
    assert_eq!(diff(&["a.toml", "b.toml"]), (1, said, String::new()));
    assert_eq!(diff(&["a.toml", "a.toml"]), (0, "a.toml and a.toml mean the same\n".to_owned(), String::new()));
    let (code, json, _) = diff(&["a.toml", "b.toml", "--json"]);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!((code, &json["same"], &json["changes"][0]["after"]), (1, &false.into(), &"18%".into()));
    let (code, _, fault) = diff(&["a.toml", "c.toml"]);
    assert_eq!(code, 2);
    assert!(fault.starts_with("mainstay: c.toml, line 1: "), "{fault}");
    assert_eq!(diff(&["a.toml"]).0, 2);
    assert_eq!(diff(&["a.toml", "missing.toml"]).0, 2);
}
