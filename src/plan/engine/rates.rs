//! Rates as whole-number ratios, so that a line costs one multiplication and one division.

use std::collections::HashMap;

use rust_decimal::Decimal;

use crate::domain::money::{Currency, Rounding, Volume};
use crate::plan::checked::CheckedPlan;
use crate::plan::result::BaseKind;

/// What a base leaves out is counted in so many parts of its unit.
pub const REST: i64 = 1_000_000_000;

/// All rates of a run, each once.
pub struct Rates {
    /// The rates.
    pub list: Vec<Decimal>,
    known: HashMap<Decimal, u32>,
}

/// How bases of a bonus become amounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scale {
    base: BaseKind,
    currency: Currency,
    point_value: Decimal,
    /// Decimal places of an amount.
    places: u32,
    /// Amounts are multiples of this.
    step: i64,
    rounding: Rounding,
}

/// What turns a base into an amount: times `numerator`, over `divisor`, in whole steps. One step is in the divisor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Factor {
    numerator: i128,
    divisor: i128,
    /// The same two where they fit.
    narrow: Option<(i64, i64)>,
    step: i64,
}

impl Rates {
    /// No rates yet.
    pub fn new() -> Self {
        Self { list: Vec::new(), known: HashMap::new() }
    }

    /// The place of a rate.
    pub fn place(&mut self, rate: Decimal) -> Option<u32> {
        let rate = rate.normalize();
        if let Some(place) = self.known.get(&rate) {
            return Some(*place);
        }
        let place = u32::try_from(self.list.len()).ok()?;
        self.list.push(rate);
        self.known.insert(rate, place);
        Some(place)
    }
}

impl Scale {
    /// The scale of a bonus on a kind of base. Points have four places and no value yet.
    pub fn new(plan: &CheckedPlan, base: BaseKind, points: bool) -> Self {
        let (places, point_value) =
            if points { (Volume::PLACES, Decimal::ONE) } else { (plan.currency.places(), plan.point_value) };
        let coarser = if points { 0 } else { places.saturating_sub(plan.places) };
        Self {
            base,
            currency: plan.currency,
            point_value,
            places,
            step: 10_i64.pow(coarser.min(9)),
            rounding: plan.rounding,
        }
    }

    /// The factor of a rate; for a fixed amount the base is a count.
    pub fn factor(&self, rate: Decimal) -> Option<Factor> {
        let value = if self.base.is_volume() { rate.checked_mul(self.point_value)? } else { rate }.normalize();
        let minor = 10_i128.checked_pow(self.places)?;
        let divisor = match self.base {
            kind if kind.has_four_places() => 10_i128.pow(Volume::PLACES),
            BaseKind::Fixed => 1,
            _ => 10_i128.checked_pow(self.currency.places())?,
        };
        let numerator = value.mantissa().checked_mul(minor)?;
        let divisor = 10_i128.checked_pow(value.scale())?.checked_mul(divisor)?.checked_mul(i128::from(self.step))?;
        let narrow = i64::try_from(numerator).ok().zip(i64::try_from(divisor).ok());
        Some(Factor { numerator, divisor, narrow, step: self.step })
    }

    /// An amount in minor units (ten-thousandths for points) of a base and what it leaves out, in billionths of its unit.
    #[inline]
    pub fn amount(&self, factor: &Factor, base: i64, rest: i32) -> Option<i64> {
        let narrow = factor.narrow.filter(|_| rest == 0);
        let narrow = narrow.and_then(|(numerator, divisor)| Some((base.checked_mul(numerator)?, divisor)));
        let steps = match narrow {
            Some((exact, divisor)) => self.rounding.divide_narrow(exact, divisor),
            None => self.wide(factor, base, rest),
        };
        steps?.checked_mul(factor.step)
    }

    fn wide(&self, factor: &Factor, base: i64, rest: i32) -> Option<i64> {
        /// So many digits of a rate always count.
        const KEPT: i128 = 10_i128.pow(16);
        let (base, per) = match rest {
            0 => (i128::from(base), 1),
            rest => (i128::from(base) * i128::from(REST) + i128::from(rest), i128::from(REST)),
        };
        let Factor { mut numerator, mut divisor, .. } = *factor;
        loop {
            if let (Some(product), Some(divisor)) = (base.checked_mul(numerator), divisor.checked_mul(per)) {
                return self.rounding.divide(product, divisor);
            }
            // A rate such as a third has more digits than 128 bits hold: the last ones decide nothing.
            if numerator.abs() < KEPT || divisor % 10 != 0 {
                return None;
            }
            numerator = (numerator + 5 * numerator.signum()) / 10;
            divisor /= 10;
        }
    }
}
