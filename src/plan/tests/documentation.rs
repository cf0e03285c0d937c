//! Runs every example of docs/plan-language.md, and published examples of real companies.

use super::world::{day, lines, members, number, october, order, plan, result};
use crate::domain::order::OrderType;
use crate::plan::{CheckedPlan, Snapshot};

/// The blocks of the documentation with what they are, in order.
fn blocks(text: &str) -> Vec<(&str, &str)> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some((_, after)) = rest.split_once("```") {
        let (kind, body) = after.split_once('\n').unwrap();
        let (body, next) = body.split_once("```").unwrap();
        out.push((kind, body));
        rest = next;
    }
    out
}

/// One case: a field that grows line by line, what must be found at each `rank`, and all lines at the end.
struct Case<'a> {
    plan: &'a CheckedPlan,
    field: Snapshot,
    expected: Vec<String>,
}

impl Case<'_> {
    fn line(&mut self, line: &str) {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            ["members", ..] => members(&mut self.field, line.trim_start_matches("members").trim()),
            ["order", buyer, volume, rest @ ..] => {
                let at = order(&mut self.field, buyer, volume);
                let order = &mut self.field.orders[at];
                match rest {
                    ["wholesale", price] => order.amounts.wholesale_minor = price.parse::<i64>().unwrap() * 100,
                    ["tools"] => order.order_type = OrderType::Tools,
                    [on] => order.day = day(on),
                    _ => {}
                }
            }
            ["joined", member, on] => {
                let id = number(&self.field, member);
                self.field.members.iter_mut().find(|member| member.id == id).unwrap().joined = day(on);
            }
            ["rank", member, rank] => {
                let found = result(self.plan, &self.field);
                let place = self.field.members.iter().position(|known| known.number == *member).unwrap();
                let found = found.members[place].rank.map_or("none", |rank| &self.plan.ranks[usize::from(rank)].code);
                assert_eq!(found, *rank, "{line}");
            }
            ["breakage", bonus, amount] => {
                let found = result(self.plan, &self.field);
                let total = found.bonuses.iter().find(|total| total.code == *bonus).unwrap();
                assert_eq!(total.breakage.to_string(), *amount, "{line}");
            }
            _ => self.expected.push(line.to_owned()),
        }
    }
}

fn run_all(text: &str, least: usize) {
    let blocks = blocks(text);
    let cases: Vec<_> = blocks.windows(2).filter(|pair| pair[1].0 == "case").collect();
    assert!(cases.len() >= least && cases.len() * 2 == blocks.len(), "{} cases, {} blocks", cases.len(), blocks.len());
    for pair in cases {
        assert_eq!(pair[0].0, "plan", "a case follows a plan");
        let plan = plan(pair[0].1);
        let mut case = Case { plan: &plan, field: october(), expected: Vec::new() };
        pair[1].1.lines().for_each(|line| case.line(line));
        let mut found = lines(&result(&plan, &case.field), &case.field);
        found.sort();
        case.expected.sort();
        assert_eq!(found, case.expected, "{}\n{}", pair[0].1, pair[1].1);
    }
}

#[test]
fn every_example_pays_what_the_documentation_says() {
    run_all(include_str!("../../../docs/plan-language.md"), 15);
}

#[test]
fn published_examples_come_out_at_the_printed_amounts() {
    run_all(include_str!("../../../tests/plan/published/unilevel.md"), 6);
}
