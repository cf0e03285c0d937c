//! How time is divided into periods: where weeks, quarters and years begin, and what campaigns there are.

use chrono::Datelike;

use super::calendar::Day;
use super::run::PeriodKind;
use super::words::words;

words! {
    /// A day of the week.
    Weekday, "day of the week" {
        /// The first day of most weeks.
        Monday = "monday",
        /// The second.
        Tuesday = "tuesday",
        /// The third.
        Wednesday = "wednesday",
        /// The fourth.
        Thursday = "thursday",
        /// The fifth.
        Friday = "friday",
        /// The sixth.
        Saturday = "saturday",
        /// The seventh.
        Sunday = "sunday",
    }
}

impl Weekday {
    /// The day of the week of a day.
    pub fn of(day: Day) -> Self {
        let place = day.date().weekday().num_days_from_monday();
        Self::ALL.get(place as usize).copied().unwrap_or(Self::Monday)
    }

    /// The day of this name on which the week of a day begins.
    fn before(self, day: Day) -> Day {
        let place = |weekday: Self| Self::ALL.iter().position(|other| *other == weekday).unwrap_or(0);
        let since = (place(Self::of(day)) + 7 - place(self)) % 7;
        day.plus(-i32::try_from(since).unwrap_or(0))
    }
}

/// The campaigns of a company.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Campaigns {
    /// It has none.
    #[default]
    None,
    /// Each begins on one of these days, in order, and ends before the next one begins.
    Listed {
        /// First days.
        starts: Vec<Day>,
        /// Last day of the last one; without it the last day of the list only ends the one before.
        until: Option<Day>,
    },
    /// One after the other, all of the same length.
    Every {
        /// First day of the first one.
        from: Day,
        /// How many days each has, at least one.
        days: i32,
    },
}

impl Campaigns {
    /// First and last day of the campaign of a calendar year with this number; the first that begins in the year is 1.
    fn numbered(&self, year: i32, number: u32) -> Option<(Day, Day)> {
        let at = number.checked_sub(1)?;
        match self {
            Self::None => None,
            Self::Listed { starts, until } => {
                let before = starts.partition_point(|start| start.date().year() < year);
                let place = before.checked_add(at as usize)?;
                let start = starts.get(place).filter(|start| start.date().year() == year)?;
                let last = starts.get(place + 1).map(|next| next.plus(-1)).or(*until)?;
                Some((*start, last))
            }
            Self::Every { from, days } => {
                let gone = Day::from_ymd(year, 1, 1)?.0.checked_sub(from.0)?.max(0);
                let before = gone.checked_add(days - 1)?.checked_div(*days)?;
                let start = from.plus(before.checked_add(i32::try_from(at).ok()?)?.checked_mul(*days)?);
                (start.date().year() == year).then(|| (start, start.plus(days - 1)))
            }
        }
    }

    /// First and last day of the campaign that a day falls into.
    fn around(&self, day: Day) -> Option<(Day, Day)> {
        match self {
            Self::None => None,
            Self::Listed { starts, until } => {
                let next = starts.partition_point(|start| *start <= day);
                let start = starts.get(next.checked_sub(1)?)?;
                let last = starts.get(next).map(|next| next.plus(-1)).or(*until)?;
                (day <= last).then_some((*start, last))
            }
            Self::Every { from, days } => {
                let gone = day.0.checked_sub(from.0).filter(|gone| *gone >= 0)?;
                let first = from.plus(gone - gone.checked_rem(*days)?);
                Some((first, first.plus(days - 1)))
            }
        }
    }
}

/// How a company divides time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    /// The month in which years begin, 1 to 12. Quarters follow.
    pub year_begins: u32,
    /// The day on which weeks begin.
    pub week_begins: Weekday,
    /// The campaigns.
    pub campaigns: Campaigns,
}

impl Default for Calendar {
    fn default() -> Self {
        Self { year_begins: 1, week_begins: Weekday::Monday, campaigns: Campaigns::None }
    }
}

