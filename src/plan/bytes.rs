//! A snapshot as bytes, for keeping it with its run: a version byte, then numbers of variable length.

use std::collections::BTreeMap;

use crate::domain::calendar::Day;
use crate::domain::ids::{LineId, MemberId, OrderId};
use crate::domain::member::{MemberKind, MemberStatus};
use crate::domain::money::{Currency, Volume};
use crate::domain::order::OrderType;
use crate::domain::run::PeriodKind;

use super::result::BaseKind;
use super::snapshot::{
    Above, Amounts, Measured, OriginalLine, PeriodSpan, Snapshot, SnapshotFault, SnapshotMember, SnapshotOrder,
    StateEntry, Takeback, TakebackPart,
};

const FORMAT: u8 = 7;

/// A value that can be written and read back.
trait Packed: Sized {
    fn pack(&self, out: &mut Vec<u8>);
    fn unpack(from: &mut Source<'_>) -> Result<Self, SnapshotFault>;
}

struct Source<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Source<'_> {
    fn damaged(&self) -> SnapshotFault {
        SnapshotFault::Damaged(self.at)
    }

    fn byte(&mut self) -> Result<u8, SnapshotFault> {
        let byte = *self.bytes.get(self.at).ok_or_else(|| self.damaged())?;
        self.at += 1;
        Ok(byte)
    }
}

/// Unsigned numbers: seven bits a byte, lowest first.
impl Packed for u64 {
    fn pack(&self, out: &mut Vec<u8>) {
        let mut left = *self;
        while left >= 0x80 {
            out.push(left.to_le_bytes()[0] | 0x80);
            left >>= 7;
        }
        out.push(left.to_le_bytes()[0]);
    }

    fn unpack(from: &mut Source<'_>) -> Result<Self, SnapshotFault> {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = from.byte()?;
            if shift == 63 && byte > 1 {
                break;
            }
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(from.damaged())
    }
}

/// Signed numbers: small ones of either sign stay short.
impl Packed for i64 {
    fn pack(&self, out: &mut Vec<u8>) {
        (self.cast_unsigned().wrapping_shl(1) ^ (self >> 63).cast_unsigned()).pack(out);
    }

    fn unpack(from: &mut Source<'_>) -> Result<Self, SnapshotFault> {
        let value = u64::unpack(from)?;
        Ok((value >> 1).cast_signed() ^ -((value & 1).cast_signed()))
    }
}

macro_rules! through {
    ($wide:ty: $($narrow:ty),+) => {$(
        impl Packed for $narrow {
            fn pack(&self, out: &mut Vec<u8>) {
                <$wide>::from(*self).pack(out);
            }
            fn unpack(from: &mut Source<'_>) -> Result<Self, SnapshotFault> {
                <$wide>::unpack(from)?.try_into().map_err(|_| from.damaged())
            }
        }
    )+};
}
through!(u64: u8, u16, u32);
through!(i64: i32);

macro_rules! wrapped {
    ($($name:ident),+) => {$(
        impl Packed for $name {
            fn pack(&self, out: &mut Vec<u8>) {
                self.0.pack(out);
            }
            fn unpack(from: &mut Source<'_>) -> Result<Self, SnapshotFault> {
                Packed::unpack(from).map($name)
            }
        }
    )+};
}
wrapped!(Day, MemberId, OrderId, LineId, Volume);

macro_rules! one_of {
    ($($name:ident),+) => {$(
        impl Packed for $name {
            fn pack(&self, out: &mut Vec<u8>) {
                out.push($name::ALL.iter().position(|word| word == self).map_or(0, |place| place.to_le_bytes()[0]));
            }
            fn unpack(from: &mut Source<'_>) -> Result<Self, SnapshotFault> {
                let place = from.byte()?;
                $name::ALL.get(usize::from(place)).copied().ok_or_else(|| from.damaged())
            }
        }
    )+};
}
one_of!(MemberKind, MemberStatus, OrderType, PeriodKind, BaseKind);

macro_rules! fields {
    ($($name:ident { $($field:ident),+ })+) => {$(
        impl Packed for $name {
            fn pack(&self, out: &mut Vec<u8>) {
                $(self.$field.pack(out);)+
            }
            fn unpack(from: &mut Source<'_>) -> Result<Self, SnapshotFault> {
                Ok(Self { $($field: Packed::unpack(from)?),+ })
            }
        }
    )+};
}
fields! {
    PeriodSpan { label, kind, first, last }
    SnapshotMember {
        id, number, kind, status, joined, enroller, sponsor, placement, highest_rank, forced_rank, market, person,
        orders_before, attributes
    }
    Amounts { qv, cv, paid_minor, wholesale_minor }
    SnapshotOrder { id, number, line, buyer, day, order_type, amounts, measures }
    OriginalLine {
        id, kind, ended, member, bonus, on, from, level, base, base_kind, rate, amount_minor, line, base_taken,
        taken_minor, unpaid
    }
    Takeback {
        return_order, return_number, day, original_order, original_number, buyer, order_type, before, now, total,
        measures, parts, lines
    }
    TakebackPart { line, before, now, total, measures }
    StateEntry { member, key, value }
    Snapshot { period, currency, measures, attributes, members, orders, through, takebacks, on_amounts, state_keys, state }
}

