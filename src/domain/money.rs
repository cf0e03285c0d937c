//! Money, volumes and rates: exact, checked, rounded in one place.
//!
//! An amount is an integer of the currency's minor unit (cents for EUR, yen for JPY, fils for KWD).
//! A volume is an integer of ten-thousandths of a point. A rate is a decimal. Nothing here is a float.

use rust_decimal::{Decimal, RoundingStrategy};
use std::fmt;
use std::str::FromStr;

/// An ISO 4217 currency and the number of its decimal places.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Currency {
    code: [u8; 3],
    places: u8,
}

/// Why a text or a calculation does not give an amount.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MoneyFault {
    /// Not three capital letters of a known currency.
    #[error("“{0}” is not a currency code; use an ISO code such as EUR")]
    UnknownCurrency(String),
    /// Not a decimal number.
    #[error("“{0}” is not a number; write it as 1234.56")]
    NotANumber(String),
    /// More decimal places than the currency or the volume has.
    #[error("“{given}” has more than {places} decimal places")]
    TooPrecise {
        /// What was given.
        given: String,
        /// How many places there may be.
        places: u32,
    },
    /// Beyond 64 bits of minor units.
    #[error("the amount is too large to be stored exactly")]
    Overflow,
}

/// Currencies with other than two places (ISO 4217).
const PLACES: &[(&str, u8)] = &[
    ("BHD", 3),
    ("BIF", 0),
    ("CLP", 0),
    ("DJF", 0),
    ("GNF", 0),
    ("IQD", 3),
    ("ISK", 0),
    ("JOD", 3),
    ("JPY", 0),
    ("KMF", 0),
    ("KRW", 0),
    ("KWD", 3),
    ("LYD", 3),
    ("OMR", 3),
    ("PYG", 0),
    ("RWF", 0),
    ("TND", 3),
    ("UGX", 0),
    ("UYI", 0),
    ("VND", 0),
    ("VUV", 0),
    ("XAF", 0),
    ("XOF", 0),
    ("XPF", 0),
];

/// Currencies with two places that companies of this field are paid in (ISO 4217).
const TWO_PLACES: &str = "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KYD KZT LAK LBP LKR LRD LSL MAD MDL MKD MMK MNT MOP MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VES WST XCD YER ZAR ZMW";

impl Currency {
    /// The code, such as `EUR`.
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.code).unwrap_or("???")
    }

    /// Decimal places: EUR 2, JPY 0, KWD 3.
    pub const fn places(&self) -> u32 {
        self.places as u32
    }

    /// The amount in minor units as a decimal of whole units: 1999 EUR cents → 19.99.
    pub fn to_decimal(&self, minor: i64) -> Decimal {
        Decimal::new(minor, self.places())
    }

    /// A written amount in minor units: `"19.99"` → 1999. Refuses more places than the currency has.
    pub fn parse_minor(&self, text: &str) -> Result<i64, MoneyFault> {
        parse_fixed(text, self.places())
    }

    /// Minor units as plain text with a point: `-19.99`.
    pub fn plain(&self, minor: i64) -> String {
        self.to_decimal(minor).to_string()
    }

    /// Minor units for people: grouped by thousands, U+2212 for minus, no currency sign: `−1,234.50`.
    pub fn grouped(&self, minor: i64) -> String {
        grouped(self.to_decimal(minor))
    }

    /// A decimal amount of whole units rounded to minor units.
    pub fn round(&self, amount: Decimal, mode: Rounding) -> Result<i64, MoneyFault> {
        let rounded = amount.round_dp_with_strategy(self.places(), mode.strategy());
        scaled(rounded, self.places())
    }
}

impl FromStr for Currency {
    type Err = MoneyFault;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let unknown = || MoneyFault::UnknownCurrency(text.chars().take(12).collect());
        let code: [u8; 3] = text.as_bytes().try_into().map_err(|_| unknown())?;
        let other = PLACES.iter().find(|(known, _)| *known == text).map(|(_, places)| *places);
        let two = || TWO_PLACES.split(' ').any(|known| known == text).then_some(2);
        other.or_else(two).map(|places| Self { code, places }).ok_or_else(unknown)
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Currency({})", self.code())
    }
}

impl serde::Serialize for Currency {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.code())
    }
}

impl<'de> serde::Deserialize<'de> for Currency {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        <String as serde::Deserialize>::deserialize(from)?.parse().map_err(serde::de::Error::custom)
    }
}

/// A rate for people: `5%`, and from twice the base on a factor: `× 14`.
pub fn rate_text(rate: Decimal) -> String {
    match rate.checked_mul(Decimal::ONE_HUNDRED) {
        Some(percent) if rate.abs() < Decimal::TWO => format!("{}%", percent.normalize()),
        _ => format!("× {}", rate.normalize()),
    }
}

