//! The estimate of an open period, as pages show it: always with the time that it is from.

use rust_decimal::Decimal;

use crate::actions::preview::Preview;
use crate::domain::calendar::Zone;
use crate::domain::money::{Currency, Volume};
use crate::domain::period;
use crate::jobs::live_preview::Shown;
use crate::plan::BonusTotal;

/// What every page says about an open period.
#[derive(Debug, Clone)]
pub struct OpenPeriod {
    /// Its label, such as `2026-11`.
    pub label: String,
    /// Such as `November 2026`.
    pub name: String,
    /// Such as `month`.
    pub kind: &'static str,
    /// First and last day in words.
    pub days: String,
    /// The time of the figures in the company's zone, such as `10:41`.
    pub as_of: String,
    /// The plan version.
    pub plan_version: i32,
    /// The currency.
    pub currency: Currency,
    /// What would be paid now.
    pub total_minor: i64,
    /// Its share of the volume in per cent; `None` without volume.
    pub share: Option<String>,
    /// The volume.
    pub cv: Volume,
    /// Members with an amount.
    pub payees: usize,
    /// The bonuses in the order of the plan.
    pub bonuses: Vec<BonusTotal>,
}

impl OpenPeriod {
    /// What a page shows of the estimates, the shortest kind first.
    pub fn all(shown: &Shown, zone: Zone) -> Vec<Self> {
        shown.estimate.previews.iter().map(|preview| Self::of(preview, time(shown, zone))).collect()
    }

    fn of(preview: &Preview, as_of: String) -> Self {
        let cv = preview.cv.to_decimal();
        let paid = preview.currency.to_decimal(preview.total_minor).checked_mul(Decimal::ONE_HUNDRED);
        let share = paid.and_then(|paid| paid.checked_div(cv)).map(|share| share.round_dp(1).to_string());
        Self {
            label: preview.period.label.clone(),
            name: period::name(&preview.period.label),
            kind: preview.period.kind.words().0,
            days: period::days(preview.period.first, preview.period.last),
            as_of,
            plan_version: preview.plan_version,
            currency: preview.currency,
            total_minor: preview.total_minor,
            share,
            cv: preview.cv,
            payees: preview.payees,
            bonuses: preview.bonuses.clone(),
        }
    }
}

/// The time of an estimate: `10:41`.
pub fn time(shown: &Shown, zone: Zone) -> String {
    zone.wall(shown.as_of).format("%H:%M").to_string()
}