impl Packed for Above {
    fn pack(&self, out: &mut Vec<u8>) {
        self.get().pack(out);
    }

    fn unpack(from: &mut Source<'_>) -> Result<Self, SnapshotFault> {
        Option::unpack(from).map(Self::from)
    }
}

impl Packed for Measured {
    fn pack(&self, out: &mut Vec<u8>) {
        (self.volumes().len() as u64).pack(out);
        for volume in self.volumes() {
            volume.pack(out);
        }
    }

    fn unpack(from: &mut Source<'_>) -> Result<Self, SnapshotFault> {
        Vec::unpack(from).map(Self::new)
    }
}

impl Packed for Box<str> {
    fn pack(&self, out: &mut Vec<u8>) {
        (self.len() as u64).pack(out);
        out.extend_from_slice(self.as_bytes());
    }

    fn unpack(from: &mut Source<'_>) -> Result<Self, SnapshotFault> {
        Ok(String::unpack(from)?.into())
    }
}

impl<T: Packed> Packed for Box<[T]> {
    fn pack(&self, out: &mut Vec<u8>) {
        (self.len() as u64).pack(out);
        for item in self {
            item.pack(out);
        }
    }

    fn unpack(from: &mut Source<'_>) -> Result<Self, SnapshotFault> {
        Vec::unpack(from).map(Vec::into_boxed_slice)
    }
}

impl Packed for String {
    fn pack(&self, out: &mut Vec<u8>) {
        (self.len() as u64).pack(out);
        out.extend_from_slice(self.as_bytes());
    }

    fn unpack(from: &mut Source<'_>) -> Result<Self, SnapshotFault> {
        let length = usize::try_from(u64::unpack(from)?).map_err(|_| from.damaged())?;
        let end = from.at.checked_add(length).ok_or_else(|| from.damaged())?;
        let bytes = from.bytes.get(from.at..end).ok_or_else(|| from.damaged())?;
        let text = std::str::from_utf8(bytes).map_err(|_| from.damaged())?;
        from.at = end;
        Ok(text.to_owned())
    }
}

impl<T: Packed> Packed for Option<T> {
    fn pack(&self, out: &mut Vec<u8>) {
        out.push(u8::from(self.is_some()));
        if let Some(value) = self {
            value.pack(out);
        }
    }

    fn unpack(from: &mut Source<'_>) -> Result<Self, SnapshotFault> {
        match from.byte()? {
            0 => Ok(None),
            1 => T::unpack(from).map(Some),
            _ => Err(from.damaged()),
        }
    }
}

impl<A: Packed, B: Packed> Packed for (A, B) {
    fn pack(&self, out: &mut Vec<u8>) {
        self.0.pack(out);
        self.1.pack(out);
    }

    fn unpack(from: &mut Source<'_>) -> Result<Self, SnapshotFault> {
        Ok((A::unpack(from)?, B::unpack(from)?))
    }
}

impl<K: Packed + Ord, V: Packed> Packed for BTreeMap<K, V> {
    fn pack(&self, out: &mut Vec<u8>) {
        (self.len() as u64).pack(out);
        for (key, value) in self {
            key.pack(out);
            value.pack(out);
        }
    }

    fn unpack(from: &mut Source<'_>) -> Result<Self, SnapshotFault> {
        Ok(Vec::<(K, V)>::unpack(from)?.into_iter().collect())
    }
}

impl<T: Packed> Packed for Vec<T> {
    fn pack(&self, out: &mut Vec<u8>) {
        (self.len() as u64).pack(out);
        for item in self {
            item.pack(out);
        }
    }

    fn unpack(from: &mut Source<'_>) -> Result<Self, SnapshotFault> {
        let count = usize::try_from(u64::unpack(from)?).map_err(|_| from.damaged())?;
        // A damaged count must not ask for more memory than the bytes could fill.
        let mut out = Vec::with_capacity(count.min(from.bytes.len() - from.at));
        for _ in 0..count {
            out.push(T::unpack(from)?);
        }
        Ok(out)
    }
}

/// Texts that know how to be read back.
macro_rules! as_text {
    ($($name:ty),+) => {$(
        impl Packed for $name {
            fn pack(&self, out: &mut Vec<u8>) {
                self.to_string().pack(out);
            }
            fn unpack(from: &mut Source<'_>) -> Result<Self, SnapshotFault> {
                String::unpack(from)?.parse().map_err(|_| from.damaged())
            }
        }
    )+};
}
as_text!(Currency, rust_decimal::Decimal);

impl Snapshot {
    /// The snapshot as bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(64 + self.members.len() * 40 + self.orders.len() * 48);
        out.push(FORMAT);
        self.pack(&mut out);
        out
    }

    /// Reads what [`Snapshot::to_bytes`] wrote.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SnapshotFault> {
        let mut from = Source { bytes, at: 0 };
        match from.byte()? {
            FORMAT => {}
            other => return Err(SnapshotFault::UnknownFormat(other)),
        }
        let snapshot = Self::unpack(&mut from)?;
        if from.at == bytes.len() { Ok(snapshot) } else { Err(from.damaged()) }
    }

    /// SHA-256 over the content: the same whatever the ids and the order of the lists.
    pub fn hash(&self) -> [u8; 32] {
        super::digest::of_snapshot(self)
    }
}
