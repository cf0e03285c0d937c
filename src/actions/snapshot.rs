//! Builds the frozen input of a run from the database: members and trees as of the last day of the
//! period, the orders that count net of returns, what earlier runs remembered, and the committed
//! lines that returns take back.

use std::collections::{BTreeMap, HashMap, HashSet};

use rust_decimal::Decimal;

use crate::domain::ids::{LineId, MemberId, OrderId};
use crate::domain::money::{Currency, Volume};
use crate::domain::order::OrderKind;
use crate::domain::run::RunStatus;
use crate::domain::tree::TreeKind;
use crate::plan::{Amounts, OriginalLine, PeriodSpan, Snapshot, SnapshotMember, SnapshotOrder, StateEntry, Takeback};
use crate::store::lines::{self, Line};
use crate::store::orders::{self, Order, OrderLine};
use crate::store::periods::{self, Period};
use crate::store::{Conn, StoreError, StoreResult, links, members, runs};

/// Reads everything that a run over the period needs.
pub(super) fn load(conn: &mut Conn, period: &Period, currency: Currency) -> StoreResult<Snapshot> {
    let counted = orders::list_counted(conn, period.first_day, period.last_day)?;
    let returned = orders::list_returned_lines(conn, period.first_day, period.last_day)?;
    let (orders, takebacks) = net_of_returns(conn, period, counted, returned)?;
    let (state_keys, state) = remembered(conn)?;
    Ok(Snapshot {
        period: PeriodSpan {
            label: period.label.clone(),
            kind: period.kind,
            first: period.first_day,
            last: period.last_day,
        },
        currency,
        members: people(conn, period, &orders)?,
        orders,
        takebacks,
        state_keys,
        state,
    })
}

/// Everybody enrolled by the last day, and whoever their orders and links need besides.
fn people(conn: &mut Conn, period: &Period, orders: &[SnapshotOrder]) -> StoreResult<Vec<SnapshotMember>> {
    let mut parents: HashMap<MemberId, [Option<(MemberId, i32)>; 3]> = HashMap::new();
    for (tree, member, parent, side) in links::list_as_of(conn, period.last_day)? {
        parents.entry(member).or_default()[tree as usize] = Some((parent, side));
    }
    let all = members::list_all(conn)?;
    let mut wanted: HashSet<MemberId> =
        all.iter().filter(|member| member.joined_on <= period.last_day).map(|member| member.id).collect();
    let mut open: Vec<MemberId> = wanted.iter().copied().chain(orders.iter().map(|order| order.buyer)).collect();
    while let Some(member) = open.pop() {
        let above = parents.get(&member).into_iter().flatten().flatten();
        open.extend(above.map(|(parent, _)| *parent).filter(|parent| wanted.insert(*parent)));
        wanted.insert(member);
    }
    Ok(all
        .into_iter()
        .filter(|member| wanted.contains(&member.id))
        .map(|member| {
            let above = parents.get(&member.id).copied().unwrap_or_default();
            SnapshotMember {
                id: member.id,
                number: member.number,
                kind: member.kind,
                status: member.status,
                joined: member.joined_on,
                enroller: above[TreeKind::Enroller as usize].map(|(parent, _)| parent),
                sponsor: above[TreeKind::Sponsor as usize].map(|(parent, _)| parent),
                placement: above[TreeKind::Placement as usize]
                    .map(|(parent, side)| (parent, u8::try_from(side).unwrap_or(u8::MAX))),
                highest_rank: (!member.highest_rank.is_empty()).then_some(member.highest_rank),
                forced_rank: None,
                market: member.country,
                person: None,
            }
        })
        .collect())
}

/// What the run remembered that was committed last, over whatever period: runs over weeks and over months hand
/// it on to each other.
fn remembered(conn: &mut Conn) -> StoreResult<(Vec<String>, Vec<StateEntry>)> {
    let committed = runs::list(conn)?.into_iter().filter(|run| run.status == RunStatus::Committed);
    let Some(run) = committed.max_by_key(|run| (run.committed_at, run.id)) else {
        return Ok((Vec::new(), Vec::new()));
    };
    let rows = runs::list_state(conn, run.id)?;
    let keys: BTreeMap<&str, u16> = rows.iter().map(|row| (row.key.as_str(), 0)).collect();
    let keys: BTreeMap<&str, u16> = keys.into_keys().zip(0..).collect();
    let state = rows
        .iter()
        .map(|row| StateEntry { member: row.member_id, key: keys[row.key.as_str()], value: row.value })
        .collect();
    Ok((keys.keys().map(ToString::to_string).collect(), state))
}

