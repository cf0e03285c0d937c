//! A plan and a field from hand-made files: members, orders and what an earlier period left, as CSV.
//! Shared by the commands that need no database.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;

use super::Failure;
use super::carry_file::{BEFORE, carried};
use super::input_file::{PLAN, read_text};
use super::table_file::{self, TableFile};
use crate::domain::calendar::Day;
use crate::domain::country;
use crate::domain::ids::{MemberId, OrderId};
use crate::domain::member::{MemberKind, MemberStatus};
use crate::domain::money::{Rounding, Volume};
use crate::domain::order::OrderType;
use crate::domain::tree::Side;
use crate::plan::fault::suggest;
use crate::plan::{Amounts, CheckedPlan, Measured, Snapshot, SnapshotMember, SnapshotOrder};
use crate::text::shortened;

/// The part of a help text that describes the files.
pub const COLUMNS: &str = "\
The first row of a file names its columns, in any order, separated by commas, semicolons or tabs; only number, member \
and qv must be there. A file is a regular one in UTF-8 of at most 100 MB, a plan of at most 1 MB.
Members: number, sponsor, enroller (the sponsor if empty), kind (distributor), status (active), joined (2020-01-01), \
parent and side (in the placement tree; left, right or 1, 2, 3 …; the first free one if empty), market (a country such as DE), highest_rank, \
forced_rank, person (the member who owns this position), orders_before (how many orders before the period), and every \
attribute of the plan.
Orders: member, qv (0 is written 0), cv (as qv), paid (as cv), wholesale (as paid), day (the first day of the period), type \
(standard), line (of products), number, through (a member besides the buyer: host, stockist), and every measure of the plan. An order with goods of several product lines has one row for each, with the \
same number. Orders of days outside the period are left out and counted.
What is carried from one period to the next (--carry-in, --carry-out): member, key and value, with the keys and numbers \
of “state” and “carry” in cases (docs/plan-cases.md): volumes as points, amounts in minor units, and besides them \
highest_rank and orders_before.";

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

/// When a member joined whose day is not given: 1 January 2020.
const LONG_AGO: Day = Day(18_262);

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
    /// The period: 2026-10-31, 2026-W41, 2026-10-A (its first half), 2026-10, 2026-P10 (four weeks), 2026-Q4, 2026, or
    /// 2026-C05 (a campaign of the plan)
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
    /// Numbers and days of the orders that are of days outside the period.
    pub left_out: Vec<(Box<str>, Day)>,
}

