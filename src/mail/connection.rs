//! One SMTP conversation (RFC 5321): greeting, encryption, login, messages one after the other.
//! It knows at each step whether the message may have been handed over.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::commands::{Auth, Data, Ehlo, Mail, Quit, Rcpt, Rset, Starttls};
use lettre::transport::smtp::extension::{ClientId, MailBodyParameter, MailParameter};
use lettre::transport::smtp::response::Response;
use rustls::ClientConfig;

use super::extensions::Extensions;
use super::mailbox::read_address;
use super::reply::{Reply, ReplyKind};
use super::target::{Login, Patience, SmtpTarget, TlsMode};
use super::transport::{Gate, Handed, Outcome, Outgoing, TargetTrouble};
use super::wire::{Deadline, Wire};

/// An open conversation, past greeting and login.
#[derive(Debug)]
pub struct Connection {
    wire: Wire,
    heard: Vec<u8>,
    can: Extensions,
    relay: String,
    patience: Patience,
    /// Nothing may be said any more.
    over: bool,
}

impl Connection {
    /// Connects, encrypts and logs in as the target says.
    pub fn open(target: &SmtpTarget, tls: Option<&Arc<ClientConfig>>) -> Result<Self, TargetTrouble> {
        let relay = format!("{}:{}", target.host, target.port);
        let wire = Wire::connect(&target.host, target.port, target.patience.connect)
            .map_err(|fault| TargetTrouble::Unreachable { relay: relay.clone(), reason: fault.to_string() })?;
        let (heard, can, patience) = (Vec::new(), Extensions::default(), target.patience);
        let mut connection = Self { wire, heard, can, relay, patience, over: false };
        if target.tls == TlsMode::Immediate {
            connection = connection.encrypt(target, tls)?;
        }
        connection.expect_done("the connection", None)?;
        connection.greet(target)?;
        if target.tls == TlsMode::StartTls {
            if !connection.can.starttls {
                return Err(connection.not_safe("it does not offer STARTTLS"));
            }
            connection.expect_done("STARTTLS", Some(&Starttls.to_string()))?;
            if !connection.heard.is_empty() {
                return Err(connection.not_safe("it went on talking unencrypted after STARTTLS"));
            }
            connection = connection.encrypt(target, tls)?;
            connection.greet(target)?;
        }
        if let Some(login) = &target.login {
            connection.log_in(login)?;
        }
        Ok(connection)
    }

    /// Whether the conversation has ended, by either side.
    pub fn is_over(&self) -> bool {
        self.over
    }

    /// Hands one message over; the final dot is said within the gate.
    pub fn send<'g>(&mut self, message: Outgoing<'_>, gate: &'g Gate) -> Result<Handed<'g>, TargetTrouble> {
        if let Some(outcome) = self.prepare(message)? {
            return Ok(Handed::outside(outcome));
        }
        self.wire
            .write(&dot_stuffed(message.bytes), Deadline::after(self.patience.data))
            .map_err(|fault| self.lost("the message", &fault))?;
        let Some(pass) = gate.enter() else {
            // Without its final dot the relay throws the message away.
            self.over = true;
            return Err(TargetTrouble::Stopped);
        };
        Ok(Handed { outcome: self.say_final_dot()?, pass: Some(pass) })
    }

    /// Announces the message; an outcome if it ends here.
    fn prepare(&mut self, message: Outgoing<'_>) -> Result<Option<Outcome>, TargetTrouble> {
        let (from, to) = match (read_address(message.from), read_address(message.to)) {
            (Ok(from), Ok(to)) => (from, to),
            (Err(fault), _) | (_, Err(fault)) => return Ok(Some(failed(fault.to_string()))),
        };
        let parameters = match self.mail_parameters(message) {
            Ok(parameters) => parameters,
            Err(reason) => return Ok(Some(failed(reason))),
        };
        let reply = self.ask("MAIL FROM", &Mail::new(Some(from), parameters).to_string())?;
        if reply.kind() == ReplyKind::No && reply.code != 552 {
            return Err(self.refused("the sender", &reply));
        }
        if let Some(outcome) = self.unless(&reply, ReplyKind::Done) {
            return Ok(Some(outcome));
        }
        let reply = self.ask("RCPT TO", &Rcpt::new(to, Vec::new()).to_string())?;
        if let Some(outcome) = self.unless(&reply, ReplyKind::Done) {
            return Ok(Some(outcome));
        }
        let reply = self.ask("DATA", &Data.to_string())?;
        Ok(self.unless(&reply, ReplyKind::GoOn))
    }

