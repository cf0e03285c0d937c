//! The outbox on every database: who may take and mark a message, and what comes back after a crash.

use std::collections::HashSet;

use mainstay::actions::queue_mail_again::{QueuedAgain, Which, queue_mail_again};
use mainstay::clock::Clock;
use mainstay::domain::calendar::{Day, Moment};
use mainstay::domain::ids::MemberId;
use mainstay::domain::member::{MemberKind, MemberStatus};
use mainstay::domain::message::{MessageKind, MessageStatus};
use mainstay::domain::staff::Actor;
use mainstay::store::members::Member;
use mainstay::store::messages::{self, Lease, Mark, Message};
use mainstay::store::{Db, StoreError, StoreResult, ids, members};

use crate::databases;

const NOW: Moment = Moment(1_000_000_000);

fn later(seconds: i64) -> Moment {
    Moment(NOW.0 + seconds * 1_000_000)
}

/// Fills the outbox with `count` messages that are due, one second apart.
pub fn fill(db: &Db, count: i64) -> Vec<Message> {
    let made: Vec<Message> = (0..count)
        .map(|n| {
            let (id, to) = (format!("st-{n}@example.com"), format!("m{n}@example.com"));
            Message::queued(MessageKind::Statement, "R-1", &id, &to, "Ana", later(n - count))
        })
        .collect();
    db.write(|tx| messages::insert(tx, &made)).unwrap();
    made
}

fn claim(db: &Db, lease: Lease, now: Moment, limit: i64) -> Vec<Message> {
    db.write(|tx| messages::claim(tx, lease, now, Moment(now.0 + 30_000_000), limit)).unwrap()
}

fn mark(db: &Db, message: &Message, lease: Lease, to: Mark) -> StoreResult<()> {
    db.write(|tx| messages::mark(tx, message.id, lease, to, "said"))
}

fn stored(db: &Db, message: &Message) -> Message {
    db.read(|c| messages::get(c, message.id)).unwrap()
}

#[test]
fn what_is_due_is_taken_once_oldest_first() {
    databases::each(|fresh| {
        let made = fill(&fresh.db, 5);
        let (ann, ben) = (Lease::new(), Lease::new());
        let first = claim(&fresh.db, ann, NOW, 3);
        assert_eq!(first.iter().map(|m| m.id).collect::<Vec<_>>(), made[..3].iter().map(|m| m.id).collect::<Vec<_>>());
        assert!(first.iter().all(|m| m.status == MessageStatus::Leased));
        assert_eq!(claim(&fresh.db, ben, NOW, 10).len(), 2);
        assert!(claim(&fresh.db, ben, NOW, 10).is_empty());
    });
}

#[test]
fn nothing_is_taken_before_its_time_or_without_an_address() {
    databases::each(|fresh| {
        let future = Message::queued(MessageKind::Statement, "R-1", "st-f@x.example", "a@x.example", "", later(10));
        let nobody = Message::queued(MessageKind::Statement, "R-1", "st-n@x.example", " ", "Ana", NOW);
        fresh.db.write(|tx| messages::insert(tx, &[future, nobody.clone()])).unwrap();
        assert!(claim(&fresh.db, Lease::new(), later(9), 10).is_empty());
        assert_eq!(claim(&fresh.db, Lease::new(), later(10), 10).len(), 1);
        assert_eq!(stored(&fresh.db, &nobody).status, MessageStatus::Suppressed);
    });
}

#[test]
fn only_the_holder_of_the_lease_may_mark() {
    databases::each(|fresh| {
        fill(&fresh.db, 1);
        let (ann, ben) = (Lease::new(), Lease::new());
        let message = claim(&fresh.db, ann, NOW, 1).remove(0);
        assert!(matches!(mark(&fresh.db, &message, ben, Mark::Failed), Err(StoreError::Conflict(_))));
        mark(&fresh.db, &message, ann, Mark::Sent(later(1))).unwrap();
        assert!(matches!(mark(&fresh.db, &message, ann, Mark::Failed), Err(StoreError::Conflict(_))));
        let sent = stored(&fresh.db, &message);
        assert_eq!((sent.status, sent.attempts, sent.sent_at), (MessageStatus::Sent, 1, later(1)));
        assert_eq!((sent.answer.as_str(), sent.lease_token), ("said", 0));
    });
}

#[test]
fn a_lease_that_ran_out_gives_its_messages_back_and_its_holder_no_longer_marks() {
    databases::each(|fresh| {
        fill(&fresh.db, 2);
        let (dead, alive) = (Lease::new(), Lease::new());
        let lost = claim(&fresh.db, dead, NOW, 1).remove(0);
        let kept = claim(&fresh.db, alive, NOW, 1).remove(0);
        fresh.db.write(|tx| messages::extend(tx, alive, later(100))).unwrap();
        assert_eq!(fresh.db.write(|tx| messages::recover(tx, later(29), later(29))).unwrap(), 0);
        assert_eq!(fresh.db.write(|tx| messages::recover(tx, later(31), later(31))).unwrap(), 1);
        let back = stored(&fresh.db, &lost);
        assert_eq!((back.status, back.attempts, back.next_try_at), (MessageStatus::Queued, 1, later(31)));
        assert!(matches!(mark(&fresh.db, &lost, dead, Mark::Failed), Err(StoreError::Conflict(_))));
        mark(&fresh.db, &kept, alive, Mark::Deferred(later(60))).unwrap();
        assert_eq!(fresh.db.read(messages::next_due_at).unwrap(), Some(later(31)));
    });
}

