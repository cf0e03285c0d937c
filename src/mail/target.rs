//! Where mail goes: `smtp://user:password@host:587?tls=starttls`, `smtps://…` or `file:/path/to/Maildir`.
//! Read strictly; the password never shows in a log, an error or a debug print.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use percent_encoding::percent_decode_str;
use url::{Host, Url};

/// A text that must not be shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// The text itself, for the one who needs it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("•••")
    }
}

/// How the line to the relay is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TlsMode {
    /// Not at all; for a relay on the same machine.
    None,
    /// Plain greeting, then encrypted before anything of value is said; refused where the relay can't.
    StartTls,
    /// Encrypted from the first byte.
    Immediate,
}

/// Name and password for the relay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Login {
    /// The user's name.
    pub user: String,
    /// The password.
    pub password: Secret,
}

/// How long to wait for the relay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// For the connection, each address.
    pub connect: Duration,
    /// For the whole answer to a command.
    pub command: Duration,
    /// For sending a message and the answer to its final dot.
    pub data: Duration,
}

impl Patience {
    /// Well below the lease of a message, so that nobody else takes it meanwhile.
    pub const STANDARD: Self =
        Self { connect: Duration::from_secs(20), command: Duration::from_mins(1), data: Duration::from_mins(3) };
}

/// A relay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SmtpTarget {
    /// Name or address of the relay; the certificate must be for it.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// Protection of the line.
    pub tls: TlsMode,
    /// Login, where the relay wants one.
    pub login: Option<Login>,
    /// A PEM file of the only certificate authorities to trust, instead of the public ones.
    pub ca_file: Option<PathBuf>,
    /// The name we greet with; the machine's own name if not given.
    pub hello: Option<String>,
    /// How long to wait.
    pub patience: Patience,
}

/// Where mail goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MailTarget {
    /// To a relay.
    Smtp(SmtpTarget),
    /// Into a Maildir, for trials.
    Maildir(PathBuf),
}

/// What is wrong with a mail target. Never repeats the target: it may hold a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TargetFault {
    /// Not a URL.
    #[error(
        "the mail target is not a URL ({0}); write smtp://user:password@host:587, smtps://… or file:/path/to/Maildir"
    )]
    NotAUrl(String),
    /// A scheme we don't speak.
    #[error("the mail target starts with “{0}:”; use smtp:, smtps: or file:")]
    Scheme(String),
    /// No host.
    #[error("the mail target names no host; write smtp://user:password@host:587")]
    NoHost,
    /// A path after the host.
    #[error("the mail target has a path after the host, “{0}”; remove it")]
    Path(String),
    /// Unknown parameter.
    #[error("the mail target has an unknown parameter “{0}”; use tls, ca or hello")]
    Parameter(String),
    /// A parameter given twice.
    #[error("the mail target has the parameter “{0}” twice; give it once")]
    Twice(String),
    /// A value that makes no sense.
    #[error("“{value}” is not a value of “{name}” in the mail target; {remedy}")]
    Value {
        /// Parameter.
        name: &'static str,
        /// What was given.
        value: String,
        /// What to give.
        remedy: &'static str,
    },
    /// User without password or the other way round.
    #[error("the mail target has a user without a password; write smtp://user:password@host (or neither)")]
    HalfALogin,
    /// The password would travel in the clear.
    #[error("the mail target would send the password unencrypted; use tls=starttls or smtps://")]
    PasswordInTheClear,
    /// A relative Maildir path.
    #[error("the Maildir “{0}” is not an absolute path; write file:/var/lib/mainstay/mail or similar")]
    RelativePath(String),
}

impl MailTarget {
    /// Reads a target.
    pub fn parse(text: &str) -> Result<Self, TargetFault> {
        if let Some(path) = text.strip_prefix("file:") {
            return read_maildir(path);
        }
        let url = Url::parse(text).map_err(|e| TargetFault::NotAUrl(e.to_string()))?;
        let immediate = match url.scheme() {
            "smtp" => false,
            "smtps" => true,
            other => return Err(TargetFault::Scheme(other.to_owned())),
        };
        read_smtp(&url, immediate).map(Self::Smtp)
    }
}

