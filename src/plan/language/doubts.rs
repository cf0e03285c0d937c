//! Warnings about what a plan allows and hardly means: ranks that nobody has, levels that pay nobody, pay without goods,
//! pay that goods which come back do not take back.

use rust_decimal::Decimal;
use toml::de::DeTable;

use super::source::{Reader, Section, Span};
use crate::domain::run::PeriodKind;
use crate::plan::checked::{Bonus, BonusSource, Cap, CheckedPlan, Counting, Rank, Returns};
use crate::plan::expr::{Compare, Cond, MemberField, Num, RankTerm};

/// Warns about everything that is doubtful in a plan without faults.
pub fn warn<'t>(reader: &mut Reader<'t>, root: &'t DeTable<'t>, plan: &CheckedPlan) {
    let ranks = reader.sections(root, "ranks", "rank");
    let bonuses = reader.sections(root, "bonuses", "bonus");
    let goods = Goods::of(plan);
    for (place, section) in ranks.iter().enumerate().take(plan.ranks.len()) {
        reachable(reader, section, &plan.ranks, place);
    }
    let mut untouched: Vec<(&str, Span)> = Vec::new();
    for (bonus, section) in plan.bonuses.iter().zip(&bonuses) {
        levels(reader, section, bonus);
        if !goods.stand_behind(bonus) && pays(bonus) {
            let message = format!("bonus {} pays for people and not for goods", bonus.code);
            let help =
                "many countries forbid pay for recruiting; add a condition on orders or volumes, such as pv >= 50";
            reader.warn(&at(section, &["amount", "rate", "pool"]), message, help);
        }
        let on_goods = bonus.base_of.is_some() || goods.in_amounts(bonus);
        if matches!(bonus.source, BonusSource::Members(_)) && on_goods && pays(bonus) && !less_returns(plan, bonus) {
            untouched.push((&bonus.code, at(section, &["base", "amount"])));
        }
    }
    let said = reader.section(root, "plan", "[plan]").is_some_and(|head| head.table.contains_key("returns"));
    let caps = reader.sections(root, "caps", "cap");
    let read = plan.bonuses.iter().zip(&bonuses).map(|(bonus, section)| (bonus.period, bonus_reads(bonus), section));
    let limits =
        plan.caps.iter().zip(&caps).map(|(cap, section)| (period_of(plan, cap), reads_within(&cap.limit), section));
    for (period, within, section) in read.chain(limits) {
        paid_within_itself(reader, plan, period, &within, section);
    }
    for (cap, section) in plan.caps.iter().zip(&caps) {
        limits_nothing(reader, plan, cap, section);
    }
    if let Some((_, span)) = untouched.first().filter(|_| plan.returns == Returns::TakeBack && !said) {
        let codes: Vec<&str> = untouched.iter().map(|(code, _)| *code).collect();
        let message =
            format!("goods that come back later take nothing back from what is paid on members: {}", codes.join(", "));
        reader.warn(
            span,
            message,
            "write in [plan] returns = \"negative-volume\", or returns = \"take-back\" if that is meant",
        );
    }
}

/// Whether a bonus reads a volume that goods that come back are taken off.
fn less_returns(plan: &CheckedPlan, bonus: &Bonus) -> bool {
    let mut less = false;
    bonus.numbers(&mut |num| match num {
        Num::Volume(volume) => less |= plan.volumes[usize::from(*volume)].less_returns,
        Num::Pair(pair, _) => {
            less |= plan.volumes[usize::from(plan.pairs[usize::from(*pair)].volume)].less_returns;
        }
        _ => {}
    });
    less
}

/// The bonuses of `paid_within(…)` in a number that name no longer period.
fn reads_within(num: &Num) -> Vec<u16> {
    let mut found = Vec::new();
    num.numbers(&mut |num| {
        if let Num::PaidWithin(bonus, None) = num {
            found.push(*bonus);
        }
    });
    found
}

fn bonus_reads(bonus: &Bonus) -> Vec<u16> {
    let mut found = Vec::new();
    bonus.numbers(&mut |num| {
        if let Num::PaidWithin(bonus, None) = num {
            found.push(*bonus);
        }
    });
    found
}

