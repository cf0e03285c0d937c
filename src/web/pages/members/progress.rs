//! How close a member is to the next rank, as the last run wrote it down.

use rust_decimal::Decimal;
use serde::Deserialize;

use crate::domain::money::grouped;

/// The way to the next rank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// The rank's name.
    pub rank: String,
    /// Whether it takes this to keep the rank, and not to reach it.
    pub keeps: bool,
    /// What it takes.
    pub needs: Vec<Need>,
}

/// One requirement of a rank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    /// What it is called.
    pub label: String,
    /// What the member had.
    pub have: String,
    /// What is needed.
    pub need: String,
    /// Whether it was met.
    pub is_met: bool,
    /// What was missing.
    pub missing: String,
    /// How much of it is there, in per cent from 0 to 100.
    pub percent: String,
    /// Whether the requirement is a number and not only a yes or no.
    pub is_counted: bool,
}

#[derive(Deserialize)]
struct Stored {
    rank: String,
    #[serde(default)]
    keep: bool,
    needs: Vec<(String, String, String, bool)>,
}

impl Progress {
    /// Reads what a run stored; `None` when there is no next rank.
    pub fn read(stored: &str) -> Option<Self> {
        let stored: Stored = serde_json::from_str(stored).ok()?;
        let needs = stored.needs.into_iter().map(need).collect();
        Some(Self { rank: stored.rank, keeps: stored.keep, needs })
    }

    /// What is to be reached or kept: `Leader`, `keeping Leader`.
    pub fn goal(&self) -> String {
        if self.keeps { format!("keeping {}", self.rank) } else { self.rank.clone() }
    }

    /// The set of rules that applies.
    pub const fn rule(&self) -> &'static str {
        if self.keeps { "The rules to maintain the rank apply." } else { "The rules to achieve the rank apply." }
    }

    /// How many of the requirements are met, of how many.
    pub fn met(&self) -> (usize, usize) {
        (self.needs.iter().filter(|need| need.is_met).count(), self.needs.len())
    }

    /// How much of everything together is there, in per cent.
    pub fn percent(&self) -> String {
        let number = |need: &Need| need.percent.parse::<Decimal>().unwrap_or_default();
        let sum = self.needs.iter().map(number).fold(Decimal::ZERO, |sum, part| sum.checked_add(part).unwrap_or(sum));
        let mean = sum.checked_div(Decimal::from(self.needs.len())).unwrap_or_default();
        mean.round_dp(1).normalize().to_string()
    }

    /// What is still missing, in one sentence.
    pub fn sentence(&self) -> String {
        let missing: Vec<String> =
            self.needs
                .iter()
                .filter(|need| !need.is_met)
                .map(|need| {
                    if need.is_counted { format!("{}: {} to go", need.label, need.missing) } else { need.label.clone() }
                })
                .collect();
        if missing.is_empty() { "Everything was met.".to_owned() } else { format!("{}.", missing.join(", ")) }
    }
}

fn need((label, need, have, is_met): (String, String, String, bool)) -> Need {
    let number = |text: &str| text.parse::<Decimal>().unwrap_or_default();
    let (needed, had) = (number(&need), number(&have));
    let is_counted = needed > Decimal::ONE || had > Decimal::ONE;
    let percent = if is_met {
        Decimal::ONE_HUNDRED
    } else if needed > Decimal::ZERO && had > Decimal::ZERO {
        let share = had.checked_div(needed).and_then(|share| share.checked_mul(Decimal::ONE_HUNDRED));
        share.unwrap_or_default().round_dp(1).clamp(Decimal::ZERO, Decimal::ONE_HUNDRED)
    } else {
        Decimal::ZERO
    };
    let missing = needed.checked_sub(had).unwrap_or_default().max(Decimal::ZERO);
    Need {
        label,
        have: grouped(had.normalize()),
        need: grouped(needed.normalize()),
        is_met,
        missing: grouped(missing.normalize()),
        percent: percent.normalize().to_string(),
        is_counted,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_run_stored_is_told_in_numbers() {
        let stored = r#"{"rank":"Leader","needs":[["Personal volume","150","214",true],["Group volume","1500","1125.5",false],["Active","1","0",false]]}"#;
        let progress = Progress::read(stored).unwrap();
        assert_eq!(progress.sentence(), "Group volume: 374.5 to go, Active.");
        let percents: Vec<&str> = progress.needs.iter().map(|need| need.percent.as_str()).collect();
        assert_eq!(percents, ["100", "75", "0"]);
        assert_eq!(Progress::read(""), None);
    }
}
