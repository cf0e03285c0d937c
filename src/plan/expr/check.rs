//! From a tree to a typed tree: every name known, every operator between values that fit.

use super::parse::{Ast, AstKind, BinaryOp};
use super::typed::{
    Aggregate, Compare, Cond, MemberField, Num, OrderField, PairField, RankTerm, Reads, Shape, Take, TreeRef,
};
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
    /// Who earns, and whose amount it is.
    Payee,
    /// Who earns, an order, and its buyer.
    OrderPayee,
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
    /// Whether it is the same for everybody.
    pub company: bool,
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

/// The names of a plan, and the aggregates that its expressions ask for.
#[derive(Debug, Clone, Default)]
pub struct Names {
    /// The volumes.
    pub volumes: Vec<VolumeName>,
    /// Codes of the ranks, lowest first.
    pub ranks: Vec<String>,
    /// Named expressions, in the order of the file: each may use those before it.
    pub values: Vec<Value>,
    /// Names of the tables.
    pub tables: Vec<String>,
    /// Names of the pairings.
    pub pairs: Vec<String>,
    /// Names of the derived trees, and when each is known.
    pub trees: Vec<(String, Reads)>,
    /// Codes of the bonuses.
    pub bonuses: Vec<String>,
    /// Those of them that pay points.
    pub points: Vec<String>,
    /// Markets and product lines that conditions name.
    pub words: Vec<String>,
    /// Whether an expression reads the ranks that the previous run paid on.
    pub former_ranks: bool,
    /// Volumes and named numbers that expressions read as they were in earlier periods.
    pub remembered: Vec<(String, Num)>,
    /// Counts and sums of members, inner ones first.
    pub aggregates: Vec<Aggregate>,
}

impl Names {
    /// Whether a number may be another for each member.
    pub fn differs(&self, num: &Num) -> bool {
        let mut differs = false;
        num.numbers(&mut |num| {
            differs |= match num {
                Num::Volume(volume) => !self.volumes[usize::from(*volume)].company,
                Num::Before(place, _) => self.differs(&self.remembered[usize::from(*place)].1),
                Num::Count(_)
                | Num::Member(_)
                | Num::Capped(..)
                | Num::Leg(..)
                | Num::Held(_)
                | Num::Earned(..)
                | Num::Gathered(_)
                | Num::Pair(..)
                | Num::Bonus(_)
                | Num::PaidWithin(_)
                | Num::PaidEver(_) => true,
                _ => false,
            };
        });
        num.conditions(&mut |cond| {
            differs |=
                !matches!(cond, Cond::Always(_) | Cond::Not(_) | Cond::All(_) | Cond::Any(_) | Cond::Numbers(..));
        });
        differs
    }

    /// Whether a number is money and not points: it reads what was paid, or what bonuses paid in money.
    pub fn is_money(&self, num: &Num) -> bool {
        use OrderField::{Margin, Paid, PaidBefore, Wholesale};
        match num {
            Num::Order(Paid | Wholesale | Margin | PaidBefore) => true,
            Num::Bonus(bonus) | Num::PaidEver(bonus) | Num::PaidWithin(bonus) => {
                !self.points.contains(&self.bonuses[usize::from(*bonus)])
            }
            Num::Before(place, _) => self.is_money(&self.remembered[usize::from(*place)].1),
            Num::Volume(volume) | Num::Capped(volume, _) | Num::Leg(volume, _) => {
                self.volumes[usize::from(*volume)].money
            }
            Num::Gathered(place) => match &self.aggregates[usize::from(*place)].take {
                Take::Count(_) => false,
                Take::Sum(inner) | Take::Least(inner) | Take::Greatest(inner) => self.is_money(inner),
            },
            Num::Negative(a) | Num::Slices(_, a) | Num::Floor(a) | Num::Ceil(a) | Num::Round(a, _) | Num::From(a) => {
                self.is_money(a)
            }
            Num::Plus(a, b) | Num::Minus(a, b) | Num::Times(a, b) | Num::If(_, a, b) => {
                self.is_money(a) || self.is_money(b)
            }
            // A quotient of two amounts of money is a share.
            Num::Over(a, b) => self.is_money(a) && !self.is_money(b),
            Num::Least(parts) | Num::Greatest(parts) => parts.iter().any(|part| self.is_money(part)),
            _ => false,
        }
    }
}

