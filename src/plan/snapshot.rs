//! The frozen input of a run: everything the engine reads and nothing else.
//!
//! Ids are carried so that results can be stored, but they never influence an amount or a hash:
//! members and orders are compared by their numbers, which are the same in every database.

use std::collections::BTreeMap;

use crate::domain::calendar::Day;
use crate::domain::ids::{LineId, MemberId, OrderId};
use crate::domain::member::{MemberKind, MemberStatus};
use crate::domain::money::{Currency, Volume};
use crate::domain::order::OrderType;
use crate::domain::run::PeriodKind;

use super::result::{BaseKind, WHOLE_ORDER};

/// The stretch of time that the run pays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeriodSpan {
    /// Name of the period, such as `2026-10`.
    pub label: String,
    /// How long periods of this kind are.
    pub kind: PeriodKind,
    /// First day.
    pub first: Day,
    /// Last day, included.
    pub last: Day,
}

impl PeriodSpan {
    /// The period that a label such as `2026-10` or `2026-W41` names.
    pub fn of_label(label: &str) -> Option<Self> {
        let (kind, first, last) = PeriodKind::of_label(label)?;
        Some(Self { label: label.to_owned(), kind, first, last })
    }
}

/// A member or nobody, in eight bytes: a snapshot holds millions of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Above(i64);

impl Above {
    /// Nobody.
    pub const NOBODY: Self = Self(i64::MIN);

    /// The member, if it is one.
    pub fn get(self) -> Option<MemberId> {
        (self != Self::NOBODY).then_some(MemberId(self.0))
    }
}

impl From<Option<MemberId>> for Above {
    fn from(member: Option<MemberId>) -> Self {
        member.map_or(Self::NOBODY, |member| Self(member.0))
    }
}

/// One member as of the last day of the period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnapshotMember {
    /// Row id.
    pub id: MemberId,
    /// The number people read, unique.
    pub number: Box<str>,
    /// Distributor or customer.
    pub kind: MemberKind,
    /// State of the account on the last day of the period.
    pub status: MemberStatus,
    /// Day of enrolment.
    pub joined: Day,
    /// Who brought the member in.
    pub enroller: Above,
    /// The upline in the sponsor tree.
    pub sponsor: Above,
    /// The parent in the placement tree and the side (0 is the first).
    pub placement: Option<(MemberId, u8)>,
    /// Code of the highest rank of earlier committed runs.
    pub highest_rank: Option<Box<str>>,
    /// Code of the rank that an administrator has set for this period.
    pub forced_rank: Option<Box<str>>,
    /// ISO code of the country, or empty.
    pub market: Box<str>,
    /// The member that owns this position, where one person holds several; `None` for itself.
    pub person: Above,
    /// How many orders of the member count on days before the period.
    pub orders_before: u32,
    /// What the member has by name: place among the snapshot's attributes, and the value as text, never empty.
    pub attributes: Box<[(u16, String)]>,
}

/// What an order is worth to the plan. Volumes are ten-thousandths of a point, amounts minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Amounts {
    /// Qualifying volume.
    pub qv: Volume,
    /// Commissionable volume.
    pub cv: Volume,
    /// What the customer paid for goods, after discounts, without tax and shipping.
    pub paid_minor: i64,
    /// The same goods at the wholesale price.
    pub wholesale_minor: i64,
}

/// Further volumes of goods, by the places of their names among the snapshot's measures. Names without a place
/// have none.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Measured(Box<[Volume]>);

impl Measured {
    /// Volumes by place.
    pub fn new(mut volumes: Vec<Volume>) -> Self {
        while volumes.last() == Some(&Volume::ZERO) {
            volumes.pop();
        }
        Self(volumes.into_boxed_slice())
    }

