//! From a tree to a typed tree: every name known, every operator between values that fit.

use super::parse::{Ast, AstKind, BinaryOp};
use super::typed::{Aggregate, Compare, Cond, MemberField, Num, OrderField, RankTerm, Reads, Shape};
use super::{ExprFault, parse};
use crate::domain::member::{MemberKind, MemberStatus};
use crate::domain::order::OrderType;
use crate::plan::fault::suggest;
use rust_decimal::Decimal;

/// What an expression is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// A member.
    Member,
    /// An order and its buyer.
    Order,
}

/// A volume that expressions may name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VolumeName {
    /// The name.
    pub name: String,
    /// When it is known.
    pub reads: Reads,
}

/// The names of a plan, and the counts that its expressions ask for.
#[derive(Debug, Clone, Default)]
pub struct Names {
    /// The volumes.
    pub volumes: Vec<VolumeName>,
    /// Codes of the ranks, lowest first.
    pub ranks: Vec<String>,
    /// Counts of members, inner ones first.
    pub aggregates: Vec<Aggregate>,
}

/// Checks expressions of one scope that may read up to a stage of the calculation.
pub struct Checker<'a> {
    names: &'a mut Names,
    scope: Scope,
    limit: Reads,
    reads: Reads,
    faults: Vec<ExprFault>,
}

const NUMBERS: [&str; 2] = ["days_enrolled", "orders"];
const RANKS: [&str; 3] = ["rank", "paid_rank", "highest_rank"];
const CONDITIONS: [&str; 5] = ["active", "customer", "distributor", "always", "never"];
const WORDS: [&str; 2] = ["kind", "status"];
const ORDER_NUMBERS: [&str; 4] = ["cv", "qv", "paid", "wholesale"];
const FUNCTIONS: [&str; 11] =
    ["legs", "frontline", "downline", "enrolled", "customers", "capped", "leg", "held", "min", "max", "if"];

/// What a name stands for.
enum Meaning {
    Num(Num),
    Cond(Cond),
    Rank(RankTerm),
    Word,
}

#[derive(Clone, Copy)]
enum Word {
    Kind,
    Status,
    Type,
}

impl<'a> Checker<'a> {
    /// A checker over the plan's names.
    pub fn new(names: &'a mut Names, scope: Scope, limit: Reads) -> Self {
        Self { names, scope, limit, reads: Reads::Facts, faults: Vec::new() }
    }

    /// Reads and checks a condition.
    pub fn condition(mut self, text: &str) -> Result<(Cond, Reads), Vec<ExprFault>> {
        let cond = parse(text).map_err(|fault| vec![fault]).map(|ast| self.cond(&ast))?;
        self.end(cond)
    }

    /// Reads and checks a number.
    pub fn number(mut self, text: &str) -> Result<(Num, Reads), Vec<ExprFault>> {
        let num = parse(text).map_err(|fault| vec![fault]).map(|ast| self.num(&ast))?;
        self.end(num)
    }

    fn end<T>(self, value: Option<T>) -> Result<(T, Reads), Vec<ExprFault>> {
        match value {
            Some(value) if self.faults.is_empty() => Ok((value, self.reads)),
            _ => Err(self.faults),
        }
    }

    fn fault(&mut self, ast: &Ast, message: impl Into<String>, help: impl Into<String>) {
        self.faults.push(ExprFault::new(ast.span.clone(), message, help));
    }

    fn read(&mut self, ast: &Ast, what: &str, reads: Reads) {
        if reads > self.limit {
            let (message, help) = match self.limit {
                Reads::Facts => (
                    format!("{what} is not known yet when volumes are added up"),
                    "use what the order and its buyer say themselves",
                ),
                Reads::Volumes => {
                    (format!("{what} is not known yet when activity is found"), "use volumes, orders and days_enrolled")
                }
                _ => (
                    format!("{what} is not known yet when ranks are found"),
                    "use it in the earner condition of a bonus",
                ),
            };
            self.fault(ast, message, help);
        }
        self.reads = self.reads.max(reads);
    }

