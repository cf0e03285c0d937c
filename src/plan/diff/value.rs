//! Values of a plan file as written, and when two of them mean the same.

use rust_decimal::Decimal;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::expression;

/// Keys whose text is for people: it is compared letter by letter.
pub const PROSE: [&str; 7] = ["name", "about", "label", "title", "note", "description", "rule"];

/// Keys that may be written as one word for a table: `walk = "sponsor"` is `walk = { tree = "sponsor" }`.
const SHORT: [(&str, &str); 2] = [("walk", "tree"), ("needs", "if")];

/// A value as the file has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A text without its quotes, or a number, a date, true or false.
    One(String),
    /// A list.
    List(Vec<Value>),
    /// A table, in the order of the file.
    Table(Table),
}

/// Keys and values in the order of the file.
pub type Table = Vec<(String, Value)>;

/// A table of the file.
pub fn table(text: &str, read: &DeTable<'_>) -> Table {
    let mut entries: Vec<_> = read.iter().collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    entries.into_iter().map(|(key, value)| (key.get_ref().to_string(), value_of(text, value))).collect()
}

fn value_of(text: &str, read: &Spanned<DeValue<'_>>) -> Value {
    match read.get_ref() {
        DeValue::String(given) => Value::One(given.to_string()),
        DeValue::Array(items) => Value::List(items.iter().map(|item| value_of(text, item)).collect()),
        DeValue::Table(inner) => Value::Table(table(text, inner)),
        _ => Value::One(text.get(read.span()).unwrap_or_default().trim().to_owned()),
    }
}

/// The value of a key.
pub fn get<'v>(table: &'v Table, key: &str) -> Option<&'v Value> {
    table.iter().find(|(known, _)| known == key).map(|(_, value)| value)
}

impl Value {
    /// A text, number, date or flag.
    pub fn one(&self) -> Option<&str> {
        match self {
            Self::One(text) => Some(text),
            Self::List(items) => match items.as_slice() {
                [only] => only.one(),
                _ => None,
            },
            Self::Table(_) => None,
        }
    }

    /// As a list; one value is a list of one.
    pub fn items(&self) -> Vec<&Self> {
        match self {
            Self::List(items) => items.iter().collect(),
            other => vec![other],
        }
    }

    /// As a table; one word is its short form under keys that have one.
    pub fn long(&self, key: &str) -> Option<Table> {
        if let Self::Table(table) = self {
            return Some(table.clone());
        }
        let (_, inner) = SHORT.iter().find(|(short, _)| *short == key)?;
        Some(vec![((*inner).to_owned(), Self::One(self.one()?.to_owned()))])
    }

    /// The value as it is quoted in a sentence.
    pub fn shown(&self) -> String {
        match self {
            Self::One(text) if is_plain(text) => text.clone(),
            Self::One(text) => format!("“{}”", text.split_whitespace().collect::<Vec<_>>().join(" ")),
            Self::List(items) if items.is_empty() => "nothing".to_owned(),
            Self::List(items) => items.iter().map(Self::shown).collect::<Vec<_>>().join(", "),
            Self::Table(table) => {
                let entry = |(key, value): &(String, Self)| format!("{} {}", spoken(key), value.shown());
                table.iter().map(entry).collect::<Vec<_>>().join("; ")
            }
        }
    }
}

/// Whether two values under a key mean the same.
pub fn same(key: &str, a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Table(_), _) | (_, Value::Table(_)) => {
            let (Some(a), Some(b)) = (a.long(key), b.long(key)) else { return false };
            let one_way = |a: &Table, b: &Table| {
                a.iter().all(|(inner, value)| {
                    let other = get(b, inner).cloned().or_else(|| default_of(key, inner));
                    other.is_some_and(|other| same(inner, value, &other))
                })
            };
            one_way(&a, &b) && one_way(&b, &a)
        }
        _ => match (a.one(), b.one()) {
            (Some(a), Some(b)) => same_text(key, a, b),
            (None, None) => {
                let (a, b) = (a.items(), b.items());
                a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(key, a, b))
            }
            _ => false,
        },
    }
}

/// What a key means that is not written, where the language says so; `within` is the key of the table around it.
pub fn default_of(within: &str, key: &str) -> Option<Value> {
    let text = match (within, key) {
        ("plan", "rounding") => "half-up",
        ("plan", "point_value") | ("trees", "width") | ("binary", "first_level") => "1",
        ("plan", "rounding_of") => "line",
        ("plan", "returns") => "take-back",
        ("binary", "match" | "own_to") => "weaker",
        ("binary", "sides") => "left-right",
        ("binary", "after") => "carry",
        ("binary", "unqualified") => "keep",
        ("binary" | "caps", "excess") => "lost",
        ("caps" | "holds", "per") => "member",
        ("caps", "reduce") => "pro-rata",
        ("wallets", "kind") => "money",
        ("caps" | "holds", "of") => "all",
        ("plan", "week_begins") => "monday",
        ("plan", "year_begins") => "01",
        ("status", "paid_as") => "earned",
        ("status", "demotion") => "at-once",
        ("bonuses", "earner") => "active",
        ("bonuses", "missed") => "waits",
        ("remembered", "start") => "0",
        ("walk", "compression") => "none",
        ("walk", "customers") => "level",
        ("volumes" | "bonuses", "counts_for") => "buyer",
        ("trees", "line") | ("volumes", "customers" | "less_returns") => "false",
        ("volumes", "include_own") => "true",
        _ => return None,
    };
    Some(Value::One(text.to_owned()))
}

fn same_text(key: &str, a: &str, b: &str) -> bool {
    if PROSE.contains(&key) {
        return a.trim() == b.trim();
    }
    match (number(a), number(b)) {
        (Some(a), Some(b)) => a == b,
        _ => squeezed(a) == squeezed(b) || expression::same(a, b),
    }
}

/// An expression without the blanks that mean nothing.
pub fn squeezed(text: &str) -> String {
    let joins = |c: char| c.is_alphanumeric() || "_.%".contains(c);
    let mut out = String::with_capacity(text.len());
    let mut blank = false;
    for c in text.chars() {
        if c.is_whitespace() {
            blank = true;
            continue;
        }
        if blank && joins(c) && out.chars().next_back().is_some_and(joins) {
            out.push(' ');
        }
        out.push(c);
        blank = false;
    }
    out.replace("==", "=")
}

/// A number as written: `1_000`, `12.5`, `8%`.
pub fn number(text: &str) -> Option<Decimal> {
    let text = text.trim();
    let (digits, share) = text.strip_suffix('%').map_or((text, false), |digits| (digits.trim_end(), true));
    if !digits.starts_with(|c: char| c.is_ascii_digit() || c == '-' || c == '+') {
        return None;
    }
    let value = Decimal::from_str_exact(&digits.replace('_', "")).ok()?;
    let value = if share { value.checked_mul(Decimal::new(1, 2))? } else { value };
    Some(value.normalize())
}

/// Numbers and single words stand bare, everything else in quotes.
fn is_plain(text: &str) -> bool {
    number(text).is_some() || (!text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || "_-.".contains(c)))
}

/// A key as a word.
pub fn spoken(key: &str) -> String {
    key.replace('_', " ")
}
