//! The outbox on every database: who may take and mark a message, and what comes back after a crash.

use std::collections::HashSet;

use mainstay::domain::calendar::Moment;
use mainstay::domain::message::{MessageKind, MessageStatus};
use mainstay::store::messages::{self, Lease, Mark, Message};
use mainstay::store::{Db, StoreError, StoreResult};

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
        fresh.db.write(|tx| messages::queue_again(tx, taken[0].id, later(5))).unwrap();
        let again = fresh.db.write(|tx| messages::queue_again(tx, taken[1].id, later(5)));
        assert!(matches!(again, Err(StoreError::Conflict(_))));
        let queued = stored(&fresh.db, &taken[0]);
        assert_eq!((queued.status, queued.attempts), (MessageStatus::Queued, 0));
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
