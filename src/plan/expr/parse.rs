//! From tokens to a tree, by binding power: or < and < not < comparison < + - < * / < minus sign.

use super::ExprFault;
use super::token::{Token, tokens};
use rust_decimal::Decimal;
use std::ops::Range;

/// A part of an expression with its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Ast {
    /// What it is.
    pub kind: AstKind,
    /// Bytes of the expression.
    pub span: Range<usize>,
}

/// What a part of an expression is.
#[derive(Debug, Clone, PartialEq)]
pub enum AstKind {
    /// A number.
    Number(Decimal),
    /// A name.
    Name(String),
    /// A function with its arguments.
    Call(String, Vec<Ast>),
    /// `not x`.
    Not(Box<Ast>),
    /// `-x`.
    Negative(Box<Ast>),
    /// Two parts joined by an operator.
    Binary(BinaryOp, Box<Ast>, Box<Ast>),
}

/// An operator between two parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BinaryOp {
    /// Both hold.
    And,
    /// At least one holds.
    Or,
    /// Equal.
    Is,
    /// Not equal.
    IsNot,
    /// Less.
    Less,
    /// Less or equal.
    AtMost,
    /// Greater.
    More,
    /// Greater or equal.
    AtLeast,
    /// Sum.
    Plus,
    /// Difference.
    Minus,
    /// Product.
    Times,
    /// Quotient.
    Over,
}

impl BinaryOp {
    /// Whether it compares two values.
    pub const fn compares(self) -> bool {
        matches!(self, Self::Is | Self::IsNot | Self::Less | Self::AtMost | Self::More | Self::AtLeast)
    }

    const fn power(self) -> u8 {
        match self {
            Self::Or => 1,
            Self::And => 2,
            Self::Is | Self::IsNot | Self::Less | Self::AtMost | Self::More | Self::AtLeast => 4,
            Self::Plus | Self::Minus => 5,
            Self::Times | Self::Over => 6,
        }
    }

    fn of(token: &Token) -> Option<Self> {
        Some(match token {
            Token::Name(name) if name == "and" => Self::And,
            Token::Name(name) if name == "or" => Self::Or,
            Token::Sign("=" | "==") => Self::Is,
            Token::Sign("!=") => Self::IsNot,
            Token::Sign("<") => Self::Less,
            Token::Sign("<=") => Self::AtMost,
            Token::Sign(">") => Self::More,
            Token::Sign(">=") => Self::AtLeast,
            Token::Sign("+") => Self::Plus,
            Token::Sign("-") => Self::Minus,
            Token::Sign("*") => Self::Times,
            Token::Sign("/") => Self::Over,
            _ => return None,
        })
    }
}

const NOT_POWER: u8 = 3;
const SIGN_POWER: u8 = 7;
const DEPTH: usize = 60;

/// Reads a whole expression.
pub fn parse(text: &str) -> Result<Ast, ExprFault> {
    let tokens = tokens(text)?;
    let mut parser = Parser { tokens, at: 0, end: text.len(), depth: 0 };
    if parser.tokens.is_empty() {
        return Err(ExprFault::new(
            0..text.len(),
            "an expression is missing here",
            "write a condition or an amount, such as pv >= 100",
        ));
    }
    let ast = parser.expression(0)?;
    match parser.tokens.get(parser.at) {
        None => Ok(ast),
        Some((token, span)) => Err(ExprFault::new(
            span.clone(),
            format!("{} is not expected here", shown(token)),
            match token {
                Token::Sign(")") => "remove it, or open a bracket before",
                Token::Sign(",") => {
                    "decimals are written with a point, such as 10.5, and thousands without a sign, such as 1000"
                }
                Token::Sign("%") => "write per cent without a space: 10%",
                _ => "join two conditions by and, or; two numbers by + - * /",
            },
        )),
    }
}

struct Parser {
    tokens: Vec<(Token, Range<usize>)>,
    at: usize,
    end: usize,
    depth: usize,
}

impl Parser {
    fn expression(&mut self, least: u8) -> Result<Ast, ExprFault> {
        self.depth += 1;
        if self.depth > DEPTH {
            return Err(ExprFault::new(
                self.here(),
                "this expression is nested too deeply",
                "split it into several conditions",
            ));
        }
        let mut left = self.operand()?;
        while let Some(op) = self.tokens.get(self.at).and_then(|(token, _)| BinaryOp::of(token)) {
            if op.power() <= least {
                break;
            }
            let place = self.here();
            self.at += 1;
            let right = self.expression(op.power())?;
            if op.compares() && matches!(left.kind, AstKind::Binary(inner, ..) if inner.compares()) {
                return Err(ExprFault::new(place, "comparisons cannot be chained", "write pv >= 100 and pv < 200"));
            }
            let span = left.span.start..right.span.end;
            left = Ast { kind: AstKind::Binary(op, Box::new(left), Box::new(right)), span };
            if nesting(&left) > DEPTH * 4 {
                return Err(ExprFault::new(place, "this expression is too long", "split it into several conditions"));
            }
        }
        self.depth -= 1;
        Ok(left)
    }

