//! Where the value of one field comes from: a column, a constant, and what is done to it on the way.

use std::collections::BTreeMap;
use std::fmt;

use rust_decimal::Decimal;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::domain::money::Rounding;

/// The fields of a kind and where each comes from.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(transparent)]
pub struct Columns(BTreeMap<String, Column>);

impl Columns {
    /// Where a field comes from, if it is mapped.
    pub fn find(&self, field: &str) -> Option<&Column> {
        self.0.get(field)
    }

    /// Takes other columns in, their names behind a prefix.
    pub(super) fn add(&mut self, prefix: &str, others: Self) {
        self.0.extend(others.0.into_iter().map(|(name, column)| (format!("{prefix}{name}"), column)));
    }

    /// The names of the mapped fields.
    pub fn fields(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// The columns of the file that are named.
    pub(super) fn named(&self) -> impl Iterator<Item = &str> {
        self.0.values().flat_map(|column| {
            let except = column.except.as_ref().map(|e| &e.column);
            [column.column.as_ref(), column.default_column.as_ref(), except].into_iter().flatten().map(String::as_str)
        })
    }
}

/// Where one value comes from. Written as the name of a column, or as a table.
#[derive(Debug, Clone, Default)]
pub struct Column {
    /// The column of the file.
    pub column: Option<String>,
    /// The same value for all rows.
    pub constant: Option<String>,
    /// The value where the cell is empty.
    pub default: Option<String>,
    /// The column to look at where the cell is empty.
    pub default_column: Option<String>,
    /// Replacements: cell → value. A cell that is not listed stays as it is.
    pub values: BTreeMap<String, String>,
    /// Put before a value that is not empty.
    pub prefix: String,
    /// Put after a value that is not empty.
    pub suffix: String,
    /// Cut off at the end of the cell.
    pub trim_suffix: String,
    /// Upper or lower case.
    pub case: Option<Case>,
    /// For prices: how more places than the currency has are rounded; refused where none is given.
    pub round: Option<Rounding>,
    /// For volumes and wholesale prices: worked out from the price.
    pub from: Option<VolumeFrom>,
    /// For volumes and wholesale prices: the factor on the price.
    pub times: Decimal,
    /// For volumes: the rows that have none.
    pub except: Option<Except>,
    /// For the sponsor: spread over members that are there already.
    pub spread_over: Option<Spread>,
}

/// Letters in one case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Case {
    /// Capital letters.
    Upper,
    /// Small letters.
    Lower,
}

/// What a volume is worked out from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum VolumeFrom {
    /// The price of the row.
    Price,
}

/// Rows in which a column holds one of these values.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Except {
    /// The column.
    pub column: String,
    /// The values, in the case the file writes them.
    pub values: Vec<String>,
}

/// Over whom new members are spread, by a hash of their number, always the same way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Spread {
    /// All active distributors who had joined by the day the new member joins.
    DistributorsJoinedBefore,
}

/// A column as a table in the file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    column: Option<String>,
    constant: Option<String>,
    default: Option<String>,
    default_column: Option<String>,
    #[serde(default)]
    values: BTreeMap<String, String>,
    #[serde(default)]
    prefix: String,
    #[serde(default)]
    suffix: String,
    #[serde(default)]
    trim_suffix: String,
    case: Option<Case>,
    round: Option<WrittenRounding>,
    from: Option<VolumeFrom>,
    times: Option<String>,
    except: Option<Except>,
    spread_over: Option<Spread>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum WrittenRounding {
    HalfUp,
    HalfEven,
    Down,
    Up,
}

impl Written {
    fn checked(self) -> Result<Column, String> {
        let sources = [
            ("column", self.column.is_some()),
            ("constant", self.constant.is_some()),
            ("from", self.from.is_some()),
            ("spread_over", self.spread_over.is_some()),
        ];
        let given: Vec<&str> = sources.iter().filter(|(_, is_given)| *is_given).map(|(name, _)| *name).collect();
        if given.len() != 1 {
            return Err(format!(
                "say where the value comes from with exactly one of column, constant, from, spread_over (found: {})",
                if given.is_empty() { "none".to_owned() } else { given.join(", ") }
            ));
        }
        if self.from.is_some() != self.times.is_some() {
            return Err("`from` and `times` belong together: { from = \"price\", times = \"0.60\" }".to_owned());
        }
        let times = self.times.as_deref().unwrap_or("0");
        let times = Decimal::from_str_exact(times)
            .ok()
            .filter(|factor| !factor.is_sign_negative() && factor.scale() <= 6 && *factor <= Decimal::from(1000))
            .ok_or_else(|| format!("“{times}” is not a factor; write a decimal such as \"0.60\""))?;
        Ok(Column {
            column: self.column,
            constant: self.constant,
            default: self.default,
            default_column: self.default_column,
            values: self.values,
            prefix: self.prefix,
            suffix: self.suffix,
            trim_suffix: self.trim_suffix,
            case: self.case,
            round: self.round.map(|mode| match mode {
                WrittenRounding::HalfUp => Rounding::HalfUp,
                WrittenRounding::HalfEven => Rounding::HalfEven,
                WrittenRounding::Down => Rounding::Down,
                WrittenRounding::Up => Rounding::Up,
            }),
            from: self.from,
            times,
            except: self.except,
            spread_over: self.spread_over,
        })
    }
}

impl<'de> Deserialize<'de> for Column {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Column;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the name of a column, or a table such as { column = \"Country\", default = \"GB\" }")
            }
            fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<Column, E> {
                Ok(Column { column: Some(name.to_owned()), ..Column::default() })
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Column, A::Error> {
                Written::deserialize(MapAccessDeserializer::new(map))?.checked().map_err(A::Error::custom)
            }
        }
        from.deserialize_any(Either)
    }
}
