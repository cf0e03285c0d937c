//! Delivers what is due in the outbox: takes messages under a lease, writes each one, hands it over, notes the outcome.
//!
//! Killed at any instant it loses nothing: what it held comes back when its lease runs out. At most one message, the
//! one between its final dot and the noted outcome, is sent twice then, with the same Message-ID. It never holds a
//! transaction while it talks to a relay.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use crate::clock::Clock;
use crate::domain::calendar::Moment;
use crate::mail::retry::RetryPolicy;
use crate::mail::target::MailTarget;
use crate::mail::transport::{Gate, Handed, Outcome, Outgoing, TargetTrouble, Transport};
use crate::store::messages::{self, Lease, Mark, Message};
use crate::store::{Db, StoreError, StoreResult};

const SECOND: i64 = 1_000_000;
/// A dead delivery's messages come back after this long.
const LEASE: i64 = 30 * SECOND;
/// How often the lease is prolonged.
const HEARTBEAT: Duration = Duration::from_secs(5);
/// So many messages are taken at once.
const BATCH: i64 = 100;
/// So many refusals by policy in a row mean that something is wrong with us, not with the recipients.
const POLICY_LIMIT: u32 = 5;

/// A written message, ready for the relay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// The sender's address in the envelope.
    pub from: String,
    /// The whole message.
    pub bytes: Vec<u8>,
}

/// Why a message can't be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unwritable {
    /// It never can: a wrong address, say.
    ForGood(String),
    /// It can't now: the database is busy, say.
    ForNow(String),
}

/// How many messages came to what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Taken over.
    pub sent: u64,
    /// To be tried again.
    pub deferred: u64,
    /// Refused for good or given up.
    pub failed: u64,
}

/// What a delivery came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivered {
    /// How many messages came to what.
    pub tally: Tally,
    /// What is wrong with the target, if it stopped the delivery.
    pub trouble: Option<String>,
    /// When to deliver again; `None` while nothing waits.
    pub resume_at: Option<Moment>,
}

/// A delivery of everything that is due.
pub struct Delivery<'a> {
    /// The outbox.
    pub db: &'a Db,
    /// Tells the time.
    pub clock: &'a Clock,
    /// Where mail goes.
    pub target: &'a MailTarget,
    /// How many messages are written and sent at the same time.
    pub workers: usize,
    /// Writes a message: renders its attachment from what is committed.
    pub write: &'a (dyn Fn(&Message) -> Result<Letter, Unwritable> + Sync),
    /// Hears how far it is.
    pub progress: &'a (dyn Fn(Tally) + Sync),
    /// Asked before each message: whether to stop.
    pub stop: &'a (dyn Fn() -> bool + Sync),
}

/// What the workers share.
struct Shared {
    lease: Lease,
    waiting: Mutex<VecDeque<Message>>,
    gate: Gate,
    tally: Mutex<Tally>,
    halt: Mutex<Option<Halt>>,
    /// The lease holds until this moment.
    held_until: AtomicI64,
    policy_refusals: AtomicU32,
    finished: (Mutex<bool>, Condvar),
}

/// Why the workers stop early.
enum Halt {
    Trouble { text: String, pause: i64 },
    Store(StoreError),
}