    /// Up to the last byte of the final dot nothing is handed over; after it, only an answer tells.
    fn say_final_dot(&mut self) -> Result<Outcome, TargetTrouble> {
        let end = Deadline::after(self.patience.data);
        self.wire.write(b".\r\n", end).map_err(|fault| self.lost("the final dot", &fault))?;
        match self.hear(end) {
            Ok(reply) if reply.kind() == ReplyKind::Done => {
                self.over |= reply.code == 221;
                Ok(Outcome::Accepted { receipt: reply.to_string() })
            }
            Ok(reply) => Ok(self.unless(&reply, ReplyKind::Done).unwrap_or_else(|| failed(reply.to_string()))),
            Err(fault) => {
                self.over = true;
                Ok(Outcome::Uncertain { reason: format!("the line was lost after the message was sent: {fault}") })
            }
        }
    }

    /// Says good-bye without waiting long for an answer.
    pub fn quit(&mut self) {
        if !self.over {
            self.over = true;
            let end = Deadline::after(Duration::from_secs(2).min(self.patience.command));
            // Nothing depends on the answer.
            let _ = self.wire.write(Quit.to_string().as_bytes(), end).and_then(|()| self.hear(end));
        }
    }

    fn mail_parameters(&self, message: Outgoing<'_>) -> Result<Vec<MailParameter>, String> {
        let mut parameters = Vec::new();
        if let Some(limit) = self.can.size_limit {
            if message.bytes.len() > limit {
                return Err(format!("the message has {} bytes, the mail relay takes {limit}", message.bytes.len()));
            }
            parameters.push(MailParameter::Size(message.bytes.len()));
        }
        if !(message.from.is_ascii() && message.to.is_ascii()) {
            if !self.can.smtp_utf8 {
                return Err(
                    "the address has letters beyond ASCII and the mail relay can't take them (no SMTPUTF8)".into()
                );
            }
            parameters.push(MailParameter::SmtpUtfEight);
        }
        if !message.bytes.is_ascii() {
            if !self.can.eight_bit {
                return Err(
                    "the message has bytes beyond ASCII and the mail relay can't take them (no 8BITMIME)".into()
                );
            }
            parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
        }
        Ok(parameters)
    }

    fn encrypt(mut self, target: &SmtpTarget, tls: Option<&Arc<ClientConfig>>) -> Result<Self, TargetTrouble> {
        let Some(config) = tls else { return Err(self.not_safe("no TLS settings")) };
        let not_safe =
            |fault: &io::Error| TargetTrouble::Unsafe { relay: self.relay.clone(), reason: fault.to_string() };
        let encrypted = self.wire.encrypt(&target.host, Arc::clone(config), self.patience.command);
        self.wire = encrypted.map_err(|fault| not_safe(&fault))?;
        Ok(self)
    }

    fn greet(&mut self, target: &SmtpTarget) -> Result<(), TargetTrouble> {
        let name = target.hello.clone().map_or_else(ClientId::default, ClientId::Domain);
        let reply = self.expect_done("EHLO", Some(&Ehlo::new(name).to_string()))?;
        self.can = Extensions::read(&reply);
        Ok(())
    }

