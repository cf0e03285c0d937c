//! Reading TOML with places: typed access to tables that gathers faults instead of stopping.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::plan::expr::{Checker, Cond, ExprFault, Names, Num, Reads, Scope};
use crate::plan::fault::{Fault, suggest};

/// A place in the file.
pub type Span = Range<usize>;

/// The file being read, the faults so far, and the names so far.
pub struct Reader<'t> {
    /// The whole file.
    pub text: &'t str,
    /// What is wrong.
    pub faults: Vec<Fault>,
    /// What is doubtful.
    pub warnings: Vec<Fault>,
    /// Names that expressions may use.
    pub names: Names,
}

/// A table of the file.
#[derive(Clone)]
pub struct Section<'t> {
    /// How messages call it.
    pub what: String,
    /// Where its head stands.
    pub span: Span,
    /// Its content.
    pub table: &'t DeTable<'t>,
}

/// A text of the file with its place.
#[derive(Debug, Clone)]
pub struct Text {
    /// The text.
    pub value: String,
    /// Its place, quotes included.
    pub span: Span,
}

impl<'t> Reader<'t> {
    /// Adds a fault.
    pub fn fault(&mut self, span: &Span, message: impl Into<String>, help: impl Into<String>) {
        self.faults.push(Fault { span: span.clone(), message: message.into(), help: help.into() });
    }

    /// Adds a warning.
    pub fn warn(&mut self, span: &Span, message: impl Into<String>, help: impl Into<String>) {
        self.warnings.push(Fault { span: span.clone(), message: message.into(), help: help.into() });
    }

    /// Faults for every key of the section that has no meaning.
    pub fn only(&mut self, section: &Section<'t>, known: &[&str]) {
        for key in section.table.keys() {
            let name = key.get_ref().as_ref();
            if !known.contains(&name) {
                let help = suggest(name, known.iter().copied());
                self.fault(&key.span(), format!("{} has no key “{name}”", section.what), help);
            }
        }
    }

    /// A value that must be there.
    pub fn need(&mut self, section: &Section<'t>, key: &str, example: &str) -> Option<&'t Spanned<DeValue<'t>>> {
        let value = section.table.get(key);
        if value.is_none() {
            self.fault(
                &section.span,
                format!("{} needs “{key}”", section.what),
                format!("add a line such as {key} = {example}"),
            );
        }
        value
    }

    /// A text, if the key is there.
    pub fn text(&mut self, section: &Section<'t>, key: &str) -> Option<Text> {
        section.table.get(key).and_then(|value| self.as_text(value))
    }

    /// A text that must be there.
    pub fn need_text(&mut self, section: &Section<'t>, key: &str, example: &str) -> Option<Text> {
        self.need(section, key, example).and_then(|value| self.as_text(value))
    }

    /// A value as a text.
    pub fn as_text(&mut self, value: &Spanned<DeValue<'_>>) -> Option<Text> {
        if let DeValue::String(text) = value.get_ref() {
            return Some(Text { value: text.to_string(), span: value.span() });
        }
        self.wrong_kind(value, "a text in quotes");
        None
    }

    /// A value as an expression: a text, or a whole number.
    pub fn as_expression(&mut self, value: &Spanned<DeValue<'_>>) -> Option<Text> {
        match value.get_ref() {
            DeValue::Integer(number) => Some(Text { value: number.to_string(), span: value.span() }),
            _ => self.as_text(value),
        }
    }

    /// A whole number from `least` to `most`.
    pub fn whole(&mut self, section: &Section<'t>, key: &str, least: u16, most: u16) -> Option<u16> {
        let value = section.table.get(key)?;
        let DeValue::Integer(number) = value.get_ref() else {
            self.wrong_kind(value, "a whole number");
            return None;
        };
        let found = number.to_string().parse::<u16>().ok().filter(|found| (least..=most).contains(found));
        if found.is_none() {
            self.fault(
                &value.span(),
                format!("“{key}” is out of range"),
                format!("use a whole number from {least} to {most}"),
            );
        }
        found
    }

