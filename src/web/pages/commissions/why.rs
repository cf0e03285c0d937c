//! Why one amount: order, rule, qualification, amount, and how the volume climbed.

use std::collections::HashMap;

use askama::Template;
use rocket::State;
use rust_decimal::Decimal;

use super::show::Head;
use crate::domain::ids::{LineId, MemberId};
use crate::plan::{BaseKind, CheckedPlan, PassedReason, read_passed};
use crate::store::lines::Line;
use crate::store::members::Member;
use crate::store::orders::Order;
use crate::store::runs::{RunMember, RunTotal};
use crate::store::{Conn, StoreError, StoreResult, lines, members, orders, plans, runs};
use crate::web::App;
use crate::web::guards::{Signed, View};
use crate::web::reply::{Fault, Page};
use crate::web::view::{Shell, filters};

/// One stop on the way up.
struct Stop {
    member: Option<Member>,
    number: String,
    text: String,
    is_passed: bool,
    is_here: bool,
}

/// What the page tells.
struct Story {
    head: Head,
    line: Line,
    member: Member,
    from: Option<Member>,
    order: Option<Order>,
    total: Option<RunTotal>,
    standing: Option<RunMember>,
    because: String,
    rounding: String,
    point_value: String,
    exact: String,
    original: Option<Line>,
    stops: Vec<Stop>,
}

#[derive(Template)]
#[template(path = "web/commissions/why.html")]
struct Why {
    shell: Shell,
    story: Story,
}

#[rocket::get("/commissions/<number>/lines/<line>")]
pub async fn show(who: Signed<View>, app: &State<App>, number: String, line: i64) -> Result<Page, Fault> {
    let me = who.staff.id;
    let story = app
        .blocking(move |app| {
            app.db.read(|c| {
                let head = Head::load(c, &number, me)?;
                let found = lines::find(c, LineId(line))?.filter(|found| found.run_id == head.run.id);
                let line = found.ok_or_else(|| StoreError::not_found("line", line))?;
                tell(c, head, line)
            })
        })
        .await?;
    Page::of(&Why { shell: who.shell, story })
}

fn tell(conn: &mut Conn, head: Head, line: Line) -> StoreResult<Story> {
    let member = members::get(conn, line.member_id)?;
    let from = if line.from_member_id.0 == 0 { None } else { Some(members::get(conn, line.from_member_id)?) };
    let order = if line.order_id.0 == 0 { None } else { Some(orders::get(conn, line.order_id)?) };
    let total = runs::list_totals(conn, head.run.id)?.into_iter().find(|total| total.bonus == line.bonus);
    let standing = runs::find_member(conn, head.run.id, line.member_id)?;
    let original = if line.original_line_id.0 == 0 { None } else { lines::find(conn, line.original_line_id)? };
    let version = plans::get(conn, head.run.plan_version_id)?;
    let plan = CheckedPlan::read(&version.source, &version.name)
        .map_err(|faults| StoreError::Corrupt(format!("the plan of run {}: {faults}", head.run.number)))?;
    let exact = exact(&line, &plan).unwrap_or_else(|| head.run.currency.plain(line.amount_minor));
    let stops = climb(conn, &head, &line, from.as_ref())?;
    Ok(Story {
        because: line.because.clone(),
        rounding: plan.rounding.as_str().to_owned(),
        point_value: plan.point_value.normalize().to_string(),
        head,
        line,
        member,
        from,
        order,
        total,
        standing,
        exact,
        original,
        stops,
    })
}

/// The amount before it was rounded; `None` where it is a sum of its own and not worked out from a base.
fn exact(line: &Line, plan: &CheckedPlan) -> Option<String> {
    let kind: BaseKind = line.base_kind.parse().ok().filter(|kind| *kind != BaseKind::Fixed)?;
    let product = kind.to_decimal(line.base, plan.currency).checked_mul(line.rate.parse().ok()?)?;
    let value = if kind.is_volume() { plan.point_value } else { Decimal::ONE };
    Some(product.checked_mul(value)?.normalize().to_string())
}

/// The buyer, whoever was passed over, and everybody whom the same source paid, from below to above.
fn climb(conn: &mut Conn, head: &Head, line: &Line, from: Option<&Member>) -> StoreResult<Vec<Stop>> {
    let Some(from) = from else { return Ok(Vec::new()) };
    let all = lines::list_beside(conn, line, 50)?;
    let mut passed: Vec<String> = Vec::new();
    let mut stops = vec![Stop {
        member: Some(from.clone()),
        number: from.number.clone(),
        text: format!("the source, {}", head.base_text(line)),
        is_passed: false,
        is_here: false,
    }];
    let earners: HashMap<MemberId, Member> =
        members::list_by_ids(conn, &all.iter().map(|l| l.member_id).collect::<Vec<_>>())?
            .into_iter()
            .map(|m| (m.id, m))
            .collect();
    for paid in &all {
        for (number, reason, used) in read_passed(&paid.passed) {
            if !passed.contains(&number) {
                stops.push(Stop {
                    member: members::find_by_number(conn, &number)?,
                    text: passed_text(reason, used),
                    is_passed: true,
                    is_here: false,
                    number: number.clone(),
                });
                passed.push(number);
            }
        }
        let amount = format!("{} {}", head.run.currency.grouped(paid.amount_minor), head.run.currency);
        let member = earners.get(&paid.member_id).cloned();
        stops.push(Stop {
            number: member.as_ref().map(|m| m.number.clone()).unwrap_or_default(),
            member,
            text: if paid.level > 0 { format!("level {}, {amount}", paid.level) } else { amount },
            is_passed: false,
            is_here: paid.id == line.id,
        });
    }
    Ok(stops)
}

fn passed_text(reason: PassedReason, used_level: bool) -> String {
    let reason = match reason {
        PassedReason::NotEarning => "not an earning account",
        PassedReason::NotActive => "not active in the period",
        PassedReason::RankTooLow => "paid rank earns nothing here",
        PassedReason::NotQualified => "a condition of the bonus was not met",
    };
    let level = if used_level { ", the level is lost" } else { ", passed over" };
    format!("{reason}{level}")
}