    fn cond(&mut self, ast: &Ast) -> Option<Cond> {
        match &ast.kind {
            AstKind::Not(inner) => self.cond(inner).map(|inner| Cond::Not(Box::new(inner))),
            AstKind::Binary(BinaryOp::And, left, right) => {
                self.pair(left, right).map(|pair| Cond::All(flat(pair, true)))
            }
            AstKind::Binary(BinaryOp::Or, left, right) => {
                self.pair(left, right).map(|pair| Cond::Any(flat(pair, false)))
            }
            AstKind::Binary(op, left, right) if op.compares() => self.compare(*op, left, right),
            AstKind::Name(name) => match self.name(ast, name)? {
                Meaning::Cond(cond) => Some(cond),
                _ => self.not_a_condition(ast, &format!("{name} >= …")),
            },
            _ => self.not_a_condition(ast, "… >= 1"),
        }
    }

    fn not_a_condition(&mut self, ast: &Ast, example: &str) -> Option<Cond> {
        self.fault(ast, "this is a value, and a condition is needed", format!("compare it, such as {example}"));
        None
    }

    fn pair(&mut self, left: &Ast, right: &Ast) -> Option<[Cond; 2]> {
        let (left, right) = (self.cond(left), self.cond(right));
        Some([left?, right?])
    }

    fn compare(&mut self, op: BinaryOp, left: &Ast, right: &Ast) -> Option<Cond> {
        let op = compare_of(op);
        if let Some(word) = self.word_field(left) {
            return self.compare_word(op, word, left, right);
        }
        if let Some(word) = self.word_field(right) {
            return self.compare_word(op, word, right, left);
        }
        match (self.is_rank(left), self.is_rank(right)) {
            (true, true) => {
                let (a, b) = (self.rank(left), self.rank(right));
                Some(Cond::Ranks(op, a?, b?))
            }
            (false, false) => {
                let (a, b) = (self.num(left), self.num(right));
                Some(numbers(op, a?, b?))
            }
            (rank_left, _) => {
                let (rank, other) = if rank_left { (left, right) } else { (right, left) };
                if let AstKind::Name(name) = &other.kind
                    && self.name_is_unknown(name)
                {
                    let ranks: Vec<&str> = self.names.ranks.iter().map(String::as_str).collect();
                    let help = suggest(name, ranks);
                    self.fault(other, format!("there is no rank “{name}”"), help);
                } else {
                    self.num(other);
                    self.fault(rank, "a rank cannot be compared with a number", "compare it with a rank of the plan");
                }
                None
            }
        }
    }

    fn word_field(&self, ast: &Ast) -> Option<Word> {
        let AstKind::Name(name) = &ast.kind else {
            return None;
        };
        match (self.scope, name.as_str()) {
            (Scope::Member, "kind") | (Scope::Order, "buyer.kind") => Some(Word::Kind),
            (Scope::Member, "status") | (Scope::Order, "buyer.status") => Some(Word::Status),
            (Scope::Order, "type") => Some(Word::Type),
            _ => None,
        }
    }

    fn compare_word(&mut self, op: Compare, word: Word, field: &Ast, other: &Ast) -> Option<Cond> {
        if !matches!(op, Compare::Is | Compare::IsNot) {
            self.fault(field, "words have no order", "compare them by = or !=");
            return None;
        }
        let AstKind::Name(name) = &other.kind else {
            self.fault(other, "a word is needed here", "write it without quotes, such as kind = distributor");
            return None;
        };
        let found = match word {
            Word::Kind => name.parse().map(Cond::Kind).ok(),
            Word::Status => name.parse().map(Cond::Status).ok(),
            Word::Type => name.parse().map(Cond::Type).ok(),
        };
        let Some(cond) = found else {
            let known: Vec<&str> = match word {
                Word::Kind => MemberKind::ALL.iter().map(|word| word.as_str()).collect(),
                Word::Status => MemberStatus::ALL.iter().map(|word| word.as_str()).collect(),
                Word::Type => OrderType::ALL.iter().map(|word| word.as_str()).collect(),
            };
            self.fault(other, format!("unknown word “{name}”"), format!("use one of: {}", known.join(", ")));
            return None;
        };
        Some(if op == Compare::Is { cond } else { Cond::Not(Box::new(cond)) })
    }

