//! Reads the configuration file into values with their lines. It doesn't know what they mean.

use std::path::Path;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::fault::ConfigFault;
use super::keys;
use super::raw::{Origin, Said};

/// Every key of the file with what it says, and every fault found on the way.
pub fn read(path: &Path, text: &str) -> (Vec<(&'static str, Said)>, Vec<ConfigFault>) {
    let mut said = Vec::new();
    let mut faults = Vec::new();
    let table = match DeTable::parse(text) {
        Ok(table) => table,
        Err(error) => {
            let line = line_of(text, error.span().map_or(0, |span| span.start));
            let message = error.message().replace('\n', ", ");
            return (said, vec![ConfigFault::Syntax { path: path.to_owned(), line, message }]);
        }
    };
    for (name, value) in table.get_ref() {
        let origin = Origin::File { path: path.to_owned(), line: line_of(text, name.span().start) };
        let Some(key) = keys::find(name.get_ref()) else {
            let nearest = keys::nearest(name.get_ref());
            faults.push(ConfigFault::UnknownKey { origin, key: name.get_ref().to_string(), nearest });
            continue;
        };
        match values_of(value, key.list) {
            Ok(values) => said.push((key.name, Said { values, origin })),
            Err(reason) => faults.push(ConfigFault::BadValue { origin, key: key.name, reason }),
        }
    }
    (said, faults)
}

fn values_of(value: &Spanned<DeValue<'_>>, list: bool) -> Result<Vec<String>, String> {
    match (value.get_ref(), list) {
        (DeValue::Array(items), true) => items.iter().map(|item| plain(item.get_ref())).collect(),
        (DeValue::Array(_), false) => Err("takes one value, not a list".to_owned()),
        (one, _) => Ok(vec![plain(one)?]),
    }
}

fn plain(value: &DeValue<'_>) -> Result<String, String> {
    match value {
        DeValue::String(text) => Ok(text.to_string()),
        DeValue::Integer(number) if number.radix() == 10 => Ok(number.as_str().replace('_', "")),
        DeValue::Boolean(truth) => Ok(truth.to_string()),
        other => Err(format!("takes a text in quotes, a whole number, true or false; this is a {}", other.type_str())),
    }
}

fn line_of(text: &str, offset: usize) -> usize {
    1 + text.bytes().take(offset).filter(|byte| *byte == b'\n').count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(text: &str) -> Vec<String> {
        read(Path::new("config.toml"), text).1.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn values_come_with_their_lines() {
        let (said, faults) = read(
            Path::new("c.toml"),
            "# Mainstay\nlisten = \"0.0.0.0:80\"\n\nworkers = 4\nsecure_cookies = true\nfonts = [\"/a.ttf\", \"/b.ttf\"]\n",
        );
        assert!(faults.is_empty(), "{faults:?}");
        let lines: Vec<(&str, String)> = said.iter().map(|(key, said)| (*key, said.origin.to_string())).collect();
        assert!(lines.contains(&("workers", "c.toml:4".to_owned())), "{lines:?}");
        let fonts = said.iter().find(|(key, _)| *key == "fonts").unwrap();
        assert_eq!(fonts.1.values, ["/a.ttf", "/b.ttf"]);
    }

    #[test]
    fn every_fault_has_file_line_and_remedy() {
        assert_eq!(
            faults("listen = \"0.0.0.0:80\"\ndatabse = \"sqlite:/x.db\"\nworkers = [1]\n"),
            [
                "config.toml:2: there is no key “databse”; did you mean “database”?",
                "config.toml:3: workers: takes one value, not a list"
            ]
        );
        assert_eq!(
            faults("workers = 1.5\n"),
            ["config.toml:1: workers: takes a text in quotes, a whole number, true or false; this is a float"]
        );
        assert!(faults("listen = \"a\"\nlisten = \n")[0].starts_with("config.toml:2: this is not valid TOML"));
    }

    #[test]
    fn a_section_is_an_unknown_key() {
        assert_eq!(faults("[server]\nlisten = \"a\"\n"), ["config.toml:1: there is no key “server”"]);
    }
}
