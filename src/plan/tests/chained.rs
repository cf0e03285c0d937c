//! Values that stand on values: checked once each, never deeper and never more than the stack and the memory hold.

use crate::plan::CheckedPlan;
use crate::plan::fault::Faults;

/// A plan of values, each from its number, and a bonus on the last.
fn read(count: usize, value: impl Fn(usize) -> String) -> Result<CheckedPlan, Faults> {
    let mut text = String::from("[plan]\nname = \"T\"\ncurrency = \"EUR\"\n[values]\nv0 = \"pv\"\n");
    for at in 1..count {
        text.extend([format!("v{at} = \"{}\"\n", value(at))]);
    }
    let last = count - 1;
    text.push_str(
        "[[bonuses]]\ncode = \"a\"\nearner = \"always\"\nsource = \"members\"\nwalk = \"own\"\nrate = \"1%\"\n",
    );
    CheckedPlan::read(&format!("{text}base = \"v{last}\"\n"), "plan.toml")
}

/// The only fault.
#[track_caller]
fn fault(read: Result<CheckedPlan, Faults>) -> String {
    let faults = read.expect_err("this must be refused");
    assert_eq!(faults.list.len(), 1, "{faults}");
    faults.list[0].message.clone()
}

#[test]
fn a_chain_that_would_overflow_the_stack_is_a_fault_by_name() {
    let nested = |at: usize| format!("{}v{}{}", "max(1, ".repeat(50), at - 1, ")".repeat(50));
    assert!(fault(read(30, nested)).contains("nested more than 250 deep"));
    assert!(fault(read(300, |at| format!("v{} + 1", at - 1))).contains("nested more than 250 deep"));
    assert!(read(120, |at| format!("v{} + 1", at - 1)).is_ok());
    // One that only repeats the one before costs the stack as well.
    assert!(fault(read(300, |at| format!("v{}", at - 1))).contains("nested more than 250 deep"));
    let long = format!("pv{}", " + 1".repeat(239));
    assert!(read(2, |_| long.clone()).is_ok());
}

#[test]
fn too_many_names_are_said_before_anything_is_read() {
    assert_eq!(fault(read(301, |_| "pv / 0".to_owned())), "a plan has at most 300 values, this one has 301");
    let mut text = "[plan]\nname = \"T\"\ncurrency = \"EUR\"\n".to_owned();
    text.extend((0..65).map(|at| format!("[remembered.k{at}]\nnext = \"pv / 0\"\n")));
    assert_eq!(fault(CheckedPlan::read(&text, "plan.toml")), "a plan remembers at most 64 numbers");
}

#[test]
fn expressions_that_grow_by_copies_end_in_a_fault() {
    let doubled = |at: usize| format!("{}v{}{}", "abs(".repeat(40), at - 1, ")".repeat(40));
    assert!(fault(read(2, doubled)).contains("more than 1000000 parts"));
    let wide = format!("max({})", vec!["pv + gv"; 400].join(", "));
    let faults = read(280, |at| match at {
        1 => wide.clone(),
        2..=10 => format!("v{} + v{}", at - 1, at - 1),
        _ => "v9 + v9".to_owned(),
    });
    assert!(faults.unwrap_err().list[0].message.contains("more than 1000000 parts"));
}

#[test]
fn sums_of_sums_over_members_are_bounded_as_well() {
    let plan = |count| read(count, |at| format!("min(sum(frontline, v{}), greatest(frontline, v{}))", at - 1, at - 1));
    assert!(plan(8).is_ok());
    assert!(fault(plan(60)).contains("put in more than 2000 times"));
}

#[test]
fn what_stands_on_a_fault_is_no_further_fault() {
    assert!(fault(read(50, |at| if at == 3 { "gvv".to_owned() } else { format!("v{}", at - 1) })).contains("gvv"));
}
