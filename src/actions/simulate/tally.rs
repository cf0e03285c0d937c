//! Adds up committed and simulated amounts, member by member and bonus by bonus.

use std::collections::{BTreeMap, HashMap, HashSet};

use rust_decimal::Decimal;

use super::report::{Band, BonusReport, ExceptionReport, Figures, RankReport, Report};
use super::{MemberChange, PeriodReport};
use crate::domain::ids::{MemberId, OrderId};
use crate::domain::money::{Currency, Volume};
use crate::domain::run::PeriodKind;
use crate::plan::{BonusTotal, RunResult, Snapshot};
use crate::store::runs::{Run, RunException, RunMember, RunTotal};

/// Exceptions that a report names one by one.
const EXCEPTIONS: usize = 200;
/// Limits of the bands of change, in whole units of the currency.
const LIMITS: [i64; 4] = [1, 10, 100, 1_000];

/// What a committed run found.
pub struct Committed {
    pub run: Run,
    pub label: String,
    pub kind: PeriodKind,
    pub plan_version: i32,
    pub members: Vec<RunMember>,
    pub totals: Vec<RunTotal>,
    pub exceptions: Vec<RunException>,
}

/// The sums so far.
#[derive(Default)]
pub struct Tally {
    members: HashMap<MemberId, MemberChange>,
    periods: Vec<PeriodReport>,
    /// By code: its place, name, committed and simulated amount.
    bonuses: BTreeMap<String, (usize, BonusReport)>,
    /// Codes of the ranks of both plans, lowest first.
    ranks: Vec<String>,
    rank_names: BTreeMap<String, String>,
    exceptions: Vec<ExceptionReport>,
    exception_count: u64,
    /// The volume of all periods of a kind.
    volumes: BTreeMap<PeriodKind, i64>,
    /// Kinds that the plan uses and no committed run was over so far.
    without_run: Vec<PeriodKind>,
}

impl Tally {
    /// Nothing added yet, for a plan that uses these kinds of periods.
    pub fn new(kinds: &[PeriodKind]) -> Self {
        Self { without_run: kinds.to_vec(), ..Self::default() }
    }

    /// Adds a period of a kind that the plan has no runs over.
    pub fn leave_out(&mut self, committed: &Committed, snapshot: &Snapshot) {
        let numbers: HashMap<MemberId, &str> =
            snapshot.members.iter().map(|person| (person.id, &*person.number)).collect();
        for member in &committed.members {
            let entry = self.members.entry(member.member_id).or_default();
            entry.before_minor += member.earned_minor;
            entry.rank_before.clone_from(&member.paid_rank);
            if let Some(number) = numbers.get(&member.member_id) {
                (*number).clone_into(&mut entry.number);
            }
        }
        self.add_bonuses(committed, &[]);
        let figures = Figures { cv: committed.run.cv.0, ..Figures::default() };
        self.push(committed, figures, true);
    }

    /// Adds a period.
    pub fn add(&mut self, committed: &Committed, result: &RunResult, snapshot: &Snapshot) {
        for change in self.members.values_mut() {
            (change.rank_before, change.rank_after) = (String::new(), String::new());
        }
        let mut paid: HashSet<u32> = HashSet::new();
        paid.extend(result.lines.iter().map(|line| line.member));
        for member in &committed.members {
            let entry = self.members.entry(member.member_id).or_default();
            entry.before_minor += member.earned_minor;
            entry.rank_before.clone_from(&member.paid_rank);
        }
        for (member, person) in result.members.iter().zip(&snapshot.members) {
            let entry = self.members.entry(member.id).or_default();
            entry.after_minor += member.earned_minor;
            entry.rank_after =
                member.paid_rank.map(|rank| result.ranks[usize::from(rank)].code.clone()).unwrap_or_default();
            entry.number = person.number.to_string();
        }
        self.add_bonuses(committed, &result.bonuses);
        self.add_ranks(committed, result);
        self.add_exceptions(committed, result);
        let figures = Figures {
            cv: result.total_cv.0,
            after_minor: result.total_minor,
            payees_after: paid.len() as u64,
            ..Figures::default()
        };
        self.push(committed, figures, false);
    }

