//! What a simulation says: plain values, stored and printed as JSON.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::run::PeriodKind;

/// A plan over periods that are over, beside what was committed. Amounts are minor units of the currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// The plan's name.
    pub plan: String,
    /// ISO code of the currency.
    pub currency: String,
    /// The periods in their order.
    pub periods: Vec<PeriodReport>,
    /// All periods together. Where periods of several kinds cover the same days, the volume counts once.
    pub total: Figures,
    /// Kinds of periods that the plan uses and that none of the committed runs was over: what it would have paid there
    /// is not in the figures.
    #[serde(default)]
    pub kinds_without_run: Vec<PeriodKind>,
    /// The bonuses of either plan, over all periods.
    pub bonuses: Vec<BonusReport>,
    /// Winners and losers by the rank that the last committed run paid on, the highest first; last those without.
    pub ranks: Vec<RankReport>,
    /// Names of the plan's ranks by code.
    #[serde(default)]
    pub rank_names: BTreeMap<String, String>,
    /// How many members' amounts change by how much, from the greatest loss to the greatest gain.
    pub bands: Vec<Band>,
    /// The members whose amounts change most.
    pub largest: Vec<MemberReport>,
    /// How many members are paid as a higher rank in the last period, and how many as a lower one.
    pub rank_moves: (u64, u64),
    /// What the simulation found to look at that the committed runs did not.
    pub exceptions: Vec<ExceptionReport>,
    /// How many of them there are; the list ends at some point.
    pub exception_count: u64,
}

/// Committed and simulated figures.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figures {
    /// Commissionable volume, ten-thousandths of a point.
    pub cv: i64,
    /// What the committed runs paid.
    pub before_minor: i64,
    /// What the plan would have paid.
    pub after_minor: i64,
    /// Members with a line in the committed runs.
    pub payees_before: u64,
    /// Members with a line in the simulation.
    pub payees_after: u64,
    /// Committed payout in per cent of CV, two places; empty without volume.
    pub share_before: String,
    /// Simulated payout in per cent of CV.
    pub share_after: String,
}

/// One period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeriodReport {
    /// Its label, such as `2026-10`.
    pub label: String,
    /// The committed run.
    pub run: String,
    /// The number of the plan version that it was pinned to.
    pub plan_version: i32,
    /// Whether the plan has no runs over periods of this kind, and so pays nothing.
    #[serde(default)]
    pub is_left_out: bool,
    /// The figures.
    #[serde(flatten)]
    pub figures: Figures,
}

/// One bonus.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BonusReport {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// What the committed runs paid under it.
    pub before_minor: i64,
    /// What the plan would have paid.
    pub after_minor: i64,
}

/// Everybody whom the last committed run paid on one rank.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RankReport {
    /// Code of the rank; empty for none.
    pub rank: String,
    /// Members with an amount in either.
    pub members: u64,
    /// Who would have got more.
    pub winners: u64,
    /// Who would have got less.
    pub losers: u64,
    /// Sum of what the winners gain.
    pub won_minor: i64,
    /// Sum of what the losers lose, negative.
    pub lost_minor: i64,
    /// What they were paid.
    pub before_minor: i64,
    /// What they would have been paid.
    pub after_minor: i64,
}

/// Changes between two amounts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Band {
    /// The smallest change, minor units; `None` for no limit.
    pub from_minor: Option<i64>,
    /// The largest change; `None` for no limit.
    pub to_minor: Option<i64>,
    /// How many members.
    pub members: u64,
}

/// One member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberReport {
    /// The number.
    pub number: String,
    /// The name.
    pub name: String,
    /// Its Latin form; may be empty.
    pub latin_name: String,
    /// Code of the rank paid on in the last committed run; empty for none.
    pub rank_before: String,
    /// Code of the rank paid on in the simulation of the last period.
    pub rank_after: String,
    /// What was paid.
    pub before_minor: i64,
    /// What would have been paid.
    pub after_minor: i64,
}

/// Something to look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExceptionReport {
    /// The period.
    pub period: String,
    /// `note` or `warning`.
    pub severity: String,
    /// A stable word for the kind.
    pub code: String,
    /// One sentence.
    pub message: String,
}
