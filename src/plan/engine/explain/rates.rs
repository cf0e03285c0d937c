//! What stands behind an amount: the rate, what it reads, what a difference is made of, what cut it.

use rust_decimal::Decimal;

use super::super::found::Item;
use super::super::tree::NONE;
use super::super::values::At;
use super::conditions::About;
use super::words::{self, Words};
use super::{Node, Told};
use crate::domain::money::Volume;
use crate::plan::checked::{Bonus, BonusSource, Walk};
use crate::plan::expr::Num;
use crate::plan::result::{BaseKind, EarningLine, LineKind, LineRow, Source};
use crate::plan::snapshot::OriginalLine;

impl Told<'_> {
    /// An amount under a bonus, in money or in points.
    pub(super) fn amount(&self, bonus: &Bonus, amount: i64) -> String {
        if bonus.points { Volume(amount).to_string() } else { self.result.currency.plain(amount) }
    }

    /// The rate or amount that a member has under a bonus on a level, counted from the first that is paid.
    fn cell<'b>(&self, bonus: &'b Bonus, member: u32, level: usize) -> Option<&'b Num> {
        let paid = self.standing.paid[member as usize];
        let row = bonus.rates.iter().rev().find(|row| row.rank.is_none_or(|rank| paid > rank))?;
        let last = row.cells.len().checked_sub(1)?;
        row.cells.get(if bonus.walk.repeats && row.goes_on { level.min(last) } else { level })
    }

    /// The rate of a member where differences are paid; zero for who may not earn.
    fn rate(&self, bonus: &Bonus, member: u32, at: At) -> Decimal {
        let index = member as usize;
        let about = About::member(self.standing, index);
        let earns = self.standing.field.may_earn[index] && about.holds(&bonus.earner);
        let cell = self.cell(bonus, member, 0).filter(|_| earns);
        cell.and_then(|cell| self.standing.number(cell, index, at).ok()).unwrap_or_default()
    }

    /// The highest rate below a member on the way from where something began, and whose it is.
    fn highest_below(&self, bonus: &Bonus, start: u32, member: u32, about: At) -> Option<(Decimal, u32)> {
        let tree = self.standing.tree(bonus.walk.tree);
        let own = bonus.walk.first_level == 0 || bonus.walk.difference.as_ref()?.own;
        let mut best: Option<(Decimal, u32)> = None;
        let mut at = start;
        while at != member && at != NONE {
            let rate = if at == start && !own { Decimal::ZERO } else { self.rate(bonus, at, about) };
            if rate > best.map_or(Decimal::ZERO, |(best, _)| best) {
                best = Some((rate, at));
            }
            at = tree.parent[at as usize];
        }
        best
    }

    /// Why a difference pays a member nothing, if it does not.
    pub(super) fn not_above(&self, bonus: &Bonus, start: u32, member: u32, at: At) -> Option<String> {
        bonus.walk.difference.as_ref()?;
        let own = self.rate(bonus, member, at);
        if own.is_zero() {
            return Some("it has no rate".to_owned());
        }
        let (below, whose) = self.highest_below(bonus, start, member, at).filter(|(below, _)| *below >= own)?;
        let (own, below) = (shown(bonus, own), shown(bonus, below));
        Some(format!("its {own} is not above the {below} of {}", self.number(whose)))
    }

    /// Why a member who may earn the bonus has no right on a level, as far as that is known.
    pub(super) fn no_right(&self, bonus: &Bonus, item: Option<&Item>, start: Option<u32>, member: u32) -> String {
        let at = item.map_or(At::MEMBER, at_of);
        if let Some(why) = start.and_then(|start| self.not_above(bonus, start, member, at)) {
            return why;
        }
        let about = About { at, ..About::member(self.standing, member as usize) };
        if let Some(cell) = self.cell(bonus, member, 0).filter(|cell| cell.constant().is_none())
            && self.standing.number(cell, member as usize, at).is_ok_and(|value| value.is_zero())
        {
            let what = if bonus.base == BaseKind::Fixed { "amount" } else { "rate" };
            return format!("the {what} is 0: {}", about.is(cell).text);
        }
        if bonus.rates.iter().all(|row| row.rank.is_none()) {
            return "there is no rate for it on the level".to_owned();
        }
        let rank = about.rank_name(self.standing.paid[member as usize]);
        format!("paid as {rank}, which has no right to the level")
    }

    /// How an amount was worked out.
    pub(super) fn worked(&self, row: &LineRow<'_>, bonus: Option<&Bonus>) -> String {
        let currency = self.result.currency;
        let amount = currency.plain(row.amount_minor);
        let line = &self.result.lines[row.index];
        let difference = bonus.and_then(|bonus| self.difference(bonus, row)).unwrap_or_default();
        if row.base_kind == BaseKind::Fixed {
            return format!("{amount}{difference}");
        }
        let base = row.base_kind.to_decimal(row.base, currency).normalize();
        let kind = bonus.and_then(|bonus| base_words(self, bonus)).unwrap_or_else(|| match bonus.map(|b| &b.source) {
            Some(BonusSource::Pool { .. }) => "pool".to_owned(),
            _ => words::base(row.base_kind).to_owned(),
        });
        let worth = self.worth_of(row);
        let value = if worth == Decimal::ONE { String::new() } else { format!(" × {} a point", worth.normalize()) };
        let whole = self.whole(row);
        if let Some(paid) = self.original(row).filter(|_| whole != row.amount_minor) {
            // Where the base that came back is another one than that of the line, such as its share of the whole order.
            let base = paid.base_kind.to_decimal(paid.base, currency).normalize();
            return format!("{amount} of {}, paid on {kind} {base} × {}", currency.plain(paid.amount_minor), paid.rate);
        }
        if line.kind != LineKind::Earned || whole == row.amount_minor {
            return format!("{kind} {base} × {}{value} = {amount}{difference}", row.rate);
        }
        let most = bonus.is_some_and(|bonus| matches!(&bonus.source, BonusSource::Pool { most: Some(_), .. }));
        let by = if most { " by “most”" } else { "" };
        format!("{kind} {base} × {}{value} = {}{difference}, cut to {amount}{by}", row.rate, currency.plain(whole))
    }

    /// What a point of a line is worth.
    fn worth_of(&self, row: &LineRow<'_>) -> Decimal {
        if row.base_kind.is_volume() { self.plan.point_value } else { Decimal::ONE }
    }

    /// What base and rate of a line are together, before limits cut it or only a part is taken back; its amount where
    /// that is the same but for rounding.
    pub(super) fn whole(&self, row: &LineRow<'_>) -> i64 {
        let currency = self.result.currency;
        let fixed = row.base_kind == BaseKind::Fixed;
        let base = if fixed { Decimal::ONE } else { row.base_kind.to_decimal(row.base, currency) };
        let exact = base.checked_mul(row.rate).and_then(|exact| exact.checked_mul(self.worth_of(row)));
        let whole = exact.and_then(|exact| currency.round(exact, self.result.rounding).ok());
        // What rounding changes is less than one unit of the places that are paid.
        let unit = 10_i64.pow(currency.places().saturating_sub(self.plan.places).min(9));
        let larger = |whole: &i64| whole.saturating_abs().saturating_sub(row.amount_minor.saturating_abs()) > unit;
        whole.filter(larger).unwrap_or(row.amount_minor)
    }

    /// The line of an earlier run that a line takes back.
    fn original(&self, row: &LineRow<'_>) -> Option<&OriginalLine> {
        let wanted = row.original_line?;
        self.snapshot.takebacks.iter().flat_map(|takeback| &takeback.lines).find(|line| line.id == wanted)
    }

    /// Where a line began.
    pub(super) fn start(&self, bonus: &Bonus, from: u32) -> Option<u32> {
        use crate::plan::checked::CustomerOrders;
        match bonus.walk.customers {
            CustomerOrders::Own if matches!(bonus.source, BonusSource::Orders(_)) => self.standing.seller(from),
            _ => Some(from),
        }
    }

    /// The order of a line, by index.
    fn order_of(&self, line: &EarningLine) -> Option<usize> {
        match line.source() {
            Source::Order(place) => self.standing.field.orders.place.iter().position(|known| *known == place),
            _ => None,
        }
    }

    /// What a difference is made of: `: 13% less the 8% of S`.
    fn difference(&self, bonus: &Bonus, row: &LineRow<'_>) -> Option<String> {
        bonus.walk.difference.as_ref()?;
        let line = self.result.lines[row.index];
        let index = |place: u32| self.standing.field.index[place as usize];
        let (member, from) = (index(line.member), index(line.from()?));
        let at = At { order: self.order_of(&line), from: Some(from as usize) };
        let own = self.rate(bonus, member, at);
        let (below, whose) = self.highest_below(bonus, self.start(bonus, from)?, member, at)?;
        let less = format!("{} less the {} of {}", shown(bonus, own), shown(bonus, below), self.number(whose));
        Some(if own <= below { format!(": the minimum, where {less} is nothing") } else { format!(": {less}") })
    }

    /// What the base and the rate of a line read, with what is there.
    pub(super) fn behind(&self, row: &LineRow<'_>, bonus: &Bonus) -> Vec<Node> {
        let line = self.result.lines[row.index];
        if line.kind != LineKind::Earned || row.base_kind != bonus.base {
            return Vec::new();
        }
        let index = |place: u32| self.standing.field.index[place as usize];
        let member = index(line.member);
        let order = self.order_of(&line);
        let Some(from) = line.from().map(index).or(matches!(bonus.source, BonusSource::Ranks { .. }).then_some(member))
        else {
            return Vec::new();
        };
        let mut nodes = Vec::new();
        if let Some(base) = &bonus.base_of {
            let about =
                order.map_or_else(|| About::member(self.standing, from as usize), |at| About::order(self.standing, at));
            nodes.extend(about.reads(base));
        }
        let level = if bonus.walk.difference.is_some() { 0 } else { line.level.saturating_sub(bonus.walk.first_level) };
        if let Some(cell) = self.cell(bonus, member, usize::from(level)).filter(|cell| cell.constant().is_none()) {
            let at = At { order, from: Some(from as usize) };
            let about = About { at, ..About::member(self.standing, member as usize) };
            nodes.push(Node::of(about.is(cell).text, about.reads(cell).into_iter().collect()));
        }
        nodes
    }

    /// The limits that cut what a bonus pays a member.
    pub(super) fn limits(&self, at: usize, notes: &[&str], about: About<'_>) -> Vec<Node> {
        let caps = self.plan.caps.iter().filter(|cap| cap.of.iter().any(|of| usize::from(*of) == at));
        let cut = caps.filter(|cap| notes.iter().any(|note| note.contains(&format!("limit “{}”", cap.name))));
        let cut = cut.map(|cap| {
            Node::of(
                format!("limit “{}”: {}", cap.name, about.is(&cap.limit).text),
                about.reads(&cap.limit).into_iter().collect(),
            )
        });
        let waits = self.plan.holds.iter().filter(|hold| notes.iter().any(|note| note.contains(&hold.note())));
        let waits = waits.map(|hold| {
            let minimum = hold
                .minimum
                .as_ref()
                .map(|minimum| Node::leaf(format!("until it is at least {}", about.value(minimum))));
            let until = hold.until.as_ref();
            let until = until.map(|until| Node::leaf(format!("until “{}”", about.words.condition(until))));
            Node::of(hold.note(), minimum.into_iter().chain(until).collect())
        });
        cut.chain(waits).collect()
    }
}

