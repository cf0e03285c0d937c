//! Members: rows, look-ups by number, and the list with its filters.

use std::collections::HashMap;

use diesel::prelude::*;

use super::schema::members;
use super::tallies::{self, Tally};
use super::{Conn, StoreError, StoreResult, insert_all};
use crate::domain::calendar::{Day, Moment};
use crate::domain::ids::MemberId;
use crate::domain::member::{MemberKind, MemberStatus};
use crate::text;

/// A member as stored.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = members, treat_none_as_default_value = false)]
pub struct Member {
    /// Row id.
    pub id: MemberId,
    /// The number people read, such as `M-10482`.
    pub number: String,
    /// Distributor or customer.
    pub kind: MemberKind,
    /// State of the account.
    pub status: MemberStatus,
    /// The name as the person writes it.
    pub name: String,
    /// A Latin form of the name; empty where the name is Latin already.
    pub latin_name: String,
    /// What searches look at: name, Latin name, number and address for mail, folded. See [`search_text`].
    pub search: String,
    /// Address for mail; empty where there is none.
    pub email: String,
    /// Telephone; may be empty.
    pub phone: String,
    /// ISO 3166 code of the country; may be empty.
    pub country: String,
    /// BCP 47 tag of the language for statements and mails; may be empty.
    pub language: String,
    /// Street and house number; may be empty.
    pub street: String,
    /// Postal code; may be empty.
    pub postal_code: String,
    /// Town; may be empty.
    pub city: String,
    /// Day of enrolment.
    pub joined_on: Day,
    /// Code of the rank paid as in the last committed run; may be empty.
    pub rank: String,
    /// Code of the best rank ever; may be empty.
    pub highest_rank: String,
    /// The member who owns this position, where one person holds several; id 0 for itself.
    pub person_id: MemberId,
    /// Counts the changes, so that two editors do not overwrite each other.
    pub version: i32,
    /// When the row was made.
    pub created_at: Moment,
    /// When it was last changed.
    pub updated_at: Moment,
}

/// What searches look at.
pub fn search_text(name: &str, latin_name: &str, number: &str, email: &str) -> String {
    text::folded(&format!("{name} {latin_name} {number} {email}"))
}

/// Inserts members in batches.
pub fn insert(tx: &mut Conn, rows: &[Member]) -> StoreResult<()> {
    insert_all!(tx, members::table, rows)?;
    tallies::add(tx, Tally::Members, tallies::length(rows.len()))
}

/// The member with this id, or a fault that names it.
pub fn get(conn: &mut Conn, id: MemberId) -> StoreResult<Member> {
    members::table
        .find(id)
        .select(Member::as_select())
        .first(conn)
        .optional()?
        .ok_or_else(|| StoreError::not_found("member", id))
}

/// The member with this number, if there is one.
pub fn find_by_number(conn: &mut Conn, number: &str) -> StoreResult<Option<Member>> {
    Ok(members::table.filter(members::number.eq(number)).select(Member::as_select()).first(conn).optional()?)
}

/// The members with these ids, in no particular order.
pub fn list_by_ids(conn: &mut Conn, ids: &[MemberId]) -> StoreResult<Vec<Member>> {
    let mut found = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(900) {
        found.extend(members::table.filter(members::id.eq_any(chunk)).select(Member::as_select()).load(conn)?);
    }
    Ok(found)
}

/// Id, kind and status of each of these numbers that exists.
pub fn find_by_numbers(
    conn: &mut Conn,
    numbers: &[&str],
) -> StoreResult<HashMap<String, (MemberId, MemberKind, MemberStatus)>> {
    let mut found = HashMap::with_capacity(numbers.len());
    for chunk in numbers.chunks(900) {
        let rows: Vec<(String, MemberId, MemberKind, MemberStatus)> = members::table
            .filter(members::number.eq_any(chunk))
            .select((members::number, members::id, members::kind, members::status))
            .load(conn)?;
        found.extend(rows.into_iter().map(|(number, id, kind, status)| (number, (id, kind, status))));
    }
    Ok(found)
}

/// Where members stand, by number: what a sponsor is judged by.
pub type Standing = (String, MemberId, MemberKind, MemberStatus, Day);