impl Files {
    /// The plan and the field.
    ///
    /// # Errors
    /// Every fault of the plan, or every fault of the other files, each with file and line.
    pub fn read(&self) -> Result<GivenField, Failure> {
        let plan = CheckedPlan::read(&read_text(&self.plan, PLAN)?, &self.plan.display().to_string())?;
        let period = plan.period(&self.period).ok_or_else(|| {
            let message = "is not a period; write a month as 2026-10, a week as 2026-W41; --help names the other kinds";
            Failure::usage(format!("“{}” {message}", shortened(&self.period)))
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
        check_persons(&mut people, &members);
        place_members(&mut people, &mut members);
        let (mut orders, through) = orders(&mut sales, period.first, &plan, &ids);
        let is_in = |order: &SnapshotOrder| period.first <= order.day && order.day <= period.last;
        let outside = orders.iter().filter(|order| !is_in(order));
        let left_out = outside.map(|order| (order.number.clone(), order.day)).collect();
        orders.retain(is_in);
        let mut faults = people.faults();
        faults.append(&mut sales.faults());
        let (state_keys, state) = match &self.carry_in {
            Some(file) => carried(file, &plan, &ids, &mut members, &mut faults)?,
            None => (Vec::new(), Vec::new()),
        };
        if !faults.is_empty() {
            return Err(table_file::failure(faults));
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
            people.fault(row, format!("number: there is a member “{}” in an earlier line", shortened(&number)));
        }
    }
    ids
}

fn id_of(row: usize) -> MemberId {
    MemberId(i64::try_from(row).unwrap_or(i64::MAX).saturating_add(1))
}

/// The member that a cell names, noting a name that nobody has.
pub(super) fn find(
    file: &mut TableFile,
    row: usize,
    column: &str,
    ids: &HashMap<String, MemberId>,
) -> Option<MemberId> {
    let number = file.cell(row, column).to_owned();
    let found = ids.get(&number).copied();
    if found.is_none() && !number.is_empty() {
        file.fault(row, format!("{column}: there is no member “{}”", shortened(&number)));
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
            let (name, wanted) = (&attribute.name, attribute.kind.wanted());
            file.fault(row, format!("{name}: “{}” is not {wanted}", shortened(&value)));
        }
        given.push((place, value));
    }
    given
}

/// The rank that a cell names, noting one that the plan does not have.
pub fn rank(file: &mut TableFile, row: usize, column: &str, plan: &CheckedPlan) -> Option<Box<str>> {
    let code = Some(file.cell(row, column).to_owned()).filter(|code| !code.is_empty())?;
    let known = plan.ranks.iter().map(|rank| rank.code.as_str());
    if known.clone().all(|known| known != code) {
        let help = suggest(&code, known);
        file.fault(row, format!("{column}: the plan has no rank “{}”; {help}", shortened(&code)));
        return None;
    }
    Some(code.into())
}

/// The country of a member.
fn market(file: &mut TableFile, row: usize) -> Box<str> {
    let code = file.cell(row, "market").to_owned();
    if !code.is_empty() && !country::is_code(&code) {
        let help = "write its two capital letters, such as IN";
        file.fault(row, format!("market: “{}” is not the code of a country; {help}", shortened(&code)));
    }
    code.into()
}

/// Who owns a position owns it for itself: a person's own position belongs to nobody else.
fn check_persons(file: &mut TableFile, members: &[SnapshotMember]) {
    let owner = |member: &SnapshotMember| member.person.get().filter(|owner| *owner != member.id);
    let at = |id: MemberId| members.get(usize::try_from(id.0 - 1).ok()?);
    for (row, member) in members.iter().enumerate() {
        let Some(person) = owner(member).and_then(at) else { continue };
        if let Some(other) = owner(person).and_then(at) {
            let (person, other) = (shortened(&person.number), shortened(&other.number));
            let message = format!("person: {person} is itself a position of {other}; name whoever owns the positions");
            file.fault(row, message);
        }
    }
}

/// Gives the first free place to those who name a parent and no side; two on one place are a fault.
fn place_members(file: &mut TableFile, members: &mut [SnapshotMember]) {
    let mut taken: HashMap<(MemberId, u8), usize> = HashMap::new();
    let named = |file: &TableFile, row: usize| !file.cell(row, "side").is_empty();
    for (row, member) in members.iter().enumerate() {
        let Some(place) = member.placement.filter(|_| named(file, row)) else { continue };
        if let Some(other) = taken.insert(place, row) {
            let (other, line) = (shortened(&members[other].number), file.line(other));
            let side = Side(place.1);
            file.fault(row, format!("side: {other} (line {line}) stands at the side {side} of this parent already"));
        }
    }
    for (row, member) in members.iter_mut().enumerate() {
        let Some((parent, _)) = member.placement.filter(|_| !named(file, row)) else { continue };
        match (0..u8::MAX).find(|side| !taken.contains_key(&(parent, *side))) {
            Some(side) => {
                taken.insert((parent, side), row);
                member.placement = Some((parent, side));
            }
            None => file.fault(row, "parent: there is no place left below this one; name another"),
        }
    }
}

fn member(file: &mut TableFile, row: usize, ids: &HashMap<String, MemberId>, plan: &CheckedPlan) -> SnapshotMember {
    let sponsor = find(file, row, "sponsor", ids);
    let enroller = find(file, row, "enroller", ids).or(sponsor);
    let parent = find(file, row, "parent", ids);
    let side: Side = file.value(row, "side", Side(0));
    if parent.is_none() && !file.cell(row, "side").is_empty() {
        file.fault(row, "side: a side needs a parent");
    }
    SnapshotMember {
        id: id_of(row),
        number: file.cell(row, "number").into(),
        kind: file.value(row, "kind", MemberKind::Distributor),
        status: file.value(row, "status", MemberStatus::Active),
        joined: file.value(row, "joined", LONG_AGO),
        enroller: enroller.into(),
        sponsor: sponsor.into(),
        placement: parent.map(|parent| (parent, side.0)),
        highest_rank: rank(file, row, "highest_rank", plan),
        forced_rank: rank(file, row, "forced_rank", plan),
        market: market(file, row),
        person: find(file, row, "person", ids).into(),
        orders_before: file.whole(row, BEFORE, 0),
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
            let message = format!("number: there is an order “{}” in an earlier line", shortened(&order.number));
            file.fault(row, format!("{message}; give each its own number, or each part of one order its own line"));
        }
        if let Some(member) = find(file, row, "through", ids)
            && through.insert(order.id, member).is_some_and(|other| other != member)
        {
            let number = shortened(&order.number);
            file.fault(row, format!("through: an earlier line of order “{number}” names somebody else"));
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
    if file.cell(row, "qv").is_empty() {
        file.fault(row, "qv: every order needs one; write 0 where it has none");
    }
    let qv = file.points(row, "qv", Volume::ZERO);
    let cv = file.points(row, "cv", qv);
    let worth = currency.round(cv.to_decimal(), Rounding::HalfUp).unwrap_or(0);
    let paid_minor = file.money(row, "paid", currency, worth);
    let wholesale_minor = file.money(row, "wholesale", currency, paid_minor);
    let measures: Vec<Volume> =
        plan.measures.iter().map(|name| file.points(row, &name.to_lowercase(), Volume::ZERO)).collect();
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

/// The numbers of members by id.
pub fn numbers(snapshot: &Snapshot) -> HashMap<MemberId, &str> {
    snapshot.members.iter().map(|member| (member.id, &*member.number)).collect()
}
