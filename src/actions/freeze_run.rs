//! Freezes a period: copies every input of a run, stores it with its hash, and closes the period to
//! further orders. From here on nothing that happens in the field changes the run.

use std::collections::HashMap;
use std::io::Write;

use super::{ActionFault, company, snapshot};
use crate::clock::Clock;
use crate::domain::calendar::{Day, Moment};
use crate::domain::ids::{MemberId, PeriodId, RunId, StaffId};
use crate::domain::money::{Currency, Volume};
use crate::domain::run::{PeriodStatus, RunStatus};
use crate::domain::staff::Actor;
use crate::domain::tree::TreeKind;
use crate::plan::{CheckedPlan, PeriodSpan, Snapshot, both, place_members};
use crate::store::audit::{self, Entry};
use crate::store::links::{self, Link};
use crate::store::periods::{self, Period};
use crate::store::runs::{self, Run};
use crate::store::{Conn, Db, StoreError, ids, orders, plans};
use crate::text::hex;

/// Freezes the period of a label such as `2026-10` or `2026-W44` and returns the run.
///
/// # Errors
/// Refused when the period is not over, is committed, has a run under way, lies before a closed one,
/// when an earlier run is still under way, when no plan applies, or when the plan is not run over such periods.
pub fn freeze_run(db: &Db, clock: &Clock, actor: &Actor, label: &str) -> Result<Run, ActionFault> {
    db.write(|tx| {
        orders::lock_all(tx)?;
        links::lock_trees(tx)?;
        let company = company::load(tx)?;
        let period = open_period(tx, label)?;
        let today = company.zone.day_of(clock.now());
        if period.last_day >= today {
            let message =
                format!("The period {label} ends on {}; it can be frozen from the day after", period.last_day);
            return Err(ActionFault::refused(message));
        }
        refuse_out_of_order(tx, &period)?;
        let version = plans::find_in_force(tx, period.last_day)?.ok_or_else(|| {
            ActionFault::refused(format!(
                "No plan applies on {}; add a plan version that begins by then",
                period.last_day
            ))
        })?;
        let plan = CheckedPlan::read(&version.source, &version.name)
            .map_err(|faults| ActionFault::refused(faults.to_string()))?;
        refuse_other_plans(&plan, &period, company.currency)?;
        let mut input = snapshot::load(tx, &period, company.currency)?;
        place(tx, &plan, &mut input)?;
        let (hash, bytes) = both(2, || input.hash(), || packed(&input.to_bytes()));
        let attempt = runs::list_of_period(tx, period.id)?.len() + 1;
        let run = Run {
            number: format!("R-{label}-{attempt}"),
            plan_version_id: version.id,
            input_hash: hex(&hash),
            member_count: count(input.members.len()),
            order_count: count(input.orders.len()),
            frozen_at: clock.now(),
            frozen_by: actor.id,
            ..blank(period.id, company.currency)
        };
        runs::insert(tx, &run).map_err(|fault| match fault {
            StoreError::Taken(_) => {
                ActionFault::refused(format!("The period {label} has a run already; discard it first"))
            }
            other => other.into(),
        })?;
        runs::insert_input(tx, run.id, &bytes?)?;
        periods::update_status(tx, period.id, PeriodStatus::Open, PeriodStatus::Frozen)?;
        audit::append(
            tx,
            &Entry {
                at: clock.now(),
                actor,
                action: "freeze-run",
                object_kind: "run",
                object_id: run.id.0,
                object: &run.number,
                before: "",
                after: &format!(
                    "{} members, {} orders, plan {} version {}, input {}",
                    run.member_count, run.order_count, version.name, version.version, run.input_hash
                ),
            },
        )?;
        Ok(run)
    })
}

/// A plan is run over the kinds of periods that it names and no others, which would pay the same orders once more.
fn refuse_other_plans(plan: &CheckedPlan, period: &Period, currency: Currency) -> Result<(), ActionFault> {
    if plan.currency != currency {
        let message = format!("The plan pays in {}, the company keeps its books in {currency}", plan.currency);
        return Err(ActionFault::refused(message));
    }
    let kinds = plan.period_kinds();
    if !kinds.contains(&period.kind) {
        let names: Vec<&str> = kinds.iter().map(|kind| kind.words().1).collect();
        let message = format!(
            "{} is of the kind “{}”, and the plan “{}” is run over {} only",
            period.label,
            period.kind,
            plan.name,
            names.join(" and "),
        );
        return Err(ActionFault::refused(message));
    }
    Ok(())
}

/// Gives a place in the placement tree to everybody without one, where the plan does so; the places stay.
fn place(tx: &mut Conn, plan: &CheckedPlan, input: &mut Snapshot) -> Result<(), ActionFault> {
    let placed = place_members(plan, input).map_err(|fault| ActionFault::refused(fault.to_string()))?;
    let joined: HashMap<MemberId, Day> = input.members.iter().map(|member| (member.id, member.joined)).collect();
    let links = placed.into_iter().map(|(member, parent, side)| Link {
        side: i32::from(side),
        ..Link::new(TreeKind::Placement, member, parent, joined.get(&member).copied().unwrap_or(input.period.first))
    });
    links::insert(tx, &links.collect::<Vec<_>>())?;
    Ok(())
}