    /// The volume of a name.
    pub fn get(&self, place: usize) -> Volume {
        self.0.get(place).copied().unwrap_or_default()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Places and volumes that are not zero.
    pub fn iter(&self) -> impl Iterator<Item = (usize, Volume)> {
        self.0.iter().copied().enumerate().filter(|(_, volume)| *volume != Volume::ZERO)
    }

    /// Volumes by place, as far as there are any.
    pub fn volumes(&self) -> &[Volume] {
        &self.0
    }

    /// Both together, the other one so many times; `None` beyond 64 bits.
    pub fn plus(&self, other: &Self, times: i64) -> Option<Self> {
        let sum = |place| self.get(place).0.checked_add(other.get(place).0.checked_mul(times)?).map(Volume);
        (0..self.0.len().max(other.0.len())).map(sum).collect::<Option<Vec<_>>>().map(Self::new)
    }

    /// Every volume through `part`; `None` if it has no answer for one.
    pub fn each(&self, part: impl Fn(i64) -> Option<i64>) -> Option<Self> {
        self.0.iter().map(|volume| part(volume.0).map(Volume)).collect::<Option<Vec<_>>>().map(Self::new)
    }
}

/// One order with its commission day in the period, net of the returns that fell into the same
/// period. A return whose original order is unknown comes as an order with negative amounts.
///
/// An order whose goods belong to several product lines comes once for each, with the same id and
/// number: orders are unique by number and line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnapshotOrder {
    /// Row id.
    pub id: OrderId,
    /// The number people read.
    pub number: Box<str>,
    /// Product line of these goods, or empty.
    pub line: Box<str>,
    /// Who bought.
    pub buyer: MemberId,
    /// Commission day.
    pub day: Day,
    /// What kind of purchase it is.
    pub order_type: OrderType,
    /// Volumes and amounts.
    pub amounts: Amounts,
    /// Further volumes.
    pub measures: Measured,
}

impl SnapshotOrder {
    /// Whether nothing is left of it.
    pub fn is_nothing(&self) -> bool {
        self.amounts == Amounts::default() && self.measures.is_empty()
    }
}

/// A line of an earlier committed run that a return takes back in part or in whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OriginalLine {
    /// Row id of the line.
    pub id: LineId,
    /// Over which kind of period the run was that paid it.
    pub kind: PeriodKind,
    /// The last day of that period.
    pub ended: Day,
    /// Who was paid.
    pub member: MemberId,
    /// Code of the bonus.
    pub bonus: String,
    /// For a line on another bonus's amounts (a match): the code of that bonus.
    pub on: Option<String>,
    /// Whose order or earnings it was.
    pub from: Option<MemberId>,
    /// Level or generation, 0 for own.
    pub level: u16,
    /// What the rate was applied to (ten-thousandths of a point for volumes, minor units for money).
    pub base: i64,
    /// What kind of base.
    pub base_kind: BaseKind,
    /// The rate then.
    pub rate: rust_decimal::Decimal,
    /// What was paid.
    pub amount_minor: i64,
    /// Product line of the goods that it was paid on, empty for goods of none; [`WHOLE_ORDER`] where the bonus counts
    /// once for an order.
    pub line: String,
    /// How much of `base` earlier runs have taken back, as a positive number.
    pub base_taken: i64,
    /// How much of `amount_minor` earlier runs have taken back, as a positive number.
    pub taken_minor: i64,
    /// What of the total of [`Takeback::part_of`], or else of [`Takeback::total`], had come back in the period of the run
    /// that paid the line: it was never paid on. Runs over a week and over its month leave out different returns. Only
    /// for lines on the order itself.
    pub unpaid: Amounts,
}