    fn is_rank(&self, ast: &Ast) -> bool {
        let AstKind::Name(name) = &ast.kind else {
            return false;
        };
        let name = self.own_name(name);
        RANKS.contains(&name) || self.names.ranks.iter().any(|rank| rank == name)
    }

    fn rank(&mut self, ast: &Ast) -> Option<RankTerm> {
        let AstKind::Name(name) = &ast.kind else {
            return None;
        };
        match self.name(ast, name)? {
            Meaning::Rank(term) => Some(term),
            _ => None,
        }
    }

    /// A member's name as it is written about the member, without `buyer.`.
    fn own_name<'n>(&self, name: &'n str) -> &'n str {
        if self.scope == Scope::Order { name.strip_prefix("buyer.").unwrap_or(name) } else { name }
    }

    fn known(&self) -> Vec<String> {
        let mut known: Vec<String> = self.names.volumes.iter().map(|volume| volume.name.clone()).collect();
        known.extend(NUMBERS.iter().chain(&RANKS).chain(&CONDITIONS).chain(&WORDS).map(ToString::to_string));
        if self.scope == Scope::Order {
            known = known.into_iter().map(|name| format!("buyer.{name}")).collect();
            known.extend(ORDER_NUMBERS.iter().chain(&["type"]).map(ToString::to_string));
        }
        known.extend(self.names.ranks.iter().cloned());
        known
    }

    fn name_is_unknown(&self, name: &str) -> bool {
        !self.known().iter().any(|known| known == name)
    }

    fn name(&mut self, ast: &Ast, name: &str) -> Option<Meaning> {
        if let Some(place) = self.names.ranks.iter().position(|rank| rank == name) {
            return u16::try_from(place).ok().map(|place| Meaning::Rank(RankTerm::Is(place)));
        }
        if self.scope == Scope::Order {
            if let Some(field) = order_field(name) {
                return Some(Meaning::Num(Num::Order(field)));
            }
            if name == "type" {
                return Some(Meaning::Word);
            }
        }
        let own = if self.scope == Scope::Order { name.strip_prefix("buyer.") } else { Some(name) };
        if let Some(meaning) = own.and_then(|own| self.member_name(ast, own)) {
            return Some(meaning);
        }
        let known = self.known();
        let help = if self.scope == Scope::Order && known.contains(&format!("buyer.{name}")) {
            format!("for the buyer of the order write “buyer.{name}”")
        } else {
            suggest(name, known.iter().map(String::as_str))
        };
        self.fault(ast, format!("unknown name “{name}”"), help);
        None
    }

    fn member_name(&mut self, ast: &Ast, name: &str) -> Option<Meaning> {
        if let Some(place) = self.names.volumes.iter().position(|volume| volume.name == name) {
            let reads = self.names.volumes[place].reads;
            self.read(ast, &format!("the volume {name}"), reads);
            return u16::try_from(place).ok().map(|place| Meaning::Num(Num::Volume(place)));
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
            "orders" => {
                self.read(ast, "the number of orders", Reads::Volumes);
                Meaning::Num(Num::Member(MemberField::Orders))
            }
            "rank" | "paid_rank" => {
                self.read(ast, name, Reads::Ranks);
                Meaning::Rank(if name == "rank" { RankTerm::Earned } else { RankTerm::Paid })
            }
            "highest_rank" => {
                self.read(ast, "highest_rank", Reads::Ranks);
                Meaning::Rank(RankTerm::Highest)
            }
            "kind" | "status" => Meaning::Word,
            _ => return None,
        })
    }

    fn num(&mut self, ast: &Ast) -> Option<Num> {
        let num = match &ast.kind {
            AstKind::Number(value) => Num::Const(*value),
            AstKind::Name(name) => match self.name(ast, name)? {
                Meaning::Num(num) => num,
                Meaning::Cond(_) => return self.not_a_number(ast, "a condition"),
                Meaning::Rank(_) => return self.not_a_number(ast, "a rank"),
                Meaning::Word => return self.not_a_number(ast, "a word"),
            },
            AstKind::Negative(inner) => Num::Negative(Box::new(self.num(inner)?)),
            AstKind::Binary(op, left, right) if !op.compares() && !matches!(op, BinaryOp::And | BinaryOp::Or) => {
                let (left, right) = (self.num(left), self.num(right));
                self.arithmetic(ast, *op, left?, right?)?
            }
            AstKind::Call(name, arguments) => self.call(ast, name, arguments)?,
            _ => return self.not_a_number(ast, "a condition"),
        };
        Some(fold(num))
    }

    fn not_a_number(&mut self, ast: &Ast, what: &str) -> Option<Num> {
        self.fault(
            ast,
            format!("this is {what}, and a number is needed"),
            "use if(condition, number, number) to choose a number",
        );
        None
    }

    fn arithmetic(&mut self, ast: &Ast, op: BinaryOp, left: Num, right: Num) -> Option<Num> {
        if op == BinaryOp::Over && right.constant().is_some_and(|value| value.is_zero()) {
            self.fault(ast, "this divides by zero", "divide by another number");
            return None;
        }
        let (left, right) = (Box::new(left), Box::new(right));
        Some(match op {
            BinaryOp::Plus => Num::Plus(left, right),
            BinaryOp::Minus => Num::Minus(left, right),
            BinaryOp::Times => Num::Times(left, right),
            _ => Num::Over(left, right),
        })
    }

    fn call(&mut self, ast: &Ast, name: &str, arguments: &[Ast]) -> Option<Num> {
        let shape = match name {
            "legs" => Some(Shape::Legs),
            "frontline" => Some(Shape::Frontline),
            "downline" => Some(Shape::Downline),
            "enrolled" => Some(Shape::Enrolled),
            "customers" => Some(Shape::Customers),
            _ => None,
        };
        match (name, arguments) {
            (_, [cond]) if shape.is_some() => self.count(ast, shape?, cond),
            ("min" | "max", [_, _, ..]) => {
                let values: Option<Vec<Num>> =
                    arguments.iter().map(|argument| self.num(argument)).collect::<Vec<_>>().into_iter().collect();
                Some(if name == "min" { Num::Least(values?) } else { Num::Greatest(values?) })
            }
            ("if", [cond, then, other]) => {
                let (cond, then, other) = (self.cond(cond), self.num(then), self.num(other));
                Some(Num::If(Box::new(cond?), Box::new(then?), Box::new(other?)))
            }
            ("capped" | "leg", [volume, limit]) => {
                let (volume, limit) = (self.volume(volume), self.num(limit));
                let limit = Box::new(limit?);
                Some(if name == "capped" { Num::Capped(volume?, limit) } else { Num::Leg(volume?, limit) })
            }
            ("held", [rank]) if self.is_rank(rank) => {
                self.read(ast, "for how long a rank was held", Reads::Everything);
                let term = self.rank(rank)?;
                if let RankTerm::Is(place) = term {
                    return Some(Num::Held(place));
                }
                self.fault(rank, "a rank of the plan is needed here", "write its code, such as held(Leader)");
                None
            }
            _ => self.bad_call(ast, name),
        }
    }

    fn bad_call(&mut self, ast: &Ast, name: &str) -> Option<Num> {
        let usage = match name {
            "legs" | "frontline" | "downline" | "enrolled" | "customers" => "takes one condition: legs(rank >= Leader)",
            "min" | "max" => "takes two or more numbers: min(pv, 100)",
            "if" => "takes a condition and two numbers: if(pv >= 200, 10%, 5%)",
            "capped" => "takes a volume and a limit: capped(gv, 300)",
            "leg" => "takes a volume and a place: leg(gv, 1) is the strongest leg",
            "held" => "takes a rank: held(Leader)",
            _ => {
                let help = suggest(name, FUNCTIONS);
                self.fault(ast, format!("unknown function “{name}”"), help);
                return None;
            }
        };
        self.fault(ast, format!("“{name}” is given the wrong arguments"), format!("{name} {usage}"));
        None
    }

    fn volume(&mut self, ast: &Ast) -> Option<u16> {
        if let AstKind::Name(name) = &ast.kind
            && let Meaning::Num(Num::Volume(place)) = self.name(ast, name)?
        {
            return Some(place);
        }
        let volumes: Vec<&str> = self.names.volumes.iter().map(|volume| volume.name.as_str()).collect();
        let help = format!("volumes of this plan: {}", volumes.join(", "));
        self.fault(ast, "a volume of the plan is needed here", help);
        None
    }

    fn count(&mut self, ast: &Ast, shape: Shape, cond: &Ast) -> Option<Num> {
        if self.scope == Scope::Order {
            self.fault(ast, "members cannot be counted in a condition on orders", "put it into the earner condition");
            return None;
        }
        let outer = std::mem::replace(&mut self.reads, Reads::Facts);
        let cond = self.cond(cond);
        let reads = std::mem::replace(&mut self.reads, outer);
        let cond = cond?;
        if self.limit == Reads::Ranks && reads == Reads::Ranks && matches!(shape, Shape::Enrolled | Shape::Customers) {
            let message = "ranks are found along the sponsor tree, so ranks of enrolled members are not known yet";
            self.fault(ast, message, "use legs(…), frontline(…) or downline(…)");
        }
        self.read(ast, "this count", reads.max(Reads::Volumes));
        let aggregate = Aggregate { shape, cond, reads };
        let place = self.names.aggregates.iter().position(|known| *known == aggregate).unwrap_or_else(|| {
            self.names.aggregates.push(aggregate);
            self.names.aggregates.len() - 1
        });
        u16::try_from(place).ok().map(Num::Count)
    }
}

