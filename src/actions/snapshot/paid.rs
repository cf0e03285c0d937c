//! The committed lines that goods which come back take back: those on their orders, and those on the amounts of these.

use std::collections::{BTreeMap, HashMap};

use rust_decimal::Decimal;

use super::Worth;
use super::by_line::ByLine;
use crate::domain::calendar::Day;
use crate::domain::ids::{IdMap, IdSet, LineId, MemberId, OrderId, PeriodId, RunId};
use crate::domain::run::{PeriodKind, RunStatus};
use crate::plan::originals::Reach;
use crate::plan::{Amounts, OriginalLine, part_of};
use crate::store::lines::{self, Line};
use crate::store::orders::OrderLine;
use crate::store::periods::{self, Period};
use crate::store::{Conn, StoreError, StoreResult, runs};

/// Committed runs with their periods.
struct Runs {
    periods: IdMap<RunId, Period>,
    by_end: HashMap<(PeriodKind, Day), RunId>,
}

impl Runs {
    fn load(conn: &mut Conn) -> StoreResult<Self> {
        let known: IdMap<PeriodId, Period> = periods::list(conn)?.into_iter().map(|p| (p.id, p)).collect();
        let (mut periods, mut by_end) = (IdMap::default(), HashMap::new());
        for run in runs::list(conn)?.into_iter().filter(|run| run.status == RunStatus::Committed) {
            if let Some(period) = known.get(&run.period_id) {
                by_end.insert((period.kind, period.last_day), run.id);
                periods.insert(run.id, period.clone());
            }
        }
        Ok(Self { periods, by_end })
    }
}

/// For each order the committed lines paid on it, and once for all of them the lines on the amounts of other bonuses
/// that they reach. `earlier` is what came back of the orders before.
pub(super) fn lines(
    conn: &mut Conn,
    ids: &[OrderId],
    earlier: &[(Day, OrderLine)],
    by_line: &ByLine<'_>,
    mut reach: Reach,
) -> StoreResult<(IdMap<OrderId, Vec<OriginalLine>>, Vec<OriginalLine>)> {
    let runs = Runs::load(conn)?;
    let direct = lines::list_committed_of_orders(conn, ids)?;
    let unpaid = never_paid(&runs, &direct, earlier, by_line)?;
    let mut paid: IdMap<OrderId, Vec<OriginalLine>> = IdMap::default();
    for (line, original) in direct.iter().zip(originals(conn, &runs, &direct)?) {
        let part = part_of(by_line.parts(line.order_id), &original).map(|part| part.line.as_str());
        let unpaid = unpaid.get(&(line.run_id, line.order_id, part)).map(|worth| worth.amounts).unwrap_or_default();
        reach.add(&original);
        paid.entry(line.order_id).or_default().push(OriginalLine { unpaid, ..original });
    }
    Ok((paid, on_amounts(conn, &runs, reach)?))
}

/// The lines on the amounts of other bonuses that are reached, each once.
fn on_amounts(conn: &mut Conn, runs: &Runs, mut reach: Reach) -> StoreResult<Vec<OriginalLine>> {
    let mut all: Vec<OriginalLine> = Vec::new();
    let mut known: HashMap<(RunId, MemberId), Vec<Line>> = HashMap::new();
    loop {
        let mut open: BTreeMap<RunId, Vec<(MemberId, String)>> = BTreeMap::new();
        for amount in reach.next() {
            if let Some(run) = runs.by_end.get(&(amount.kind, amount.ended)) {
                open.entry(*run).or_default().push((amount.member, amount.bonus));
            }
        }
        if open.is_empty() {
            return Ok(all);
        }
        let mut reached: Vec<Line> = Vec::new();
        for (run, amounts) in open {
            let members: IdSet<MemberId> = amounts.iter().map(|(member, _)| *member).collect();
            let mut members: Vec<MemberId> =
                members.into_iter().filter(|member| !known.contains_key(&(run, *member))).collect();
            members.sort_unstable();
            known.extend(members.iter().map(|member| ((run, *member), Vec::new())));
            for line in lines::list_on_amounts_of(conn, run, &members)? {
                known.entry((run, line.from_member_id)).or_default().push(line);
            }
            for (member, bonus) in amounts {
                let on_top = known.get(&(run, member)).into_iter().flatten();
                reached.extend(on_top.filter(|line| line.on_bonus == bonus).cloned());
            }
        }
        let reached = originals(conn, runs, &reached)?;
        for line in reached {
            reach.add(&line);
            all.push(line);
        }
    }
}

/// Goods that a run paid on: all of an order (`None`), or those of a product line.
type Paid<'l> = (RunId, OrderId, Option<&'l str>);

/// What of each order had come back in the period of each run that paid on it, and was never paid for that reason.
fn never_paid<'l>(
    runs: &Runs,
    paid: &[Line],
    earlier: &[(Day, OrderLine)],
    by_line: &ByLine<'l>,
) -> StoreResult<HashMap<Paid<'l>, Worth>> {
    let paying: IdSet<(RunId, OrderId)> = paid.iter().map(|line| (line.run_id, line.order_id)).collect();
    let mut back: IdMap<OrderId, Vec<&(Day, OrderLine)>> = IdMap::default();
    for returned in earlier {
        back.entry(returned.1.original_order_id).or_default().push(returned);
    }
    let mut sums: HashMap<Paid<'l>, Worth> = HashMap::new();
    for (run, order) in paying {
        let Some(period) = runs.periods.get(&run) else { continue };
        for (day, line) in back.get(&order).into_iter().flatten() {
            if period.first_day <= *day && *day <= period.last_day {
                for part in [None, Some(by_line.of(line.product_id))] {
                    sums.entry((run, order, part)).or_default().add_line(line, -1)?;
                }
            }
        }
    }
    Ok(sums)
}

/// The lines with how much of each was taken back before.
fn originals(conn: &mut Conn, runs: &Runs, lines: &[Line]) -> StoreResult<Vec<OriginalLine>> {
    let ids: Vec<LineId> = lines.iter().map(|line| line.id).collect();
    let taken: IdMap<LineId, (i64, i64)> =
        lines::list_taken_back(conn, &ids)?.into_iter().map(|(id, base, amount)| (id, (base, amount))).collect();
    lines.iter().map(|line| original(runs, line, taken.get(&line.id).copied().unwrap_or_default())).collect()
}

fn original(runs: &Runs, line: &Line, (base_taken, taken_minor): (i64, i64)) -> StoreResult<OriginalLine> {
    let corrupt = |what: &str| StoreError::Corrupt(format!("{what} of earning line {}", line.id));
    let period = runs.periods.get(&line.run_id).ok_or_else(|| corrupt("period"))?;
    Ok(OriginalLine {
        id: line.id,
        kind: period.kind,
        ended: period.last_day,
        member: line.member_id,
        bonus: line.bonus.clone(),
        on: (!line.on_bonus.is_empty()).then(|| line.on_bonus.clone()),
        from: (line.from_member_id.0 != 0).then_some(line.from_member_id),
        level: u16::try_from(line.level).map_err(|_| corrupt("level"))?,
        base: line.base,
        base_kind: line.base_kind.parse().map_err(|_| corrupt("base"))?,
        rate: line.rate.parse::<Decimal>().map_err(|_| corrupt("rate"))?,
        amount_minor: line.amount_minor,
        line: line.line.clone(),
        base_taken,
        taken_minor,
        unpaid: Amounts::default(),
    })
}
