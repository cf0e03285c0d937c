//! Tokens of an expression.

use super::ExprFault;
use crate::domain::calendar::Day;
use rust_decimal::Decimal;
use std::ops::Range;

/// A token without its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Token {
    /// A number; `10%` is 0.1, a day such as 2026-10-31 the days since 1970.
    Number(Decimal),
    /// A name, dotted where it belongs to another (`buyer.kind`).
    Name(String),
    /// An operator or bracket.
    Sign(&'static str),
}

const SIGNS: [&str; 15] = ["<=", ">=", "!=", "==", "<", ">", "=", "+", "-", "*", "/", "(", ")", ",", "%"];

/// Longest expression that is read, in bytes.
pub const LIMIT: usize = 4_000;

/// Splits an expression into tokens.
pub fn tokens(text: &str) -> Result<Vec<(Token, Range<usize>)>, ExprFault> {
    if text.len() > LIMIT {
        let message = format!("this expression is longer than {LIMIT} characters");
        return Err(ExprFault::new(0..text.len(), message, "split it into several conditions or ranks"));
    }
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(next) = text[at..].chars().next() {
        if next.is_whitespace() {
            at += next.len_utf8();
        } else if next.is_ascii_digit() {
            let (value, end) = number(text, at)?;
            out.push((Token::Number(value), at..end));
            at = end;
        } else if next.is_alphabetic() || next == '_' {
            let end = at
                + text[at..].find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '.')).unwrap_or(text.len() - at);
            out.push((Token::Name(text[at..end].to_owned()), at..end));
            at = end;
        } else if let Some((wrong, right)) =
            [("=>", ">="), ("=<", "<=")].iter().find(|(wrong, _)| text[at..].starts_with(wrong))
        {
            let message = format!("“{wrong}” has no meaning here");
            return Err(ExprFault::new(at..at + 2, message, format!("write {right}")));
        } else if let Some(sign) = SIGNS.iter().find(|sign| text[at..].starts_with(**sign)) {
            out.push((Token::Sign(sign), at..at + sign.len()));
            at += sign.len();
        } else {
            let end = at + next.len_utf8();
            return Err(ExprFault::new(at..end, format!("“{next}” has no meaning here"), advice(next)));
        }
    }
    Ok(out)
}

fn advice(sign: char) -> &'static str {
    match sign {
        '≥' => "write >=",
        '≤' => "write <=",
        '≠' => "write !=",
        '&' => "write and",
        '|' => "write or",
        '!' => "write not, or != for “is not”",
        '×' | '·' => "write *",
        '"' | '\'' | '“' | '”' => "names are written without quotes",
        _ => "expressions consist of names, numbers, + - * / ( ) , comparisons, and, or, not",
    }
}

/// A day at the beginning of a text, such as 2026-10-31, as days since 1970, and its length; `None` inside if there is
/// no such day. Without this it would be a difference of three numbers, which nobody means.
fn day(text: &str) -> Option<(Option<i32>, usize)> {
    let head = text.get(..10)?;
    let well = head.bytes().enumerate().all(|(at, c)| if matches!(at, 4 | 7) { c == b'-' } else { c.is_ascii_digit() });
    let ends = !text[10..].starts_with(|c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-'));
    (well && ends).then(|| (head.parse::<Day>().ok().map(|day| day.0), 10))
}

fn number(text: &str, start: usize) -> Result<(Decimal, usize), ExprFault> {
    let rest = &text[start..];
    if let Some((day, length)) = day(rest) {
        let span = start..start + length;
        let day = day.ok_or_else(|| {
            ExprFault::new(span, format!("“{}” is not a day", &rest[..length]), "write a day as 2026-10-31")
        })?;
        return Ok((day.into(), start + length));
    }
    let end = rest.find(|c: char| !(c.is_ascii_digit() || c == '.' || c == '_')).unwrap_or(rest.len());
    let digits: String = rest[..end].chars().filter(|c| *c != '_').collect();
    let span = start..start + end;
    let bad = |help: &str| ExprFault::new(span.clone(), format!("“{}” is not a number", &rest[..end]), help);
    if digits.ends_with('.') || digits.matches('.').count() > 1 {
        return Err(bad("write decimals with one point, such as 12.5"));
    }
    let value = Decimal::from_str_exact(&digits).map_err(|_| bad("use at most 28 digits"))?;
    let after = &rest[end..];
    if after.starts_with('%') {
        let share = value.checked_mul(Decimal::new(1, 2)).ok_or_else(|| bad("use at most 26 digits"))?;
        return Ok((share.normalize(), start + end + 1));
    }
    if after.starts_with(|c: char| c.is_alphabetic()) {
        return Err(bad("put a space or an operator between number and name"));
    }
    Ok((value, start + end))
}