fn order_field(name: &str) -> Option<OrderField> {
    Some(match name {
        "cv" => OrderField::Cv,
        "qv" => OrderField::Qv,
        "paid" => OrderField::Paid,
        "wholesale" => OrderField::Wholesale,
        _ => return None,
    })
}

fn compare_of(op: BinaryOp) -> Compare {
    match op {
        BinaryOp::Is => Compare::Is,
        BinaryOp::IsNot => Compare::IsNot,
        BinaryOp::Less => Compare::Less,
        BinaryOp::AtMost => Compare::AtMost,
        BinaryOp::More => Compare::More,
        _ => Compare::AtLeast,
    }
}

fn flat(pair: [Cond; 2], all: bool) -> Vec<Cond> {
    let mut out = Vec::new();
    for cond in pair {
        match cond {
            Cond::All(inner) if all => out.extend(inner),
            Cond::Any(inner) if !all => out.extend(inner),
            other => out.push(other),
        }
    }
    out
}

/// A comparison of numbers; with a volume or a count on one side and a number on the other, without decimals.
fn numbers(op: Compare, left: Num, right: Num) -> Cond {
    let (op, left, right) = if left.constant().is_some() { (op.turned(), right, left) } else { (op, left, right) };
    let scaled = |places: i64| {
        let value = right.constant()?.checked_mul(Decimal::from(places))?;
        value.is_integer().then(|| i64::try_from(value).ok()).flatten()
    };
    match &left {
        Num::Volume(place) => scaled(10_000).map(|value| Cond::Volume(op, *place, value)),
        Num::Count(place) => scaled(1).map(|value| Cond::Count(op, *place, value)),
        _ => None,
    }
    .unwrap_or(Cond::Numbers(op, left, right))
}

/// Works out what consists of numbers only.
fn fold(num: Num) -> Num {
    let value = match &num {
        Num::Negative(inner) => inner.constant().map(|value| -value),
        Num::Plus(a, b) => both(a, b).and_then(|(a, b)| a.checked_add(b)),
        Num::Minus(a, b) => both(a, b).and_then(|(a, b)| a.checked_sub(b)),
        Num::Times(a, b) => both(a, b).and_then(|(a, b)| a.checked_mul(b)),
        _ => None,
    };
    value.map_or(num, Num::Const)
}

fn both(a: &Num, b: &Num) -> Option<(Decimal, Decimal)> {
    a.constant().zip(b.constant())
}
