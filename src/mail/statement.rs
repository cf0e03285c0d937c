//! The mail that carries a statement. A view struct in, the bytes of the message out: the same view gives the same
//! bytes, whenever and wherever it is built.

use std::time::{Duration, SystemTime};

use askama::Template;
use lettre::Message;
use lettre::message::header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Body, MultiPart, SinglePart};
use sha2::{Digest, Sha256};

use super::mailbox::{Mailbox, header_text};

/// Why a message can't be built.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MailFault {
    /// Not one plain email address.
    #[error("“{0}” is not an email address; correct it in the member's profile")]
    NotAnAddress(String),
    /// Not the left and right part of a Message-ID.
    #[error("“{0}” can't be a Message-ID; use letters, digits, dots and hyphens around one @")]
    NotAMessageId(String),
    /// The text could not be laid out.
    #[error("the mail can't be written: {0}")]
    Unwritable(String),
}

/// One bonus and its sum, as the statement shows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BonusSum {
    /// The bonus, in the member's words.
    pub label: String,
    /// The formatted sum without currency.
    pub amount: String,
}

/// Everything a statement mail says. Amounts come formatted; nothing here decides one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementMail {
    /// `local@domain`, without angle brackets; the same for every attempt.
    pub message_id: String,
    /// The company's sender.
    pub from: Mailbox,
    /// The member.
    pub to: Mailbox,
    /// Where answers go, if not to the sender.
    pub reply_to: Option<Mailbox>,
    /// The `Date` header: seconds since 1 January 1970, UTC.
    pub dated_at: i64,
    /// The company's name.
    pub company: String,
    /// The statement's number, such as `ST-2026-10-M-10482`.
    pub statement_number: String,
    /// The member's number, such as `M-10482`.
    pub member_number: String,
    /// The period in words, such as `October 2026`.
    pub period: String,
    /// ISO code of the currency.
    pub currency: String,
    /// The sum earned in the period, formatted.
    pub earned: String,
    /// The balance after the run, formatted; empty where the statement shows none.
    pub balance: String,
    /// The sums by bonus.
    pub bonuses: Vec<BonusSum>,
    /// The code by which the statement can be checked; may be empty.
    pub verification_code: String,
    /// Where questions go; may be empty.
    pub contact: String,
    /// The finished PDF.
    pub pdf: Vec<u8>,
}

#[derive(Template)]
#[template(path = "mail/statement.txt")]
struct TextPart<'a> {
    mail: &'a StatementMail,
}

#[derive(Template)]
#[template(path = "mail/statement.html")]
struct HtmlPart<'a> {
    mail: &'a StatementMail,
}

impl StatementMail {
    /// The subject line.
    pub fn subject(&self) -> String {
        header_text(&format!("Your commission statement for {}, {}", self.period, self.company), 200)
    }

    /// The complete message as it goes over the wire.
    pub fn to_bytes(&self) -> Result<Vec<u8>, MailFault> {
        check_message_id(&self.message_id)?;
        let unwritable = |fault: &dyn std::fmt::Display| MailFault::Unwritable(fault.to_string());
        let text = TextPart { mail: self }.render().map_err(|e| unwritable(&e))?;
        let html = HtmlPart { mail: self }.render().map_err(|e| unwritable(&e))?;
        let seconds = u64::try_from(self.dated_at).unwrap_or(0);
        let mut builder = Message::builder()
            .date(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds))
            .message_id(Some(format!("<{}>", self.message_id)))
            .from(self.from.to_header()?)
            .to(self.to.to_header()?)
            .subject(self.subject())
            .raw_header(plain_header(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated"));
        if let Some(reply_to) = &self.reply_to {
            builder = builder.reply_to(reply_to.to_header()?);
        }
        let pdf_type = ContentType::parse("application/pdf").map_err(|e| unwritable(&e))?;
        let file_name = format!("{}.pdf", file_stem(&self.statement_number));
        // Left to itself the library sends a file that happens to be ASCII as it is, bare line ends included.
        let pdf = Body::new_with_encoding(self.pdf.clone(), ContentTransferEncoding::Base64)
            .map_err(|_| unwritable(&"the PDF can't be encoded"))?;
        let seed = format!("{}\n{text}\n{html}", self.message_id);
        let body = MultiPart::mixed()
            .boundary(boundary("mixed", &seed))
            .multipart(
                MultiPart::alternative()
                    .boundary(boundary("alternative", &seed))
                    .singlepart(text_part(ContentType::TEXT_PLAIN, text))
                    .singlepart(text_part(ContentType::TEXT_HTML, html)),
            )
            .singlepart(Attachment::new(file_name).body(pdf, pdf_type));
        Ok(builder.multipart(body).map_err(|e| unwritable(&e))?.formatted())
    }
}

fn text_part(kind: ContentType, text: String) -> SinglePart {
    SinglePart::builder().header(kind).header(ContentTransferEncoding::QuotedPrintable).body(text)
}

fn plain_header(name: HeaderName, value: &str) -> HeaderValue {
    HeaderValue::new(name, value.to_owned())
}

/// A boundary that follows from the message: the library's own are random.
fn boundary(part: &str, seed: &str) -> String {
    let hash = Sha256::new().chain_update(part).chain_update("\n").chain_update(seed).finalize();
    hash.iter().take(16).fold(format!("ms-{part}-"), |text, byte| format!("{text}{byte:02x}"))
}

fn file_stem(number: &str) -> String {
    number.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' }).take(80).collect()
}

/// Checks the `local@domain` of a Message-ID.
pub fn check_message_id(id: &str) -> Result<(), MailFault> {
    let fits = |part: &str| {
        !part.is_empty()
            && part.split('.').all(|atom| {
                !atom.is_empty() && atom.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '+'))
            })
    };
    match id.split_once('@') {
        Some((local, domain)) if id.len() <= 200 && fits(local) && fits(domain) => Ok(()),
        _ => Err(MailFault::NotAMessageId(id.chars().take(80).collect())),
    }
}

#[cfg(test)]
#[path = "statement_tests.rs"]
mod tests;
