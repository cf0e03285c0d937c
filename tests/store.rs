//! The contract of the store, the same on both databases.

use std::collections::BTreeSet;

use mainstay::domain::calendar::{Day, Moment};
use mainstay::domain::ids::{AccountId, MemberId, PeriodId, PlanVersionId, RunId, StaffId, TransferId};
use mainstay::domain::ledger::{AccountKind, TransferKind};
use mainstay::domain::member::{MemberKind, MemberStatus};
use mainstay::domain::money::{Currency, Volume};
use mainstay::domain::run::{PeriodKind, PeriodStatus, RunStatus};
use mainstay::store::ledger::Transfer;
use mainstay::store::members::Member;
use mainstay::store::periods::Period;
use mainstay::store::plans::PlanVersion;
use mainstay::store::runs::Run;
use mainstay::store::{Conn, Db, StoreError, StoreResult, ids, jobs, ledger, members, periods, plans, runs, settings};

use crate::databases;

fn member(number: &str, name: &str) -> Member {
    Member {
        id: MemberId(ids::next()),
        number: number.into(),
        kind: MemberKind::Distributor,
        status: MemberStatus::Active,
        name: name.into(),
        latin_name: String::new(),
        search: members::search_text(name, "", number, ""),
        email: String::new(),
        phone: String::new(),
        country: "DE".into(),
        language: "de".into(),
        street: String::new(),
        postal_code: String::new(),
        city: String::new(),
        joined_on: Day(20_000),
        rank: String::new(),
        highest_rank: String::new(),
        person_id: MemberId(0),
        version: 1,
        created_at: Moment(1_790_000_000_123_456),
        updated_at: Moment(1_790_000_000_123_456),
    }
}

fn eur() -> Currency {
    "EUR".parse().unwrap()
}

fn transfer(key: &str, from: AccountId, to: AccountId, amount_minor: i64) -> Transfer {
    Transfer {
        id: TransferId(ids::next()),
        kind: TransferKind::Earned,
        from_account_id: from,
        to_account_id: to,
        amount_minor,
        currency: eur(),
        run_id: RunId(0),
        reference: "test".into(),
        on_day: Day(20_000),
        posted_at: Moment(1),
        posted_by: StaffId(0),
        idempotency_key: key.into(),
    }
}

/// The company's expense account and a member's.
fn two_accounts(tx: &mut Conn, currency: Currency) -> StoreResult<(AccountId, AccountId)> {
    let company = ledger::accounts(tx, AccountKind::Expense, currency, &[MemberId(0)])?[&MemberId(0)];
    let payable = ledger::accounts(tx, AccountKind::Payable, currency, &[MemberId(7)])?[&MemberId(7)];
    Ok((company, payable))
}

fn put_run(
    tx: &mut Conn,
    number: &str,
    period: PeriodId,
    plan: PlanVersionId,
    status: RunStatus,
) -> StoreResult<RunId> {
    let never = Moment::NEVER;
    let nobody = StaffId(0);
    let id = RunId(ids::next());
    runs::insert(
        tx,
        &Run {
            id,
            number: number.into(),
            period_id: period,
            plan_version_id: plan,
            status,
            currency: eur(),
            input_hash: "0".into(),
            result_hash: String::new(),
            member_count: 0,
            order_count: 0,
            line_count: 0,
            payee_count: 0,
            exception_count: 0,
            cv: Volume(0),
            earned_minor: 0,
            clawback_minor: 0,
            breakage_minor: 0,
            frozen_at: Moment(1),
            frozen_by: nobody,
            calculated_at: never,
            reviewed_at: never,
            reviewed_by: nobody,
            approved_at: never,
            approved_by: nobody,
            committed_at: never,
            committed_by: nobody,
            discarded_at: never,
            discarded_by: nobody,
        },
    )?;
    Ok(id)
}

fn put_period_and_plan(tx: &mut Conn) -> StoreResult<(PeriodId, PlanVersionId)> {
    let period = Period {
        id: PeriodId(ids::next()),
        kind: PeriodKind::Month,
        label: "2026-10".into(),
        first_day: Day(20_000),
        last_day: Day(20_030),
        status: PeriodStatus::Open,
    };
    periods::insert_missing(tx, &period)?;
    let plan = PlanVersion {
        id: PlanVersionId(ids::next()),
        name: "Plan".into(),
        version: 1,
        source: String::new(),
        cases: String::new(),
        sha256: String::new(),
        from_day: Day(0),
        created_at: Moment(1),
        created_by: StaffId(0),
        edited_at: Moment(1),
        edited_by: StaffId(0),
        activated_at: Moment(1),
        activated_by: StaffId(0),
    };
    plans::insert(tx, &plan)?;
    Ok((period.id, plan.id))
}

fn count(db: &Db) -> i64 {
    db.read(members::count).unwrap()
}

