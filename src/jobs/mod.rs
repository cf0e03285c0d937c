//! Background work: one file per job, each turning a payload into an action. Jobs are rows; they
//! survive a restart, are taken over when their process dies, and say how far they are.

pub mod calculate_run;
pub mod deliver;
pub mod deliver_mail;
pub mod import_file;
pub mod send_statements;
pub mod trial_mail;
pub mod worker;

use std::sync::Arc;

use crate::clock::Clock;
use crate::config::Settings;
use crate::store::Db;

pub use worker::{Ended, Handler, Remote, Task, Worker};

/// The worker of everything but mail.
pub fn worker(db: &Db, clock: &Clock, settings: &Settings) -> Worker {
    let settings = Arc::new(settings.clone());
    let handlers: Vec<(&'static str, Handler)> = vec![
        (calculate_run::KIND, {
            let (db, clock) = (db.clone(), clock.clone());
            Box::new(move |task, payload| calculate_run::handle(&db, &clock, task, payload))
        }),
        (import_file::KIND, {
            let (db, clock, uploads) = (db.clone(), clock.clone(), settings.folder(import_file::FOLDER));
            Box::new(move |task, payload| import_file::handle(&db, &clock, &uploads, task, payload))
        }),
        (send_statements::KIND, {
            let (db, clock, settings) = (db.clone(), clock.clone(), Arc::clone(&settings));
            Box::new(move |task, payload| send_statements::handle(&db, &clock, &settings, task, payload))
        }),
    ];
    Worker::new(db.clone(), clock.clone(), handlers)
}

/// The worker of mail; it looks by itself whether something is due. Without a relay mails stay in the queue.
pub fn postman(db: &Db, clock: &Clock, settings: &Settings) -> Option<Worker> {
    settings.smtp.as_ref()?;
    let (own_db, own_clock, settings) = (db.clone(), clock.clone(), settings.clone());
    let handler: Handler = Box::new(move |task, _| deliver_mail::handle(&own_db, &own_clock, &settings, task));
    let (own_db, own_clock) = (db.clone(), clock.clone());
    let worker = Worker::new(db.clone(), clock.clone(), vec![(deliver_mail::KIND, handler)]);
    Some(worker.before_each_round(move || deliver_mail::enqueue_if_due(&own_db, &own_clock)))
}
