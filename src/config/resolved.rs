//! What the configuration means: every key with its type, its default and its origin.

use std::net::SocketAddr;
use std::path::PathBuf;

use log::LevelFilter;

use super::fault::{ConfigFault, ConfigFaults};
use super::keys;
use super::raw::{Origin, Raw, Said};
use super::secret::{Secret, mask};
use crate::store::{DatabaseUrl, DatabaseUrlFault};

/// How this installation runs.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Folder for everything kept on disk.
    pub data_dir: PathBuf,
    /// The database.
    pub database: DatabaseUrl,
    /// Address and port of the console.
    pub listen: SocketAddr,
    /// Address of the console as people type it, without a slash at its end.
    pub public_url: String,
    /// Whether the session cookie travels over HTTPS only.
    pub secure_cookies: bool,
    /// The mail relay, or `file:FOLDER`; `None` keeps mails in the queue.
    pub smtp: Option<Secret>,
    /// Sender of every mail.
    pub mail_from: Option<String>,
    /// How much to log.
    pub log_level: LevelFilter,
    /// Font files for statements, tried before the fonts built in.
    pub fonts: Vec<PathBuf>,
    /// How many jobs run at the same time.
    pub workers: usize,
    /// Every key, its value as it is shown, and where it was said; in the order of the table of keys.
    pub shown: Vec<(&'static str, String, Origin)>,
}

impl Settings {
    /// Gives meaning to what was said; every fault is reported.
    pub fn resolve(raw: &Raw) -> Result<Self, ConfigFaults> {
        let mut read = Reading { raw, faults: Vec::new(), shown: Vec::new() };
        let data_dir: PathBuf =
            read.one("data_dir", path, || PathBuf::from("/var/lib/mainstay"), |dir| dir.display().to_string());
        let database =
            read.one("database", database, || DatabaseUrl::Sqlite(data_dir.join("mainstay.db")), ToString::to_string);
        let listen = read.one("listen", address, || SocketAddr::from(([127, 0, 0, 1], 8480)), ToString::to_string);
        let public_url = read.one("public_url", web_address, || format!("http://{listen}"), Clone::clone);
        let secure_cookies =
            read.one("secure_cookies", truth, || public_url.starts_with("https://"), ToString::to_string);
        let smtp = read.one("smtp", relay, || None, |relay| relay.as_ref().map_or_else(String::new, Secret::masked));
        let mail_from = read.one("mail_from", sender, || None, |from| from.clone().unwrap_or_default());
        let log_level = read.one("log_level", level, || LevelFilter::Info, |l| l.as_str().to_ascii_lowercase());
        let fonts = read.fonts();
        let processors = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        let workers = read.one("workers", workers, || processors, ToString::to_string);
        read.check_sender(smtp.is_some(), mail_from.is_some());
        if !read.faults.is_empty() {
            return Err(ConfigFaults(read.faults));
        }
        Ok(Self {
            data_dir,
            database,
            listen,
            public_url,
            secure_cookies,
            smtp,
            mail_from,
            log_level,
            fonts,
            workers,
            shown: read.shown,
        })
    }

    /// The folder below the data folder that is called `name`.
    pub fn folder(&self, name: &str) -> PathBuf {
        self.data_dir.join(name)
    }
}

/// Reads one key after the other and keeps what goes wrong.
struct Reading<'a> {
    raw: &'a Raw,
    faults: Vec<ConfigFault>,
    shown: Vec<(&'static str, String, Origin)>,
}

impl Reading<'_> {
    fn one<T>(
        &mut self,
        name: &'static str,
        read: impl Fn(&str) -> Result<T, String>,
        default: impl Fn() -> T,
        show: impl Fn(&T) -> String,
    ) -> T {
        let (value, origin) = match self.raw.said(name) {
            None => (default(), Origin::Default),
            Some(Said { values, origin }) => match read(values.first().map_or("", String::as_str)) {
                Ok(value) => (value, origin.clone()),
                Err(reason) => {
                    self.fault(name, origin.clone(), reason);
                    (default(), Origin::Default)
                }
            },
        };
        self.shown.push((name, show(&value), origin));
        value
    }

    fn fonts(&mut self) -> Vec<PathBuf> {
        let (values, origin) = match self.raw.said("fonts") {
            None => (Vec::new(), Origin::Default),
            Some(said) => (said.values.clone(), said.origin.clone()),
        };
        for file in &values {
            if !std::path::Path::new(file).is_file() {
                self.fault("fonts", origin.clone(), format!("there is no file {file}; give the path of a font file"));
            }
        }
        self.shown.push(("fonts", values.join(":"), origin));
        values.into_iter().map(PathBuf::from).collect()
    }

    /// Mails need a sender as soon as they can leave.
    fn check_sender(&mut self, relay: bool, sender: bool) {
        if relay
            && !sender
            && let Some(said) = self.raw.said("smtp")
        {
            let reason = "needs mail_from beside it, for example: mail_from = \"Acme <office@example.com>\"".to_owned();
            self.fault("smtp", said.origin.clone(), reason);
        }
    }

    fn fault(&mut self, name: &str, origin: Origin, reason: String) {
        if let Some(key) = keys::find(name) {
            self.faults.push(ConfigFault::BadValue { origin, key: key.name, reason });
        }
    }
}

