//! SHA-256 over a result: the same in every database, on any number of threads. Members and orders are told by number,
//! never by id: a member is its place by number, an order its place by day and number.

use sha2::{Digest, Sha256};

use super::field::Field;
use crate::plan::digest::{NOBODY, Sink};
use crate::plan::result::{EarningLine, RunResult, Source};
use crate::plan::snapshot::Snapshot;

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
pub fn of_result(field: &Field, snapshot: &Snapshot, result: &RunResult, lines: &[[u8; 32]]) -> [u8; 32] {
    let mut sink = Sink::new("result 3");
    let mut index_of_rank = vec![0_u32; field.len()];
    for (index, rank) in (0_u32..).zip(&field.by_number) {
        index_of_rank[*rank as usize] = index;
    }
    for index in index_of_rank {
        let place = field.place[index as usize] as usize;
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
    for place in &field.orders.place {
        let place = *place as usize;
        match snapshot.orders.get(place) {
            Some(order) => {
                sink.text(&order.number);
                sink.text(&order.line);
            }
            None => takeback(&mut sink, snapshot, place - snapshot.orders.len()),
        }
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
    for bonus in &result.bonuses {
        sink.text(&bonus.code);
        sink.number(bonus.amount_minor);
        sink.text(&bonus.breakage.normalize().to_string());
    }
    sink.end()
}

fn takeback(sink: &mut Sink, snapshot: &Snapshot, place: usize) {
    if let Some(takeback) = snapshot.takebacks.get(place) {
        sink.text(&takeback.return_number);
        sink.text(&takeback.original_number);
    }
}
