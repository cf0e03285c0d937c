//! Sends the statements of a run by mail: one durable row per recipient, made in one transaction; the
//! delivery job writes and sends them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::StatementBook;
use crate::actions::ActionFault;
use crate::clock::Clock;
use crate::domain::company::Company;
use crate::domain::ids::{MemberId, RunId};
use crate::domain::message::MessageKind;
use crate::domain::staff::Actor;
use crate::mail::mailbox::Mailbox;
use crate::mail::statement::{BonusSum, StatementMail};
use crate::pdf::statement::{StatementPress, StatementView};
use crate::pdf::{Fonts, Paper};
use crate::store::audit::{self, Entry};
use crate::store::members::{self, Member};
use crate::store::messages::{self, Message};
use crate::store::statements::{self, Statement};
use crate::store::{Conn, Db};

/// How mails of this installation are sent.
#[derive(Debug, Clone)]
pub struct Sender {
    /// The name in From; empty for the company's.
    pub name: String,
    /// The address in From and in the envelope; its domain is that of every Message-ID.
    pub address: String,
    /// Where the console is reached.
    pub public_url: String,
    /// Size of the attached statements.
    pub paper: Paper,
}

impl Sender {
    fn domain(&self) -> &str {
        self.address.rsplit_once('@').map_or("localhost", |(_, domain)| domain)
    }
}

/// Queues a mail for every statement of the run that has none yet, and returns how many. Doing it
/// again changes nothing.
pub fn send_statements(
    db: &Db,
    clock: &Clock,
    actor: &Actor,
    run: RunId,
    sender: &Sender,
) -> Result<usize, ActionFault> {
    db.write(|tx| {
        let book = StatementBook::load(tx, run, &sender.public_url)?;
        let all = statements::list_of_run(tx, run)?;
        let ids: Vec<MemberId> = all.iter().map(|statement| statement.member_id).collect();
        let people: HashMap<MemberId, Member> =
            members::list_by_ids(tx, &ids)?.into_iter().map(|m| (m.id, m)).collect();
        let known = messages::list_statements_of_batch(tx, &book.run().number)?;
        let rows: Vec<Message> = all
            .iter()
            .filter_map(|statement| Some(message(&book, statement, people.get(&statement.member_id)?, clock, sender)))
            .filter(|message| !known.contains(&message.statement_id))
            .collect();
        messages::insert(tx, &rows)?;
        if !rows.is_empty() {
            audit::append(
                tx,
                &Entry {
                    at: clock.now(),
                    actor,
                    action: "send-statements",
                    object_kind: "run",
                    object_id: run.0,
                    object: &book.run().number,
                    before: "",
                    after: &format!("{} mails queued", rows.len()),
                },
            )?;
        }
        Ok(rows.len())
    })
}

fn message(book: &StatementBook, statement: &Statement, member: &Member, clock: &Clock, sender: &Sender) -> Message {
    let id = format!("{}.{}@{}", safe(&statement.number), safe(&statement.code), sender.domain());
    let mut message =
        Message::queued(MessageKind::Statement, &book.run().number, &id, &member.email, &member.name, clock.now());
    message.member_id = member.id;
    message.statement_id = statement.id;
    message
}

/// Letters, digits and hyphens of a number: what a Message-ID may hold.
fn safe(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c.to_ascii_lowercase() } else { '-' }).collect()
}

/// Writes the mails of queued messages, each with its statement attached: the same bytes at every
/// attempt. What the statements of a run share is loaded once.
pub struct StatementWriter<'f> {
    db: &'f Db,
    press: StatementPress<'f>,
    sender: &'f Sender,
    books: Mutex<HashMap<RunId, Arc<StatementBook>>>,
}

impl<'f> StatementWriter<'f> {
    /// A writer; it may be used by several threads at once.
    pub fn new(db: &'f Db, fonts: &'f Fonts, sender: &'f Sender) -> Self {
        Self { db, press: StatementPress::new(fonts, sender.paper), sender, books: Mutex::default() }
    }

    /// The whole message.
    pub fn write(&self, message: &Message) -> Result<Vec<u8>, ActionFault> {
        let (mut mail, view) = self.db.read(|conn| {
            let statement = statements::get(conn, message.statement_id)?;
            let book = self.book(conn, statement.run_id)?;
            let view = book.view(conn, &statement)?;
            Ok::<_, ActionFault>((self.mail(&book, &statement, &view, message), view))
        })?;
        mail.pdf = self.press.render(&view).map_err(|fault| ActionFault::refused(fault.to_string()))?;
        mail.to_bytes().map_err(|fault| ActionFault::refused(fault.to_string()))
    }

    fn book(&self, conn: &mut Conn, run: RunId) -> Result<Arc<StatementBook>, ActionFault> {
        let known = self.books.lock().unwrap_or_else(PoisonError::into_inner).get(&run).cloned();
        if let Some(book) = known {
            return Ok(book);
        }
        let book = Arc::new(StatementBook::load(conn, run, &self.sender.public_url)?);
        self.books.lock().unwrap_or_else(PoisonError::into_inner).insert(run, Arc::clone(&book));
        Ok(book)
    }

    fn sender_name<'a>(&'a self, company: &'a Company) -> &'a str {
        if self.sender.name.is_empty() { &company.name } else { &self.sender.name }
    }

    fn mail(
        &self,
        book: &StatementBook,
        statement: &Statement,
        view: &StatementView,
        message: &Message,
    ) -> StatementMail {
        let company = book.company();
        let sums = view.bonuses.iter().filter(|bonus| !bonus.lines.is_empty()).map(|bonus| BonusSum {
            label: bonus.name.clone(),
            amount: company.currency.grouped(bonus.lines.iter().map(|line| line.amount_minor).sum()),
        });
        StatementMail {
            message_id: message.message_id.clone(),
            from: Mailbox::new(self.sender_name(company), self.sender.address.clone()),
            to: Mailbox::new(message.to_name.clone(), message.to_address.clone()),
            reply_to: (!company.email.is_empty()).then(|| Mailbox::new(company.name.clone(), company.email.clone())),
            dated_at: message.created_at.0.div_euclid(1_000_000),
            company: company.name.clone(),
            statement_number: statement.number.clone(),
            member_number: view.member.number.clone(),
            period: book.period_name(),
            currency: company.currency.code().to_owned(),
            earned: company.currency.grouped(statement.earned_minor),
            balance: company.currency.grouped(statement.closing_minor),
            bonuses: sums.collect(),
            verification_code: statement.code.clone(),
            contact: company.email.clone(),
            pdf: Vec::new(),
        }
    }
}
