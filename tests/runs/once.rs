//! Nothing counts twice: lines, returned pieces, numbers of statements.

use super::*;

#[test]
fn lines_that_were_not_approved_are_never_paid() {
    databases::each(|fresh| {
        let field = Field::new(&fresh.db);
        field.busy_month();
        field.clock.set(at("2026-11-02T09:00:00Z"));
        let run = field.calculated("2026-10");
        review_run(&fresh.db, &field.clock, &ann(), run.id, &run.result_hash).unwrap();
        approve_run(&fresh.db, &field.clock, &ben(), run.id, &run.result_hash).unwrap();
        let again = |id: i64| {
            let columns = "run_id, member_id, rule, order_id, from_member_id, base, amount_minor, \
                           original_line_id, rate, passed";
            format!("INSERT INTO earning_lines (id, {columns}) SELECT id + {id}, {columns} FROM earning_lines")
        };
        if !fresh.url.starts_with("sqlite") {
            assert!(fresh.tamper(&again(1_000_000_000)).unwrap_err().contains("to a frozen run only"));
            fresh.tamper("DROP TRIGGER earning_lines_frozen_insert ON earning_lines").unwrap();
        }
        // Where the database does not say so, the commit does.
        fresh.tamper(&again(1_000_000_000)).unwrap();
        let refused = refusal(commit_run(&fresh.db, &field.clock, &ben(), run.id));
        assert!(refused.contains("not the ones that were approved"), "{refused}");
        assert_eq!(field.balance("M-1"), 0);
    });
}

#[test]
fn a_line_that_comes_to_a_committed_run_is_found_whatever_it_pays() {
    databases::each(|fresh| {
        let field = Field::new(&fresh.db);
        field.busy_month();
        field.clock.set(at("2026-11-02T09:00:00Z"));
        field.committed("2026-10");
        assert_eq!(check_ledger(&fresh.db).unwrap(), []);
        if !fresh.url.starts_with("sqlite") {
            fresh.tamper("DROP TRIGGER earning_lines_frozen_insert ON earning_lines").unwrap();
        }
        let columns = "run_id, member_id, rule, order_id, from_member_id, base, original_line_id, rate, passed";
        let more = format!(
            "INSERT INTO earning_lines (id, amount_minor, {columns}) \
             SELECT 1, 0, {columns} FROM earning_lines WHERE id = (SELECT MIN(id) FROM earning_lines)"
        );
        fresh.tamper(&more).unwrap();
        let found = check_ledger(&fresh.db).unwrap();
        assert_eq!(found.iter().map(|finding| finding.check).collect::<Vec<_>>(), ["run-equals-ledger"]);
    });
}

#[test]
fn a_run_that_is_calculated_twice_at_once_has_its_lines_once() {
    databases::each(|fresh| {
        let field = Field::new(&fresh.db);
        field.busy_month();
        field.clock.set(at("2026-11-02T09:00:00Z"));
        let run = freeze_run(&fresh.db, &field.clock, &ann(), "2026-10").unwrap();
        // A second calculation comes between the lines of the first and its end, and is cut off there.
        let other = || {
            let halfway = &mut |done: u64, _: u64, what: &str| what != "storing lines" || done == 0;
            compute_run(&fresh.db, &field.clock, &ben(), run.id, halfway)
        };
        let first = compute_run(&fresh.db, &field.clock, &ann(), run.id, &mut |done, _, what| {
            if what == "storing lines" && done > 0 {
                assert!(refusal(other()).contains("stopped"));
            }
            true
        });
        assert!(refusal(first).contains("calculated twice at once"));
        let run = compute_run(&fresh.db, &field.clock, &ann(), run.id, &mut |_, _, _| true).unwrap();
        assert_eq!(fresh.db.read(|c| lines::count_of_run(c, run.id)).unwrap(), run.line_count);
    });
}

#[test]
fn pieces_come_back_once_however_many_return_them_at_once() {
    databases::each(|fresh| {
        let field = Field::new(&fresh.db);
        let sale = field.order("M-2", 10);
        let done = std::thread::scope(|scope| {
            let give_back = || return_order(&fresh.db, &field.clock, &ann(), sale.id, &vec![(1, 10)]).is_ok();
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(give_back)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).filter(|done| *done).count()
        });
        assert_eq!(done, 1);
    });
}

#[test]
fn numbers_of_members_that_differ_by_their_prefix_have_statements_of_their_own() {
    databases::each(|fresh| {
        let field = Field::new(&fresh.db);
        field.enroll("M-1", "2", MemberKind::Distributor);
        field.enroll("2", "7", MemberKind::Distributor);
        field.busy_month();
        field.order("2", 10);
        field.order("7", 10);
        field.clock.set(at("2026-11-02T09:00:00Z"));
        let run = field.committed("2026-10");
        let numbers: Vec<String> =
            fresh.db.read(|c| statements::list_of_run(c, run.id)).unwrap().into_iter().map(|s| s.number).collect();
        assert!(numbers.contains(&"ST-2026-10-M-2".to_owned()), "{numbers:?}");
        assert!(numbers.contains(&"ST-2026-10-2".to_owned()), "{numbers:?}");
    });
}
