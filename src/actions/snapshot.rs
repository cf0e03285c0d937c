//! Builds the frozen input of a run from the database: members and trees as of the last day of the
//! period, the orders that count net of returns, what earlier runs remembered, and the committed
//! lines that returns take back.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::BuildHasherDefault;

use rust_decimal::Decimal;

use crate::domain::calendar::Day;
use crate::domain::ids::{IdMap, IdSet, LineId, MemberId, OrderId, PeriodId, ProductId, RunId};
use crate::domain::measures::Measures;
use crate::domain::money::{Currency, Volume};
use crate::domain::order::OrderKind;
use crate::domain::run::RunStatus;
use crate::domain::tree::TreeKind;
use crate::plan::{
    Amounts, Measured, OriginalLine, PeriodSpan, Snapshot, SnapshotMember, SnapshotOrder, StateEntry, Takeback,
};
use crate::store::lines::{self, Line};
use crate::store::orders::{self, Order, OrderLine};
use crate::store::periods::{self, Period};
use crate::store::{Conn, StoreError, StoreResult, attributes, links, members, products, runs};

/// Reads everything that a run over the period needs.
pub(super) fn load(conn: &mut Conn, period: &Period, currency: Currency) -> StoreResult<Snapshot> {
    let Goods { orders, takebacks, measures } = goods(conn, period)?;
    let (state_keys, state) = remembered(conn)?;
    let (members, attributes) = people(conn, period, &orders)?;
    Ok(Snapshot {
        period: PeriodSpan {
            label: period.label.clone(),
            kind: period.kind,
            first: period.first_day,
            last: period.last_day,
        },
        currency,
        measures,
        attributes,
        members,
        orders,
        takebacks,
        state_keys,
        state,
    })
}

/// Everybody enrolled by the last day, and whoever their orders and links need besides; and the names of their
/// attributes.
fn people(
    conn: &mut Conn,
    period: &Period,
    orders: &[SnapshotOrder],
) -> StoreResult<(Vec<SnapshotMember>, Vec<String>)> {
    let mut parents: IdMap<MemberId, [Option<(MemberId, i32)>; 3]> = IdMap::default();
    for (tree, member, parent, side) in links::list_as_of(conn, period.last_day)? {
        parents.entry(member).or_default()[tree as usize] = Some((parent, side));
    }
    let all = members::list_all(conn)?;
    let mut wanted: IdSet<MemberId> =
        all.iter().filter(|member| member.joined_on <= period.last_day).map(|member| member.id).collect();
    let mut open: Vec<MemberId> = wanted.iter().copied().chain(orders.iter().map(|order| order.buyer)).collect();
    while let Some(member) = open.pop() {
        let above = parents.get(&member).into_iter().flatten().flatten();
        open.extend(above.map(|(parent, _)| *parent).filter(|parent| wanted.insert(*parent)));
        wanted.insert(member);
    }
    let before: IdMap<MemberId, i64> = orders::count_before(conn, period.first_day)?.into_iter().collect();
    let forced = attributes::list_ranks_for(conn, &period.label)?;
    let mut forced: IdMap<MemberId, String> = forced.into_iter().map(|set| (set.member_id, set.rank)).collect();
    let mut given = attributes::list_on(conn, period.last_day)?;
    let names: BTreeSet<&str> = given.values().flatten().map(|(name, _)| name.as_str()).collect();
    let names: Vec<String> = names.into_iter().map(ToOwned::to_owned).collect();
    let place = |name: &String| names.binary_search(name).ok().and_then(|at| u16::try_from(at).ok());
    let members = all
        .into_iter()
        .filter(|member| wanted.contains(&member.id))
        .map(|member| {
            let own = given.remove(&member.id).unwrap_or_default();
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
                forced_rank: forced.remove(&member.id),
                market: member.country,
                person: (member.person_id.0 != 0).then_some(member.person_id),
                orders_before: before.get(&member.id).map_or(0, |count| u32::try_from(*count).unwrap_or(u32::MAX)),
                attributes: own.into_iter().filter_map(|(name, value)| Some((place(&name)?, value))).collect(),
            }
        })
        .collect();
    Ok((members, names))
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

