//! Further volumes of goods beside QV and CV: a rank volume, bonus points, whatever a plan calls them.

use std::fmt;
use std::str::FromStr;

use super::money::{MoneyFault, Volume};

/// Volumes by name. None is zero: what a name does not have, it has none of.
///
/// The text form is `bp=80 rank_volume=12.5`, in the order of the names; empty where there are none.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Measures(Vec<(String, Volume)>);

/// Why a text does not say volumes by name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MeasuresFault {
    /// No name and number with an equals sign between them.
    #[error("“{0}” is not a volume with a name; write them as bp=80 rank_volume=12.5")]
    NotAPair(String),
    /// A name that expressions of a plan could not use.
    #[error("“{0}” cannot be used as a name; use letters, digits and _, a letter first, at most 40")]
    Name(String),
    /// Named twice.
    #[error("{0} is given twice")]
    Twice(String),
    /// Not a number.
    #[error("{name}: {fault}")]
    Number {
        /// Of which name.
        name: String,
        /// Why.
        fault: MoneyFault,
    },
}

/// Whether a name can stand in expressions of a plan.
pub fn is_name(name: &str) -> bool {
    name.starts_with(char::is_alphabetic)
        && name.chars().all(|c| c.is_alphanumeric() || c == '_')
        && name.chars().count() <= 40
}

impl Measures {
    /// The volumes of these names; zeros are left out.
    ///
    /// # Errors
    /// A name that cannot be one, or that is there twice.
    pub fn new(given: impl IntoIterator<Item = (String, Volume)>) -> Result<Self, MeasuresFault> {
        let mut all: Vec<(String, Volume)> = given.into_iter().collect();
        if let Some((name, _)) = all.iter().find(|(name, _)| !is_name(name)) {
            return Err(MeasuresFault::Name(name.chars().take(60).collect()));
        }
        all.sort();
        if let Some(twice) = all.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            return Err(MeasuresFault::Twice(twice[0].0.clone()));
        }
        all.retain(|(_, volume)| *volume != Volume::ZERO);
        Ok(Self(all))
    }

    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Names and volumes, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Volume)> {
        self.0.iter().map(|(name, volume)| (name.as_str(), *volume))
    }

    /// The volume of a name.
    pub fn get(&self, name: &str) -> Volume {
        self.iter().find(|(known, _)| *known == name).map_or(Volume::ZERO, |(_, volume)| volume)
    }

    /// Both together, name by name.
    ///
    /// # Errors
    /// A sum beyond 64 bits.
    pub fn plus(&self, other: &Self) -> Result<Self, MoneyFault> {
        let mut sum = self.clone();
        for (name, volume) in &other.0 {
            match sum.0.binary_search_by(|(known, _)| known.cmp(name)) {
                Ok(at) => sum.0[at].1 = sum.0[at].1.plus(*volume)?,
                Err(at) => sum.0.insert(at, (name.clone(), *volume)),
            }
        }
        sum.0.retain(|(_, volume)| *volume != Volume::ZERO);
        Ok(sum)
    }

    /// Every volume through `part`; `None` if it has no answer for one.
    pub fn each(&self, part: impl Fn(i64) -> Option<i64>) -> Option<Self> {
        let parts = self.0.iter().map(|(name, Volume(volume))| Some((name.clone(), Volume(part(*volume)?))));
        let mut parts: Vec<(String, Volume)> = parts.collect::<Option<_>>()?;
        parts.retain(|(_, volume)| *volume != Volume::ZERO);
        Some(Self(parts))
    }

    /// So many times each.
    ///
    /// # Errors
    /// A product beyond 64 bits.
    pub fn times(&self, count: i64) -> Result<Self, MoneyFault> {
        self.each(|volume| volume.checked_mul(count)).ok_or(MoneyFault::Overflow)
    }
}

impl FromStr for Measures {
    type Err = MeasuresFault;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut all = Vec::new();
        for pair in text.split([' ', ',', ';']).filter(|pair| !pair.is_empty()) {
            let not_a_pair = || MeasuresFault::NotAPair(pair.chars().take(60).collect());
            let (name, volume) = pair.split_once('=').ok_or_else(not_a_pair)?;
            let number = |fault| MeasuresFault::Number { name: name.chars().take(60).collect(), fault };
            all.push((name.to_owned(), volume.parse().map_err(number)?));
        }
        Self::new(all)
    }
}

impl fmt::Display for Measures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, (name, volume)) in self.0.iter().enumerate() {
            write!(f, "{}{name}={volume}", if at > 0 { " " } else { "" })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measures(text: &str) -> Measures {
        text.parse().unwrap()
    }

    #[test]
    fn the_text_is_the_same_however_it_was_written() {
        assert_eq!(measures("rank_volume=12.50 bp=80").to_string(), "bp=80 rank_volume=12.5");
        assert_eq!(measures("bp=80, rank_volume=0").to_string(), "bp=80");
        assert_eq!(measures("").to_string(), "");
        assert_eq!(measures("bp=-1").get("bp"), Volume(-10_000));
    }

    #[test]
    fn volumes_of_one_name_add_up() {
        let sum = measures("a=1 b=2").plus(&measures("b=-2 c=3")).unwrap();
        assert_eq!(sum.to_string(), "a=1 c=3");
        assert_eq!(sum.times(-2).unwrap().to_string(), "a=-2 c=-6");
        assert!(measures("a=900000000000000").times(10_000).is_err());
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (text, said) in [
            ("bp", "“bp” is not a volume with a name; write them as bp=80 rank_volume=12.5"),
            ("b-p=1", "“b-p” cannot be used as a name; use letters, digits and _, a letter first, at most 40"),
            ("bp=x", "bp: “x” is not a number; write it as 1234.56"),
            ("bp=1 bp=2", "bp is given twice"),
        ] {
            assert_eq!(text.parse::<Measures>().unwrap_err().to_string(), said);
        }
    }
}
