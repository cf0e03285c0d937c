//! The small worked examples of the field: compression, match, capped group volume.

use super::world::{lines, members, october, order, plan, result};
use crate::plan::{PassedReason, RunResult, Snapshot, read_passed};

/// COMPENSATION M9, compression: levels of 5, 4 and 3%; U1 is inactive, U2, U3 and U5 may earn one level, U4 and U6 three.
fn compression(mode: &str) -> (Snapshot, RunResult) {
    let plan = plan(&format!(
        r#"
        [status]
        active = "pv >= 1"
        [[ranks]]
        code = "One"
        needs = "active"
        [[ranks]]
        code = "Three"
        needs = "pv >= 3"
        [[bonuses]]
        code = "team"
        source = "orders"
        where = "cv = 100"
        walk = {{ tree = "sponsor", compression = "{mode}" }}
        base = "cv"
        rate = {{ One = ["5%"], Three = ["5%", "4%", "3%"] }}
        "#
    ));
    let mut field = october();
    members(&mut field, "U6, U5 < U6, U4 < U5, U3 < U4, U2 < U3, U1 < U2, Buyer < U1");
    order(&mut field, "Buyer", "100");
    for (member, volume) in [("U2", "1"), ("U3", "1"), ("U4", "3"), ("U5", "1"), ("U6", "3")] {
        order(&mut field, member, volume);
    }
    let result = result(&plan, &field);
    (field, result)
}

#[test]
fn without_compression_three_unqualified_uplines_use_up_all_levels() {
    let (field, result) = compression("none");
    assert_eq!(lines(&result, &field), ["U2 team 2 0"; 0]);
    assert_eq!(result.bonuses[0].breakage.to_string(), "12");
}

#[test]
fn standard_compression_passes_over_the_inactive_only() {
    let (field, result) = compression("standard");
    assert_eq!(lines(&result, &field), ["U2 team 1 5.00", "U4 team 3 3.00"]);
    assert_eq!(result.bonuses[0].breakage.to_string(), "4");
    let short = |line: usize| {
        let mut out = String::new();
        result.tracer(&field).passed_short(&result.lines[line], &mut out);
        out
    };
    assert_eq!([short(0), short(1)], [r#"["aU1"]"#, r#"["RU3"]"#]);
    assert_eq!(read_passed(&short(0)), [("U1".to_owned(), PassedReason::NotActive, false)]);
    assert_eq!(read_passed(&short(1)), [("U3".to_owned(), PassedReason::RankTooLow, true)]);
}

#[test]
fn dynamic_compression_pays_every_level() {
    let (field, result) = compression("dynamic");
    assert_eq!(lines(&result, &field), ["U2 team 1 5.00", "U4 team 2 4.00", "U6 team 3 3.00"]);
    assert_eq!(result.bonuses[0].breakage.to_string(), "0");
    let mut trace = String::new();
    result.tracer(&field).write(1, &mut trace);
    assert_eq!(
        trace,
        r#"{"because":"Rule 1 (team), row Three, earner: active","passed":[["U3","rank-too-low",0]],"point_value":"1","rounding":"half-up"}"#
    );
}
