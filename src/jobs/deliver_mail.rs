//! Delivers the mails that are due: statements are drawn and written at the moment they are sent. It runs on a worker
//! of its own, so that a slow relay never holds up a calculation. Payload: empty; one delivery at a time takes
//! whatever waits.

use std::sync::atomic::{AtomicBool, Ordering};

use super::deliver::{Delivered, Delivery, Letter, Tally, Unwritable};
use super::{Ended, Task};
use crate::actions::ActionFault;
use crate::actions::statement::send::{Sender, StatementWriter};
use crate::clock::Clock;
use crate::config::Settings;
use crate::domain::calendar::Moment;
use crate::domain::ids::{JobId, StaffId};
use crate::mail::mailbox::Mailbox;
use crate::mail::target::MailTarget;
use crate::pdf::{Fonts, Paper};
use crate::store::{Conn, Db, StoreError, StoreResult, jobs, messages};

/// The kind of the job.
pub const KIND: &str = "deliver-mail";

/// Asks for a delivery; one that waits or runs already is enough.
pub fn enqueue(tx: &mut Conn, by: StaffId, at: Moment) -> StoreResult<JobId> {
    jobs::enqueue(tx, KIND, "", "Deliver mail", by, at)
}

/// Asks for a delivery if something is due: released, to be tried again, or left by a process that died. Call it in
/// each round of the worker. After somebody stopped a delivery nothing is asked for until somebody asks by
/// [`enqueue`].
pub fn enqueue_if_due(db: &Db, clock: &Clock) -> StoreResult<()> {
    let now = clock.now();
    let is_wanted = db.read(|conn| {
        let is_due = messages::next_due_at(conn)?.is_some_and(|due| due <= now);
        Ok::<_, StoreError>(is_due && jobs::find_latest(conn, KIND, "")?.is_none_or(|last| last.status != "stopped"))
    })?;
    if is_wanted {
        db.write(|tx| enqueue(tx, StaffId(0), now))?;
    }
    Ok(())
}

/// How this installation sends mail.
///
/// # Errors
/// What is missing in the configuration.
pub fn sender(settings: &Settings) -> Result<Sender, String> {
    let given = settings.mail_from.as_deref().ok_or("no sender is configured; set mail_from in the configuration")?;
    let Mailbox { name, address } = Mailbox::parse(given).map_err(|fault| format!("mail_from: {fault}"))?;
    Ok(Sender { name, address, public_url: settings.public_url.clone(), paper: Paper::A4 })
}

/// Where this installation sends mail.
///
/// # Errors
/// What is missing or wrong in the configuration.
pub fn target(settings: &Settings) -> Result<MailTarget, String> {
    let relay = settings.smtp.as_ref().ok_or("no relay is configured; set smtp in the configuration")?;
    MailTarget::parse(relay.expose()).map_err(|fault| format!("smtp: {fault}"))
}

/// Delivers everything that is due, then returns.
///
/// # Errors
/// What is missing in the configuration, or the store's fault.
pub fn deliver(
    db: &Db,
    clock: &Clock,
    settings: &Settings,
    stop: &(dyn Fn() -> bool + Sync),
    progress: &(dyn Fn(Tally) + Sync),
) -> Result<Delivered, String> {
    let sender = sender(settings)?;
    let target = target(settings)?;
    let fonts = Fonts::with_configured(&settings.fonts);
    let writer = StatementWriter::new(db, &fonts, &sender);
    let delivery = Delivery {
        db,
        clock,
        target: &target,
        workers: settings.workers.max(2),
        write: &|message| match writer.write(message) {
            Ok(bytes) => Ok(Letter { from: sender.address.clone(), bytes }),
            Err(ActionFault::Store(fault @ (StoreError::Busy | StoreError::Unreachable { .. }))) => {
                Err(Unwritable::ForNow(fault.to_string()))
            }
            Err(fault) => Err(Unwritable::ForGood(fault.to_string())),
        },
        progress,
        stop,
    };
    delivery.run().map_err(|fault| fault.to_string())
}

/// Does it as a job.
pub fn handle(db: &Db, clock: &Clock, settings: &Settings, task: &Task<'_>) -> Ended {
    as_job(db, clock, task, |stop, progress| deliver(db, clock, settings, stop, progress))
}

/// Runs a delivery as a job: reports how far it is, listens whether to stop, and says how it ended.
pub fn as_job(
    db: &Db,
    clock: &Clock,
    task: &Task<'_>,
    deliver: impl FnOnce(&(dyn Fn() -> bool + Sync), &(dyn Fn(Tally) + Sync)) -> Result<Delivered, String>,
) -> Ended {
    let waiting = db.read(|conn| messages::count_due(conn, clock.now())).unwrap_or_default().unsigned_abs();
    let is_stopped = AtomicBool::new(false);
    let progress = |tally: Tally| {
        let done = tally.sent + tally.deferred + tally.failed;
        if !task.report(done, waiting.max(done), &said(tally)) {
            is_stopped.store(true, Ordering::SeqCst);
        }
    };
    let delivered = deliver(&|| is_stopped.load(Ordering::SeqCst) || task.is_ending(), &progress);
    let done = match delivered {
        Ok(done) => done,
        Err(fault) => return Ended::Failed(fault),
    };
    let tally = said(done.tally);
    match (done.trouble, done.resume_at) {
        _ if is_stopped.load(Ordering::SeqCst) => Ended::Stopped(tally),
        (Some(trouble), Some(at)) => Ended::Later(at, format!("{tally}; {trouble}")),
        (Some(trouble), None) => Ended::Failed(format!("{tally}; {trouble}")),
        // What is to be tried again asks for its own delivery when its time has come: a job that waited for it
        // would make newer mails wait too.
        (None, _) => Ended::Done(tally),
    }
}

/// The tally in words.
fn said(tally: Tally) -> String {
    let parts = [(tally.sent, "sent"), (tally.deferred, "to be tried again"), (tally.failed, "failed")];
    let shown = parts.iter().filter(|(count, what)| *count > 0 || *what == "sent");
    shown.map(|(count, what)| format!("{count} {what}")).collect::<Vec<_>>().join(", ")
}
