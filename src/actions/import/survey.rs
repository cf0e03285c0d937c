//! The first look at a file of members: who is named in it, who stands under whom, and which rows can
//! come in at all. Keeps a few bytes a row, so that a sponsor may stand anywhere in the file.

use std::collections::HashMap;

use super::member_rows::MemberRow;
use crate::domain::ids::MemberId;
use crate::domain::member::{MemberKind, MemberStatus};
use crate::store::{Conn, StoreError, members};

/// No number, no row.
const NONE: u32 = u32::MAX;

/// What can become of a row, as far as the file alone tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It can come in, if its values are right.
    Fit,
    /// Its values are wrong; the reason is found again when the row is read again.
    Unfit,
    /// Left out on purpose.
    Skipped,
    /// The number stands further up already.
    Duplicate,
    /// A parent is neither in the file nor in the database.
    UnknownParent,
    /// A parent may not sponsor.
    UnfitParent,
    /// The row of a parent is rejected.
    RejectedParent,
    /// The row stands above itself.
    Circle,
}

/// What is known about one row.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry {
    /// The line of the file.
    pub line: u32,
    /// Where the row starts in the file.
    pub offset: u64,
    pub verdict: Verdict,
    number: u32,
    parents: [u32; 2],
    may_sponsor: bool,
}

/// All rows of a file of members.
#[derive(Default)]
pub(super) struct Survey {
    numbers: HashMap<Box<str>, u32>,
    /// For each number: the row that defines it, and the member it already is.
    row_of: Vec<u32>,
    stored: Vec<Option<(MemberId, bool)>>,
    pub entries: Vec<Entry>,
    /// Rows that must wait for a parent further down, in an order in which parents come first.
    pub deferred: Vec<u32>,
}

impl Survey {
    fn number(&mut self, text: &str) -> u32 {
        if text.is_empty() {
            return NONE;
        }
        if let Some(&known) = self.numbers.get(text) {
            return known;
        }
        let id = u32::try_from(self.row_of.len()).unwrap_or(NONE - 1);
        self.numbers.insert(text.into(), id);
        self.row_of.push(NONE);
        self.stored.push(None);
        id
    }

    /// Adds a row that can be read.
    pub fn add(&mut self, line: u64, offset: u64, row: &MemberRow, demands_active: bool) {
        let number = self.number(&row.number);
        let parents = [self.number(&row.sponsor), self.number(&row.enroller)];
        let at = u32::try_from(self.entries.len()).unwrap_or(NONE - 1);
        let verdict = if self.row_of[number as usize] == NONE {
            self.row_of[number as usize] = at;
            Verdict::Fit
        } else {
            Verdict::Duplicate
        };
        let may_sponsor = may_sponsor(row.kind, row.status, demands_active);
        let line = u32::try_from(line).unwrap_or(u32::MAX);
        self.entries.push(Entry { line, offset, verdict, number, parents, may_sponsor });
    }

    /// Adds a row that cannot come in or is left out.
    pub fn add_other(&mut self, line: u64, offset: u64, verdict: Verdict) {
        let line = u32::try_from(line).unwrap_or(u32::MAX);
        self.entries.push(Entry { line, offset, verdict, number: NONE, parents: [NONE; 2], may_sponsor: false });
    }

    /// Whether a row of the file defines this number.
    pub fn defines(&self, number: &str) -> bool {
        self.numbers.get(number).is_some_and(|at| self.row_of[*at as usize] != NONE)
    }

    /// The member with this number, stored before or by this import.
    pub fn member(&self, number: &str) -> Option<MemberId> {
        self.numbers.get(number).and_then(|at| self.stored[*at as usize]).map(|(id, _)| id)
    }

    /// A member of the file is stored now.
    pub fn remember(&mut self, number: &str, id: MemberId) {
        if let Some(&at) = self.numbers.get(number) {
            self.stored[at as usize] = Some((id, true));
        }
    }

    /// The line of the row that defines a number.
    pub fn line_of(&self, number: &str) -> Option<u32> {
        let row = self.row_of[*self.numbers.get(number)? as usize];
        self.entries.get(row as usize).map(|entry| entry.line)
    }

