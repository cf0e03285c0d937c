//! What a case expects beside what came out, in words.

use rust_decimal::Decimal;

use super::{Expectation, RankName, keys};
use crate::domain::money::Volume;
use crate::plan::checked::CheckedPlan;
use crate::plan::engine::{self, explain};
use crate::plan::fault::suggest;
use crate::plan::is_volume;
use crate::plan::result::{EarningLine, RunResult};
use crate::plan::snapshot::Snapshot;

/// What came out where no line did.
pub const NOTHING: &str = "nothing";

/// How many unexpected lines are shown.
const SHOWN: usize = 20;

/// An expectation about lines, to be compared at the end of the period.
pub struct Asked<'a> {
    /// Line of the file.
    pub line: usize,
    /// What is expected.
    pub what: &'a Expectation,
}

/// What is compared, what was expected, and what came out.
type Words = [String; 3];

/// Whether an expectation takes part in the comparison of all lines at the end of a period.
pub fn is_about_lines(asked: &Expectation) -> bool {
    matches!(
        asked,
        Expectation::Line { .. }
            | Expectation::Sum { .. }
            | Expectation::Earns { .. }
            | Expectation::Nothing { .. }
            | Expectation::Total { .. }
    )
}

/// Compares one expectation that is not about lines; `None` where it is met.
pub fn one(asked: &Expectation, plan: &CheckedPlan, snapshot: &Snapshot, result: &RunResult) -> Option<Words> {
    let number = |member: &usize| &*snapshot.members[*member].number;
    let differ = |what: String, expected: String, got: String| (expected != got).then_some([what, expected, got]);
    match asked {
        Expectation::Rank { which, member, rank } => {
            let found = &result.members[*member];
            let (what, found) = match which {
                RankName::Earned => ("rank", found.rank),
                RankName::Paid => ("paid_rank", found.paid_rank),
                RankName::Highest => ("highest_rank", found.highest_rank),
            };
            let what = format!("{what} of {}", number(member));
            let codes = || result.ranks.iter().map(|rank| rank.code.as_str());
            if let Some(unknown) = rank.as_ref().filter(|rank| codes().all(|code| code != *rank)) {
                return Some([what, unknown.clone(), unknown_name("rank", unknown, codes())]);
            }
            let found = found.map_or("none", |rank| &result.ranks[usize::from(rank)].code);
            differ(what, rank.clone().unwrap_or_else(|| "none".to_owned()), found.to_owned())
        }
        Expectation::Volume { member, name, value } => {
            let what = format!("{name} of {}", number(member));
            let found = volume(plan, snapshot, result, *member, name);
            differ(what, value.to_string(), found)
        }
        Expectation::Breakage { bonus, amount } => {
            let what = format!("breakage of {bonus}");
            let found = result.bonuses.iter().find(|total| total.code == *bonus);
            let found = found.map_or_else(|| unknown_bonus(result, bonus), |total| plain(total.breakage));
            differ(what, plain(*amount), found)
        }
        Expectation::State { member, key, value } => {
            let what = format!("state {key} of {}", number(member));
            let shown = |value: i64| if is_volume(key) { Volume(value).to_string() } else { value.to_string() };
            if let Some(unknown) = keys::unknown(plan, snapshot, result, key) {
                return Some([what, shown(*value), unknown]);
            }
            let found = state(snapshot, result, *member, key);
            differ(what, shown(*value), shown(found))
        }
        Expectation::Value { member, name, value } => {
            let what = format!("{name} of {}", number(member));
            let found = value_of(plan, snapshot, result, *member, name);
            let rounded = found.parse().map_or(found, |found: Decimal| plain(found.round_dp(Volume::PLACES)));
            differ(what, value.clone(), rounded)
        }
        Expectation::Wallet { member, wallet, amount } => {
            let what = format!("{} {wallet}", number(member));
            let currency = result.currency;
            let Some(place) = result.wallets.iter().position(|known| known.code == *wallet) else {
                let known = result.wallets.iter().map(|known| known.code.as_str());
                return Some([what, amount.clone(), unknown_name("wallet", wallet, known)]);
            };
            let is_it = |split: &&crate::plan::result::Split| {
                (split.member as usize, usize::from(split.wallet)) == (*member, place)
            };
            let found = result.splits.iter().find(is_it).map_or(0, |split| split.amount_minor);
            match currency.parse_minor(amount) {
                Ok(asked) => differ(what, currency.plain(asked), currency.plain(found)),
                Err(fault) => Some([what, format!("an amount in {currency}"), fault.to_string()]),
            }
        }
        _ => None,
    }
}

