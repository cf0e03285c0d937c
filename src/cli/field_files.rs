//! A plan and a field from hand-made files: members, orders and what an earlier period left, as CSV.
//! Shared by the commands that need no database.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};

use super::Failure;
use super::plan::read_text;
use super::table_file::TableFile;
use crate::domain::calendar::Day;
use crate::domain::ids::{MemberId, OrderId};
use crate::domain::member::{MemberKind, MemberStatus};
use crate::domain::money::{Rounding, Volume};
use crate::domain::order::OrderType;
use crate::domain::tree::Side;
use crate::plan::{Amounts, CheckedPlan, Measured, RunResult, Snapshot, SnapshotMember, SnapshotOrder, StateEntry};

/// The part of a help text that describes the files.
pub const COLUMNS: &str = "\
The first row of a file names its columns, in any order; only number, member and qv must be there.
Members: number, sponsor, enroller (the sponsor if empty), kind (distributor), status (active), joined (2020-01-01), \
parent and side (in the placement tree; left, right or 1, 2, 3 …), market (a country such as DE), highest_rank, \
forced_rank, person (the member who owns this position), orders_before (how many orders before the period), and every \
attribute of the plan.
Orders: member, qv, cv (as qv), paid (as cv), wholesale (as paid), day (the first day of the period), type \
(standard), line (of products), number, through (a member besides the buyer: host, stockist), and every measure of the plan. An order with goods of several product lines has one row for each, with the \
same number. Orders of days outside the period are left out.";

const MEMBER_COLUMNS: [&str; 13] = [
    "number",
    "sponsor",
    "enroller",
    "kind",
    "status",
    "joined",
    "parent",
    "side",
    "market",
    "highest_rank",
    "forced_rank",
    "person",
    BEFORE,
];
const ORDER_COLUMNS: [&str; 10] =
    ["number", "line", "member", "through", "day", "type", "qv", "cv", "paid", "wholesale"];
const STATE_COLUMNS: [&str; 3] = ["member", "key", "value"];

/// When a member joined whose day is not given: 1 January 2020.
const LONG_AGO: Day = Day(18_262);

/// The key under which the best rank so far is carried beside the engine's own keys.
const HIGHEST: &str = "highest_rank";
/// The same for how many orders a member made so far.
const BEFORE: &str = "orders_before";

/// Which files.
#[derive(Debug, clap::Args)]
pub struct Files {
    /// The plan file
    #[arg(long, value_name = "FILE")]
    pub plan: PathBuf,
    /// The members, as CSV with a header
    #[arg(long, value_name = "FILE")]
    pub members: PathBuf,
    /// The orders, as CSV with a header
    #[arg(long, value_name = "FILE")]
    pub orders: PathBuf,
    /// The period: a month such as 2026-10, or a week such as 2026-W41
    #[arg(long)]
    pub period: String,
    /// What the period before left: a file that --carry-out of `plan try` wrote
    #[arg(long, value_name = "FILE")]
    pub carry_in: Option<PathBuf>,
}

/// What the files say.
pub struct GivenField {
    /// The plan.
    pub plan: CheckedPlan,
    /// The field.
    pub snapshot: Snapshot,
    /// How many orders are of days outside the period.
    pub left_out: usize,
}

impl Files {
    /// The plan and the field.
    ///
    /// # Errors
    /// Every fault of the plan, or every fault of the other files, each with file and line.
    pub fn read(&self) -> Result<GivenField, Failure> {
        let plan = CheckedPlan::read(&read_text(&self.plan)?, &self.plan.display().to_string())?;
        let period = plan.period(&self.period).ok_or_else(|| {
            let message = "is not a period; write a month as 2026-10, a week as 2026-W41";
            Failure::usage(format!("“{}” {message}", self.period))
        })?;
        let column = |name: &str| name.to_lowercase();
        let own: Vec<String> = plan.attributes.iter().map(|attribute| column(&attribute.name)).collect();
        let known: Vec<&str> = MEMBER_COLUMNS.into_iter().chain(own.iter().map(String::as_str)).collect();
        let mut people = TableFile::read(&self.members, &known, &["number"])?;
        let own: Vec<String> = plan.measures.iter().map(|name| column(name)).collect();
        let known: Vec<&str> = ORDER_COLUMNS.into_iter().chain(own.iter().map(String::as_str)).collect();
        let mut sales = TableFile::read(&self.orders, &known, &["member", "qv"])?;
        let ids = ids(&mut people);
        let mut members: Vec<SnapshotMember> =
            (0..people.count()).map(|row| member(&mut people, row, &ids, &plan)).collect();
        let (mut orders, through) = orders(&mut sales, period.first, &plan, &ids);
        let given = orders.len();
        orders.retain(|order| period.first <= order.day && order.day <= period.last);
        let left_out = given - orders.len();
        let mut faults = people.faults();
        faults.append(&mut sales.faults());
        let (state_keys, state) = match &self.carry_in {
            Some(file) => carried(file, &ids, &mut members, &mut faults)?,
            None => (Vec::new(), Vec::new()),
        };
        if !faults.is_empty() {
            return Err(Failure::failed(faults.join("\n")));
        }
        let (currency, takebacks, on_amounts, measures) =
            (plan.currency, Vec::new(), Vec::new(), plan.measures.clone());
        let attributes = plan.attributes.iter().map(|attribute| attribute.name.clone()).collect();
        let snapshot = Snapshot {
            period,
            currency,
            measures,
            attributes,
            members,
            orders,
            through,
            takebacks,
            on_amounts,
            state_keys,
            state,
        };
        Ok(GivenField { plan, snapshot, left_out })
    }
}

