//! Delivers the mails that are due: statements are drawn and written at the moment they are sent.
//! Payload: empty; one delivery at a time takes whatever waits.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use super::deliver::{Delivered, Delivery, Letter, Tally, Unwritable};
use super::{Ended, Task};
use crate::actions::ActionFault;
use crate::actions::statement::send::{Sender, StatementWriter};
use crate::clock::Clock;
use crate::config::Settings;
use crate::domain::calendar::Moment;
use crate::domain::ids::{JobId, StaffId};
use crate::mail::target::MailTarget;
use crate::pdf::{Fonts, Paper};
use crate::store::{Conn, Db, StoreError, StoreResult, jobs, messages};

/// The kind of the job.
pub const KIND: &str = "deliver-mail";

/// Asks for a delivery; one that waits or runs already is enough.
pub fn enqueue(tx: &mut Conn, by: StaffId, at: Moment) -> StoreResult<JobId> {
    jobs::enqueue(tx, KIND, "", "Deliver mail", by, at)
}

/// How this installation sends mail.
///
/// # Errors
/// What is missing in the configuration.
pub fn sender(settings: &Settings) -> Result<Sender, String> {
    let address = settings.mail_from.clone().ok_or("no sender is configured; set mail_from in the configuration")?;
    Ok(Sender { address, public_url: settings.public_url.clone(), paper: Paper::A4 })
}

/// Delivers everything that is due, then returns.
///
/// # Errors
/// What is missing in the configuration, or the store's fault.
pub fn deliver(
    db: &Db,
    clock: &Clock,
    settings: &Settings,
    stop: &AtomicBool,
    progress: &(dyn Fn(Tally) + Sync),
) -> Result<Delivered, String> {
    let sender = sender(settings)?;
    let relay = settings.smtp.as_ref().ok_or("no relay is configured; set smtp in the configuration")?;
    let target = MailTarget::parse(relay.expose()).map_err(|fault| fault.to_string())?;
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
    let waiting = db.read(|conn| messages::count_due(conn, clock.now())).unwrap_or_default().unsigned_abs();
    let stop = AtomicBool::new(false);
    let sums = Mutex::new(());
    let delivered = deliver(db, clock, settings, &stop, &|tally| {
        let _one_at_a_time = sums.lock();
        let done = tally.sent + tally.deferred + tally.failed;
        if !task.report(done, waiting.max(done), &said(tally)) || task.is_ending() {
            stop.store(true, Ordering::SeqCst);
        }
    });
    match delivered {
        Err(fault) => Ended::Failed(fault),
        Ok(done) => match (done.trouble, done.resume_at) {
            (Some(trouble), Some(at)) => Ended::Later(at, trouble),
            (Some(trouble), None) => Ended::Failed(trouble),
            (None, Some(at)) => Ended::Later(at, said(done.tally)),
            (None, None) => match db.read(|conn| messages::count_due(conn, clock.now())) {
                // Queued in the moment between the last look and now.
                Ok(late) if late > 0 => Ended::Later(clock.now(), said(done.tally)),
                _ => Ended::Done(said(done.tally)),
            },
        },
    }
}

fn said(tally: Tally) -> String {
    format!("{} sent, {} to be tried again, {} failed", tally.sent, tally.deferred, tally.failed)
}
