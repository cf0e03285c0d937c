//! What the last committed run found, for the pages of the field: its figures and the names of its ranks.

use std::sync::{Arc, Mutex, PoisonError};

use crate::domain::calendar::Day;
use crate::domain::ids::PlanVersionId;
use crate::domain::period;
use crate::plan::CheckedPlan;
use crate::store::member_list;
use crate::store::runs::Run;
use crate::store::{Conn, StoreResult, plans};

/// Names of ranks by code, in the order of the plan.
pub type Ranks = Arc<Vec<(String, String)>>;

/// The last committed run and what its plan calls the ranks.
#[derive(Debug, Clone)]
pub struct Standing {
    /// The run, with the label of its period; `None` before the first commit.
    pub run: Option<(Run, String)>,
    /// The ranks of the plan.
    pub ranks: Ranks,
}

impl Standing {
    /// As it is now. Before the first run the ranks are those of the plan in force.
    pub fn load(conn: &mut Conn, today: Day) -> StoreResult<Self> {
        let run = member_list::last_run(conn)?;
        let version = match &run {
            Some((run, _)) => Some(run.plan_version_id),
            None => plans::find_in_force(conn, today)?.map(|version| version.id),
        };
        let ranks = match version {
            Some(version) => ranks(conn, version)?,
            None => Ranks::default(),
        };
        Ok(Self { run, ranks })
    }

    /// The name of a rank; an en dash for none.
    pub fn rank(&self, code: &str) -> String {
        if code.is_empty() {
            return "–".to_owned();
        }
        self.ranks.iter().find(|(known, _)| known == code).map_or_else(|| code.to_owned(), |(_, name)| name.clone())
    }

    /// The period of the run as people say it, such as `October 2026`.
    pub fn period(&self) -> Option<String> {
        self.run.as_ref().map(|(_, label)| period::name(label))
    }
}

/// The ranks of a stored plan. A version never changes, so the last one is kept.
fn ranks(conn: &mut Conn, version: PlanVersionId) -> StoreResult<Ranks> {
    static KEPT: Mutex<Option<(PlanVersionId, Ranks)>> = Mutex::new(None);
    let kept = || KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((known, ranks)) = &*kept()
        && *known == version
    {
        return Ok(Arc::clone(ranks));
    }
    let stored = plans::get(conn, version)?;
    let names = CheckedPlan::read(&stored.source, &stored.name)
        .map(|plan| plan.ranks.iter().map(|rank| (rank.code.clone(), rank.name.clone())).collect())
        .unwrap_or_default();
    let ranks: Ranks = Arc::new(names);
    *kept() = Some((version, Arc::clone(&ranks)));
    Ok(ranks)
}
