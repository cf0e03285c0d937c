//! Cases: a small field and what a plan must pay on it, in a readable text beside the plan.
//!
//! Reading a case needs nothing of the plan but its calendar; playing it runs the plan, period by period, with the engine of every other
//! run. Nothing here knows how an amount comes about.

mod compare;
mod keys;
mod members;
mod orders;
mod play;
mod read;
mod report;
mod returns;
mod words;

pub use keys::unknown_key;
pub use report::{TestReport, Tested, test};

use std::ops::Range;

use rust_decimal::Decimal;

use super::checked::CheckedPlan;
use super::fault::{Faults, suggest};
use super::snapshot::PeriodSpan;
use crate::domain::calendar::Day;
use crate::domain::member::{MemberKind, MemberStatus};
use crate::domain::money::Volume;
use crate::domain::order::OrderType;
use crate::domain::period_calendar::Calendar;
use crate::domain::run::PeriodKind;

/// One case of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// What it is called; empty for the one case of a file that names none.
    pub name: String,
    /// Line of the file at which it begins, from 1.
    pub line: usize,
    steps: Vec<Step>,
}

/// What playing a case brought to light.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Where the plan does something else than the case says; none if it passed.
    pub differences: Vec<Difference>,
}

/// One thing that came out otherwise.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Difference {
    /// Line of the file, from 1.
    pub line: usize,
    /// What is compared, such as `A team level 1`.
    pub what: String,
    /// What the case says.
    pub expected: String,
    /// What came out.
    pub got: String,
    /// Why nothing came out, where nothing did.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub why: String,
}

/// Reads the cases of a file; `file` is the name to print.
///
/// # Errors
/// Every fault, each with its place.
pub fn read(text: &str, file: &str) -> Result<Vec<Case>, Faults> {
    read::read(text, file, &Calendar::default())
}

/// The same with the periods of a plan's calendar.
///
/// # Errors
/// Every fault, each with its place.
pub fn read_for(plan: &CheckedPlan, text: &str, file: &str) -> Result<Vec<Case>, Faults> {
    read::read(text, file, &plan.calendar)
}

/// The case of a name; the only one of a file that names none goes by any.
///
/// # Errors
/// The nearest name, or the names that there are, in words.
pub fn find<'a>(cases: &'a [Case], name: &str) -> Result<&'a Case, String> {
    let only = cases.first().filter(|case| cases.len() == 1 && case.name.is_empty());
    only.or_else(|| cases.iter().find(|case| case.name == name)).ok_or_else(|| {
        let near = suggest(name, cases.iter().map(|case| case.name.as_str()));
        format!("there is no case “{name}”; {near}")
    })
}

impl Case {
    /// Runs a plan over the case and compares.
    pub fn run(&self, plan: &CheckedPlan) -> Outcome {
        Outcome { differences: play::play(self, plan) }
    }
}

/// A statement and where it stands.
#[derive(Debug, Clone, PartialEq)]
struct Step {
    line: usize,
    what: Statement,
}

/// Members are told by their place among the members, orders by their place among the orders of the case.
#[derive(Debug, Clone, PartialEq)]
enum Statement {
    Period(PeriodSpan),
    Member(NewMember),
    Change(usize, Change),
    Order(NewOrder),
    Return(NewReturn),
    /// What an earlier run left: whose, the key, and the number.
    Carry(usize, String, i64),
    /// Lines that nobody expects may come out.
    Some,
    Expect(Expectation),
}

#[derive(Debug, Clone, PartialEq)]
struct NewMember {
    number: String,
    kind: MemberKind,
    status: MemberStatus,
    sponsor: Option<usize>,
    enroller: Option<usize>,
    placement: Option<(usize, u8)>,
}

/// What becomes of a member.
#[derive(Debug, Clone, PartialEq)]
enum Change {
    Joined(Day),
    Kind(MemberKind),
    Status(MemberStatus),
    /// For one period.
    Forced(String),
    Market(String),
    Person(usize),
    /// A name and its value; `none` takes it away.
    Attribute(String, String),
    /// Other links; those that are not named stay.
    Moved(Links),
}

/// Whom a member stands below.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Links {
    sponsor: Option<usize>,
    enroller: Option<usize>,
    placement: Option<(usize, u8)>,
}

#[derive(Debug, Clone, PartialEq)]
struct NewOrder {
    number: String,
    line: String,
    buyer: usize,
    /// Through whom it came, if through somebody besides the buyer.
    through: Option<usize>,
    day: Option<Day>,
    order_type: OrderType,
    /// The amount that stands for all that is not written.
    written: Volume,
    qv: Option<Volume>,
    cv: Option<Volume>,
    paid: Option<String>,
    wholesale: Option<String>,
    /// Further volumes by name; which there are, the plan says.
    measures: Vec<(String, Volume)>,
}

#[derive(Debug, Clone, PartialEq)]
struct NewReturn {
    /// What came back: place of the order, before and after this return as a part of what was written.
    parts: Vec<Returned>,
    day: Option<Day>,
}

/// Of an order of `written`, `before` had come back already and `after` has now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Returned {
    order: usize,
    before: i64,
    after: i64,
    written: i64,
}

/// Something the plan must do. Amounts are texts until the plan's currency is known.
#[derive(Debug, Clone, PartialEq)]
enum Expectation {
    Line { member: usize, bonus: String, level: u16, amount: String },
    Sum { member: usize, bonus: String, amount: String },
    Earns { member: usize, amount: String },
    Nothing { member: usize },
    Rank { which: RankName, member: usize, rank: Option<String> },
    Volume { member: usize, name: String, value: Volume },
    Breakage { bonus: String, amount: Decimal },
    State { member: usize, key: String, value: i64 },
    Value { member: usize, name: String, value: String },
    Wallet { member: usize, wallet: String, amount: String },
    Total { amount: String },
}

/// October 2026, in which a case plays that names no period.
fn first_period() -> PeriodSpan {
    let first = Day(20_727);
    PeriodSpan { label: first.month_label(), kind: PeriodKind::Month, first, last: first.month_end() }
}

/// One of the ranks of a member, by its name in expressions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum RankName {
    Earned,
    Paid,
    Highest,
}

/// A piece of a line and where it stands in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Word<'a> {
    text: &'a str,
    start: usize,
}

impl Word<'_> {
    fn span(&self) -> Range<usize> {
        self.start..self.start + self.text.len()
    }
}
