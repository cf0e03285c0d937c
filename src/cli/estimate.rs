//! `mainstay run estimate`: what the open periods come to so far.

use serde_json::json;

use super::{Failure, print_json, print_line};
use crate::actions::preview::{self, Estimate, Preview};
use crate::clock::Clock;
use crate::domain::period;
use crate::store::Db;

/// Computes and prints it.
pub fn print(db: &Db, clock: &Clock, as_json: bool) -> Result<(), Failure> {
    let estimate = compute(db, clock)?;
    if as_json {
        let rows: Vec<_> = estimate.previews.iter().map(as_value).collect();
        return print_json(&rows);
    }
    for preview in &estimate.previews {
        let Preview { currency, period: open, .. } = preview;
        let days = period::days(open.first, open.last);
        print_line(format!("{}, {days}, by plan version {}", open.label, preview.plan_version))?;
        for bonus in &preview.bonuses {
            let amount = currency.grouped(bonus.amount_minor);
            print_line(format!("  {:<30} {:>9} members {amount:>16} {currency}", bonus.name, bonus.members))?;
        }
        let (total, payees) = (currency.grouped(preview.total_minor), preview.payees);
        print_line(format!("  {:<30} {payees:>9} members {total:>16} {currency}", "Total so far"))?;
    }
    print_line("An estimate until the runs are committed. Nothing was written.")
}

/// The estimate as of now.
///
/// # Errors
/// Before the set-up and without a plan.
pub(super) fn compute(db: &Db, clock: &Clock) -> Result<Estimate, Failure> {
    let today = db.read(|conn| preview::today(conn, clock))?;
    let today = today.ok_or_else(|| Failure::failed("the company is not set up yet; see `mainstay setup`"))?;
    let estimate = preview::compute(db, today)?;
    if estimate.previews.is_empty() {
        return Err(Failure::failed(format!("no plan applies on {today}; nothing can be estimated")));
    }
    Ok(estimate)
}

fn as_value(preview: &Preview) -> serde_json::Value {
    let plain = |minor| preview.currency.plain(minor);
    let bonuses: Vec<_> = preview
        .bonuses
        .iter()
        .map(|bonus| {
            json!({
                "code": bonus.code, "name": bonus.name, "members": bonus.members, "lines": bonus.lines,
                "amount": plain(bonus.amount_minor),
            })
        })
        .collect();
    json!({
        "period": preview.period.label, "kind": preview.period.kind, "first_day": preview.period.first,
        "last_day": preview.period.last, "plan_version": preview.plan_version, "currency": preview.currency,
        "total": plain(preview.total_minor), "cv": preview.cv.to_decimal().to_string(), "members": preview.payees,
        "bonuses": bonuses,
    })
}
