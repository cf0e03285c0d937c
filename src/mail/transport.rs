//! One message handed over, whatever the target is, and what became of it.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::maildir::Maildir;
use super::relay::Relay;
use super::target::MailTarget;

/// A finished message for one recipient.
#[derive(Debug, Clone, Copy)]
pub struct Outgoing<'a> {
    /// `local@domain`, as in the message's header.
    pub message_id: &'a str,
    /// Address of the sender in the envelope.
    pub from: &'a str,
    /// Address of the recipient in the envelope.
    pub to: &'a str,
    /// The message.
    pub bytes: &'a [u8],
}

/// Lets one message at a time take the last step, from the final dot until whoever sent it has noted the outcome.
/// So a crash leaves at most one message that was taken over but not noted, however many workers there are.
#[derive(Debug)]
pub struct Gate(Mutex<bool>);

impl Default for Gate {
    fn default() -> Self {
        Self(Mutex::new(true))
    }
}

/// The right to be the one; ends when dropped.
#[derive(Debug)]
pub struct Pass<'g>(MutexGuard<'g, bool>);

impl Gate {
    /// Waits for the others; `None` when the gate was shut for good.
    pub fn enter(&self) -> Option<Pass<'_>> {
        let is_open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        is_open.then_some(()).map(|()| Pass(is_open))
    }
}

impl Pass<'_> {
    /// Nobody comes after: outcomes can't be noted any more.
    pub fn shut(mut self) {
        *self.0 = false;
    }
}

/// What became of a message; keep it until that is noted.
#[derive(Debug)]
pub struct Handed<'g> {
    /// What became of it.
    pub outcome: Outcome,
    /// Keeps the gate shut where a repeat could double the message.
    pub pass: Option<Pass<'g>>,
}

impl Handed<'_> {
    /// An outcome that nobody has to wait for.
    pub fn outside(outcome: Outcome) -> Self {
        Self { outcome, pass: None }
    }
}

/// What became of one message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Taken over; the answer is kept as a receipt.
    Accepted {
        /// The relay's words.
        receipt: String,
    },
    /// Not now (4xx); try again later.
    Deferred {
        /// Why.
        reason: String,
    },
    /// Never (5xx).
    Failed {
        /// Why.
        reason: String,
        /// Whether the relay refuses by policy: then others will be refused too.
        by_policy: bool,
    },
    /// The line broke after the final dot: it may have been taken. It is sent again, with the same Message-ID.
    Uncertain {
        /// How it broke.
        reason: String,
    },
}

/// The target itself is in trouble: no message is to blame, and nothing was handed over.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TargetTrouble {
    /// No connection.
    #[error(
        "the mail relay {relay} can't be reached ({reason}); check that it runs and that the setting smtp is right"
    )]
    Unreachable {
        /// Host and port.
        relay: String,
        /// The system's words.
        reason: String,
    },
    /// No encryption, or not with a certificate we trust.
    #[error(
        "no safe line to the mail relay {relay}: {reason}; check its certificate and tls and ca in the setting smtp"
    )]
    Unsafe {
        /// Host and port.
        relay: String,
        /// What is wrong.
        reason: String,
    },
    /// The relay doesn't want to work for us.
    #[error("the mail relay {relay} refused {step}: {reply}; check login, sender address and the relay's log")]
    Refused {
        /// Host and port.
        relay: String,
        /// What it refused.
        step: &'static str,
        /// Its words.
        reply: String,
    },
    /// The line broke or the relay fell silent before the message was handed over.
    #[error("the line to the mail relay {relay} was lost at {step}: {reason}; nothing was handed over")]
    Lost {
        /// Host and port.
        relay: String,
        /// Where.
        step: &'static str,
        /// How.
        reason: String,
    },
    /// Told to stop before the last step.
    #[error("the delivery was stopped; nothing was handed over")]
    Stopped,
    /// The Maildir can't be written.
    #[error("the Maildir {path} can't be written ({reason}); check free space and permissions")]
    Unwritable {
        /// The folder.
        path: String,
        /// The system's words.
        reason: String,
    },
}

/// The way out, opened for one worker.
#[derive(Debug)]
pub enum Transport {
    /// To a relay.
    Relay(Box<Relay>),
    /// Into a Maildir.
    Maildir(Maildir),
}

impl Transport {
    /// Prepares the way to a target; connects only with the first message.
    pub fn open(target: &MailTarget) -> Result<Self, TargetTrouble> {
        match target {
            MailTarget::Smtp(smtp) => Ok(Self::Relay(Box::new(Relay::new(smtp.clone())?))),
            MailTarget::Maildir(path) => Maildir::open(path).map(Self::Maildir),
        }
    }

    /// Hands one message over.
    pub fn send<'g>(&mut self, message: Outgoing<'_>, gate: &'g Gate) -> Result<Handed<'g>, TargetTrouble> {
        match self {
            Self::Relay(relay) => relay.send(message, gate),
            Self::Maildir(maildir) => maildir.send(message).map(Handed::outside),
        }
    }

    /// Says good-bye.
    pub fn close(&mut self) {
        if let Self::Relay(relay) = self {
            relay.close();
        }
    }
}
