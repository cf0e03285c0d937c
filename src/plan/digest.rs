//! SHA-256 over snapshots: the same in every database, for any order of input. Members
//! and orders are told by number, never by id: each list is hashed in the order of its numbers, and
//! what refers to it is hashed as a place in that order. Long lists are hashed in stretches, and the hashes of those.

use sha2::{Digest, Sha256};

use super::lookup::{Places, places, sorted};
use super::parallel::{in_parallel, stretches};
use super::snapshot::{Amounts, Measured, OriginalLine, Snapshot};
use crate::domain::ids::MemberId;

/// Members or orders that are hashed together.
const STRETCH: usize = 16_384;
/// Threads that hash; what comes out does not depend on it.
const THREADS: usize = 2;

/// No member, or none that is known.
pub const NOBODY: u32 = u32::MAX;

/// Gathers small pieces before they are hashed. Every text is preceded by its length.
pub struct Sink {
    hash: Sha256,
    buffer: Vec<u8>,
}

impl Sink {
    /// Begins with what is hashed.
    pub fn new(what: &str) -> Self {
        let mut sink = Self { hash: Sha256::new(), buffer: Vec::with_capacity(1 << 16) };
        sink.text(what);
        sink
    }

    /// Bytes as they are.
    pub fn bytes(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
        if self.buffer.len() > 60_000 {
            self.hash.update(&self.buffer);
            self.buffer.clear();
        }
    }

    /// A whole number.
    pub fn number(&mut self, value: i64) {
        self.bytes(&value.to_le_bytes());
    }

    /// A place in a list.
    pub fn place(&mut self, place: u32) {
        self.bytes(&place.to_le_bytes());
    }

    /// A text with its length.
    pub fn text(&mut self, text: &str) {
        self.place(u32::try_from(text.len()).unwrap_or(u32::MAX));
        self.bytes(text.as_bytes());
    }

    fn amounts(&mut self, amounts: &Amounts) {
        for value in [amounts.qv.0, amounts.cv.0, amounts.paid_minor, amounts.wholesale_minor] {
            self.number(value);
        }
    }

    /// Volumes by name, in the order of the names.
    fn measures(&mut self, measures: &Measured, names: &Names<'_>) {
        let mut given: Vec<(u32, i64)> = measures.iter().map(|(at, volume)| (names.place(at), volume.0)).collect();
        given.sort_unstable();
        self.place(count(&given));
        for (place, volume) in given {
            self.place(place);
            self.number(volume);
        }
    }

    /// The hash.
    pub fn end(mut self) -> [u8; 32] {
        self.hash.update(&self.buffer);
        self.hash.finalize().into()
    }
}

/// Names and the place of each among those that are used, in their order.
struct Names<'s> {
    place: Vec<u32>,
    used: Vec<&'s str>,
}

impl<'s> Names<'s> {
    fn of(all: &'s [String], used: impl Iterator<Item = usize>) -> Self {
        let mut is_used = vec![false; all.len()];
        used.for_each(|at| is_used.get_mut(at).into_iter().for_each(|used| *used = true));
        let mut used: Vec<&str> = all.iter().zip(is_used).filter(|(_, used)| *used).map(|(name, _)| &**name).collect();
        used.sort_unstable();
        let place = |name: &String| used.binary_search(&name.as_str()).ok().and_then(|at| u32::try_from(at).ok());
        Self { place: all.iter().map(|name| place(name).unwrap_or(NOBODY)).collect(), used }
    }

    fn place(&self, at: usize) -> u32 {
        self.place.get(at).copied().unwrap_or(NOBODY)
    }

    fn hash(&self, sink: &mut Sink) {
        sink.place(count(&self.used));
        self.used.iter().for_each(|name| sink.text(name));
    }
}

/// The lists of a snapshot in the order of their numbers.
struct Order {
    members: Vec<u32>,
    orders: Vec<u32>,
    takebacks: Vec<u32>,
    ids: Places,
}

fn count<T>(list: &[T]) -> u32 {
    u32::try_from(list.len()).unwrap_or(u32::MAX)
}

impl Order {
    fn of(snapshot: &Snapshot) -> Self {
        let members = sorted(count(&snapshot.members), |at| snapshot.members[at as usize].number.as_bytes());
        let mut ids = places(members.len());
        ids.extend((0_u32..).zip(&members).map(|(place, at)| (snapshot.members[*at as usize].id, place)));
        let orders = sorted(count(&snapshot.orders), |at| {
            let order = &snapshot.orders[at as usize];
            (order.day, order.number.as_bytes(), order.line.as_bytes())
        });
        let takebacks = sorted(count(&snapshot.takebacks), |at| {
            let takeback = &snapshot.takebacks[at as usize];
            (takeback.day, takeback.return_number.as_bytes(), takeback.original_number.as_bytes())
        });
        Self { members, orders, takebacks, ids }
    }

    fn member(&self, id: Option<MemberId>) -> u32 {
        id.and_then(|id| self.ids.get(&id).copied()).unwrap_or(NOBODY)
    }
}

