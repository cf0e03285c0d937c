//! The list of members as the console shows it: filters, order, pages. Reads only.
//!
//! The ids of a page come first, from an index that holds every filtered column; the rows follow by id.
//! Where a filter leaves few members they are sorted, where it leaves many the order's index is walked:
//! with a hundred thousand members the wrong one of the two costs a hundred times more. Words are looked up first.

use std::collections::HashMap;

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::member_words::Words;
use super::members::{self, Member};
use super::runs::{Run, RunMember};
use super::schema::{orders, run_members, runs, tree_links};
use super::sql::{COUNTED, Found, Sql, Total};
use super::{Conn, StoreResult};
use crate::domain::calendar::Day;
use crate::domain::ids::{MemberId, RunId};
use crate::domain::member::{MemberKind, MemberStatus};
use crate::domain::money::Volume;
use crate::domain::order::PaymentState;
use crate::domain::run::RunStatus;
use crate::domain::tree::TreeKind;
use crate::text;

/// Members that are sorted by name one by one; among more, a page of the list is found by walking the names.
const SORTED: usize = 2_000;

/// Which members to list; what is `None` or empty is not asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MemberFilter {
    /// Words that name, number or address contain.
    pub words: String,
    /// Only this kind.
    pub kind: Option<MemberKind>,
    /// Only this state.
    pub status: Option<MemberStatus>,
    /// Only this rank (its code).
    pub rank: Option<String>,
    /// Only this country (its code).
    pub country: Option<String>,
    /// Only members since this day or later.
    pub joined_from: Option<Day>,
    /// Only members since this day or earlier.
    pub joined_until: Option<Day>,
}

impl MemberFilter {
    /// Whether nothing is asked for.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Asks for words alone.
    fn of_words(words: &str) -> Self {
        Self { words: words.to_owned(), ..Self::default() }
    }
}

/// The order of the list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum MemberOrder {
    /// By name, without regard to accents and case.
    #[default]
    Name,
    /// By number.
    Number,
    /// Newest members first.
    Joined,
    /// The highest earnings of this run first; lists only those with earning lines in it.
    Earned(RunId),
}

/// A line of the list.
#[derive(Debug, Clone)]
pub struct MemberRow {
    /// The member.
    pub member: Member,
    /// The sponsor now.
    pub sponsor: Option<Member>,
    /// What the run found about the member.
    pub result: Option<RunMember>,
    /// Volume of own orders that count from the given day on.
    pub own_qv: Volume,
}

/// One page of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdPage {
    /// The members, in the list's order.
    pub ids: Vec<MemberId>,
    /// How many the whole list has.
    pub total: Total,
    /// The page, from 1; never beyond the last.
    pub page: i64,
}

/// The ids of a page of `rows` members.
pub fn page(conn: &mut Conn, filter: &MemberFilter, order: MemberOrder, page: i64, rows: i64) -> StoreResult<IdPage> {
    let (total, few) = if filter.is_empty() { (count_all(conn, order)?, None) } else { matching(conn, filter, order)? };
    let page = page.clamp(1, ((total.count + rows - 1) / rows).max(1));
    let offset = (page - 1) * rows;
    let ids = match few {
        Some(ids) => {
            let skipped = ids.into_iter().skip(usize::try_from(offset).unwrap_or(usize::MAX));
            skipped.take(usize::try_from(rows).unwrap_or_default()).collect()
        }
        None => walk(conn, filter, order, offset, rows)?,
    };
    Ok(IdPage { ids, total, page })
}

/// How many the list has without filters.
fn count_all(conn: &mut Conn, order: MemberOrder) -> StoreResult<Total> {
    Ok(Total::exact(match order {
        MemberOrder::Earned(run) => runs::table.find(run).select(runs::payee_count).first(conn)?,
        MemberOrder::Name | MemberOrder::Number | MemberOrder::Joined => members::count(conn)?,
    }))
}

/// How many members meet the filter and, where they are few enough, all of them in order.
fn matching(conn: &mut Conn, filter: &MemberFilter, order: MemberOrder) -> StoreResult<(Total, Option<Vec<MemberId>>)> {
    let words = Words::of(&filter.words);
    let only_words = words.short.is_empty() && *filter == MemberFilter::of_words(&filter.words);
    let ids = match words.holders(conn, COUNTED + 1)? {
        Some(holders) if holders.len() <= SORTED => by_name_among_holders(conn, &words, filter)?,
        Some(holders) if only_words && order == MemberOrder::Name => return Ok((counted(&holders), None)),
        Some(holders) if only_words => holders,
        // One look over the index by name finds how many and who.
        _ => walk(conn, filter, MemberOrder::Name, 0, COUNTED + 1)?,
    };
    let total = counted(&ids);
    match order {
        MemberOrder::Name if !total.is_more => Ok((total, Some(ids))),
        MemberOrder::Earned(_) if total.is_more => Ok((count_earners(conn, filter, order)?, None)),
        _ if total.is_more => Ok((total, None)),
        _ => {
            let sorted = sorted(conn, &ids, order)?;
            Ok((Total::exact(i64::try_from(sorted.len()).unwrap_or(i64::MAX)), Some(sorted)))
        }
    }
}

