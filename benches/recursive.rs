//! The engine beside SQL: `cargo bench --bench recursive -- [MEMBERS]`.
//!
//! Seven levels with dynamic compression over the same SQLite file, twice: once loaded, calculated by the
//! engine and stored with every line; once by a recursive query of the database itself. Both must pay the
//! same lines and the same sum.

#![expect(missing_docs, reason = "the tables of a benchmark speak for themselves")]

mod field;

use std::error::Error;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable};
use mainstay::domain::ids::{MemberId, OrderId};
use mainstay::domain::member::MemberStatus;
use mainstay::domain::money::Volume;
use mainstay::plan::{CheckedPlan, Snapshot, run_on};

use field::{SEVEN, field};

diesel::table! {
    members (id) { id -> BigInt, sponsor -> Nullable<BigInt>, able -> BigInt }
}
diesel::table! {
    orders (id) { id -> BigInt, buyer -> BigInt, cv -> BigInt }
}
diesel::table! {
    lines (id) {
        id -> BigInt,
        member -> BigInt,
        purchase -> BigInt,
        level -> BigInt,
        base -> BigInt,
        amount -> BigInt,
        trace -> Text,
    }
}

const TABLES: &str = "
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
PRAGMA cache_size = -200000;
CREATE TABLE members (id INTEGER PRIMARY KEY, sponsor INTEGER, able INTEGER NOT NULL);
CREATE TABLE orders (id INTEGER PRIMARY KEY, buyer INTEGER NOT NULL, cv INTEGER NOT NULL);
CREATE TABLE lines (id INTEGER PRIMARY KEY, member INTEGER NOT NULL, purchase INTEGER NOT NULL,
    level INTEGER NOT NULL, base INTEGER NOT NULL, amount INTEGER NOT NULL, trace TEXT NOT NULL);
CREATE TABLE found (id INTEGER PRIMARY KEY, member INTEGER NOT NULL, purchase INTEGER NOT NULL,
    level INTEGER NOT NULL, base INTEGER NOT NULL, amount INTEGER NOT NULL);
";

/// How many levels each member is paid, then every order step by step up the tree: whoever is paid on the
/// level that is looked for takes it, and the search goes on above for the next one. Levels for which
/// nobody is found up to the root are begun again above the last one paid, as the plan language says.
const RECURSIVE: &str = "
CREATE TEMP TABLE paid AS
    SELECT m.id, m.sponsor,
        CASE WHEN m.able = 0 THEN 0 WHEN v.cv >= 1800000 THEN 7 WHEN v.cv >= 1200000 THEN 3
            WHEN v.cv >= 600000 THEN 1 ELSE 0 END AS levels
    FROM members m LEFT JOIN (SELECT buyer, SUM(cv) AS cv FROM orders GROUP BY buyer) v ON v.buyer = m.id;
CREATE UNIQUE INDEX temp.paid_id ON paid (id);
INSERT INTO found (member, purchase, level, base, amount)
    WITH RECURSIVE walk (purchase, cv, at, sponsor, levels, wanted, hit) AS (
        SELECT o.id, o.cv, p.id, p.sponsor, 0, 1, 0 FROM orders o JOIN paid p ON p.id = o.buyer
        UNION ALL
        SELECT w.purchase, w.cv, p.id, p.sponsor, p.levels,
            w.wanted + (p.levels >= w.wanted), CASE WHEN p.levels >= w.wanted THEN w.wanted ELSE 0 END
        FROM walk w JOIN paid p ON p.id = w.sponsor WHERE w.wanted <= 7
    )
    SELECT at, purchase, hit, cv, (cv * CASE hit WHEN 1 THEN 5 WHEN 2 THEN 4 WHEN 3 THEN 4 WHEN 4 THEN 3
        WHEN 5 THEN 3 ELSE 2 END + 5000) / 10000
    FROM walk WHERE hit > 0;
";

#[derive(QueryableByName)]
struct Sum {
    #[diesel(sql_type = BigInt)]
    count: i64,
    #[diesel(sql_type = Nullable<BigInt>)]
    cents: Option<i64>,
}

fn sum(conn: &mut SqliteConnection, table: &str) -> QueryResult<(i64, i64)> {
    let query = diesel::sql_query(format!("SELECT COUNT(*) AS count, SUM(amount) AS cents FROM {table}"));
    let sum: Sum = query.get_result(conn)?;
    Ok((sum.count, sum.cents.unwrap_or(0)))
}