/// How an amount is rounded to the currency's places. A plan states its mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Rounding {
    /// Half away from zero: 0.125 → 0.13, −0.125 → −0.13. The usual commercial rounding.
    HalfUp,
    /// Half to even: 0.125 → 0.12, 0.135 → 0.14.
    HalfEven,
    /// Towards zero.
    Down,
    /// Away from zero.
    Up,
}

impl Rounding {
    /// The word for it, as a plan states it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::HalfUp => "half-up",
            Self::HalfEven => "half-even",
            Self::Down => "down",
            Self::Up => "up",
        }
    }

    /// A quotient rounded to a whole number; `None` beyond 64 bits or where `divisor` is not positive.
    pub fn divide(self, dividend: i128, divisor: i128) -> Option<i64> {
        if divisor <= 0 {
            return None;
        }
        if let (Ok(dividend), Ok(divisor)) = (i64::try_from(dividend), i64::try_from(divisor)) {
            return self.divide_narrow(dividend, divisor);
        }
        let (whole, rest) = (dividend / divisor, (dividend % divisor).abs());
        let away = self.goes_away_from_zero(rest > 0, rest.cmp(&(divisor - rest)), whole % 2 != 0);
        i64::try_from(if away { whole + dividend.signum() } else { whole }).ok()
    }

    /// The same of numbers of 64 bits, as nearly all of a run are: the processor divides them many times faster.
    pub fn divide_narrow(self, dividend: i64, divisor: i64) -> Option<i64> {
        if divisor <= 0 {
            return None;
        }
        let (whole, rest) = (dividend / divisor, (dividend % divisor).abs());
        let away = self.goes_away_from_zero(rest > 0, rest.cmp(&(divisor - rest)), whole % 2 != 0);
        if away { whole.checked_add(dividend.signum()) } else { Some(whole) }
    }

    /// Whether a quotient with a rest, which is compared with one half, is rounded away from zero.
    fn goes_away_from_zero(self, rest: bool, half: std::cmp::Ordering, odd: bool) -> bool {
        match self {
            Self::Down => false,
            Self::Up => rest,
            Self::HalfUp => half.is_ge(),
            Self::HalfEven => half.is_gt() || (half.is_eq() && odd),
        }
    }

    /// A number rounded to a whole one; `None` beyond 64 bits.
    pub fn whole(self, value: Decimal) -> Option<i64> {
        i64::try_from(value.round_dp_with_strategy(0, self.strategy())).ok()
    }

    const fn strategy(self) -> RoundingStrategy {
        match self {
            Self::HalfUp => RoundingStrategy::MidpointAwayFromZero,
            Self::HalfEven => RoundingStrategy::MidpointNearestEven,
            Self::Down => RoundingStrategy::ToZero,
            Self::Up => RoundingStrategy::AwayFromZero,
        }
    }
}

/// A volume (PV, QV, CV, GV) in ten-thousandths of a point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Volume(pub i64);

impl Volume {
    /// Decimal places of a volume.
    pub const PLACES: u32 = 4;
    /// No volume.
    pub const ZERO: Self = Self(0);

    /// The volume as a decimal of points.
    pub fn to_decimal(self) -> Decimal {
        Decimal::new(self.0, Self::PLACES)
    }

    /// The sum, or a fault beyond 64 bits.
    pub fn plus(self, other: Self) -> Result<Self, MoneyFault> {
        self.0.checked_add(other.0).map(Self).ok_or(MoneyFault::Overflow)
    }

    /// The volume for people: grouped, without trailing zeros, U+2212 for minus: `1,204.5`.
    pub fn grouped(self) -> String {
        grouped(self.to_decimal().normalize())
    }
}

impl FromStr for Volume {
    type Err = MoneyFault;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parse_fixed(text, Self::PLACES).map(Self)
    }
}

impl fmt::Display for Volume {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.to_decimal().normalize())
    }
}

/// Splits `total` over shares in proportion to `weights`, to the minor unit: largest remainder first,
/// ties to the earlier share. The parts always add up to `total`. All weights zero: nothing is split
/// and every part is zero.
pub fn allocate(total: i64, weights: &[i64]) -> Result<Vec<i64>, MoneyFault> {
    let sum: i128 = weights.iter().map(|weight| i128::from(*weight)).sum();
    if sum <= 0 {
        return Ok(vec![0; weights.len()]);
    }
    let sign = i128::from(total.signum());
    let size = i128::from(total).abs();
    let mut parts = Vec::with_capacity(weights.len());
    let mut remainders = Vec::with_capacity(weights.len());
    for (index, weight) in weights.iter().enumerate() {
        let product = size.checked_mul(i128::from(*weight)).ok_or(MoneyFault::Overflow)?;
        parts.push(product / sum);
        remainders.push((product % sum, index));
    }
    let left = size - parts.iter().sum::<i128>();
    remainders.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    for (_, index) in remainders.iter().take(usize::try_from(left).map_err(|_| MoneyFault::Overflow)?) {
        parts[*index] += 1;
    }
    parts.into_iter().map(|part| i64::try_from(part * sign).map_err(|_| MoneyFault::Overflow)).collect()
}