    /// `true` or `false`.
    pub fn flag(&mut self, section: &Section<'t>, key: &str) -> Option<bool> {
        let value = section.table.get(key)?;
        if let DeValue::Boolean(flag) = value.get_ref() {
            return Some(*flag);
        }
        self.wrong_kind(value, "true or false");
        None
    }

    /// One word of an enumeration.
    pub fn word<T: std::str::FromStr>(&mut self, section: &Section<'t>, key: &str, words: &[&str]) -> Option<T> {
        let text = self.text(section, key)?;
        self.as_word(&text, key, words)
    }

    /// A text as one word of an enumeration.
    pub fn as_word<T: std::str::FromStr>(&mut self, text: &Text, key: &str, words: &[&str]) -> Option<T> {
        let found = text.value.parse().ok().filter(|_| words.contains(&text.value.as_str()));
        if found.is_none() {
            let near = suggest(&text.value, words.iter().copied());
            let help = if near.starts_with("known") { format!("use one of: {}", words.join(", ")) } else { near };
            self.fault(&text.span, format!("“{}” is not a value of “{key}”", text.value), help);
        }
        found
    }

    /// A fault for a value of the wrong kind.
    pub fn wrong_kind(&mut self, value: &Spanned<DeValue<'_>>, wanted: &str) {
        let (message, help) = match value.get_ref() {
            DeValue::Float(number) => (
                format!("{} is a binary float, which cannot hold every decimal exactly", number.as_str()),
                format!("put it in quotes: \"{}\"", number.as_str()),
            ),
            other => (format!("this is {}, and {wanted} is needed", kind_of(other)), String::new()),
        };
        self.fault(&value.span(), message, help);
    }

    /// Notes which volumes are not known though all have been read: their own definition is faulty.
    pub fn note_broken_volumes(&mut self) {
        let names = &mut self.names;
        let known = |name: &str| names.volumes.iter().any(|volume| volume.name == name);
        let broken = names.later.iter().filter(|(name, value)| !value && !known(name));
        let broken: Vec<String> = broken.map(|(name, _)| name.clone()).collect();
        names.broken.extend(broken);
    }

    /// Reads a condition; faults point into the text.
    pub fn condition(&mut self, text: &Text, scope: Scope, limit: Reads) -> Option<(Cond, Reads)> {
        let read = Checker::new(&mut self.names, scope, limit).condition(&text.value);
        read.map_err(|faults| self.point(text, faults)).ok()
    }

    /// Reads a number; faults point into the text.
    pub fn number(&mut self, text: &Text, scope: Scope, limit: Reads) -> Option<(Num, Reads)> {
        let read = Checker::new(&mut self.names, scope, limit).number(&text.value);
        read.map_err(|faults| self.point(text, faults)).ok()
    }

    /// Adds the faults of an expression at their places in the file.
    pub fn point(&mut self, text: &Text, faults: Vec<ExprFault>) {
        let raw = self.text.get(text.span.clone()).unwrap_or("");
        let quotes = raw.len() - raw.trim_start_matches(['"', '\'']).len();
        let lead = match quotes {
            0 => Some(0),
            3.. => None,
            _ => Some(1),
        };
        let exact = lead.filter(|lead| raw.get(*lead..).is_some_and(|rest| rest.starts_with(&text.value)));
        for fault in faults {
            let span = match exact {
                Some(lead) if !fault.span.is_empty() => {
                    text.span.start + lead + fault.span.start..text.span.start + lead + fault.span.end
                }
                _ => text.span.clone(),
            };
            self.faults.push(Fault { span, message: fault.message, help: fault.help });
        }
    }

