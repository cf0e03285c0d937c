//! The lines of a result as rows: what many of them have in common is a rule of the run, stored once.

use std::collections::HashMap;

use crate::domain::ids::{LineId, MemberId, OrderId, RunId};
use crate::plan::{BaseKind, LineKind, RunResult, Snapshot, Tracer};
use crate::store::ids;
use crate::store::lines::{NewClawback, NewLine, Rule};

/// Bonus, on which bonus's amounts, level, note, kind, base and product line: what makes a rule.
type Key<'a> = (u16, Option<u16>, u16, u16, LineKind, BaseKind, &'a str);

/// Writes out the lines of a run, batch by batch.
pub(super) struct LineCopy<'a> {
    run: RunId,
    result: &'a RunResult,
    snapshot: &'a Snapshot,
    tracer: Tracer<'a>,
    next: usize,
    known: HashMap<Key<'a>, i32>,
    rules: Vec<Rule>,
    of_orders: Vec<(OrderId, LineId)>,
}

/// Some lines in their order, those that take others back by themselves.
pub(super) struct Batch {
    /// Lines.
    pub lines: Vec<NewLine>,
    /// Lines that take others back.
    pub clawbacks: Vec<NewClawback>,
}

impl Batch {
    /// How many lines.
    pub fn len(&self) -> usize {
        self.lines.len() + self.clawbacks.len()
    }

    /// One of them.
    pub fn first(&self) -> Option<LineId> {
        self.lines.first().or_else(|| self.clawbacks.first().map(|clawback| &clawback.line)).map(|line| line.id)
    }
}

impl<'a> LineCopy<'a> {
    /// Begins with the first line.
    pub fn new(run: RunId, result: &'a RunResult, snapshot: &'a Snapshot) -> Self {
        let tracer = result.tracer(snapshot);
        let (known, rules, of_orders) = (HashMap::new(), Vec::new(), Vec::with_capacity(result.lines.len()));
        Self { run, result, snapshot, tracer, next: 0, known, rules, of_orders }
    }

    /// The next lines, at most so many; `None` after the last one.
    pub fn next_batch(&mut self, most: usize) -> Option<Batch> {
        let result = self.result;
        let mut batch = Batch { lines: Vec::with_capacity(most), clawbacks: Vec::new() };
        for line in result.lines.iter_from(self.next).take(most) {
            let (line, original) = self.row(line, self.next);
            match original {
                None => batch.lines.push(line),
                Some(original_line_id) => batch.clawbacks.push(NewClawback { line, original_line_id }),
            }
            self.next += 1;
        }
        Some(batch).filter(|batch| batch.len() > 0)
    }

    /// The rules of all lines that were written out.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// Which line each order led to, in the order of the orders: a pair for each line.
    pub fn into_of_orders(mut self) -> Vec<(OrderId, LineId)> {
        self.of_orders.sort_unstable();
        self.of_orders
    }

    /// A line, and the one that it takes back.
    fn row(&mut self, line: &crate::plan::EarningLine, index: usize) -> (NewLine, Option<LineId>) {
        let row = self.result.row(self.snapshot, index);
        let key = (line.bonus, line.on(), line.level, line.note, line.kind, line.base_kind, row.line);
        let rule = self.known.get(&key).copied().unwrap_or_else(|| {
            let rule = i32::try_from(self.rules.len()).unwrap_or(i32::MAX);
            self.rules.push(Rule {
                run_id: self.run,
                rule,
                bonus: row.bonus.to_owned(),
                on_bonus: row.on.unwrap_or_default().to_owned(),
                kind: row.kind.as_str().to_owned(),
                base_kind: row.base_kind.as_str().to_owned(),
                level: i32::from(row.level),
                source: self.result.bonuses[usize::from(line.bonus)].rule.clone(),
                on_day: self.snapshot.period.last,
                because: self.result.notes.get(usize::from(line.note)).cloned().unwrap_or_default(),
                line: row.line.to_owned(),
            });
            self.known.insert(key, rule);
            rule
        });
        let id = LineId(ids::next());
        let order_id = row.order.unwrap_or(OrderId(0));
        if order_id.0 != 0 {
            self.of_orders.push((order_id, id));
        }
        let mut passed = String::new();
        self.tracer.passed_short(line, &mut passed);
        let line = NewLine {
            id,
            run_id: self.run,
            member_id: row.member,
            rule,
            order_id,
            from_member_id: row.from.unwrap_or(MemberId(0)),
            base: row.base,
            amount_minor: row.amount_minor,
            rate: row.rate.to_string(),
            passed,
        };
        (line, row.original_line)
    }
}
