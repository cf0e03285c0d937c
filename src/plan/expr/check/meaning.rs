//! What a name in an expression stands for, and whom it is about.

use super::{About, Checker, Meaning, RANKS, Scope, Whom, Word};
use crate::domain::tree::TreeKind;
use crate::plan::expr::names::AttributeKind;
use crate::plan::expr::parse::{Ast, AstKind};
use crate::plan::expr::typed::{Cond, MemberField, Num, OrderField, PairField, RankTerm, Reads};

const NUMBERS: [&str; 10] = [
    "days_enrolled",
    "months_enrolled",
    "orders",
    "orders_ever",
    "recruit",
    "rank_number",
    "joined",
    "period_start",
    "period_end",
    "period_month",
];

pub(super) const CONDITIONS: [&str; 5] = ["active", "customer", "distributor", "always", "never"];

/// Conditions about an order.
pub(super) const ORDER_CONDITIONS: [&str; 1] = ["through"];

const WORDS: [&str; 3] = ["kind", "status", "market"];

const ORDER_NUMBERS: [&str; 18] = [
    "cv",
    "qv",
    "paid",
    "wholesale",
    "margin",
    "place",
    "place_ever",
    "day",
    "month",
    "day_of_month",
    "cv_before",
    "qv_before",
    "paid_before",
    "whole_cv",
    "whole_qv",
    "whole_paid",
    "sale",
    "sale_ever",
];

const ORDER_WORDS: [&str; 3] = ["type", "line", "weekday"];

/// Who is meant where the member of the expression is somebody else: whose volume it is, who earns on an order.
pub(super) const SINCE: [&str; 2] = ["days_enrolled", "months_enrolled"];