/// A decimal number for people: grouped by thousands with a comma, U+2212 for minus.
pub fn grouped(number: Decimal) -> String {
    let plain = number.abs().to_string();
    let (whole, fraction) = plain.split_once('.').map_or((plain.as_str(), None), |(w, f)| (w, Some(f)));
    let mut out = String::with_capacity(plain.len() + plain.len() / 3 + 3);
    if number.is_sign_negative() && !number.is_zero() {
        out.push('\u{2212}');
    }
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    if let Some(fraction) = fraction {
        out.push('.');
        out.push_str(fraction);
    }
    out
}

fn parse_fixed(text: &str, places: u32) -> Result<i64, MoneyFault> {
    let given = || text.chars().take(40).collect::<String>();
    let plain = text.len() <= 40 && text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'+'));
    let number =
        plain.then(|| Decimal::from_str(text).ok()).flatten().ok_or_else(|| MoneyFault::NotANumber(given()))?;
    let number = number.normalize();
    if number.scale() > places {
        return Err(MoneyFault::TooPrecise { given: given(), places });
    }
    scaled(number, places)
}

fn scaled(number: Decimal, places: u32) -> Result<i64, MoneyFault> {
    let factor = Decimal::from(10_i64.pow(places));
    let whole = number.checked_mul(factor).ok_or(MoneyFault::Overflow)?;
    i64::try_from(whole.trunc()).map_err(|_| MoneyFault::Overflow)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn currency(code: &str) -> Currency {
        code.parse().unwrap()
    }

    #[test]
    fn currencies_know_their_places() {
        let places: Vec<u32> = ["EUR", "JPY", "KWD"].iter().map(|code| currency(code).places()).collect();
        assert_eq!(places, [2, 0, 3]);
        for wrong in ["eur", "EURO", "XXX", "", "€"] {
            assert!(wrong.parse::<Currency>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn amounts_are_read_and_written_exactly() {
        let eur = currency("EUR");
        assert_eq!(eur.parse_minor("19.99"), Ok(1999));
        assert_eq!(eur.parse_minor("-0.5"), Ok(-50));
        assert_eq!(eur.plain(-50), "-0.50");
        assert_eq!(eur.grouped(-123_456_789), "\u{2212}1,234,567.89");
        assert_eq!(eur.parse_minor("1.000"), Ok(100));
        assert!(matches!(eur.parse_minor("1.001"), Err(MoneyFault::TooPrecise { places: 2, .. })));
        assert!(matches!(eur.parse_minor("1e3"), Err(MoneyFault::NotANumber(_))));
        assert_eq!(eur.parse_minor("99999999999999999999"), Err(MoneyFault::Overflow));
    }

    #[test]
    fn rounding_modes_differ_at_the_half() {
        let eur = currency("EUR");
        let half = Decimal::new(-125, 3);
        let rounded: Vec<i64> = [Rounding::HalfUp, Rounding::HalfEven, Rounding::Down, Rounding::Up]
            .iter()
            .map(|mode| eur.round(half, *mode).unwrap())
            .collect();
        assert_eq!(rounded, [-13, -12, -12, -13]);
    }

    #[test]
    fn a_pool_of_two_thousand_over_seven_gives_three_of_them_a_cent_more() {
        // COMPENSATION M9: 2 000.00 over 7 equal shares is 285.71 each and leaves 0.03.
        let parts = allocate(200_000, &[1; 7]).unwrap();
        assert_eq!(parts, [28_572, 28_572, 28_572, 28_571, 28_571, 28_571, 28_571]);
    }

    proptest! {
        #[test]
        fn dividing_rounds_like_decimals(dividend in -1_000_000_000_i64..1_000_000_000, places in 0_u32..6) {
            for mode in [Rounding::HalfUp, Rounding::HalfEven, Rounding::Down, Rounding::Up] {
                let expected = Decimal::new(dividend, places).round_dp_with_strategy(0, mode.strategy());
                let divisor = 10_i128.pow(places);
                prop_assert_eq!(mode.divide(i128::from(dividend), divisor).map(Decimal::from), Some(expected));
            }
        }

        #[test]
        fn parts_always_add_up(total in -1_000_000_000_i64..1_000_000_000, weights in prop::collection::vec(0_i64..1_000_000, 1..40)) {
            let parts = allocate(total, &weights).unwrap();
            let expected = if weights.iter().all(|w| *w == 0) { 0 } else { total };
            prop_assert_eq!(parts.iter().sum::<i64>(), expected);
        }

        #[test]
        fn what_is_written_is_read_back(minor in any::<i64>()) {
            let eur = currency("EUR");
            prop_assert_eq!(eur.parse_minor(&eur.plain(minor)), Ok(minor));
        }
    }
}