/// The kind of runs in which all bonuses of a limit are paid, if it is one.
fn period_of(plan: &CheckedPlan, cap: &Cap) -> Option<PeriodKind> {
    let mut kinds = cap.of.iter().map(|bonus| plan.bonuses[usize::from(*bonus)].period);
    let first = kinds.next()?;
    first.filter(|_| kinds.all(|kind| kind == first))
}

/// Warns where `paid_within(…)` can only be nothing: the bonus is paid in runs as long as the one that reads it.
fn paid_within_itself(
    reader: &mut Reader<'_>,
    plan: &CheckedPlan,
    period: Option<PeriodKind>,
    within: &[u16],
    section: &Section<'_>,
) {
    let Some(period) = period else { return };
    let same = |bonus: &&u16| plan.bonuses[usize::from(**bonus)].period == Some(period);
    if let Some(bonus) = within.iter().find(same) {
        let code = &plan.bonuses[usize::from(*bonus)].code;
        let message = format!("paid_within({code}) is always 0 here: {code} is paid in runs over a {period} too");
        let keys = ["limit", "base", "rate", "amount", "earner", "where"];
        reader.warn(&at(section, &keys), message, format!("name a longer period: paid_within({code}, month)"));
    }
}

/// Warns where a limit less what was paid within the period covers a bonus that is paid in every run: in the shortest ones
/// there is nothing that was paid within.
fn limits_nothing(reader: &mut Reader<'_>, plan: &CheckedPlan, cap: &Cap, section: &Section<'_>) {
    let always = |bonus: &u16| plan.bonuses[usize::from(*bonus)].period.is_none();
    let within = reads_within(&cap.limit);
    if let Some(bonus) = within.iter().find(|bonus| always(bonus) && cap.of.iter().any(always)) {
        let code = &plan.bonuses[usize::from(*bonus)].code;
        let message =
            format!("paid_within({code}) is 0 in the shortest runs, so there nothing is taken off this limit");
        reader.warn(&at(section, &["limit"]), message, format!("name a longer period: paid_within({code}, month)"));
    }
}

/// The place of the first of these keys that is there, or of the section.
fn at(section: &Section<'_>, keys: &[&str]) -> Span {
    let value = keys.iter().find_map(|key| section.table.get(*key));
    value.map_or_else(|| section.span.clone(), toml::Spanned::span)
}

/// Warns where nobody can have a rank.
fn reachable(reader: &mut Reader<'_>, section: &Section<'_>, ranks: &[Rank], place: usize) {
    let rank = &ranks[place];
    let span = at(section, &["needs"]);
    // Whoever writes “never” means a rank that is given by hand.
    if rank.needs.iter().any(|need| need.cond == Cond::Always(false)) {
        return;
    }
    if rank.needs.iter().any(|need| never(&need.cond, place)) {
        let message = format!("nobody can reach {}: it needs itself or a rank above it", rank.code);
        reader.warn(
            &span,
            message,
            "a need reads the ranks below it in the file; for others use former_rank or legs(…)",
        );
        return;
    }
    let own = parts_of(rank);
    let easier = ranks[place + 1..].iter().find(|above| {
        above.maintain.is_none() && parts_of(above).iter().all(|asked| own.iter().any(|given| implies(given, asked)))
    });
    if let Some(above) = easier.filter(|_| rank.maintain.is_none()) {
        let message = format!("nobody's rank is ever {}: whoever meets its needs is {} already", rank.code, above.code);
        reader.warn(
            &span,
            message,
            format!("ranks stand lowest first; make {} harder to reach, or exchange them", above.code),
        );
    }
}

/// Whether a need of a rank at this place can never hold.
fn never(cond: &Cond, place: usize) -> bool {
    match cond {
        Cond::Always(false) => true,
        Cond::All(parts) => parts.iter().any(|part| never(part, place)),
        Cond::Any(parts) => parts.iter().all(|part| never(part, place)),
        Cond::Ranks(Compare::AtLeast | Compare::Is, RankTerm::Earned, RankTerm::Is(other)) => {
            usize::from(*other) >= place
        }
        Cond::Ranks(Compare::More, RankTerm::Earned, RankTerm::Is(other)) => usize::from(*other) + 1 >= place,
        _ => false,
    }
}