/// Whether the member whose order or amount it is earns, and nobody else.
pub const fn is_own(walk: &Walk) -> bool {
    walk.first_level == 0 && walk.levels == 1 && walk.difference.is_none()
}

/// What a rate within a walk is about.
pub(super) fn at_of(item: &Item) -> At {
    let order = match item.source {
        Source::Order(order) => Some(order as usize),
        _ => None,
    };
    At { order, from: Some(item.from as usize) }
}

/// A rate as it is spoken of: per cent, or a sum.
fn shown(bonus: &Bonus, rate: Decimal) -> String {
    if bonus.base == BaseKind::Fixed {
        return rate.normalize().to_string();
    }
    format!("{}%", rate.saturating_mul(Decimal::ONE_HUNDRED).normalize())
}

/// What a base is called that an expression works out.
fn base_words(told: &Told<'_>, bonus: &Bonus) -> Option<String> {
    let words = match bonus.source {
        BonusSource::Orders(_) => Words::of_order(told.plan),
        _ => Words::of_member(told.plan),
    };
    bonus.base_of.as_ref().map(|base| format!("“{}”", words.number(base)))
}

impl About<'_> {
    /// What an expression reads, with what is there; `None` where that says no more than the expression itself.
    pub(super) fn reads(self, num: &Num) -> Option<Node> {
        let mut read: Vec<String> = Vec::new();
        num.numbers(&mut |part| {
            let leaf = matches!(
                part,
                Num::Volume(_)
                    | Num::Count(_)
                    | Num::Gathered(_)
                    | Num::Member(_)
                    | Num::Order(_)
                    | Num::SoFar(_)
                    | Num::Held(_)
                    | Num::Earned(..)
                    | Num::Before(..)
                    | Num::Pair(..)
                    | Num::Bonus(_)
                    | Num::PaidWithin(..)
                    | Num::PaidEver(_)
                    | Num::Total(_)
                    | Num::Breakage(_)
                    | Num::Now(..)
            );
            let said = format!("{} is {}", self.words.number(part), self.value(part));
            if leaf && part != num && !read.contains(&said) {
                read.push(said);
            }
        });
        (!read.is_empty()).then(|| Node::leaf(read.join(", ")))
    }
}
