//! Reads the text of cases: statements, one per line, each checked against what the lines before it said.

use std::collections::HashMap;

use rust_decimal::Decimal;

use super::orders::Ordered;
use super::words::split;
use super::{Case, Change, Expectation, RankName, Statement, Step, Word};
use crate::domain::calendar::Day;
use crate::domain::country;
use crate::domain::money::Volume;
use crate::domain::period_calendar::Calendar;
use crate::plan::fault::{Fault, Faults, nearest, suggest};
use crate::plan::is_volume;
use crate::plan::snapshot::PeriodSpan;

/// Every word that may begin a line, with how the line goes on.
pub const STATEMENTS: [(&str, &str); 25] = [
    ("case", "case NAME"),
    ("period", "period 2026-10"),
    ("members", "members A, B < A, c ~ A, X < A / B, D < A @ B right, T!"),
    ("move", "move D @ B right, move D < B, or move D < B / E"),
    ("joined", "joined A 2026-09-20"),
    ("forced", "forced A Gold"),
    ("market", "market A IN"),
    ("person", "person A2 A"),
    ("attribute", "attribute A NAME VALUE, or attribute A NAME none"),
    ("kind", "kind A preferred"),
    ("status", "status A suspended"),
    (
        "order",
        "order A 100, with qv 90, cv 80, paid 120, wholesale 75, a measure of the plan and its number, a day, a type, \
         line NAME, number NAME or through NAME behind it",
    ),
    ("return", "return NUMBER, or return NUMBER 50"),
    ("nothing", "nothing A"),
    ("some", "some"),
    ("rank", "rank A Gold, or rank A none"),
    ("paid_rank", "paid_rank A Gold, or paid_rank A none"),
    ("highest_rank", "highest_rank A Gold, or highest_rank A none"),
    ("volume", "volume A gv 99000"),
    ("breakage", "breakage team 12"),
    ("state", "state A KEY 400"),
    ("value", "value A NAME 400"),
    ("wallet", "wallet A savings 12.50"),
    ("carry", "carry A KEY 400, before what happens in the period"),
    ("total", "total 33.00"),
];

/// Reads every case of a file; its periods are those of the calendar.
pub fn read(text: &str, file: &str, calendar: &Calendar) -> Result<Vec<Case>, Faults> {
    // Some editors put a mark before the text.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let common = Draft { calendar: calendar.clone(), ..Draft::default() };
    let mut reader = Reader { faults: Vec::new(), common, cases: Vec::new() };
    let mut start = 0;
    for (line, number) in text.split_inclusive('\n').zip(1..) {
        let words = split(line, start);
        if let Some((first, rest)) = words.split_first() {
            reader.line(*first, rest, number);
        }
        start += line.len();
    }
    let Reader { mut faults, common, cases } = reader;
    let drafts = if cases.is_empty() { vec![common] } else { cases };
    for draft in &drafts {
        if faults.is_empty() && !draft.steps.iter().any(|step| matches!(step.what, Statement::Member(_))) {
            let span = draft.at.clone();
            let message =
                if draft.name.is_empty() { "there is no case in this file" } else { "this case has no members" };
            faults.push(Fault {
                span,
                message: message.into(),
                help: "begin with a line such as: members A, B < A".into(),
            });
        }
    }
    if faults.is_empty() {
        Ok(drafts.into_iter().map(|draft| Case { name: draft.name, line: draft.line, steps: draft.steps }).collect())
    } else {
        Err(Faults { file: file.to_owned(), text: text.to_owned(), list: faults })
    }
}

struct Reader {
    faults: Vec<Fault>,
    /// What stands before the first case: it belongs to every case, or is the only one.
    common: Draft,
    cases: Vec<Draft>,
}

/// A case as far as it is read.
#[derive(Debug, Clone, Default)]
pub struct Draft {
    name: String,
    line: usize,
    at: std::ops::Range<usize>,
    steps: Vec<Step>,
    calendar: Calendar,
    period: Option<PeriodSpan>,
    /// Members by number, and the numbers in order.
    pub members: HashMap<String, usize>,
    pub numbers: Vec<String>,
    /// Places in the placement tree that are taken, and by whom.
    pub places: HashMap<(usize, u8), usize>,
    pub orders: Vec<Ordered>,
}

impl Reader {
    fn line(&mut self, first: Word<'_>, rest: &[Word<'_>], number: usize) {
        if first.text == "case" {
            let mut next = self.common.clone();
            next.name = rest.iter().map(|word| word.text).collect::<Vec<_>>().join(" ");
            next.line = number;
            next.at = first.span();
            if next.name.is_empty() {
                self.faults
                    .push(first.fault("a case needs a name", "write what it shows: case a new member's first month"));
            } else if let Some(same) = self.cases.iter().find(|case| case.name == next.name) {
                let message = format!("there is a case of this name already, in line {}", same.line);
                self.faults.push(first.fault(message, "give each case its own name"));
            }
            self.cases.push(next);
            return;
        }
        let draft = self.cases.last_mut().unwrap_or(&mut self.common);
        draft.line = if draft.line == 0 { number } else { draft.line };
        match draft.statement(first, rest) {
            Ok(statements) => {
                draft.steps.extend(statements.into_iter().map(|what| Step { line: number, what }));
            }
            Err(mut faults) => self.faults.append(&mut faults),
        }
    }
}

