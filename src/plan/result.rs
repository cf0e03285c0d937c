//! The outcome of a run: lines, members, totals, exceptions, state for the next run, and a hash.
//!
//! Lines refer to members and orders by their place in the snapshot; [`RunResult::rows`] resolves
//! them for storing and showing without copying text.

use rust_decimal::Decimal;

use crate::domain::calendar::Day;
use crate::domain::ids::{LineId, MemberId, OrderId};
use crate::domain::money::{Currency, Rounding, Volume};
use crate::domain::words::words;

use super::checked::WalletKind;
use super::climb::Climbs;
use super::lines::Lines;
use super::snapshot::{Snapshot, StateEntry};

words! {
    /// Whether a line gives or takes back.
    LineKind, "line kind" {
        /// Earned in this period.
        Earned = "earned",
        /// Taken back for goods that came back.
        Clawback = "clawback",
    }
}

words! {
    /// What a rate was applied to.
    BaseKind, "base" {
        /// Commissionable volume.
        Cv = "cv",
        /// Qualifying volume.
        Qv = "qv",
        /// What the customer paid.
        Paid = "paid",
        /// What the customer paid above the wholesale price.
        Margin = "margin",
        /// Amounts of another bonus.
        Amount = "amount",
        /// Points that an expression works out.
        Points = "points",
        /// Money that an expression works out.
        Money = "money",
        /// A fixed amount.
        Fixed = "fixed",
    }
}

words! {
    /// Why an upline was passed over.
    PassedReason, "reason" {
        /// A customer, or a distributor whose account is inactive, suspended or terminated.
        NotEarning = "not-earning",
        /// Not active in the period.
        NotActive = "not-active",
        /// Paid as a rank that earns nothing on this level.
        RankTooLow = "rank-too-low",
        /// A condition of the bonus was not met.
        NotQualified = "not-qualified",
    }
}

words! {
    /// How much an exception matters to who reviews a run.
    Severity, "severity" {
        /// Worth knowing.
        Note = "note",
        /// Look at it before approving.
        Warning = "warning",
    }
}

impl BaseKind {
    /// Whether the base is a volume (four places) and not money.
    pub const fn is_volume(self) -> bool {
        matches!(self, Self::Cv | Self::Qv | Self::Points)
    }

    /// Whether the base is kept in ten-thousandths, and not in the currency's smallest unit: volumes, and money that an
    /// expression works out.
    pub const fn has_four_places(self) -> bool {
        self.is_volume() || matches!(self, Self::Money)
    }

    /// A base of this kind as a decimal of points or whole currency units.
    pub fn to_decimal(self, base: i64, currency: Currency) -> Decimal {
        if self.has_four_places() { Volume(base).to_decimal() } else { currency.to_decimal(base) }
    }

    /// A base of this kind for people, with its unit: `96 CV`, `52.80 EUR`.
    pub fn shown(self, base: i64, currency: Currency) -> String {
        match self {
            kind if kind.is_volume() => format!("{} {}", Volume(base).grouped(), kind.as_str().to_uppercase()),
            Self::Money => format!("{} {currency}", Volume(base).grouped()),
            _ => format!("{} {currency}", currency.grouped(base)),
        }
    }
}

/// Where an amount came from. Numbers are places in the snapshot's lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// An order of the period: place in the snapshot's orders.
    Order(u32),
    /// A return of an order that an earlier run has paid: place in [`RunResult::taken`].
    Takeback(u32),
    /// The period as a whole: amounts of another bonus, or a rank.
    Period,
}

/// One amount earned by one member from one source under one bonus: 48 bytes, for there are millions of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EarningLine {
    /// What the rate is applied to (ten-thousandths of a point for volumes, minor units for money; see
    /// [`BaseKind::has_four_places`]).
    pub base: i64,
    /// The amount, rounded once.
    pub amount_minor: i64,
    /// Who earns: place in the snapshot's members.
    pub member: u32,
    /// Whose order or earnings: place in the snapshot's members, or [`NOBODY`].
    pub(in crate::plan) from: u32,
    /// Where the search on the way up began that found the member: whoever stands between was passed over. Place in
    /// the snapshot's members, or [`NOBODY`] where nobody was looked for.
    pub(in crate::plan) below: u32,
    /// The order or the takeback.
    pub(in crate::plan) source: u32,
    /// The rate: place in [`RunResult::rates`]. For a fixed amount, the amount before rounding.
    pub rate: u32,
    /// Which bonus: place in [`RunResult::bonuses`].
    pub bonus: u16,
    /// On which other bonus's amounts, or [`NO_BONUS`].
    pub(in crate::plan) on: u16,
    /// Level or generation, 0 for own.
    pub level: u16,
    /// What let the member earn and which row gave the rate: place in [`RunResult::notes`].
    pub note: u16,
    /// Which of the two, or neither.
    pub(in crate::plan) source_kind: SourceKind,
    /// Earned or taken back.
    pub kind: LineKind,
    /// What kind of base.
    pub base_kind: BaseKind,
}

