//! Why: what a run found about one member or one order, as a tree of sentences. It runs the engine itself and
//! looks on; nothing is calculated a second time in another way.

mod conditions;
mod member;
mod order;
mod paths;
mod rates;
mod steps;
mod words;

use super::fault::RunFault;
use super::field::Field;
use super::{gather, prepare, run_watched};
use crate::plan::checked::CheckedPlan;
use crate::plan::expr::Reads;
use crate::plan::fault::{nearest, suggest};
use crate::plan::snapshot::Snapshot;

/// Up to how many names are listed where one is not there.
const SHOWN: usize = 20;

/// A sentence, and what stands behind it.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize)]
pub struct Node {
    /// The sentence.
    pub text: String,
    /// What is there, where a number is compared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub have: Option<String>,
    /// What is needed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub need: Option<String>,
    /// What stands behind it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub nodes: Vec<Node>,
}

/// What is asked about.
#[derive(Debug, Clone, Copy, Default)]
pub struct Question<'a> {
    /// Number of a member.
    pub member: Option<&'a str>,
    /// Number of an order.
    pub order: Option<&'a str>,
    /// Code of the only bonus of interest.
    pub bonus: Option<&'a str>,
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExplainFault {
    /// The run cannot be made.
    #[error(transparent)]
    Run(#[from] RunFault),
    /// A name that is not there.
    #[error("there is no {what} “{given}”{near}")]
    Unknown {
        /// `member`, `order` or `bonus`.
        what: &'static str,
        /// What was given.
        given: String,
        /// The nearest name, with what stands before it.
        near: String,
    },
    /// Neither a member nor an order.
    #[error("name a member or an order")]
    Nothing,
}

impl Node {
    /// A sentence with nothing behind it.
    pub fn leaf(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    /// A sentence with others behind it.
    pub fn of(text: impl Into<String>, nodes: Vec<Self>) -> Self {
        Self { text: text.into(), nodes, ..Self::default() }
    }

    /// The sentence and the first one behind it, and behind that, in one line.
    pub fn in_short(&self) -> String {
        match self.nodes.first() {
            Some(first) => format!("{}: {}", self.text, first.in_short()),
            None => self.text.clone(),
        }
    }

    /// The whole tree as lines with branches.
    pub fn tree(&self) -> String {
        let mut out = String::new();
        out.push_str(&self.text);
        out.push('\n');
        self.branches("", &mut out);
        out
    }

    fn branches(&self, margin: &str, out: &mut String) {
        for (place, node) in self.nodes.iter().enumerate() {
            let last = place + 1 == self.nodes.len();
            out.extend([margin, if last { "└─ " } else { "├─ " }, &node.text, "\n"]);
            node.branches(&format!("{margin}{}", if last { "   " } else { "│  " }), out);
        }
    }
}

/// Answers a question about a run of a plan over a snapshot.
///
/// # Errors
/// Names that are not there, and whatever stops the run.
pub fn explain(plan: &CheckedPlan, snapshot: &Snapshot, asked: Question<'_>) -> Result<Node, ExplainFault> {
    let member = asked.member.map(|given| {
        let numbers = || snapshot.members.iter().map(|member| &*member.number);
        find("member", given, numbers)
    });
    let order = asked.order.map(|given| {
        let numbers = || snapshot.orders.iter().map(|order| &*order.number);
        find("order", given, numbers)
    });
    let bonus = asked.bonus.map(|given| {
        let codes = || plan.bonuses.iter().map(|bonus| bonus.code.as_str());
        find("bonus", given, codes)
    });
    let (member, order, bonus) = (member.transpose()?, order.transpose()?, bonus.transpose()?);
    let mut seen = match (member, order) {
        (None, None) => return Err(ExplainFault::Nothing),
        (_, Some(_)) => paths::Seen::of_order(asked.order.unwrap_or_default(), snapshot),
        (Some(member), None) => paths::Seen::of_member(member),
    };
    let told = told(plan, snapshot, &mut seen, bonus, |told| match (member, order) {
        (_, Some(order)) => told.order(order, member),
        (member, None) => told.member(member.unwrap_or_default()),
    })?;
    Ok(told)
}

/// What a named expression is for a member (its place in the snapshot), or how many points a bonus gives it, as text;
/// `None` where the plan has neither under this name.
///
/// # Errors
/// Whatever stops the run.
pub fn value(plan: &CheckedPlan, snapshot: &Snapshot, member: usize, name: &str) -> Result<Option<String>, RunFault> {
    let mut seen = paths::Seen::of_member(member);
    told(plan, snapshot, &mut seen, None, |told| told.value(member, name))
}

/// Runs a plan, looking on, and tells of it.
fn told<T>(
    plan: &CheckedPlan,
    snapshot: &Snapshot,
    seen: &mut paths::Seen,
    bonus: Option<usize>,
    tell: impl FnOnce(&Told<'_>) -> T,
) -> Result<T, RunFault> {
    let result = run_watched(plan, snapshot, 1, &mut |_| {}, seen)?;
    let field = Field::new(plan, snapshot, 1)?;
    let (mut standing, _) = prepare(plan, &field, snapshot, 1, &mut |_, _| {})?;
    standing.amounts = std::mem::take(&mut seen.amounts);
    for place in 0..plan.aggregates.len() {
        if plan.aggregates[place].reads == Reads::Amounts {
            gather::all(&mut standing, snapshot, place)?;
        }
    }
    Ok(tell(&Told { plan, snapshot, standing: &standing, result: &result, seen, bonus }))
}

/// Everything there is to tell from.
struct Told<'a> {
    plan: &'a CheckedPlan,
    snapshot: &'a Snapshot,
    standing: &'a super::standing::Standing<'a>,
    result: &'a crate::plan::result::RunResult,
    seen: &'a paths::Seen,
    /// The only bonus of interest.
    bonus: Option<usize>,
}

fn find<'a, I: Iterator<Item = &'a str> + Clone>(
    what: &'static str,
    given: &str,
    known: impl Fn() -> I,
) -> Result<usize, ExplainFault> {
    known().position(|name| name == given).ok_or_else(|| {
        // Of many nobody reads a list that ends in the middle.
        let few = known().nth(SHOWN).is_none();
        let near = nearest(given, known()).map(|near| format!("did you mean “{near}”?"));
        let near = near.or_else(|| few.then(|| suggest(given, known())));
        let near = near.filter(|near| !near.is_empty()).map_or_else(String::new, |near| format!("; {near}"));
        ExplainFault::Unknown { what, given: given.to_owned(), near }
    })
}

/// A volume of every member, in the order of the snapshot's members, in ten-thousandths of a point.
pub fn volume(plan: &CheckedPlan, snapshot: &Snapshot, volume: usize) -> Result<Vec<i64>, RunFault> {
    let field = Field::new(plan, snapshot, 1)?;
    let (standing, _) = prepare(plan, &field, snapshot, 1, &mut |_, _| {})?;
    let column = standing.volumes.get(volume);
    Ok(field.index.iter().map(|at| column.map_or(0, |column| column[*at as usize])).collect())
}
