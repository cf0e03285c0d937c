//! The rows of a tree that are open: from one member down, as far as the address asks for.

use std::collections::{HashMap, HashSet};

use crate::domain::calendar::Day;
use crate::domain::ids::{MemberId, RunId};
use crate::domain::tree::TreeKind;
use crate::store::members::{self, Member};
use crate::store::runs::RunMember;
use crate::store::{Conn, StoreResult, genealogy, member_list};

/// Members directly below the one on top, per page.
pub const FRONTLINE: i64 = 50;
/// Members directly below any other one; the rest is one link away.
const BRANCH: i64 = 20;
/// The most rows of a page.
const ROWS: usize = 400;

/// What to open.
#[derive(Debug, Clone)]
pub struct Opening {
    /// Which tree.
    pub tree: TreeKind,
    /// As it stood on this day.
    pub day: Day,
    /// How many levels are open by themselves.
    pub levels: u32,
    /// Members opened beyond that.
    pub open: HashSet<String>,
    /// Members closed within that.
    pub shut: HashSet<String>,
    /// Where the page of the frontline begins.
    pub offset: i64,
}

/// A row of the table.
pub struct Branch {
    /// Who.
    pub member: Member,
    /// Levels below the one on top.
    pub level: u32,
    /// What the last run found.
    pub result: Option<RunMember>,
    /// How many stand directly below.
    pub frontline: i64,
    /// Whether they follow.
    pub is_open: bool,
    /// Which of the lines beside the row go on: one for each level above, and its own.
    pub last: Vec<bool>,
    /// How many of those directly below are not shown although the row is open.
    pub left_out: i64,
}

/// The open rows below `top`, in the order of the table.
pub fn branches(c: &mut Conn, top: &Member, opening: &Opening, run: Option<RunId>) -> StoreResult<Vec<Branch>> {
    let mut below: HashMap<MemberId, Vec<MemberId>> = HashMap::new();
    let mut people: HashMap<MemberId, Member> = HashMap::from([(top.id, top.clone())]);
    let mut frontlines = genealogy::count_frontlines(c, opening.tree, &[top.id], opening.day)?;
    let mut level = vec![top.id];
    let mut depth = 0;
    while !level.is_empty() && people.len() < ROWS {
        let mut next = Vec::new();
        for parent in &level {
            let has_any = frontlines.get(parent).is_some_and(|count| *count > 0);
            if !has_any || !is_open(opening, &people[parent], depth) || people.len() + next.len() >= ROWS {
                continue;
            }
            let (offset, limit) = if depth == 0 { (opening.offset, FRONTLINE) } else { (0, BRANCH) };
            let children = genealogy::frontline(c, opening.tree, *parent, opening.day, offset, limit)?;
            // Nobody is shown twice, whatever the stored links say.
            let children: Vec<MemberId> = children.into_iter().filter(|id| !people.contains_key(id)).collect();
            next.extend(children.iter().copied());
            below.insert(*parent, children);
        }
        people.extend(members::list_by_ids(c, &next)?.into_iter().map(|member| (member.id, member)));
        frontlines.extend(genealogy::count_frontlines(c, opening.tree, &next, opening.day)?);
        level = next;
        depth += 1;
    }
    let ids: Vec<MemberId> = people.keys().copied().collect();
    let results = member_list::results(c, &ids, run)?;
    Ok(rows(top.id, &below, people, &frontlines, results))
}

fn is_open(opening: &Opening, member: &Member, depth: u32) -> bool {
    if depth < opening.levels { !opening.shut.contains(&member.number) } else { opening.open.contains(&member.number) }
}

/// Puts the branches into the order of the table, without calling itself: trees are deep.
fn rows(
    top: MemberId,
    below: &HashMap<MemberId, Vec<MemberId>>,
    mut people: HashMap<MemberId, Member>,
    frontlines: &HashMap<MemberId, i64>,
    mut results: HashMap<MemberId, RunMember>,
) -> Vec<Branch> {
    let mut rows = Vec::with_capacity(people.len());
    let mut waiting = vec![(top, 0_u32, Vec::<bool>::new())];
    while let Some((id, level, last)) = waiting.pop() {
        let Some(member) = people.remove(&id) else { continue };
        let frontline = frontlines.get(&id).copied().unwrap_or(0);
        let children = below.get(&id);
        if let Some(children) = children {
            for (index, child) in children.iter().enumerate().rev() {
                let mut lines = last.clone();
                lines.push(index + 1 == children.len());
                waiting.push((*child, level + 1, lines));
            }
        }
        let shown = children.map_or(0, |children| i64::try_from(children.len()).unwrap_or(i64::MAX));
        rows.push(Branch {
            member,
            level,
            result: results.remove(&id),
            frontline,
            is_open: children.is_some(),
            last,
            left_out: if children.is_some() { (frontline - shown).max(0) } else { 0 },
        });
    }
    rows
}