/// What a value of the plan is for a member: one that is remembered, a named one, or points of a bonus.
fn value_of(plan: &CheckedPlan, snapshot: &Snapshot, result: &RunResult, member: usize, name: &str) -> String {
    if let Some(key) = engine::remembered_key(plan, name, snapshot.period.kind) {
        return Volume(state(snapshot, result, member, &key)).to_string();
    }
    match explain::value(plan, snapshot, member, name) {
        Ok(Some(found)) => found,
        Ok(None) => {
            let remembered = plan.remembered.iter().filter(|known| known.kept).map(|known| known.name.as_str());
            let named = plan.values.iter().map(|value| value.name.as_str());
            unknown_name("value", name, remembered.chain(named))
        }
        Err(fault) => fault.to_string(),
    }
}

/// What is left of a member under a key for the next run.
fn state(snapshot: &Snapshot, result: &RunResult, member: usize, key: &str) -> i64 {
    let id = snapshot.members[member].id;
    let is_it = |place: u16| result.state_keys.get(usize::from(place)).is_some_and(|name| name == key);
    result.state.iter().find(|entry| entry.member == id && is_it(entry.key)).map_or(0, |entry| entry.value)
}

fn plain(number: Decimal) -> String {
    number.normalize().to_string()
}

/// A volume of a member, or why there is none.
fn volume(plan: &CheckedPlan, snapshot: &Snapshot, result: &RunResult, member: usize, name: &str) -> String {
    let known = plan.volumes.iter().position(|volume| volume.name == name);
    match (name, known) {
        ("pv", _) => result.members[member].pv.to_string(),
        ("gv", _) => result.members[member].gv.to_string(),
        (_, None) => unknown_name("volume", name, plan.volumes.iter().map(|volume| volume.name.as_str())),
        (_, Some(place)) => match crate::plan::engine::explain::volume(plan, snapshot, place) {
            Ok(column) => column.get(member).map_or_else(String::new, |value| Volume(*value).to_string()),
            Err(fault) => fault.to_string(),
        },
    }
}

fn unknown_name<'a>(what: &str, given: &str, known: impl Iterator<Item = &'a str> + Clone) -> String {
    format!("the plan has no {what} “{given}”; {}", suggest(given, known))
}

fn unknown_bonus(result: &RunResult, given: &str) -> String {
    unknown_name("bonus", given, result.bonuses.iter().map(|bonus| bonus.code.as_str()))
}

/// The lines that came out, and which of them somebody expected.
struct Lines<'a> {
    snapshot: &'a Snapshot,
    result: &'a RunResult,
    met: Vec<bool>,
}

