//! What a name in an expression stands for, and whom it is about.

use super::{About, Checker, Meaning, RANKS, Scope, Word};
use crate::plan::expr::names::AttributeKind;
use crate::plan::expr::parse::{Ast, AstKind, BinaryOp};
use crate::plan::expr::typed::{Cond, MemberField, Num, OrderField, PairField, RankTerm, Reads};
use crate::plan::fault::suggest;

const NUMBERS: [&str; 9] = [
    "days_enrolled",
    "months_enrolled",
    "orders",
    "orders_ever",
    "recruit",
    "rank_number",
    "joined",
    "period_start",
    "period_end",
];

const CONDITIONS: [&str; 5] = ["active", "customer", "distributor", "always", "never"];

const WORDS: [&str; 3] = ["kind", "status", "market"];

const ORDER_NUMBERS: [&str; 11] =
    ["cv", "qv", "paid", "wholesale", "margin", "place", "place_ever", "day", "cv_before", "qv_before", "paid_before"];

const ORDER_WORDS: [&str; 2] = ["type", "line"];

/// Most times that named expressions are put in for one expression.
const EXPANSIONS: usize = 2_000;

/// What can be read of a pairing.
pub const PAIRS: [&str; 10] = [
    "left",
    "right",
    "brought_left",
    "brought_right",
    "weak",
    "strong",
    "matched",
    "cycles",
    "position",
    "position_before",
];

