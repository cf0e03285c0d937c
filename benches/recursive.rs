//! A whole run beside SQL: `cargo bench --bench recursive -- [MEMBERS]`.
//!
//! Seven levels with dynamic compression over the same SQLite file, three times: as Mainstay runs it, from the field's
//! tables to the calculated run with every line stored; by a recursive query of the database itself into a bare table; and
//! by the same query into a table like the one that Mainstay stores in, with the same indexes. All must pay the same.

mod field;

use std::error::Error;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable};
use mainstay::actions::compute_run::compute_run;
use mainstay::actions::freeze_run::freeze_run;
use mainstay::clock::Clock;
use mainstay::domain::calendar::{Day, Moment};
use mainstay::domain::ids::{PlanVersionId, StaffId};
use mainstay::domain::member::MemberStatus;
use mainstay::domain::staff::Actor;
use mainstay::plan::Snapshot;
use mainstay::store::plans::{self, PlanVersion};
use mainstay::store::{DatabaseUrl, Db, settings};

use field::{SEVEN, field};

/// The allocator of the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

type Outcome<T> = Result<T, Box<dyn Error>>;

diesel::table! {
    /// Members as the generator made them.
    made_members (id) {
        /// Row id.
        id -> BigInt,
        /// Row id of the sponsor.
        sponsor -> Nullable<BigInt>,
        /// 1 for an active account.
        able -> BigInt,
        /// Day of enrolment.
        joined -> Integer,
    }
}
diesel::table! {
    /// Orders as the generator made them.
    made_orders (id) {
        /// Row id.
        id -> BigInt,
        /// Row id of the buyer.
        buyer -> BigInt,
        /// Ten-thousandths of a point.
        cv -> BigInt,
        /// Commission day.
        day -> Integer,
    }
}

const MADE: &str = "
CREATE TABLE made_members (id INTEGER PRIMARY KEY, sponsor INTEGER, able INTEGER NOT NULL, joined INTEGER NOT NULL);
CREATE TABLE made_orders (id INTEGER PRIMARY KEY, buyer INTEGER NOT NULL, cv INTEGER NOT NULL, day INTEGER NOT NULL);
";

/// From the generator's tables into the ones of the field and of sales.
const SPREAD: &str = "
INSERT INTO members (id, number, kind, status, name, latin_name, search, email, phone, country, language, street,
    postal_code, city, joined_on, rank, highest_rank, person_id, version, created_at, updated_at)
    SELECT id, printf('M-%08d', id), 'distributor', CASE able WHEN 1 THEN 'active' ELSE 'inactive' END,
    'Member', '', '', '', '', '', '', '', '', '', joined, '', '', 0, 1, 0, 0 FROM made_members;
INSERT INTO tree_links SELECT id, 'sponsor', id, sponsor, 0, joined, (SELECT MAX(until_day) FROM forever), ''
    FROM made_members WHERE sponsor IS NOT NULL;
INSERT INTO orders (id, number, kind, order_type, member_id, through_id, payment, ordered_at, ordered_on, commission_on, currency,
    paid_minor, wholesale_minor, qv, cv, measures, line_count, created_at)
    SELECT id, printf('SF-%08d', id), 'sale', 'standard', buyer, 0, 'paid', 0, day, day, 'EUR', cv / 80, cv / 100,
    cv, cv, '', 1, 0 FROM made_orders;
ANALYZE;
";

/// How many levels each member is paid, then every order step by step up the tree: whoever is paid on the
/// level that is looked for takes it, and the search goes on above for the next one. Levels for which
/// nobody is found up to the root are begun again above the last one paid, as the plan language says.
const RECURSIVE: &str = "
PRAGMA cache_size = -200000;
BEGIN;
DROP TABLE IF EXISTS temp.paid;
CREATE TEMP TABLE paid AS
    SELECT m.id, l.parent_id AS sponsor,
        CASE WHEN m.status <> 'active' THEN 0 WHEN v.cv >= 1800000 THEN 7 WHEN v.cv >= 1200000 THEN 3
            WHEN v.cv >= 600000 THEN 1 ELSE 0 END AS levels
    FROM members m LEFT JOIN tree_links l ON l.member_id = m.id AND l.tree = 'sponsor'
        LEFT JOIN (SELECT member_id, SUM(cv) AS cv FROM orders GROUP BY member_id) v ON v.member_id = m.id;
