//! Drafts of the compensation plan: written, changed, thrown away. A plan with faults is not stored.

use sha2::{Digest, Sha256};

use super::{ActionFault, FieldFault};
use crate::clock::Clock;
use crate::domain::calendar::{Day, Moment};
use crate::domain::ids::{PlanVersionId, StaffId};
use crate::domain::staff::Actor;
use crate::plan::{CheckedPlan, case};
use crate::store::audit::{self, Entry};
use crate::store::plans::{self, PlanVersion};
use crate::store::{Conn, Db, StoreError, ids};
use crate::text::hex;

/// A draft as it is typed into a form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Typed {
    /// The plan file.
    pub source: String,
    /// Its cases; may be empty.
    pub cases: String,
    /// The first day on which it shall apply.
    pub from_day: String,
}

/// Stores a new draft with the next number.
///
/// # Errors
/// Every fault of the plan and of the day; nothing is written then.
pub fn add(db: &Db, clock: &Clock, actor: &Actor, typed: &Typed) -> Result<PlanVersion, ActionFault> {
    let Judged { source, cases, plan, from_day } = judged(typed)?;
    db.write(|tx| {
        let now = clock.now();
        let version = PlanVersion {
            id: PlanVersionId(ids::next()),
            name: plan.name.clone(),
            version: plans::next_version(tx)?,
            sha256: sha256(&source, &cases),
            source,
            cases,
            from_day,
            created_at: now,
            created_by: actor.id,
            edited_at: now,
            edited_by: actor.id,
            activated_at: Moment::NEVER,
            activated_by: StaffId(0),
        };
        plans::insert(tx, &version)?;
        note(tx, actor, now, "add-plan-draft", "", &version, &told(&version))?;
        Ok(version)
    })
}

/// Changes a draft. `seen` is the SHA-256 of the text that the writer began with.
///
/// # Errors
/// As for a new one; refused for an activated version, and when somebody else changed the draft meanwhile.
pub fn edit(
    db: &Db,
    clock: &Clock,
    actor: &Actor,
    version: i32,
    seen: &str,
    typed: &Typed,
) -> Result<PlanVersion, ActionFault> {
    let Judged { source, cases, plan, from_day } = judged(typed)?;
    db.write(|tx| {
        let old = plans::get_by_version(tx, version)?;
        refuse_unless_draft(&old, seen)?;
        if (&old.source, &old.cases, old.from_day) == (&source, &cases, from_day) {
            return Ok(old);
        }
        let now = clock.now();
        let new = PlanVersion {
            name: plan.name.clone(),
            sha256: sha256(&source, &cases),
            source,
            cases,
            from_day,
            edited_at: now,
            edited_by: actor.id,
            ..old.clone()
        };
        plans::update_draft(tx, &new, seen)?;
        note(tx, actor, now, "edit-plan-draft", &told(&old), &new, &told(&new))?;
        Ok(new)
    })
}

/// Throws a draft away. `seen` is the SHA-256 of the text that was looked at.
///
/// # Errors
/// Refused for an activated version, and when somebody else changed the draft meanwhile.
pub fn discard(db: &Db, clock: &Clock, actor: &Actor, version: i32, seen: &str) -> Result<(), ActionFault> {
    db.write(|tx| {
        let old = plans::get_by_version(tx, version)?;
        refuse_unless_draft(&old, seen)?;
        plans::delete_draft(tx, old.id, seen)?;
        note(tx, actor, clock.now(), "discard-plan-draft", &told(&old), &old, "")
    })
}

/// The plan of a text, or every fault of it at the field `source`.
pub(super) fn checked(source: &str, file: &str) -> Result<CheckedPlan, ActionFault> {
    CheckedPlan::read(source, file).map_err(|faults| ActionFault::field("source", faults.to_string()))
}

/// Refuses a plan whose cases have faults or do not come out.
pub(super) fn refuse_failing(plan: &CheckedPlan, cases: &str) -> Result<(), ActionFault> {
    if cases.trim().is_empty() {
        return Ok(());
    }
    let report =
        case::test(plan, cases, "plan.cases").map_err(|faults| ActionFault::field("cases", faults.to_string()))?;
    if report.failed == 0 {
        return Ok(());
    }
    Err(ActionFault::refused(format!("The plan does not pass its cases.\n{}", report.text)))
}

/// SHA-256 of a plan file and its cases, in hex; without cases that of the file.
pub(super) fn sha256(source: &str, cases: &str) -> String {
    let mut hash = Sha256::new_with_prefix(source.as_bytes());
    if !cases.is_empty() {
        hash.update([0]);
        hash.update(cases.as_bytes());
    }
    hex(&hash.finalize())
}

/// A version in one line, for the audit log.
pub(super) fn told(version: &PlanVersion) -> String {
    format!("from {}, SHA-256 {}", version.from_day, version.sha256)
}

/// Says in the audit log what became of a version.
pub(super) fn note(
    tx: &mut Conn,
    actor: &Actor,
    at: Moment,
    action: &str,
    before: &str,
    version: &PlanVersion,
    after: &str,
) -> Result<(), ActionFault> {
    let object = format!("{} version {}", version.name, version.version);
    let entry =
        Entry { at, actor, action, object_kind: "plan", object_id: version.id.0, object: &object, before, after };
    Ok(audit::append(tx, &entry)?)
}

/// Refuses what was decided on a text that is no longer the draft's.
pub(super) fn refuse_unless_draft(version: &PlanVersion, seen: &str) -> Result<(), ActionFault> {
    let number = version.version;
    if !version.is_draft() {
        let message = format!("Version {number} is activated and never changes; write a new draft from it");
        return Err(ActionFault::refused(message));
    }
    if version.sha256 == seen {
        return Ok(());
    }
    Err(StoreError::Conflict(format!("plan version {number}")).into())
}

/// What was typed, ready to be stored.
struct Judged {
    source: String,
    cases: String,
    plan: CheckedPlan,
    from_day: Day,
}

/// Whether the cases come out is asked when the draft is activated.
fn judged(typed: &Typed) -> Result<Judged, ActionFault> {
    let (source, cases) = (lines(&typed.source), lines(&typed.cases));
    let mut faults = Vec::new();
    let plan = CheckedPlan::read(&source, "plan.toml");
    if let Err(wrong) = &plan {
        faults.push(FieldFault::new("source", wrong.to_string()));
    }
    let read = |cases| match &plan {
        Ok(plan) => case::read_for(plan, cases, "plan.cases"),
        Err(_) => case::read(cases, "plan.cases"),
    };
    if !cases.is_empty()
        && let Err(wrong) = read(&cases)
    {
        faults.push(FieldFault::new("cases", wrong.to_string()));
    }
    let from_day: Result<Day, _> = typed.from_day.trim().parse();
    if from_day.is_err() {
        faults.push(FieldFault::new("from_day", "Write the day as 2026-12-01"));
    }
    match (plan, from_day) {
        (Ok(plan), Ok(from_day)) if faults.is_empty() => Ok(Judged { source, cases, plan, from_day }),
        _ => Err(ActionFault::Invalid(faults)),
    }
}

/// Browsers send lines that end in two characters; a file has one.
fn lines(typed: &str) -> String {
    let mut text = typed.replace("\r\n", "\n");
    if text.trim().is_empty() {
        return String::new();
    }
    if !text.ends_with('\n') {
        text.push('\n');
    }
    text
}
