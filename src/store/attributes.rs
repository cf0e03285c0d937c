//! What members have besides, with the days from which each value holds; and ranks set for a period.

use std::collections::BTreeMap;

use diesel::prelude::*;

use super::schema::{forced_ranks, member_attributes};
use super::{Conn, StoreResult, each, insert_all};
use crate::domain::calendar::{Day, Moment};
use crate::domain::ids::{MemberId, StaffId};

/// A value from a day on.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = member_attributes, treat_none_as_default_value = false)]
pub struct MemberAttribute {
    /// Whose.
    pub member_id: MemberId,
    /// Its name, as plans call it.
    pub name: String,
    /// First day.
    pub from_day: Day,
    /// The value; empty from the day on which the member has none any more.
    pub value: String,
}

/// A rank that somebody has set for a period.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = forced_ranks, treat_none_as_default_value = false)]
pub struct ForcedRank {
    /// Whose.
    pub member_id: MemberId,
    /// Label of the period, such as `2026-10`.
    pub period_label: String,
    /// Code of the rank.
    pub rank: String,
    /// Why.
    pub reason: String,
    /// When it was set.
    pub set_at: Moment,
    /// By whom.
    pub set_by: StaffId,
}

/// Inserts values in batches; none of them may be there.
pub fn insert(tx: &mut Conn, rows: &[MemberAttribute]) -> StoreResult<()> {
    Ok(insert_all!(tx, member_attributes::table, rows)?)
}

/// Says a value from a day on; one that was said for the same day is replaced.
pub fn set(tx: &mut Conn, row: &MemberAttribute) -> StoreResult<()> {
    each!(tx, inner => diesel::insert_into(member_attributes::table)
        .values(row)
        .on_conflict((member_attributes::member_id, member_attributes::name, member_attributes::from_day))
        .do_update()
        .set(member_attributes::value.eq(&row.value))
        .execute(inner))?;
    Ok(())
}

/// Everything that was ever said about these members, oldest first.
pub fn list_of(conn: &mut Conn, members: &[MemberId]) -> StoreResult<Vec<MemberAttribute>> {
    let mut found = Vec::new();
    for chunk in members.chunks(900) {
        found.extend(
            member_attributes::table
                .filter(member_attributes::member_id.eq_any(chunk))
                .order((member_attributes::name, member_attributes::from_day))
                .select(MemberAttribute::as_select())
                .load::<MemberAttribute>(conn)?,
        );
    }
    Ok(found)
}

/// What each member has on a day: name and value, by member.
pub fn list_on(conn: &mut Conn, day: Day) -> StoreResult<BTreeMap<MemberId, Vec<(String, String)>>> {
    let rows: Vec<(MemberId, String, String)> = member_attributes::table
        .filter(member_attributes::from_day.le(day))
        .order((member_attributes::member_id, member_attributes::name, member_attributes::from_day))
        .select((member_attributes::member_id, member_attributes::name, member_attributes::value))
        .load(conn)?;
    let mut found: BTreeMap<MemberId, Vec<(String, String)>> = BTreeMap::new();
    for (member, name, value) in rows {
        let own = found.entry(member).or_default();
        // A later day replaces an earlier one.
        match own.last_mut().filter(|(known, _)| *known == name) {
            Some(last) => last.1 = value,
            None => own.push((name, value)),
        }
    }
    for own in found.values_mut() {
        own.retain(|(_, value)| !value.is_empty());
    }
    Ok(found)
}

/// Sets a rank for a period, instead of one that was set before.
pub fn set_rank(tx: &mut Conn, row: &ForcedRank) -> StoreResult<()> {
    remove_rank(tx, row.member_id, &row.period_label)?;
    each!(tx, inner => diesel::insert_into(forced_ranks::table).values(row).execute(inner))?;
    Ok(())
}

/// Takes a rank back that was set for a period.
pub fn remove_rank(tx: &mut Conn, member: MemberId, period: &str) -> StoreResult<()> {
    diesel::delete(
        forced_ranks::table.filter(forced_ranks::member_id.eq(member)).filter(forced_ranks::period_label.eq(period)),
    )
    .execute(tx)?;
    Ok(())
}

/// The rank set for a member and a period, if there is one.
pub fn find_rank(conn: &mut Conn, member: MemberId, period: &str) -> StoreResult<Option<ForcedRank>> {
    Ok(forced_ranks::table
        .filter(forced_ranks::member_id.eq(member))
        .filter(forced_ranks::period_label.eq(period))
        .select(ForcedRank::as_select())
        .first(conn)
        .optional()?)
}

/// All ranks ever set for a member, by period.
pub fn list_ranks_of(conn: &mut Conn, member: MemberId) -> StoreResult<Vec<ForcedRank>> {
    Ok(forced_ranks::table
        .filter(forced_ranks::member_id.eq(member))
        .order(forced_ranks::period_label.desc())
        .select(ForcedRank::as_select())
        .load(conn)?)
}

/// All ranks set for a period.
pub fn list_ranks_for(conn: &mut Conn, period: &str) -> StoreResult<Vec<ForcedRank>> {
    Ok(forced_ranks::table.filter(forced_ranks::period_label.eq(period)).select(ForcedRank::as_select()).load(conn)?)
}