/// Members by number; every member needs one of its own.
fn ids(people: &mut TableFile) -> HashMap<String, MemberId> {
    let mut ids: HashMap<String, MemberId> = HashMap::new();
    for row in 0..people.count() {
        let number = people.cell(row, "number").to_owned();
        if number.is_empty() {
            people.fault(row, "number: every member needs one");
        } else if ids.insert(number.clone(), id_of(row)).is_some() {
            people.fault(row, format!("number: there is a member “{number}” in an earlier line"));
        }
    }
    ids
}

fn id_of(row: usize) -> MemberId {
    MemberId(i64::try_from(row).unwrap_or(i64::MAX).saturating_add(1))
}

fn find(file: &mut TableFile, row: usize, column: &str, ids: &HashMap<String, MemberId>) -> Option<MemberId> {
    let number = file.cell(row, column).to_owned();
    let found = ids.get(&number).copied();
    if found.is_none() && !number.is_empty() {
        file.fault(row, format!("{column}: there is no member “{number}”"));
    }
    found
}

/// What a row says about the plan's attributes.
fn attributes(file: &mut TableFile, row: usize, plan: &CheckedPlan) -> Vec<(u16, String)> {
    let mut given = Vec::new();
    for (place, attribute) in (0_u16..).zip(&plan.attributes) {
        let value = file.cell(row, &attribute.name.to_lowercase()).to_owned();
        if value.is_empty() || value == "none" {
            continue;
        }
        if attribute.kind.read(&value, |_| 0).is_none() {
            file.fault(row, format!("{}: “{value}” is not {}", attribute.name, attribute.kind.wanted()));
        }
        given.push((place, value));
    }
    given
}

fn member(file: &mut TableFile, row: usize, ids: &HashMap<String, MemberId>, plan: &CheckedPlan) -> SnapshotMember {
    let sponsor = find(file, row, "sponsor", ids);
    let enroller = find(file, row, "enroller", ids).or(sponsor);
    let parent = find(file, row, "parent", ids);
    let side: Side = file.value(row, "side", Side(0));
    if parent.is_none() && !file.cell(row, "side").is_empty() {
        file.fault(row, "side: a side needs a parent");
    }
    let some = |text: &str| (!text.is_empty()).then(|| text.into());
    SnapshotMember {
        id: id_of(row),
        number: file.cell(row, "number").into(),
        kind: file.value(row, "kind", MemberKind::Distributor),
        status: file.value(row, "status", MemberStatus::Active),
        joined: file.value(row, "joined", LONG_AGO),
        enroller: enroller.into(),
        sponsor: sponsor.into(),
        placement: parent.map(|parent| (parent, side.0)),
        highest_rank: some(file.cell(row, "highest_rank")),
        forced_rank: some(file.cell(row, "forced_rank")),
        market: file.cell(row, "market").into(),
        person: find(file, row, "person", ids).into(),
        orders_before: file.value(row, BEFORE, 0),
        attributes: attributes(file, row, plan).into(),
    }
}

/// The orders, and through whom they came.
fn orders(
    file: &mut TableFile,
    first: Day,
    plan: &CheckedPlan,
    ids: &HashMap<String, MemberId>,
) -> (Vec<SnapshotOrder>, BTreeMap<OrderId, MemberId>) {
    let mut through = BTreeMap::new();
    let mut known: HashMap<(Box<str>, Box<str>), usize> = HashMap::new();
    let mut numbers: HashMap<Box<str>, OrderId> = HashMap::new();
    let mut out = Vec::with_capacity(file.count());
    for row in 0..file.count() {
        let mut order = order(file, row, first, plan, ids);
        let next = OrderId(i64::try_from(row).unwrap_or(i64::MAX));
        order.id = *numbers.entry(order.number.clone()).or_insert(next);
        if known.insert((order.number.clone(), order.line.clone()), row).is_some() {
            let message = format!("number: there is an order “{}” in an earlier line", order.number);
            file.fault(row, format!("{message}; give each its own number, or each part of one order its own line"));
        }
        if let Some(member) = find(file, row, "through", ids)
            && through.insert(order.id, member).is_some_and(|other| other != member)
        {
            file.fault(row, format!("through: an earlier line of order “{}” names somebody else", order.number));
        }
        out.push(order);
    }
    (out, through)
}