/// What goods are worth, further volumes included.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Worth {
    amounts: Amounts,
    measures: Measures,
}

impl Worth {
    fn of_order(order: &Order) -> Self {
        Self { amounts: amounts_of(order), measures: order.measures.clone() }
    }

    /// Adds (`sign` 1) or takes off (`sign` −1) goods.
    fn add(&mut self, more: &Amounts, measures: &Measures, sign: i64) -> StoreResult<()> {
        let overflow = || StoreError::Corrupt("order amounts overflow".to_owned());
        let plus = |a: i64, b: i64| b.checked_mul(sign).and_then(|b| a.checked_add(b)).ok_or_else(overflow);
        let sum = &mut self.amounts;
        sum.qv = Volume(plus(sum.qv.0, more.qv.0)?);
        sum.cv = Volume(plus(sum.cv.0, more.cv.0)?);
        sum.paid_minor = plus(sum.paid_minor, more.paid_minor)?;
        sum.wholesale_minor = plus(sum.wholesale_minor, more.wholesale_minor)?;
        if !measures.is_empty() {
            let signed = measures.times(sign).and_then(|signed| self.measures.plus(&signed));
            self.measures = signed.map_err(|_| overflow())?;
        }
        Ok(())
    }

    fn add_line(&mut self, line: &OrderLine, sign: i64) -> StoreResult<()> {
        let (paid_minor, wholesale_minor) = (line.amount_minor, line.wholesale_minor);
        self.add(&Amounts { qv: line.qv, cv: line.cv, paid_minor, wholesale_minor }, &line.measures, sign)
    }
}

/// The goods of a period, and the names of their further volumes.
struct Goods {
    orders: Vec<SnapshotOrder>,
    takebacks: Vec<Takeback>,
    measures: Vec<String>,
}

/// Names of further volumes on their way to places.
#[derive(Default)]
struct MeasureNames(BTreeSet<String>);

impl MeasureNames {
    fn of<'a>(all: impl Iterator<Item = &'a Measures>) -> Self {
        let mut names = Self::default();
        for (name, _) in all.flat_map(Measures::iter) {
            if !names.0.contains(name) {
                names.0.insert(name.to_owned());
            }
        }
        names
    }

    fn placed(&self, measures: &Measures) -> Measured {
        if measures.is_empty() {
            return Measured::default();
        }
        Measured::new(self.0.iter().map(|name| measures.get(name)).collect())
    }
}

/// What is sold, by order and product line. Lines are looked at only where a company has product lines at all.
fn sold<'l>(
    conn: &mut Conn,
    period: &Period,
    sales: &IdMap<OrderId, Order>,
    lines: &'l HashMap<ProductId, String>,
) -> StoreResult<IdMap<(OrderId, &'l str), Worth>> {
    if lines.is_empty() {
        return Ok(sales.values().map(|order| ((order.id, ""), Worth::of_order(order))).collect());
    }
    let mut sold: IdMap<(OrderId, &str), Worth> =
        IdMap::with_capacity_and_hasher(sales.len(), BuildHasherDefault::default());
    for part in orders::list_parts(conn, period.first_day, period.last_day)? {
        if sales.contains_key(&part.order_id) {
            let line = lines.get(&part.product_id).map_or("", String::as_str);
            let (paid_minor, wholesale_minor) = (part.amount_minor, part.wholesale_minor);
            let amounts = Amounts { qv: part.qv, cv: part.cv, paid_minor, wholesale_minor };
            sold.entry((part.order_id, line)).or_default().add(&amounts, &part.measures, 1)?;
        }
    }
    Ok(sold)
}

