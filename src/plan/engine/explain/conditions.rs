//! Why a condition does not hold: the first part that fails, with what is there and what is needed.

use rust_decimal::Decimal;

use super::super::standing::Standing;
use super::super::tree::NONE;
use super::super::values::{At, NoValue};
use super::Node;
use super::words::{Words, day_text};
use crate::domain::money::Volume;
use crate::plan::expr::{AttributeKind, Cond, MemberField, Num, RankTerm};

/// A condition about somebody.
#[derive(Clone, Copy)]
pub struct About<'a> {
    /// Where everybody stands.
    pub standing: &'a Standing<'a>,
    /// Who, by index.
    pub member: usize,
    /// What else it is about.
    pub at: At,
    /// How it is written.
    pub words: Words<'a>,
}

impl<'a> About<'a> {
    /// A condition about a member.
    pub const fn member(standing: &'a Standing<'a>, member: usize) -> Self {
        Self { standing, member, at: At::MEMBER, words: Words::of_member(standing.plan) }
    }

    /// A condition about an order and its buyer.
    pub fn order(standing: &'a Standing<'a>, order: usize) -> Self {
        let member = standing.field.orders.buyer[order] as usize;
        Self { standing, member, at: At::order(order), words: Words::of_order(standing.plan) }
    }

    /// Whether the condition holds; what has no value does not.
    pub fn holds(self, cond: &Cond) -> bool {
        self.standing.holds(cond, self.member, self.at).unwrap_or(false)
    }

    /// What is there and what is needed, whether or not it holds.
    pub fn compared(self, cond: &Cond) -> Node {
        let met = if self.holds(cond) { "holds" } else { "does not hold" };
        let text = format!("“{}” {met}", self.words.condition(cond));
        let words = |name: String, have: String| format!("{text}: {name} is {have}");
        let node = |name: String, have: String, need: String| {
            let mut node = Node::leaf(words(name, have.clone()));
            (node.have, node.need) = (Some(have), Some(need));
            node
        };
        match cond {
            Cond::Numbers(_, left, right) => {
                let day = self.words.is_day(left) || self.words.is_day(right);
                let value = |num: &Num| num.constant().filter(|_| day).and_then(day_text);
                let value = |num: &Num| value(num).unwrap_or_else(|| self.value(num));
                let (have, need) = (value(left), value(right));
                let mut node = node(self.words.number(left), have, need.clone());
                if right.constant().is_none() {
                    node.text.extend([", ", &self.words.number(right), " is ", &need]);
                }
                node
            }
            Cond::Volume(_, volume, value) => {
                let num = Num::Volume(*volume);
                node(self.words.number(&num), self.value(&num), Volume(*value).to_string())
            }
            Cond::Count(_, count, value) => {
                let num = Num::Count(*count);
                node(self.words.number(&num), self.value(&num), value.to_string())
            }
            Cond::Attribute(_, attribute, place) => {
                let have = self.standing.field.attributes[usize::from(*attribute)][self.member];
                let name = self.words.attribute(*attribute);
                node(name, self.word_of(*attribute, have), self.words.attribute_word(*attribute, *place))
            }
            Cond::Ranks(_, left, right) => {
                let name = |term: RankTerm| self.rank_name(self.standing.rank_of(term, self.member));
                let shown = self.words.condition(cond);
                let subject = shown.split(' ').next().unwrap_or_default().to_owned();
                node(subject, name(*left), name(*right))
            }
            _ => Node::leaf(text),
        }
    }

    /// The first part of a condition that fails; `None` where it holds.
    pub fn failing(self, cond: &Cond) -> Option<Node> {
        if self.holds(cond) {
            return None;
        }
        match cond {
            Cond::All(parts) => parts.iter().find_map(|part| self.failing(part)),
            Cond::Any(parts) => {
                let text = format!("none of these holds: {}", self.words.condition(cond));
                Some(Node::of(text, parts.iter().filter_map(|part| self.failing(part)).collect()))
            }
            Cond::Active => {
                let standing = self.standing;
                if !standing.field.may_earn[self.member] {
                    return Some(Node::leaf("not active: the account may not earn"));
                }
                let inner = Self::member(standing, self.member).failing(&standing.plan.active);
                Some(Node::of("not active", inner.into_iter().collect()))
            }
            Cond::From(inner) => {
                let from = self.at.from.unwrap_or(self.member);
                Self { member: from, ..self }.failing(inner)
            }
            Cond::Above(tree, inner) => match self.standing.field.tree(*tree).parent[self.member] {
                NONE => Some(Node::leaf(format!("“{}” does not hold: there is nobody", self.words.condition(cond)))),
                above => Self { member: above as usize, words: self.words.above(*tree), ..self }.failing(inner),
            },
            other => Some(self.compared(other)),
        }
    }

    /// What a number is.
    pub fn is(self, num: &Num) -> Node {
        let have = self.value(num);
        Node { have: Some(have.clone()), ..Node::leaf(format!("“{}” is {have}", self.words.number(num))) }
    }

    /// A number as it is shown.
    pub fn value(self, num: &Num) -> String {
        let value: Result<Decimal, NoValue> = self.standing.number(num, self.member, self.at);
        let days = |value: &Decimal| day_text(*value).filter(|_| self.words.is_day(num));
        let none = |value: &Decimal| value.is_zero() && matches!(num, Num::Member(MemberField::Attribute(_)));
        match value {
            Err(NoValue) => "without a value".to_owned(),
            Ok(value) if self.words.is_day(num) && none(&value) => "none".to_owned(),
            Ok(value) => days(&value).unwrap_or_else(|| value.normalize().to_string()),
        }
    }

    /// The word that a member has for an attribute; the plan knows only the words it names.
    fn word_of(self, attribute: u16, place: i64) -> String {
        let listed = matches!(self.standing.plan.attributes[usize::from(attribute)].kind, AttributeKind::OneOf(_));
        if place == 0 && !listed {
            "none or another word".to_owned()
        } else {
            self.words.attribute_word(attribute, place)
        }
    }

    /// The code of a rank by its number.
    pub fn rank_name(self, number: u16) -> String {
        let ranks = &self.standing.plan.ranks;
        let rank = usize::from(number).checked_sub(1).and_then(|place| ranks.get(place));
        rank.map_or_else(|| "none".to_owned(), |rank| rank.code.clone())
    }
}
