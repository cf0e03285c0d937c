//! Runs every example of docs/plan-language.md, and published examples of real companies.

use super::world::plan;
use crate::plan::case;

/// The blocks of the documentation with what they are, in order.
pub fn blocks(text: &str) -> Vec<(&str, &str)> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some((_, after)) = rest.split_once("```") {
        let (kind, body) = after.split_once('\n').unwrap();
        let (body, next) = body.split_once("```").unwrap();
        out.push((kind, body));
        rest = next;
    }
    out
}

fn run_all(file: &str, text: &str, least: usize) {
    let blocks = blocks(text);
    let cases: Vec<_> = blocks.windows(2).filter(|pair| pair[1].0 == "case").collect();
    assert!(cases.len() >= least && cases.len() * 2 == blocks.len(), "{} cases, {} blocks", cases.len(), blocks.len());
    for pair in cases {
        assert_eq!(pair[0].0, "plan", "a case follows a plan");
        let plan = plan(pair[0].1);
        for case in case::read_for(&plan, pair[1].1, file).unwrap_or_else(|faults| panic!("{faults}")) {
            let differences = case.run(&plan).differences;
            assert!(differences.is_empty(), "{}\n{}\n{differences:#?}", pair[0].1, pair[1].1);
        }
    }
}

#[test]
fn every_example_pays_what_the_documentation_says() {
    run_all("docs/plan-language.md", include_str!("../../../docs/plan-language.md"), 15);
}

#[test]
fn published_examples_come_out_at_the_printed_amounts() {
    run_all("unilevel.md", include_str!("../../../tests/plan/published/unilevel.md"), 6);
    run_all("binary.md", include_str!("../../../tests/plan/published/binary.md"), 6);
    run_all("differences.md", include_str!("../../../tests/plan/published/differences.md"), 6);
    run_all("pools.md", include_str!("../../../tests/plan/published/pools.md"), 7);
}

#[test]
fn the_example_of_the_case_format_passes() {
    let text = include_str!("../../../docs/plan-cases.md");
    let first = text.split("\n\nOne statement per line").next().unwrap();
    let example: String = first.lines().filter_map(|line| line.strip_prefix("    ")).flat_map(|l| [l, "\n"]).collect();
    let team =
        "[[bonuses]]\ncode = \"team\"\nearner = \"always\"\nsource = \"orders\"\nwalk = \"sponsor\"\nbase = \"cv\"\n";
    let plan = plan(&format!("{team}rate = [\"10%\", \"5%\"]"));
    let cases = case::read(&example, "docs/plan-cases.md").unwrap_or_else(|faults| panic!("{faults}"));
    assert_eq!(cases.len(), 2);
    assert!(cases.iter().all(|case| case.run(&plan).differences.is_empty()));
}
