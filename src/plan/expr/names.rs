//! What expressions of a plan may name, and what they ask for.

use std::collections::HashMap;

use super::check::{Expansion, Place};
use super::parse::Ast;
use super::typed::{Aggregate, Cond, MemberField, Num, OrderField, Reads};
use crate::domain::calendar::Day;
use crate::domain::money::Volume;
use crate::domain::run::PeriodKind;

/// For whom a number is the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Same {
    /// For everybody.
    Everywhere,
    /// For everybody in a market.
    InMarket,
    /// For nobody else.
    Nowhere,
}

/// A volume that expressions may name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VolumeName {
    /// The name.
    pub name: String,
    /// When it is known.
    pub reads: Reads,
    /// Whether it adds up money and not points.
    pub money: bool,
    /// For whom it is the same.
    pub same: Same,
    /// Whether it is known order by order.
    pub runs: bool,
}

/// A named expression about a member.
#[derive(Debug, Clone, PartialEq)]
pub struct Value {
    /// The name.
    pub name: String,
    /// What it stands for, as written.
    pub text: String,
    /// The same as a tree.
    pub ast: Ast,
}

/// A number that runs remember from one period to the next.
#[derive(Debug, Clone, PartialEq)]
pub struct Remembered {
    /// The name.
    pub name: String,
    /// What it is after a period.
    pub num: Num,
    /// Whether it stands under `[remembered]`: it may read what it was itself.
    pub kept: bool,
    /// What it was before the first period, in ten-thousandths.
    pub start: i64,
    /// In which runs it moves; in all where not given.
    pub period: Option<PeriodKind>,
    /// Whether it is money and not points.
    pub money: bool,
}

impl Remembered {
    /// A volume or named number that is looked back at.
    pub fn looked_at(name: String, num: Num, money: bool) -> Self {
        Self { name, num, kept: false, start: 0, period: None, money }
    }

    /// A number that runs keep, before it is known how it moves.
    pub fn kept(name: String) -> Self {
        Self { name, num: Num::Const(0.into()), kept: true, start: 0, period: None, money: false }
    }
}

/// A named expression about a member, to be shown.
#[derive(Debug, Clone, PartialEq)]
pub struct NamedValue {
    /// The name.
    pub name: String,
    /// What it stands for.
    pub is: Meaning,
}

/// What a name stands for.
#[derive(Debug, Clone, PartialEq)]
pub enum Meaning {
    /// A number.
    Number(Num),
    /// A condition.
    Condition(Cond),
}

/// What a member has besides: a package bought at joining, a day until which a subscription runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    /// The name.
    pub name: String,
    /// What values it has.
    pub kind: AttributeKind,
}

/// What values an attribute has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AttributeKind {
    /// One of these words, from low to high.
    OneOf(Vec<String>),
    /// Any word.
    Word,
    /// A number with at most four places.
    Number,
    /// A day.
    Day,
}

impl AttributeKind {
    /// What a value must be, in words.
    pub fn wanted(&self) -> String {
        match self {
            Self::OneOf(words) => format!("one of: {}", words.join(", ")),
            Self::Word => "a word".to_owned(),
            Self::Number => "a number with at most four places".to_owned(),
            Self::Day => "a day such as 2026-10-31".to_owned(),
        }
    }

    /// A value as a number: the place of a word counted from 1, ten-thousandths, days since 1970; `None` for what
    /// cannot be one. A word of no list is the place that `word` gives it, or 0.
    pub fn read(&self, text: &str, word: impl Fn(&str) -> i64) -> Option<i64> {
        match self {
            Self::OneOf(words) => {
                let place = words.iter().position(|word| word == text)?;
                i64::try_from(place).ok().map(|place| place + 1)
            }
            Self::Word => Some(word(text)),
            Self::Number => text.parse::<Volume>().ok().map(|number| number.0),
            Self::Day => text.parse::<Day>().ok().map(|day| i64::from(day.0)),
        }
    }
}