/// Compares the lines of a period with what was asked, each difference with its line of the file where it has one.
/// Unless `some`, no other lines may come out.
pub fn lines(
    asked: &[Asked<'_>],
    some: bool,
    plan: &CheckedPlan,
    snapshot: &Snapshot,
    result: &RunResult,
) -> Vec<(Option<usize>, Words)> {
    let mut lines = Lines { snapshot, result, met: vec![false; result.lines.len()] };
    let mut out = Vec::new();
    let mut open: Vec<(&Asked<'_>, i64)> = Vec::new();
    for asked in asked {
        let amount = match asked.what {
            Expectation::Line { amount, .. }
            | Expectation::Sum { amount, .. }
            | Expectation::Earns { amount, .. }
            | Expectation::Total { amount } => plan.currency.parse_minor(amount),
            _ => Ok(0),
        };
        let unknown = match asked.what {
            Expectation::Line { bonus, .. } | Expectation::Sum { bonus, .. } => {
                lines.bonus(bonus).is_none().then_some(bonus)
            }
            _ => None,
        };
        let what = || lines.what(asked.what);
        match (amount, unknown) {
            (_, Some(bonus)) => {
                out.push((Some(asked.line), [what(), "a bonus of the plan".to_owned(), unknown_bonus(result, bonus)]));
            }
            (Err(fault), _) => {
                out.push((Some(asked.line), [what(), format!("an amount in {}", plan.currency), fault.to_string()]));
            }
            (Ok(amount), None) if lines.is_there(asked.what, amount) => {}
            (Ok(amount), None) => open.push((asked, amount)),
        }
    }
    out.extend(
        open.into_iter().filter_map(|(asked, amount)| Some((Some(asked.line), lines.compare(asked.what, amount)?))),
    );
    if !some {
        out.extend(lines.unexpected().into_iter().map(|words| (None, words)));
    }
    out.sort_by_key(|(line, _)| line.unwrap_or(usize::MAX));
    out
}

impl Lines<'_> {
    fn bonus(&self, code: &str) -> Option<usize> {
        self.result.bonuses.iter().position(|bonus| bonus.code == code)
    }

    fn money(&self, minor: i64) -> String {
        self.result.currency.plain(minor)
    }

    fn what(&self, asked: &Expectation) -> String {
        let number = |member: &usize| &*self.snapshot.members[*member].number;
        match asked {
            Expectation::Line { member, bonus, level, .. } => format!("{} {bonus} {level}", number(member)),
            Expectation::Sum { member, bonus, .. } => format!("{} {bonus}", number(member)),
            Expectation::Earns { member, .. } | Expectation::Nothing { member } => format!("{} in all", number(member)),
            _ => "total".to_owned(),
        }
    }

    fn is_of(line: &EarningLine, member: usize, bonus: Option<usize>) -> bool {
        line.member as usize == member && bonus.is_none_or(|bonus| usize::from(line.bonus) == bonus)
    }

    /// The first line that nobody expected yet and that fits.
    fn take(&mut self, fits: impl Fn(&EarningLine) -> bool) -> Option<EarningLine> {
        let at = (0..self.met.len()).find(|at| !self.met[*at] && fits(&self.result.lines[*at]))?;
        self.met[at] = true;
        Some(self.result.lines[at])
    }

    /// Whether a single line came out exactly as expected; other expectations wait until all these are found.
    fn is_there(&mut self, asked: &Expectation, amount: i64) -> bool {
        let Expectation::Line { member, bonus, level, .. } = asked else { return false };
        let bonus = self.bonus(bonus);
        self.take(|line| Self::is_of(line, *member, bonus) && line.level == *level && line.amount_minor == amount)
            .is_some()
    }

    fn compare(&mut self, asked: &Expectation, amount: i64) -> Option<Words> {
        let (member, bonus) = match asked {
            Expectation::Line { member, bonus, level, .. } => {
                let bonus = self.bonus(bonus);
                let other = self
                    .take(|line| Self::is_of(line, *member, bonus) && line.level == *level)
                    .map(|line| self.money(line.amount_minor))
                    .or_else(|| {
                        let line = self.take(|line| Self::is_of(line, *member, bonus))?;
                        Some(format!("{} on level {}", self.money(line.amount_minor), line.level))
                    });
                let same = |line: &EarningLine| Self::is_of(line, *member, bonus) && line.level == *level;
                let once = self.result.lines.iter().any(|line| same(line) && line.amount_minor == amount);
                let missing = if once { "no further one" } else { NOTHING };
                return Some([self.what(asked), self.money(amount), other.unwrap_or_else(|| missing.to_owned())]);
            }
            Expectation::Sum { member, bonus, .. } => (Some(*member), self.bonus(bonus)),
            Expectation::Earns { member, .. } | Expectation::Nothing { member } => (Some(*member), None),
            _ => (None, None),
        };
        let mut sum = 0_i64;
        let mut found = 0;
        for (line, met) in self.result.lines.iter().zip(&mut self.met) {
            if member.is_none_or(|member| Self::is_of(line, member, bonus)) {
                sum = sum.saturating_add(line.amount_minor);
                // A line that a limit has cut to nothing pays nothing.
                found += u32::from(line.amount_minor != 0 || !matches!(asked, Expectation::Nothing { .. }));
                // The total of a run says nothing about its lines.
                *met |= member.is_some();
            }
        }
        let nothing = matches!(asked, Expectation::Nothing { .. });
        if if nothing { found == 0 } else { sum == amount } {
            return None;
        }
        let expected = if nothing { NOTHING.to_owned() } else { self.money(amount) };
        Some([self.what(asked), expected, if found == 0 { NOTHING.to_owned() } else { self.money(sum) }])
    }

    /// Lines that came out and that nobody expected, as the case would write them.
    fn unexpected(&self) -> Vec<Words> {
        let left: Vec<&EarningLine> =
            self.result.lines.iter().zip(&self.met).filter(|(_, met)| !**met).map(|(line, _)| line).collect();
        let words = |line: &&EarningLine| {
            let (member, bonus) = (line.member as usize, &self.result.bonuses[usize::from(line.bonus)].code);
            let what = format!("{} {bonus} {}", self.snapshot.members[member].number, line.level);
            [what, NOTHING.to_owned(), self.money(line.amount_minor)]
        };
        let mut out: Vec<Words> = left.iter().take(SHOWN).map(words).collect();
        if let Some(more) = left.len().checked_sub(SHOWN).filter(|more| *more > 0) {
            out.push([format!("{more} more lines"), NOTHING.to_owned(), "an amount each".to_owned()]);
        }
        out
    }
}