/// Goods that came back within the period just no longer count; goods of an earlier period become takebacks.
fn goods(conn: &mut Conn, period: &Period) -> StoreResult<Goods> {
    let counted = orders::list_counted(conn, period.first_day, period.last_day)?;
    let returned = orders::list_returned_lines(conn, period.first_day, period.last_day)?;
    let (sales, returns): (Vec<Order>, Vec<Order>) =
        counted.into_iter().partition(|order| order.kind == OrderKind::Sale);
    let by_id = |orders: Vec<Order>| orders.into_iter().map(|order| (order.id, order)).collect();
    let (sales, returns): (IdMap<OrderId, Order>, IdMap<OrderId, Order>) = (by_id(sales), by_id(returns));
    let lines = products::list_product_lines(conn)?;
    let mut net = sold(conn, period, &sales, &lines)?;
    let mut unlinked: IdMap<(OrderId, &str), Worth> = IdMap::default();
    let mut later: BTreeMap<(OrderId, OrderId), Worth> = BTreeMap::new();
    for line in returned.iter().filter(|line| returns.contains_key(&line.order_id)) {
        let of = lines.get(&line.product_id).map_or("", String::as_str);
        if line.original_order_id.0 == 0 {
            unlinked.entry((line.order_id, of)).or_default().add_line(line, 1)?;
        } else if sales.contains_key(&line.original_order_id) {
            net.entry((line.original_order_id, of)).or_default().add_line(line, 1)?;
        } else {
            later.entry((line.order_id, line.original_order_id)).or_default().add_line(line, -1)?;
        }
    }
    let worths = net.values().chain(unlinked.values()).chain(later.values());
    let names = MeasureNames::of(worths.map(|worth| &worth.measures));
    let mut found: Vec<((OrderId, &str), Worth)> =
        net.into_iter().filter(|(_, worth)| *worth != Worth::default()).chain(unlinked).collect();
    found.sort_unstable_by_key(|(key, _)| *key);
    let order = |(id, line): (OrderId, &str), worth: &Worth| {
        let order = sales.get(&id).or_else(|| returns.get(&id))?;
        Some(snapshot_order(order, line, worth.amounts, names.placed(&worth.measures)))
    };
    let orders = found.iter().filter_map(|(key, worth)| order(*key, worth)).collect();
    let takebacks = takebacks(conn, period, &returns, later, &names)?;
    Ok(Goods { orders, takebacks, measures: names.0.into_iter().collect() })
}

fn snapshot_order(order: &Order, line: &str, amounts: Amounts, measures: Measured) -> SnapshotOrder {
    SnapshotOrder {
        id: order.id,
        number: order.number.clone(),
        line: line.to_owned(),
        buyer: order.member_id,
        day: order.commission_on,
        order_type: order.order_type,
        amounts,
        measures,
    }
}

fn takebacks(
    conn: &mut Conn,
    period: &Period,
    returns: &IdMap<OrderId, Order>,
    later: BTreeMap<(OrderId, OrderId), Worth>,
    names: &MeasureNames,
) -> StoreResult<Vec<Takeback>> {
    let ids: Vec<OrderId> = later.keys().map(|(_, original)| *original).collect::<IdSet<_>>().into_iter().collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let originals: IdMap<OrderId, Order> = orders::list_by_ids(conn, &ids)?.into_iter().map(|o| (o.id, o)).collect();
    let mut earlier = orders::list_lines_returning(conn, &ids)?;
    earlier.retain(|(day, _)| *day < period.first_day);
    let mut before: IdMap<OrderId, Worth> = IdMap::default();
    for (_, line) in &earlier {
        before.entry(line.original_order_id).or_default().add_line(line, -1)?;
    }
    let paid = paid_lines(conn, &ids, &earlier)?;
    later
        .into_iter()
        .filter_map(|((return_id, original_id), now)| {
            let (order, original) = (returns.get(&return_id)?, originals.get(&original_id)?);
            Some(Ok(Takeback {
                return_order: return_id,
                return_number: order.number.clone(),
                day: order.commission_on,
                original_order: original_id,
                original_number: original.number.clone(),
                buyer: original.member_id,
                order_type: original.order_type,
                before: before.get(&original_id).map(|worth| worth.amounts).unwrap_or_default(),
                measures: names.placed(&now.measures),
                now: now.amounts,
                total: amounts_of(original),
                lines: paid.get(&original_id).cloned().unwrap_or_default(),
            }))
        })
        .collect()
}