impl Calendar {
    /// The period that a label names: its kind, first and last day. Labels are `2026-10-31`, `2026-W44`, `2026-10-A` and
    /// `2026-10-B` (halves), `2026-10`, `2026-P11` (four weeks), `2026-C05` (campaigns), `2026-Q4` and `2026`. A year that
    /// does not begin in January, and its quarters, have the number of the year in which it begins.
    pub fn period(&self, label: &str) -> Option<(PeriodKind, Day, Day)> {
        if !label.is_ascii() {
            return None;
        }
        let (year, rest) = label.split_at_checked(4)?;
        let year: i32 = year.parse().ok().filter(|_| year.bytes().all(|byte| byte.is_ascii_digit()))?;
        let number = |text: &str, digits: usize| -> Option<u32> {
            let fits = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
            text.parse().ok().filter(|_| fits)
        };
        let Some(rest) = rest.strip_prefix('-') else {
            let first = self.quarter(year, 1).filter(|_| rest.is_empty())?;
            return Some((PeriodKind::Year, first, self.quarter(year, 5)?.plus(-1)));
        };
        if let Some(week) = rest.strip_prefix('W') {
            let first = self.week(year, number(week, 2)?)?;
            return Some((PeriodKind::Week, first, first.plus(6)));
        }
        if let Some(quarter) = rest.strip_prefix('Q') {
            let quarter = number(quarter, 1).filter(|quarter| (1..=4).contains(quarter))?;
            return Some((
                PeriodKind::Quarter,
                self.quarter(year, quarter)?,
                self.quarter(year, quarter + 1)?.plus(-1),
            ));
        }
        if let Some(period) = rest.strip_prefix('P') {
            let period = number(period, 2).filter(|period| (1..=13).contains(period))?;
            let (first, last) = self.four_weeks(year, period)?;
            return Some((PeriodKind::FourWeeks, first, last));
        }
        if let Some(campaign) = rest.strip_prefix('C') {
            let (first, last) = self.campaigns.numbered(year, number(campaign, 2)?)?;
            return Some((PeriodKind::Campaign, first, last));
        }
        match rest.split_once('-') {
            None => {
                let first = Day::from_ymd(year, number(rest, 2)?, 1)?;
                Some((PeriodKind::Month, first, first.month_end()))
            }
            Some((month, half @ ("A" | "B"))) => {
                let first = Day::from_ymd(year, number(month, 2)?, 1)?;
                let days = if half == "A" { (first, first.plus(14)) } else { (first.plus(15), first.month_end()) };
                Some((PeriodKind::HalfMonth, days.0, days.1))
            }
            Some(_) => label.parse().ok().map(|day| (PeriodKind::Day, day, day)),
        }
    }

    /// First and last day of the period of a kind that a day falls into; `None` where there is no such campaign.
    pub fn around(&self, kind: PeriodKind, day: Day) -> Option<(Day, Day)> {
        let date = day.date();
        let begun = date.month() >= self.year_begins;
        let year = if begun { date.year() } else { date.year() - 1 };
        let span = |first: u32, next: u32| {
            self.quarter(year, first).zip(self.quarter(year, next)).map(|(first, next)| (first, next.plus(-1)))
        };
        Some(match kind {
            PeriodKind::Day => (day, day),
            PeriodKind::Week => {
                let first = self.week_begins.before(day);
                (first, first.plus(6))
            }
            PeriodKind::HalfMonth => {
                let middle = day.month_start().plus(14);
                if day <= middle { (day.month_start(), middle) } else { (middle.plus(1), day.month_end()) }
            }
            PeriodKind::Month => (day.month_start(), day.month_end()),
            PeriodKind::FourWeeks => {
                let first = self.week_begins.before(day);
                let year = first.plus(3).date().year();
                let weeks = u32::try_from((first.0 - self.first_week(year)?.0) / 7).ok()?;
                self.four_weeks(year, (weeks / 4).min(12) + 1)?
            }
            PeriodKind::Quarter => {
                let quarter = (date.month() + 12 - self.year_begins) % 12 / 3 + 1;
                span(quarter, quarter + 1)?
            }
            PeriodKind::Year => span(1, 5)?,
            PeriodKind::Campaign => self.campaigns.around(day)?,
        })
    }

