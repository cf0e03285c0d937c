//! The worker: takes jobs that are due, one at a time, keeps their lease while they run, and records
//! how they ended. A panic in a job is a failed job; the process lives.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use crate::clock::Clock;
use crate::domain::calendar::Moment;
use crate::store::jobs::{self, Job, LEASE_SECONDS};
use crate::store::{Db, StoreError};

/// How a job ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ended {
    /// All is done; a sentence for people.
    Done(String),
    /// It can't be done; what happened and what to do.
    Failed(String),
    /// Somebody asked it to stop.
    Stopped(String),
    /// Not all could be done now: begin again at this moment.
    Later(Moment, String),
}

/// What a job does. It is given the task to report progress and to learn whether to stop.
pub type Handler = Box<dyn Fn(&Task<'_>, &str) -> Ended + Send + Sync>;

/// Takes jobs and runs them.
pub struct Worker {
    db: Db,
    clock: Clock,
    handlers: Vec<(&'static str, Handler)>,
    before_round: Option<BeforeRound>,
    state: Arc<State>,
}

type BeforeRound = Box<dyn Fn() -> Result<(), StoreError> + Send + Sync>;

/// What the worker shares with who waits for it.
#[derive(Default)]
struct State {
    stop: AtomicBool,
    /// When the worker last did anything, in microseconds: a round, or a report of the job in hand.
    beat_at: AtomicI64,
    bell: (Mutex<bool>, Condvar),
}

/// Wakes a worker, or asks it to end.
#[derive(Clone)]
pub struct Remote(Arc<State>);

/// The job that is running, from the inside.
pub struct Task<'a> {
    db: &'a Db,
    clock: &'a Clock,
    job: &'a Job,
    state: &'a State,
    seen: Mutex<Seen>,
}

#[derive(Default)]
struct Seen {
    stop: bool,
    lost: bool,
    reported_at: Moment,
}

/// Reports to the database at most this often.
const REPORT_MICROS: i64 = 300_000;
/// How long the worker rests when nothing is due and nobody rings.
const REST: Duration = Duration::from_secs(1);
/// A job that was begun so often without an end is given up.
const ATTEMPTS: i32 = 10;

impl Worker {
    /// A worker for these kinds of job.
    pub fn new(db: Db, clock: Clock, handlers: Vec<(&'static str, Handler)>) -> Self {
        Self { db, clock, handlers, before_round: None, state: Arc::default() }
    }

    /// Does this before it looks for jobs, each time: ask for work that is due, for example.
    #[must_use]
    pub fn before_each_round(mut self, work: impl Fn() -> Result<(), StoreError> + Send + Sync + 'static) -> Self {
        self.before_round = Some(Box::new(work));
        self
    }

    /// A handle to wake or end the worker from another thread.
    pub fn remote(&self) -> Remote {
        Remote(Arc::clone(&self.state))
    }

    /// Works until it is asked to end.
    pub fn work(&self) {
        while !self.state.stop.load(Ordering::SeqCst) {
            self.state.beat_at.store(self.clock.now().0, Ordering::SeqCst);
            match self.work_once() {
                Ok(true) => {}
                Ok(false) => self.rest(),
                Err(fault) => {
                    log::error!("jobs: {fault}");
                    self.rest();
                }
            }
        }
    }

    /// Runs every job that is due now and returns how many there were.
    pub fn work_off(&self) -> Result<usize, StoreError> {
        let mut done = 0;
        while self.work_once()? {
            done += 1;
        }
        Ok(done)
    }

    /// Runs the next job that is due; says whether there was one.
    fn work_once(&self) -> Result<bool, StoreError> {
        if let Some(work) = &self.before_round {
            work()?;
        }
        let kinds: Vec<&str> = self.handlers.iter().map(|(kind, _)| *kind).collect();
        let now = self.clock.now();
        let Some(job) = self.db.write(|tx| jobs::claim(tx, &kinds, now))? else { return Ok(false) };
        let ended = if job.stop_requested {
            Ended::Stopped("Stopped".to_owned())
        } else if job.attempts > ATTEMPTS {
            Ended::Failed(format!("Begun {ATTEMPTS} times without an end; look into the log, then start it again"))
        } else {
            self.run(&job)
        };
        self.record(&job, &ended)?;
        Ok(true)
    }

    fn run(&self, job: &Job) -> Ended {
        let Some((_, handler)) = self.handlers.iter().find(|(kind, _)| *kind == job.kind) else {
            return Ended::Failed(format!("Nothing here knows jobs of the kind {}", job.kind));
        };
        let task = Task { db: &self.db, clock: &self.clock, job, state: &self.state, seen: Mutex::default() };
        let over = (Mutex::new(false), Condvar::new());
        std::thread::scope(|scope| {
            scope.spawn(|| task.keep_lease(&over));
            let ended = catch_unwind(AssertUnwindSafe(|| handler(&task, &job.payload)));
            *over.0.lock().unwrap_or_else(PoisonError::into_inner) = true;
            over.1.notify_all();
            ended.unwrap_or_else(|_| {
                Ended::Failed(format!(
                    "An unexpected fault; the log has it under job {}. Nothing half done was kept",
                    job.id
                ))
            })
        })
    }

    fn record(&self, job: &Job, ended: &Ended) -> Result<(), StoreError> {
        let now = self.clock.now();
        let written = self.db.write(|tx| match ended {
            Ended::Done(note) => jobs::finish(tx, job, "done", note, now),
            Ended::Failed(note) => jobs::finish(tx, job, "failed", note, now),
            Ended::Stopped(note) => jobs::finish(tx, job, "stopped", note, now),
            Ended::Later(at, note) => jobs::put_back(tx, job, note, *at),
        });
        match written {
            // Another worker took over; it records the end.
            Err(StoreError::Conflict(_)) => Ok(()),
            other => other,
        }
    }

    fn rest(&self) {
        let (bell, rung) = &self.state.bell;
        let waiting = bell.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut waiting, _) =
            rung.wait_timeout_while(waiting, REST, |rung| !*rung).unwrap_or_else(PoisonError::into_inner);
        *waiting = false;
    }
}

impl Remote {
    /// Makes the worker look for jobs now.
    pub fn wake(&self) {
        *self.0.bell.0.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.0.bell.1.notify_all();
    }

    /// Whether the worker did anything within these seconds. A frozen worker does not.
    pub fn beats(&self, clock: &Clock, seconds: i64) -> bool {
        clock.now().0 - self.0.beat_at.load(Ordering::SeqCst) < seconds * 1_000_000
    }

    /// Asks the worker to end after the job in hand.
    pub fn end(&self) {
        self.0.stop.store(true, Ordering::SeqCst);
        self.wake();
    }
}

impl Task<'_> {
    /// Says how far the work is. Returns whether to go on: `false` when somebody asked the job to
    /// stop or the lease was lost. Cheap: it writes a few times a second at most.
    pub fn report(&self, done: u64, total: u64, note: &str) -> bool {
        let now = self.clock.now();
        self.state.beat_at.store(now.0, Ordering::SeqCst);
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if !seen.lost && now.0 - seen.reported_at.0 >= REPORT_MICROS {
            seen.reported_at = now;
            let count = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
            match self.db.write(|tx| jobs::renew(tx, self.job, count(done), count(total), note, now)) {
                Ok(stop) => seen.stop |= stop,
                Err(StoreError::Conflict(_)) => seen.lost = true,
                Err(fault) => log::warn!("job {}: progress could not be written: {fault}", self.job.id),
            }
        }
        !seen.stop && !seen.lost
    }

    /// Whether the process is about to end: long work puts itself back then.
    pub fn is_ending(&self) -> bool {
        self.state.stop.load(Ordering::SeqCst)
    }

    /// The job.
    pub fn job(&self) -> &Job {
        self.job
    }

    fn keep_lease(&self, over: &(Mutex<bool>, Condvar)) {
        let third = Duration::from_secs(LEASE_SECONDS.unsigned_abs() / 3);
        let mut ended = over.0.lock().unwrap_or_else(PoisonError::into_inner);
        while !*ended {
            let (again, waited) =
                over.1.wait_timeout_while(ended, third, |ended| !*ended).unwrap_or_else(PoisonError::into_inner);
            ended = again;
            if waited.timed_out() {
                let now = self.clock.now();
                match self.db.write(|tx| jobs::extend(tx, self.job, now)) {
                    Ok(stop) => self.seen.lock().unwrap_or_else(PoisonError::into_inner).stop |= stop,
                    Err(StoreError::Conflict(_)) => {
                        self.seen.lock().unwrap_or_else(PoisonError::into_inner).lost = true;
                    }
                    Err(fault) => log::warn!("job {}: the lease could not be renewed: {fault}", self.job.id),
                }
            }
        }
    }
}
