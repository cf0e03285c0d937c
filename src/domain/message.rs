//! Messages to one recipient each: what they carry and their states.

use super::words::words;

words! {
    /// What a message carries.
    MessageKind, "message kind" {
        /// A statement as an attachment; no marketing opt-out stops it.
        Statement = "statement",
    }
}

words! {
    /// The states of a message.
    MessageStatus, "message status" {
        /// Waits for its turn.
        Queued = "queued",
        /// In the hands of a delivery, until its lease runs out.
        Leased = "leased",
        /// Taken over by the relay.
        Sent = "sent",
        /// Not taken now; tried again later.
        Deferred = "deferred",
        /// Taken over, then sent back.
        Bounced = "bounced",
        /// Refused for good, or given up.
        Failed = "failed",
        /// Never to be sent: the recipient has no address or does not want mail.
        Suppressed = "suppressed",
    }
}

impl MessageStatus {
    /// Whether somebody may put the message into the queue again by hand.
    pub const fn may_be_queued_again(self) -> bool {
        matches!(self, Self::Deferred | Self::Bounced | Self::Failed | Self::Suppressed)
    }

    /// Whether nothing more happens by itself.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Sent | Self::Bounced | Self::Failed | Self::Suppressed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sent_or_under_way_is_not_queued_again() {
        for status in MessageStatus::ALL {
            let expected = ["deferred", "bounced", "failed", "suppressed"].contains(&status.as_str());
            assert_eq!(status.may_be_queued_again(), expected, "{status}");
        }
    }
}