fn counted(ids: &[MemberId]) -> Total {
    Total::capped(i64::try_from(ids.len()).unwrap_or(i64::MAX))
}

/// Everybody who holds the words and meets the rest of the filter, by name.
fn by_name_among_holders(conn: &mut Conn, words: &Words, filter: &MemberFilter) -> StoreResult<Vec<MemberId>> {
    let mut query = words.through_holders();
    conditions(&mut query, filter, &words.short);
    query.push(" ORDER BY m.search, m.id");
    let found: Vec<Found> = query.query().load(conn)?;
    Ok(found.into_iter().map(|row| MemberId(row.found)).collect())
}

/// A stretch of the list by walking the order's index.
fn walk(
    conn: &mut Conn,
    filter: &MemberFilter,
    order: MemberOrder,
    offset: i64,
    limit: i64,
) -> StoreResult<Vec<MemberId>> {
    let mut query = Sql::new("SELECT m.id AS found FROM members m");
    earners(&mut query, order);
    conditions(&mut query, filter, &Words::of(&filter.words).all);
    query.push(match order {
        MemberOrder::Name => " ORDER BY m.search, m.id",
        MemberOrder::Number => " ORDER BY m.number",
        MemberOrder::Joined => " ORDER BY m.joined_on DESC, m.id DESC",
        MemberOrder::Earned(_) => " ORDER BY r.earned_minor DESC, r.member_id DESC",
    });
    query.push(" LIMIT ").bind(limit).push(" OFFSET ").bind(offset);
    let found: Vec<Found> = query.query().load(conn)?;
    Ok(found.into_iter().map(|row| MemberId(row.found)).collect())
}

/// Keeps to those with lines in the run, where the order asks for it.
fn earners(query: &mut Sql, order: MemberOrder) {
    if let MemberOrder::Earned(run) = order {
        query.push(" JOIN run_members r ON r.member_id = m.id").and("r.line_count > 0").and("r.run_id = ").bind(run.0);
    }
}

fn count_earners(conn: &mut Conn, filter: &MemberFilter, order: MemberOrder) -> StoreResult<Total> {
    let mut query = Sql::new("SELECT COUNT(*) AS found FROM (SELECT 1 FROM members m");
    earners(&mut query, order);
    conditions(&mut query, filter, &Words::of(&filter.words).all);
    query.push(" LIMIT ").bind(COUNTED + 1).push(") AS counted");
    let found: Found = query.query().get_result(conn)?;
    Ok(Total::capped(found.found))
}

/// These members in the order of the list.
fn sorted(conn: &mut Conn, ids: &[MemberId], order: MemberOrder) -> StoreResult<Vec<MemberId>> {
    use super::schema::members as table;
    let mut by_text: Vec<(String, MemberId)> = Vec::new();
    let mut by_number: Vec<(i64, MemberId)> = Vec::new();
    for chunk in ids.chunks(900) {
        match order {
            MemberOrder::Name => return Ok(ids.to_vec()),
            MemberOrder::Number => by_text.extend(
                table::table
                    .filter(table::id.eq_any(chunk))
                    .select((table::number, table::id))
                    .load::<(String, MemberId)>(conn)?,
            ),
            MemberOrder::Joined => by_number.extend(
                table::table
                    .filter(table::id.eq_any(chunk))
                    .select((table::joined_on, table::id))
                    .load::<(Day, MemberId)>(conn)?
                    .into_iter()
                    .map(|(day, id)| (i64::from(day.0), id)),
            ),
            MemberOrder::Earned(run) => by_number.extend(
                run_members::table
                    .filter(run_members::run_id.eq(run))
                    .filter(run_members::member_id.eq_any(chunk))
                    .filter(run_members::line_count.gt(0))
                    .select((run_members::earned_minor, run_members::member_id))
                    .load::<(i64, MemberId)>(conn)?,
            ),
        }
    }
    by_text.sort_unstable();
    by_number.sort_unstable_by(|a, b| b.cmp(a));
    Ok(by_text.into_iter().map(|(_, id)| id).chain(by_number.into_iter().map(|(_, id)| id)).collect())
}

