//! Dated links: who stands under whom in which tree, and since when.

use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::schema::tree_links;
use super::tallies::{self, Tally};
use super::{Conn, StoreError, StoreResult, ids, insert_all};
use crate::domain::calendar::Day;
use crate::domain::ids::{LinkId, MemberId};
use crate::domain::tree::TreeKind;

/// A link as stored.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = tree_links, treat_none_as_default_value = false)]
pub struct Link {
    /// Row id.
    pub id: LinkId,
    /// Which tree.
    pub tree: TreeKind,
    /// Who stands below.
    pub member_id: MemberId,
    /// Who stands above.
    pub parent_id: MemberId,
    /// In the placement tree the leg, 0 for the first; 0 elsewhere.
    pub side: i32,
    /// First day of the link.
    pub from_day: Day,
    /// Last day of the link; [`Day::FOREVER`] while it is in force.
    pub until_day: Day,
    /// Why the link was made, in the words of who made it; may be empty.
    pub reason: String,
}

impl Link {
    /// A new link in force from a day on.
    pub fn new(tree: TreeKind, member: MemberId, parent: MemberId, from: Day) -> Self {
        Self {
            id: LinkId(ids::next()),
            tree,
            member_id: member,
            parent_id: parent,
            side: 0,
            from_day: from,
            until_day: Day::FOREVER,
            reason: String::new(),
        }
    }
}

/// Inserts links in batches.
pub fn insert(tx: &mut Conn, rows: &[Link]) -> StoreResult<()> {
    insert_all!(tx, tree_links::table, rows)?;
    for tree in TreeKind::ALL {
        let new = rows.iter().filter(|link| link.tree == *tree && link.until_day == Day::FOREVER).count();
        tallies::add(tx, Tally::Links(*tree), tallies::length(new))?;
    }
    Ok(())
}

/// The parent now, if the member has one.
pub fn find_parent(conn: &mut Conn, tree: TreeKind, member: MemberId) -> StoreResult<Option<MemberId>> {
    Ok(tree_links::table
        .filter(tree_links::tree.eq(tree))
        .filter(tree_links::member_id.eq(member))
        .filter(tree_links::until_day.eq(Day::FOREVER))
        .select(tree_links::parent_id)
        .first(conn)
        .optional()?)
}

/// The parents now of these members: `(member, parent)`, in no particular order.
pub fn list_parents(conn: &mut Conn, tree: TreeKind, members: &[MemberId]) -> StoreResult<Vec<(MemberId, MemberId)>> {
    let mut found = Vec::with_capacity(members.len());
    for chunk in members.chunks(900) {
        found.extend(
            tree_links::table
                .filter(tree_links::tree.eq(tree))
                .filter(tree_links::member_id.eq_any(chunk))
                .filter(tree_links::until_day.eq(Day::FOREVER))
                .select((tree_links::member_id, tree_links::parent_id))
                .load::<(MemberId, MemberId)>(conn)?,
        );
    }
    Ok(found)
}

/// Everybody above the member now, nearest first.
pub fn uplines(conn: &mut Conn, tree: TreeKind, member: MemberId) -> StoreResult<Vec<MemberId>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        id: i64,
    }
    let rows: Vec<Row> = diesel::sql_query(format!(
        "WITH RECURSIVE up(id, depth) AS ( \
           SELECT parent_id, 1 FROM tree_links WHERE tree = '{tree}' AND member_id = {member} AND until_day = {until} \
           UNION ALL \
           SELECT l.parent_id, up.depth + 1 FROM tree_links l JOIN up ON l.member_id = up.id \
           WHERE l.tree = '{tree}' AND l.until_day = {until} AND up.depth < 10000000) \
         SELECT id FROM up ORDER BY depth",
        until = Day::FOREVER.0
    ))
    .load(conn)?;
    Ok(rows.into_iter().map(|row| MemberId(row.id)).collect())
}

/// Every link that is in force on a day: `(tree, member, parent, side)`, in no particular order.
pub fn list_as_of(conn: &mut Conn, day: Day) -> StoreResult<Vec<(TreeKind, MemberId, MemberId, i32)>> {
    Ok(tree_links::table
        .filter(tree_links::from_day.le(day))
        .filter(tree_links::until_day.ge(day))
        .select((tree_links::tree, tree_links::member_id, tree_links::parent_id, tree_links::side))
        .load(conn)?)
}

/// The links of a member in all trees, newest first: the history for the profile.
pub fn history(conn: &mut Conn, member: MemberId) -> StoreResult<Vec<Link>> {
    Ok(tree_links::table
        .filter(tree_links::member_id.eq(member))
        .order((tree_links::tree, tree_links::from_day.desc()))
        .select(Link::as_select())
        .load(conn)?)
}

/// Moves a member under another parent from `day` on: ends the link in force the day before and makes
/// a new one. The caller has checked that no cycle arises. A link that began on `day` itself is replaced.
pub fn move_to(tx: &mut Conn, link: &Link) -> StoreResult<()> {
    let in_force = tree_links::table
        .filter(tree_links::tree.eq(link.tree))
        .filter(tree_links::member_id.eq(link.member_id))
        .filter(tree_links::until_day.eq(Day::FOREVER));
    let old: Option<Link> = in_force.select(Link::as_select()).first(tx).optional()?;
    if let Some(old) = old {
        if old.from_day > link.from_day {
            return Err(StoreError::Conflict(format!("the link of member {} from {}", link.member_id, old.from_day)));
        }
        if old.from_day == link.from_day {
            diesel::delete(tree_links::table.find(old.id)).execute(tx)?;
        } else {
            diesel::update(tree_links::table.find(old.id))
                .set(tree_links::until_day.eq(link.from_day.plus(-1)))
                .execute(tx)?;
        }
        tallies::add(tx, Tally::Links(link.tree), -1)?;
    }
    insert(tx, std::slice::from_ref(link))
}

/// Holds back every other change of the trees until this transaction ends, so that two moves at once
/// cannot close a circle together. SQLite has one writer anyway.
pub fn lock_trees(tx: &mut Conn) -> StoreResult<()> {
    use diesel::connection::SimpleConnection;
    if tx.is_postgres() {
        tx.batch_execute("SELECT pg_advisory_xact_lock(7215003)")?;
    }
    Ok(())
}

/// How many stand directly below the member now.
pub fn count_frontline(conn: &mut Conn, tree: TreeKind, parent: MemberId) -> StoreResult<i64> {
    Ok(tree_links::table
        .filter(tree_links::tree.eq(tree))
        .filter(tree_links::parent_id.eq(parent))
        .filter(tree_links::until_day.eq(Day::FOREVER))
        .count()
        .get_result(conn)?)
}