impl Checker<'_> {
    /// Whom a name is about.
    pub(super) fn about<'n>(&self, name: &'n str) -> About<'n> {
        let dotted = name.split_once('.');
        match (self.scope, dotted) {
            (Scope::Order, Some(("buyer", rest))) => About::Member(rest),
            (Scope::Order, _) => About::Order(name),
            (Scope::OrderPayee, Some(("order", rest))) => About::Order(rest),
            (Scope::OrderPayee, Some(("buyer" | "from", rest))) | (Scope::Payee, Some(("from", rest))) => {
                About::From(rest)
            }
            _ => About::Member(name),
        }
    }

    pub(super) fn word_field(&self, ast: &Ast) -> Option<(Word, bool)> {
        let AstKind::Name(name) = &ast.kind else {
            return None;
        };
        let (own, from) = match self.about(name) {
            About::Member(own) => (own, false),
            About::From(own) => (own, true),
            About::Order("type") => return Some((Word::Type, false)),
            About::Order("line") => return Some((Word::Line, false)),
            About::Order(_) => return None,
        };
        match own {
            "kind" => Some((Word::Kind, from)),
            "status" => Some((Word::Status, from)),
            "market" => Some((Word::Market, from)),
            own => {
                let place = self.names.attributes.iter().position(|attribute| attribute.name == own)?;
                let worded = matches!(self.names.attributes[place].kind, AttributeKind::OneOf(_) | AttributeKind::Word);
                u16::try_from(place).ok().filter(|_| worded).map(|place| (Word::Attribute(place), from))
            }
        }
    }

    /// The place of a market or product line among the plan's words.
    pub(super) fn word(&mut self, name: &str) -> Option<u16> {
        let place = self.names.words.iter().position(|word| word == name).unwrap_or_else(|| {
            self.names.words.push(name.to_owned());
            self.names.words.len() - 1
        });
        u16::try_from(place).ok()
    }

    pub(super) fn known(&self) -> Vec<String> {
        let mut known: Vec<String> = self.names.volumes.iter().map(|volume| volume.name.clone()).collect();
        known.extend(self.names.values[..self.values].iter().map(|value| value.name.clone()));
        known.extend(self.names.attributes.iter().map(|attribute| attribute.name.clone()));
        known.extend(NUMBERS.iter().chain(&RANKS).chain(&CONDITIONS).chain(&WORDS).map(ToString::to_string));
        known.extend(self.names.pairs.iter().flat_map(|pair| PAIRS.iter().map(move |field| format!("{pair}.{field}"))));
        let measures = self.names.measures.iter().flat_map(|name| [name.clone(), format!("{name}_before")]);
        let order: Vec<String> =
            ORDER_NUMBERS.iter().chain(&ORDER_WORDS).map(ToString::to_string).chain(measures).collect();
        known = match self.scope {
            Scope::Member => known,
            Scope::Order => {
                let buyer = known.iter().map(|name| format!("buyer.{name}"));
                order.into_iter().chain(buyer).collect()
            }
            Scope::Payee => known.iter().cloned().chain(known.iter().map(|name| format!("from.{name}"))).collect(),
            Scope::OrderPayee => {
                let order = order.iter().map(|name| format!("order.{name}"));
                let buyer = known.iter().map(|name| format!("buyer.{name}"));
                known.iter().cloned().chain(order).chain(buyer).collect()
            }
        };
        known.extend(self.names.ranks.iter().cloned());
        known
    }

    pub(super) fn name_is_unknown(&self, name: &str) -> bool {
        !self.known().iter().any(|known| known == name)
    }

    /// The named expression that a name stands for, and whether it is about whose amount it is.
    pub(super) fn value(&self, name: &str) -> Option<(usize, bool)> {
        let (own, from) = match self.about(name) {
            About::Member(own) => (own, false),
            About::From(own) => (own, true),
            About::Order(_) => return None,
        };
        let place = self.names.values[..self.values].iter().position(|value| value.name == own)?;
        Some((place, from))
    }

    /// Checks a named expression as if it stood here; its faults are those of the place that names it.
    pub(super) fn expand<T>(
        &mut self,
        ast: &Ast,
        name: &str,
        check: impl FnOnce(&mut Checker<'_>, &Ast) -> Option<T>,
    ) -> Option<(T, bool)> {
        let (place, from) = self.value(name)?;
        self.expanded += 1;
        if self.expanded > EXPANSIONS {
            let message = format!("named values are put in more than {EXPANSIONS} times here");
            self.fault(ast, message, "use a volume, or split the expression");
            return None;
        }
        let value = self.names.values[place].clone();
        let mut inner = Checker {
            names: self.names,
            text: &value.text,
            scope: Scope::Member,
            limit: self.limit,
            reads: self.reads,
            values: place,
            expanded: self.expanded,
            faults: Vec::new(),
        };
        let found = check(&mut inner, &value.ast);
        let (reads, expanded, faults) = (inner.reads, inner.expanded, inner.faults);
        (self.reads, self.expanded) = (reads, expanded);
        if let Some(first) = faults.into_iter().next() {
            self.fault(ast, format!("in “{name}”: {}", first.message), first.help);
            return None;
        }
        found.map(|found| (found, from))
    }

    pub(super) fn expand_number(&mut self, ast: &Ast, name: &str) -> Option<(Num, bool)> {
        self.expand(ast, name, |inner, ast| {
            let num = inner.num(ast)?;
            Some(num)
        })
    }

    /// Whether an expression is a condition and not a number.
    pub(super) fn is_condition(&self, ast: &Ast) -> bool {
        match &ast.kind {
            AstKind::Not(_) => true,
            AstKind::Binary(op, ..) => op.compares() || matches!(op, BinaryOp::And | BinaryOp::Or),
            AstKind::Name(name) => match self.value(name) {
                Some((place, _)) => self.is_condition(&self.names.values[place].ast),
                None => CONDITIONS.contains(&name.rsplit('.').next().unwrap_or(name)),
            },
            _ => false,
        }
    }

    pub(super) fn name(&mut self, ast: &Ast, name: &str) -> Option<Meaning> {
        if let Some(place) = self.names.ranks.iter().position(|rank| rank == name) {
            return u16::try_from(place).ok().map(|place| Meaning::Rank(RankTerm::Is(place)));
        }
        let found = match self.about(name) {
            About::Order(field) if ORDER_WORDS.contains(&field) => Some(Meaning::Word),
            About::Order(field) => self.order_field(field).map(|field| Meaning::Num(Num::Order(field))),
            About::Member(own) if self.scope == Scope::Order => match own {
                "days_enrolled" => Some(Meaning::Num(Num::Order(OrderField::BuyerDays))),
                "months_enrolled" => Some(Meaning::Num(Num::Order(OrderField::BuyerMonths))),
                own => self.member_name(ast, own),
            },
            About::Member(own) => self.member_name(ast, own),
            About::From(own) => match own {
                "days_enrolled" if self.scope == Scope::OrderPayee => {
                    Some(Meaning::Num(Num::Order(OrderField::BuyerDays)))
                }
                "months_enrolled" if self.scope == Scope::OrderPayee => {
                    Some(Meaning::Num(Num::Order(OrderField::BuyerMonths)))
                }
                own => self.member_name(ast, own).map(|meaning| match meaning {
                    Meaning::Num(num) => Meaning::Num(Num::From(Box::new(num))),
                    Meaning::Cond(cond) => Meaning::Cond(Cond::From(Box::new(cond))),
                    other => other,
                }),
            },
        };
        if found.is_some() {
            return found;
        }
        let known = self.known();
        let prefixed = ["buyer", "order", "from"].iter().map(|prefix| format!("{prefix}.{name}"));
        let help = match prefixed.into_iter().find(|prefixed| known.contains(prefixed)) {
            Some(prefixed) if prefixed.starts_with("buyer") => format!("for the buyer of the order write “{prefixed}”"),
            Some(prefixed) => format!("write “{prefixed}”"),
            None => suggest(name, known.iter().map(String::as_str)),
        };
        self.fault(ast, format!("unknown name “{name}”"), help);
        None
    }

    pub(super) fn member_name(&mut self, ast: &Ast, name: &str) -> Option<Meaning> {
        if let Some(place) = self.names.volumes.iter().position(|volume| volume.name == name) {
            let reads = self.names.volumes[place].reads;
            self.read(ast, &format!("the volume {name}"), reads);
            return u16::try_from(place).ok().map(|place| Meaning::Num(Num::Volume(place)));
        }
        if let Some((pair, field)) = name.split_once('.') {
            let place = self.names.pairs.iter().position(|known| known == pair)?;
            let field = pair_field(field)?;
            let early = matches!(field, PairField::Brought(_) | PairField::PositionBefore);
            self.read(ast, name, if early { Reads::Facts } else { Reads::Pairs });
            return u16::try_from(place).ok().map(|place| Meaning::Num(Num::Pair(place, field)));
        }
        if let Some(place) = self.names.attributes.iter().position(|attribute| attribute.name == name) {
            let worded = matches!(self.names.attributes[place].kind, AttributeKind::OneOf(_) | AttributeKind::Word);
            let field = MemberField::Attribute(u16::try_from(place).ok()?);
            return Some(if worded { Meaning::Word } else { Meaning::Num(Num::Member(field)) });
        }
        Some(match name {
            "active" => {
                self.read(ast, "whether a member is active", Reads::Active);
                Meaning::Cond(Cond::Active)
            }
            "customer" => Meaning::Cond(Cond::Customer),
            "always" => Meaning::Cond(Cond::Always(true)),
            "never" => Meaning::Cond(Cond::Always(false)),
            "distributor" => Meaning::Cond(Cond::Not(Box::new(Cond::Customer))),
            "days_enrolled" => Meaning::Num(Num::Member(MemberField::DaysEnrolled)),
            "months_enrolled" => Meaning::Num(Num::Member(MemberField::MonthsEnrolled)),
            "recruit" => Meaning::Num(Num::Member(MemberField::Recruit)),
            "joined" => Meaning::Num(Num::Member(MemberField::Joined)),
            "period_start" => Meaning::Num(Num::Member(MemberField::PeriodStart)),
            "period_end" => Meaning::Num(Num::Member(MemberField::PeriodEnd)),
            "orders_ever" => {
                self.read(ast, "the number of orders", Reads::Volumes);
                Meaning::Num(Num::Member(MemberField::OrdersEver))
            }
            "orders" => {
                self.read(ast, "the number of orders", Reads::Volumes);
                Meaning::Num(Num::Member(MemberField::Orders))
            }
            "rank_number" => {
                self.read(ast, name, Reads::Ranks);
                Meaning::Num(Num::Member(MemberField::RankNumber))
            }
            "rank" | "paid_rank" => {
                self.read(ast, name, Reads::Ranks);
                Meaning::Rank(if name == "rank" { RankTerm::Earned } else { RankTerm::Paid })
            }
            "highest_rank" => {
                self.read(ast, "highest_rank", Reads::Ranks);
                Meaning::Rank(RankTerm::Highest)
            }
            "former_rank" => {
                self.names.former_ranks = true;
                Meaning::Rank(RankTerm::Former)
            }
            "kind" | "status" | "market" => Meaning::Word,
            _ => return None,
        })
    }
}

