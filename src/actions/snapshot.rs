//! Builds the frozen input of a run from the database: members and trees as of the last day of the
//! period, the orders that count net of returns, what earlier runs remembered, and the committed
//! lines that returns take back.

mod by_line;
mod paid;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use by_line::ByLine;

use crate::domain::ids::{IdMap, IdSet, MemberId, OrderId, ProductId};
use crate::domain::measures::Measures;
use crate::domain::money::{Currency, Volume};
use crate::domain::order::OrderKind;
use crate::domain::run::RunStatus;
use crate::domain::tree::TreeKind;
use crate::plan::originals::Reach;
use crate::plan::{
    Amounts, Measured, OriginalLine, PeriodSpan, Snapshot, SnapshotMember, SnapshotOrder, StateEntry, Takeback,
};
use crate::store::orders::{self, CountedOrder, OrderLine, PartOfOrder};
use crate::store::periods::Period;
use crate::store::{Conn, StoreError, StoreResult, attributes, links, members, products, runs};

/// Reads everything that a run over the period needs.
pub(super) fn load(conn: &mut Conn, period: &Period, currency: Currency) -> StoreResult<Snapshot> {
    let (state_keys, state) = remembered(conn)?;
    let reach = Reach::new(&state_keys, &state);
    let Goods { orders, through, takebacks, on_amounts, measures } = goods(conn, period, reach)?;
    let (members, attributes) = people(conn, period, &orders, &through)?;
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
        through,
        takebacks,
        on_amounts,
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
    through: &BTreeMap<OrderId, MemberId>,
) -> StoreResult<(Vec<SnapshotMember>, Vec<String>)> {
    let all = members::list_all(conn)?;
    let place: IdMap<MemberId, usize> = all.iter().enumerate().map(|(at, member)| (member.id, at)).collect();
    let mut parents: Vec<[Option<(MemberId, i32)>; 3]> = vec![[None; 3]; all.len()];
    for (tree, member, parent, side) in links::list_as_of(conn, period.last_day)? {
        if let Some(at) = place.get(&member) {
            parents[*at][tree as usize] = Some((parent, side));
        }
    }
    let mut wanted: Vec<bool> = all.iter().map(|member| member.joined_on <= period.last_day).collect();
    let named = orders.iter().map(|order| order.buyer).chain(through.values().copied());
    let buyers = named.filter_map(|member| place.get(&member).copied());
    let mut open: Vec<usize> = buyers.filter(|buyer| !std::mem::replace(&mut wanted[*buyer], true)).collect();
    if wanted.contains(&false) {
        open.extend((0..all.len()).filter(|at| wanted[*at]));
    }
    while let Some(member) = open.pop() {
        for (parent, _) in parents[member].iter().flatten() {
            open.extend(place.get(parent).filter(|above| !std::mem::replace(&mut wanted[**above], true)));
        }
    }
    let before: IdMap<MemberId, i64> = orders::count_before(conn, period.first_day)?.into_iter().collect();
    let forced = attributes::list_ranks_for(conn, &period.label)?;
    let mut forced: IdMap<MemberId, String> = forced.into_iter().map(|set| (set.member_id, set.rank)).collect();
    let mut given = attributes::list_on(conn, period.last_day)?;
    let names: BTreeSet<&str> = given.values().flatten().map(|(name, _)| name.as_str()).collect();
    let names: Vec<String> = names.into_iter().map(ToOwned::to_owned).collect();
    let place_of = |name: &String| names.binary_search(name).ok().and_then(|at| u16::try_from(at).ok());
    let mut members = Vec::with_capacity(all.len());
    for (at, member) in all.into_iter().enumerate().filter(|(at, _)| wanted[*at]) {
        let own = given.remove(&member.id).unwrap_or_default();
        let [enroller, sponsor, placement] =
            [TreeKind::Enroller, TreeKind::Sponsor, TreeKind::Placement].map(|tree| parents[at][tree as usize]);
        members.push(SnapshotMember {
            id: member.id,
            number: member.number.into(),
            kind: member.kind,
            status: member.status,
            joined: member.joined_on,
            enroller: enroller.map(|(parent, _)| parent).into(),
            sponsor: sponsor.map(|(parent, _)| parent).into(),
            placement: placement.map(|(parent, side)| (parent, u8::try_from(side).unwrap_or(u8::MAX))),
            highest_rank: (!member.highest_rank.is_empty()).then(|| member.highest_rank.into()),
            forced_rank: forced.remove(&member.id).map(Into::into),
            market: member.country.into(),
            person: (member.person_id.0 != 0).then_some(member.person_id).into(),
            orders_before: before.get(&member.id).map_or(0, |count| u32::try_from(*count).unwrap_or(u32::MAX)),
            attributes: own.into_iter().filter_map(|(name, value)| Some((place_of(&name)?, value))).collect(),
        });
    }
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

fn amounts_of(order: &CountedOrder) -> Amounts {
    Amounts { qv: order.qv, cv: order.cv, paid_minor: order.paid_minor, wholesale_minor: order.wholesale_minor }
}

/// What goods are worth, further volumes included.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Worth {
    amounts: Amounts,
    measures: Measures,
}

