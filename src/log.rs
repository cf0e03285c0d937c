//! The log: to the journal with its fields when systemd connected us to it, plain lines on standard error otherwise.
//!
//! It is installed before anything else (Rocket brings a logger of its own and leaves ours alone when it is there).
//! Never put names, tax ids or addresses into a message or a field; ids only.

use std::io::Write as _;

use log::kv::{Error, Key, Value, VisitSource};
use log::{Level, LevelFilter, Log, Metadata, Record};
use systemd_journal_logger::{JournalLog, connected_to_journal};

/// Libraries whose lines would drown ours, and the level from which on they speak. Rocket warns of its own start.
const CHATTY: &[(&str, Level)] = &[
    ("rocket", Level::Error),
    ("_", Level::Error),
    ("hyper", Level::Warn),
    ("h2", Level::Warn),
    ("rustls", Level::Warn),
    ("lettre", Level::Warn),
    ("printpdf", Level::Warn),
    ("lopdf", Level::Warn),
    ("mio", Level::Warn),
    ("r2d2", Level::Warn),
];

/// Installs the logger for the whole process. A second call changes the level only.
pub fn install(level: LevelFilter) {
    log::set_max_level(level);
    let journal = if connected_to_journal() { JournalLog::new().ok() } else { None };
    let inner: Box<dyn Log> = match journal {
        Some(journal) => Box::new(journal.with_syslog_identifier("mainstay".into())),
        None => Box::new(StandardError),
    };
    if log::set_boxed_logger(Box::new(Quiet(inner))).is_err() {
        log::debug!("the logger is already there");
    }
}

/// Lets libraries speak only when something is wrong.
struct Quiet(Box<dyn Log>);

impl Log for Quiet {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        let root = metadata.target().split("::").next().unwrap_or_default();
        CHATTY.iter().all(|(name, from)| *name != root || metadata.level() <= *from)
    }

    fn log(&self, record: &Record<'_>) {
        if self.enabled(record.metadata()) {
            self.0.log(record);
        }
    }

    fn flush(&self) {
        self.0.flush();
    }
}

/// One line per record on standard error, without a time: whoever collects the lines adds it.
struct StandardError;

impl Log for StandardError {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &Record<'_>) {
        let line = line_of(record);
        // A log line that can't be written must not stop the work.
        drop(std::io::stderr().lock().write_all(line.as_bytes()));
    }

    fn flush(&self) {}
}

/// The line of a record: level, message, and its fields as `key=value`.
fn line_of(record: &Record<'_>) -> String {
    let level = match record.level() {
        Level::Error => "error",
        Level::Warn => "warning",
        Level::Info => "info",
        Level::Debug => "debug",
        Level::Trace => "trace",
    };
    // A message with a line break must not look like two records.
    let mut line = format!("{level}: {}", record.args().to_string().replace(['\n', '\r'], " "));
    // Writing into a string can't fail, so neither can the visit.
    drop(record.key_values().visit(&mut Fields(&mut line)));
    line.push('\n');
    line
}

struct Fields<'a>(&'a mut String);

impl<'kvs> VisitSource<'kvs> for Fields<'_> {
    fn visit_pair(&mut self, key: Key<'kvs>, value: Value<'kvs>) -> Result<(), Error> {
        self.0.push_str(&format!(" {}={}", key.as_str().to_ascii_lowercase(), value).replace(['\n', '\r'], " "));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_one_line_with_its_fields() {
        let fields = [("MAINSTAY_RUN_ID", 42)];
        let record = Record::builder()
            .args(format_args!("run calculated\nin 3 s"))
            .level(Level::Info)
            .key_values(&fields)
            .build();
        assert_eq!(line_of(&record), "info: run calculated in 3 s mainstay_run_id=42\n");
    }

    #[test]
    fn libraries_speak_when_something_is_wrong() {
        let quiet = Quiet(Box::new(StandardError));
        let says = |level, target| quiet.enabled(&Metadata::builder().level(level).target(target).build());
        assert!(!says(Level::Warn, "rocket::launch"));
        assert!(says(Level::Error, "rocket::server"));
        assert!(!says(Level::Info, "hyper::proto"));
        assert!(says(Level::Warn, "hyper::proto"));
        assert!(says(Level::Info, "mainstay::jobs"));
    }
}
