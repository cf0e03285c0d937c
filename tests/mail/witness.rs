//! A scripted SMTP server on a real socket: the independent witness that counts what was really handed over.

use std::collections::HashMap;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// The moments at which a script may step in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Step {
    Greeting,
    Ehlo,
    StartTls,
    Auth,
    MailFrom,
    Rcpt,
    Data,
    /// The final dot has been read.
    Dot,
}

/// What the server does at a step instead of the polite thing.
#[derive(Debug, Clone, Copy)]
pub enum Deed {
    /// Says this (without line end) and, where it is a refusal, waits for the next command.
    Say(&'static str),
    /// Says this and hangs up.
    SayAndCut(&'static str),
    /// Falls silent until the client goes away.
    Stall,
    /// Hangs up; at the final dot nothing is kept.
    Cut,
    /// Takes the message over and hangs up without an answer.
    TakeAndCut,
}

type Script = dyn Fn(Step, usize, &str) -> Option<Deed> + Send + Sync;

/// A message that was taken over.
#[derive(Debug, Clone)]
pub struct Taken {
    pub from: String,
    pub to: String,
    pub message_id: String,
    pub bytes: Vec<u8>,
    pub encrypted: bool,
    pub login: Option<String>,
}

#[derive(Default)]
struct Seen {
    steps: HashMap<Step, usize>,
    taken: Vec<Taken>,
}

/// A running server.
pub struct Witness {
    pub port: u16,
    /// PEM of the certificate, if it can encrypt.
    pub certificate: String,
    seen: Arc<Mutex<Seen>>,
}

#[derive(Clone)]
struct Manners {
    script: Arc<Script>,
    tls: Arc<ServerConfig>,
    immediate: bool,
    ehlo: &'static str,
    seen: Arc<Mutex<Seen>>,
}

impl Witness {
    /// Accepts everything, unencrypted.
    pub fn polite() -> Self {
        Self::scripted(|_, _, _| None)
    }

    /// Steps in where the script says so: the step, how often it has come (from 1), the client's line.
    pub fn scripted(script: impl Fn(Step, usize, &str) -> Option<Deed> + Send + Sync + 'static) -> Self {
        Self::start(
            false,
            "250-witness\r\n250-STARTTLS\r\n250-AUTH PLAIN LOGIN\r\n250-SIZE 10485760\r\n250 8BITMIME",
            script,
        )
    }

    /// With its own words on EHLO; `immediate`: encrypted from the first byte.
    pub fn start(
        immediate: bool,
        ehlo: &'static str,
        script: impl Fn(Step, usize, &str) -> Option<Deed> + Send + Sync + 'static,
    ) -> Self {
        let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
        let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
        let tls = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key)
            .unwrap();
        let seen = Arc::new(Mutex::new(Seen::default()));
        let manners =
            Manners { script: Arc::new(script), tls: Arc::new(tls), immediate, ehlo, seen: Arc::clone(&seen) };
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        thread::spawn(move || {
            for socket in listener.incoming().flatten() {
                let manners = manners.clone();
                thread::spawn(move || {
                    socket.set_nodelay(true).unwrap();
                    // A client that goes away is part of the play.
                    let _ = Talk::begin(socket, manners);
                });
            }
        });
        Self { port, certificate: made.cert.pem(), seen }
    }

    /// Everything taken over so far, in order.
    pub fn taken(&self) -> Vec<Taken> {
        self.seen.lock().unwrap().taken.clone()
    }

    /// How often a step was reached.
    pub fn count(&self, step: Step) -> usize {
        self.seen.lock().unwrap().steps.get(&step).copied().unwrap_or(0)
    }
}

trait Line: Read + Write {}
impl<T: Read + Write> Line for T {}

struct Talk {
    line: BufReader<Box<dyn Line>>,
    socket: TcpStream,
    manners: Manners,
    encrypted: bool,
    login: Option<String>,
    from: String,
    to: String,
}

impl Talk {
    fn begin(socket: TcpStream, manners: Manners) -> io::Result<()> {
        let line: Box<dyn Line> = Box::new(socket.try_clone()?);
        let mut talk = Self {
            line: BufReader::new(line),
            socket,
            manners,
            encrypted: false,
            login: None,
            from: String::new(),
            to: String::new(),
        };
        if talk.manners.immediate {
            talk.encrypt()?;
        }
        if talk.step(Step::Greeting, "", "220 witness")? {
            while talk.next_command()? {}
        }
        Ok(())
    }

    fn encrypt(&mut self) -> io::Result<()> {
        let session = ServerConnection::new(Arc::clone(&self.manners.tls)).map_err(io::Error::other)?;
        self.line = BufReader::new(Box::new(StreamOwned::new(session, self.socket.try_clone()?)));
        self.encrypted = true;
        Ok(())
    }

