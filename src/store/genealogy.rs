//! The trees as the console shows them: a path up, a page of the frontline, as of a day. Reads only.

use std::collections::HashMap;

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::members::Member;
use super::schema::tree_links;
use super::sql::{Found, Sql};
use super::tallies::{self, Tally};
use super::{Conn, StoreResult};
use crate::domain::calendar::Day;
use crate::domain::ids::MemberId;
use crate::domain::tree::TreeKind;

/// The longest way up that is followed; far beyond any real tree.
const DEEPEST: i64 = 1_000_000;

/// Everybody above the member on a day, nearest first.
pub fn uplines(conn: &mut Conn, tree: TreeKind, member: MemberId, day: Day) -> StoreResult<Vec<MemberId>> {
    let mut query = Sql::new("WITH RECURSIVE up(id, depth) AS (SELECT parent_id, 1 FROM tree_links WHERE tree = ");
    query.bind(tree.as_str()).push(" AND member_id = ").bind(member.0);
    query.push(" AND until_day >= ").bind(day.0).push(" AND from_day <= ").bind(day.0);
    query.push(" UNION ALL SELECT l.parent_id, up.depth + 1 FROM up JOIN tree_links l ON l.member_id = up.id");
    query.push(" WHERE l.tree = ").bind(tree.as_str());
    query.push(" AND l.until_day >= ").bind(day.0).push(" AND l.from_day <= ").bind(day.0);
    query.push(" AND up.depth < ").bind(DEEPEST).push(") SELECT id AS found FROM up ORDER BY depth");
    let found: Vec<Found> = query.query().load(conn)?;
    Ok(found.into_iter().map(|row| MemberId(row.found)).collect())
}

/// A page of those directly below a member on a day, in the order of their enrolment.
pub fn frontline(
    conn: &mut Conn,
    tree: TreeKind,
    parent: MemberId,
    day: Day,
    offset: i64,
    limit: i64,
) -> StoreResult<Vec<MemberId>> {
    Ok(tree_links::table
        .filter(tree_links::tree.eq(tree))
        .filter(tree_links::parent_id.eq(parent))
        .filter(tree_links::from_day.le(day))
        .filter(tree_links::until_day.ge(day))
        .order((tree_links::side, tree_links::member_id))
        .offset(offset)
        .limit(limit)
        .select(tree_links::member_id)
        .load(conn)?)
}

/// How many stand directly below each of these members on a day; who has nobody is left out.
pub fn count_frontlines(
    conn: &mut Conn,
    tree: TreeKind,
    parents: &[MemberId],
    day: Day,
) -> StoreResult<HashMap<MemberId, i64>> {
    let mut found = HashMap::with_capacity(parents.len());
    for chunk in parents.chunks(900) {
        found.extend(
            tree_links::table
                .filter(tree_links::tree.eq(tree))
                .filter(tree_links::parent_id.eq_any(chunk))
                .filter(tree_links::from_day.le(day))
                .filter(tree_links::until_day.ge(day))
                .group_by(tree_links::parent_id)
                .select((tree_links::parent_id, sql::<BigInt>("COUNT(*)")))
                .load::<(MemberId, i64)>(conn)?,
        );
    }
    Ok(found)
}

/// Members with nobody above in the tree now, the first enrolled first, and how many there are.
pub fn roots(conn: &mut Conn, tree: TreeKind, offset: i64, limit: i64) -> StoreResult<(Vec<Member>, i64)> {
    let everybody = tallies::get(conn, Tally::Members)?;
    let total = (everybody - tallies::get(conn, Tally::Links(tree))?).max(0);
    // Knowing how many there are, the search ends with the last of them and not with the last member.
    let limit = limit.min(total - offset).max(0);
    let mut query = Sql::new("SELECT m.id AS found FROM members m");
    query.and("NOT EXISTS (SELECT 1 FROM tree_links l WHERE l.member_id = m.id AND l.tree = ").bind(tree.as_str());
    query.push(" AND l.until_day = ").bind(Day::FOREVER.0).push(") ORDER BY m.id LIMIT ").bind(limit);
    query.push(" OFFSET ").bind(offset);
    let found: Vec<Found> = query.query().load(conn)?;
    let ids: Vec<MemberId> = found.into_iter().map(|row| MemberId(row.found)).collect();
    let mut rows = super::members::list_by_ids(conn, &ids)?;
    rows.sort_unstable_by_key(|member| member.id);
    Ok((rows, total))
}

/// Whether anybody is linked in the tree now.
pub fn is_used(conn: &mut Conn, tree: TreeKind) -> StoreResult<bool> {
    Ok(tallies::get(conn, Tally::Links(tree))? > 0)
}