/// The hash of a snapshot.
pub fn of_snapshot(snapshot: &Snapshot) -> [u8; 32] {
    let mut sink = Sink::new("snapshot 8");
    let order = Order::of(snapshot);
    let measured = snapshot.orders.iter().map(|order| &order.measures);
    let measured = measured.chain(snapshot.takebacks.iter().map(|takeback| &takeback.measures));
    let measures = Names::of(&snapshot.measures, measured.flat_map(Measured::iter).map(|(at, _)| at));
    let given = snapshot.members.iter().flat_map(|member| &member.attributes);
    let attributes = Names::of(&snapshot.attributes, given.map(|(at, _)| usize::from(*at)));
    measures.hash(&mut sink);
    attributes.hash(&mut sink);
    sink.text(&snapshot.period.label);
    sink.text(snapshot.period.kind.as_str());
    sink.number(i64::from(snapshot.period.first.0));
    sink.number(i64::from(snapshot.period.last.0));
    sink.text(snapshot.currency.code());
    sink.place(count(&order.members));
    let members = stretches(order.members.len(), STRETCH);
    for hash in in_parallel(THREADS, members, |some| of_members(snapshot, &order, &attributes, &order.members[some])) {
        sink.bytes(&hash);
    }
    sink.place(count(&order.orders));
    let orders = stretches(order.orders.len(), STRETCH);
    for hash in in_parallel(THREADS, orders, |some| of_orders(snapshot, &order, &measures, &order.orders[some])) {
        sink.bytes(&hash);
    }
    takebacks(&mut sink, snapshot, &order, &measures);
    state(&mut sink, snapshot, &order);
    sink.end()
}

/// Some members, in the order of their numbers.
fn of_members(snapshot: &Snapshot, order: &Order, attributes: &Names<'_>, some: &[u32]) -> [u8; 32] {
    let mut sink = Sink::new("members");
    for at in some {
        let member = &snapshot.members[*at as usize];
        sink.text(&member.number);
        sink.text(member.kind.as_str());
        sink.text(member.status.as_str());
        sink.number(i64::from(member.joined.0));
        let enroller = order.member(member.enroller.get());
        sink.place(enroller);
        sink.place(if member.sponsor == member.enroller { enroller } else { order.member(member.sponsor.get()) });
        sink.place(order.member(member.placement.map(|(above, _)| above)));
        sink.place(member.placement.map_or(NOBODY, |(_, side)| u32::from(side)));
        sink.text(member.highest_rank.as_deref().unwrap_or(""));
        sink.text(member.forced_rank.as_deref().unwrap_or(""));
        sink.text(&member.market);
        sink.place(order.member(member.person.get()));
        sink.place(member.orders_before);
        let place = |at: &u16| attributes.place(usize::from(*at));
        let mut given: Vec<(u32, &str)> = member.attributes.iter().map(|(at, value)| (place(at), &**value)).collect();
        given.sort_unstable();
        sink.place(count(&given));
        for (place, value) in given {
            sink.place(place);
            sink.text(value);
        }
    }
    sink.end()
}

/// Some orders, in their order.
fn of_orders(snapshot: &Snapshot, order: &Order, measures: &Names<'_>, some: &[u32]) -> [u8; 32] {
    let mut sink = Sink::new("orders");
    for at in some {
        let given = &snapshot.orders[*at as usize];
        sink.text(&given.number);
        sink.text(&given.line);
        sink.place(order.member(Some(given.buyer)));
        sink.place(order.member(snapshot.through.get(&given.id).copied()));
        sink.number(i64::from(given.day.0));
        sink.text(given.order_type.as_str());
        sink.amounts(&given.amounts);
        sink.measures(&given.measures, measures);
    }
    sink.end()
}

fn takebacks(sink: &mut Sink, snapshot: &Snapshot, order: &Order, measures: &Names<'_>) {
    sink.place(count(&order.takebacks));
    for at in &order.takebacks {
        let takeback = &snapshot.takebacks[*at as usize];
        sink.text(&takeback.return_number);
        sink.number(i64::from(takeback.day.0));
        sink.text(&takeback.original_number);
        sink.place(order.member(Some(takeback.buyer)));
        sink.place(order.member(snapshot.through.get(&takeback.original_order).copied()));
        sink.text(takeback.order_type.as_str());
        sink.amounts(&takeback.before);
        sink.amounts(&takeback.now);
        sink.amounts(&takeback.total);
        sink.measures(&takeback.measures, measures);
        let parts = sorted(count(&takeback.parts), |at| takeback.parts[at as usize].line.as_bytes());
        sink.place(count(&parts));
        for at in parts {
            let part = &takeback.parts[at as usize];
            sink.text(&part.line);
            for amounts in [&part.before, &part.now, &part.total] {
                sink.amounts(amounts);
            }
            sink.measures(&part.measures, measures);
        }
        original_lines(sink, &takeback.lines, order);
    }
    original_lines(sink, &snapshot.on_amounts, order);
}

fn original_lines(sink: &mut Sink, lines: &[OriginalLine], order: &Order) {
    let mut lines: Vec<String> = lines.iter().map(|line| line_key(line, order)).collect();
    lines.sort_unstable();
    sink.place(count(&lines));
    for line in &lines {
        sink.text(line);
    }
}

fn line_key(line: &OriginalLine, order: &Order) -> String {
    format!(
        "{:?}",
        (
            (order.member(Some(line.member)), &line.bonus, &line.on, order.member(line.from), line.level),
            (line.base, line.base_kind.as_str(), line.rate.normalize().to_string(), &line.line),
            (line.amount_minor, line.base_taken, line.taken_minor, line.kind.as_str(), line.ended.0),
            (line.unpaid.qv.0, line.unpaid.cv.0, line.unpaid.paid_minor, line.unpaid.wholesale_minor),
        )
    )
}

fn state(sink: &mut Sink, snapshot: &Snapshot, order: &Order) {
    let key = |at: u16| snapshot.state_keys.get(usize::from(at)).map_or("?", String::as_str);
    let entries = sorted(count(&snapshot.state), |at| {
        let entry = &snapshot.state[at as usize];
        (order.member(Some(entry.member)), key(entry.key), entry.value)
    });
    for at in entries {
        let entry = &snapshot.state[at as usize];
        sink.place(order.member(Some(entry.member)));
        sink.text(key(entry.key));
        sink.number(entry.value);
    }
}
