//! SHA-256 over a result: the same in every database, on any number of threads. Members and orders are told by number,
//! never by id: a member is its place by number, an order its place by day and number.

use std::ops::Range;

use sha2::{Digest, Sha256};

use super::field::Field;
use crate::plan::digest::{NOBODY, Sink};
use crate::plan::parallel::{in_parallel, stretches};
use crate::plan::result::{EarningLine, RunResult, Source};
use crate::plan::snapshot::Snapshot;

/// How many members or orders are hashed together.
const STRETCH: usize = 16_384;

/// The hash of lines in their final order, members and orders by index.
pub fn of_lines(field: &Field, lines: &[EarningLine]) -> [u8; 32] {
    let mut hash = Sha256::new();
    let mut buffer = Vec::with_capacity(1 << 16);
    for line in lines {
        let (kind, source) = match line.source() {
            Source::Order(index) => (0_u32, index),
            Source::Takeback(taken) => (1, taken),
            Source::Period => (2, NOBODY),
        };
        let rank = |index: u32| field.by_number[index as usize];
        // Millions of lines: one piece each instead of a dozen.
        let parts = [
            rank(line.member),
            line.from().map_or(NOBODY, rank),
            source,
            line.rate,
            u32::from(line.bonus) << 16 | u32::from(line.level),
            line.on().map_or(NOBODY, u32::from),
            kind << 16 | u32::from(line.note),
        ];
        let mut piece = [0_u8; 44];
        for (slot, part) in piece.chunks_exact_mut(4).zip(parts) {
            slot.copy_from_slice(&part.to_le_bytes());
        }
        piece[28..36].copy_from_slice(&line.base.to_le_bytes());
        piece[36..].copy_from_slice(&line.amount_minor.to_le_bytes());
        buffer.extend_from_slice(&piece);
        if buffer.len() > 60_000 {
            hash.update(&buffer);
            buffer.clear();
        }
    }
    hash.update(&buffer);
    hash.finalize().into()
}

/// The hash of a result, with the hashes of its lines.
pub fn of_result(
    field: &Field,
    snapshot: &Snapshot,
    result: &RunResult,
    lines: &[[u8; 32]],
    threads: usize,
) -> [u8; 32] {
    let mut sink = Sink::new("result 3");
    let people = stretches(field.len(), STRETCH);
    for hash in in_parallel(threads, people, |ranks| of_members(field, snapshot, result, ranks)) {
        sink.bytes(&hash);
    }
    let sales = stretches(field.orders.place.len(), STRETCH);
    for hash in in_parallel(threads, sales, |orders| of_orders(field, snapshot, orders)) {
        sink.bytes(&hash);
    }
    // Returns that count as orders stand among those.
    for taken in result.taken.iter().filter(|taken| taken.line.is_some()) {
        takeback(&mut sink, snapshot, taken.takeback as usize);
    }
    for rate in &result.rates {
        sink.text(&rate.to_string());
    }
    for note in &result.notes {
        sink.text(note);
    }
    for hash in lines {
        sink.bytes(hash);
    }
    for entry in &result.state {
        let rank = field.find(entry.member).map_or(NOBODY, |index| field.by_number[index as usize]);
        sink.place(rank);
        sink.text(&result.state_keys[usize::from(entry.key)]);
        sink.number(entry.value);
    }
    for split in &result.splits {
        sink.place(field.by_number[field.index[split.member as usize] as usize]);
        sink.text(&result.wallets[usize::from(split.wallet)].code);
        sink.number(split.amount_minor);
    }
    for bonus in &result.bonuses {
        sink.text(&bonus.code);
        sink.number(bonus.amount_minor);
        sink.text(&bonus.breakage.normalize().to_string());
    }
    sink.end()
}

/// Members in the order of their numbers.
fn of_members(field: &Field, snapshot: &Snapshot, result: &RunResult, ranks: Range<usize>) -> [u8; 32] {
    let mut sink = Sink::new("members");
    for index in &field.index_of_rank[ranks] {
        let place = field.place[*index as usize] as usize;
        let member = &result.members[place];
        sink.text(&snapshot.members[place].number);
        for value in [member.pv.0, member.gv.0, member.earned_minor] {
            sink.number(value);
        }
        sink.place(member.downline);
        for rank in [member.rank, member.paid_rank, member.highest_rank] {
            sink.place(rank.map_or(NOBODY, u32::from));
        }
        sink.bytes(&[u8::from(member.active)]);
    }
    sink.end()
}

/// Orders in their order.
fn of_orders(field: &Field, snapshot: &Snapshot, orders: Range<usize>) -> [u8; 32] {
    let mut sink = Sink::new("orders");
    for place in &field.orders.place[orders] {
        let place = *place as usize;
        if let Some(order) = snapshot.orders.get(place) {
            sink.text(&order.number);
            sink.text(&order.line);
        } else {
            let back = field.orders.returned[place - snapshot.orders.len()];
            takeback(&mut sink, snapshot, back.takeback as usize);
            sink.text(back.line(snapshot));
        }
    }
    sink.end()
}

fn takeback(sink: &mut Sink, snapshot: &Snapshot, place: usize) {
    if let Some(takeback) = snapshot.takebacks.get(place) {
        sink.text(&takeback.return_number);
        sink.text(&takeback.original_number);
    }
}