    /// The label of the period of a kind that a day falls into; `None` where there is no such campaign.
    pub fn label(&self, kind: PeriodKind, day: Day) -> Option<String> {
        let (first, _) = self.around(kind, day)?;
        // Weeks belong to the year in which most of their days lie, longer stretches to the one in which they begin.
        let (year, middle) = (first.date().year(), first.plus(3).date().year());
        let weeks = || Some((first.0 - self.first_week(middle)?.0) / 7);
        Some(match kind {
            PeriodKind::Day => day.to_string(),
            PeriodKind::Week => format!("{middle:04}-W{:02}", weeks()? + 1),
            PeriodKind::HalfMonth => {
                format!("{}-{}", day.month_label(), if first.date().day() == 1 { "A" } else { "B" })
            }
            PeriodKind::Month => day.month_label(),
            PeriodKind::FourWeeks => format!("{middle:04}-P{:02}", weeks()? / 4 + 1),
            PeriodKind::Campaign => {
                let number = (1..=99)
                    .find(|number| self.campaigns.numbered(year, *number).is_some_and(|(begins, _)| begins == first))?;
                format!("{year:04}-C{number:02}")
            }
            PeriodKind::Quarter => {
                let begun = first.date().month() >= self.year_begins;
                let quarter = (first.date().month() + 12 - self.year_begins) % 12 / 3 + 1;
                format!("{:04}-Q{quarter}", if begun { year } else { year - 1 })
            }
            PeriodKind::Year => format!("{year:04}"),
        })
    }

    /// The first day of a quarter of a year, 1 to 4; the fifth is the first one of the next year.
    fn quarter(&self, year: i32, quarter: u32) -> Option<Day> {
        let months = self.year_begins.checked_sub(1)? + (quarter - 1) * 3;
        Day::from_ymd(year.checked_add(i32::try_from(months / 12).ok()?)?, months % 12 + 1, 1)
    }

    /// The first day of week 1: the first week of which most days lie in the year.
    fn first_week(&self, year: i32) -> Option<Day> {
        Day::from_ymd(year, 1, 4).map(|day| self.week_begins.before(day))
    }

    /// The first day of a week of a year.
    fn week(&self, year: i32, week: u32) -> Option<Day> {
        let weeks = i32::try_from(week.checked_sub(1)?).ok()?;
        let first = self.first_week(year)?.plus(weeks * 7);
        (first.plus(3).date().year() == year).then_some(first)
    }