/// Everything that a rank needs.
fn parts_of(rank: &Rank) -> Vec<&Cond> {
    rank.needs.iter().flat_map(|need| parts(&need.cond)).collect()
}

/// Conditions that must all hold.
fn parts(cond: &Cond) -> Vec<&Cond> {
    match cond {
        Cond::All(inner) => inner.iter().flat_map(parts).collect(),
        Cond::Always(true) => Vec::new(),
        other => vec![other],
    }
}

/// Whether a condition never holds without another.
fn implies(given: &Cond, asked: &Cond) -> bool {
    match (given, asked) {
        (Cond::Volume(Compare::AtLeast, a, most), Cond::Volume(Compare::AtLeast, b, least))
        | (Cond::Count(Compare::AtLeast, a, most), Cond::Count(Compare::AtLeast, b, least)) => a == b && most >= least,
        (Cond::Numbers(Compare::AtLeast, a, most), Cond::Numbers(Compare::AtLeast, b, least)) => {
            a == b && most.constant().zip(least.constant()).is_some_and(|(most, least)| most >= least)
        }
        (given, asked) => given == asked,
    }
}

/// Warns about levels that pay nobody, and about levels without an end.
fn levels(reader: &mut Reader<'_>, section: &Section<'_>, bonus: &Bonus) {
    let span = at(section, &["rate", "amount"]);
    let written = bonus.rates.iter().map(|row| row.cells.len()).max().unwrap_or(0);
    let top = |level: usize| {
        let cells = bonus.rates.iter().filter_map(|row| row.cells.get(level));
        let values: Option<Vec<Decimal>> = cells.map(Num::constant).collect();
        values.map(|values| values.into_iter().max().unwrap_or_default())
    };
    if written > 1 && top(written - 1).is_some_and(|rate| rate.is_zero()) {
        let number = written - 1 + usize::from(bonus.walk.first_level);
        let message = format!("nobody is paid on level {number} of bonus {}", bonus.code);
        reader.warn(&span, message, "remove the last rates, or give somebody a rate above zero");
    }
    let endless = bonus.walk.repeats
        && bonus.walk.levels == u16::MAX
        && bonus.walk.until.is_none()
        && matches!(bonus.walk.counting, Counting::Levels(_));
    if endless
        && matches!(bonus.source, BonusSource::Orders(_))
        && let Some(last) = top(written.saturating_sub(1)).filter(|last| *last > Decimal::ZERO && *last < Decimal::ONE)
    {
        let first: Decimal = (0..written).filter_map(top).sum();
        let more = (Decimal::ONE - first).checked_div(last).unwrap_or_default().floor().max(Decimal::ZERO);
        let count = more + Decimal::from(written + 1);
        let message =
            format!("bonus {} has no last level: from {count} levels on it pays more than the whole order", bonus.code);
        reader.warn(&span, message, "end it by levels = 10 or until = \"…\", or use generations = \"peer\"");
    }
}

/// Whether a bonus gives anything, and not only takes.
fn pays(bonus: &Bonus) -> bool {
    let mut cells = bonus.rates.iter().flat_map(|row| &row.cells).peekable();
    cells.peek().is_none() || cells.any(|cell| cell.constant().is_none_or(|value| value > Decimal::ZERO))
}

/// Which expressions of a plan read what somebody bought.
struct Goods<'p> {
    plan: &'p CheckedPlan,
    active: bool,
    /// Per rank, lowest first.
    ranks: Vec<bool>,
}

impl<'p> Goods<'p> {
    fn of(plan: &'p CheckedPlan) -> Self {
        let mut goods = Self { plan, active: false, ranks: vec![false; plan.ranks.len()] };
        goods.active = goods.cond(&plan.active);
        for (place, rank) in plan.ranks.iter().enumerate() {
            goods.ranks[place] = rank.needs.iter().any(|need| goods.cond(&need.cond));
        }
        goods
    }