#[test]
fn a_stored_row_comes_back_as_it_was() {
    databases::each(|fresh| {
        let db = &fresh.db;
        let rows: Vec<Member> =
            ["Zoë Ångström", "李小龍", "Νίκος", "x'; DROP TABLE members; --", "🦊", &"é".repeat(2000)]
                .iter()
                .enumerate()
                .map(|(index, name)| member(&format!("M-{index}"), name))
                .collect();
        db.write(|tx| members::insert(tx, &rows)).unwrap();
        for row in &rows {
            assert_eq!(&db.read(|c| members::get(c, row.id)).unwrap(), row);
        }
        assert!(matches!(db.read(|c| members::get(c, MemberId(1))), Err(StoreError::NotFound { .. })));
    });
}

#[test]
fn a_batch_goes_in_whole_or_not_at_all() {
    databases::each(|fresh| {
        let db = &fresh.db;
        let mut rows: Vec<Member> = (0..2500).map(|index| member(&format!("M-{index}"), "A")).collect();
        rows.push(member("M-7", "B"));
        assert!(matches!(db.write(|tx| members::insert(tx, &rows)), Err(StoreError::Taken(_))));
        assert_eq!(count(db), 0);
        rows.pop();
        db.write(|tx| members::insert(tx, &rows)).unwrap();
        assert_eq!(count(db), 2500);
    });
}

#[test]
fn a_fault_or_a_panic_leaves_nothing_behind() {
    databases::each(|fresh| {
        let db = &fresh.db;
        let failed: StoreResult<()> = db.write(|tx| {
            members::insert(tx, &[member("M-1", "A")])?;
            Err(StoreError::Busy)
        });
        assert!(matches!(failed, Err(StoreError::Busy)));
        let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            db.write::<(), StoreError>(|tx| {
                members::insert(tx, &[member("M-1", "A")])?;
                panic!("on purpose")
            })
        }));
        assert!(panicked.is_err());
        assert_eq!(count(db), 0);
        db.write(|tx| members::insert(tx, &[member("M-1", "A")])).unwrap();
    });
}

#[test]
fn the_second_of_two_editors_is_told() {
    databases::each(|fresh| {
        let db = &fresh.db;
        let mut row = member("M-1", "A");
        db.write(|tx| members::insert(tx, std::slice::from_ref(&row))).unwrap();
        row.name = "B".into();
        db.write(|tx| members::update(tx, &row)).unwrap();
        row.name = "C".into();
        assert!(matches!(db.write(|tx| members::update(tx, &row)), Err(StoreError::Conflict(_))));
        assert_eq!(db.read(|c| members::get(c, row.id)).unwrap().name, "B");
    });
}

#[test]
fn money_moves_once_within_one_currency_and_never_changes() {
    databases::each(|fresh| {
        let db = &fresh.db;
        let (from, to) = db.write(|tx| two_accounts(tx, eur())).unwrap();
        let yen = db.write(|tx| two_accounts(tx, "JPY".parse().unwrap())).unwrap().1;
        db.write(|tx| ledger::append(tx, &[transfer("one", from, to, 1999)])).unwrap();
        let twice = db.write(|tx| ledger::append(tx, &[transfer("two", from, to, 1), transfer("one", from, to, 1999)]));
        assert!(matches!(twice, Err(StoreError::Taken(_))), "{twice:?}");
        for wrong in [
            transfer("a", from, to, 0),
            transfer("b", from, to, -5),
            transfer("c", from, yen, 5),
            transfer("d", to, to, 5),
        ] {
            assert!(db.write(|tx| ledger::append(tx, std::slice::from_ref(&wrong))).is_err(), "{wrong:?}");
        }
        for sql in ["UPDATE ledger_transfers SET amount_minor = 1", "DELETE FROM ledger_transfers"] {
            let refused = fresh.tamper(sql).unwrap_err();
            assert!(refused.contains("append-only"), "{refused}");
        }
        assert_eq!(db.read(ledger::sums_by_currency).unwrap(), [("EUR".to_owned(), 0)]);
        assert_eq!(db.read(|c| ledger::list_balances(c, eur())).unwrap()[&MemberId(7)], 1999);
    });
}

#[test]
fn the_audit_log_cannot_be_changed() {
    databases::each(|fresh| {
        fresh.tamper("INSERT INTO audit_log VALUES (1, 1, 0, 'a', 'b', 'c', 0, 'd', '', '', '', '', 'h')").unwrap();
        for sql in ["UPDATE audit_log SET actor = 'x'", "DELETE FROM audit_log"] {
            assert!(fresh.tamper(sql).unwrap_err().contains("append-only"));
        }
    });
}

#[test]
fn a_period_has_one_run_that_counts_and_a_committed_one_never_changes() {
    databases::each(|fresh| {
        let db = &fresh.db;
        let (period, plan) = db.write(put_period_and_plan).unwrap();
        db.write(|tx| put_run(tx, "R-1", period, plan, RunStatus::Discarded)).unwrap();
        db.write(|tx| put_run(tx, "R-2", period, plan, RunStatus::Frozen)).unwrap();
        let second = db.write(|tx| put_run(tx, "R-3", period, plan, RunStatus::Frozen));
        assert!(matches!(second, Err(StoreError::Taken(_))), "{second:?}");
        let alone = fresh.tamper("UPDATE runs SET reviewed_by = 5, approved_by = 5 WHERE number = 'R-2'");
        assert!(alone.is_err(), "one person must not review and approve");
        fresh.tamper("UPDATE runs SET status = 'committed' WHERE number = 'R-2'").unwrap();
        for sql in ["UPDATE runs SET earned_minor = 1 WHERE number = 'R-2'", "DELETE FROM runs WHERE number = 'R-2'"] {
            assert!(fresh.tamper(sql).unwrap_err().contains("a committed run never changes"));
        }
    });
}