/// What of each order had come back in the period of each run that paid on it, and was never paid for that reason.
fn never_paid(
    conn: &mut Conn,
    paid: &[Line],
    earlier: &[(Day, OrderLine)],
) -> StoreResult<IdMap<(RunId, OrderId), Worth>> {
    let paying: IdSet<(RunId, OrderId)> = paid.iter().map(|line| (line.run_id, line.order_id)).collect();
    let periods: IdMap<PeriodId, Period> = periods::list(conn)?.into_iter().map(|p| (p.id, p)).collect();
    let period_of: IdMap<RunId, &Period> =
        runs::list(conn)?.iter().filter_map(|run| Some((run.id, periods.get(&run.period_id)?))).collect();
    let mut sums: IdMap<(RunId, OrderId), Worth> = IdMap::default();
    for (run, order) in paying {
        let Some(period) = period_of.get(&run) else { continue };
        for (day, line) in earlier.iter().filter(|(_, line)| line.original_order_id == order) {
            if period.first_day <= *day && *day <= period.last_day {
                sums.entry((run, order)).or_default().add_line(line, -1)?;
            }
        }
    }
    Ok(sums)
}

/// For each order the committed lines paid on it, and the lines that the same run paid on the amounts
/// of their earners. `earlier` is what came back of the orders before.
fn paid_lines(
    conn: &mut Conn,
    ids: &[OrderId],
    earlier: &[(Day, OrderLine)],
) -> StoreResult<IdMap<OrderId, Vec<OriginalLine>>> {
    let direct = lines::list_committed_of_orders(conn, ids)?;
    let mut earners: BTreeMap<_, IdSet<MemberId>> = BTreeMap::new();
    for line in &direct {
        earners.entry(line.run_id).or_default().insert(line.member_id);
    }
    let mut matches: IdMap<_, Vec<Line>> = IdMap::default();
    for (run, members) in earners {
        let members: Vec<MemberId> = members.into_iter().collect();
        for line in lines::list_on_amounts_of(conn, run, &members)? {
            matches.entry((run, line.from_member_id)).or_default().push(line);
        }
    }
    let every: Vec<LineId> = direct.iter().chain(matches.values().flatten()).map(|line| line.id).collect();
    let taken: IdMap<LineId, (i64, i64)> =
        lines::list_taken_back(conn, &every)?.into_iter().map(|(id, base, amount)| (id, (base, amount))).collect();
    let mut paid: IdMap<OrderId, Vec<OriginalLine>> = IdMap::default();
    let mut seen: IdSet<(OrderId, LineId)> = IdSet::default();
    let unpaid = never_paid(conn, &direct, earlier)?;
    for line in &direct {
        let of_order = paid.entry(line.order_id).or_default();
        let unpaid = unpaid.get(&(line.run_id, line.order_id)).map(|worth| worth.amounts).unwrap_or_default();
        of_order.push(OriginalLine { unpaid, ..original_line(line, &taken)? });
        for on_top in matches.get(&(line.run_id, line.member_id)).into_iter().flatten() {
            if seen.insert((line.order_id, on_top.id)) {
                of_order.push(original_line(on_top, &taken)?);
            }
        }
    }
    Ok(paid)
}

fn original_line(line: &Line, taken: &IdMap<LineId, (i64, i64)>) -> StoreResult<OriginalLine> {
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
        unpaid: Amounts::default(),
    })
}