fn fill(conn: &mut SqliteConnection, snapshot: &Snapshot) -> QueryResult<()> {
    conn.transaction(|conn| {
        for chunk in snapshot.members.chunks(1_000) {
            let rows: Vec<_> = chunk
                .iter()
                .map(|member| {
                    let able = i64::from(member.status == MemberStatus::Active);
                    (
                        members::id.eq(member.id.0),
                        members::sponsor.eq(member.sponsor.map(|id| id.0)),
                        members::able.eq(able),
                    )
                })
                .collect();
            diesel::insert_into(members::table).values(rows).execute(conn)?;
        }
        for chunk in snapshot.orders.chunks(1_000) {
            let rows: Vec<_> = chunk
                .iter()
                .map(|order| {
                    (orders::id.eq(order.id.0), orders::buyer.eq(order.buyer.0), orders::cv.eq(order.amounts.cv.0))
                })
                .collect();
            diesel::insert_into(orders::table).values(rows).execute(conn)?;
        }
        Ok(())
    })
}

/// Loads members and orders, calculates, and stores every line with its trace.
fn by_engine(conn: &mut SqliteConnection, form: &Snapshot, plan: &CheckedPlan) -> Result<(), Box<dyn Error>> {
    let mut snapshot = Snapshot { members: Vec::new(), orders: Vec::new(), ..form.clone() };
    let people: Vec<(i64, Option<i64>, i64)> = members::table.order(members::id).load(conn)?;
    for (form, (id, sponsor, able)) in form.members.iter().zip(people) {
        let status = if able == 1 { MemberStatus::Active } else { MemberStatus::Inactive };
        let sponsor = sponsor.map(MemberId);
        snapshot.members.push(mainstay::plan::SnapshotMember { id: MemberId(id), sponsor, status, ..form.clone() });
    }
    let sales: Vec<(i64, i64, i64)> = orders::table.order(orders::id).load(conn)?;
    for (form, (id, buyer, cv)) in form.orders.iter().zip(sales) {
        let amounts = mainstay::plan::Amounts { cv: Volume(cv), qv: Volume(cv), ..form.amounts };
        let (id, buyer) = (OrderId(id), MemberId(buyer));
        snapshot.orders.push(mainstay::plan::SnapshotOrder { id, buyer, amounts, ..form.clone() });
    }
    let result = run_on(plan, &snapshot, 2, &mut |_| {})?;
    let tracer = result.tracer(&snapshot);
    conn.transaction(|conn| {
        let mut batch = Vec::with_capacity(1_000);
        for row in result.rows(&snapshot) {
            let mut trace = String::new();
            tracer.write(row.index, &mut trace);
            batch.push((
                lines::member.eq(row.member.0),
                lines::purchase.eq(row.order.map_or(0, |order| order.0)),
                lines::level.eq(i64::from(row.level)),
                lines::base.eq(row.base),
                lines::amount.eq(row.amount_minor),
                lines::trace.eq(trace),
            ));
            if batch.len() == 1_000 {
                diesel::insert_into(lines::table).values(&batch).execute(conn)?;
                batch.clear();
            }
        }
        diesel::insert_into(lines::table).values(&batch).execute(conn)?;
        Ok::<(), diesel::result::Error>(())
    })?;
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    let given = std::env::args().skip(1).find(|argument| !argument.starts_with("--"));
    let count: i64 = given.and_then(|count| count.parse().ok()).unwrap_or(100_000);
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("recursive.db");
    let mut conn = SqliteConnection::establish(&file.display().to_string())?;
    conn.batch_execute(TABLES)?;
    let snapshot = field(count, "natural");
    fill(&mut conn, &snapshot)?;
    let plan = CheckedPlan::read(SEVEN, "seven.toml")?;
    let time = |work: &mut dyn FnMut() -> Result<(), Box<dyn Error>>| -> Result<Duration, Box<dyn Error>> {
        let start = Instant::now();
        work()?;
        Ok(start.elapsed())
    };
    let engine = time(&mut || by_engine(&mut conn, &snapshot, &plan))?;
    let stored = sum(&mut conn, "lines")?;
    println!(
        "{count} members: engine, loaded and stored with traces: {engine:?}, {} lines, {} cents",
        stored.0, stored.1
    );
    let query = time(&mut || Ok(conn.batch_execute(RECURSIVE)?))?;
    let found = sum(&mut conn, "found")?;
    println!("{count} members: recursive query, without traces: {query:?}, {} lines, {} cents", found.0, found.1);
    println!("the engine is {:.1} times as fast", query.as_secs_f64() / engine.as_secs_f64());
    Ok(())
}
