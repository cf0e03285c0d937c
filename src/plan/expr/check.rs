//! From a tree to a typed tree: every name known, every operator between values that fit.

mod calls;
mod meaning;
mod unknown;
mod values;

pub use values::{Expansion, Place};

use super::names::{AttributeKind, Names};
use super::parse::{Ast, AstKind, BinaryOp};
use super::typed::{Compare, Cond, MemberField, Num, RankTerm, Reads};
use super::{ExprFault, parse};
use crate::domain::country;
use crate::domain::member::{MemberKind, MemberStatus};
use crate::domain::order::OrderType;
use crate::domain::period_calendar::Weekday;
use crate::domain::tree::TreeKind;
use crate::plan::fault::suggest;
use rust_decimal::Decimal;

/// What an expression is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// A member.
    Member,
    /// An order and its buyer.
    Order,
    /// An order, its buyer, and the member whose volume it is.
    Volume,
    /// Who earns, and whose amount it is.
    Payee,
    /// Who earns, an order, and its buyer.
    OrderPayee,
    /// A member who is counted, and the one who counts.
    Counted,
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
    /// How deep the present part stands, and how deep the deepest one stood.
    depth: usize,
    deepest: usize,
    /// How many parts the condition or number has that is asked of every member looked at.
    looked_at: usize,
    faults: Vec<ExprFault>,
}

/// Words before a dot that say whom a name is about.
const PREFIXES: [&str; 9] = ["buyer", "order", "from", "member", "earner", "my", "sponsor", "enroller", "parent"];
const RANKS: [&str; 4] = ["rank", "paid_rank", "highest_rank", "former_rank"];

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
    Weekday,
    /// One of the plan's attributes that has words.
    Attribute(u16),
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

/// Whom a name is about in the end: the member of the expression, the other one, or somebody's sponsor or enroller.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct Whom {
    from: bool,
    up: Option<TreeKind>,
}

impl Whom {
    fn cond(self, cond: Cond) -> Cond {
        let cond = match self.up {
            Some(tree) => Cond::Above(tree, Box::new(cond)),
            None => cond,
        };
        if self.from { Cond::From(Box::new(cond)) } else { cond }
    }

    fn num(self, num: Num) -> Num {
        if num.constant().is_some() && self.up.is_none() {
            return num;
        }
        let num = match self.up {
            Some(tree) => Num::Above(tree, Box::new(num)),
            None => num,
        };
        if self.from { Num::From(Box::new(num)) } else { num }
    }
}