    /// Whether somebody must have bought something before a bonus pays.
    fn stand_behind(&self, bonus: &Bonus) -> bool {
        let cells = || bonus.rates.iter().flat_map(|row| &row.cells);
        let in_rates =
            || cells().any(|cell| self.num(cell)) || bonus.base_of.as_ref().is_some_and(|base| self.num(base));
        let by_rank = || {
            let mut rows = bonus.rates.iter().peekable();
            rows.peek().is_some() && rows.all(|row| row.rank.is_some_and(|rank| self.ranks[usize::from(rank)]))
        };
        match &bonus.source {
            BonusSource::Orders(_) | BonusSource::Amounts(..) => true,
            BonusSource::Members(only) => self.cond(only) || self.cond(&bonus.earner) || in_rates() || by_rank(),
            BonusSource::Pool { amount, shares, .. } => {
                self.num(amount) || self.num(shares) || self.cond(&bonus.earner)
            }
            BonusSource::Ranks { .. } => self.cond(&bonus.earner) || by_rank(),
        }
    }

    /// Whether how much a bonus pays goes by what somebody bought, and not only by ranks or who is active.
    fn in_amounts(&self, bonus: &Bonus) -> bool {
        let mut found = false;
        let ranks = |num: &Num| {
            matches!(num, Num::Held(_) | Num::Earned(..) | Num::HeldIn(..) | Num::EarnedIn(..))
                || matches!(num, Num::Member(MemberField::RankNumber))
        };
        for cell in bonus.rates.iter().flat_map(|row| &row.cells) {
            cell.numbers(&mut |num| {
                found |= match num {
                    Num::Count(place) | Num::Gathered(place) => {
                        let mut counted = false;
                        let aggregate = &self.plan.aggregates[usize::from(*place)];
                        aggregate.numbers(&mut |num| counted |= !ranks(num) && self.one(num));
                        counted
                    }
                    Num::Before(place, _) => {
                        let mut remembered = false;
                        let before = &self.plan.remembered[usize::from(*place)].num;
                        before.numbers(&mut |num| {
                            remembered |= !ranks(num) && !matches!(num, Num::Before(..)) && self.one(num);
                        });
                        remembered
                    }
                    num => !ranks(num) && self.one(num),
                };
            });
        }
        found
    }

    fn cond(&self, cond: &Cond) -> bool {
        let mut found = false;
        cond.numbers(&mut |num| found |= self.one(num));
        cond.conditions(&mut |cond| found |= self.leaf(cond));
        found
    }

    fn num(&self, num: &Num) -> bool {
        let mut found = false;
        num.numbers(&mut |num| found |= self.one(num));
        num.conditions(&mut |cond| found |= self.leaf(cond));
        found
    }

    fn leaf(&self, cond: &Cond) -> bool {
        let rank = |term: &RankTerm| match term {
            RankTerm::Is(place) => self.ranks[usize::from(*place)],
            _ => false,
        };
        match cond {
            Cond::Active => self.active,
            Cond::Ranks(_, left, right) => rank(left) || rank(right),
            _ => false,
        }
    }

    fn one(&self, num: &Num) -> bool {
        match num {
            Num::Volume(_)
            | Num::Capped(..)
            | Num::Leg(..)
            | Num::SoFar(_)
            | Num::Before(..)
            | Num::Pair(..)
            | Num::Bonus(_)
            | Num::PaidWithin(..)
            | Num::PaidEver(_)
            | Num::Order(_)
            | Num::Member(MemberField::Orders) => true,
            Num::Member(MemberField::RankNumber) => self.ranks.iter().all(|goods| *goods),
            Num::Held(rank) | Num::Earned(rank, _) => self.ranks[usize::from(*rank)],
            Num::Count(place) | Num::Gathered(place) => {
                let mut found = false;
                let aggregate = &self.plan.aggregates[usize::from(*place)];
                aggregate.numbers(&mut |num| found |= self.one(num));
                if let crate::plan::expr::Take::Count(cond) = &aggregate.take {
                    cond.conditions(&mut |cond| found |= self.leaf(cond));
                }
                found
            }
            _ => false,
        }
    }
}
