//! Sends one test message at once, so that whoever sets the mail up sees the relay's answer.

use super::deliver_mail::{sender, target};
use crate::clock::Clock;
use crate::config::Settings;
use crate::mail::mailbox::Mailbox;
use crate::mail::transport::{Gate, Outcome, Outgoing, Transport};
use crate::mail::trial::TrialMail;
use crate::store::ids;

/// Sends it, and gives the relay's words.
///
/// # Errors
/// What is missing in the configuration, or why the relay did not take it; each says what to do.
pub fn send_trial_mail(settings: &Settings, clock: &Clock, company: &str, to: Mailbox) -> Result<String, String> {
    let (target, from) = (target(settings)?, sender(settings)?);
    let domain = from.address.split_once('@').map_or("localhost", |(_, domain)| domain);
    let mail = TrialMail {
        message_id: format!("trial.{}@{domain}", ids::next()),
        from: Mailbox { name: from.name.clone(), address: from.address.clone() },
        dated_at: clock.now().0.div_euclid(1_000_000),
        company: company.to_owned(),
        to,
    };
    let bytes = mail.to_bytes().map_err(|fault| fault.to_string())?;
    let outgoing =
        Outgoing { message_id: &mail.message_id, from: &mail.from.address, to: &mail.to.address, bytes: &bytes };
    let mut transport = Transport::open(&target).map_err(|fault| fault.to_string())?;
    let gate = Gate::default();
    let outcome = transport.send(outgoing, &gate).map(|handed| handed.outcome).map_err(|fault| fault.to_string());
    transport.close();
    match outcome? {
        Outcome::Accepted { receipt } => Ok(receipt),
        Outcome::Deferred { reason } => Err(format!("the relay does not take it now: {reason}; try again in a while")),
        Outcome::Failed { reason, .. } => {
            Err(format!("the relay refused the message: {reason}; check mail_from and the address of your account"))
        }
        Outcome::Uncertain { reason } => {
            Err(format!("the line broke at the end: {reason}; look whether the message arrived, then try again"))
        }
    }
}