fn amounts_of(order: &Order) -> Amounts {
    Amounts { qv: order.qv, cv: order.cv, paid_minor: order.paid_minor, wholesale_minor: order.wholesale_minor }
}

/// Adds (`sign` 1) or takes off (`sign` −1) a line.
fn add(sum: &mut Amounts, line: &OrderLine, sign: i64) -> StoreResult<()> {
    let plus = |a: i64, b: i64| {
        b.checked_mul(sign)
            .and_then(|b| a.checked_add(b))
            .ok_or_else(|| StoreError::Corrupt("order amounts overflow".to_owned()))
    };
    sum.qv = Volume(plus(sum.qv.0, line.qv.0)?);
    sum.cv = Volume(plus(sum.cv.0, line.cv.0)?);
    sum.paid_minor = plus(sum.paid_minor, line.amount_minor)?;
    sum.wholesale_minor = plus(sum.wholesale_minor, line.wholesale_minor)?;
    Ok(())
}

/// Goods that came back within the period just no longer count; goods of an earlier period become takebacks.
fn net_of_returns(
    conn: &mut Conn,
    period: &Period,
    counted: Vec<Order>,
    returned: Vec<OrderLine>,
) -> StoreResult<(Vec<SnapshotOrder>, Vec<Takeback>)> {
    let (sales, returns): (Vec<Order>, Vec<Order>) =
        counted.into_iter().partition(|order| order.kind == OrderKind::Sale);
    let mut net: HashMap<OrderId, Amounts> = sales.iter().map(|order| (order.id, amounts_of(order))).collect();
    let mut unlinked: HashMap<OrderId, Amounts> = HashMap::new();
    let mut later: BTreeMap<(OrderId, OrderId), Amounts> = BTreeMap::new();
    let returns_by_id: HashMap<OrderId, &Order> = returns.iter().map(|order| (order.id, order)).collect();
    for line in returned.iter().filter(|line| returns_by_id.contains_key(&line.order_id)) {
        if line.original_order_id.0 == 0 {
            add(unlinked.entry(line.order_id).or_default(), line, 1)?;
        } else if let Some(amounts) = net.get_mut(&line.original_order_id) {
            add(amounts, line, 1)?;
        } else {
            add(later.entry((line.order_id, line.original_order_id)).or_default(), line, -1)?;
        }
    }
    let mut orders: Vec<SnapshotOrder> = sales
        .iter()
        .map(|order| snapshot_order(order, net[&order.id]))
        .filter(|o| o.amounts != Amounts::default())
        .collect();
    orders.extend(unlinked.into_iter().map(|(id, amounts)| snapshot_order(returns_by_id[&id], amounts)));
    let takebacks = takebacks(conn, period, &returns_by_id, later)?;
    Ok((orders, takebacks))
}

fn snapshot_order(order: &Order, amounts: Amounts) -> SnapshotOrder {
    SnapshotOrder {
        id: order.id,
        number: order.number.clone(),
        line: String::new(),
        buyer: order.member_id,
        day: order.commission_on,
        order_type: order.order_type,
        amounts,
    }
}