CREATE UNIQUE INDEX temp.paid_id ON paid (id);
INTO
    WITH RECURSIVE walk (purchase, buyer, cv, at, sponsor, levels, wanted, hit) AS (
        SELECT o.id, o.member_id, o.cv, p.id, p.sponsor, 0, 1, 0
        FROM orders o JOIN paid p ON p.id = o.member_id
        UNION ALL
        SELECT w.purchase, w.buyer, w.cv, p.id, p.sponsor, p.levels,
            w.wanted + (p.levels >= w.wanted), CASE WHEN p.levels >= w.wanted THEN w.wanted ELSE 0 END
        FROM walk w JOIN paid p ON p.id = w.sponsor WHERE w.wanted <= 7
    )
    SELECT COLUMNS FROM walk WHERE hit > 0;
AFTER
COMMIT;
";

const AMOUNT: &str =
    "(cv * CASE hit WHEN 1 THEN 5 WHEN 2 THEN 4 WHEN 3 THEN 4 WHEN 4 THEN 3 WHEN 5 THEN 3 ELSE 2 END + 5000) / 10000";

const FOUND: &str = "
CREATE TABLE found (id INTEGER PRIMARY KEY, member INTEGER NOT NULL, purchase INTEGER NOT NULL,
    level INTEGER NOT NULL, base INTEGER NOT NULL, amount_minor INTEGER NOT NULL);
";

/// The same columns and indexes as the table of earning lines.
const ALIKE: &str = "
CREATE TABLE alike (id INTEGER PRIMARY KEY, run_id INTEGER NOT NULL, member_id INTEGER NOT NULL, rule INTEGER NOT NULL,
    order_id INTEGER NOT NULL, from_member_id INTEGER NOT NULL, base INTEGER NOT NULL,
    amount_minor INTEGER NOT NULL, original_line_id INTEGER NOT NULL DEFAULT 0, rate TEXT NOT NULL, passed TEXT NOT NULL);
CREATE INDEX alike_of_member ON alike (run_id, member_id);
CREATE INDEX alike_on_amounts ON alike (run_id, from_member_id) WHERE order_id = 0;
CREATE INDEX alike_taken_back ON alike (original_line_id) WHERE original_line_id <> 0;
CREATE TABLE alike_orders (order_id INTEGER NOT NULL, run_id INTEGER NOT NULL, lines BLOB NOT NULL,
    PRIMARY KEY (order_id, run_id)) WITHOUT ROWID;
";

#[derive(QueryableByName)]
struct Sum {
    #[diesel(sql_type = BigInt)]
    count: i64,
    #[diesel(sql_type = Nullable<BigInt>)]
    cents: Option<i64>,
}

fn sum(conn: &mut SqliteConnection, table: &str) -> QueryResult<(i64, i64)> {
    let query = diesel::sql_query(format!("SELECT COUNT(*) AS count, SUM(amount_minor) AS cents FROM {table}"));
    let sum: Sum = query.get_result(conn)?;
    Ok((sum.count, sum.cents.unwrap_or(0)))
}

/// Fills the field's tables with what the generator makes; row ids begin with 1.
fn fill(conn: &mut SqliteConnection, made: &Snapshot) -> QueryResult<()> {
    conn.batch_execute(MADE)?;
    conn.transaction(|conn| {
        for chunk in made.members.chunks(1_000) {
            let rows: Vec<_> = chunk
                .iter()
                .map(|member| {
                    (
                        made_members::id.eq(member.id.0 + 1),
                        made_members::sponsor.eq(member.sponsor.get().map(|id| id.0 + 1)),
                        made_members::able.eq(i64::from(member.status == MemberStatus::Active)),
                        made_members::joined.eq(member.joined.0),
                    )
                })
                .collect();
            diesel::insert_into(made_members::table).values(rows).execute(conn)?;
        }
        for chunk in made.orders.chunks(1_000) {
            let rows: Vec<_> = chunk
                .iter()
                .map(|order| {
                    (
                        made_orders::id.eq(order.id.0 + 1),
                        made_orders::buyer.eq(order.buyer.0 + 1),
                        made_orders::cv.eq(order.amounts.cv.0),
                        made_orders::day.eq(order.day.0),
                    )
                })
                .collect();
            diesel::insert_into(made_orders::table).values(rows).execute(conn)?;
        }
        let forever = format!("CREATE TEMP TABLE forever AS SELECT {} AS until_day;", Day::FOREVER.0);
        conn.batch_execute(&forever)?;
        conn.batch_execute(SPREAD)
    })
}