/// In the place of a product line: all of an order. No product line is called so.
pub const WHOLE_ORDER: &str = "*";

/// No member.
const NOBODY: u32 = u32::MAX;
/// Marks that the member where a search began was passed over; a run has far fewer members.
const PASSED: u32 = 1 << 31;
/// No bonus.
const NO_BONUS: u16 = u16::MAX;

/// Which list the source of a line is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SourceKind {
    /// The orders.
    Order,
    /// What is taken back.
    Takeback,
    /// None.
    Period,
}

impl EarningLine {
    /// A line of a member under a bonus that gives nothing, from the period as a whole: what a line is made from.
    pub const fn blank(member: u32, bonus: u16) -> Self {
        Self {
            base: 0,
            amount_minor: 0,
            member,
            from: NOBODY,
            below: NOBODY,
            source: 0,
            rate: 0,
            bonus,
            on: NO_BONUS,
            level: 0,
            note: 0,
            source_kind: SourceKind::Period,
            kind: LineKind::Earned,
            base_kind: BaseKind::Fixed,
        }
    }

    /// Whose order or earnings: place in the snapshot's members.
    pub fn from(&self) -> Option<u32> {
        Some(self.from).filter(|from| *from != NOBODY)
    }

    /// Where the search on the way up began, and whether that one was passed over too.
    pub fn below(&self) -> Option<(u32, bool)> {
        Some((self.below & !PASSED, self.below & PASSED != 0)).filter(|_| self.below != NOBODY)
    }

    /// On which other bonus's amounts, if so: place in [`RunResult::bonuses`].
    pub fn on(&self) -> Option<u16> {
        Some(self.on).filter(|on| *on != NO_BONUS)
    }

    /// Where it came from.
    pub const fn source(&self) -> Source {
        match self.source_kind {
            SourceKind::Order => Source::Order(self.source),
            SourceKind::Takeback => Source::Takeback(self.source),
            SourceKind::Period => Source::Period,
        }
    }

    /// The same line, of somebody's order or earnings.
    #[must_use]
    pub fn of(self, from: Option<u32>) -> Self {
        Self { from: from.unwrap_or(NOBODY), ..self }
    }

    /// The same line, found by a search that began at a member, which was passed over itself or not.
    #[must_use]
    pub fn found_above(self, below: Option<u32>, is_passed: bool) -> Self {
        let below = below.map(|below| if is_passed { below | PASSED } else { below });
        Self { below: below.unwrap_or(NOBODY), ..self }
    }

    /// The same line, on another bonus's amounts.
    #[must_use]
    pub fn on_amounts(self, on: Option<u16>) -> Self {
        Self { on: on.unwrap_or(NO_BONUS), ..self }
    }

    /// The same line, from a source.
    #[must_use]
    pub const fn from_source(self, source: Source) -> Self {
        let (source_kind, source) = match source {
            Source::Order(at) => (SourceKind::Order, at),
            Source::Takeback(at) => (SourceKind::Takeback, at),
            Source::Period => (SourceKind::Period, 0),
        };
        Self { source, source_kind, ..self }
    }
}

/// What a line takes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Taken {
    /// The line of an earlier run; `None` where the return counts as an order with negative amounts.
    pub line: Option<LineId>,
    /// The takeback: place in the snapshot's takebacks.
    pub takeback: u32,
}

/// Somebody passed over on the way up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Passed {
    /// Place in the snapshot's members.
    pub member: u32,
    /// Why.
    pub reason: PassedReason,
    /// Whether a level was used up.
    pub used_level: bool,
}

