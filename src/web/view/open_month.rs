//! The estimate of the open month, as pages show it: always with the time that it is from.

use rust_decimal::Decimal;

use crate::domain::calendar::Zone;
use crate::domain::money::{Currency, Volume};
use crate::jobs::live_preview::Shown;
use crate::plan::BonusTotal;

/// What every page says about the open month.
#[derive(Debug, Clone)]
pub struct OpenMonth {
    /// Such as `November 2026`.
    pub name: String,
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

impl OpenMonth {
    /// What a page shows of an estimate.
    pub fn of(shown: &Shown, zone: Zone) -> Self {
        let preview = &shown.preview;
        let cv = preview.cv.to_decimal();
        let paid = preview.currency.to_decimal(preview.total_minor).checked_mul(Decimal::ONE_HUNDRED);
        let share = paid.and_then(|paid| paid.checked_div(cv)).map(|share| share.round_dp(1).to_string());
        Self {
            name: preview.first_day.date().format("%B %Y").to_string(),
            as_of: time(shown, zone),
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
