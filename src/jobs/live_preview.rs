//! Keeps the estimate of the open periods fresh in memory: computed anew in the background when something that
//! a run reads has changed, one at a time, and only while somebody looks.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use crate::actions::ActionFault;
use crate::actions::preview::{self, Basis, Estimate};
use crate::clock::Clock;
use crate::domain::calendar::Moment;
use crate::store::{Db, StoreResult};

/// How often the database is asked whether anything changed.
const EVERY: Duration = Duration::from_millis(500);
/// Changes that follow each other are waited for at most this long, in microseconds.
const SETTLE_MICROS: i64 = 1_500_000;
/// Nothing is computed once nobody looked for so long, in seconds.
const UNWATCHED_SECONDS: i64 = 3_600;
/// The longest rest after a computation, in microseconds. It rests half as long as it worked, so that it takes two
/// thirds of a processor at most.
const REST_MICROS: i64 = 20_000_000;

/// An estimate with its age.
#[derive(Debug)]
pub struct Shown {
    /// The estimate; of one period at least.
    pub estimate: Estimate,
    /// When its figures were read.
    pub as_of: Moment,
    /// How many were computed before it.
    pub version: u64,
}

/// The estimate in memory; cheap to clone.
#[derive(Clone)]
pub struct LivePreview(Arc<Inner>);

struct Inner {
    db: Db,
    clock: Clock,
    state: Mutex<State>,
    bell: Condvar,
    /// Held while one is computed.
    turn: Mutex<()>,
}

#[derive(Default)]
struct State {
    shown: Option<Arc<Shown>>,
    /// What the last computation rested on.
    basis: Option<Basis>,
    looked_at: Moment,
    count: u64,
    ends: bool,
}

impl State {
    fn is_watched(&self, now: Moment) -> bool {
        self.looked_at.is_set() && self.looked_at.plus_seconds(UNWATCHED_SECONDS) > now
    }
}

impl LivePreview {
    /// Nothing is computed until somebody looks.
    pub fn new(db: Db, clock: Clock) -> Self {
        Self(Arc::new(Inner { db, clock, state: Mutex::default(), bell: Condvar::new(), turn: Mutex::new(()) }))
    }

    /// The newest estimate. Whoever looks keeps it alive for an hour; the first one finds none yet.
    pub fn look(&self) -> Option<Arc<Shown>> {
        let mut state = self.state();
        let now = self.0.clock.now();
        if !state.is_watched(now) {
            self.0.bell.notify_all();
        }
        state.looked_at = now;
        state.shown.clone()
    }

    /// Whether somebody looked within the last hour; nothing is computed otherwise.
    pub fn is_watched(&self) -> bool {
        self.state().is_watched(self.0.clock.now())
    }

    /// Asks the work to end.
    pub fn end(&self) {
        self.state().ends = true;
        self.0.bell.notify_all();
    }

    /// Computes the estimate anew if anything changed since; says whether it did.
    ///
    /// # Errors
    /// As for the computation; the last estimate stays.
    pub fn refresh(&self) -> Result<bool, ActionFault> {
        let _turn = self.0.turn.lock().unwrap_or_else(PoisonError::into_inner);
        if !self.is_stale()? {
            return Ok(false);
        }
        let as_of = self.0.clock.now();
        let today = self.0.db.read(|conn| preview::today(conn, &self.0.clock))?;
        let Some(today) = today else { return Ok(false) };
        let estimate = preview::compute(&self.0.db, today)?;
        let mut state = self.state();
        let version = state.count;
        state.count += 1;
        state.basis = Some(estimate.basis.clone());
        let is_any = !estimate.previews.is_empty();
        state.shown = is_any.then(|| Arc::new(Shown { estimate, as_of, version }));
        Ok(true)
    }

    /// Works until it is asked to end.
    pub fn work(&self) {
        while self.wait_for_somebody() {
            match self.settled().map_err(ActionFault::from).and_then(|stale| if stale { self.timed() } else { Ok(0) }) {
                Ok(worked) => self.pause((worked / 2).clamp(micros(EVERY), REST_MICROS)),
                Err(fault) => {
                    log::warn!("the estimate of the open periods: {fault}");
                    self.pause(REST_MICROS);
                }
            }
        }
    }

    /// Computes and says how long it took, in microseconds.
    fn timed(&self) -> Result<i64, ActionFault> {
        let begun = self.0.clock.now();
        self.refresh()?;
        let took = self.0.clock.now().0 - begun.0;
        log::debug!("the estimate of the open periods took {} ms", took / 1000);
        Ok(took)
    }

    /// Whether something changed; changes that follow each other are one.
    fn settled(&self) -> StoreResult<bool> {
        let begun = self.0.clock.now();
        let mut last = None;
        loop {
            if !self.is_stale()? {
                return Ok(false);
            }
            let now = self.0.db.read(|conn| match preview::today(conn, &self.0.clock)? {
                Some(today) => preview::basis(conn, today).map(Some),
                None => Ok(None),
            })?;
            if now == last || self.0.clock.now().0 - begun.0 >= SETTLE_MICROS || self.state().ends {
                return Ok(true);
            }
            last = now;
            self.pause(micros(EVERY));
        }
    }

    /// Whether the estimate rests on something else than it would now.
    fn is_stale(&self) -> StoreResult<bool> {
        let known = self.state().basis.clone();
        self.0.db.read(|conn| {
            let Some(today) = preview::today(conn, &self.0.clock)? else { return Ok(false) };
            Ok(known != Some(preview::basis(conn, today)?))
        })
    }

    /// Waits until somebody looked within the last hour; `false` when the work is to end.
    fn wait_for_somebody(&self) -> bool {
        let idle = |state: &mut State| !state.is_watched(self.0.clock.now()) && !state.ends;
        let state = self.0.bell.wait_while(self.state(), idle).unwrap_or_else(PoisonError::into_inner);
        !state.ends
    }

    fn pause(&self, micros: i64) {
        let length = Duration::from_micros(micros.unsigned_abs());
        let ended = self.0.bell.wait_timeout_while(self.state(), length, |state| !state.ends);
        drop(ended.unwrap_or_else(PoisonError::into_inner));
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn micros(length: Duration) -> i64 {
    i64::try_from(length.as_micros()).unwrap_or(i64::MAX)
}
