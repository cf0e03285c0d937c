//! Named expressions, put in where they are read.

use super::meaning::{CONDITIONS, ORDER_CONDITIONS};
use super::{Checker, Scope, Whom};
use crate::plan::expr::names::Meaning;
use crate::plan::expr::parse::{Ast, AstKind, BinaryOp};
use crate::plan::expr::typed::{Cond, Num, Reads};

/// Most times that named expressions are put in for one expression.
const EXPANSIONS: usize = 2_000;

/// How deep an expression may be nested once the named ones are put in; a name is a level of its own.
const DEEPEST: usize = 250;

/// How many parts all expressions of a plan may have together once the named ones are put in.
const PARTS: usize = 1_000_000;

/// A named expression as it is put in, worked out once for all expressions that may read as much.
#[derive(Debug, Clone, PartialEq)]
pub struct Expansion {
    is: Meaning,
    reads: Reads,
    /// How often named expressions were put in for it.
    expanded: usize,
    /// How deep it is nested.
    height: usize,
    /// How many parts it has.
    parts: usize,
}

/// For whom an expansion is the same: the place of the named expression, whether as a condition, and what is known.
pub type Place = (usize, bool, Reads, usize, Option<usize>);

impl Checker<'_> {
    /// The named expression that a name stands for, and whom it is about.
    pub(super) fn value(&self, name: &str) -> Option<(usize, Whom)> {
        let (whom, own) = self.whom(name)?;
        let place = self.names.values[..self.values].iter().position(|value| value.name == own)?;
        Some((place, whom))
    }

    /// Checks a part one level further down.
    pub(super) fn deeper<T>(&mut self, ast: &Ast, check: impl FnOnce(&mut Self, &Ast) -> Option<T>) -> Option<T> {
        self.names.parts += 1;
        self.depth += 1;
        let found = if self.fits(ast, self.depth, 0) { check(self, ast) } else { None };
        self.depth -= 1;
        found
    }

    /// Counts parts that are copied once more; whether that is not too much.
    pub(super) fn copies(&mut self, ast: &Ast, parts: usize) -> bool {
        let fits = self.fits(ast, 0, parts);
        self.names.parts += if fits { parts } else { 0 };
        fits
    }

    /// Whether an expression that stands in this depth and has so many further parts may be put in.
    fn fits(&mut self, ast: &Ast, depth: usize, parts: usize) -> bool {
        self.deepest = self.deepest.max(depth);
        let message = if depth > DEEPEST {
            format!("with its named values put in this expression is nested more than {DEEPEST} deep")
        } else if self.names.parts + parts > PARTS {
            format!("with their named values put in the expressions of this plan have more than {PARTS} parts")
        } else {
            return true;
        };
        self.fault(ast, message, "let fewer values stand on each other, or use volumes and tables");
        false
    }

    /// Checks a named expression as if it stood here; its faults are those of the place that names it.
    pub(super) fn expand(&mut self, ast: &Ast, name: &str, condition: bool) -> Option<(Meaning, Whom)> {
        let (place, whom) = self.value(name)?;
        let names = &self.names;
        let key: Place = (place, condition, self.limit, names.early_pairs.len(), names.matching);
        let known = names.expansions.get(&key).cloned();
        let found = if let Some(found) = known {
            if !self.fits(ast, self.depth + found.height, 0) || !self.copies(ast, found.parts) {
                return None;
            }
            found
        } else {
            let found = self.expand_anew(ast, name, place, condition)?;
            self.names.expansions.insert(key, found.clone());
            found
        };
        self.expanded += 1 + found.expanded;
        if self.expanded > EXPANSIONS {
            let message = format!("named values are put in more than {EXPANSIONS} times here");
            self.fault(ast, message, "use a volume, or split the expression");
            return None;
        }
        self.elsewhere(ast, name, whom, |checker| {
            checker.reads = found.reads;
            Some(())
        })?;
        Some((found.is, whom))
    }

    fn expand_anew(&mut self, ast: &Ast, name: &str, place: usize, condition: bool) -> Option<Expansion> {
        let value = self.names.values[place].clone();
        let before = self.names.parts;
        let mut inner = Checker {
            names: self.names,
            text: &value.text,
            scope: Scope::Member,
            limit: self.limit,
            reads: Reads::Facts,
            values: place,
            expanded: 0,
            depth: self.depth,
            deepest: self.depth,
            looked_at: 0,
            faults: Vec::new(),
        };
        let is = if condition && inner.is_condition(&value.ast) {
            inner.cond(&value.ast).map(Meaning::Condition)
        } else if condition {
            inner.not_a_condition(&value.ast, "… >= 1").map(Meaning::Condition)
        } else {
            inner.num(&value.ast).map(Meaning::Number)
        };
        let (reads, expanded, deepest, faults) = (inner.reads, inner.expanded, inner.deepest, inner.faults);
        self.deepest = self.deepest.max(deepest);
        if let Some(first) = faults.into_iter().next() {
            self.fault(ast, format!("in “{name}”: {}", first.message), first.help);
            return None;
        }
        let parts = self.names.parts - before;
        Some(Expansion { is: is?, reads, expanded, height: deepest - self.depth, parts })
    }

    pub(super) fn expand_condition(&mut self, ast: &Ast, name: &str) -> Option<(Cond, Whom)> {
        match self.expand(ast, name, true)? {
            (Meaning::Condition(cond), whom) => Some((cond, whom)),
            (Meaning::Number(_), _) => None,
        }
    }

    pub(super) fn expand_number(&mut self, ast: &Ast, name: &str) -> Option<(Num, Whom)> {
        let (Meaning::Number(num), whom) = self.expand(ast, name, false)? else { return None };
        let now = self.kept(name).map(|(place, _)| place);
        Some((now.map_or(num.clone(), |place| Num::Now(place, Box::new(num))), whom))
    }

    /// The place of a number that runs keep, and whether it is about whose amount it is.
    pub(super) fn kept(&self, name: &str) -> Option<(u16, Whom)> {
        let (whom, own) = self.whom(name)?;
        let place = self.names.remembered.iter().position(|known| known.kept && known.name == own)?;
        u16::try_from(place).ok().map(|place| (place, whom))
    }

    /// Whether an expression is a condition and not a number.
    pub(super) fn is_condition(&self, ast: &Ast) -> bool {
        match &ast.kind {
            AstKind::Not(_) => true,
            AstKind::Binary(op, ..) => op.compares() || matches!(op, BinaryOp::And | BinaryOp::Or),
            AstKind::Call(name, arguments) if name == "before" => match arguments.first().map(|what| &what.kind) {
                Some(AstKind::Name(name)) => {
                    self.value(name).is_some_and(|(place, _)| self.is_condition(&self.names.values[place].ast))
                }
                _ => false,
            },
            AstKind::Name(name) => {
                let own = name.rsplit('.').next().unwrap_or(name);
                self.value(name)
                    .map_or([&CONDITIONS[..], &ORDER_CONDITIONS, &["mine"]].concat().contains(&own), |(place, _)| {
                        self.is_condition(&self.names.values[place].ast)
                    })
            }
            _ => false,
        }
    }
}