#[test]
fn what_is_released_waits_again_and_costs_no_try() {
    databases::each(|fresh| {
        let made = fill(&fresh.db, 3);
        let lease = Lease::new();
        let taken = claim(&fresh.db, lease, NOW, 3);
        mark(&fresh.db, &taken[0], lease, Mark::Failed).unwrap();
        assert_eq!(fresh.db.write(|tx| messages::release(tx, lease)).unwrap(), 2);
        let counts = fresh.db.read(|c| messages::count_by_status(c, Some("R-1"))).unwrap();
        assert_eq!(counts, [(MessageStatus::Queued, 2), (MessageStatus::Failed, 1)]);
        assert_eq!(stored(&fresh.db, &made[1]).attempts, 0);
    });
}

#[test]
fn a_failed_message_can_be_queued_again_a_sent_one_can_not() {
    databases::each(|fresh| {
        fill(&fresh.db, 2);
        let lease = Lease::new();
        let taken = claim(&fresh.db, lease, NOW, 2);
        mark(&fresh.db, &taken[0], lease, Mark::Failed).unwrap();
        mark(&fresh.db, &taken[1], lease, Mark::Sent(NOW)).unwrap();
        fresh.db.write(|tx| messages::queue_again(tx, taken[0].id, "new@example.com", "Ana", later(5))).unwrap();
        let again = fresh.db.write(|tx| messages::queue_again(tx, taken[1].id, "new@example.com", "Ana", later(5)));
        assert!(matches!(again, Err(StoreError::Conflict(_))));
        let queued = stored(&fresh.db, &taken[0]);
        assert_eq!((queued.status, queued.attempts), (MessageStatus::Queued, 0));
        assert_eq!(queued.to_address, "new@example.com");
    });
}

#[test]
fn a_message_id_is_there_once_or_the_whole_batch_is_refused() {
    databases::each(|fresh| {
        let made = fill(&fresh.db, 1);
        let one = Message { id: Message::queued(MessageKind::Statement, "", "", "", "", NOW).id, ..made[0].clone() };
        let other = Message::queued(MessageKind::Statement, "R-1", "st-other@x.example", "a@x.example", "", NOW);
        let refused = fresh.db.write(|tx| messages::insert(tx, &[other, one]));
        assert!(matches!(refused, Err(StoreError::Taken(_))), "{refused:?}");
        assert_eq!(fresh.db.read(|c| messages::count_due(c, later(99))).unwrap(), 1);
    });
}

#[test]
fn many_at_once_never_take_the_same_message() {
    databases::each(|fresh| {
        fill(&fresh.db, 200);
        let taken: Vec<Message> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..4)
                .map(|_| {
                    scope.spawn(|| {
                        let mut mine = Vec::new();
                        loop {
                            let got = claim(&fresh.db, Lease::new(), NOW, 7);
                            if got.is_empty() {
                                return mine;
                            }
                            mine.extend(got);
                        }
                    })
                })
                .collect();
            threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
        });
        let distinct: HashSet<_> = taken.iter().map(|m| m.id).collect();
        assert_eq!((taken.len(), distinct.len()), (200, 200));
    });
}

fn member(number: &str, email: &str) -> Member {
    Member {
        id: MemberId(ids::next()),
        number: number.into(),
        kind: MemberKind::Distributor,
        status: MemberStatus::Active,
        name: format!("Name of {number}"),
        latin_name: String::new(),
        search: String::new(),
        email: email.into(),
        phone: String::new(),
        country: String::new(),
        language: String::new(),
        street: String::new(),
        postal_code: String::new(),
        city: String::new(),
        joined_on: Day(0),
        rank: String::new(),
        highest_rank: String::new(),
        person_id: MemberId(0),
        version: 1,
        created_at: NOW,
        updated_at: NOW,
    }
}

#[test]
fn what_did_not_arrive_is_queued_again_to_the_address_of_today() {
    databases::each(|fresh| {
        let people = [member("M-1", "right@example.com"), member("M-2", ""), member("M-3", "there@example.com")];
        let mut mails = people.clone().map(|person| {
            let id = format!("st-{}@example.com", person.number);
            let mut mail = Message::queued(MessageKind::Statement, "R-1", &id, "wrong@example.com", "", NOW);
            mail.member_id = person.id;
            mail
        });
        mails[1] = Message { status: MessageStatus::Suppressed, to_address: String::new(), ..mails[1].clone() };
        fresh.db.write(|tx| members::insert(tx, &people).and_then(|()| messages::insert(tx, &mails))).unwrap();
        let lease = Lease::new();
        let taken = claim(&fresh.db, lease, NOW, 5);
        mark(&fresh.db, &taken[0], lease, Mark::Failed).unwrap();
        mark(&fresh.db, &taken[1], lease, Mark::Sent(NOW)).unwrap();

        let (clock, actor) = (Clock::fixed(later(9)), Actor::system("test"));
        let done = queue_mail_again(&fresh.db, &clock, &actor, Which::Batch("R-1")).unwrap();
        assert_eq!(done, QueuedAgain { queued: 1, without_address: 1 });
        let again = stored(&fresh.db, &mails[0]);
        assert_eq!((again.status, again.to_address.as_str()), (MessageStatus::Queued, "right@example.com"));
        assert_eq!(stored(&fresh.db, &mails[2]).status, MessageStatus::Sent);
        assert_eq!(queue_mail_again(&fresh.db, &clock, &actor, Which::Batch("R-2")).unwrap().queued, 0);
    });
}
