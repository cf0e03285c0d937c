//! `mainstay serve`: the console, the jobs and the mail queue, until the process is told to stop.

use super::context::open_database;
use super::{Context, Failure, notify};
use crate::actions::set_up;
use crate::jobs;
use crate::store::settings;
use crate::web::{self, App};

/// A job that says nothing for so long is frozen.
const JOB_PATIENCE_SECONDS: i64 = 600;

/// A console whose threads do nothing for so long is frozen.
const PULSE_PATIENCE_SECONDS: i64 = 20;

/// Arguments.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  mainstay serve\n  mainstay serve --listen 0.0.0.0:8480 --data-dir ./trial")]
pub struct Args {
    /// Address and port of the console
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<String>,
    /// Address of the console as people type it
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
}

/// Runs the command.
pub fn run(args: Args, context: &Context) -> Result<(), Failure> {
    let mut flags = Vec::new();
    if let Some(listen) = args.listen {
        flags.push(("listen".to_owned(), listen, "--listen".to_owned()));
    }
    if let Some(url) = args.public_url {
        flags.push(("public_url".to_owned(), url, "--public-url".to_owned()));
    }
    let settings = context.settings_with(flags)?;
    if settings.smtp.is_some() {
        jobs::deliver_mail::target(&settings).map_err(Failure::usage)?;
        jobs::deliver_mail::sender(&settings).map_err(Failure::usage)?;
    }
    let db = open_database(&settings)?;
    let address = settings.public_url.clone();
    if let Some(link) = set_up::offer_link(&db, &context.clock)? {
        log::info!("open this link within 30 minutes to set the company up: {address}/set-up?link={link}");
    }
    let probe = db.clone();
    let worker = jobs::worker(&db, &context.clock, &settings);
    let (beat, end, clock) = (worker.remote(), worker.remote(), context.clock.clone());
    let worker_remote = worker.remote();
    let working = std::thread::Builder::new().name("jobs".into()).spawn(move || worker.work())?;
    let postman = jobs::postman(&db, &context.clock, &settings);
    let posting = postman.as_ref().map(jobs::Worker::remote);
    let posting_thread = postman
        .map(|postman| std::thread::Builder::new().name("mail".into()).spawn(move || postman.work()))
        .transpose()?;
    let app = App::new(db, context.clock.clone(), settings).waking(worker_remote);
    let result = web::serve(app, move |pulse| {
        notify::ready(&address);
        notify::keep_watchdog(move || {
            pulse.beats(PULSE_PATIENCE_SECONDS)
                && beat.beats(&clock, JOB_PATIENCE_SECONDS)
                && probe.read(|c| settings::find(c, "company.name")).is_ok()
        });
    });
    notify::stopping();
    end.end();
    if let Some(posting) = posting {
        posting.end();
    }
    for (thread, name) in [(Some(working), "jobs"), (posting_thread, "mail")] {
        if thread.is_some_and(|thread| thread.join().is_err()) {
            log::error!("the worker of the {name} stopped unexpectedly");
        }
    }
    Ok(result?)
}