    /// Looks up which of the numbers are members already.
    pub fn look_up(&mut self, conn: &mut Conn, demands_active: bool) -> Result<(), StoreError> {
        let names: Vec<(&str, u32)> = self.numbers.iter().map(|(name, at)| (&**name, *at)).collect();
        for chunk in names.chunks(900) {
            let numbers: Vec<&str> = chunk.iter().map(|(name, _)| *name).collect();
            let found = members::find_by_numbers(conn, &numbers)?;
            for (name, at) in chunk {
                if let Some((id, kind, status)) = found.get(*name) {
                    self.stored[*at as usize] = Some((*id, may_sponsor(*kind, *status, demands_active)));
                }
            }
        }
        Ok(())
    }

    /// Decides which rows can come in, and in which order. Parents come before children; a row whose
    /// parent stands further down waits. What waits depends on the file alone, never on the database.
    pub fn resolve(&mut self) {
        let count = self.entries.len();
        let mut waits_for = vec![0_u8; count];
        let mut children: Vec<(u32, u32)> = Vec::new();
        for (at, entry) in self.entries.iter().enumerate().filter(|(_, entry)| entry.verdict == Verdict::Fit) {
            for parent in self.parent_rows(entry) {
                waits_for[at] += 1;
                children.push((parent, u32::try_from(at).unwrap_or(NONE)));
            }
        }
        children.sort_unstable();
        let mut order: Vec<u32> = (0..count)
            .filter(|at| self.entries[*at].verdict == Verdict::Fit && waits_for[*at] == 0)
            .filter_map(|at| u32::try_from(at).ok())
            .collect();
        let mut is_deferred = vec![false; count];
        let mut next = 0;
        while let Some(&row) = order.get(next) {
            next += 1;
            let verdict = self.verdict_of(row);
            self.entries[row as usize].verdict = verdict;
            let deferred = self.parent_rows(&self.entries[row as usize]).any(|p| p > row || is_deferred[p as usize]);
            if deferred {
                is_deferred[row as usize] = true;
                self.deferred.push(row);
            }
            let first = children.partition_point(|(parent, _)| *parent < row);
            for (_, child) in children[first..].iter().take_while(|(parent, _)| *parent == row) {
                waits_for[*child as usize] -= 1;
                if waits_for[*child as usize] == 0 {
                    order.push(*child);
                }
            }
        }
        for at in (0..count).filter(|at| waits_for[*at] > 0) {
            self.entries[at].verdict = Verdict::Circle;
        }
    }

    /// Whether each row waits.
    pub fn is_deferred(&self) -> Vec<bool> {
        let mut waits = vec![false; self.entries.len()];
        for row in &self.deferred {
            waits[*row as usize] = true;
        }
        waits
    }

    /// The rows of the file that define the parents of a row, each once.
    fn parent_rows(&self, entry: &Entry) -> impl Iterator<Item = u32> + use<> {
        let row = |number: u32| if number == NONE { NONE } else { self.row_of[number as usize] };
        let [sponsor, enroller] = entry.parents.map(row);
        let enroller = if enroller == sponsor { NONE } else { enroller };
        [sponsor, enroller].into_iter().filter(|row| *row != NONE)
    }

    fn verdict_of(&self, row: u32) -> Verdict {
        let entry = &self.entries[row as usize];
        let verdicts = entry.parents.iter().filter(|number| **number != NONE).map(|number| {
            let stored = self.stored[*number as usize];
            let parent = self.row_of[*number as usize];
            match (stored, self.entries.get(parent as usize)) {
                (Some((_, true)), _) => Verdict::Fit,
                (Some((_, false)), _) => Verdict::UnfitParent,
                (None, None) => Verdict::UnknownParent,
                (None, Some(parent)) if parent.verdict != Verdict::Fit => Verdict::RejectedParent,
                (None, Some(parent)) if !parent.may_sponsor => Verdict::UnfitParent,
                (None, Some(_)) => Verdict::Fit,
            }
        });
        // A member that is stored needs no parent any more: the row is only compared.
        if self.stored[entry.number as usize].is_some() {
            return Verdict::Fit;
        }
        verdicts.into_iter().find(|verdict| *verdict != Verdict::Fit).unwrap_or(Verdict::Fit)
    }
}

const fn may_sponsor(kind: MemberKind, status: MemberStatus, demands_active: bool) -> bool {
    kind.may_earn() && (!demands_active || status.may_sponsor())
}