impl FromStr for MailTarget {
    type Err = TargetFault;
    fn from_str(text: &str) -> Result<Self, TargetFault> {
        Self::parse(text)
    }
}

fn read_maildir(path: &str) -> Result<MailTarget, TargetFault> {
    let path = path.strip_prefix("//").unwrap_or(path);
    if path.starts_with('/') && !path.contains('\0') {
        Ok(MailTarget::Maildir(PathBuf::from(path)))
    } else {
        Err(TargetFault::RelativePath(path.to_owned()))
    }
}

fn read_smtp(url: &Url, immediate: bool) -> Result<SmtpTarget, TargetFault> {
    let host = read_host(url)?;
    if !matches!(url.path(), "" | "/") {
        return Err(TargetFault::Path(url.path().to_owned()));
    }
    let mut target = SmtpTarget {
        host,
        port: url.port().unwrap_or(if immediate { 465 } else { 587 }),
        tls: if immediate { TlsMode::Immediate } else { TlsMode::StartTls },
        login: read_login(url)?,
        ca_file: None,
        hello: None,
        patience: Patience::STANDARD,
    };
    let mut seen = Vec::new();
    for (name, value) in url.query_pairs() {
        if seen.contains(&name) {
            return Err(TargetFault::Twice(name.into_owned()));
        }
        match &*name {
            "tls" => target.tls = read_tls(&value, immediate)?,
            "ca" => target.ca_file = Some(read_ca(&value)?),
            "hello" => target.hello = Some(read_hello(&value)?),
            _ => return Err(TargetFault::Parameter(name.into_owned())),
        }
        seen.push(name);
    }
    if target.login.is_some() && target.tls == TlsMode::None && !is_this_machine(&target.host) {
        return Err(TargetFault::PasswordInTheClear);
    }
    Ok(target)
}

fn read_host(url: &Url) -> Result<String, TargetFault> {
    let text = match url.host() {
        Some(Host::Domain(name)) => name.to_owned(),
        Some(Host::Ipv4(address)) => address.to_string(),
        Some(Host::Ipv6(address)) => address.to_string(),
        None => return Err(TargetFault::NoHost),
    };
    if text.is_empty() { Err(TargetFault::NoHost) } else { Ok(text) }
}

fn read_login(url: &Url) -> Result<Option<Login>, TargetFault> {
    let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    match (url.username(), url.password()) {
        ("", None) => Ok(None),
        ("", Some(_)) | (_, None | Some("")) => Err(TargetFault::HalfALogin),
        (user, Some(password)) => Ok(Some(Login { user: decoded(user), password: Secret(decoded(password)) })),
    }
}

fn read_tls(value: &str, immediate: bool) -> Result<TlsMode, TargetFault> {
    let fault = |remedy| TargetFault::Value { name: "tls", value: value.chars().take(40).collect(), remedy };
    match (value, immediate) {
        ("starttls", false) => Ok(TlsMode::StartTls),
        ("none", false) => Ok(TlsMode::None),
        (_, true) => Err(fault("smtps:// is always encrypted: remove the parameter")),
        _ => Err(fault("use starttls or none, or write smtps://")),
    }
}

fn read_ca(value: &str) -> Result<PathBuf, TargetFault> {
    if value.starts_with('/') {
        return Ok(PathBuf::from(value));
    }
    let value = value.chars().take(80).collect();
    Err(TargetFault::Value { name: "ca", value, remedy: "give the absolute path of a PEM file" })
}

fn read_hello(value: &str) -> Result<String, TargetFault> {
    let fits = !value.is_empty() && value.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-'));
    if fits {
        return Ok(value.to_owned());
    }
    let value = value.chars().take(80).collect();
    Err(TargetFault::Value {
        name: "hello",
        value,
        remedy: "give this machine's full name, such as office.example.com",
    })
}