/// A line with everything resolved, ready to be stored or shown.
#[derive(Debug, Clone, Copy)]
pub struct LineRow<'a> {
    /// Place in [`RunResult::lines`].
    pub index: usize,
    /// Who earns.
    pub member: MemberId,
    /// The number of who earns.
    pub member_number: &'a str,
    /// Code of the bonus.
    pub bonus: &'a str,
    /// Code of the bonus whose amounts are the base.
    pub on: Option<&'a str>,
    /// Earned or taken back.
    pub kind: LineKind,
    /// The order or return.
    pub order: Option<OrderId>,
    /// The order's number, or the bonus's rule where there is no order.
    pub source: &'a str,
    /// Product line of the order's goods, or empty; [`WHOLE_ORDER`] where the bonus counts once for an order.
    pub line: &'a str,
    /// Day of the order, or the period's last day.
    pub day: Day,
    /// Whose order or earnings.
    pub from: Option<MemberId>,
    /// Level or generation, 0 for own.
    pub level: u16,
    /// What the rate is applied to (ten-thousandths of a point for volumes, minor units for money).
    pub base: i64,
    /// What kind of base.
    pub base_kind: BaseKind,
    /// The rate.
    pub rate: Decimal,
    /// The amount.
    pub amount_minor: i64,
    /// The line that a clawback takes back.
    pub original_line: Option<LineId>,
}

/// One requirement of the next rank, with what the member has and needs.
#[derive(Debug, Clone, PartialEq)]
pub struct Requirement {
    /// Place in [`RunResult::labels`]: words such as “Personal volume”.
    pub label: u16,
    /// What the member has.
    pub have: Decimal,
    /// What is needed.
    pub need: Decimal,
    /// Whether it is met.
    pub met: bool,
}

/// What the run found out about one member. In the order of the snapshot's members.
#[derive(Debug, Clone, PartialEq)]
pub struct MemberResult {
    /// Row id.
    pub id: MemberId,
    /// Personal volume.
    pub pv: Volume,
    /// Volume of the whole organisation, as the plan defines GV.
    pub gv: Volume,
    /// Whether the member meets the plan's activity condition.
    pub active: bool,
    /// Rank earned in this period: place in [`RunResult::ranks`].
    pub rank: Option<u16>,
    /// The rank that the run paid on.
    pub paid_rank: Option<u16>,
    /// The best ever, this period included.
    pub highest_rank: Option<u16>,
    /// Everybody below in the sponsor tree.
    pub downline: u32,
    /// Sum of the member's lines.
    pub earned_minor: i64,
    /// The next rank and what it takes.
    pub next_rank: Option<NextRank>,
}

/// The rank above the one that was earned, with its requirements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NextRank {
    /// Place in [`RunResult::ranks`].
    pub rank: u16,
    /// First place in [`RunResult::requirements`].
    pub first: u32,
    /// How many requirements.
    pub count: u16,
    /// Whether they are those to keep the rank, which the member was paid on before, and not those to reach it.
    pub keeps: bool,
}

/// A rank of the plan, lowest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RankName {
    /// Code, as used in the plan.
    pub code: String,
    /// Name for people.
    pub name: String,
}

/// What one bonus paid.
#[derive(Debug, Clone, PartialEq)]
pub struct BonusTotal {
    /// Code, as used in the plan.
    pub code: String,
    /// Name for people.
    pub name: String,
    /// One line for the statement: what the bonus pays.
    pub about: String,
    /// The rule of the plan, such as “Rule 3”.
    pub rule: String,
    /// Whether it pays for an order once, however many product lines it has.
    pub once: bool,
    /// Number of lines.
    pub lines: u32,
    /// Number of members with a line.
    pub members: u32,
    /// Sum of the lines.
    pub amount_minor: i64,
    /// What nobody qualified for, before rounding.
    pub breakage: Decimal,
}

/// An account beside the one that is paid out, with what goes there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WalletTotal {
    /// Code, as used in the plan.
    pub code: String,
    /// Name for people.
    pub name: String,
    /// Money, or credit that is none.
    pub kind: WalletKind,
    /// Sum of all members.
    pub amount_minor: i64,
}

/// The part of what a member is paid that goes into a wallet. The rest stays on the account that is paid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Split {
    /// Whose: place in the snapshot's members.
    pub member: u32,
    /// Which wallet: place in [`RunResult::wallets`].
    pub wallet: u16,
    /// How much; negative where more was taken back than paid.
    pub amount_minor: i64,
}

/// Something that a reviewer should look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exception {
    /// How much it matters.
    pub severity: Severity,
    /// Stable word for the kind, such as `negative-order`.
    pub code: &'static str,
    /// One sentence for people.
    pub text: String,
    /// The member concerned.
    pub member: Option<MemberId>,
    /// The order concerned.
    pub order: Option<OrderId>,
}