    /// Notes a period with the simulated figures.
    fn push(&mut self, committed: &Committed, simulated: Figures, is_left_out: bool) {
        let mut figures = Figures {
            before_minor: committed.run.earned_minor,
            payees_before: committed.run.payee_count.unsigned_abs(),
            ..simulated
        };
        figures.share(committed.run.currency);
        *self.volumes.entry(committed.kind).or_default() += figures.cv;
        self.without_run.retain(|kind| *kind != committed.kind);
        self.periods.push(PeriodReport {
            label: committed.label.clone(),
            run: committed.run.number.clone(),
            plan_version: committed.plan_version,
            is_left_out,
            figures,
        });
    }

    fn add_bonuses(&mut self, committed: &Committed, simulated: &[BonusTotal]) {
        let mut bonus = |code: &str, name: &str| {
            let place = self.bonuses.len();
            let blank =
                || BonusReport { code: code.to_owned(), name: name.to_owned(), before_minor: 0, after_minor: 0 };
            self.bonuses.entry(code.to_owned()).or_insert_with(|| (place, blank())).1.clone()
        };
        for total in simulated {
            bonus(&total.code, &total.name);
        }
        for total in &committed.totals {
            bonus(&total.bonus, &total.name);
        }
        for total in simulated {
            if let Some((_, report)) = self.bonuses.get_mut(&total.code) {
                report.after_minor += total.amount_minor;
            }
        }
        for total in &committed.totals {
            if let Some((_, report)) = self.bonuses.get_mut(&total.bonus) {
                report.before_minor += total.amount_minor;
            }
        }
    }

    /// The ranks of the plan, and those that only the committed plan has, above them.
    fn add_ranks(&mut self, committed: &Committed, result: &RunResult) {
        self.rank_names.extend(result.ranks.iter().map(|rank| (rank.code.clone(), rank.name.clone())));
        let old = committed.members.iter().map(|member| &member.paid_rank).filter(|code| !code.is_empty());
        for code in result.ranks.iter().map(|rank| &rank.code).chain(old) {
            if !self.ranks.contains(code) {
                self.ranks.push(code.clone());
            }
        }
    }

    fn add_exceptions(&mut self, committed: &Committed, result: &RunResult) {
        let known: HashSet<(&str, MemberId, OrderId)> =
            committed.exceptions.iter().map(|e| (e.code.as_str(), e.member_id, e.order_id)).collect();
        for exception in &result.exceptions {
            let key = (exception.code, exception.member.unwrap_or(MemberId(0)), exception.order.unwrap_or(OrderId(0)));
            if known.contains(&key) {
                continue;
            }
            self.exception_count += 1;
            if self.exceptions.len() < EXCEPTIONS {
                self.exceptions.push(ExceptionReport {
                    period: committed.label.clone(),
                    severity: exception.severity.as_str().to_owned(),
                    code: exception.code.to_owned(),
                    message: exception.text.clone(),
                });
            }
        }
    }

