//! How a file is written: encoding, delimiter, decimal sign, dates, time zone.

use encoding_rs::Encoding;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use crate::domain::calendar::Zone;

/// How a file is written.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FileFormat {
    /// The encoding of its letters.
    #[serde(deserialize_with = "encoding")]
    pub encoding: &'static Encoding,
    /// The sign between two cells.
    #[serde(deserialize_with = "delimiter")]
    pub delimiter: u8,
    /// The sign before the decimal places.
    pub decimal: char,
    /// The sign between thousands, if one is written.
    pub thousands: Option<char>,
    /// Patterns of dates, tried in order.
    #[serde(deserialize_with = "dates")]
    pub dates: Vec<DatePattern>,
    /// The time zone of its times; the company's where none is given.
    #[serde(deserialize_with = "zone")]
    pub zone: Option<Zone>,
}

impl Default for FileFormat {
    fn default() -> Self {
        Self {
            encoding: encoding_rs::UTF_8,
            delimiter: b',',
            decimal: '.',
            thousands: None,
            dates: ["YYYY-MM-DD", "YYYY-MM-DD hh:mm:ss"].iter().filter_map(|p| DatePattern::read(p).ok()).collect(),
            zone: None,
        }
    }
}

/// A pattern such as `DD.MM.YYYY hh:mm`, or `epoch-seconds`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatePattern {
    /// As it is written in the mapping.
    pub written: String,
    /// The same for the calendar library; empty for `epoch-seconds`.
    pub(crate) strftime: String,
    /// Whether it has a time of day.
    pub(crate) has_time: bool,
}

impl DatePattern {
    /// Reads a pattern of YYYY, YY, MM, DD, hh, mm, ss and the signs between them.
    pub fn read(written: &str) -> Result<Self, String> {
        let mut strftime = String::new();
        if written == "epoch-seconds" {
            return Ok(Self { written: written.to_owned(), strftime, has_time: true });
        }
        let parts =
            [("YYYY", "%Y"), ("YY", "%y"), ("MM", "%m"), ("DD", "%d"), ("hh", "%H"), ("mm", "%M"), ("ss", "%S")];
        let mut rest = written;
        while let Some(first) = rest.chars().next() {
            if let Some((part, code)) = parts.iter().find(|(part, _)| rest.starts_with(part)) {
                strftime.push_str(code);
                rest = &rest[part.len()..];
            } else if first.is_ascii_alphabetic() && first != 'T' && first != 'Z' {
                return Err(format!(
                    "“{written}” is not a date pattern; put it together from YYYY, YY, MM, DD, hh, mm, ss, or write epoch-seconds"
                ));
            } else {
                strftime.push(first);
                if first == '%' {
                    strftime.push(first);
                }
                rest = &rest[first.len_utf8()..];
            }
        }
        let has_day = strftime.contains("%d") && strftime.contains("%m") && strftime.to_lowercase().contains("%y");
        if !has_day {
            return Err(format!("the date pattern “{written}” needs year, month and day, such as DD.MM.YYYY"));
        }
        Ok(Self { written: written.to_owned(), has_time: strftime.contains("%H"), strftime })
    }
}

fn encoding<'de, D: Deserializer<'de>>(from: D) -> Result<&'static Encoding, D::Error> {
    let label = String::deserialize(from)?;
    let known = Encoding::for_label(label.as_bytes()).filter(|found| found.is_ascii_compatible());
    known.ok_or_else(|| {
        D::Error::custom(format!("unknown encoding “{label}”; use one such as utf-8, windows-1252 or iso-8859-2"))
    })
}

fn delimiter<'de, D: Deserializer<'de>>(from: D) -> Result<u8, D::Error> {
    let text = String::deserialize(from)?;
    match text.as_bytes() {
        [one] if !one.is_ascii_alphanumeric() && !matches!(one, b'"' | b'\n' | b'\r') => Ok(*one),
        _ => {
            Err(D::Error::custom(format!("“{text}” is not a delimiter; use one sign such as \",\", \";\" or \"\\t\"")))
        }
    }
}

fn dates<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<DatePattern>, D::Error> {
    let patterns = Vec::<String>::deserialize(from)?;
    if patterns.is_empty() {
        return Err(D::Error::custom("give at least one date pattern, such as \"DD.MM.YYYY\""));
    }
    patterns.iter().map(|pattern| DatePattern::read(pattern).map_err(D::Error::custom)).collect()
}

fn zone<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Zone>, D::Error> {
    String::deserialize(from)?.parse().map(Some).map_err(D::Error::custom)
}
