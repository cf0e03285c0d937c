//! SHA-256 over snapshots and results: the same in every database, for any order of input. Members
//! and orders are told by number, never by id.

use sha2::{Digest, Sha256};

use super::result::{RunResult, Source};
use super::snapshot::{Amounts, OriginalLine, Snapshot};
use crate::domain::ids::MemberId;
use std::collections::HashMap;

/// Gathers small pieces before they are hashed. Every text is preceded by its length.
struct Sink {
    hash: Sha256,
    buffer: Vec<u8>,
}

impl Sink {
    fn new(what: &str) -> Self {
        let mut sink = Self { hash: Sha256::new(), buffer: Vec::with_capacity(1 << 16) };
        sink.text(what);
        sink
    }

    fn number(&mut self, value: i64) {
        self.buffer.extend_from_slice(&value.to_le_bytes());
        if self.buffer.len() > 60_000 {
            self.hash.update(&self.buffer);
            self.buffer.clear();
        }
    }

    fn count(&mut self, value: usize) {
        self.number(i64::try_from(value).unwrap_or(i64::MAX));
    }

    fn text(&mut self, text: &str) {
        self.count(text.len());
        self.buffer.extend_from_slice(text.as_bytes());
    }

    fn amounts(&mut self, amounts: &Amounts) {
        for value in [amounts.qv.0, amounts.cv.0, amounts.paid_minor, amounts.wholesale_minor] {
            self.number(value);
        }
    }

    fn end(mut self) -> [u8; 32] {
        self.hash.update(&self.buffer);
        self.hash.finalize().into()
    }
}

/// Positions of a list, ordered by a key.
fn by<'a, T, K: Ord>(list: &'a [T], key: impl Fn(&'a T) -> K) -> Vec<usize> {
    let mut order: Vec<usize> = (0..list.len()).collect();
    if !list.is_sorted_by(|a, b| key(a) <= key(b)) {
        order.sort_by(|a, b| key(&list[*a]).cmp(&key(&list[*b])));
    }
    order
}

type Numbers<'a> = HashMap<MemberId, &'a str>;

fn numbers(snapshot: &Snapshot) -> Numbers<'_> {
    snapshot.members.iter().map(|member| (member.id, member.number.as_str())).collect()
}

/// The hash of a snapshot.
pub fn of_snapshot(snapshot: &Snapshot) -> [u8; 32] {
    let mut sink = Sink::new("snapshot 1");
    let numbers = numbers(snapshot);
    let name = |id: Option<MemberId>| id.map_or("", |id| numbers.get(&id).copied().unwrap_or("?"));
    sink.text(&snapshot.period.label);
    sink.text(snapshot.period.kind.as_str());
    sink.number(i64::from(snapshot.period.first.0));
    sink.number(i64::from(snapshot.period.last.0));
    sink.text(snapshot.currency.code());
    sink.count(snapshot.members.len());
    for at in by(&snapshot.members, |member| member.number.as_bytes()) {
        let member = &snapshot.members[at];
        sink.text(&member.number);
        sink.text(member.kind.as_str());
        sink.text(member.status.as_str());
        sink.number(i64::from(member.joined.0));
        sink.text(name(member.enroller));
        sink.text(name(member.sponsor));
        sink.text(name(member.placement.map(|(above, _)| above)));
        sink.number(member.placement.map_or(-1, |(_, side)| i64::from(side)));
        sink.text(member.highest_rank.as_deref().unwrap_or(""));
    }
    sink.count(snapshot.orders.len());
    for at in by(&snapshot.orders, |order| (order.day, order.number.as_bytes())) {
        let order = &snapshot.orders[at];
        sink.text(&order.number);
        sink.text(name(Some(order.buyer)));
        sink.number(i64::from(order.day.0));
        sink.text(order.order_type.as_str());
        sink.amounts(&order.amounts);
    }
    sink.count(snapshot.takebacks.len());
    for at in by(&snapshot.takebacks, |takeback| {
        (takeback.day, takeback.return_number.as_bytes(), takeback.original_number.as_bytes())
    }) {
        let takeback = &snapshot.takebacks[at];
        sink.text(&takeback.return_number);
        sink.number(i64::from(takeback.day.0));
        sink.text(&takeback.original_number);
        sink.amounts(&takeback.before);
        sink.amounts(&takeback.now);
        sink.amounts(&takeback.total);
        let mut lines: Vec<String> = takeback.lines.iter().map(|line| line_key(line, &name)).collect();
        lines.sort_unstable();
        for line in &lines {
            sink.text(line);
        }
    }
    let key = |at: u16| snapshot.state_keys.get(usize::from(at)).map_or("?", String::as_str);
    for at in by(&snapshot.state, |entry| (name(Some(entry.member)), key(entry.key), entry.value)) {
        let entry = &snapshot.state[at];
        sink.text(name(Some(entry.member)));
        sink.text(key(entry.key));
        sink.number(entry.value);
    }
    sink.end()
}

fn line_key<'a>(line: &OriginalLine, name: &impl Fn(Option<MemberId>) -> &'a str) -> String {
    format!(
        "{:?}",
        (
            name(Some(line.member)),
            &line.bonus,
            &line.on,
            name(line.from),
            line.level,
            (line.base, line.base_kind.as_str(), line.rate.normalize().to_string()),
            (line.amount_minor, line.base_taken, line.taken_minor),
        )
    )
}

/// The hash of a result; its lines are in their final order already.
pub fn of_result(result: &RunResult, snapshot: &Snapshot) -> [u8; 32] {
    let mut sink = Sink::new("result 1");
    let number = |at: u32| snapshot.members[at as usize].number.as_str();
    let ranks = |rank: Option<u16>| rank.map_or(-1, i64::from);
    for at in by(&snapshot.members, |member| member.number.as_bytes()) {
        let member = &result.members[at];
        sink.text(&snapshot.members[at].number);
        for value in
            [member.pv.0, member.gv.0, i64::from(member.active), i64::from(member.downline), member.earned_minor]
        {
            sink.number(value);
        }
        for rank in [member.rank, member.paid_rank, member.highest_rank] {
            sink.number(ranks(rank));
        }
    }
    let rates: Vec<String> = result.rates.iter().map(ToString::to_string).collect();
    for line in &result.lines {
        sink.text(number(line.member));
        sink.text(&result.bonuses[usize::from(line.bonus)].code);
        sink.text(line.on.map_or("", |on| &result.bonuses[usize::from(on)].code));
        sink.text(line.from.map_or("", number));
        sink.text(match line.source {
            Source::Order(at) => &snapshot.orders[at as usize].number,
            Source::Takeback(at) => &snapshot.takebacks[at as usize].return_number,
            Source::Period => "",
        });
        sink.text(&rates[line.rate as usize]);
        sink.number(i64::from(line.level));
        sink.number(line.base);
        sink.number(line.amount_minor);
        let from = line.passed_from as usize;
        for passed in &result.passed[from..from + usize::from(line.passed_count)] {
            sink.text(number(passed.member));
            sink.text(passed.reason.as_str());
        }
    }
    let numbers = numbers(snapshot);
    for entry in &result.state {
        sink.text(numbers.get(&entry.member).copied().unwrap_or("?"));
        sink.text(&result.state_keys[usize::from(entry.key)]);
        sink.number(entry.value);
    }
    for bonus in &result.bonuses {
        sink.text(&bonus.code);
        sink.number(bonus.amount_minor);
        sink.text(&bonus.breakage.normalize().to_string());
    }
    sink.end()
}