    /// A table below a key of the document.
    pub fn section(&mut self, root: &'t DeTable<'t>, key: &str, what: &str) -> Option<Section<'t>> {
        let (head, value) = root.get_key_value(key)?;
        if let DeValue::Table(table) = value.get_ref() {
            return Some(Section { what: what.to_owned(), span: head.span(), table });
        }
        self.wrong_kind(value, &format!("a table [{key}]"));
        None
    }

    /// The tables below a key such as `[volumes.NAME]`, in the order of the file.
    pub fn named(&mut self, root: &'t DeTable<'t>, key: &str, what: &str) -> Vec<(String, Section<'t>)> {
        let Some(all) = self.section(root, key, &format!("[{key}]")) else {
            return Vec::new();
        };
        let mut entries: Vec<_> = all.table.iter().collect();
        entries.sort_by_key(|(key, _)| key.span().start);
        let mut out = Vec::new();
        for (name, value) in entries {
            let text = name.get_ref().to_string();
            if let DeValue::Table(table) = value.get_ref() {
                out.push((text.clone(), Section { what: format!("{what} {text}"), span: name.span(), table }));
            } else {
                self.wrong_kind(value, &format!("a table [{key}.{text}]"));
            }
        }
        out
    }

    /// Faults for a name that cannot be used in expressions, or that has a meaning already.
    pub fn check_name(&mut self, span: &Span, name: &str) {
        const TAKEN: [&str; 32] = [
            "my",
            "mine",
            "parent",
            "sponsor",
            "enroller",
            "rank",
            "paid_rank",
            "highest_rank",
            "former_rank",
            "active",
            "customer",
            "distributor",
            "kind",
            "status",
            "market",
            "days_enrolled",
            "months_enrolled",
            "orders",
            "orders_ever",
            "joined",
            "period_start",
            "period_end",
            "recruit",
            "rank_number",
            "period_month",
            "and",
            "or",
            "not",
            "type",
            "line",
            "always",
            "never",
        ];
        let plain = name.chars().all(|c| c.is_alphanumeric() || c == '_') && name.starts_with(char::is_alphabetic);
        let names = &self.names;
        let known = if TAKEN.contains(&name) {
            Some("it is a word of the language")
        } else if names.ranks.iter().any(|rank| rank == name) {
            Some("it is a rank")
        } else if names.volumes.iter().any(|volume| volume.name == name) {
            Some("it is a volume")
        } else if names.values.iter().any(|value| value.name == name) {
            Some("it is a value")
        } else if names.attributes.iter().any(|attribute| attribute.name == name) {
            Some("it is an attribute")
        } else {
            None
        };
        if !plain {
            let message = format!("“{name}” cannot be used as a name");
            self.fault(span, message, "use letters, digits and _, a letter first");
        } else if let Some(what) = known {
            self.fault(span, format!("the name “{name}” has a meaning already: {what}"), "choose another name");
        }
    }

    /// A number that does not depend on anybody.
    pub fn constant(&mut self, value: &Spanned<DeValue<'_>>) -> Option<rust_decimal::Decimal> {
        let text = self.as_expression(value)?;
        let (num, _) = self.number(&text, Scope::Member, Reads::Facts)?;
        let constant = num.constant();
        if constant.is_none() {
            self.fault(&text.span, "a plain number is needed here", "write it as \"1000\" or \"8%\"");
        }
        constant
    }

    /// The tables of an array such as `[[ranks]]`.
    pub fn sections(&mut self, root: &'t DeTable<'t>, key: &str, what: &str) -> Vec<Section<'t>> {
        let Some(value) = root.get(key) else {
            return Vec::new();
        };
        let DeValue::Array(items) = value.get_ref() else {
            self.wrong_kind(value, &format!("tables [[{key}]]"));
            return Vec::new();
        };
        let mut out = Vec::new();
        for item in items {
            if let DeValue::Table(table) = item.get_ref() {
                let own = if ["caps", "holds"].contains(&key) { "name" } else { "code" };
                let name = table.get(own).and_then(|name| name.get_ref().as_str());
                let what = match name {
                    Some(name) => format!("{what} {name}"),
                    None if own == "code" && key != "larger" => format!("{what} without code"),
                    None => format!("a {what}"),
                };
                out.push(Section { what, span: item.span(), table });
            } else {
                self.wrong_kind(item, &format!("a table [[{key}]]"));
            }
        }
        out
    }
}

fn kind_of(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a binary float",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