    /// Four weeks of a year, 1 to 13. A 53rd week belongs to the last ones.
    fn four_weeks(&self, year: i32, period: u32) -> Option<(Day, Day)> {
        let first = self.week(year, period * 4 - 3)?;
        let next = if period == 13 { self.first_week(year + 1)? } else { first.plus(28) };
        Some((first, next.plus(-1)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    fn shown(calendar: &Calendar, label: &str) -> String {
        let found = calendar.period(label);
        found.map_or("none".to_owned(), |(kind, first, last)| format!("{kind} {first} {last}"))
    }

    #[test]
    fn weeks_may_begin_on_any_day() {
        let saturday = Calendar { week_begins: Weekday::Saturday, ..Calendar::default() };
        assert_eq!(shown(&saturday, "2026-W01"), "week 2026-01-03 2026-01-09");
        assert_eq!(shown(&saturday, "2026-W52"), "week 2026-12-26 2027-01-01");
        assert_eq!(shown(&saturday, "2026-W53"), "none");
        assert_eq!(shown(&saturday, "2026-P13"), "four-weeks 2026-12-05 2027-01-01");
        assert_eq!(saturday.around(PeriodKind::Week, day("2026-10-09")), Some((day("2026-10-03"), day("2026-10-09"))));
    }

    #[test]
    fn years_and_their_quarters_may_begin_in_any_month() {
        let september = Calendar { year_begins: 9, ..Calendar::default() };
        assert_eq!(shown(&september, "2026"), "year 2026-09-01 2027-08-31");
        assert_eq!(shown(&september, "2026-Q2"), "quarter 2026-12-01 2027-02-28");
        let around = september.around(PeriodKind::Quarter, day("2027-01-20"));
        assert_eq!(around, Some((day("2026-12-01"), day("2027-02-28"))));
    }

    #[test]
    fn campaigns_are_listed_or_of_one_length() {
        let starts = ["2025-12-15", "2026-01-05", "2026-01-26"].map(day).to_vec();
        let listed =
            |until| Calendar { campaigns: Campaigns::Listed { starts: starts.clone(), until }, ..Calendar::default() };
        assert_eq!(shown(&listed(None), "2025-C01"), "campaign 2025-12-15 2026-01-04");
        assert_eq!(shown(&listed(None), "2026-C01"), "campaign 2026-01-05 2026-01-25");
        assert_eq!(shown(&listed(None), "2026-C02"), "none");
        assert_eq!(shown(&listed(Some(day("2026-02-10"))), "2026-C02"), "campaign 2026-01-26 2026-02-10");
        assert_eq!(listed(None).around(PeriodKind::Campaign, day("2026-02-01")), None);
        let every =
            Calendar { campaigns: Campaigns::Every { from: day("2026-01-05"), days: 21 }, ..Calendar::default() };
        assert_eq!(shown(&every, "2026-C01"), "campaign 2026-01-05 2026-01-25");
        assert_eq!(shown(&every, "2026-C18"), "campaign 2026-12-28 2027-01-17");
        assert_eq!(shown(&every, "2026-C19"), "none");
        assert_eq!(shown(&every, "2027-C01"), "campaign 2027-01-18 2027-02-07");
        assert_eq!(shown(&every, "2025-C01"), "none");
        assert_eq!(every.label(PeriodKind::Campaign, day("2027-01-20")).as_deref(), Some("2027-C01"));
        assert_eq!(listed(None).label(PeriodKind::Campaign, day("2026-01-25")).as_deref(), Some("2026-C01"));
    }

    #[test]
    fn the_period_around_a_day_is_the_one_that_its_label_names() {
        for begins in [Weekday::Monday, Weekday::Thursday, Weekday::Sunday] {
            let calendar = Calendar { week_begins: begins, year_begins: 7, ..Calendar::default() };
            for (kind, labels) in [
                (PeriodKind::Week, (1..54).map(|n| format!("2026-W{n:02}")).collect::<Vec<_>>()),
                (PeriodKind::FourWeeks, (1..14).map(|n| format!("2026-P{n:02}")).collect()),
                (PeriodKind::Quarter, (1..5).map(|n| format!("2026-Q{n}")).collect()),
                (PeriodKind::Year, vec!["2026".to_owned()]),
                (PeriodKind::Month, vec!["2026-02".to_owned()]),
                (PeriodKind::HalfMonth, vec!["2026-02-A".to_owned(), "2026-02-B".to_owned()]),
            ] {
                for (found, first, last) in labels.iter().filter_map(|label| calendar.period(label)) {
                    assert_eq!(found, kind);
                    for at in first.0..=last.0 {
                        assert_eq!(calendar.around(kind, Day(at)), Some((first, last)), "{kind} {}", Day(at));
                        let label = calendar.label(kind, Day(at)).unwrap();
                        assert_eq!(calendar.period(&label), Some((kind, first, last)), "{label}");
                    }
                }
            }
        }
    }
}