    /// The report without the largest changes, and everybody with an amount, the largest change first.
    pub fn finish(self, plan: &str, currency: Currency) -> (Report, Vec<(MemberId, MemberChange)>) {
        let mut members: Vec<(MemberId, MemberChange)> =
            self.members.into_iter().filter(|(_, m)| m.before_minor != 0 || m.after_minor != 0).collect();
        members.sort_by(|(_, a), (_, b)| b.change().abs().cmp(&a.change().abs()).then_with(|| a.number.cmp(&b.number)));
        let mut total = Figures::default();
        for period in &self.periods {
            total.before_minor += period.figures.before_minor;
            total.after_minor += period.figures.after_minor;
        }
        total.cv = self.volumes.values().copied().max().unwrap_or(0);
        total.payees_before = count(&members, |m| m.before_minor != 0);
        total.payees_after = count(&members, |m| m.after_minor != 0);
        total.share(currency);
        let place = |code: &str| self.ranks.iter().position(|known| known == code).map_or(0, |at| at + 1);
        let rank_moves = (
            count(&members, |m| place(&m.rank_after) > place(&m.rank_before)),
            count(&members, |m| place(&m.rank_after) < place(&m.rank_before)),
        );
        let mut bonuses: Vec<(usize, BonusReport)> = self.bonuses.into_values().collect();
        bonuses.sort_by_key(|(place, _)| *place);
        let report = Report {
            plan: plan.to_owned(),
            currency: currency.code().to_owned(),
            total,
            bonuses: bonuses.into_iter().map(|(_, bonus)| bonus).collect(),
            ranks: by_rank(&members, &self.ranks),
            bands: bands(&members, currency),
            largest: Vec::new(),
            rank_moves,
            exceptions: self.exceptions,
            exception_count: self.exception_count,
            rank_names: self.rank_names,
            kinds_without_run: self.without_run,
            periods: self.periods,
        };
        (report, members)
    }
}

fn count(members: &[(MemberId, MemberChange)], which: impl Fn(&MemberChange) -> bool) -> u64 {
    members.iter().filter(|(_, member)| which(member)).count() as u64
}

/// Winners and losers, the highest rank first and those without a rank last.
fn by_rank(members: &[(MemberId, MemberChange)], ranks: &[String]) -> Vec<RankReport> {
    let mut reports: Vec<RankReport> = ranks
        .iter()
        .rev()
        .map(String::as_str)
        .chain([""])
        .map(|rank| RankReport { rank: rank.to_owned(), ..RankReport::default() })
        .collect();
    for (_, member) in members {
        let Some(report) = reports.iter_mut().find(|report| report.rank == member.rank_before) else { continue };
        let change = member.change();
        report.members += 1;
        report.winners += u64::from(change > 0);
        report.losers += u64::from(change < 0);
        report.won_minor += change.max(0);
        report.lost_minor += change.min(0);
        report.before_minor += member.before_minor;
        report.after_minor += member.after_minor;
    }
    reports.retain(|report| report.members > 0);
    reports
}

/// How many members lose or gain how much: limits in the middle of nothing, one, ten, a hundred, a thousand.
fn bands(members: &[(MemberId, MemberChange)], currency: Currency) -> Vec<Band> {
    let unit = 10_i64.pow(currency.places());
    let limits: Vec<i64> = LIMITS.iter().map(|limit| limit * unit).collect();
    let mut edges: Vec<(Option<i64>, Option<i64>)> = Vec::new();
    let mut above = None;
    for limit in limits.iter().rev() {
        edges.push((above, Some(-limit)));
        above = Some(-limit + 1);
    }
    edges.push((above, Some(-1)));
    edges.push((Some(0), Some(0)));
    let mut below = 1;
    for limit in &limits {
        edges.push((Some(below), Some(limit - 1)));
        below = *limit;
    }
    edges.push((Some(below), None));
    let within = |change: i64, from: Option<i64>, to: Option<i64>| {
        from.is_none_or(|from| from <= change) && to.is_none_or(|to| change <= to)
    };
    edges
        .into_iter()
        .map(|(from_minor, to_minor)| Band {
            from_minor,
            to_minor,
            members: count(members, |member| within(member.change(), from_minor, to_minor)),
        })
        .collect()
}

impl Figures {
    /// Fills in the shares.
    fn share(&mut self, currency: Currency) {
        let cv = Volume(self.cv).to_decimal();
        let share = |minor: i64| {
            let paid = currency.to_decimal(minor).checked_mul(Decimal::ONE_HUNDRED);
            let share = paid.and_then(|paid| paid.checked_div(cv));
            share.map(|share| format!("{:.2}", share.round_dp(2))).unwrap_or_default()
        };
        (self.share_before, self.share_after) = (share(self.before_minor), share(self.after_minor));
    }
}
