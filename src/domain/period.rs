//! Which period of a kind a day lies in, and what people call it.

use chrono::Datelike as _;

use super::calendar::Day;
use super::period_calendar::Calendar;
use super::run::PeriodKind;

/// A dated stretch of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stretch {
    /// How long periods of the kind are.
    pub kind: PeriodKind,
    /// Its label, such as `2026-W44`.
    pub label: String,
    /// First day.
    pub first: Day,
    /// Last day, included.
    pub last: Day,
}

impl Stretch {
    /// The period of this kind that the day lies in; `None` for days that no label can name, and between campaigns.
    pub fn around(calendar: &Calendar, kind: PeriodKind, day: Day) -> Option<Self> {
        let label = calendar.label(kind, day)?;
        let (first, last) = calendar.around(kind, day)?;
        Some(Self { kind, label, first, last })
    }

    /// The period after this one.
    pub fn next(&self, calendar: &Calendar) -> Option<Self> {
        Self::around(calendar, self.kind, self.last.plus(1))
    }
}

impl PeriodKind {
    /// What periods of the kind are called: `month` and `months`.
    pub const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Day => ("day", "days"),
            Self::Week => ("week", "weeks"),
            Self::HalfMonth => ("half month", "half months"),
            Self::Month => ("month", "months"),
            Self::FourWeeks => ("four weeks", "four-week periods"),
            Self::Quarter => ("quarter", "quarters"),
            Self::Year => ("year", "years"),
            Self::Campaign => ("campaign", "campaigns"),
        }
    }
}

/// What people call the period of a label: `October 2026`, `Week 44 of 2026`; a label that names none stays.
pub fn name(label: &str) -> String {
    // Where campaigns begin is the plan's affair; what they are called is not.
    if let Some((year, number)) = label.split_once("-C") {
        return format!("Campaign {} of {year}", number.trim_start_matches('0'));
    }
    let Some((kind, first, last)) = PeriodKind::of_label(label) else { return label.to_owned() };
    let year = &label[..4];
    let number = || label[6..].trim_start_matches('0');
    match kind {
        PeriodKind::Day => first.date().format("%-d %B %Y").to_string(),
        PeriodKind::Week => format!("Week {} of {year}", number()),
        PeriodKind::HalfMonth => days(first, last),
        PeriodKind::Month => first.date().format("%B %Y").to_string(),
        PeriodKind::FourWeeks => format!("Period {} of {year}", number()),
        PeriodKind::Quarter => format!("Quarter {} of {year}", number()),
        PeriodKind::Year | PeriodKind::Campaign => year.to_owned(),
    }
}

/// The same in a narrow place, where the year is plain: `October`, `Week 44`.
pub fn short_name(label: &str) -> String {
    let Some((kind, first, last)) = PeriodKind::of_label(label) else {
        return name(label).split(" of ").next().unwrap_or_default().to_owned();
    };
    match kind {
        PeriodKind::Day => first.date().format("%-d %B").to_string(),
        PeriodKind::HalfMonth => format!("{} to {}", first.date().format("%-d"), last.date().format("%-d %b")),
        PeriodKind::Month => first.date().format("%B").to_string(),
        PeriodKind::Week | PeriodKind::FourWeeks | PeriodKind::Quarter => {
            let whole = name(label);
            whole.split(" of ").next().unwrap_or_default().to_owned()
        }
        PeriodKind::Year | PeriodKind::Campaign => name(label),
    }
}

/// First and last day in words: `1 to 15 October 2026`, `30 November to 6 December 2026`.
pub fn days(first: Day, last: Day) -> String {
    let (from, to) = (first.date(), last.date());
    let end = to.format("%-d %B %Y");
    if first == last {
        end.to_string()
    } else if from.year() != to.year() {
        format!("{} to {end}", from.format("%-d %B %Y"))
    } else if from.month() != to.month() {
        format!("{} to {end}", from.format("%-d %B"))
    } else {
        format!("{} to {end}", from.format("%-d"))
    }
}

#[cfg(test)]
mod tests {
    use super::super::period_calendar::Campaigns;
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    #[test]
    fn every_day_lies_in_one_period_of_each_kind_and_they_follow_each_other() {
        let campaigns = Campaigns::Every { from: day("2024-12-02"), days: 21 };
        let calendar = Calendar { campaigns, ..Calendar::default() };
        for kind in PeriodKind::ALL {
            let mut at = Stretch::around(&calendar, *kind, day("2024-12-20")).unwrap();
            while at.last < day("2027-02-01") {
                let next = at.next(&calendar).unwrap();
                assert_eq!(next.first, at.last.plus(1), "{} and {}", at.label, next.label);
                assert_eq!(Stretch::around(&calendar, *kind, at.last).as_ref(), Some(&at));
                at = next;
            }
        }
    }

    #[test]
    fn labels_have_names() {
        for (kind, of, label, long, short) in [
            (PeriodKind::Day, "2026-10-31", "2026-10-31", "31 October 2026", "31 October"),
            (PeriodKind::Week, "2026-11-29", "2026-W48", "Week 48 of 2026", "Week 48"),
            (PeriodKind::Week, "2025-12-29", "2026-W01", "Week 1 of 2026", "Week 1"),
            (PeriodKind::HalfMonth, "2026-10-15", "2026-10-A", "1 to 15 October 2026", "1 to 15 Oct"),
            (PeriodKind::HalfMonth, "2026-10-16", "2026-10-B", "16 to 31 October 2026", "16 to 31 Oct"),
            (PeriodKind::Month, "2026-10-16", "2026-10", "October 2026", "October"),
            (PeriodKind::FourWeeks, "2027-01-03", "2026-P13", "Period 13 of 2026", "Period 13"),
            (PeriodKind::Quarter, "2026-10-01", "2026-Q4", "Quarter 4 of 2026", "Quarter 4"),
            (PeriodKind::Year, "2026-10-01", "2026", "2026", "2026"),
        ] {
            let found = Stretch::around(&Calendar::default(), kind, day(of)).unwrap();
            assert_eq!((found.label.as_str(), name(label).as_str(), short_name(label).as_str()), (label, long, short));
        }
        assert_eq!(name("no label"), "no label");
        assert_eq!(days(day("2026-11-30"), day("2026-12-06")), "30 November to 6 December 2026");
        assert_eq!(days(day("2026-12-28"), day("2027-01-03")), "28 December 2026 to 3 January 2027");
    }
}
