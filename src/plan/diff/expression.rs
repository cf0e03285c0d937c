//! When two expressions mean the same, however they are written.

use super::value::squeezed;
use crate::plan::expr::{Ast, AstKind, BinaryOp, parse};

/// Whether both are expressions, and the same but for blanks, brackets and ways of writing numbers.
pub fn same(a: &str, b: &str) -> bool {
    let shapes = || Some((shape(&parse(a).ok()?), shape(&parse(b).ok()?)));
    shapes().is_some_and(|(a, b)| a == b)
}

/// A text in one way of writing.
pub fn plain(text: &str) -> String {
    parse(text).map_or_else(|_| squeezed(text), |ast| shape(&ast))
}

/// An expression with all its brackets, and none that say nothing.
fn shape(ast: &Ast) -> String {
    match &ast.kind {
        AstKind::Number(value) => value.normalize().to_string(),
        AstKind::Name(name) => name.clone(),
        AstKind::Call(name, arguments) => {
            let arguments: Vec<String> = arguments.iter().map(shape).collect();
            format!("{name}({})", arguments.join(", "))
        }
        AstKind::Not(inner) => format!("(not {})", shape(inner)),
        AstKind::Negative(inner) => format!("(-{})", shape(inner)),
        AstKind::Binary(op @ (BinaryOp::And | BinaryOp::Or), ..) => {
            let mut parts = Vec::new();
            joined(*op, ast, &mut parts);
            format!("({op:?} {})", parts.join(", "))
        }
        AstKind::Binary(op, left, right) => format!("({op:?} {}, {})", shape(left), shape(right)),
    }
}

/// Conditions that are joined by the same word: how they are put into brackets does not matter.
fn joined(op: BinaryOp, ast: &Ast, parts: &mut Vec<String>) {
    match &ast.kind {
        AstKind::Binary(inner, left, right) if *inner == op => {
            joined(op, left, parts);
            joined(op, right, parts);
        }
        _ => parts.push(shape(ast)),
    }
}