    fn operand(&mut self) -> Result<Ast, ExprFault> {
        let Some((token, span)) = self.tokens.get(self.at).cloned() else {
            return Err(ExprFault::new(self.here(), "the expression ends too early", "complete it"));
        };
        self.at += 1;
        match token {
            Token::Number(value) => Ok(Ast { kind: AstKind::Number(value), span }),
            Token::Name(name) if name == "not" => {
                let inner = self.expression(NOT_POWER)?;
                let span = span.start..inner.span.end;
                Ok(Ast { kind: AstKind::Not(Box::new(inner)), span })
            }
            Token::Name(name) if name != "and" && name != "or" => self.name(name, span),
            Token::Sign("-") => {
                let inner = self.expression(SIGN_POWER)?;
                let span = span.start..inner.span.end;
                Ok(Ast { kind: AstKind::Negative(Box::new(inner)), span })
            }
            Token::Sign("(") => {
                let inner = self.expression(0)?;
                self.close(&span)?;
                Ok(Ast { span: span.start..self.previous_end(), ..inner })
            }
            other => Err(ExprFault::new(
                span,
                format!("{} is not expected here", shown(&other)),
                "a name, a number or a bracket comes here",
            )),
        }
    }

    fn name(&mut self, name: String, span: Range<usize>) -> Result<Ast, ExprFault> {
        if self.sign() != Some("(") {
            return Ok(Ast { kind: AstKind::Name(name), span });
        }
        let open = self.here();
        self.at += 1;
        let mut arguments = Vec::new();
        if self.sign() != Some(")") {
            loop {
                arguments.push(self.expression(0)?);
                if self.sign() != Some(",") {
                    break;
                }
                self.at += 1;
            }
        }
        self.close(&open)?;
        Ok(Ast { kind: AstKind::Call(name, arguments), span: span.start..self.previous_end() })
    }

    fn close(&mut self, open: &Range<usize>) -> Result<(), ExprFault> {
        if self.sign() == Some(")") {
            self.at += 1;
            return Ok(());
        }
        Err(ExprFault::new(open.clone(), "this bracket is never closed", "add ) where it ends"))
    }

    fn sign(&self) -> Option<&'static str> {
        match self.tokens.get(self.at) {
            Some((Token::Sign(sign), _)) => Some(sign),
            _ => None,
        }
    }

    fn previous_end(&self) -> usize {
        self.tokens.get(self.at.wrapping_sub(1)).map_or(self.end, |(_, span)| span.end)
    }

    fn here(&self) -> Range<usize> {
        self.tokens.get(self.at).map_or(self.end.saturating_sub(1)..self.end, |(_, span)| span.clone())
    }
}

/// Length of the left spine, which grows without nesting (`a + b + c …`).
fn nesting(ast: &Ast) -> usize {
    let mut count = 0;
    let mut at = ast;
    while let AstKind::Binary(_, left, _) = &at.kind {
        count += 1;
        at = left;
    }
    count
}

fn shown(token: &Token) -> String {
    match token {
        Token::Number(value) => format!("the number {value}"),
        Token::Name(name) => format!("“{name}”"),
        Token::Sign(sign) => format!("“{sign}”"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(ast: &Ast) -> String {
        match &ast.kind {
            AstKind::Number(value) => value.to_string(),
            AstKind::Name(name) => name.clone(),
            AstKind::Call(name, arguments) => {
                format!("{name}[{}]", arguments.iter().map(shape).collect::<Vec<_>>().join(" "))
            }
            AstKind::Not(inner) => format!("(not {})", shape(inner)),
            AstKind::Negative(inner) => format!("(- {})", shape(inner)),
            AstKind::Binary(op, left, right) => {
                format!("({op:?} {} {})", shape(left), shape(right))
            }
        }
    }

    #[test]
    fn operators_bind_as_people_expect() {
        for (text, expected) in [
            ("a or b and c", "(Or a (And b c))"),
            ("not a and b", "(And (not a) b)"),
            ("not pv >= 100", "(not (AtLeast pv 100))"),
            ("1 + 2 * 3 - 4", "(Minus (Plus 1 (Times 2 3)) 4)"),
            ("-a * b", "(Times (- a) b)"),
            ("8 / 4 / 2", "(Over (Over 8 4) 2)"),
            ("min(pv, 10%) > 0.5", "(More min[pv 0.10] 0.5)"),
            ("(a or b) and c", "(And (Or a b) c)"),
        ] {
            assert_eq!(shape(&parse(text).unwrap()), expected.replace("0.10", "0.1"), "{text}");
        }
    }

    #[test]
    fn broken_expressions_are_refused_with_a_place() {
        for (text, place) in [
            ("", 0),
            ("pv >=", 4),
            ("(pv", 0),
            ("pv 100", 3),
            ("1 < 2 < 3", 6),
            ("pv ≥ 1", 3),
            ("and", 0),
            ("1.2.3", 0),
        ] {
            assert_eq!(parse(text).unwrap_err().span.start, place, "{text}");
        }
        assert!(parse(&"(".repeat(3_000)).is_err());
        assert!(parse(&"not ".repeat(900)).is_err());
        assert!(parse(&format!("1{}", "+1".repeat(1_900))).is_err());
    }
}
