//! Expressions of the plan language: text → tokens → tree → typed tree. The engine gives the value.
//!
//! Numbers are exact decimals; an expression has no effect and always ends.

mod check;
mod names;
mod parse;
mod token;
mod typed;

pub use check::{Checker, Scope};
pub use names::{Attribute, AttributeKind, Meaning, NamedValue, Names, Remembered, Same, Value, VolumeName};
pub use parse::{Ast, AstKind, BinaryOp, parse};
pub use typed::{
    Aggregate, Compare, Cond, MemberField, Num, OrderField, PairField, RankTerm, Reads, Shape, Take, TreeRef,
};

use std::ops::Range;

/// A fault within an expression; the span counts bytes of the expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExprFault {
    /// Which part.
    pub span: Range<usize>,
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub help: String,
}

impl ExprFault {
    fn new(span: Range<usize>, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { span, message: message.into(), help: help.into() }
    }
}
