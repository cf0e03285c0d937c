//! `walk`: the way from the source of a bonus to those who earn.

use toml::de::DeValue;

use super::source::{Reader, Section, Text};
use crate::domain::tree::TreeKind;
use crate::plan::checked::{Compression, CustomerOrders, Walk};
use crate::plan::expr::{Cond, Reads, Scope};

const TREES: [&str; 3] = ["enroller", "sponsor", "placement"];
const COMPRESSIONS: [&str; 3] = ["none", "standard", "dynamic"];

/// Reads the walk of a bonus with `levels` levels. `ranked`: it pays the member itself, without a walk.
pub fn read<'t>(reader: &mut Reader<'t>, section: &Section<'t>, ranked: bool, levels: u16) -> Option<Walk> {
    if ranked {
        return Some(own(CustomerOrders::Level));
    }
    let value = reader.need(section, "walk", "\"sponsor\"")?;
    let DeValue::Table(table) = value.get_ref() else {
        let text = reader.as_text(value)?;
        if text.value == "own" {
            return Some(own(CustomerOrders::Level));
        }
        let words = ["own", "enroller", "sponsor", "placement"];
        let tree = reader.as_word(&text, "walk", &words)?;
        return Some(up(tree, 1, levels));
    };
    let section = Section { what: "walk".to_owned(), span: value.span(), table };
    reader.only(&section, &["tree", "first_level", "compression", "customers", "skip"]);
    let customers = reader.word(&section, "customers", &["level", "own"]).unwrap_or(CustomerOrders::Level);
    let tree = reader.need_text(&section, "tree", "\"sponsor\"")?;
    if tree.value == "own" {
        return Some(own(customers));
    }
    let tree = reader.as_word(&tree, "tree", &TREES)?;
    let compression = reader.word(&section, "compression", &COMPRESSIONS).unwrap_or(Compression::None);
    let first_level = reader.whole(&section, "first_level", 0, 100).unwrap_or(1);
    let skip = skip(reader, &section, compression)?;
    Some(Walk { compression, customers, skip, ..up(tree, first_level, levels) })
}

fn skip<'t>(reader: &mut Reader<'t>, section: &Section<'t>, compression: Compression) -> Option<Cond> {
    let Some(Text { value, span }) = reader.text(section, "skip") else {
        return Some(Cond::Not(Box::new(Cond::Active)));
    };
    if compression != Compression::Standard {
        reader.fault(&span, "“skip” belongs to standard compression", "write compression = \"standard\", or remove it");
    }
    reader.condition(&Text { value, span }, Scope::Member, Reads::Everything).map(|(cond, _)| cond)
}

fn own(customers: CustomerOrders) -> Walk {
    Walk { first_level: 0, levels: 1, customers, ..up(TreeKind::Enroller, 0, 1) }
}

fn up(tree: TreeKind, first_level: u16, levels: u16) -> Walk {
    Walk {
        tree,
        first_level,
        levels,
        compression: Compression::None,
        customers: CustomerOrders::Level,
        skip: Cond::Not(Box::new(Cond::Active)),
    }
}
