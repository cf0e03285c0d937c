//! Sets the rank that a member is paid on in a period, or takes it back. It changes what is paid on, never the
//! rank earned.

use super::{ActionFault, FieldFault, company, plan_names};
use crate::clock::Clock;
use crate::domain::ids::MemberId;
use crate::domain::run::{PeriodKind, PeriodStatus};
use crate::domain::staff::Actor;
use crate::store::attributes::{self, ForcedRank};
use crate::store::audit::{self, Entry};
use crate::store::{Db, members, periods};

/// The longest reason, in characters.
const LONGEST: usize = 500;

/// A rank for a period, as it is typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewRank {
    /// Label of the period, such as `2026-10` or `2026-W44`.
    pub period: String,
    /// Code of the rank; empty to take one back that was set.
    pub rank: String,
    /// Why; it stays in the history.
    pub reason: String,
}

/// Stores the rank, or takes it back.
///
/// # Errors
/// Every wrong field at once; refused for a period that is frozen or committed.
pub fn set_rank(db: &Db, clock: &Clock, actor: &Actor, member: MemberId, new: &NewRank) -> Result<(), ActionFault> {
    db.write(|tx| {
        let now = clock.now();
        let today = company::load(tx)?.zone.day_of(now);
        let member = members::get(tx, member)?;
        let (period, rank, reason) = (new.period.trim(), new.rank.trim(), new.reason.trim());
        let mut faults = Vec::new();
        match PeriodKind::of_label(period) {
            None => {
                let message = format!("“{period}” is not a period; write a month as 2026-10, a week as 2026-W44");
                faults.push(FieldFault::new("period", message));
            }
            Some((kind, ..)) => {
                let known = periods::find_by_label(tx, kind, period)?;
                if known.is_some_and(|known| known.status != PeriodStatus::Open) {
                    let message = format!("The books of {period} are closed; choose a period that is open");
                    faults.push(FieldFault::new("period", message));
                }
            }
        }
        let ranks = plan_names::load(tx, today)?.ranks;
        if !rank.is_empty() && !ranks.iter().any(|known| known == rank) {
            let message = format!("The plan has no rank “{rank}”; choose one of: {}", ranks.join(", "));
            faults.push(FieldFault::new("rank", message));
        }
        if reason.is_empty() || reason.chars().count() > LONGEST || reason.chars().any(char::is_control) {
            let message = format!("Say why, in at most {LONGEST} characters; it stays in the history");
            faults.push(FieldFault::new("reason", message));
        }
        if !faults.is_empty() {
            return Err(ActionFault::Invalid(faults));
        }
        let before = attributes::find_rank(tx, member.id, period)?.map(|set| set.rank).unwrap_or_default();
        if before == rank {
            return Ok(());
        }
        if rank.is_empty() {
            attributes::remove_rank(tx, member.id, period)?;
        } else {
            let set = ForcedRank {
                member_id: member.id,
                period_label: period.to_owned(),
                rank: rank.to_owned(),
                reason: reason.to_owned(),
                set_at: now,
                set_by: actor.id,
            };
            attributes::set_rank(tx, &set)?;
        }
        let or_none = |rank: &str| if rank.is_empty() { "as earned".to_owned() } else { rank.to_owned() };
        audit::append(
            tx,
            &Entry {
                at: now,
                actor,
                action: "set-rank",
                object_kind: "member",
                object_id: member.id.0,
                object: &member.number,
                before: &format!("{period}: {}", or_none(&before)),
                after: &format!("{period}: {}; {reason}", or_none(rank)),
            },
        )
        .map_err(ActionFault::from)
    })
}