#[test]
fn a_job_has_one_worker() {
    databases::each(|fresh| {
        let db = &fresh.db;
        let now = Moment(1_790_000_000_000_000);
        for payload in ["1", "2", "3"] {
            db.write(|tx| jobs::enqueue(tx, "work", payload, "Work", StaffId(0), now)).unwrap();
            db.write(|tx| jobs::enqueue(tx, "work", payload, "Work", StaffId(0), now)).unwrap();
        }
        let mut taken = Vec::new();
        std::thread::scope(|scope| {
            let work = || db.write(|tx| jobs::claim(tx, &["work"], now)).unwrap();
            let workers: Vec<_> = (0..6).map(|_| scope.spawn(work)).collect();
            taken.extend(workers.into_iter().filter_map(|worker| worker.join().unwrap()));
        });
        let different: BTreeSet<&str> = taken.iter().map(|job| job.payload.as_str()).collect();
        assert_eq!((taken.len(), different.len()), (3, 3));
        let late = now.plus_seconds(jobs::LEASE_SECONDS + 1);
        let again = db.write(|tx| jobs::claim(tx, &["work"], late)).unwrap().unwrap();
        let lost = taken.iter().find(|job| job.id == again.id).unwrap();
        assert!(matches!(db.write(|tx| jobs::finish(tx, lost, "done", "", late)), Err(StoreError::Conflict(_))));
        db.write(|tx| jobs::finish(tx, &again, "done", "", late)).unwrap();
    });
}

#[test]
fn opening_again_keeps_everything() {
    databases::each(|fresh| {
        fresh.db.write(|tx| settings::put(tx, "company.name", "Sallowfield", Moment(1))).unwrap();
        let again = Db::open(fresh.db.url()).unwrap();
        assert_eq!(again.read(|c| settings::find(c, "company.name")).unwrap().as_deref(), Some("Sallowfield"));
    });
}

#[test]
fn a_newer_schema_is_refused_on_both() {
    databases::each(|fresh| {
        fresh.tamper("INSERT INTO __diesel_schema_migrations (version) VALUES ('99991231000000')").unwrap();
        assert!(matches!(Db::open(fresh.db.url()), Err(StoreError::NewerSchema { .. })));
    });
}

#[test]
fn both_databases_have_the_same_schema() {
    let all = databases::all();
    let [sqlite, postgres] = all.as_slice() else { return }; // no server to compare with
    let columns = |fresh: &databases::Fresh| -> BTreeSet<String> {
        let listed = fresh.texts(
            "SELECT m.name || '.' || c.name || ' ' || CASE c.type WHEN 'INTEGER' THEN 'number' WHEN 'BIGINT' THEN 'number' \
               WHEN 'BLOB' THEN 'bytes' ELSE lower(c.type) END || CASE WHEN c.\"notnull\" THEN '' ELSE ' or null' END AS text \
             FROM sqlite_schema m JOIN pragma_table_info(m.name) c WHERE m.type = 'table'",
            "SELECT table_name || '.' || column_name || ' ' || CASE data_type WHEN 'integer' THEN 'number' WHEN 'bigint' THEN 'number' \
               WHEN 'bytea' THEN 'bytes' ELSE data_type END || CASE is_nullable WHEN 'NO' THEN '' ELSE ' or null' END AS text \
             FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name) \
             WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'",
        );
        // The index of words is a table on SQLite and an index on Postgres.
        let own = |line: &String| !["__diesel", "sqlite_", "member_words"].iter().any(|other| line.starts_with(other));
        listed.into_iter().filter(own).collect()
    };
    let (here, there) = (columns(sqlite), columns(postgres));
    assert!(here.len() > 100, "{here:?}");
    assert_eq!(here.difference(&there).collect::<Vec<_>>(), Vec::<&String>::new(), "on SQLite only");
    assert_eq!(there.difference(&here).collect::<Vec<_>>(), Vec::<&String>::new(), "on Postgres only");
    let indexes = |fresh: &databases::Fresh| -> BTreeSet<String> {
        let listed = fresh.texts(
            "SELECT name AS text FROM sqlite_schema WHERE type IN ('index', 'view') AND sql IS NOT NULL",
            "SELECT i.indexname::text AS text FROM pg_indexes i WHERE schemaname = current_schema() AND NOT EXISTS \
               (SELECT 1 FROM pg_constraint c WHERE c.conname = i.indexname AND c.connamespace = current_schema()::regnamespace) \
             UNION SELECT viewname::text FROM pg_views WHERE schemaname = current_schema()",
        );
        listed.into_iter().filter(|name| name != "member_words").collect()
    };
    assert_eq!(indexes(sqlite), indexes(postgres));
}
