//! What a statement says: facts only, amounts in minor units, days as days.
//!
//! Sums (lines of a bonus, running totals, the balance) are not given but added up while drawing, so a
//! statement can't contradict itself.

use crate::domain::calendar::Day;
use crate::domain::money::Currency;
use rust_decimal::Decimal;

/// Everything that one statement prints.
#[derive(Debug, Clone, PartialEq)]
pub struct StatementView {
    /// BCP 47 tag of the member's language, such as `en`. English is printed where a language has no words yet.
    pub language: String,
    /// The currency of every amount.
    pub currency: Currency,
    /// Who issues it.
    pub company: Company,
    /// Who receives it.
    pub member: Member,
    /// Statement number, such as `ST-2026-10-M-10482`.
    pub number: String,
    /// Verification code, such as `7QKD-M4TX-92RW`.
    pub code: String,
    /// Day of issue. Also the creation date of the file.
    pub issued_on: Day,
    /// The period that was calculated.
    pub period: Period,
    /// The rank the run paid on; `None` in a plan without ranks.
    pub paid_as: Option<String>,
    /// The plan, such as `Version 7`.
    pub plan: String,
    /// The equation at the top.
    pub summary: Summary,
    /// All bonuses with their lines, in the plan's order. A bonus without lines is listed but gets no detail group.
    pub bonuses: Vec<Bonus>,
    /// The member's account; `None` leaves the section out.
    pub account: Option<Account>,
    /// How close the next rank was; `None` at the top rank or in a plan without ranks.
    pub progress: Option<Progress>,
    /// Closing notes, set in two columns.
    pub notes: Vec<Note>,
}

/// The issuing company.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Company {
    /// Name.
    pub name: String,
    /// Address lines, printed on one line with commas.
    pub address: Vec<String>,
    /// Where questions go.
    pub email: String,
    /// Where a code is checked, without scheme: `back.sallowfield.example/verify`. Empty: no such page yet.
    pub verify_at: String,
}

/// The receiving member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Member number, such as `M-10482`.
    pub number: String,
    /// Name.
    pub name: Name,
    /// Address lines without the country.
    pub address: Vec<String>,
    /// Country in words; empty where unknown.
    pub country: String,
}

/// A name as its bearer writes it, with Latin letters beside it where the script is another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// As written by its bearer.
    pub own: String,
    /// In Latin letters, printed in brackets.
    pub latin: Option<String>,
}

impl Name {
    /// A name without a second writing.
    pub fn plain(own: impl Into<String>) -> Self {
        Self { own: own.into(), latin: None }
    }

    /// A name with its Latin writing.
    pub fn with_latin(own: impl Into<String>, latin: impl Into<String>) -> Self {
        Self { own: own.into(), latin: Some(latin.into()) }
    }
}

/// The period of the run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Period {
    /// First day.
    pub first: Day,
    /// Last day.
    pub last: Day,
    /// Full label: `October 2026`.
    pub label: String,
    /// Short label for column heads: `October`.
    pub short: String,
    /// Short label of the period before; `None` prints no comparison column.
    pub previous: Option<String>,
}

/// The equation at the top: what was earned, plus and minus the parts, is the result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// Parts beside the earnings: `Tax withheld, 15.00%` −55.08, `Carried over` +20.00.
    pub parts: Vec<SummaryPart>,
    /// What the result is: `Paid to you on Monday 16 November 2026`.
    pub label: String,
    /// A second line below the result: `to the account ending 4417`.
    pub note: Option<String>,
}

/// One signed part of the equation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SummaryPart {
    /// What it is.
    pub label: String,
    /// Minor units; a deduction is negative.
    pub amount_minor: i64,
}

/// One bonus with its lines.
#[derive(Debug, Clone, PartialEq)]
pub struct Bonus {
    /// Name, such as `Team commission`.
    pub name: String,
    /// The rule in one line: `8%, 6% and 4% of the volume on levels 1 to 3`. Empty prints none.
    pub rule: String,
    /// What it brought in the period before.
    pub previous_minor: Option<i64>,
    /// Earning lines, in the order in which they are printed.
    pub lines: Vec<Line>,
}

/// One earning line.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// Day of the source.
    pub on: Day,
    /// Number of the source: order, statement or rule.
    pub source: String,
    /// From whom, or a remark such as `Leader, third month`.
    pub from: Name,
    /// Level of the source below the member.
    pub level: Option<u32>,
    /// Basis and rate; `None` for a fixed amount.
    pub basis: Option<Basis>,
    /// Minor units.
    pub amount_minor: i64,
}

/// What a rate was applied to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Basis {
    /// Whole units of money, or points of volume.
    pub of: Decimal,
    /// The rate as a factor: 0.08 prints as `8.00%`.
    pub rate: Decimal,
}

/// The member's account over the period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Day of the opening balance.
    pub opened_on: Day,
    /// Balance carried over, in minor units.
    pub opening_minor: i64,
    /// Entries in order.
    pub entries: Vec<Entry>,
    /// Day of the closing balance.
    pub closed_on: Day,
}

/// One entry of the account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Day.
    pub on: Day,
    /// What it is: `Paid out for September`.
    pub text: String,
    /// Number of the document; may be empty.
    pub reference: String,
    /// Minor units: in is positive, out is negative.
    pub amount_minor: i64,
}

/// Progress towards the next rank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// The next rank.
    pub next_rank: String,
    /// Its requirements.
    pub requirements: Vec<Requirement>,
}

/// One requirement of the next rank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requirement {
    /// What is measured.
    pub name: String,
    /// How much is needed.
    pub need: Decimal,
    /// How much there was.
    pub have: Decimal,
    /// Unit, such as `GV`; empty for a plain count.
    pub unit: String,
    /// Whether the plan counts it as met.
    pub met: bool,
}

/// A closing note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Heading.
    pub heading: String,
    /// One paragraph.
    pub text: String,
}
