//! The answer of `mainstay plan test`.

use super::{Case, Difference, read_for};
use crate::plan::checked::CheckedPlan;
use crate::plan::fault::Faults;

/// How one case ended.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Tested {
    /// What the case is called; the file for the one case of a file that names none.
    pub name: String,
    /// Line of the file at which it begins, from 1.
    pub line: usize,
    /// Whether the plan does what the case says.
    pub passed: bool,
    /// Where it does something else.
    pub differences: Vec<Difference>,
}

/// How the cases of a file ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestReport {
    /// The whole answer as it is printed.
    pub text: String,
    /// The same, one by one.
    pub cases: Vec<Tested>,
    /// How many cases did not pass.
    pub failed: usize,
}

/// Plays every case of a text; `file` is the name to print.
///
/// # Errors
/// Every fault of the text, each with its place; nothing is played then.
pub fn test(plan: &CheckedPlan, text: &str, file: &str) -> Result<TestReport, Faults> {
    let cases: Vec<Tested> = read_for(plan, text, file)?.iter().map(|case| tested(case, plan, file)).collect();
    let failed = cases.iter().filter(|case| !case.passed).count();
    let mut text = String::new();
    for case in &cases {
        text.push_str(if case.passed { "pass  " } else { "FAIL  " });
        text.push_str(&case.name);
        text.push('\n');
        text.push_str(&table(&case.differences));
    }
    let count = cases.len();
    let all = if count == 1 { "1 case".to_owned() } else { format!("{count} cases") };
    let ended = if failed == 0 { "all pass".to_owned() } else { format!("{failed} failed") };
    text.extend([file, ": ", &all, ", ", &ended, "\n"]);
    Ok(TestReport { text, cases, failed })
}

fn tested(case: &Case, plan: &CheckedPlan, file: &str) -> Tested {
    let differences = case.run(plan).differences;
    let name = if case.name.is_empty() { file } else { &case.name };
    Tested { name: name.to_owned(), line: case.line, passed: differences.is_empty(), differences }
}

/// Differences with what was expected under each other.
fn table(differences: &[Difference]) -> String {
    if differences.is_empty() {
        return String::new();
    }
    let head = ["line", "what", "expected", "got", ""].map(str::to_owned);
    let row = |d: &Difference| [d.line.to_string(), d.what.clone(), d.expected.clone(), d.got.clone(), d.why.clone()];
    let rows: Vec<[String; 5]> = std::iter::once(head).chain(differences.iter().map(row)).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let [line, what, expected] = [0, 1, 2].map(width);
    let blank = " ".repeat(6 + line + 2);
    let told = |[number, about, wanted, got, why]: &[String; 5]| {
        let told = format!("      {number:>line$}  {about:<what$}  {wanted:>expected$}  {got}\n");
        if why.is_empty() { told } else { format!("{told}{blank}because {why}\n") }
    };
    rows.iter().map(told).collect()
}
