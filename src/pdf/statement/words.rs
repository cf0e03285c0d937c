//! The words of a statement that don't come from the view, by language.

use super::view::{Period, StatementView};
use crate::domain::calendar::Day;
use chrono::Datelike;

/// The fixed words of one language.
pub(super) struct Words {
    pub tag: &'static str,
    pub title: &'static str,
    pub statement: &'static str,
    pub member: &'static str,
    pub issued: &'static str,
    pub period: &'static str,
    pub paid_as: &'static str,
    pub plan: &'static str,
    pub you_earned: &'static str,
    pub by_bonus: &'static str,
    pub bonus: &'static str,
    pub lines: &'static str,
    pub earned_in: &'static str,
    pub account: &'static str,
    pub date: &'static str,
    pub entry: &'static str,
    pub reference: &'static str,
    pub money_in: &'static str,
    pub money_out: &'static str,
    pub balance: &'static str,
    pub balance_on: &'static str,
    pub carried_over: &'static str,
    pub how_close: &'static str,
    pub requirement: &'static str,
    pub needed: &'static str,
    pub result: &'static str,
    pub met: &'static str,
    pub not_met: &'static str,
    pub short: &'static str,
    pub source: &'static str,
    pub from: &'static str,
    pub level: &'static str,
    pub basis: &'static str,
    pub amount: &'static str,
    pub running: &'static str,
    pub continued: &'static str,
    pub check: &'static str,
    one_line: &'static str,
    many_lines: &'static str,
    only_line: &'static str,
    all: &'static str,
    page: (&'static str, &'static str),
    at: &'static str,
    with_code: &'static str,
    to: &'static str,
    months: [&'static str; 12],
}

const ENGLISH: Words = Words {
    tag: "en",
    title: "Commission statement",
    statement: "Statement",
    member: "Member",
    issued: "Issued",
    period: "Period",
    paid_as: "Paid as",
    plan: "Plan",
    you_earned: "You earned",
    by_bonus: "What you earned, by bonus",
    bonus: "Bonus",
    lines: "Lines",
    earned_in: "Earned in",
    account: "Your account",
    date: "Date",
    entry: "Entry",
    reference: "Reference",
    money_in: "In",
    money_out: "Out",
    balance: "Balance",
    balance_on: "Balance on",
    carried_over: "Balance carried over",
    how_close: "How close you were to",
    requirement: "Requirement",
    needed: "Needed",
    result: "Result",
    met: "Met",
    not_met: "Not met",
    short: "short",
    source: "Source",
    from: "From",
    level: "Level",
    basis: "Basis × rate",
    amount: "Amount",
    running: "Running",
    continued: "continued",
    check: "Check this statement",
    one_line: "1 line",
    many_lines: "lines",
    only_line: "The only line",
    all: "All",
    page: ("page", "of"),
    at: "at",
    with_code: "with the code",
    to: "to",
    months: [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
};

/// The words of a language; English where it has none yet.
pub(super) const fn of(_tag: &str) -> &'static Words {
    &ENGLISH
}

impl Words {
    /// `12 November 2026`.
    pub fn long_day(&self, day: Day) -> String {
        let date = day.date();
        format!("{} {} {}", date.day(), self.month(day), date.year())
    }

    /// `8 Nov`.
    pub fn short_day(&self, day: Day) -> String {
        format!("{} {}", day.date().day(), self.short_month(day))
    }

    /// `08 Nov`, for columns that are read downwards.
    pub fn column_day(&self, day: Day) -> String {
        format!("{:02} {}", day.date().day(), self.short_month(day))
    }

    /// `1 to 31 October 2026`, with month and year on the first day only where they differ.
    pub fn days(&self, period: &Period) -> String {
        let (first, last) = (period.first.date(), period.last.date());
        let start = if first.year() != last.year() {
            self.long_day(period.first)
        } else if first.month() != last.month() {
            format!("{} {}", first.day(), self.month(period.first))
        } else {
            first.day().to_string()
        };
        format!("{start} {} {}", self.to, self.long_day(period.last))
    }

    /// `4 lines`.
    pub fn count(&self, lines: usize) -> String {
        if lines == 1 { self.one_line.to_owned() } else { format!("{} {}", grouped(lines), self.many_lines) }
    }

    /// `All 22 lines`.
    pub fn all_lines(&self, lines: usize) -> String {
        if lines == 1 { self.only_line.to_owned() } else { format!("{} {}", self.all, self.count(lines)) }
    }

    /// `page 1 of 2`.
    pub fn page(&self, page: usize, of: usize) -> String {
        format!("{} {page} {} {of}", self.page.0, self.page.1)
    }

    /// Where and with what a statement is checked; the code follows.
    pub fn check_at(&self, place: &str) -> String {
        let with_code = self.with_code;
        if place.is_empty() { format!(" {with_code} ") } else { format!(" {} {place} {with_code} ", self.at) }
    }

    /// The heading of the pages after the first.
    pub fn running_title(&self, view: &StatementView) -> String {
        format!("{}, {}", self.title, view.period.label)
    }

    /// The title of the file.
    pub fn file_title(&self, view: &StatementView) -> String {
        format!("{} {}, {}", self.title, view.number, view.period.label)
    }

    fn month(&self, day: Day) -> &'static str {
        self.months[day.date().month0() as usize % 12]
    }

    fn short_month(&self, day: Day) -> &'static str {
        self.month(day).get(..3).unwrap_or_default()
    }
}

/// A count, grouped by thousands.
pub(super) fn grouped(count: usize) -> String {
    crate::domain::money::grouped(rust_decimal::Decimal::from(count))
}
