//! Puts mails that did not arrive into the queue again, to the address that the member has now.

use std::collections::HashMap;

use super::ActionFault;
use crate::clock::Clock;
use crate::domain::ids::MemberId;
use crate::domain::staff::Actor;
use crate::store::audit::{self, Entry};
use crate::store::members::{self, Member};
use crate::store::{Db, messages, statements};

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueuedAgain {
    /// Mails that are queued again.
    pub queued: usize,
    /// Mails whose member still has no address.
    pub without_address: usize,
}

/// Which mails are meant.
#[derive(Debug, Clone, Copy)]
pub enum Which<'a> {
    /// Every one.
    All,
    /// Those made together, such as for the run of this number.
    Batch(&'a str),
    /// The one that carries the statement of this number.
    Statement(&'a str),
}

/// Queues mails again that failed, came back, were suppressed for want of an address or wait
/// for a later try. What was sent, or is under way, is left alone.
pub fn queue_mail_again(db: &Db, clock: &Clock, actor: &Actor, which: Which<'_>) -> Result<QueuedAgain, ActionFault> {
    db.write(|tx| {
        let now = clock.now();
        let (undelivered, object) = match which {
            Which::All => (messages::list_undelivered(tx, None)?, "all".to_owned()),
            Which::Batch(batch) => (messages::list_undelivered(tx, Some(batch))?, batch.to_owned()),
            Which::Statement(number) => {
                let statement = statements::get_by_number(tx, number)?;
                let mut mails = messages::list_of_statement(tx, statement.id)?;
                mails.retain(|mail| mail.status.may_be_queued_again());
                (mails, number.to_owned())
            }
        };
        let ids: Vec<MemberId> = undelivered.iter().map(|message| message.member_id).collect();
        let people: HashMap<MemberId, Member> =
            members::list_by_ids(tx, &ids)?.into_iter().map(|member| (member.id, member)).collect();
        let mut done = QueuedAgain { queued: 0, without_address: 0 };
        for message in &undelivered {
            match people.get(&message.member_id).filter(|member| !member.email.is_empty()) {
                Some(member) => {
                    messages::queue_again(tx, message.id, &member.email, &member.name, now)?;
                    done.queued += 1;
                }
                None => done.without_address += 1,
            }
        }
        if done.queued > 0 {
            let after = format!("{} mails queued again", done.queued);
            let (action, object_kind) = ("queue-mail-again", "mail");
            audit::append(
                tx,
                &Entry {
                    at: now,
                    actor,
                    action,
                    object_kind,
                    object_id: 0,
                    object: &object,
                    before: "",
                    after: &after,
                },
            )?;
        }
        Ok(done)
    })
}