fn order(
    file: &mut TableFile,
    row: usize,
    first: Day,
    plan: &CheckedPlan,
    ids: &HashMap<String, MemberId>,
) -> SnapshotOrder {
    let currency = plan.currency;
    let number = file.cell(row, "number").to_owned();
    let buyer = find(file, row, "member", ids);
    if buyer.is_none() && file.cell(row, "member").is_empty() {
        file.fault(row, "member: every order needs one");
    }
    let qv = file.value(row, "qv", Volume::ZERO);
    let cv: Volume = file.value(row, "cv", qv);
    let worth = currency.round(cv.to_decimal(), Rounding::HalfUp).unwrap_or(0);
    let paid_minor = file.money(row, "paid", currency, worth);
    let wholesale_minor = file.money(row, "wholesale", currency, paid_minor);
    let measures: Vec<Volume> =
        plan.measures.iter().map(|name| file.value(row, &name.to_lowercase(), Volume::ZERO)).collect();
    SnapshotOrder {
        id: OrderId(0),
        number: if number.is_empty() { format!("{}", row + 1) } else { number }.into(),
        line: file.cell(row, "line").into(),
        buyer: buyer.unwrap_or(MemberId(0)),
        day: file.value(row, "day", first),
        order_type: file.value(row, "type", OrderType::Standard),
        amounts: Amounts { qv, cv, paid_minor, wholesale_minor },
        measures: Measured::new(measures),
    }
}

/// What an earlier period left: state by key, and the best ranks so far.
fn carried(
    name: &Path,
    ids: &HashMap<String, MemberId>,
    members: &mut [SnapshotMember],
    faults: &mut Vec<String>,
) -> Result<(Vec<String>, Vec<StateEntry>), Failure> {
    let mut file = TableFile::read(name, &STATE_COLUMNS, &STATE_COLUMNS)?;
    let mut keys: Vec<String> = (0..file.count())
        .map(|row| file.cell(row, "key").to_owned())
        .filter(|key| ![HIGHEST, BEFORE].contains(&key.as_str()))
        .collect();
    keys.sort();
    keys.dedup();
    let mut state = Vec::new();
    for row in 0..file.count() {
        let Some(member) = find(&mut file, row, "member", ids) else { continue };
        if file.cell(row, "key") == HIGHEST {
            let rank = file.cell(row, "value").to_owned();
            let known = members.iter_mut().find(|known| known.id == member);
            if let Some(known) = known.filter(|known| known.highest_rank.is_none()) {
                known.highest_rank = Some(rank.into());
            }
            continue;
        }
        if file.cell(row, "key") == BEFORE {
            let before = file.value(row, "value", 0);
            let known = members.iter_mut().find(|known| known.id == member);
            known.into_iter().filter(|known| known.orders_before == 0).for_each(|known| known.orders_before = before);
            continue;
        }
        let place = keys.binary_search_by(|key| key.as_str().cmp(file.cell(row, "key")));
        let key = place.ok().and_then(|place| u16::try_from(place).ok()).unwrap_or_default();
        let value = file.cell(row, "value").parse();
        if value.is_err() {
            let message = format!("value: “{}” is not a whole number", file.cell(row, "value"));
            file.fault(row, message);
        }
        state.push(StateEntry { member, key, value: value.unwrap_or(0) });
    }
    faults.append(&mut file.faults());
    Ok((keys, state))
}

/// Writes what the next period must know, as `--carry-in` reads it.
pub fn write_carry(name: &Path, snapshot: &Snapshot, result: &RunResult) -> Result<(), Failure> {
    let numbers = numbers(snapshot);
    let mut rows: Vec<[String; 3]> = Vec::new();
    for (member, found) in snapshot.members.iter().zip(&result.members) {
        if let Some(rank) = found.highest_rank {
            rows.push([member.number.to_string(), HIGHEST.to_owned(), result.ranks[usize::from(rank)].code.clone()]);
        }
    }
    let mut made: HashMap<MemberId, HashSet<&str>> = HashMap::new();
    for order in &snapshot.orders {
        made.entry(order.buyer).or_default().insert(&order.number);
    }
    for member in &snapshot.members {
        let now = made.get(&member.id).map_or(0, HashSet::len);
        let ever = u64::from(member.orders_before).saturating_add(now as u64);
        if ever > 0 {
            rows.push([member.number.to_string(), BEFORE.to_owned(), ever.to_string()]);
        }
    }
    for entry in &result.state {
        let key = result.state_keys[usize::from(entry.key)].clone();
        rows.push([numbers[&entry.member].to_owned(), key, entry.value.to_string()]);
    }
    rows.sort();
    let fault = |fault: csv::Error| Failure::failed(format!("{} cannot be written: {fault}", name.display()));
    let mut writer = csv::Writer::from_path(name).map_err(fault)?;
    writer.write_record(STATE_COLUMNS).map_err(fault)?;
    rows.iter().try_for_each(|row| writer.write_record(row)).map_err(fault)?;
    Ok(writer.flush()?)
}

/// The numbers of members by id.
pub fn numbers(snapshot: &Snapshot) -> HashMap<MemberId, &str> {
    snapshot.members.iter().map(|member| (member.id, &*member.number)).collect()
}
