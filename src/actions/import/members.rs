//! Imports members: a first pass over the file finds out who stands under whom, a second one stores
//! everybody behind their sponsor, wherever in the file the sponsor stands.

use std::collections::HashMap;

use super::book::{Book, Fate};
use super::member_rows::{Comparison, MemberRow};
use super::survey::{Survey, Verdict};
use super::{BATCH, ImportFault, ImportInput};
use crate::actions::plan_names::{self, PlanNames};
use crate::domain::calendar::Day;
use crate::domain::company::Company;
use crate::domain::ids::MemberId;
use crate::domain::tree::TreeKind;
use crate::sheet::{Cells, Mapping, Person, Repeats, Row, Rows, unfold};
use crate::store::attributes::{self, MemberAttribute};
use crate::store::links::{self, Link};
use crate::store::members::{self, Member};
use crate::store::{Conn, StoreError, audit, ids};

/// Where rows come from: the file itself, or the people of a network.
enum Source {
    File { rows: Box<Rows>, is_far: bool },
    People { people: Vec<Person>, next: usize },
}

impl Source {
    fn next(&mut self) -> Result<Option<Row>, ImportFault> {
        match self {
            Self::File { rows, .. } => Ok(rows.next_row()?),
            Self::People { people, next } => {
                *next += 1;
                Ok(people.get(*next - 1).map(|person| person.row.clone()))
            }
        }
    }

    fn rewind(&mut self, input: &ImportInput<'_>) -> Result<(), ImportFault> {
        match self {
            Self::File { rows, is_far } => {
                **rows = Rows::open(input.path, input.file_name, &input.mapping.file)?;
                *is_far = false;
            }
            Self::People { next, .. } => *next = 0,
        }
        Ok(())
    }

    /// The row that the survey saw at this index.
    fn at(&mut self, survey: &Survey, index: usize) -> Result<Option<Row>, ImportFault> {
        match self {
            Self::File { rows, is_far } => {
                *is_far = true;
                let entry = survey.entries[index];
                rows.seek(entry.offset, entry.line.into())?;
                Ok(rows.next_row()?)
            }
            Self::People { people, .. } => Ok(people.get(index).map(|person| person.row.clone())),
        }
    }
}

pub(super) fn import(book: &mut Book<'_>, input: &ImportInput<'_>, company: &Company) -> Result<(), ImportFault> {
    let mapping = input.mapping;
    let mut rows = Rows::open(input.path, input.file_name, &mapping.file)?;
    rows.require(mapping.needed_columns())?;
    let mut edge_faults = Vec::new();
    let mut source = match &mapping.edges {
        None => Source::File { rows: Box::new(rows), is_far: false },
        Some(rules) => {
            let (people, faults) = unfold(&mut rows, mapping, rules, company.zone)?;
            // An earlier attempt that wrote anything has written these too.
            let is_first = book.resumed_at() == 0;
            for person in people.iter().filter(|_| is_first) {
                if let Some(note) = &person.note {
                    book.remark(person.row.line, note.clone());
                }
            }
            edge_faults = faults;
            Source::People { people, next: 0 }
        }
    };
    let today = company.zone.day_of(book.clock.now());
    let names = book.db.read(|c| plan_names::load(c, today))?;
    let mut survey = look_over(book, &mut source, mapping, company, &names)?;
    let spread = spread(book, mapping, &survey)?;
    book.db.read(|c| survey.look_up(c))?;
    survey.resolve();
    if book.resumed_at() == 0 {
        for fault in edge_faults {
            book.reject(&fault.row, fault.reason);
        }
    }
    source.rewind(input)?;
    let (batch, positions) = (Vec::with_capacity(BATCH), Vec::new());
    let mut work = Work { survey, spread, mapping, company, names, today, update: input.update, batch, positions };
    work.go(book, &mut source)
}

/// The first pass.
fn look_over(
    book: &mut Book<'_>,
    source: &mut Source,
    mapping: &Mapping,
    company: &Company,
    names: &PlanNames,
) -> Result<Survey, ImportFault> {
    let mut survey = Survey::new(mapping.rows.history);
    while let Some(row) = source.next()? {
        let cells = Cells::new(mapping, &row, company.zone);
        let is_repeat = || cells.text("number", 4096).is_ok_and(|number| survey.defines(&number));
        if row.fault.is_none() && cells.is_skipped() {
            survey.add_other(row.line, row.offset, Verdict::Skipped);
        } else if row.fault.is_none() && mapping.rows.repeats == Repeats::First && is_repeat() {
            survey.add_other(row.line, row.offset, Verdict::Repeat);
        } else if row.fault.is_some() {
            survey.add_other(row.line, row.offset, Verdict::Unfit);
        } else {
            match MemberRow::read(cells, names) {
                Ok(member) => survey.add(row.line, row.offset, &member),
                Err(_) => survey.add_other(row.line, row.offset, Verdict::Unfit),
            }
        }
        if survey.entries.len().is_multiple_of(20_000) {
            book.tell(0, 0)?;
        }
    }
    Ok(survey)
}