fn database(text: &str) -> Result<DatabaseUrl, String> {
    // What was said may hold a password, also when it is no address.
    text.parse().map_err(|DatabaseUrlFault(said)| DatabaseUrlFault(mask(&said)).to_string())
}

fn path(text: &str) -> Result<PathBuf, String> {
    if text.is_empty() { Err("is empty; give the path of a folder".into()) } else { Ok(PathBuf::from(text)) }
}

fn address(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| format!("“{text}” is no address with a port; write for example 127.0.0.1:8480"))
}

fn web_address(text: &str) -> Result<String, String> {
    let trimmed = text.trim_end_matches('/');
    let host = trimmed.strip_prefix("https://").or_else(|| trimmed.strip_prefix("http://"));
    match host {
        Some(host) if !host.is_empty() && !host.contains(['/', '?', '#', '@', ' ']) => Ok(trimmed.to_owned()),
        _ => Err(format!("“{text}” is no address of a site; write for example https://office.example.com")),
    }
}

fn truth(text: &str) -> Result<bool, String> {
    match text {
        "true" | "yes" | "1" => Ok(true),
        "false" | "no" | "0" => Ok(false),
        _ => Err(format!("“{text}” is neither true nor false")),
    }
}

fn relay(text: &str) -> Result<Option<Secret>, String> {
    let known = ["smtp://", "smtps://", "file:"];
    if text.is_empty() {
        Ok(None)
    } else if known.iter().any(|scheme| text.strip_prefix(scheme).is_some_and(|rest| !rest.is_empty())) {
        Ok(Some(Secret::new(text)))
    } else {
        Err("is no mail relay; write smtp://USER:PASSWORD@HOST:587, smtps://USER:PASSWORD@HOST or file:FOLDER".into())
    }
}

fn sender(text: &str) -> Result<Option<String>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    match text.parse::<lettre::message::Mailbox>() {
        Ok(_) => Ok(Some(text.to_owned())),
        Err(_) => Err(format!("“{text}” is no sender; write for example: Acme <office@example.com>")),
    }
}

fn level(text: &str) -> Result<LevelFilter, String> {
    text.parse().map_err(|_| format!("“{text}” is no level; use one of: error, warn, info, debug, trace"))
}

fn workers(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(count @ 1..=256) => Ok(count),
        _ => Err(format!("“{text}” is no number of workers; use 1 to 256")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Sources, load};

    fn with(pairs: &[(&str, &str)]) -> Result<Settings, ConfigFaults> {
        let flags = pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned(), "--set".to_owned())).collect();
        load(&Sources { flags, ..Sources::default() })
    }

    #[test]
    fn defaults_follow_from_each_other() {
        let settings = with(&[("data_dir", "/srv/m"), ("listen", "0.0.0.0:80")]).unwrap();
        assert_eq!(settings.database, DatabaseUrl::Sqlite("/srv/m/mainstay.db".into()));
        assert_eq!(settings.public_url, "http://0.0.0.0:80");
        assert!(!settings.secure_cookies);
        assert!(with(&[("public_url", "https://office.example.com/")]).unwrap().secure_cookies);
        assert_eq!(settings.shown.len(), keys::KEYS.len());
        for ((name, _, _), key) in settings.shown.iter().zip(keys::KEYS) {
            assert_eq!(*name, key.name);
        }
    }

    #[test]
    fn every_bad_value_is_reported_with_its_remedy() {
        let said = with(&[
            ("listen", "localhost"),
            ("database", "mysql://h/n"),
            ("workers", "0"),
            ("smtp", "mail.example.com"),
            ("mail_from", "nobody"),
            ("fonts", "/nowhere.ttf"),
            ("public_url", "office.example.com"),
            ("log_level", "loud"),
            ("secure_cookies", "perhaps"),
        ])
        .unwrap_err()
        .to_string();
        assert_eq!(said.lines().count(), 9, "{said}");
        assert!(said.contains("command line --set: listen: “localhost” is no address with a port"), "{said}");
    }

    #[test]
    fn a_relay_needs_a_sender() {
        let said = with(&[("smtp", "file:/tmp/mail")]).unwrap_err().to_string();
        assert!(said.contains("needs mail_from"), "{said}");
        assert!(with(&[("smtp", "file:/tmp/mail"), ("mail_from", "Acme <a@example.com>")]).is_ok());
    }

    #[test]
    fn secrets_do_not_show() {
        let said = with(&[("database", "mysql://u:s3cret@h/n")]).unwrap_err().to_string();
        assert!(said.contains("mysql://u:***@h/n"), "{said}");
        let settings = with(&[("database", "postgres://u:s3cret@h/n")]).unwrap();
        assert!(!format!("{settings:?}").contains("s3cret"));
    }
}