fn pair_field(name: &str) -> Option<PairField> {
    Some(match name {
        "left" => PairField::Side(0),
        "right" => PairField::Side(1),
        "brought_left" => PairField::Brought(0),
        "brought_right" => PairField::Brought(1),
        "weak" => PairField::Weak,
        "strong" => PairField::Strong,
        "matched" => PairField::Matched,
        "cycles" => PairField::Cycles,
        "position" => PairField::Position,
        "position_before" => PairField::PositionBefore,
        _ => return None,
    })
}

impl Checker<'_> {
    /// A number of an order by its name.
    fn order_field(&self, name: &str) -> Option<OrderField> {
        let measure = |name: &str| {
            let place = self.names.measures.iter().position(|known| known == name);
            place.and_then(|place| u16::try_from(place).ok())
        };
        let before = || name.strip_suffix("_before").and_then(measure);
        let further = || measure(name).map(OrderField::Measure).or_else(|| before().map(OrderField::MeasureBefore));
        order_field(name).or_else(further)
    }
}

fn order_field(name: &str) -> Option<OrderField> {
    Some(match name {
        "cv" => OrderField::Cv,
        "qv" => OrderField::Qv,
        "paid" => OrderField::Paid,
        "wholesale" => OrderField::Wholesale,
        "margin" => OrderField::Margin,
        "place" => OrderField::Place,
        "cv_before" => OrderField::CvBefore,
        "qv_before" => OrderField::QvBefore,
        "paid_before" => OrderField::PaidBefore,
        "place_ever" => OrderField::PlaceEver,
        "day" => OrderField::Day,
        _ => return None,
    })
}