impl Draft {
    fn statement(&mut self, first: Word<'_>, rest: &[Word<'_>]) -> Result<Vec<Statement>, Vec<Fault>> {
        if first.text == "members" {
            return self.read_members(first, rest);
        }
        let one = match first.text {
            "period" => self.period(first, rest),
            "order" => self.order(first, rest).map(Statement::Order),
            "return" => self.give_back(first, rest).map(Statement::Return),
            "joined" | "forced" | "market" | "person" | "kind" | "status" => self.change(first, rest),
            "move" => self.read_move(first, rest),
            "carry" => self.state(first, rest).map(|(member, key, value)| Statement::Carry(member, key, value)),
            "attribute" => self.attribute(first, rest),
            "some" => exactly::<0>(first, rest).map(|_| Statement::Some),
            _ => self.expectation(first, rest).map(Statement::Expect),
        };
        one.map(|statement| vec![statement]).map_err(|fault| vec![fault])
    }

    fn period(&mut self, first: Word<'_>, rest: &[Word<'_>]) -> Result<Statement, Fault> {
        let [label] = exactly(first, rest)?;
        let help = "write a month as 2026-10, a week as 2026-W41";
        let help = if label.text.contains("-C") {
            "campaigns, such as 2026-C05, are those of [calendar.campaign] in the plan"
        } else {
            help
        };
        let (kind, first, last) = self
            .calendar
            .period(label.text)
            .ok_or_else(|| label.fault(format!("“{}” is not a period", label.text), help))?;
        let span = PeriodSpan { label: label.text.to_owned(), kind, first, last };
        if let Some(before) =
            self.period.as_ref().filter(|before| span.last < before.last || span.label == before.label)
        {
            let message = format!("the period before this one is {}", before.label);
            return Err(label.fault(message, "periods follow each other in time"));
        }
        self.period = Some(span.clone());
        Ok(Statement::Period(span))
    }

    /// A day of the period in which the line stands.
    pub fn day_of_period(&self, word: Word<'_>, day: Day) -> Result<Day, Fault> {
        let span = self.period.clone().unwrap_or_else(super::first_period);
        if span.first <= day && day <= span.last {
            return Ok(day);
        }
        let message = format!("{day} is not in {}, the period of this line", span.label);
        Err(word.fault(message, "write it below the period that it falls into"))
    }

    fn change(&self, first: Word<'_>, rest: &[Word<'_>]) -> Result<Statement, Fault> {
        let [who, value] = exactly(first, rest)?;
        let member = self.member(who)?;
        let change = match first.text {
            "joined" => Change::Joined(value.value()?),
            "forced" => Change::Forced(value.text.to_owned()),
            "market" if !country::is_code(value.text) => {
                let help = "write the two capital letters of the country: market A IN";
                return Err(value.fault(format!("“{}” is not the code of a country", value.text), help));
            }
            "market" => Change::Market(value.text.to_owned()),
            "person" => Change::Person(self.member(value)?),
            "kind" => Change::Kind(value.value()?),
            _ => Change::Status(value.value()?),
        };
        Ok(Statement::Change(member, change))
    }

    fn attribute(&self, first: Word<'_>, rest: &[Word<'_>]) -> Result<Statement, Fault> {
        let [who, name, value] = exactly(first, rest)?;
        let change = Change::Attribute(name.text.to_owned(), value.text.to_owned());
        Ok(Statement::Change(self.member(who)?, change))
    }

    fn expectation(&self, first: Word<'_>, rest: &[Word<'_>]) -> Result<Expectation, Fault> {
        Ok(match first.text {
            "nothing" => {
                let [who] = exactly(first, rest)?;
                Expectation::Nothing { member: self.member(who)? }
            }
            "rank" | "paid_rank" | "highest_rank" => {
                let [who, rank] = exactly(first, rest)?;
                let which = match first.text {
                    "rank" => RankName::Earned,
                    "paid_rank" => RankName::Paid,
                    _ => RankName::Highest,
                };
                let rank = (rank.text != "none").then(|| rank.text.to_owned());
                Expectation::Rank { which, member: self.member(who)?, rank }
            }
            "volume" => {
                let [who, name, value] = exactly(first, rest)?;
                let value: Volume = value.value()?;
                Expectation::Volume { member: self.member(who)?, name: name.text.to_owned(), value }
            }
            "breakage" => {
                let [bonus, value] = exactly(first, rest)?;
                Expectation::Breakage { bonus: bonus.text.to_owned(), amount: figure(value)? }
            }
            "state" => {
                let (member, key, value) = self.state(first, rest)?;
                Expectation::State { member, key, value }
            }
            "wallet" => {
                let [who, wallet, amount] = exactly(first, rest)?;
                let amount = money(amount)?;
                Expectation::Wallet { member: self.member(who)?, wallet: wallet.text.to_owned(), amount }
            }
            "value" => {
                let [who, name, value] = exactly(first, rest)?;
                let value = match value.text {
                    word @ ("yes" | "no") => word.to_owned(),
                    _ => value.value::<Volume>()?.to_string(),
                };
                Expectation::Value { member: self.member(who)?, name: name.text.to_owned(), value }
            }
            "total" => {
                let [amount] = exactly(first, rest)?;
                Expectation::Total { amount: money(amount)? }
            }
            _ => return self.earnings(first, rest),
        })
    }

    /// What a run remembers of a member under a key: `A KEY 400`.
    fn state(&self, first: Word<'_>, rest: &[Word<'_>]) -> Result<(usize, String, i64), Fault> {
        let [who, key, value] = exactly(first, rest)?;
        let whole = || value.fault(format!("“{}” is not a whole number", value.text), "state is kept in whole numbers");
        // Volumes are written as points.
        let points = || value.text.parse::<Volume>().map(|volume| volume.0).map_err(|_| whole());
        let value = if is_volume(key.text) { points()? } else { value.text.parse().map_err(|_| whole())? };
        Ok((self.member(who)?, key.text.to_owned(), value))
    }

    /// `A team 1 8.00`, `A team 8.00` or `A 8.00`.
    fn earnings(&self, first: Word<'_>, rest: &[Word<'_>]) -> Result<Expectation, Fault> {
        let Some(member) = self.members.get(first.text).copied() else {
            let known = STATEMENTS.iter().map(|(word, _)| *word);
            let near = nearest(first.text, known.chain(self.numbers.iter().map(String::as_str)));
            let help = near.map_or_else(
                || {
                    format!(
                        "a line begins with a member or with one of: {}",
                        STATEMENTS.map(|(word, _)| word).join(", ")
                    )
                },
                |near| format!("did you mean “{near}”?"),
            );
            return Err(first.fault(format!("“{}” is neither a member nor a statement", first.text), help));
        };
        match rest {
            [amount] => Ok(Expectation::Earns { member, amount: money(*amount)? }),
            [bonus, amount] => Ok(Expectation::Sum { member, bonus: bonus.text.to_owned(), amount: money(*amount)? }),
            [bonus, level, amount] => {
                let help = "write: member, bonus, level, amount; 0 is the member's own level";
                let level =
                    level.text.parse().map_err(|_| level.fault(format!("“{}” is not a level", level.text), help))?;
                Ok(Expectation::Line { member, bonus: bonus.text.to_owned(), level, amount: money(*amount)? })
            }
            _ => Err(first.fault("this is not what a member earns", "write A team 1 8.00, A team 8.00 or A 8.00")),
        }
    }

    /// The member of a number.
    pub fn member(&self, word: Word<'_>) -> Result<usize, Fault> {
        self.members.get(word.text).copied().ok_or_else(|| {
            let help = suggest(word.text, self.numbers.iter().map(String::as_str));
            let help = if help.is_empty() { "name the members first: members A, B < A".to_owned() } else { help };
            word.fault(format!("there is no member “{}”", word.text), help)
        })
    }
}

