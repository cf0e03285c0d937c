//! A worker's way to its relay: one conversation used for many messages, opened anew when it has ended.

use std::sync::Arc;

use rustls::ClientConfig;

use super::connection::Connection;
use super::target::{SmtpTarget, TlsMode};
use super::tls::client_config;
use super::transport::{Gate, Handed, Outgoing, TargetTrouble};

/// After so many messages a new conversation is begun; many relays count.
const MESSAGES_PER_CONNECTION: u32 = 100;

/// A relay and the conversation with it, if there is one.
#[derive(Debug)]
pub struct Relay {
    target: SmtpTarget,
    tls: Option<Arc<ClientConfig>>,
    connection: Option<Connection>,
    used: u32,
}

impl Relay {
    /// Prepares the way; connects with the first message.
    pub fn new(target: SmtpTarget) -> Result<Self, TargetTrouble> {
        let tls = match target.tls {
            TlsMode::None => None,
            _ => Some(client_config(target.ca_file.as_deref()).map_err(|reason| TargetTrouble::Unsafe {
                relay: format!("{}:{}", target.host, target.port),
                reason,
            })?),
        };
        Ok(Self { target, tls, connection: None, used: 0 })
    }

    /// Hands one message over. If a conversation that had been idle turns out to be dead before anything was handed
    /// over, the message goes over a fresh one.
    pub fn send<'g>(&mut self, message: Outgoing<'_>, gate: &'g Gate) -> Result<Handed<'g>, TargetTrouble> {
        if self.used >= MESSAGES_PER_CONNECTION {
            self.close();
        }
        let is_used = self.connection.is_some();
        match self.send_once(message, gate) {
            Err(TargetTrouble::Lost { .. }) if is_used => self.send_once(message, gate),
            other => other,
        }
    }

    fn send_once<'g>(&mut self, message: Outgoing<'_>, gate: &'g Gate) -> Result<Handed<'g>, TargetTrouble> {
        let mut connection = if let Some(connection) = self.connection.take() {
            connection
        } else {
            self.used = 0;
            Connection::open(&self.target, self.tls.as_ref())?
        };
        let handed = connection.send(message, gate);
        self.used += 1;
        if !connection.is_over() {
            self.connection = Some(connection);
        }
        handed
    }

    /// Says good-bye.
    pub fn close(&mut self) {
        if let Some(mut connection) = self.connection.take() {
            connection.quit();
        }
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.close();
    }
}