/// Checks expressions of one scope that may read up to a stage of the calculation.
pub struct Checker<'a> {
    names: &'a mut Names,
    text: &'a str,
    scope: Scope,
    limit: Reads,
    reads: Reads,
    /// How many named expressions are known where this one stands.
    values: usize,
    /// How often a named expression was put in so far: values of values grow quickly.
    expanded: usize,
    faults: Vec<ExprFault>,
}

const NUMBERS: [&str; 5] = ["days_enrolled", "months_enrolled", "orders", "recruit", "rank_number"];
const RANKS: [&str; 4] = ["rank", "paid_rank", "highest_rank", "former_rank"];
const CONDITIONS: [&str; 5] = ["active", "customer", "distributor", "always", "never"];
const WORDS: [&str; 3] = ["kind", "status", "market"];
const ORDER_NUMBERS: [&str; 9] =
    ["cv", "qv", "paid", "wholesale", "margin", "place", "cv_before", "qv_before", "paid_before"];
const ORDER_WORDS: [&str; 2] = ["type", "line"];
const TREES: [&str; 3] = ["sponsor", "enroller", "placement"];
const FUNCTIONS: [&str; 26] = [
    "legs",
    "frontline",
    "downline",
    "enrolled",
    "enrolled_legs",
    "customers",
    "sum",
    "least",
    "greatest",
    "capped",
    "leg",
    "held",
    "earned_in",
    "before",
    "bonus",
    "paid_within",
    "paid_ever",
    "lookup",
    "slices",
    "floor",
    "ceil",
    "round",
    "min",
    "max",
    "if",
    "abs",
];

/// Most times that named expressions are put in for one expression.
const EXPANSIONS: usize = 2_000;
/// Most counts and sums of a plan.
const AGGREGATES: usize = 1_000;

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
    Market,
    Type,
    Line,
}

