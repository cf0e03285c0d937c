//! Tests of the whole: plan text and a small field in, lines out.

mod bonuses;
mod calendar;
mod cases;
mod chained;
mod compressed;
mod corners;
mod documentation;
mod explanations;
mod golden;
mod holds;
mod judging;
mod large;
mod leftovers;
mod money;
mod properties;
mod reference;
mod takebacks;
mod ways;
pub mod world;

use super::report::check_report;

#[test]
fn starter_plans_and_examples_have_no_faults_and_no_warnings() {
    let example = include_str!("../../../docs/examples/online-retail/plan.toml");
    for (name, text) in super::starter::ALL.iter().chain(&[("online-retail", example)]) {
        let report = check_report(text, name);
        assert_eq!((report.faults, report.warnings), (0, 0), "{}", report.text);
    }
}
