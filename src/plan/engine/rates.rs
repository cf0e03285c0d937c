//! Rates as whole-number ratios, so that a line costs one multiplication and one division.

use std::collections::HashMap;

use rust_decimal::Decimal;

use crate::domain::money::{Currency, Rounding, Volume};
use crate::plan::result::BaseKind;

/// All rates of a run, each once.
pub struct Rates {
    /// The rates.
    pub list: Vec<Decimal>,
    known: HashMap<Decimal, u32>,
    currency: Currency,
    point_value: Decimal,
    /// How amounts are rounded.
    pub rounding: Rounding,
}

/// What turns a base into an amount: times `numerator`, over `divisor`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Factor {
    /// The rate: place in [`Rates::list`].
    pub rate: u32,
    numerator: i128,
    divisor: i128,
}

impl Rates {
    /// No rates yet.
    pub fn new(currency: Currency, point_value: Decimal, rounding: Rounding) -> Self {
        Self { list: Vec::new(), known: HashMap::new(), currency, point_value, rounding }
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

    /// The factor of a rate on a kind of base; for a fixed amount the base is a count.
    pub fn factor(&mut self, rate: Decimal, base: BaseKind) -> Option<Factor> {
        let value = if base.is_volume() { rate.checked_mul(self.point_value)? } else { rate }.normalize();
        let minor = 10_i128.checked_pow(self.currency.places())?;
        let (numerator, divisor) = match base {
            BaseKind::Cv | BaseKind::Qv => (minor, 10_i128.pow(Volume::PLACES)),
            BaseKind::Fixed => (minor, 1),
            BaseKind::Paid | BaseKind::Margin | BaseKind::Amount => (1, 1),
        };
        Some(Factor {
            rate: self.place(rate)?,
            numerator: value.mantissa().checked_mul(numerator)?,
            divisor: 10_i128.checked_pow(value.scale())?.checked_mul(divisor)?,
        })
    }
}

impl Factor {
    /// The amount in minor units.
    pub fn amount(&self, base: i64, rounding: Rounding) -> Option<i64> {
        rounding.divide(i128::from(base).checked_mul(self.numerator)?, self.divisor)
    }
}