    fn log_in(&mut self, login: &Login) -> Result<(), TargetTrouble> {
        let mechanism = match (self.can.auth_plain, self.can.auth_login) {
            (true, _) => Mechanism::Plain,
            (_, true) => Mechanism::Login,
            _ => return Err(self.not_safe("it offers neither AUTH PLAIN nor AUTH LOGIN here")),
        };
        let credentials = Credentials::new(login.user.clone(), login.password.reveal().to_owned());
        let unclear = |relay: &str| TargetTrouble::Refused {
            relay: relay.to_owned(),
            step: "the login",
            reply: "it asked something we do not understand".into(),
        };
        let first = Auth::new(mechanism, credentials.clone(), None).map_err(|_| unclear(&self.relay))?;
        let mut reply = self.ask("AUTH", &first.to_string())?;
        for _ in 0..4 {
            if reply.code != 334 {
                break;
            }
            let challenge: Response =
                format!("334 {}\r\n", reply.lines.concat()).parse().map_err(|_| unclear(&self.relay))?;
            let answer = Auth::new_from_response(mechanism, credentials.clone(), &challenge);
            reply = self.ask("AUTH", &answer.map_err(|_| unclear(&self.relay))?.to_string())?;
        }
        if reply.kind() == ReplyKind::Done { Ok(()) } else { Err(self.refused("the login", &reply)) }
    }

    /// Says something (or waits for the greeting) and takes only 2xx for an answer.
    fn expect_done(&mut self, step: &'static str, line: Option<&str>) -> Result<Reply, TargetTrouble> {
        let reply = self.ask(step, line.unwrap_or_default())?;
        if reply.kind() == ReplyKind::Done { Ok(reply) } else { Err(self.refused(step, &reply)) }
    }

    fn ask(&mut self, step: &'static str, line: &str) -> Result<Reply, TargetTrouble> {
        let end = Deadline::after(self.patience.command);
        let reply = self.wire.write(line.as_bytes(), end).and_then(|()| self.hear(end));
        let reply = reply.map_err(|fault| self.lost(step, &fault))?;
        self.over |= reply.code == 421;
        Ok(reply)
    }

    fn hear(&mut self, end: Deadline) -> io::Result<Reply> {
        loop {
            if let Some((reply, taken)) = Reply::read(&self.heard).map_err(io::Error::other)? {
                self.heard.drain(..taken);
                return Ok(reply);
            }
            let mut buffer = [0; 4096];
            match self.wire.read(&mut buffer, end)? {
                0 => return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "it hung up")),
                got => self.heard.extend_from_slice(buffer.get(..got).unwrap_or_default()),
            }
        }
    }

    /// What a refusal means for the message; `None` if the answer is the one wished for.
    fn unless(&mut self, reply: &Reply, wished: ReplyKind) -> Option<Outcome> {
        let outcome = match reply.kind() {
            kind if kind == wished => return None,
            ReplyKind::No => Outcome::Failed { reason: reply.to_string(), by_policy: reply.is_policy() },
            _ => Outcome::Deferred { reason: reply.to_string() },
        };
        self.over |= reply.code == 421;
        if !self.over && self.ask("RSET", &Rset.to_string()).is_err() {
            self.over = true;
        }
        Some(outcome)
    }

    fn lost(&mut self, step: &'static str, fault: &io::Error) -> TargetTrouble {
        self.over = true;
        TargetTrouble::Lost { relay: self.relay.clone(), step, reason: fault.to_string() }
    }

    fn refused(&mut self, step: &'static str, reply: &Reply) -> TargetTrouble {
        self.quit();
        TargetTrouble::Refused { relay: self.relay.clone(), step, reply: reply.to_string() }
    }

    fn not_safe(&mut self, reason: &str) -> TargetTrouble {
        self.over = true;
        TargetTrouble::Unsafe { relay: self.relay.clone(), reason: reason.to_owned() }
    }
}

fn failed(reason: String) -> Outcome {
    Outcome::Failed { reason, by_policy: false }
}

/// The message as it goes over the line: a dot at the start of a line doubled, the last line closed.
fn dot_stuffed(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() + bytes.len() / 64 + 8);
    let mut line_start = true;
    for byte in bytes {
        if line_start && *byte == b'.' {
            out.push(b'.');
        }
        out.push(*byte);
        line_start = *byte == b'\n';
    }
    if !out.is_empty() && !out.ends_with(b"\r\n") {
        out.extend_from_slice(b"\r\n");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_at_line_starts_are_doubled_and_the_last_line_closed() {
        assert_eq!(dot_stuffed(b".a\r\n..\r\nb."), b"..a\r\n...\r\nb.\r\n");
        assert_eq!(dot_stuffed(b"a\r\n"), b"a\r\n");
        assert_eq!(dot_stuffed(b""), b"");
    }
}