impl Delivery<'_> {
    /// Delivers until nothing is due, the target is in trouble or it is asked to stop.
    ///
    /// # Errors
    /// Only the store's; the messages in hand then come back when the lease runs out.
    pub fn run(&self) -> StoreResult<Delivered> {
        let now = self.clock.now();
        // On one machine the dead are known at once; otherwise their leases run out.
        let _presence = self.db.enter("mail", || self.recover(Moment(i64::MAX), now))?;
        self.recover(now, now)?;
        let shared = Shared {
            lease: Lease::new(),
            waiting: Mutex::default(),
            gate: Gate::default(),
            tally: Mutex::default(),
            halt: Mutex::default(),
            held_until: AtomicI64::new(now.0 + LEASE),
            policy_refusals: AtomicU32::new(0),
            finished: (Mutex::new(false), Condvar::new()),
        };
        thread::scope(|scope| {
            let workers: Vec<_> = (0..self.workers.max(1)).map(|_| scope.spawn(|| self.work(&shared))).collect();
            scope.spawn(|| self.keep_lease(&shared));
            for worker in workers {
                if worker.join().is_err() {
                    log::error!("a delivery worker stopped unexpectedly");
                }
            }
            *locked(&shared.finished.0) = true;
            shared.finished.1.notify_all();
        });
        self.finish(&shared)
    }

    /// Takes back what dead deliveries held: leases that ran out before `limit`.
    fn recover(&self, limit: Moment, now: Moment) -> StoreResult<()> {
        let recovered = self.db.write(|tx| messages::recover(tx, limit, now))?;
        if recovered > 0 {
            log::warn!("{recovered} messages of a delivery that was cut off are queued again");
        }
        Ok(())
    }

    fn finish(&self, shared: &Shared) -> StoreResult<Delivered> {
        let halt = locked(&shared.halt).take();
        if let Some(Halt::Store(fault)) = halt {
            return Err(fault);
        }
        self.db.write(|tx| messages::release(tx, shared.lease))?;
        let next = self.db.read(messages::next_due_at)?;
        let tally = *locked(&shared.tally);
        let (trouble, pause) = match halt {
            Some(Halt::Trouble { text, pause }) => (Some(text), pause),
            _ => (None, 0),
        };
        let earliest = Moment(self.clock.now().0 + pause);
        Ok(Delivered { tally, trouble, resume_at: next.map(|due| if pause > 0 { due.max(earliest) } else { due }) })
    }

    fn work(&self, shared: &Shared) {
        let mut transport = match Transport::open(self.target) {
            Ok(transport) => transport,
            Err(trouble) => return shared.halt_by(&trouble),
        };
        while let Some(message) = self.next(shared) {
            let noted = match self.written(&message) {
                Ok(letter) => self.hand_over(&mut transport, &message, &letter, shared),
                Err(Unwritable::ForGood(reason)) => self.note(&message, shared, Mark::Failed, &reason),
                Err(Unwritable::ForNow(reason)) => self.note_later(&message, shared, &reason),
            };
            if let Err(fault) = noted {
                shared.halt(Halt::Store(fault));
            }
        }
        transport.close();
    }

    /// The next message in hand, taking more from the outbox when there is none.
    fn next(&self, shared: &Shared) -> Option<Message> {
        let mut waiting = locked(&shared.waiting);
        let now = self.clock.now();
        if (self.stop)() || locked(&shared.halt).is_some() {
            return None;
        }
        if now.0 >= shared.held_until.load(Ordering::SeqCst) {
            log::warn!("the delivery was held up for longer than its lease and starts anew");
            return None;
        }
        if waiting.is_empty() {
            let until = Moment(now.0 + LEASE);
            let claimed = self.db.write(|tx| {
                messages::extend(tx, shared.lease, until)?;
                messages::claim(tx, shared.lease, now, until, BATCH)
            });
            match claimed {
                Ok(claimed) => waiting.extend(claimed),
                Err(fault) => {
                    shared.halt(Halt::Store(fault));
                    return None;
                }
            }
            shared.held_until.fetch_max(until.0, Ordering::SeqCst);
        }
        waiting.pop_front()
    }

    /// Writes a message; a panic is a fault of this message alone.
    fn written(&self, message: &Message) -> Result<Letter, Unwritable> {
        catch_unwind(AssertUnwindSafe(|| (self.write)(message))).unwrap_or_else(|_| {
            log::error!("message {} could not be written: internal fault", message.id);
            Err(Unwritable::ForNow("internal fault while the mail was written; see the log".to_owned()))
        })
    }

    fn hand_over(
        &self,
        transport: &mut Transport,
        message: &Message,
        letter: &Letter,
        shared: &Shared,
    ) -> StoreResult<()> {
        let outgoing = Outgoing {
            message_id: &message.message_id,
            from: &letter.from,
            to: &message.to_address,
            bytes: &letter.bytes,
        };
        let Handed { outcome, pass } = match transport.send(outgoing, &shared.gate) {
            Ok(handed) => handed,
            Err(TargetTrouble::Stopped) => return Ok(()),
            Err(trouble) => {
                shared.halt_by(&trouble);
                return self.note_later(message, shared, &trouble.to_string());
            }
        };
        let is_policy = matches!(outcome, Outcome::Failed { by_policy: true, .. });
        let noted = match outcome {
            Outcome::Accepted { receipt } => self.note(message, shared, Mark::Sent(self.clock.now()), &receipt),
            Outcome::Deferred { reason } | Outcome::Uncertain { reason } => self.note_later(message, shared, &reason),
            Outcome::Failed { reason, .. } => self.note(message, shared, Mark::Failed, &reason),
        };
        if let (Err(_), Some(pass)) = (&noted, pass) {
            // Whoever can't note an outcome must not cause further ones.
            pass.shut();
        }
        shared.count_policy(is_policy);
        noted
    }

    /// Notes that a message is to be tried again, or has been tried long enough.
    fn note_later(&self, message: &Message, shared: &Shared, reason: &str) -> StoreResult<()> {
        let tries = u32::try_from(message.attempts).unwrap_or(0) + 1;
        match RetryPolicy::STANDARD.wait_after(tries) {
            Some(wait) => {
                self.note(message, shared, Mark::Deferred(Moment(self.clock.now().0 + wait * SECOND)), reason)
            }
            None => self.note(message, shared, Mark::Failed, &format!("given up after {tries} tries: {reason}")),
        }
    }

    fn note(&self, message: &Message, shared: &Shared, mark: Mark, answer: &str) -> StoreResult<()> {
        let note = || self.db.write(|tx| messages::mark(tx, message.id, shared.lease, mark, answer));
        let noted = match note() {
            Err(StoreError::Busy) => note(),
            other => other,
        };
        match noted {
            Err(StoreError::Conflict(_)) => {
                log::warn!("message {} was taken back meanwhile; its outcome is not noted", message.id);
            }
            other => other?,
        }
        let mut tally = locked(&shared.tally);
        match mark {
            Mark::Sent(_) => tally.sent += 1,
            Mark::Deferred(_) => tally.deferred += 1,
            Mark::Failed => tally.failed += 1,
        }
        (self.progress)(*tally);
        Ok(())
    }

    /// Prolongs the lease until the workers are done.
    fn keep_lease(&self, shared: &Shared) {
        let (finished, bell) = &shared.finished;
        let mut is_finished = locked(finished);
        while !*is_finished {
            is_finished = bell.wait_timeout(is_finished, HEARTBEAT).unwrap_or_else(PoisonError::into_inner).0;
            if *is_finished {
                break;
            }
            drop(is_finished);
            let until = Moment(self.clock.now().0 + LEASE);
            match self.db.write(|tx| messages::extend(tx, shared.lease, until)) {
                Ok(_) => {
                    shared.held_until.fetch_max(until.0, Ordering::SeqCst);
                }
                Err(fault) => log::warn!("the lease of the delivery could not be prolonged: {fault}"),
            }
            is_finished = locked(finished);
        }
    }
}

impl Shared {
    /// The first reason to stop is the one that counts.
    fn halt(&self, reason: Halt) {
        locked(&self.halt).get_or_insert(reason);
    }

    fn halt_by(&self, trouble: &TargetTrouble) {
        let text = trouble.to_string();
        log::warn!("mail: {text}");
        self.halt(Halt::Trouble { text, pause: 60 * SECOND });
    }

    fn count_policy(&self, is_policy: bool) {
        if !is_policy {
            self.policy_refusals.store(0, Ordering::SeqCst);
        } else if self.policy_refusals.fetch_add(1, Ordering::SeqCst) + 1 >= POLICY_LIMIT {
            let text = format!(
                "the mail relay refused {POLICY_LIMIT} messages in a row by policy; delivery pauses for an hour. \
                 Look at the failed messages, mend the sender's set-up and queue them again"
            );
            log::error!("mail: {text}");
            self.halt(Halt::Trouble { text, pause: 3600 * SECOND });
        }
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