    fn say(&mut self, text: &str) -> io::Result<()> {
        self.line.get_mut().write_all(format!("{text}\r\n").as_bytes())?;
        self.line.get_mut().flush()
    }

    fn read_line(&mut self) -> io::Result<Option<String>> {
        let mut line = String::new();
        Ok((self.line.read_line(&mut line)? > 0).then(|| line.trim_end().to_owned()))
    }

    /// Plays one step; `false` when the talk is over.
    fn step(&mut self, step: Step, line: &str, polite: &str) -> io::Result<bool> {
        match self.deed(step, line) {
            None => self.say(polite).map(|()| true),
            Some(Deed::Say(text)) => self.say(text).map(|()| true),
            Some(Deed::SayAndCut(text)) => self.say(text).map(|()| false),
            Some(Deed::Stall) => self.line.read_to_end(&mut Vec::new()).map(|_| false),
            Some(Deed::Cut | Deed::TakeAndCut) => Ok(false),
        }
    }

    fn deed(&self, step: Step, line: &str) -> Option<Deed> {
        let mut seen = self.manners.seen.lock().unwrap();
        let count = seen.steps.entry(step).or_default();
        *count += 1;
        let count = *count;
        drop(seen);
        (self.manners.script)(step, count, line)
    }

    fn next_command(&mut self) -> io::Result<bool> {
        let Some(line) = self.read_line()? else { return Ok(false) };
        let verb = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
        match verb.as_str() {
            "EHLO" => self.step(Step::Ehlo, &line, self.manners.ehlo),
            "STARTTLS" => {
                let goes_on = self.step(Step::StartTls, &line, "220 go ahead")?;
                self.encrypt()?;
                Ok(goes_on)
            }
            "AUTH" => self.auth(&line),
            "MAIL" => {
                self.from = address(&line);
                self.step(Step::MailFrom, &line, "250 sender ok")
            }
            "RCPT" => {
                self.to = address(&line);
                self.step(Step::Rcpt, &line, "250 recipient ok")
            }
            "DATA" => self.data(&line),
            "QUIT" => self.say("221 bye").map(|()| false),
            "RSET" | "NOOP" => self.say("250 ok").map(|()| true),
            _ => self.say("502 what?").map(|()| true),
        }
    }

    fn auth(&mut self, line: &str) -> io::Result<bool> {
        let mut told = line.to_owned();
        if line.eq_ignore_ascii_case("AUTH LOGIN") {
            for question in ["334 VXNlcm5hbWU6", "334 UGFzc3dvcmQ6"] {
                self.say(question)?;
                told = format!("{told} {}", self.read_line()?.unwrap_or_default());
            }
        }
        self.login = Some(told);
        self.step(Step::Auth, line, "235 welcome")
    }

    fn data(&mut self, line: &str) -> io::Result<bool> {
        let deed = self.deed(Step::Data, line);
        if let Some(deed) = deed {
            return match deed {
                Deed::Say(text) => self.say(text).map(|()| true),
                _ => Ok(false),
            };
        }
        self.say("354 go on")?;
        let mut bytes = Vec::new();
        loop {
            let start = bytes.len();
            if self.line.read_until(b'\n', &mut bytes)? == 0 {
                return Ok(false);
            }
            if &bytes[start..] == b".\r\n" {
                bytes.truncate(start);
                break;
            }
            if bytes[start] == b'.' {
                bytes.remove(start);
            }
        }
        match self.deed(Step::Dot, "") {
            None => {
                self.take(bytes);
                self.say("250 taken").map(|()| true)
            }
            Some(Deed::TakeAndCut) => {
                self.take(bytes);
                Ok(false)
            }
            Some(Deed::Say(text)) => self.say(text).map(|()| true),
            Some(Deed::SayAndCut(text)) => self.say(text).map(|()| false),
            Some(Deed::Stall) => self.line.read_to_end(&mut Vec::new()).map(|_| false),
            Some(Deed::Cut) => Ok(false),
        }
    }

    fn take(&self, bytes: Vec<u8>) {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let message_id = text.lines().find_map(|line| line.strip_prefix("Message-ID: ")).unwrap_or_default().to_owned();
        let (from, to, login) = (self.from.clone(), self.to.clone(), self.login.clone());
        let taken = Taken { from, to, message_id, bytes, encrypted: self.encrypted, login };
        self.manners.seen.lock().unwrap().taken.push(taken);
    }
}

fn address(line: &str) -> String {
    line.split_once('<').and_then(|(_, rest)| rest.split_once('>')).map_or("", |(address, _)| address).to_owned()
}