/// The names of a plan, and the aggregates that its expressions ask for.
#[derive(Debug, Clone, Default)]
pub struct Names {
    /// The volumes.
    pub volumes: Vec<VolumeName>,
    /// Codes of the ranks, lowest first.
    pub ranks: Vec<String>,
    /// Named expressions, in the order of the file: each may use those before it.
    pub values: Vec<Value>,
    /// Names of volumes and values of the file, and whether each is a value: known once they are read.
    pub later: Vec<(String, bool)>,
    /// Names whose own definition is faulty: that is said once, and nothing of those who read them.
    pub broken: Vec<String>,
    /// Further volumes of orders.
    pub measures: Vec<String>,
    /// What members have besides.
    pub attributes: Vec<Attribute>,
    /// Names of the tables.
    pub tables: Vec<String>,
    /// Names of the pairings.
    pub pairs: Vec<String>,
    /// Which of them are matched before ranks are found, as far as they are read.
    pub early_pairs: Vec<bool>,
    /// The pairing whose two sides are known already, though nothing is matched yet: its own conditions are being read.
    pub matching: Option<usize>,
    /// The latest that an expression reads, since somebody set it back.
    pub latest: Reads,
    /// Those of them that match the strongest leg with all others, and not left with right.
    pub power: Vec<String>,
    /// Names of the derived trees, and when each is known.
    pub trees: Vec<(String, Reads)>,
    /// Codes of the bonuses.
    pub bonuses: Vec<String>,
    /// Those of them that share out a pool.
    pub pools: Vec<String>,
    /// Those of them that pay points.
    pub points: Vec<String>,
    /// Markets and product lines that conditions name.
    pub words: Vec<String>,
    /// Whether the plan has campaigns.
    pub campaigns: bool,
    /// Whether an expression reads the ranks that the previous run paid on.
    pub former_ranks: bool,
    /// Numbers that runs keep, then volumes and named numbers that expressions read as they were in earlier periods.
    pub remembered: Vec<Remembered>,
    /// Counts and sums of members, inner ones first.
    pub aggregates: Vec<Aggregate>,
    /// Which of them are money and not points.
    pub gathers_money: Vec<bool>,
    /// Named expressions as they are put in.
    pub expansions: HashMap<Place, Expansion>,
    /// How many parts the expressions checked so far have, named ones put in.
    pub parts: usize,
}

impl Names {
    /// Whether a number may be another for each member.
    pub fn differs(&self, num: &Num) -> bool {
        self.differs_within(num, false)
    }

    /// Whether a number may be another for members of one market.
    pub fn differs_in_a_market(&self, num: &Num) -> bool {
        self.differs_within(num, true)
    }

    fn differs_within(&self, num: &Num, market: bool) -> bool {
        let mut differs = false;
        num.numbers(&mut |num| {
            differs |= match num {
                Num::Volume(volume) => {
                    let same = self.volumes[usize::from(*volume)].same;
                    !(same == Same::Everywhere || market && same == Same::InMarket)
                }
                Num::Before(place, _) => {
                    let before = &self.remembered[usize::from(*place)];
                    before.kept || self.differs_within(&before.num, market)
                }
                Num::Member(MemberField::PeriodMonth | MemberField::PeriodStart | MemberField::PeriodEnd) => false,
                Num::Count(_)
                | Num::Member(_)
                | Num::Capped(..)
                | Num::Leg(..)
                | Num::SoFar(_)
                | Num::Held(_)
                | Num::Earned(..)
                | Num::HeldIn(..)
                | Num::EarnedIn(..)
                | Num::Gathered(_)
                | Num::Pair(..)
                | Num::Bonus(_)
                | Num::PaidWithin(..)
                | Num::PaidEver(_) => true,
                _ => false,
            };
        });
        num.conditions(&mut |cond| {
            let market = market && matches!(cond, Cond::Market(_));
            differs |= !market
                && !matches!(cond, Cond::Always(_) | Cond::Not(_) | Cond::All(_) | Cond::Any(_) | Cond::Numbers(..));
        });
        differs
    }

    /// Whether a number is money and not points: it reads what was paid, or what bonuses paid in money.
    pub fn is_money(&self, num: &Num) -> bool {
        use OrderField::{Margin, Paid, PaidBefore, WholePaid, Wholesale};
        match num {
            Num::Order(Paid | Wholesale | Margin | PaidBefore | WholePaid)
            | Num::Leftover(_)
            | Num::LeftoverBefore(_)
            | Num::Breakage(_) => true,
            Num::Bonus(bonus) | Num::Total(bonus) | Num::PaidEver(bonus) | Num::PaidWithin(bonus, _) => {
                !self.points.contains(&self.bonuses[usize::from(*bonus)])
            }
            Num::Before(place, _) | Num::Now(place, _) => self.remembered[usize::from(*place)].money,
            Num::Volume(volume) | Num::Capped(volume, _) | Num::Leg(volume, _) | Num::SoFar(volume) => {
                self.volumes[usize::from(*volume)].money
            }
            Num::Gathered(place) => self.gathers_money[usize::from(*place)],
            Num::Negative(a)
            | Num::Lookup(_, a)
            | Num::Slices(_, a)
            | Num::Floor(a)
            | Num::Ceil(a)
            | Num::Round(a, _)
            | Num::From(a) => self.is_money(a),
            Num::Times(a, b) => self.product_is_money(a, b),
            Num::Plus(a, b) | Num::Minus(a, b) | Num::If(_, a, b) => self.is_money(a) || self.is_money(b),
            Num::Above(_, inner) => self.is_money(inner),
            // A quotient of two amounts of money is a share.
            Num::Over(a, b) => self.is_money(a) && !self.is_money(b),
            Num::Least(parts) | Num::Greatest(parts) => parts.iter().any(|part| self.is_money(part)),
            _ => false,
        }
    }

    /// The same of a product. A factor from a table, such as a per cent, leaves what it multiplies what it is.
    fn product_is_money(&self, a: &Num, b: &Num) -> bool {
        match (a, b) {
            (Num::Lookup(..), other) | (other, Num::Lookup(..)) if other.constant().is_none() => self.is_money(other),
            (a, b) => self.is_money(a) || self.is_money(b),
        }
    }
}