impl Worth {
    fn of_order(order: &CountedOrder) -> Self {
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
    through: BTreeMap<OrderId, MemberId>,
    takebacks: Vec<Takeback>,
    on_amounts: Vec<OriginalLine>,
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

/// Goods of an order that are of one product line.
type Key<'l> = (OrderId, &'l str);

/// What is sold, by order and product line, in their order. Lines are looked at only where a company has product lines
/// at all. `sales` are in the order of their ids.
fn sold<'l>(
    conn: &mut Conn,
    period: &Period,
    sales: &[CountedOrder],
    lines: &'l HashMap<ProductId, String>,
) -> StoreResult<Vec<(Key<'l>, Worth)>> {
    if lines.is_empty() {
        return Ok(sales.iter().map(|order| ((order.id, ""), Worth::of_order(order))).collect());
    }
    let mut parts = orders::list_parts(conn, period.first_day, period.last_day)?;
    parts.retain(|part| find(sales, part.order_id).is_some());
    let key = |part: &PartOfOrder| (part.order_id, lines.get(&part.product_id).map_or("", String::as_str));
    parts.sort_unstable_by_key(key);
    let mut sold: Vec<(Key<'_>, Worth)> = Vec::with_capacity(sales.len());
    for part in &parts {
        let (paid_minor, wholesale_minor) = (part.amount_minor, part.wholesale_minor);
        let amounts = Amounts { qv: part.qv, cv: part.cv, paid_minor, wholesale_minor };
        if sold.last().is_none_or(|(last, _)| *last != key(part)) {
            sold.push((key(part), Worth::default()));
        }
        if let Some((_, worth)) = sold.last_mut() {
            worth.add(&amounts, &part.measures, 1)?;
        }
    }
    Ok(sold)
}

/// An order, among orders in the order of their ids.
fn find(orders: &[CountedOrder], id: OrderId) -> Option<&CountedOrder> {
    orders.binary_search_by_key(&id, |order| order.id).ok().map(|at| &orders[at])
}

/// Goods that came back within the period just no longer count; goods of an earlier period become takebacks.
fn goods(conn: &mut Conn, period: &Period, reach: Reach) -> StoreResult<Goods> {
    let mut sales = orders::list_counted(conn, period.first_day, period.last_day)?;
    sales.sort_unstable_by_key(|order| order.id);
    let returns: Vec<CountedOrder> = sales.extract_if(.., |order| order.kind != OrderKind::Sale).collect();
    let returned = orders::list_returned_lines(conn, period.first_day, period.last_day)?;
    let lines = products::list_product_lines(conn)?;
    let mut net = sold(conn, period, &sales, &lines)?;
    // Goods of a line that was not sold with the order, and goods of no order.
    let mut more: BTreeMap<Key<'_>, Worth> = BTreeMap::new();
    let mut unlinked: BTreeMap<Key<'_>, Worth> = BTreeMap::new();
    let mut later: Later<'_> = BTreeMap::new();
    for line in returned.iter().filter(|line| find(&returns, line.order_id).is_some()) {
        let of = lines.get(&line.product_id).map_or("", String::as_str);
        if line.original_order_id.0 == 0 {
            unlinked.entry((line.order_id, of)).or_default().add_line(line, 1)?;
        } else if find(&sales, line.original_order_id).is_some() {
            let key = (line.original_order_id, of);
            match net.binary_search_by_key(&key, |(key, _)| *key) {
                Ok(at) => net[at].1.add_line(line, 1)?,
                Err(_) => more.entry(key).or_default().add_line(line, 1)?,
            }
        } else {
            let back = later.entry((line.order_id, line.original_order_id)).or_default();
            back.entry(of).or_default().add_line(line, -1)?;
        }
    }
    net.extend(more);
    net.retain(|(_, worth)| *worth != Worth::default());
    net.extend(unlinked);
    net.sort_unstable_by_key(|(key, _)| *key);
    let back = later.values().flat_map(BTreeMap::values);
    let names = MeasureNames::of(net.iter().map(|(_, worth)| worth).chain(back).map(|worth| &worth.measures));
    let order = |((id, line), worth): (Key<'_>, Worth)| {
        let order = find(&sales, id).or_else(|| find(&returns, id))?;
        Some(snapshot_order(order, line, worth.amounts, names.placed(&worth.measures)))
    };
    let mut orders = Vec::with_capacity(net.len());
    orders.extend(net.into_iter().filter_map(order));
    let originals: Vec<OrderId> = later.keys().map(|(_, original)| *original).collect();
    let mut through = orders::list_through(conn, period.first_day, period.last_day)?;
    through.extend(orders::list_through_of(conn, &originals)?);
    let (takebacks, on_amounts) = takebacks(conn, period, &returns, &later, &lines, &names, reach)?;
    let (through, measures) = (through.into_iter().collect(), names.0.into_iter().collect());
    Ok(Goods { orders, through, takebacks, on_amounts, measures })
}

fn snapshot_order(order: &CountedOrder, line: &str, amounts: Amounts, measures: Measured) -> SnapshotOrder {
    SnapshotOrder {
        id: order.id,
        number: order.number.as_str().into(),
        line: line.into(),
        buyer: order.member_id,
        day: order.commission_on,
        order_type: order.order_type,
        amounts,
        measures,
    }
}

/// What comes back of orders of earlier periods: by return, original order and product line.
type Later<'l> = BTreeMap<(OrderId, OrderId), BTreeMap<&'l str, Worth>>;

fn takebacks(
    conn: &mut Conn,
    period: &Period,
    returns: &[CountedOrder],
    later: &Later<'_>,
    lines: &HashMap<ProductId, String>,
    names: &MeasureNames,
    reach: Reach,
) -> StoreResult<(Vec<Takeback>, Vec<OriginalLine>)> {
    let ids: Vec<OrderId> = later.keys().map(|(_, original)| *original).collect::<IdSet<_>>().into_iter().collect();
    if ids.is_empty() {
        return Ok((Vec::new(), Vec::new()));
    }
    let originals: IdMap<OrderId, CountedOrder> =
        orders::list_originals(conn, &ids)?.into_iter().map(|o| (o.id, o)).collect();
    let mut earlier = orders::list_lines_returning(conn, &ids)?;
    earlier.retain(|(day, _)| *day < period.first_day);
    let mut before: IdMap<OrderId, Worth> = IdMap::default();
    for (_, line) in &earlier {
        before.entry(line.original_order_id).or_default().add_line(line, -1)?;
    }
    let by_line = ByLine::load(conn, &ids, &earlier, lines)?;
    let (paid, on_amounts) = paid::lines(conn, &ids, &earlier, &by_line, reach)?;
    let mut takebacks = Vec::with_capacity(later.len());
    for ((return_id, original_id), goods) in later {
        let mut now = Worth::default();
        for worth in goods.values() {
            now.add(&worth.amounts, &worth.measures, 1)?;
        }
        if let (Some(order), Some(original)) = (find(returns, *return_id), originals.get(original_id)) {
            takebacks.push(Takeback {
                return_order: *return_id,
                return_number: order.number.clone(),
                day: order.commission_on,
                original_order: *original_id,
                original_number: original.number.clone(),
                buyer: original.member_id,
                order_type: original.order_type,
                before: before.get(original_id).map(|worth| worth.amounts).unwrap_or_default(),
                measures: names.placed(&now.measures),
                now: now.amounts,
                total: amounts_of(original),
                parts: by_line.with(*original_id, goods, names),
                lines: paid.get(original_id).cloned().unwrap_or_default(),
            });
        }
    }
    Ok((takebacks, on_amounts))
}