fn takebacks(
    conn: &mut Conn,
    period: &Period,
    returns: &HashMap<OrderId, &Order>,
    later: BTreeMap<(OrderId, OrderId), Amounts>,
) -> StoreResult<Vec<Takeback>> {
    let ids: Vec<OrderId> = later.keys().map(|(_, original)| *original).collect::<HashSet<_>>().into_iter().collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let originals: HashMap<OrderId, Order> = orders::list_by_ids(conn, &ids)?.into_iter().map(|o| (o.id, o)).collect();
    // What came back in the original's own period was never paid; what came back since counts as taken.
    let mut before: HashMap<OrderId, Amounts> = HashMap::new();
    let mut never_paid: HashMap<OrderId, Amounts> = HashMap::new();
    let own_periods = closed_periods(conn)?;
    for (day, line) in orders::list_lines_returning(conn, &ids)?.iter().filter(|(day, _)| *day < period.first_day) {
        let original = &originals[&line.original_order_id];
        let same = own_periods.iter().any(|p| covers(p, original) && p.first_day <= *day && *day <= p.last_day);
        let sums = if same { &mut never_paid } else { &mut before };
        add(sums.entry(line.original_order_id).or_default(), line, -1)?;
    }
    let mut paid = paid_lines(conn, &ids)?;
    later
        .into_iter()
        .filter_map(|((return_id, original_id), now)| {
            let (order, original) = (returns.get(&return_id)?, originals.get(&original_id)?);
            let lines = paid.get_mut(&original_id).map(|lines| lines.clone()).unwrap_or_default();
            let less = never_paid.get(&original_id).copied().unwrap_or_default();
            let total = amounts_of(original);
            Some(Ok(Takeback {
                return_order: return_id,
                return_number: order.number.clone(),
                day: order.commission_on,
                original_order: original_id,
                original_number: original.number.clone(),
                buyer: original.member_id,
                order_type: original.order_type,
                before: before.get(&original_id).copied().unwrap_or_default(),
                now,
                total: Amounts {
                    qv: Volume(total.qv.0 - less.qv.0),
                    cv: Volume(total.cv.0 - less.cv.0),
                    paid_minor: total.paid_minor - less.paid_minor,
                    wholesale_minor: total.wholesale_minor - less.wholesale_minor,
                },
                lines,
            }))
        })
        .collect()
}

/// Whether the order counts in the period.
fn covers(period: &Period, order: &Order) -> bool {
    period.first_day <= order.commission_on && order.commission_on <= period.last_day
}

fn closed_periods(conn: &mut Conn) -> StoreResult<Vec<Period>> {
    use crate::domain::run::PeriodStatus;
    Ok(periods::list(conn)?.into_iter().filter(|period| period.status != PeriodStatus::Open).collect())
}

/// For each order the committed lines paid on it, and the lines that the same run paid on the amounts
/// of their earners.
fn paid_lines(conn: &mut Conn, ids: &[OrderId]) -> StoreResult<HashMap<OrderId, Vec<OriginalLine>>> {
    let direct = lines::list_committed_of_orders(conn, ids)?;
    let mut earners: BTreeMap<_, HashSet<MemberId>> = BTreeMap::new();
    for line in &direct {
        earners.entry(line.run_id).or_default().insert(line.member_id);
    }
    let mut matches: HashMap<_, Vec<Line>> = HashMap::new();
    for (run, members) in earners {
        let members: Vec<MemberId> = members.into_iter().collect();
        for line in lines::list_on_amounts_of(conn, run, &members)? {
            matches.entry((run, line.from_member_id)).or_default().push(line);
        }
    }
    let every: Vec<LineId> = direct.iter().chain(matches.values().flatten()).map(|line| line.id).collect();
    let taken: HashMap<LineId, (i64, i64)> =
        lines::list_taken_back(conn, &every)?.into_iter().map(|(id, base, amount)| (id, (base, amount))).collect();
    let mut paid: HashMap<OrderId, Vec<OriginalLine>> = HashMap::new();
    let mut seen: HashSet<(OrderId, LineId)> = HashSet::new();
    for line in &direct {
        let of_order = paid.entry(line.order_id).or_default();
        of_order.push(original_line(line, &taken)?);
        for on_top in matches.get(&(line.run_id, line.member_id)).into_iter().flatten() {
            if seen.insert((line.order_id, on_top.id)) {
                of_order.push(original_line(on_top, &taken)?);
            }
        }
    }
    Ok(paid)
}

fn original_line(line: &Line, taken: &HashMap<LineId, (i64, i64)>) -> StoreResult<OriginalLine> {
    let corrupt = |what: &str| StoreError::Corrupt(format!("{what} of earning line {}", line.id));
    let (base_taken, taken_minor) = taken.get(&line.id).copied().unwrap_or_default();
    Ok(OriginalLine {
        id: line.id,
        member: line.member_id,
        bonus: line.bonus.clone(),
        on: (!line.on_bonus.is_empty()).then(|| line.on_bonus.clone()),
        from: (line.from_member_id.0 != 0).then_some(line.from_member_id),
        level: u16::try_from(line.level).map_err(|_| corrupt("level"))?,
        base: line.base,
        base_kind: line.base_kind.parse().map_err(|_| corrupt("base"))?,
        rate: line.rate.parse::<Decimal>().map_err(|_| corrupt("rate"))?,
        amount_minor: line.amount_minor,
        base_taken,
        taken_minor,
    })
}