/// Whom a name is about, by what stands before its dot.
enum About<'n> {
    /// The member of the expression.
    Member(&'n str),
    /// Whose order or amount it is.
    From(&'n str),
    /// The order.
    Order(&'n str),
}

impl<'a> Checker<'a> {
    /// A checker over the plan's names.
    pub fn new(names: &'a mut Names, scope: Scope, limit: Reads) -> Self {
        let values = names.values.len();
        Self { names, text: "", scope, limit, reads: Reads::Facts, values, expanded: 0, faults: Vec::new() }
    }

    /// Reads and checks a condition.
    pub fn condition(mut self, text: &'a str) -> Result<(Cond, Reads), Vec<ExprFault>> {
        self.text = text;
        let cond = parse(text).map_err(|fault| vec![fault]).map(|ast| self.cond(&ast))?;
        self.end(cond)
    }

    /// Reads and checks a number.
    pub fn number(mut self, text: &'a str) -> Result<(Num, Reads), Vec<ExprFault>> {
        self.text = text;
        let num = parse(text).map_err(|fault| vec![fault]).map(|ast| self.num(&ast))?;
        self.end(num)
    }

    /// Reads and checks an expression that is a condition or a number.
    pub fn either(mut self, text: &'a str) -> Result<Ast, Vec<ExprFault>> {
        self.text = text;
        let ast = parse(text).map_err(|fault| vec![fault])?;
        let fine = if self.is_condition(&ast) { self.cond(&ast).map(|_| ()) } else { self.num(&ast).map(|_| ()) };
        self.end(fine).map(|_| ast)
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
            let (when, help) = match self.limit {
                Reads::Facts => ("volumes are added up", "use what the order and its buyer say themselves"),
                Reads::Volumes => ("activity is found", "use volumes, orders and days_enrolled"),
                Reads::Active | Reads::Ranks => ("ranks are found", "use it in the earner condition of a bonus"),
                _ => ("the two sides are matched", "use it in a bonus"),
            };
            self.fault(ast, format!("{what} is not known yet when {when}"), help);
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
            AstKind::Name(name) if self.value(name).is_some() => self
                .expand(ast, name, |inner, ast| {
                    if inner.is_condition(ast) { inner.cond(ast) } else { inner.not_a_condition(ast, "… >= 1") }
                })
                .map(|(cond, from)| if from { Cond::From(Box::new(cond)) } else { cond }),
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
        if let Some((word, from)) = self.word_field(left) {
            let cond = self.compare_word(op, word, left, right)?;
            return Some(if from { Cond::From(Box::new(cond)) } else { cond });
        }
        if let Some((word, from)) = self.word_field(right) {
            let cond = self.compare_word(op, word, right, left)?;
            return Some(if from { Cond::From(Box::new(cond)) } else { cond });
        }
        match (self.is_rank(left), self.is_rank(right)) {
            (true, true) => {
                let (a, b) = (self.rank(left), self.rank(right));
                self.ranks(op, a?, b?, left, right)
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

    /// Whom a name is about.
    fn about<'n>(&self, name: &'n str) -> About<'n> {
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

    fn word_field(&self, ast: &Ast) -> Option<(Word, bool)> {
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
            Word::Market => self.word(name).map(Cond::Market),
            Word::Line => self.word(name).map(Cond::Line),
        };
        let Some(cond) = found else {
            let known: Vec<&str> = match word {
                Word::Kind => MemberKind::ALL.iter().map(|word| word.as_str()).collect(),
                Word::Status => MemberStatus::ALL.iter().map(|word| word.as_str()).collect(),
                Word::Type => OrderType::ALL.iter().map(|word| word.as_str()).collect(),
                Word::Market | Word::Line => vec!["any word"],
            };
            self.fault(other, format!("unknown word “{name}”"), format!("use one of: {}", known.join(", ")));
            return None;
        };
        Some(if op == Compare::Is { cond } else { Cond::Not(Box::new(cond)) })
    }

    /// The place of a market or product line among the plan's words.
    fn word(&mut self, name: &str) -> Option<u16> {
        let place = self.names.words.iter().position(|word| word == name).unwrap_or_else(|| {
            self.names.words.push(name.to_owned());
            self.names.words.len() - 1
        });
        u16::try_from(place).ok()
    }

    fn is_rank(&self, ast: &Ast) -> bool {
        let AstKind::Name(name) = &ast.kind else {
            return false;
        };
        let own = match self.about(name) {
            About::Member(own) | About::From(own) | About::Order(own) => own,
        };
        RANKS.contains(&own) || self.names.ranks.iter().any(|rank| rank == name)
    }

    fn rank(&mut self, ast: &Ast) -> Option<(RankTerm, bool)> {
        let AstKind::Name(name) = &ast.kind else {
            return None;
        };
        let from = matches!(self.about(name), About::From(_));
        match self.name(ast, name)? {
            Meaning::Rank(term) => Some((term, from)),
            _ => None,
        }
    }

    /// Two ranks compared; each of the member, of whose amount it is, or of the plan.
    fn ranks(
        &mut self,
        op: Compare,
        left: (RankTerm, bool),
        right: (RankTerm, bool),
        a: &Ast,
        b: &Ast,
    ) -> Option<Cond> {
        let fixed = |term: RankTerm| matches!(term, RankTerm::Is(_));
        match (left, right) {
            ((left, false), (right, false)) => Some(Cond::Ranks(op, left, right)),
            ((left, from), (right, other)) if from == other || fixed(left) || fixed(right) => {
                Some(Cond::From(Box::new(Cond::Ranks(op, left, right))))
            }
            ((left, from), (right, _)) if left == RankTerm::Paid && right == RankTerm::Paid => {
                let number = || Num::Member(MemberField::RankNumber);
                let theirs = Num::From(Box::new(number()));
                Some(if from { Cond::Numbers(op, theirs, number()) } else { Cond::Numbers(op, number(), theirs) })
            }
            _ => {
                let both = a.span.start..b.span.end;
                let message = "ranks of two people are compared as they are paid";
                self.faults.push(ExprFault::new(both, message, "write paid_rank on both sides"));
                None
            }
        }
    }

    fn known(&self) -> Vec<String> {
        let mut known: Vec<String> = self.names.volumes.iter().map(|volume| volume.name.clone()).collect();
        known.extend(self.names.values[..self.values].iter().map(|value| value.name.clone()));
        known.extend(NUMBERS.iter().chain(&RANKS).chain(&CONDITIONS).chain(&WORDS).map(ToString::to_string));
        known.extend(self.names.pairs.iter().flat_map(|pair| PAIRS.iter().map(move |field| format!("{pair}.{field}"))));
        let order = || ORDER_NUMBERS.iter().chain(&ORDER_WORDS);
        known = match self.scope {
            Scope::Member => known,
            Scope::Order => {
                let buyer = known.iter().map(|name| format!("buyer.{name}"));
                order().map(ToString::to_string).chain(buyer).collect()
            }
            Scope::Payee => known.iter().cloned().chain(known.iter().map(|name| format!("from.{name}"))).collect(),
            Scope::OrderPayee => {
                let order = order().map(|name| format!("order.{name}"));
                let buyer = known.iter().map(|name| format!("buyer.{name}"));
                known.iter().cloned().chain(order).chain(buyer).collect()
            }
        };
        known.extend(self.names.ranks.iter().cloned());
        known
    }

    fn name_is_unknown(&self, name: &str) -> bool {
        !self.known().iter().any(|known| known == name)
    }

    /// The named expression that a name stands for, and whether it is about whose amount it is.
    fn value(&self, name: &str) -> Option<(usize, bool)> {
        let (own, from) = match self.about(name) {
            About::Member(own) => (own, false),
            About::From(own) => (own, true),
            About::Order(_) => return None,
        };
        let place = self.names.values[..self.values].iter().position(|value| value.name == own)?;
        Some((place, from))
    }

    /// Checks a named expression as if it stood here; its faults are those of the place that names it.
    fn expand<T>(
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

    fn expand_number(&mut self, ast: &Ast, name: &str) -> Option<(Num, bool)> {
        self.expand(ast, name, |inner, ast| {
            let num = inner.num(ast)?;
            Some(num)
        })
    }

    /// Whether an expression is a condition and not a number.
    fn is_condition(&self, ast: &Ast) -> bool {
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

    fn name(&mut self, ast: &Ast, name: &str) -> Option<Meaning> {
        if let Some(place) = self.names.ranks.iter().position(|rank| rank == name) {
            return u16::try_from(place).ok().map(|place| Meaning::Rank(RankTerm::Is(place)));
        }
        let found = match self.about(name) {
            About::Order(field) if ORDER_WORDS.contains(&field) => Some(Meaning::Word),
            About::Order(field) => order_field(field).map(|field| Meaning::Num(Num::Order(field))),
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

    fn member_name(&mut self, ast: &Ast, name: &str) -> Option<Meaning> {
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

    fn num(&mut self, ast: &Ast) -> Option<Num> {
        let num = match &ast.kind {
            AstKind::Number(value) => Num::Const(*value),
            AstKind::Name(name) if self.value(name).is_some() => {
                let (num, from) = self.expand_number(ast, name)?;
                if from && num.constant().is_none() { Num::From(Box::new(num)) } else { num }
            }
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
        match (name, arguments) {
            ("sum" | "least" | "greatest", [over, number, rest @ ..]) if rest.len() < 3 => {
                self.gather(ast, name, over, number, rest)
            }
            (_, [cond, rest @ ..]) if shape_of(name).is_some() && rest.len() < 3 => {
                self.count(ast, shape_of(name)?, cond, rest)
            }
            ("min" | "max", [_, _, ..]) => {
                let values: Option<Vec<Num>> =
                    arguments.iter().map(|argument| self.num(argument)).collect::<Vec<_>>().into_iter().collect();
                Some(if name == "min" { Num::Least(values?) } else { Num::Greatest(values?) })
            }
            ("if", [cond, then, other]) => {
                let (cond, then, other) = (self.cond(cond), self.num(then), self.num(other));
                Some(Num::If(Box::new(cond?), Box::new(then?), Box::new(other?)))
            }
            ("floor" | "ceil" | "abs", [inner]) => {
                let inner = self.num(inner)?;
                Some(match name {
                    "floor" => Num::Floor(Box::new(inner)),
                    "ceil" => Num::Ceil(Box::new(inner)),
                    _ => Num::Greatest(vec![inner.clone(), Num::Negative(Box::new(inner))]),
                })
            }
            ("round", [inner, places]) => {
                let (inner, places) = (self.num(inner)?, self.whole(places, 0, 10)?);
                Some(Num::Round(Box::new(inner), u32::from(places)))
            }
            ("lookup" | "slices", [table, inner]) => {
                let (table, inner) = (self.table(table), self.num(inner));
                let inner = Box::new(inner?);
                Some(if name == "lookup" { Num::Lookup(table?, inner) } else { Num::Slices(table?, inner) })
            }
            ("capped" | "leg", [volume, limit]) => {
                let (volume, limit) = (self.volume(volume), self.num(limit));
                let limit = Box::new(limit?);
                Some(if name == "capped" { Num::Capped(volume?, limit) } else { Num::Leg(volume?, limit) })
            }
            ("before", [volume, rest @ ..]) if rest.len() < 2 => self.before(volume, rest.first()),
            ("bonus" | "paid_within" | "paid_ever", [code]) => self.bonus(ast, name, code),
            ("held", [rank]) => {
                self.read(ast, "for how long a rank was held", Reads::Everything);
                self.plan_rank(rank, "held(Leader)").map(Num::Held)
            }
            ("earned_in", [rank, periods]) => {
                let rank = self.plan_rank(rank, "earned_in(Leader, 3)")?;
                Some(Num::Earned(rank, self.whole(periods, 1, 60)?))
            }
            _ => self.bad_call(ast, name),
        }
    }

    fn plan_rank(&mut self, rank: &Ast, example: &str) -> Option<u16> {
        if self.is_rank(rank)
            && let Some((RankTerm::Is(place), _)) = self.rank(rank)
        {
            return Some(place);
        }
        self.fault(rank, "a rank of the plan is needed here", format!("write its code, such as {example}"));
        None
    }

    fn whole(&mut self, ast: &Ast, least: u16, most: u16) -> Option<u16> {
        let number = match &ast.kind {
            AstKind::Number(value) if value.is_integer() => u16::try_from(*value).ok(),
            _ => None,
        };
        let found = number.filter(|number| (least..=most).contains(number));
        if found.is_none() {
            let help = format!("write a whole number from {least} to {most}");
            self.fault(ast, "a whole number is needed here", help);
        }
        found
    }

    fn table(&mut self, ast: &Ast) -> Option<u16> {
        let name = self.text.get(ast.span.clone()).unwrap_or("");
        let place = self.names.tables.iter().position(|table| table == name);
        if place.is_none() {
            let help = suggest(name, self.names.tables.iter().map(String::as_str));
            self.fault(ast, format!("there is no table “{name}”"), help);
        }
        place.and_then(|place| u16::try_from(place).ok())
    }

    /// A volume or a named number as it was. When it is known in this period does not matter.
    fn before(&mut self, what: &Ast, periods: Option<&Ast>) -> Option<Num> {
        let name = self.text.get(what.span.clone()).unwrap_or("").to_owned();
        let (limit, reads) = (std::mem::replace(&mut self.limit, Reads::Amounts), self.reads);
        let num = if self.value(&name).is_some_and(|(_, from)| !from) {
            self.expand_number(what, &name).map(|(num, _)| num)
        } else {
            self.volume(what).map(Num::Volume)
        };
        (self.limit, self.reads) = (limit, reads);
        let periods = match periods {
            Some(periods) => self.whole(periods, 1, 24)?,
            None => 1,
        };
        let num = num?;
        let remembered = &mut self.names.remembered;
        let place = remembered.iter().position(|(known, _)| *known == name).unwrap_or_else(|| {
            remembered.push((name, num));
            remembered.len() - 1
        });
        Some(Num::Before(u16::try_from(place).ok()?, periods))
    }

    fn bonus(&mut self, ast: &Ast, function: &str, code: &Ast) -> Option<Num> {
        let name = self.text.get(code.span.clone()).unwrap_or("");
        let Some(place) = self.names.bonuses.iter().position(|bonus| bonus == name) else {
            let help = suggest(name, self.names.bonuses.iter().map(String::as_str));
            self.fault(code, format!("there is no bonus “{name}”"), help);
            return None;
        };
        let place = u16::try_from(place).ok()?;
        Some(match function {
            "bonus" => {
                self.read(ast, &format!("the amount of bonus {name}"), Reads::Amounts);
                Num::Bonus(place)
            }
            "paid_within" => Num::PaidWithin(place),
            _ => Num::PaidEver(place),
        })
    }

    fn bad_call(&mut self, ast: &Ast, name: &str) -> Option<Num> {
        let usage = match name {
            "legs" | "enrolled_legs" | "frontline" | "downline" | "enrolled" | "customers" => {
                "takes one condition: legs(rank >= Leader)"
            }
            "sum" | "least" | "greatest" => "takes a group of members and a number: sum(frontline, pv)",
            "min" | "max" => "takes two or more numbers: min(pv, 100)",
            "if" => "takes a condition and two numbers: if(pv >= 200, 10%, 5%)",
            "floor" | "ceil" | "abs" => "takes one number: floor(gv / 1000)",
            "round" => "takes a number and places: round(pv / 3, 2)",
            "lookup" | "slices" => "takes a table and a number: lookup(scale, gv)",
            "capped" => "takes a volume and a limit: capped(gv, 300)",
            "leg" => "takes a volume and a place: leg(gv, 1) is the strongest leg",
            "before" => "takes a volume and how many periods ago: before(gv, 1)",
            "bonus" | "paid_within" | "paid_ever" => "takes a bonus: bonus(team)",
            "held" => "takes a rank: held(Leader)",
            "earned_in" => "takes a rank and a number of periods: earned_in(Leader, 3)",
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
            && self.value(name).is_none()
            && let Meaning::Num(Num::Volume(place)) = self.name(ast, name)?
        {
            return Some(place);
        }
        let volumes: Vec<&str> = self.names.volumes.iter().map(|volume| volume.name.as_str()).collect();
        let help = format!("volumes of this plan: {}", volumes.join(", "));
        self.fault(ast, "a volume of the plan is needed here", help);
        None
    }

    fn count(&mut self, ast: &Ast, shape: Shape, cond: &Ast, rest: &[Ast]) -> Option<Num> {
        self.about_members(ast)?;
        let (taken, reads) = self.aside(|checker| checker.cond(cond));
        self.aggregate(ast, shape, rest, Take::Count(taken?), reads).map(Num::Count)
    }

    fn gather(&mut self, ast: &Ast, name: &str, over: &Ast, number: &Ast, rest: &[Ast]) -> Option<Num> {
        self.about_members(ast)?;
        let group = self.text.get(over.span.clone()).unwrap_or("");
        let Some(shape) = shape_of(group).filter(|shape| !matches!(shape, Shape::Legs | Shape::EnrolledLegs)) else {
            let help = "use one of: frontline, downline, enrolled, customers";
            self.fault(over, format!("“{group}” is not a group of members"), help);
            return None;
        };
        let (taken, reads) = self.aside(|checker| checker.num(number));
        let take = match name {
            "sum" => Take::Sum(taken?),
            "least" => Take::Least(taken?),
            _ => Take::Greatest(taken?),
        };
        self.aggregate(ast, shape, rest, take, reads).map(Num::Gathered)
    }

    /// Members can be counted about a member only.
    fn about_members(&mut self, ast: &Ast) -> Option<()> {
        if self.scope == Scope::Order {
            self.fault(ast, "members cannot be counted in a condition on orders", "put it into the earner condition");
            return None;
        }
        Some(())
    }

    /// Checks what is read of each member that is looked at, and what that reads.
    fn aside<T>(&mut self, check: impl FnOnce(&mut Self) -> Option<T>) -> (Option<T>, Reads) {
        let outer = std::mem::replace(&mut self.reads, Reads::Facts);
        let scope = std::mem::replace(&mut self.scope, Scope::Member);
        let found = check(self);
        self.scope = scope;
        (found, std::mem::replace(&mut self.reads, outer))
    }

    fn aggregate(&mut self, ast: &Ast, shape: Shape, rest: &[Ast], take: Take, reads: Reads) -> Option<u16> {
        let (mut shape, mut tree, mut depth, mut reads) = (shape, TreeRef::SPONSOR, 0, reads);
        for argument in rest {
            let word = self.text.get(argument.span.clone()).unwrap_or("");
            let side = ["left", "right"].iter().position(|side| *side == word);
            match (side, &argument.kind) {
                (Some(side), _) if shape == Shape::Enrolled => {
                    shape = Shape::EnrolledOn(u8::try_from(side).unwrap_or(0));
                }
                (None, AstKind::Number(_)) if shape == Shape::Downline => depth = self.whole(argument, 1, 100)?,
                (None, AstKind::Name(_)) if shape.along_the_ranks() => {
                    tree = self.tree(argument)?;
                    if let TreeRef::Derived(place) = tree {
                        reads = reads.max(self.names.trees[usize::from(place)].1);
                    }
                }
                _ => {
                    let help = "a tree after legs, frontline and downline; levels after downline; left or right after \
                                enrolled";
                    self.fault(argument, format!("“{word}” has no meaning here"), help);
                    return None;
                }
            }
        }
        let along = shape.along_the_ranks() && tree == TreeRef::SPONSOR && depth == 0;
        if self.limit == Reads::Ranks && reads == Reads::Ranks && !along {
            let message = "ranks are found along the sponsor tree, so ranks of enrolled members are not known yet";
            self.fault(ast, message, "use legs(…), frontline(…) or downline(…)");
        }
        self.read(ast, "this count", reads.max(Reads::Volumes));
        if self.names.aggregates.len() >= AGGREGATES {
            let message = format!("a plan has at most {AGGREGATES} counts and sums over members");
            self.fault(ast, message, "give the same ones a name in [values]");
            return None;
        }
        let aggregate = Aggregate { shape, tree, depth, take, reads };
        let place = self.names.aggregates.iter().position(|known| *known == aggregate).unwrap_or_else(|| {
            self.names.aggregates.push(aggregate);
            self.names.aggregates.len() - 1
        });
        u16::try_from(place).ok()
    }

    fn tree(&mut self, ast: &Ast) -> Option<TreeRef> {
        let name = self.text.get(ast.span.clone()).unwrap_or("");
        if let Ok(kind) = name.parse() {
            return Some(TreeRef::Kind(kind));
        }
        let place = self.names.trees.iter().position(|(tree, _)| tree == name);
        if let Some(place) = place {
            let reads = self.names.trees[place].1;
            self.read(ast, &format!("the tree {name}"), reads);
        } else {
            let known = self.names.trees.iter().map(|(tree, _)| tree.as_str());
            let help = suggest(name, TREES.iter().copied().chain(known));
            self.fault(ast, format!("there is no tree “{name}”"), help);
        }
        place.and_then(|place| u16::try_from(place).ok()).map(TreeRef::Derived)
    }
}

impl Shape {
    /// Whether it looks down the tree along which ranks are found.
    const fn along_the_ranks(self) -> bool {
        matches!(self, Self::Legs | Self::EnrolledLegs | Self::Frontline | Self::Downline)
    }
}

fn shape_of(name: &str) -> Option<Shape> {
    Some(match name {
        "legs" => Shape::Legs,
        "frontline" => Shape::Frontline,
        "downline" => Shape::Downline,
        "enrolled" => Shape::Enrolled,
        "customers" => Shape::Customers,
        "enrolled_legs" => Shape::EnrolledLegs,
        _ => return None,
    })
}

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