/// Distributors over whom new members are spread, by day of joining and number. Those of the file itself
/// do not count, so that an import that was cut off spreads the rest in the same way.
fn spread(book: &Book<'_>, mapping: &Mapping, survey: &Survey) -> Result<Vec<(Day, String, MemberId)>, StoreError> {
    if mapping.columns.find("sponsor").is_none_or(|column| column.spread_over.is_none()) {
        return Ok(Vec::new());
    }
    let all = book.db.read(members::list_active_distributors)?;
    let mut found: Vec<(Day, String, MemberId)> = all
        .into_iter()
        .filter(|(number, ..)| !survey.defines(number))
        .map(|(number, id, joined_on)| (joined_on, number, id))
        .collect();
    found.sort_unstable();
    Ok(found)
}

/// The second pass.
struct Work<'a> {
    survey: Survey,
    spread: Vec<(Day, String, MemberId)>,
    mapping: &'a Mapping,
    company: &'a Company,
    names: PlanNames,
    today: Day,
    update: bool,
    batch: Vec<(usize, Row)>,
    /// Lines, numbers of positions and of the persons who own them. They are joined at the end, when everybody is there.
    positions: Vec<(u64, String, String)>,
}

impl Work<'_> {
    fn go(&mut self, book: &mut Book<'_>, source: &mut Source) -> Result<(), ImportFault> {
        let waits = self.survey.is_deferred();
        let (mut done, resumed_at) = (0_i64, book.resumed_at());
        for (index, waits) in waits.iter().enumerate() {
            let Some(row) = source.next()? else { break };
            if *waits {
                continue;
            }
            done += 1;
            self.note_position(&row);
            if done > resumed_at {
                self.batch.push((index, row));
                self.write_if_full(book, done)?;
            }
        }
        for position in 0..self.survey.deferred.len() {
            done += 1;
            let has_persons = self.mapping.columns.find("person").is_some();
            if done <= resumed_at && !has_persons {
                continue;
            }
            let index = self.survey.deferred[position] as usize;
            if let Some(row) = source.at(&self.survey, index)? {
                self.note_position(&row);
                if done > resumed_at {
                    self.batch.push((index, row));
                    self.write_if_full(book, done)?;
                }
            }
        }
        self.write(book, done)?;
        self.join_positions(book, done)
    }

    /// Keeps whom a position belongs to.
    fn note_position(&mut self, row: &Row) {
        let cells = Cells::new(self.mapping, row, self.company.zone);
        if row.fault.is_some() || cells.is_skipped() || !cells.is_mapped("person") {
            return;
        }
        if let (Ok(number), Ok(person)) = (cells.text("number", 4096), cells.text("person", 4096))
            && !person.is_empty()
            && person != number
        {
            self.positions.push((row.line, number, person));
        }
    }

    /// Joins positions to the persons who own them, where they belong to nobody yet.
    fn join_positions(&mut self, book: &mut Book<'_>, done: i64) -> Result<(), ImportFault> {
        let positions = std::mem::take(&mut self.positions);
        for part in positions.chunks(BATCH) {
            book.write(done, 1000, |book, tx| {
                let numbers: Vec<&str> = part.iter().flat_map(|(_, own, person)| [&**own, &**person]).collect();
                let known = members::find_by_numbers(tx, &numbers)?;
                for (line, own, person) in part {
                    let Some((own_id, ..)) = known.get(own) else { continue };
                    let owner = known.get(person).map(|(id, ..)| *id);
                    let joined = match owner {
                        None if book.is_dry_run && self.survey.defines(person) => true,
                        None => false,
                        Some(_) if book.is_dry_run => true,
                        Some(owner) => members::join_person(tx, *own_id, owner, book.clock.now())?,
                    };
                    if !joined {
                        let reason = format!("{own} is not made a position of {person}");
                        let why =
                            if owner.is_none() { "who is no member" } else { "one of them is a position already" };
                        book.remark(*line, format!("{reason}: {why}"));
                    }
                }
                Ok(())
            })?;
        }
        Ok(())
    }

    fn write_if_full(&mut self, book: &mut Book<'_>, done: i64) -> Result<(), ImportFault> {
        if self.batch.len() < BATCH { Ok(()) } else { self.write(book, done) }
    }

    fn write(&mut self, book: &mut Book<'_>, done: i64) -> Result<(), ImportFault> {
        let all = i64::try_from(self.survey.entries.len()).unwrap_or(i64::MAX).max(1);
        let permille = u32::try_from(done.saturating_mul(1000) / all).unwrap_or(1000);
        let batch = std::mem::take(&mut self.batch);
        book.write(done, permille, |book, tx| self.store(book, tx, &batch))?;
        self.batch = batch;
        self.batch.clear();
        Ok(())
    }

    fn store(&mut self, book: &mut Book<'_>, tx: &mut Conn, batch: &[(usize, Row)]) -> Result<(), StoreError> {
        let mapping = self.mapping;
        let mut read: Vec<(usize, &Row, MemberRow)> = Vec::with_capacity(batch.len());
        for (index, row) in batch {
            let cells = Cells::new(mapping, row, self.company.zone);
            match (self.survey.entries[*index].verdict, &row.fault) {
                (_, Some(fault)) => book.reject(row, fault.to_string()),
                (Verdict::Skipped, None) => book.count(Fate::Skipped),
                (Verdict::Repeat, None) => book.count(Fate::Unchanged),
                (verdict, None) => match MemberRow::read(cells, &self.names) {
                    Err(reason) => book.reject(row, reason),
                    Ok(member) => match self.refused(verdict, &member) {
                        Some(reason) => book.reject(row, reason),
                        None => read.push((*index, row, member)),
                    },
                },
            }
        }
        let there = self.stored_members(tx, &read)?;
        let now = book.clock.now();
        let (mut rows, mut links, mut said) = (Vec::new(), Vec::new(), Vec::new());
        for (_, row, member) in &read {
            if let Some(stored) = there.get(&member.new.number) {
                self.compare(book, tx, row, member, stored)?;
                continue;
            }
            let stored = member.member(MemberId(ids::next()), now);
            self.link(book, row, member, stored.id, &mut links);
            said.extend(member.attributes.iter().map(|(name, value)| MemberAttribute {
                member_id: stored.id,
                name: name.clone(),
                from_day: member.joined_on,
                value: value.clone(),
            }));
            self.survey.remember(&stored);
            rows.push(stored);
            book.count(Fate::Created);
        }
        if !book.is_dry_run {
            members::insert(tx, &rows)?;
            links::insert(tx, &links)?;
            attributes::insert(tx, &said)?;
        }
        Ok(())
    }

    /// Why a row cannot come in, as far as the look over the whole file told.
    fn refused(&self, verdict: Verdict, row: &MemberRow) -> Option<String> {
        let new = &row.new;
        let parents = [("sponsor", &new.sponsor), ("enroller", &new.enroller)];
        let named = |is_meant: &dyn Fn(&str) -> bool| {
            let found = parents.iter().find(|(_, number)| !number.is_empty() && is_meant(number));
            found.copied().unwrap_or(parents[0])
        };
        let line = |number: &str| self.survey.line_of(number).unwrap_or_default();
        let reason = match verdict {
            Verdict::Fit | Verdict::Skipped | Verdict::Repeat | Verdict::Unfit => return None,
            Verdict::Duplicate => {
                format!("{} stands in line {} already; a number belongs to one member", new.number, line(&new.number))
            }
            Verdict::UnknownParent => {
                let is_unknown = |n: &str| self.survey.member(n).is_none() && !self.survey.defines(n);
                let (word, number) = named(&is_unknown);
                format!("{word} {number} is neither in the file nor a member; add the {word} or correct the number")
            }
            Verdict::UnfitParent => {
                let (word, number) = named(&|_| true);
                format!("{word} {number} may not sponsor: only an active distributor may")
            }
            Verdict::LateParent => {
                let (word, number) = named(&|_| true);
                format!("{word} {number} joined after {}; correct one of the days", row.joined_on)
            }
            Verdict::RejectedParent => {
                let (word, number) = named(&|n| self.survey.member(n).is_none());
                format!("the row of {word} {number} (line {}) is rejected; correct that one first", line(number))
            }
            Verdict::Circle => format!(
                "{} stands above its own sponsor {}, or below somebody who does; correct who sponsors whom",
                new.number, new.sponsor
            ),
        };
        Some(reason)
    }

    fn stored_members(
        &self,
        tx: &mut Conn,
        read: &[(usize, &Row, MemberRow)],
    ) -> Result<HashMap<String, Member>, StoreError> {
        let ids: Vec<MemberId> =
            read.iter().filter_map(|(.., row)| self.survey.member(&row.new.number).map(|(id, _)| id)).collect();
        Ok(members::list_by_ids(tx, &ids)?.into_iter().map(|member| (member.number.clone(), member)).collect())
    }

    fn link(&self, book: &mut Book<'_>, row: &Row, member: &MemberRow, id: MemberId, links: &mut Vec<Link>) {
        let mut parents = [
            (TreeKind::Sponsor, self.survey.member(&member.new.sponsor)),
            (TreeKind::Enroller, self.survey.member(&member.new.enroller)),
        ];
        if !self.spread.is_empty() {
            let drawn = drawn(&self.spread, &member.new.number, member.joined_on);
            if drawn.is_none() {
                book.remark(
                    row.line,
                    format!("nobody had joined before {} who could sponsor {}", member.joined_on, member.new.number),
                );
            }
            parents[0].1 = drawn;
            parents[1].1 = parents[1].1.or(drawn);
        }
        for (tree, parent) in parents {
            if let Some((parent, joined_on)) = parent {
                links.push(Link::new(tree, id, parent, member.joined_on.max(joined_on)));
            }
        }
    }

    /// A row of a member that is there already.
    fn compare(
        &self,
        book: &mut Book<'_>,
        tx: &mut Conn,
        row: &Row,
        member: &MemberRow,
        stored: &Member,
    ) -> Result<(), StoreError> {
        if self.mapping.rows.repeats == Repeats::First {
            book.count(Fate::Unchanged);
            return Ok(());
        }
        let cells = Cells::new(self.mapping, row, self.company.zone);
        let parents = self.parents_to_compare(tx, cells, stored.id)?;
        let other = self.other_attributes(tx, member, stored.id)?;
        match member.compared(cells, stored, parents).with(stored, &other) {
            Comparison::Same => book.count(Fate::Unchanged),
            Comparison::Fixed(reason) => book.reject(row, reason),
            Comparison::Open { differences, .. } if !self.update => {
                let reason = format!(
                    "{} exists with a different {differences}; import with --update to take what stands here",
                    stored.number
                );
                book.reject(row, reason);
            }
            Comparison::Open { mut changed, differences } => {
                changed.updated_at = book.clock.now();
                if !book.is_dry_run {
                    members::update(tx, &changed)?;
                    for (name, value, _) in other {
                        let (member_id, from_day) = (stored.id, self.today);
                        attributes::set(tx, &MemberAttribute { member_id, name, from_day, value })?;
                    }
                    audit::append(
                        tx,
                        &audit::Entry {
                            at: changed.updated_at,
                            actor: book.actor,
                            action: "edit-member",
                            object_kind: "member",
                            object_id: stored.id.0,
                            object: &stored.number,
                            before: "",
                            after: &format!("by import: {differences}"),
                        },
                    )?;
                }
                book.count(Fate::Updated);
            }
        }
        Ok(())
    }

    /// Attributes that the row says differently from what is stored today: name, value here, value there.
    fn other_attributes(
        &self,
        tx: &mut Conn,
        member: &MemberRow,
        id: MemberId,
    ) -> Result<Vec<(String, String, String)>, StoreError> {
        if member.attributes.is_empty() {
            return Ok(Vec::new());
        }
        let said = attributes::list_of(tx, &[id])?;
        let there = |name: &str| {
            let last = said.iter().rfind(|said| said.name == name && said.from_day <= self.today);
            last.map(|said| said.value.clone()).unwrap_or_default()
        };
        let all = member.attributes.iter().map(|(name, value)| (name.clone(), value.clone(), there(name)));
        Ok(all.filter(|(_, here, there)| here != there).collect())
    }

    /// Numbers of the stored sponsor and enroller, where the mapping says who they should be.
    fn parents_to_compare(
        &self,
        tx: &mut Conn,
        cells: Cells<'_>,
        id: MemberId,
    ) -> Result<[Option<String>; 2], StoreError> {
        let is_drawn = cells.column("sponsor").is_some_and(|column| column.spread_over.is_some());
        let compares_sponsor = (cells.is_mapped("sponsor") && !is_drawn) || self.mapping.edges.is_some();
        let trees = [(TreeKind::Sponsor, compares_sponsor), (TreeKind::Enroller, cells.is_mapped("enroller"))];
        let mut numbers = [None, None];
        for ((tree, compares), number) in trees.into_iter().zip(&mut numbers) {
            if compares {
                let parent = links::find_parent(tx, tree, id)?;
                let parent = parent.map(|parent| members::get(tx, parent)).transpose()?;
                *number = Some(parent.map(|parent| parent.number).unwrap_or_default());
            }
        }
        Ok(numbers)
    }
}

/// One of those who had joined by the day, chosen by a hash of the number (FNV-1a), always the same.
fn drawn(spread: &[(Day, String, MemberId)], number: &str, day: Day) -> Option<(MemberId, Day)> {
    let there = spread.partition_point(|(joined_on, ..)| *joined_on <= day);
    let hash = number
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    let count = u64::try_from(there).ok().filter(|count| *count > 0)?;
    // The low bits of FNV are weak for short keys; the high half is folded in.
    let at = usize::try_from((hash ^ (hash >> 32)) % count).ok()?;
    spread.get(at).map(|(joined_on, _, id)| (*id, *joined_on))
}
