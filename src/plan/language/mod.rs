//! From the text of a plan file to a checked plan, or to every fault in it.

mod attributes;
mod bonuses;
mod budget;
mod calendar;
mod caps;
mod doubts;
mod heads;
mod holds;
mod order;
mod pairs;
mod ranks;
mod rates;
mod runs;
mod shown;
mod source;
mod tables;
mod trees;
mod values;
mod volumes;
mod walk;
mod wallets;

use toml::de::DeTable;

use super::checked::CheckedPlan;
use super::expr::Names;
use super::fault::{Fault, Faults};
use source::Reader;

/// Largest plan file, in bytes.
pub const LIMIT: usize = 1_000_000;

impl CheckedPlan {
    /// Reads a plan. `file` is the name that faults are printed with.
    pub fn read(text: &str, file: &str) -> Result<Self, Faults> {
        let failed = |mut list: Vec<Fault>| {
            list.sort_by_key(|fault| (fault.span.start, fault.span.end));
            list.dedup();
            Faults { file: file.to_owned(), text: text.to_owned(), list }
        };
        if text.len() > LIMIT {
            let message = format!("a plan file has at most {LIMIT} bytes, this one has {}", text.len());
            return Err(failed(vec![Fault {
                span: 0..0,
                message,
                help: "check that it is the right file".to_owned(),
            }]));
        }
        let (document, broken) = DeTable::parse_recoverable(text);
        if !broken.is_empty() {
            return Err(failed(broken.iter().map(syntax).collect()));
        }
        let mut reader = Reader { text, faults: Vec::new(), warnings: Vec::new(), names: Names::default() };
        let plan = heads::plan(&mut reader, document.get_ref());
        match plan {
            Some(mut plan) if reader.faults.is_empty() => {
                doubts::warn(&mut reader, document.get_ref(), &plan);
                runs::warn(&mut reader, document.get_ref(), &plan);
                plan.warnings = std::mem::take(&mut reader.warnings);
                plan.warnings.sort_by_key(|warning| warning.span.start);
                Ok(plan)
            }
            _ => Err(failed(reader.faults)),
        }
    }
}

fn syntax(error: &toml::de::Error) -> Fault {
    Fault {
        span: error.span().unwrap_or(0..0),
        message: error.message().lines().next().unwrap_or("this is not TOML").to_owned(),
        help: "the file is written in TOML: key = \"value\", [table], [[list of tables]]".to_owned(),
    }
}