/// A return, with its commission day in the period, of an order that an earlier run has paid.
///
/// `before` counts only returns of earlier periods: when two returns of one order fall into this
/// period, both carry the same `before` and the engine adds them up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Takeback {
    /// Row id of the return.
    pub return_order: OrderId,
    /// Number of the return, unique.
    pub return_number: String,
    /// Commission day of the return.
    pub day: Day,
    /// Row id of the original order.
    pub original_order: OrderId,
    /// Number of the original order.
    pub original_number: String,
    /// Who bought.
    pub buyer: MemberId,
    /// What kind of purchase it was.
    pub order_type: OrderType,
    /// Returned in earlier periods, positive; what came back before [`Self::total`] was paid on left out.
    pub before: Amounts,
    /// Returned by this return, positive.
    pub now: Amounts,
    /// The original order as it was paid on.
    pub total: Amounts,
    /// Further volumes returned by this return, positive.
    pub measures: Measured,
    /// The same by product line, each once; empty where the order has goods of none only.
    pub parts: Vec<TakebackPart>,
    /// The lines paid on the original order.
    pub lines: Vec<OriginalLine>,
}

/// Goods of one product line in a [`Takeback`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TakebackPart {
    /// The product line, or empty.
    pub line: String,
    /// Returned in earlier periods, see [`Takeback::before`].
    pub before: Amounts,
    /// Returned by this return, positive; nothing where goods of other lines come back.
    pub now: Amounts,
    /// These goods as they were paid on.
    pub total: Amounts,
    /// Further volumes returned by this return, positive.
    pub measures: Measured,
}

impl TakebackPart {
    /// Whether the return brings something back of it.
    pub fn comes_back(&self) -> bool {
        self.now != Amounts::default() || !self.measures.is_empty()
    }
}

/// The goods that a line was paid on, among those of its order. `None` for the whole order: where the bonus counts once for
/// it, where its goods belong to no product line, or to another one by now, and where these goods have no price or volume
/// that a share of them could be told by.
pub fn part_of<'p>(parts: &'p [TakebackPart], line: &OriginalLine) -> Option<&'p TakebackPart> {
    let part = parts.iter().find(|part| part.line == line.line && line.line != WHOLE_ORDER)?;
    let is_measured = match line.base_kind {
        BaseKind::Money => part.total.paid_minor != 0,
        BaseKind::Points => part.total.cv.0 != 0 || part.total.paid_minor != 0,
        _ => true,
    };
    is_measured.then_some(part)
}

impl Takeback {
    /// See [`part_of`].
    pub fn part_of(&self, line: &OriginalLine) -> Option<&TakebackPart> {
        part_of(&self.parts, line)
    }
}

/// Something a committed run remembers about a member for the next run, such as the number of
/// periods a rank was held. Only the engine knows the meaning of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StateEntry {
    /// Whose state.
    pub member: MemberId,
    /// Index into the list of keys.
    pub key: u16,
    /// The value.
    pub value: i64,
}

/// The frozen input of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// The period.
    pub period: PeriodSpan,
    /// The currency of all amounts.
    pub currency: Currency,
    /// Names of the further volumes of orders.
    pub measures: Vec<String>,
    /// Names of what members have besides.
    pub attributes: Vec<String>,
    /// Every member, customers and terminated ones included.
    pub members: Vec<SnapshotMember>,
    /// The orders that count.
    pub orders: Vec<SnapshotOrder>,
    /// Through whom orders came, for those that name somebody besides the buyer: a host, a stockist. Orders that
    /// returns take back are there too.
    pub through: BTreeMap<OrderId, MemberId>,
    /// Returns of orders that earlier runs have paid.
    pub takebacks: Vec<Takeback>,
    /// Lines that earlier runs paid on amounts of other bonuses (`on` is set) which these returns may reach, each once:
    /// the engine picks those that apply.
    pub on_amounts: Vec<OriginalLine>,
    /// Names of the state's keys.
    pub state_keys: Vec<String>,
    /// What the previous committed run remembered.
    pub state: Vec<StateEntry>,
}

/// A stored snapshot that cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SnapshotFault {
    /// Written by a newer version, or not a snapshot.
    #[error("the stored snapshot has format {0}, which this version does not know; upgrade Mainstay")]
    UnknownFormat(u8),
    /// Cut short or altered.
    #[error("the stored snapshot is damaged at byte {0}; discard the run and freeze the period again")]
    Damaged(usize),
}