impl<'a> Checker<'a> {
    /// A checker over the plan's names.
    pub fn new(names: &'a mut Names, scope: Scope, limit: Reads) -> Self {
        let values = names.values.len();
        let (reads, faults) = (Reads::Facts, Vec::new());
        Self { names, text: "", scope, limit, reads, values, expanded: 0, depth: 0, deepest: 0, looked_at: 0, faults }
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
            Some(value) if self.faults.is_empty() => {
                self.names.latest = self.names.latest.max(self.reads);
                Ok((value, self.reads))
            }
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
                Reads::Volumes if what.starts_with("the volume") => (
                    "activity is found",
                    "it needs ranks or a tree that come after activity; let a named value ask for it, and read that value \
                     instead of active",
                ),
                Reads::Volumes => ("activity is found", "use volumes, orders and days_enrolled"),
                Reads::Active | Reads::Compressed | Reads::Matched | Reads::Ranks => {
                    ("ranks are found", "use it in the earner condition of a bonus")
                }
                _ => ("the two sides are matched", "use it in a bonus"),
            };
            self.fault(ast, format!("{what} is not known yet when {when}"), help);
        }
        self.reads = self.reads.max(reads);
    }

    fn cond(&mut self, ast: &Ast) -> Option<Cond> {
        self.deeper(ast, Self::cond_here)
    }

    fn cond_here(&mut self, ast: &Ast) -> Option<Cond> {
        match &ast.kind {
            AstKind::Not(inner) => self.cond(inner).map(|inner| Cond::Not(Box::new(inner))),
            AstKind::Binary(BinaryOp::And, left, right) => {
                self.pair(left, right).map(|pair| Cond::All(flat(pair, true)))
            }
            AstKind::Binary(BinaryOp::Or, left, right) => {
                self.pair(left, right).map(|pair| Cond::Any(flat(pair, false)))
            }
            AstKind::Binary(op, left, right) if op.compares() => self.compare(*op, left, right),
            AstKind::Name(name) if self.value(name).is_some() => {
                self.expand_condition(ast, name).map(|(cond, whom)| whom.cond(cond))
            }
            AstKind::Call(name, arguments) if name == "before" => self.held_before(ast, arguments),
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
        match (self.word_field(left), self.word_field(right)) {
            (Some((Word::Attribute(a), whom)), Some((Word::Attribute(b), other))) => {
                return self.compare_attributes(op, (a, whom), (b, other), right);
            }
            (Some((Word::Market, a)), Some((Word::Market, b))) => {
                self.equals(op, left)?;
                let market = |whom: Whom| whom.num(Num::Member(MemberField::Market));
                return Some(Cond::Numbers(op, market(a), market(b)));
            }
            (Some((word, whom)), _) => return self.compare_word(op, word, left, right).map(|cond| whom.cond(cond)),
            (_, Some((word, whom))) => {
                return self.compare_word(op.turned(), word, right, left).map(|cond| whom.cond(cond));
            }
            _ => {}
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
                    && name.starts_with("my.")
                    && self.scope != Scope::Counted
                {
                    self.num(other);
                } else if let AstKind::Name(name) = &other.kind
                    && self.name_is_unknown(name)
                {
                    let ranks: Vec<&str> = self.names.ranks.iter().map(String::as_str).collect();
                    let nobody = ["none", "unranked", "nobody"].contains(&name.as_str());
                    let help = if nobody {
                        "for who is paid on no rank write rank_number = 0".to_owned()
                    } else {
                        suggest(name, ranks)
                    };
                    self.fault(other, format!("there is no rank “{name}”"), help);
                } else {
                    self.num(other);
                    self.fault(rank, "a rank cannot be compared with a number", "compare it with a rank of the plan");
                }
                None
            }
        }
    }

    /// The same attribute of two members.
    fn compare_attributes(&mut self, op: Compare, a: (u16, Whom), b: (u16, Whom), right: &Ast) -> Option<Cond> {
        let name = |(place, whom): (u16, Whom)| whom.num(Num::Member(MemberField::Attribute(place)));
        let ordered = matches!(self.names.attributes[usize::from(a.0)].kind, AttributeKind::OneOf(_));
        if a.0 != b.0 || !ordered {
            let help = "compare it with a word, or with the same attribute of somebody else whose words are listed";
            self.fault(right, "these two cannot be compared", help);
            return None;
        }
        Some(Cond::Numbers(op, name(a), name(b)))
    }

    fn compare_word(&mut self, op: Compare, word: Word, field: &Ast, other: &Ast) -> Option<Cond> {
        if let Word::Attribute(place) = word
            && let AttributeKind::OneOf(words) = &self.names.attributes[usize::from(place)].kind
        {
            let words = words.clone();
            return self.compare_place(op, place, &words, other);
        }
        self.equals(op, field)?;
        let AstKind::Name(name) = &other.kind else {
            self.fault(other, "a word is needed here", "write it without quotes, such as kind = distributor");
            return None;
        };
        // A word has no dot; a product line may, though not behind a word of the language.
        if let Some((prefix, _)) = name.split_once('.')
            && (!matches!(word, Word::Line) || PREFIXES.contains(&prefix))
        {
            self.no_word(other, name);
            return None;
        }
        if matches!(word, Word::Market) && !country::is_code(name) {
            let help = "write the two capital letters of the country, such as market = IN";
            self.fault(other, format!("“{name}” is not the code of a country"), help);
            return None;
        }
        let found = match word {
            Word::Kind => name.parse().map(Cond::Kind).ok(),
            Word::Status => name.parse().map(Cond::Status).ok(),
            Word::Type => name.parse().map(Cond::Type).ok(),
            Word::Market => self.word(name).map(Cond::Market),
            Word::Line => self.word(name).map(Cond::Line),
            Word::Weekday => name.parse().map(Cond::Weekday).ok(),
            Word::Attribute(place) if name == "none" => Some(Cond::Attribute(Compare::Is, place, 0)),
            Word::Attribute(place) => {
                self.word(name).map(|word| Cond::Attribute(Compare::Is, place, i64::from(word) + 1))
            }
        };
        let Some(cond) = found else {
            let known: Vec<&str> = match word {
                Word::Kind => MemberKind::ALL.iter().map(|word| word.as_str()).collect(),
                Word::Status => MemberStatus::ALL.iter().map(|word| word.as_str()).collect(),
                Word::Type => OrderType::ALL.iter().map(|word| word.as_str()).collect(),
                Word::Weekday => Weekday::ALL.iter().map(|word| word.as_str()).collect(),
                Word::Market | Word::Line | Word::Attribute(_) => vec!["any word"],
            };
            self.fault(other, format!("unknown word “{name}”"), format!("use one of: {}", known.join(", ")));
            return None;
        };
        Some(if op == Compare::Is { cond } else { Cond::Not(Box::new(cond)) })
    }

    /// Words are the same or not.
    fn equals(&mut self, op: Compare, field: &Ast) -> Option<()> {
        if matches!(op, Compare::Is | Compare::IsNot) {
            return Some(());
        }
        self.fault(field, "words have no order", "compare them by = or !=");
        None
    }

    /// An attribute whose words stand from low to high, compared with one of them, or with `none`.
    fn compare_place(&mut self, op: Compare, attribute: u16, words: &[String], other: &Ast) -> Option<Cond> {
        let name = if let AstKind::Name(name) = &other.kind { name.as_str() } else { "" };
        if name.contains('.') {
            self.no_word(other, name);
            return None;
        }
        let place = if name == "none" { Some(0) } else { words.iter().position(|word| word == name).map(|at| at + 1) };
        let place = place.and_then(|place| i64::try_from(place).ok());
        if place.is_none() {
            let own = &self.names.attributes[usize::from(attribute)].name;
            let message = format!("this is no word of the attribute “{own}”");
            self.fault(other, message, format!("use one of: {}, none", words.join(", ")));
        }
        Some(Cond::Attribute(op, attribute, place?))
    }

    fn is_rank(&self, ast: &Ast) -> bool {
        let AstKind::Name(name) = &ast.kind else {
            return false;
        };
        let own = self.whom(name).map_or(name.as_str(), |(_, own)| own);
        RANKS.contains(&own) || self.names.ranks.iter().any(|rank| rank == name)
    }

    fn rank(&mut self, ast: &Ast) -> Option<(RankTerm, Whom)> {
        let AstKind::Name(name) = &ast.kind else {
            return None;
        };
        let whom = self.whom(name).map_or(Whom::default(), |(whom, _)| whom);
        match self.name(ast, name)? {
            Meaning::Rank(term) => Some((term, whom)),
            _ => None,
        }
    }

    /// Two ranks compared; each of the member, of whose amount it is, of somebody above, or of the plan.
    fn ranks(
        &mut self,
        op: Compare,
        left: (RankTerm, Whom),
        right: (RankTerm, Whom),
        a: &Ast,
        b: &Ast,
    ) -> Option<Cond> {
        let fixed = |term: RankTerm| matches!(term, RankTerm::Is(_));
        match (left, right) {
            ((left, whom), (right, _)) if fixed(right) => Some(whom.cond(Cond::Ranks(op, left, right))),
            ((left, _), (right, whom)) if fixed(left) => Some(whom.cond(Cond::Ranks(op, left, right))),
            ((left, whom), (right, other)) if whom == other => Some(whom.cond(Cond::Ranks(op, left, right))),
            ((RankTerm::Paid, whom), (RankTerm::Paid, other)) => {
                let number = |whom: Whom| whom.num(Num::Member(MemberField::RankNumber));
                Some(Cond::Numbers(op, number(whom), number(other)))
            }
            _ => {
                let both = a.span.start..b.span.end;
                let message = "ranks of two people are compared as they are paid";
                self.faults.push(ExprFault::new(both, message, "write paid_rank on both sides"));
                None
            }
        }
    }

    fn num(&mut self, ast: &Ast) -> Option<Num> {
        self.deeper(ast, Self::num_here)
    }

    fn num_here(&mut self, ast: &Ast) -> Option<Num> {
        let num = match &ast.kind {
            AstKind::Number(value) => Num::Const(*value),
            AstKind::Name(name) if self.value(name).is_some() => {
                let (num, whom) = self.expand_number(ast, name)?;
                whom.num(num)
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
