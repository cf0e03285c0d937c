//! Shows the configuration: as a file that would say the same, or as JSON; passwords masked.

use serde_json::{Value, json};

use super::Settings;
use super::keys;

/// One line per key, as the configuration file would say it; with `origin`, where each value was said.
pub fn as_text(settings: &Settings, origin: bool) -> String {
    let lines: Vec<(String, String)> =
        settings.shown.iter().map(|(name, value, from)| (line(name, value), from.to_string())).collect();
    let width = lines.iter().map(|(line, _)| line.chars().count()).max().unwrap_or(0);
    let mut text = String::new();
    for (line, from) in lines {
        let padding = if origin { width - line.chars().count() } else { 0 };
        let remark = if origin { format!("{:padding$}  # {from}", "") } else { String::new() };
        text.extend([line, remark, "\n".to_owned()]);
    }
    text
}

/// The same for machines: an object per key with `value` and `origin`.
pub fn as_json(settings: &Settings) -> Value {
    let keys = settings.shown.iter().map(|(name, value, from)| {
        ((*name).to_owned(), json!({ "value": typed(name, value), "origin": from.to_string() }))
    });
    Value::Object(keys.collect())
}

fn line(name: &str, value: &str) -> String {
    format!("{name} = {}", typed(name, value))
}

/// The value with its type; JSON and TOML write these the same way.
fn typed(name: &str, value: &str) -> Value {
    match name {
        _ if keys::find(name).is_some_and(|key| key.list) => value.split(':').filter(|v| !v.is_empty()).collect(),
        "secure_cookies" => json!(value == "true"),
        "workers" => value.parse::<u64>().map_or_else(|_| json!(value), |count| json!(count)),
        _ => json!(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Sources, load};

    fn settings() -> Settings {
        let flag = |key: &str, value: &str| (key.to_owned(), value.to_owned(), format!("--{key}"));
        let flags = vec![
            flag("smtp", "smtp://office:s3cret@mail.example.com:587"),
            flag("mail_from", "Acme <office@example.com>"),
            flag("workers", "3"),
        ];
        load(&Sources { flags, ..Sources::default() }).unwrap()
    }

    #[test]
    fn what_is_shown_can_be_read_again() {
        let text = as_text(&settings(), true);
        let (said, faults) = crate::config::file::read(std::path::Path::new("shown"), &text);
        assert!(faults.is_empty(), "{faults:?}\n{text}");
        assert_eq!(said.len(), keys::KEYS.len());
    }

    #[test]
    fn it_tells_value_and_origin_and_masks_secrets() {
        let text = as_text(&settings(), true);
        assert!(text.contains("smtp = \"smtp://office:***@mail.example.com:587\"    # command line --smtp"), "{text}");
        assert!(text.contains("# default"), "{text}");
        let json = as_json(&settings());
        assert_eq!(json["workers"]["value"], 3);
        assert_eq!(json["workers"]["origin"], "command line --workers");
        assert!(!json.to_string().contains("s3cret"));
    }
}