fn is_this_machine(host: &str) -> bool {
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

impl fmt::Display for MailTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let target = match self {
            Self::Maildir(path) => return write!(f, "file:{}", path.display()),
            Self::Smtp(target) => target,
        };
        let (scheme, tls) = match target.tls {
            TlsMode::Immediate => ("smtps", ""),
            TlsMode::StartTls => ("smtp", "?tls=starttls"),
            TlsMode::None => ("smtp", "?tls=none"),
        };
        write!(f, "{scheme}://")?;
        if let Some(login) = &target.login {
            write!(f, "{}:•••@", login.user)?;
        }
        let host = if target.host.contains(':') { format!("[{}]", target.host) } else { target.host.clone() };
        write!(f, "{host}:{}{tls}", target.port)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn smtp(text: &str) -> SmtpTarget {
        match MailTarget::parse(text) {
            Ok(MailTarget::Smtp(target)) => target,
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn the_three_kinds_are_read() {
        let relay = smtp("smtp://mailer:p%40ss@relay.example:2525?tls=starttls&ca=/etc/ca.pem&hello=office.example");
        assert_eq!((relay.host.as_str(), relay.port, relay.tls), ("relay.example", 2525, TlsMode::StartTls));
        assert_eq!(relay.login.as_ref().map(|l| (l.user.as_str(), l.password.reveal())), Some(("mailer", "p@ss")));
        assert_eq!((relay.ca_file, relay.hello), (Some("/etc/ca.pem".into()), Some("office.example".into())));
        assert_eq!((smtp("smtps://r.example").port, smtp("smtps://r.example").tls), (465, TlsMode::Immediate));
        assert_eq!((smtp("smtp://[::1]?tls=none").host.as_str(), smtp("smtp://r.example").port), ("::1", 587));
        for text in ["file:/srv/trial", "file:///srv/trial"] {
            assert_eq!(MailTarget::parse(text), Ok(MailTarget::Maildir("/srv/trial".into())));
        }
    }

    #[test]
    fn what_is_not_meant_is_refused_with_a_remedy() {
        for (text, word) in [
            ("", "not a URL"),
            ("relay.example", "not a URL"),
            ("http://relay.example", "smtps:"),
            ("smtp://relay.example/inbox", "remove it"),
            ("smtp://relay.example?tsl=none", "unknown parameter “tsl”"),
            ("smtp://relay.example?tls=none&tls=starttls", "twice"),
            ("smtp://relay.example?tls=maybe", "starttls or none"),
            ("smtps://relay.example?tls=none", "always encrypted"),
            ("smtp://user@relay.example", "without a password"),
            ("smtp://u:p@relay.example?tls=none", "unencrypted"),
            ("smtp://relay.example?ca=ca.pem", "absolute path"),
            ("smtp://relay.example?hello=a%20b", "full name"),
            ("smtp://relay.example:99999", "not a URL"),
            ("file:relative/dir", "absolute path"),
        ] {
            let said = MailTarget::parse(text).unwrap_err().to_string();
            assert!(said.contains(word), "{text}: {said}");
        }
    }

    #[test]
    fn the_password_never_shows() {
        let target = MailTarget::parse("smtp://mailer:hunter2@relay.example").unwrap();
        assert_eq!(target.to_string(), "smtp://mailer:•••@relay.example:587?tls=starttls");
        assert!(!format!("{target:?} {target}").contains("hunter2"));
        for bad in
            ["smtp://mailer:hunter2@relay.example/x", "smtp://m:hunter2@r:99999", "smtp://m:hunter2@", "m:hunter2@r"]
        {
            let fault = MailTarget::parse(bad).unwrap_err();
            assert!(!format!("{fault} {fault:?}").contains("hunter2"), "{bad}: {fault}");
        }
    }
}