/// The outcome of a run.
#[derive(Debug, Clone, PartialEq)]
pub struct RunResult {
    /// One per member, in the order of the snapshot's members.
    pub members: Vec<MemberResult>,
    /// Every amount, grouped by member (by number); within a member by bonus, then by day and number
    /// of the order; what is taken back comes last.
    pub lines: Lines,
    /// Rates, referred to by the lines.
    pub rates: Vec<Decimal>,
    /// What was taken back, referred to by the lines.
    pub taken: Vec<Taken>,
    /// The ways up, to tell who was passed over.
    pub climbs: Climbs,
    /// Sentences on qualification and rate, referred to by the lines.
    pub notes: Vec<String>,
    /// Names of requirements.
    pub labels: Vec<String>,
    /// Requirements of next ranks, referred to by the members.
    pub requirements: Vec<Requirement>,
    /// The plan's ranks, lowest first.
    pub ranks: Vec<RankName>,
    /// The plan's bonuses in their order, with totals.
    pub bonuses: Vec<BonusTotal>,
    /// The plan's wallets in their order, with totals.
    pub wallets: Vec<WalletTotal>,
    /// What goes into them, by number of the member.
    pub splits: Vec<Split>,
    /// Things to look at.
    pub exceptions: Vec<Exception>,
    /// Names of the state's keys.
    pub state_keys: Vec<String>,
    /// What the next run must know.
    pub state: Vec<StateEntry>,
    /// Sum of all lines.
    pub total_minor: i64,
    /// Volume that commissions are a share of.
    pub total_cv: Volume,
    /// Sum of the lines that take back, negative.
    pub clawback_minor: i64,
    /// The currency of all amounts.
    pub currency: Currency,
    /// Money for one point of volume.
    pub point_value: Decimal,
    /// How lines were rounded.
    pub rounding: Rounding,
    /// SHA-256 over the content, the same in every database.
    pub hash: [u8; 32],
}

impl RunResult {
    /// The lines with members, orders and bonuses resolved, in the order of [`RunResult::lines`].
    pub fn rows<'a>(&'a self, snapshot: &'a Snapshot) -> impl Iterator<Item = LineRow<'a>> {
        self.lines.iter().enumerate().map(|(index, line)| self.resolve(snapshot, index, line))
    }

    /// How many members have a line.
    pub fn payees(&self) -> usize {
        // Lines of a member are together.
        let mut last = NOBODY;
        self.lines.iter().filter(|line| std::mem::replace(&mut last, line.member) != line.member).count()
    }

    /// One line with member, order and bonus resolved.
    pub fn row<'a>(&'a self, snapshot: &'a Snapshot, index: usize) -> LineRow<'a> {
        self.resolve(snapshot, index, &self.lines[index])
    }

    /// A line with member, order and bonus resolved.
    fn resolve<'a>(&'a self, snapshot: &'a Snapshot, index: usize, line: &EarningLine) -> LineRow<'a> {
        let member = &snapshot.members[line.member as usize];
        let bonus = &self.bonuses[usize::from(line.bonus)];
        let source = line.source();
        let original_line = match source {
            Source::Takeback(at) => self.taken[at as usize].line,
            _ => None,
        };
        let (order, source, day, goods) = match source {
            Source::Order(at) => {
                let order = &snapshot.orders[at as usize];
                (Some(order.id), &*order.number, order.day, if bonus.once { WHOLE_ORDER } else { &*order.line })
            }
            Source::Takeback(at) => {
                let takeback = &snapshot.takebacks[self.taken[at as usize].takeback as usize];
                (Some(takeback.return_order), takeback.return_number.as_str(), takeback.day, "")
            }
            Source::Period => (None, bonus.rule.as_str(), snapshot.period.last, ""),
        };
        let rate = self.rates[line.rate as usize];
        let fixed = line.base_kind == BaseKind::Fixed;
        LineRow {
            index,
            member: member.id,
            member_number: &member.number,
            bonus: &bonus.code,
            on: line.on().map(|on| self.bonuses[usize::from(on)].code.as_str()),
            kind: line.kind,
            order,
            source,
            line: goods,
            day,
            from: line.from().map(|from| snapshot.members[from as usize].id),
            level: line.level,
            base: line.base,
            base_kind: line.base_kind,
            rate: if fixed { Decimal::ONE } else { rate },
            amount_minor: line.amount_minor,
            original_line,
        }
    }
}