/// What can be read of a pairing.
pub const PAIRS: [&str; 12] = [
    "left",
    "right",
    "power",
    "others",
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
            (Scope::Order | Scope::Volume, Some(("buyer", rest))) => About::Member(rest),
            (Scope::Volume, Some(("member", rest)))
            | (Scope::OrderPayee, Some(("buyer" | "from", rest)))
            | (Scope::Payee, Some(("from", rest)))
            | (Scope::Counted, Some(("my", rest))) => About::From(rest),
            (Scope::Order | Scope::Volume, _) => About::Order(name),
            (Scope::OrderPayee, Some(("order", rest))) => About::Order(rest),
            _ => About::Member(name),
        }
    }

    /// Whom a name is about, and what of them; `None` where it is about an order.
    pub(super) fn whom<'n>(&self, name: &'n str) -> Option<(Whom, &'n str)> {
        let (own, from) = match self.about(name) {
            About::Member(own) => (own, false),
            About::From(own) => (own, true),
            About::Order(_) => return None,
        };
        Some(match own.split_once('.') {
            Some(("sponsor", own)) => (Whom { from, up: Some(TreeKind::Sponsor) }, own),
            Some(("enroller", own)) => (Whom { from, up: Some(TreeKind::Enroller) }, own),
            Some(("parent", own)) => (Whom { from, up: Some(TreeKind::Placement) }, own),
            _ => (Whom { from, up: None }, own),
        })
    }

    pub(super) fn word_field(&self, ast: &Ast) -> Option<(Word, Whom)> {
        let AstKind::Name(name) = &ast.kind else {
            return None;
        };
        let Some((whom, own)) = self.whom(name) else {
            return match self.about(name) {
                About::Order("type") => Some((Word::Type, Whom::default())),
                About::Order("line") => Some((Word::Line, Whom::default())),
                About::Order("weekday") => Some((Word::Weekday, Whom::default())),
                _ => None,
            };
        };
        match own {
            "kind" => Some((Word::Kind, whom)),
            "status" => Some((Word::Status, whom)),
            "market" => Some((Word::Market, whom)),
            own => {
                let place = self.names.attributes.iter().position(|attribute| attribute.name == own)?;
                let worded = matches!(self.names.attributes[place].kind, AttributeKind::OneOf(_) | AttributeKind::Word);
                u16::try_from(place).ok().filter(|_| worded).map(|place| (Word::Attribute(place), whom))
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
        for pair in &self.names.pairs {
            let power = self.names.power.contains(pair);
            let fits = PAIRS.iter().filter(|field| pair_field(field, power).is_some());
            known.extend(fits.map(|field| format!("{pair}.{field}")));
        }
        let measures = self.names.measures.iter().flat_map(|name| {
            let further = [format!("{name}_before"), format!("whole_{name}")];
            further.into_iter().chain([name.clone()])
        });
        let order: Vec<String> = ORDER_NUMBERS
            .iter()
            .chain(&ORDER_WORDS)
            .chain(&ORDER_CONDITIONS)
            .map(ToString::to_string)
            .chain(measures)
            .collect();
        known = match self.scope {
            Scope::Member => known,
            Scope::Order | Scope::Volume => {
                let buyer = known.iter().map(|name| format!("buyer.{name}"));
                let member = known.iter().filter(|_| self.scope == Scope::Volume).map(|name| format!("member.{name}"));
                order.into_iter().chain(buyer).chain(member).collect()
            }
            Scope::Payee => known.iter().cloned().chain(known.iter().map(|name| format!("from.{name}"))).collect(),
            Scope::Counted => known.iter().cloned().chain(known.iter().map(|name| format!("my.{name}"))).collect(),
            Scope::OrderPayee => {
                let order = order.iter().map(|name| format!("order.{name}"));
                let buyer = known.iter().map(|name| format!("buyer.{name}"));
                let earner = SINCE.iter().map(|name| format!("earner.{name}"));
                known.iter().cloned().chain(order).chain(buyer).chain(earner).collect()
            }
        };
        known.extend(self.names.ranks.iter().cloned());
        known
    }

    pub(super) fn name_is_unknown(&self, name: &str) -> bool {
        let own = self.whom(name).filter(|(whom, _)| whom.up.is_some()).map_or(name, |(_, own)| own);
        !self.known().iter().any(|known| known == own)
    }

    /// Checks what is read of somebody else who need not stand below: ranks are known of everybody or of nobody.
    pub(super) fn elsewhere<T>(
        &mut self,
        ast: &Ast,
        name: &str,
        whom: Whom,
        check: impl FnOnce(&mut Self) -> Option<T>,
    ) -> Option<T> {
        let counts = whom.from && self.scope == Scope::Counted;
        let before = std::mem::replace(&mut self.reads, Reads::Facts);
        let found = check(self);
        let reads = std::mem::replace(&mut self.reads, before);
        if reads == Reads::Ranks && (whom.up.is_some() || counts) {
            self.read(ast, name, Reads::Everything);
        }
        self.reads = self.reads.max(reads);
        found
    }

    pub(super) fn name(&mut self, ast: &Ast, name: &str) -> Option<Meaning> {
        if let Some(place) = self.names.ranks.iter().position(|rank| rank == name) {
            return u16::try_from(place).ok().map(|place| Meaning::Rank(RankTerm::Is(place)));
        }
        if let Some(field) = self.since_enrolment(name) {
            return Some(Meaning::Num(Num::Order(field)));
        }
        let found = match self.about(name) {
            About::Member("mine") if matches!(self.scope, Scope::OrderPayee | Scope::Payee) => {
                Some(Meaning::Cond(Cond::Mine))
            }
            About::Order("through") => Some(Meaning::Cond(Cond::Through)),
            About::Order(field) if ORDER_WORDS.contains(&field) => Some(Meaning::Word),
            About::Order(field) => self.order_field(field).map(|field| Meaning::Num(Num::Order(field))),
            About::Member(_) | About::From(_) => self.of_somebody(ast, name),
        };
        if found.is_some() {
            return found;
        }
        self.unknown(ast, name);
        None
    }

    /// How long whose volume it is, or who earns, was enrolled on the day of the order.
    fn since_enrolment(&self, name: &str) -> Option<OrderField> {
        match (self.scope, name) {
            (Scope::Volume, "member.days_enrolled") => Some(OrderField::MemberDays),
            (Scope::Volume, "member.months_enrolled") => Some(OrderField::MemberMonths),
            (Scope::OrderPayee, "earner.days_enrolled") => Some(OrderField::EarnerDays),
            (Scope::OrderPayee, "earner.months_enrolled") => Some(OrderField::EarnerMonths),
            _ => None,
        }
    }

    /// A name about a member, about the other one, or about somebody above.
    fn of_somebody(&mut self, ast: &Ast, name: &str) -> Option<Meaning> {
        let (whom, own) = self.whom(name)?;
        let buyer = match self.scope {
            Scope::Order | Scope::Volume => whom == Whom::default(),
            Scope::OrderPayee => whom == Whom { from: true, up: None },
            _ => false,
        };
        match own {
            "days_enrolled" if buyer => return Some(Meaning::Num(Num::Order(OrderField::BuyerDays))),
            "months_enrolled" if buyer => return Some(Meaning::Num(Num::Order(OrderField::BuyerMonths))),
            _ => {}
        }
        let meaning = self.elsewhere(ast, name, whom, |checker| checker.member_name(ast, own))?;
        Some(match meaning {
            Meaning::Num(num) => Meaning::Num(whom.num(num)),
            Meaning::Cond(cond) => Meaning::Cond(whom.cond(cond)),
            other => other,
        })
    }

    /// A number of a pairing.
    fn pair_name(&mut self, ast: &Ast, name: &str, pair: &str, field: &str) -> Option<Meaning> {
        let place = self.names.pairs.iter().position(|known| known == pair)?;
        let field = pair_field(field, self.names.power.iter().any(|known| known == pair))?;
        let known = self.names.early_pairs.get(place).copied();
        let sides = matches!(field, PairField::Side(_) | PairField::Weak | PairField::Strong);
        if pair_field_is_old(field) {
            self.read(ast, name, Reads::Facts);
        } else if sides && self.names.matching == Some(place) {
            self.read(ast, name, Reads::Volumes);
        } else if known == Some(false) && self.limit == Reads::Ranks {
            let message = format!("{name} is not known yet when ranks are found: the binary {pair} reads ranks");
            let help = "let its qualified, limit and carry_limit read former_rank, or no rank at all";
            self.fault(ast, message, help);
        } else {
            self.read(ast, name, if known == Some(true) { Reads::Matched } else { Reads::Pairs });
        }
        u16::try_from(place).ok().map(|place| Meaning::Num(Num::Pair(place, field)))
    }

    pub(super) fn member_name(&mut self, ast: &Ast, name: &str) -> Option<Meaning> {
        if let Some(place) = self.names.volumes.iter().position(|volume| volume.name == name) {
            let reads = self.names.volumes[place].reads;
            self.read(ast, &format!("the volume {name}"), reads);
            return u16::try_from(place).ok().map(|place| Meaning::Num(Num::Volume(place)));
        }
        if let Some((pair, field)) = name.split_once('.') {
            return self.pair_name(ast, name, pair, field);
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
            "period_month" => Meaning::Num(Num::Member(MemberField::PeriodMonth)),
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

/// Whether it is what the period before left.
const fn pair_field_is_old(field: PairField) -> bool {
    matches!(field, PairField::Brought(_) | PairField::PositionBefore)
}

/// A number of a pairing; `power` for one of the strongest leg with all others.
fn pair_field(name: &str, power: bool) -> Option<PairField> {
    Some(match name {
        "left" if !power => PairField::Side(0),
        "right" if !power => PairField::Side(1),
        "power" if power => PairField::Side(0),
        "others" if power => PairField::Side(1),
        "brought_left" if !power => PairField::Brought(0),
        "brought_right" if !power => PairField::Brought(1),
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
        let whole = || name.strip_prefix("whole_").and_then(measure);
        order_field(name)
            .or_else(|| measure(name).map(OrderField::Measure))
            .or_else(|| before().map(OrderField::MeasureBefore))
            .or_else(|| whole().map(OrderField::WholeMeasure))
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
        "month" => OrderField::Month,
        "day_of_month" => OrderField::DayOfMonth,
        "cv_before" => OrderField::CvBefore,
        "qv_before" => OrderField::QvBefore,
        "paid_before" => OrderField::PaidBefore,
        "place_ever" => OrderField::PlaceEver,
        "day" => OrderField::Day,
        "whole_cv" => OrderField::WholeCv,
        "whole_qv" => OrderField::WholeQv,
        "whole_paid" => OrderField::WholePaid,
        "sale" => OrderField::Sale,
        "sale_ever" => OrderField::SaleEver,
        _ => return None,
    })
}
