//! The mail that tries a relay out: a few words to the person who asks. A view in, the bytes out.

use std::time::{Duration, SystemTime};

use lettre::Message;
use lettre::message::SinglePart;
use lettre::message::header::{ContentTransferEncoding, ContentType};

use super::mailbox::{Mailbox, header_text};
use super::statement::{MailFault, check_message_id};

/// What it says.
#[derive(Debug, Clone)]
pub struct TrialMail {
    /// `local@domain`, without angle brackets.
    pub message_id: String,
    /// The company's sender.
    pub from: Mailbox,
    /// Who asked.
    pub to: Mailbox,
    /// The `Date` header: seconds since 1 January 1970, UTC.
    pub dated_at: i64,
    /// The company's name.
    pub company: String,
}

impl TrialMail {
    /// The complete message as it goes over the wire.
    pub fn to_bytes(&self) -> Result<Vec<u8>, MailFault> {
        check_message_id(&self.message_id)?;
        let text = format!(
            "Hello {},\r\n\r\nthis message shows that the back office of {} can send mail. \
             Statements will come from this address.\r\n",
            self.to.name, self.company
        );
        let seconds = u64::try_from(self.dated_at).unwrap_or(0);
        let body = SinglePart::builder()
            .header(ContentType::TEXT_PLAIN)
            .header(ContentTransferEncoding::QuotedPrintable)
            .body(text);
        let message = Message::builder()
            .date(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds))
            .message_id(Some(format!("<{}>", self.message_id)))
            .from(self.from.to_header()?)
            .to(self.to.to_header()?)
            .subject(header_text(&format!("A test message from {}", self.company), 200))
            .singlepart(body)
            .map_err(|fault| MailFault::Unwritable(fault.to_string()))?;
        Ok(message.formatted())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_message_says_who_sends_it() {
        let mailbox = |name: &str, address: &str| Mailbox { name: name.into(), address: address.into() };
        let mail = TrialMail {
            message_id: "trial.7@office.example".into(),
            from: mailbox("Sallowfield", "office@sallowfield.example"),
            to: mailbox("Zoë", "zoe@sallowfield.example"),
            dated_at: 1_700_000_000,
            company: "Sallowfield".into(),
        };
        let text = String::from_utf8(mail.to_bytes().unwrap()).unwrap();
        assert!(text.contains("Subject: A test message from Sallowfield\r\n"), "{text}");
        assert!(text.contains("Message-ID: <trial.7@office.example>\r\n") && text.contains("Hello Zo=C3=AB"), "{text}");
    }
}