/// The period of the label, made where it is missing; refused unless it is open.
fn open_period(tx: &mut Conn, label: &str) -> Result<Period, ActionFault> {
    let PeriodSpan { kind, first, last, .. } = named(tx, label)?.ok_or_else(|| {
        ActionFault::field("period", format!("“{label}” is not a period; write a month as 2026-10, a week as 2026-W44"))
    })?;
    let new = Period {
        id: PeriodId(ids::next()),
        kind,
        label: label.to_owned(),
        first_day: first,
        last_day: last,
        status: PeriodStatus::Open,
    };
    periods::insert_missing(tx, &new)?;
    let period = periods::find_by_label(tx, kind, label)?.ok_or_else(|| StoreError::not_found("period", label))?;
    match period.status {
        PeriodStatus::Open => Ok(period),
        PeriodStatus::Frozen => {
            Err(ActionFault::refused(format!("The period {label} has a run under way; discard it first")))
        }
        PeriodStatus::Committed => {
            Err(ActionFault::refused(format!("The period {label} is committed; corrections go into the open period")))
        }
    }
}

/// What a label names in the calendar of the plan that applies on its last day; in the usual one where no plan applies.
fn named(tx: &mut Conn, label: &str) -> Result<Option<PeriodSpan>, ActionFault> {
    for version in plans::list(tx)?.into_iter().filter(|version| !version.is_draft()) {
        let Ok(plan) = CheckedPlan::read(&version.source, &version.name) else { continue };
        let Some(span) = plan.period(label) else { continue };
        if plans::find_in_force(tx, span.last)?.is_some_and(|found| found.id == version.id) {
            return Ok(Some(span));
        }
    }
    // Where no plan applies, or one that cannot be read, the freezing says so.
    let Some(span) = PeriodSpan::of_label(label) else { return Ok(None) };
    let version = plans::find_in_force(tx, span.last)?;
    let silent = version.is_none_or(|version| CheckedPlan::read(&version.source, &version.name).is_err());
    Ok(Some(span).filter(|_| silent))
}

/// Runs only go forward: titles and clawbacks of a period rest on the committed ones before it.
fn refuse_out_of_order(tx: &mut Conn, period: &Period) -> Result<(), ActionFault> {
    for other in periods::list(tx)? {
        if other.status == PeriodStatus::Frozen {
            let message = format!("The run over {} is still under way; commit or discard it first", other.label);
            return Err(ActionFault::refused(message));
        }
        if other.status == PeriodStatus::Committed && other.kind == period.kind && other.last_day > period.last_day {
            let message = format!("{} is committed already; a period before it can't be run any more", other.label);
            return Err(ActionFault::refused(message));
        }
    }
    Ok(())
}

fn blank(period_id: PeriodId, currency: Currency) -> Run {
    let nobody = StaffId(0);
    Run {
        id: RunId(ids::next()),
        number: String::new(),
        period_id,
        plan_version_id: crate::domain::ids::PlanVersionId(0),
        status: RunStatus::Frozen,
        currency,
        input_hash: String::new(),
        result_hash: String::new(),
        member_count: 0,
        order_count: 0,
        line_count: 0,
        payee_count: 0,
        exception_count: 0,
        cv: Volume::ZERO,
        earned_minor: 0,
        clawback_minor: 0,
        breakage_minor: 0,
        frozen_at: Moment::NEVER,
        frozen_by: nobody,
        calculated_at: Moment::NEVER,
        reviewed_at: Moment::NEVER,
        reviewed_by: nobody,
        approved_at: Moment::NEVER,
        approved_by: nobody,
        committed_at: Moment::NEVER,
        committed_by: nobody,
        discarded_at: Moment::NEVER,
        discarded_by: nobody,
    }
}

/// A length as the database counts.
pub(super) fn count(length: usize) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}

/// The bytes, smaller.
pub(super) fn packed(bytes: &[u8]) -> Result<Vec<u8>, ActionFault> {
    let fault = |e: std::io::Error| StoreError::Corrupt(format!("bytes could not be packed: {e}"));
    let mut packer = flate2::write::ZlibEncoder::new(Vec::with_capacity(bytes.len() / 3), flate2::Compression::fast());
    packer.write_all(bytes).map_err(fault)?;
    Ok(packer.finish().map_err(fault)?)
}

/// The bytes that [`packed`] took.
pub(super) fn unpacked(bytes: &[u8]) -> Result<Vec<u8>, ActionFault> {
    let mut out = Vec::with_capacity(bytes.len() * 3);
    let mut unpacker = flate2::write::ZlibDecoder::new(&mut out);
    let done = unpacker.write_all(bytes).and_then(|()| unpacker.finish().map(|_| ()));
    done.map_err(|e| StoreError::Corrupt(format!("the frozen input could not be unpacked: {e}")))?;
    Ok(out)
}