/// Number, id, kind, status and day of joining of each of these numbers that exists.
pub fn list_standing(conn: &mut Conn, numbers: &[&str]) -> StoreResult<Vec<Standing>> {
    Ok(members::table
        .filter(members::number.eq_any(numbers))
        .select((members::number, members::id, members::kind, members::status, members::joined_on))
        .load(conn)?)
}

/// Active distributors by day of joining and number: `(number, id, joined)`.
pub fn list_active_distributors(conn: &mut Conn) -> StoreResult<Vec<(String, MemberId, Day)>> {
    Ok(members::table
        .filter(members::kind.eq(MemberKind::Distributor))
        .filter(members::status.eq(MemberStatus::Active))
        .select((members::number, members::id, members::joined_on))
        .load(conn)?)
}

/// What a run reads of a member.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = members)]
pub struct RunMember {
    /// Row id.
    pub id: MemberId,
    /// The number people read.
    pub number: String,
    /// Distributor or customer.
    pub kind: MemberKind,
    /// State of the account.
    pub status: MemberStatus,
    /// Day of enrolment.
    pub joined_on: Day,
    /// Code of the best rank ever; may be empty.
    pub highest_rank: String,
    /// ISO 3166 code of the country; may be empty.
    pub country: String,
    /// The member who owns this position; id 0 for itself.
    pub person_id: MemberId,
}

/// Every member, in no particular order: the input of a run.
pub fn list_all(conn: &mut Conn) -> StoreResult<Vec<RunMember>> {
    Ok(members::table.select(RunMember::as_select()).load(conn)?)
}

/// Numbers and names of the other positions of a person, by number.
pub fn list_positions(conn: &mut Conn, person: MemberId) -> StoreResult<Vec<(String, String)>> {
    Ok(members::table
        .filter(members::person_id.eq(person))
        .order(members::number)
        .select((members::number, members::name))
        .load(conn)?)
}

/// Makes a member a position of a person, if neither is anybody's position; says whether it is one now.
pub fn join_person(tx: &mut Conn, position: MemberId, person: MemberId, at: Moment) -> StoreResult<bool> {
    let nobody = MemberId(0);
    let owner: Option<MemberId> = members::table.find(person).select(members::person_id).first(tx).optional()?;
    let present: Option<MemberId> = members::table.find(position).select(members::person_id).first(tx).optional()?;
    if present == Some(person) {
        return Ok(true);
    }
    if owner != Some(nobody) || present != Some(nobody) || !list_positions(tx, position)?.is_empty() {
        return Ok(false);
    }
    let changed = (members::person_id.eq(person), members::updated_at.eq(at));
    diesel::update(members::table.find(position)).set(changed).execute(tx)?;
    Ok(true)
}

/// How many members there are.
pub fn count(conn: &mut Conn) -> StoreResult<i64> {
    tallies::get(conn, Tally::Members)
}

/// Replaces what an editor may change, if nobody else did meanwhile. `member.version` is the version
/// that the editor saw; the stored row gets the next one.
pub fn update(tx: &mut Conn, member: &Member) -> StoreResult<()> {
    let changed =
        diesel::update(members::table.filter(members::id.eq(member.id)).filter(members::version.eq(member.version)))
            .set((
                members::kind.eq(member.kind),
                members::status.eq(member.status),
                members::name.eq(&member.name),
                members::latin_name.eq(&member.latin_name),
                members::search.eq(&member.search),
                members::email.eq(&member.email),
                members::phone.eq(&member.phone),
                members::country.eq(&member.country),
                members::language.eq(&member.language),
                members::street.eq(&member.street),
                members::postal_code.eq(&member.postal_code),
                members::city.eq(&member.city),
                members::person_id.eq(member.person_id),
                members::version.eq(member.version + 1),
                members::updated_at.eq(member.updated_at),
            ))
            .execute(tx)?;
    if changed == 1 { Ok(()) } else { Err(StoreError::Conflict(format!("member {}", member.number))) }
}

/// Writes the ranks that a committed run found.
pub fn update_ranks(tx: &mut Conn, ranks: &[(MemberId, String, String)], at: Moment) -> StoreResult<()> {
    for (id, paid, highest) in ranks {
        diesel::update(members::table.find(id))
            .set((members::rank.eq(paid), members::highest_rank.eq(highest), members::updated_at.eq(at)))
            .execute(tx)?;
    }
    Ok(())
}