/// As many words as a statement takes.
pub fn exactly<'a, const N: usize>(first: Word<'a>, rest: &[Word<'a>]) -> Result<[Word<'a>; N], Fault> {
    <[Word<'a>; N]>::try_from(rest).map_err(|_| {
        let given = rest.get(N).copied().unwrap_or(first);
        let message = if rest.len() > N {
            format!("“{}” is too much here", given.text)
        } else {
            format!("“{}” says too little", first.text)
        };
        given.fault(message, how(first.text))
    })
}

/// How a statement is written.
pub fn how(statement: &str) -> String {
    let known = STATEMENTS.iter().find(|(word, _)| *word == statement);
    known.map_or_else(String::new, |(_, how)| format!("write: {how}"))
}

/// A day, if the word looks like one.
pub fn day(word: Word<'_>) -> Option<Result<Day, Fault>> {
    let looks = word.text.starts_with(|c: char| c.is_ascii_digit()) && word.text.contains('-');
    looks.then(|| word.value())
}

/// An exact number.
fn figure(word: Word<'_>) -> Result<Decimal, Fault> {
    money(word)?.parse().map_err(|_| word.fault(format!("“{}” is too long a number", word.text), ""))
}

/// An amount as it is written; its places are counted when the currency is known.
pub fn money(word: Word<'_>) -> Result<String, Fault> {
    let digits = word.text.strip_prefix(['-', '+']).unwrap_or(word.text);
    let well = digits.len() <= 28
        && digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
        && digits.bytes().filter(|byte| *byte == b'.').count() <= 1
        && digits.bytes().any(|byte| byte.is_ascii_digit());
    if well {
        Ok(word.text.to_owned())
    } else {
        Err(word.fault(
            format!("“{}” is not an amount", word.text),
            "write it as 1234.56, without currency and without commas",
        ))
    }
}