fn prepare(db: &Db, at: &Clock) -> Outcome<()> {
    let nobody = StaffId(0);
    let plan = PlanVersion {
        id: PlanVersionId(1),
        name: "Seven levels".to_owned(),
        version: 1,
        source: SEVEN.to_owned(),
        cases: String::new(),
        sha256: String::new(),
        from_day: "2020-01-01".parse()?,
        created_at: at.now(),
        created_by: nobody,
        edited_at: at.now(),
        edited_by: nobody,
        activated_at: at.now(),
        activated_by: nobody,
    };
    db.write(|tx| {
        for (key, value) in [("company.name", "Seven"), ("company.currency", "EUR"), ("company.zone", "UTC")] {
            settings::put(tx, key, value, at.now())?;
        }
        plans::insert(tx, &plan)
    })?;
    Ok(())
}

fn time(work: impl FnOnce() -> Outcome<()>) -> Outcome<Duration> {
    let start = Instant::now();
    work()?;
    Ok(start.elapsed())
}

fn main() -> Outcome<()> {
    let given = std::env::args().skip(1).find(|argument| !argument.starts_with("--"));
    let count: i64 = given.and_then(|count| count.parse().ok()).unwrap_or(100_000);
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("recursive.db");
    let db = Db::open(&DatabaseUrl::Sqlite(file.clone()))?;
    let clock = Clock::fixed(Moment::from_utc("2026-11-02T09:00:00Z".parse()?));
    prepare(&db, &clock)?;
    let mut conn = SqliteConnection::establish(&file.display().to_string())?;
    conn.batch_execute("PRAGMA busy_timeout = 60000; PRAGMA synchronous = FULL;")?;
    fill(&mut conn, &field(count, "natural"))?;
    let actor = Actor::person(StaffId(0), "bench", "");
    let mut frozen = None;
    let freezing = time(|| {
        frozen = Some(freeze_run(&db, &clock, &actor, "2026-10").map_err(|fault| fault.to_string())?);
        Ok(())
    })?;
    let Some(frozen) = frozen else { return Ok(()) };
    let computing = time(|| {
        compute_run(&db, &clock, &actor, frozen.id, &mut |_, _, _| true).map_err(|fault| fault.to_string())?;
        Ok(())
    })?;
    let run = db.read(|c| mainstay::store::runs::get(c, frozen.id))?;
    println!(
        "{count} members: Mainstay froze in {freezing:?}, calculated and stored in {computing:?}: {} lines, {} cents; peak {}",
        run.line_count,
        run.earned_minor,
        field::peak_memory()
    );
    let whole = freezing + computing;
    let bare = RECURSIVE
        .replace("INTO\n", "INSERT INTO found (member, purchase, level, base, amount_minor)\n")
        .replace("COLUMNS", &format!("at, purchase, hit, cv, {AMOUNT}"))
        .replace("AFTER\n", "");
    conn.batch_execute(FOUND)?;
    let query = time(|| Ok(conn.batch_execute(&bare)?))?;
    assert_eq!(sum(&mut conn, "found")?, (run.line_count, run.earned_minor));
    println!(
        "{count} members: recursive query into a bare table: {query:?}; Mainstay is {:.1} times as fast",
        ratio(query, whole)
    );
    let alike = RECURSIVE
        .replace("INTO\n", "INSERT INTO alike\n")
        .replace("COLUMNS", &format!("NULL, 1, at, hit, purchase, buyer, cv, {AMOUNT}, 0, '', ''"))
        .replace(
            "AFTER\n",
            "INSERT INTO alike_orders SELECT order_id, 1, group_concat(id) FROM alike GROUP BY order_id;\n",
        );
    conn.batch_execute(&format!("DROP TABLE found; {ALIKE}"))?;
    let query = time(|| Ok(conn.batch_execute(&alike)?))?;
    assert_eq!(sum(&mut conn, "alike")?, (run.line_count, run.earned_minor));
    println!(
        "{count} members: recursive query into a table like Mainstay's, without reasons: {query:?}; Mainstay is {:.1} times as fast",
        ratio(query, whole)
    );
    Ok(())
}

fn ratio(a: Duration, b: Duration) -> f64 {
    a.as_secs_f64() / b.as_secs_f64()
}
