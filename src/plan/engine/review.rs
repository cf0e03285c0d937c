//! What a reviewer should look at before a run is approved.

use rust_decimal::Decimal;

use crate::domain::member::MemberStatus;
use crate::plan::checked::CheckedPlan;
use crate::plan::result::{Exception, RunResult, Severity};
use crate::plan::snapshot::Snapshot;

/// How many exceptions of one kind are listed one by one.
const LISTED: usize = 25;

/// The exceptions of a run, the weightiest first.
pub fn exceptions(plan: &CheckedPlan, snapshot: &Snapshot, result: &RunResult) -> Vec<Exception> {
    let mut out = Vec::new();
    whole_run(plan, snapshot, result, &mut out);
    list(&mut out, negative_members(snapshot, result), "members end below zero; the balance is carried on");
    list(&mut out, closed_buyers(snapshot), "orders belong to members whose account is not active");
    list(&mut out, unlinked_returns(snapshot), "returns are not linked to an order");
    out
}

fn exception(severity: Severity, code: &'static str, text: String) -> Exception {
    Exception { severity, code, text, member: None, order: None }
}

fn whole_run(plan: &CheckedPlan, snapshot: &Snapshot, result: &RunResult, out: &mut Vec<Exception>) {
    let money = |minor| format!("{} {}", result.currency.grouped(minor), result.currency);
    if plan.valid_from.is_some_and(|day| day > snapshot.period.first) {
        let from = plan.valid_from.unwrap_or(snapshot.period.first);
        let text = format!("The plan is valid from {from}, and the period begins on {}.", snapshot.period.first);
        out.push(exception(Severity::Warning, "plan-not-valid-yet", text));
    }
    let paid = snapshot
        .orders
        .iter()
        .fold(Decimal::ZERO, |sum, order| sum.saturating_add(result.currency.to_decimal(order.amounts.paid_minor)));
    let earned = result.currency.to_decimal(result.total_minor);
    if paid > Decimal::ZERO && earned.saturating_mul(Decimal::TWO) > paid {
        let share = earned.checked_div(paid).unwrap_or_default().saturating_mul(Decimal::ONE_HUNDRED).round_dp(1);
        let text = format!("The run pays {}, which is {share}% of what customers paid.", money(result.total_minor));
        out.push(exception(Severity::Warning, "high-payout", text));
    }
    if result.clawback_minor < 0 {
        let lines = result.lines.iter().filter(|line| line.amount_minor < 0).count();
        let text = format!("{lines} lines take back {} for returned goods.", money(-result.clawback_minor));
        out.push(exception(Severity::Note, "clawbacks", text));
    }
    if result.lines.is_empty() {
        out.push(exception(Severity::Warning, "nobody-paid", "Nobody earns anything in this run.".to_owned()));
    }
    for former in result.bonuses.iter().skip(plan.bonuses.len()) {
        let text = format!("Lines of the bonus “{}” are taken back, which this plan does not have.", former.code);
        out.push(exception(Severity::Note, "former-bonus", text));
    }
}

/// Keeps the first of a kind, and one line for the rest.
fn list(out: &mut Vec<Exception>, found: Vec<Exception>, what: &str) {
    let more = found.len().saturating_sub(LISTED);
    let last = found.last().map(|last| (last.severity, last.code));
    out.extend(found.into_iter().take(LISTED));
    if let Some((severity, code)) = last.filter(|_| more > 0) {
        out.push(exception(severity, code, format!("{more} more {what}.")));
    }
}

fn negative_members(snapshot: &Snapshot, result: &RunResult) -> Vec<Exception> {
    let mut found = Vec::new();
    for (member, given) in result.members.iter().zip(&snapshot.members) {
        if member.earned_minor < 0 {
            let sum = result.currency.grouped(member.earned_minor);
            let text = format!("Member {} ends the period at {sum} {}.", given.number, result.currency);
            found.push(Exception {
                severity: Severity::Warning,
                code: "negative-total",
                text,
                member: Some(member.id),
                order: None,
            });
        }
    }
    found.sort_by(|a, b| a.text.cmp(&b.text));
    found
}

fn closed_buyers(snapshot: &Snapshot) -> Vec<Exception> {
    let closed: std::collections::HashMap<_, _> = snapshot
        .members
        .iter()
        .filter(|member| member.status != MemberStatus::Active)
        .map(|member| (member.id, member))
        .collect();
    let mut found = Vec::new();
    for order in &snapshot.orders {
        if let Some(member) = closed.get(&order.buyer) {
            let text = format!("Order {} belongs to member {}, who is {}.", order.number, member.number, member.status);
            found.push(Exception {
                severity: Severity::Note,
                code: "buyer-not-active",
                text,
                member: Some(member.id),
                order: Some(order.id),
            });
        }
    }
    found.sort_by(|a, b| a.text.cmp(&b.text));
    found
}

fn unlinked_returns(snapshot: &Snapshot) -> Vec<Exception> {
    let mut found = Vec::new();
    for order in &snapshot.orders {
        if order.amounts.cv.0 < 0 || order.amounts.paid_minor < 0 {
            let text =
                format!("{} takes volume away and is not linked to an order of an earlier period.", order.number);
            found.push(Exception {
                severity: Severity::Note,
                code: "negative-order",
                text,
                member: Some(order.buyer),
                order: Some(order.id),
            });
        }
    }
    found.sort_by(|a, b| a.text.cmp(&b.text));
    found
}
