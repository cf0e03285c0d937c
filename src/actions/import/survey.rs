//! The first look at a file of members: who is named in it, who stands under whom, and which rows can
//! come in at all. Keeps a few bytes a row, so that a sponsor may stand anywhere in the file.

use std::collections::HashMap;

use super::member_rows::MemberRow;
use crate::domain::calendar::Day;
use crate::domain::ids::MemberId;
use crate::domain::member::{MemberKind, MemberStatus};
use crate::store::members::{self, Member};
use crate::store::{Conn, StoreError};

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
    /// The number stands further up, and the mapping says that later rows say nothing new.
    Repeat,
    /// The number stands further up already.
    Duplicate,
    /// A parent is neither in the file nor in the database.
    UnknownParent,
    /// A parent may not sponsor.
    UnfitParent,
    /// A parent joined later.
    LateParent,
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
    joined_on: Day,
}

/// A member that is in the database.
#[derive(Debug, Clone, Copy)]
struct Stored {
    id: MemberId,
    may_sponsor: bool,
    joined_on: Day,
}

/// All rows of a file of members.
#[derive(Default)]
pub(super) struct Survey {
    numbers: HashMap<Box<str>, u32>,
    /// For each number: the row that defines it, and the member it already is.
    row_of: Vec<u32>,
    stored: Vec<Option<Stored>>,
    pub entries: Vec<Entry>,
    /// Rows that must wait for a parent further down, in an order in which parents come first.
    pub deferred: Vec<u32>,
    /// The rows tell a past: a parent need not be active today, nor have joined earlier.
    tells_past: bool,
}

impl Survey {
    /// A survey without rows.
    pub fn new(tells_past: bool) -> Self {
        Self { tells_past, ..Self::default() }
    }

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
    pub fn add(&mut self, line: u64, offset: u64, row: &MemberRow) {
        let number = self.number(&row.new.number);
        let parents = [self.number(&row.new.sponsor), self.number(&row.new.enroller)];
        let at = u32::try_from(self.entries.len()).unwrap_or(NONE - 1);
        let verdict = if self.row_of[number as usize] == NONE {
            self.row_of[number as usize] = at;
            Verdict::Fit
        } else {
            Verdict::Duplicate
        };
        let may_sponsor = self.may_sponsor(row.new.kind, row.status);
        let line = u32::try_from(line).unwrap_or(u32::MAX);
        let joined_on = row.joined_on;
        self.entries.push(Entry { line, offset, verdict, number, parents, may_sponsor, joined_on });
    }

    /// Adds a row that cannot come in or is left out.
    pub fn add_other(&mut self, line: u64, offset: u64, verdict: Verdict) {
        let line = u32::try_from(line).unwrap_or(u32::MAX);
        let (number, parents, joined_on) = (NONE, [NONE; 2], Day(0));
        self.entries.push(Entry { line, offset, verdict, number, parents, may_sponsor: false, joined_on });
    }

    /// Whether a row of the file defines this number.
    pub fn defines(&self, number: &str) -> bool {
        self.numbers.get(number).is_some_and(|at| self.row_of[*at as usize] != NONE)
    }

    /// The member with this number and the day of joining, stored before or by this import.
    pub fn member(&self, number: &str) -> Option<(MemberId, Day)> {
        self.numbers.get(number).and_then(|at| self.stored[*at as usize]).map(|stored| (stored.id, stored.joined_on))
    }

    /// A member of the file is stored now.
    pub fn remember(&mut self, member: &Member) {
        if let Some(&at) = self.numbers.get(member.number.as_str()) {
            let may_sponsor = self.may_sponsor(member.kind, member.status);
            self.stored[at as usize] = Some(Stored { id: member.id, may_sponsor, joined_on: member.joined_on });
        }
    }

    /// The line of the row that defines a number.
    pub fn line_of(&self, number: &str) -> Option<u32> {
        let row = self.row_of[*self.numbers.get(number)? as usize];
        self.entries.get(row as usize).map(|entry| entry.line)
    }

    /// Looks up which of the numbers are members already.
    pub fn look_up(&mut self, conn: &mut Conn) -> Result<(), StoreError> {
        let names: Vec<(&str, u32)> = self.numbers.iter().map(|(name, at)| (&**name, *at)).collect();
        let mut found = Vec::new();
        for chunk in names.chunks(900) {
            let numbers: Vec<&str> = chunk.iter().map(|(name, _)| *name).collect();
            let standing = members::list_standing(conn, &numbers)?;
            found.extend(standing.into_iter().filter_map(|(number, id, kind, status, joined_on)| {
                let may_sponsor = self.may_sponsor(kind, status);
                self.numbers.get(number.as_str()).map(|at| (*at, Stored { id, may_sponsor, joined_on }))
            }));
        }
        for (at, stored) in found {
            self.stored[at as usize] = Some(stored);
        }
        Ok(())
    }

    fn may_sponsor(&self, kind: MemberKind, status: MemberStatus) -> bool {
        kind.may_earn() && (self.tells_past || status.may_sponsor())
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
            let parent = self.entries.get(self.row_of[*number as usize] as usize);
            let (may_sponsor, joined_on) = match (self.stored[*number as usize], parent) {
                (Some(stored), _) => (stored.may_sponsor, stored.joined_on),
                (None, None) => return Verdict::UnknownParent,
                (None, Some(parent)) if parent.verdict != Verdict::Fit => return Verdict::RejectedParent,
                (None, Some(parent)) => (parent.may_sponsor, parent.joined_on),
            };
            if !may_sponsor {
                Verdict::UnfitParent
            } else if joined_on > entry.joined_on && !self.tells_past {
                Verdict::LateParent
            } else {
                Verdict::Fit
            }
        });
        // A member that is stored needs no parent any more: the row is only compared.
        if self.stored[entry.number as usize].is_some() {
            return Verdict::Fit;
        }
        verdicts.into_iter().find(|verdict| *verdict != Verdict::Fit).unwrap_or(Verdict::Fit)
    }
}