/// What the filter asks for; of its words these.
fn conditions(query: &mut Sql, filter: &MemberFilter, words: &[String]) {
    for word in words {
        query.and("m.search LIKE ").bind(text::like_anywhere(word)).push(" ESCAPE '\\'");
    }
    if let Some(kind) = filter.kind {
        query.and("m.kind = ").bind(kind.as_str());
    }
    if let Some(status) = filter.status {
        query.and("m.status = ").bind(status.as_str());
        if status != MemberStatus::Active {
            // In the words of the partial index, so that both planners use it.
            query.and("m.status <> 'active'");
        }
    }
    if let Some(rank) = &filter.rank {
        query.and("m.rank = ").bind(rank.as_str());
    }
    if let Some(country) = &filter.country {
        query.and("m.country = ").bind(country.as_str());
    }
    if let Some(day) = filter.joined_from {
        query.and("m.joined_on + 0 >= ").bind(day.0);
    }
    if let Some(day) = filter.joined_until {
        query.and("m.joined_on + 0 <= ").bind(day.0);
    }
}

/// The rows of these members in the order of the ids, with what `run` found and the volume of own
/// orders that count from `since` on.
pub fn rows(conn: &mut Conn, ids: &[MemberId], run: Option<RunId>, since: Day) -> StoreResult<Vec<MemberRow>> {
    let found: HashMap<MemberId, Member> = by_id(members::list_by_ids(conn, ids)?);
    let links: HashMap<MemberId, MemberId> = tree_links::table
        .filter(tree_links::tree.eq(TreeKind::Sponsor))
        .filter(tree_links::member_id.eq_any(ids))
        .filter(tree_links::until_day.eq(Day::FOREVER))
        .select((tree_links::member_id, tree_links::parent_id))
        .load::<(MemberId, MemberId)>(conn)?
        .into_iter()
        .collect();
    let mut above: Vec<MemberId> = links.values().copied().collect();
    above.sort_unstable();
    above.dedup();
    let sponsors = by_id(members::list_by_ids(conn, &above)?);
    let mut results = results(conn, ids, run)?;
    let own = own_volumes(conn, ids, since)?;
    Ok(ids
        .iter()
        .filter_map(|id| {
            let member = found.get(id)?.clone();
            let sponsor = links.get(id).and_then(|parent| sponsors.get(parent)).cloned();
            let own_qv = own.get(id).copied().unwrap_or(Volume::ZERO);
            Some(MemberRow { member, sponsor, result: results.remove(id), own_qv })
        })
        .collect())
}

fn by_id(rows: Vec<Member>) -> HashMap<MemberId, Member> {
    rows.into_iter().map(|member| (member.id, member)).collect()
}

/// What a run found about these members.
pub fn results(conn: &mut Conn, ids: &[MemberId], run: Option<RunId>) -> StoreResult<HashMap<MemberId, RunMember>> {
    let Some(run) = run else { return Ok(HashMap::new()) };
    Ok(run_members::table
        .filter(run_members::run_id.eq(run))
        .filter(run_members::member_id.eq_any(ids))
        .select(RunMember::as_select())
        .load::<RunMember>(conn)?
        .into_iter()
        .map(|row| (row.member_id, row))
        .collect())
}

/// The qualifying volume of the own orders of these members that count from a day on.
pub fn own_volumes(conn: &mut Conn, ids: &[MemberId], since: Day) -> StoreResult<HashMap<MemberId, Volume>> {
    Ok(orders::table
        .filter(orders::member_id.eq_any(ids))
        .filter(orders::commission_on.ge(since))
        .filter(orders::payment.eq_any([PaymentState::Paid, PaymentState::Refunded]))
        .group_by(orders::member_id)
        .select((orders::member_id, sql::<BigInt>("CAST(SUM(qv) AS BIGINT)")))
        .load::<(MemberId, i64)>(conn)?
        .into_iter()
        .map(|(member, qv)| (member, Volume(qv)))
        .collect())
}

/// The committed run of the latest period, with the label of that period.
pub fn last_run(conn: &mut Conn) -> StoreResult<Option<(Run, String)>> {
    use super::schema::periods;
    Ok(runs::table
        .inner_join(periods::table.on(periods::id.eq(runs::period_id)))
        .filter(runs::status.eq(RunStatus::Committed))
        .order((periods::last_day.desc(), runs::id.desc()))
        .select((Run::as_select(), periods::label))
        .first(conn)
        .optional()?)
}

/// What every committed run found about a member, newest period first: `(run, period, result)`.
pub fn history(conn: &mut Conn, member: MemberId) -> StoreResult<Vec<(Run, String, RunMember)>> {
    use super::schema::periods;
    Ok(run_members::table
        .inner_join(runs::table.on(runs::id.eq(run_members::run_id)))
        .inner_join(periods::table.on(periods::id.eq(runs::period_id)))
        .filter(run_members::member_id.eq(member))
        .filter(runs::status.eq(RunStatus::Committed))
        .order((periods::last_day.desc(), runs::id.desc()))
        .select((Run::as_select(), periods::label, RunMember::as_select()))
        .load(conn)?)
}
