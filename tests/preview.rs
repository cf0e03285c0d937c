//! The estimate of the open month: the same figures as the run that follows, nothing written, always with its time.

use std::time::{Duration, Instant};

use mainstay::actions::add_plan_version::add_plan_version;
use mainstay::clock::Clock;
use mainstay::domain::member::MemberKind;
use mainstay::domain::staff::{Actor, Role};
use mainstay::jobs::live_preview::LivePreview;
use mainstay::plan::starter::UNILEVEL;
use mainstay::store::audit::{self, Entry};
use mainstay::store::{Db, members, runs};

use crate::databases;
use crate::plans::contents;
use crate::runs::{Field, ann, at};
use crate::web::Console;

#[test]
fn the_estimate_is_what_the_run_will_pay_and_writes_nothing() {
    databases::each(|fresh| {
        let field = Field::new(&fresh.db);
        let preview = LivePreview::new(fresh.db.clone(), field.clock.clone());
        assert!(preview.look().is_none(), "nothing is computed unasked");
        assert!(preview.refresh().unwrap());
        assert_eq!(preview.look().unwrap().estimate.previews[0].total_minor, 0);
        assert!(!preview.refresh().unwrap(), "nothing changed");

        field.busy_month();
        let before = contents(fresh);
        assert!(preview.refresh().unwrap(), "orders came in");
        assert_eq!(contents(fresh), before);
        let shown = preview.look().unwrap();
        assert_eq!((shown.version, shown.as_of), (1, field.clock.now()));

        field.clock.set(at("2026-11-02T09:00:00Z"));
        let run = field.committed("2026-10");
        assert!(run.earned_minor > 0);
        let [month] = shown.estimate.previews.as_slice() else { panic!("one kind of period") };
        assert_eq!((month.total_minor, month.cv), (run.earned_minor, run.cv));
        assert_eq!(i64::try_from(month.payees).unwrap(), run.payee_count);
        for number in ["M-1", "M-2", "M-3"] {
            let member = fresh.db.read(|c| members::find_by_number(c, number)).unwrap().unwrap();
            let found = fresh.db.read(|c| runs::find_member(c, run.id, member.id)).unwrap().unwrap();
            let estimate = month.member(member.id).unwrap();
            assert_eq!((estimate.earned_minor, estimate.pv, estimate.gv), (found.earned_minor, found.pv, found.gv));
            assert_eq!(estimate.progress, found.progress, "{number}");
        }
        // The next month begins at nothing, and rests on what was committed.
        assert!(preview.refresh().unwrap());
        let november = preview.look().unwrap();
        let month = &november.estimate.previews[0];
        assert_eq!((month.period.label.as_str(), month.total_minor), ("2026-11", 0));
    });
}

#[test]
fn only_what_a_run_reads_makes_it_stale() {
    databases::each(|fresh| {
        let field = Field::new(&fresh.db);
        let preview = LivePreview::new(fresh.db.clone(), field.clock.clone());
        preview.refresh().unwrap();
        let sign_in = |db: &Db| {
            let (at, actor) = (field.clock.now(), ann());
            let entry = Entry {
                at,
                actor: &actor,
                action: "sign-in",
                object_kind: "staff",
                object_id: 1,
                object: "Ann",
                before: "",
                after: "",
            };
            db.write(|tx| audit::append(tx, &entry)).unwrap();
        };
        sign_in(&fresh.db);
        assert!(!preview.refresh().unwrap(), "somebody signed in");
        field.enroll("M-1", "M-9", MemberKind::Distributor);
        assert!(preview.refresh().unwrap(), "somebody was enrolled");
        let new = fresh.db.read(|c| members::find_by_number(c, "M-9")).unwrap().unwrap();
        assert!(preview.look().unwrap().estimate.previews[0].member(new.id).is_some());
    });
}

/// Ends the worker also where the test fails.
struct Ending<'a>(&'a LivePreview);

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        self.0.end();
    }
}

/// Waits until this holds, for a minute at most.
fn until(what: &str, holds: impl Fn() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < Duration::from_mins(1), "{what} never came");
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn the_worker_follows_the_orders_while_somebody_looks() {
    let fresh = databases::sqlite();
    let field = Field::new(&fresh.db);
    // The worker's clock runs; the field's stands in October.
    let preview = LivePreview::new(fresh.db.clone(), field.clock.clone());
    std::thread::scope(|scope| {
        let _ending = Ending(&preview);
        scope.spawn(|| preview.work());
        assert!(preview.look().is_none());
        until("the first estimate", || preview.look().is_some());
        field.order("M-3", 10);
        until("the estimate with the order", || {
            preview.look().is_some_and(|shown| shown.estimate.previews[0].cv.0 > 0)
        });
    });
    assert!(preview.is_watched());
    field.clock.advance(Duration::from_mins(59));
    assert!(preview.is_watched());
    field.clock.advance(Duration::from_mins(1));
    assert!(!preview.is_watched(), "nobody looked for an hour");
    preview.look();
    assert!(preview.is_watched());
}

#[test]
fn pages_tell_the_estimate_with_its_time() {
    let console = Console::new();
    console.sign_in(Role::Auditor);
    assert!(!console.get("/").contains("Commission so far"));
    let office = Actor::command_line();
    let day = "2026-01-01".parse().unwrap();
    add_plan_version(&console.db, &console.clock, &office, UNILEVEL, "plan.toml", day).unwrap();
    let field = Field::over(&console.db, console.clock.clone());
    field.busy_month();
    console.preview.refresh().unwrap();
    // 09:00 UTC is 10:00 in Berlin.
    let today = console.get("/");
    assert!(today.contains("Commission so far") && today.contains("an estimate as of 10:00"), "{today}");
    let list = console.get("/commissions");
    for words in ["November 2026, open", "as of 10:00; nothing is frozen", "Retail profit", "Share of volume"] {
        assert!(list.contains(words), "{words} in {list}");
    }
    let member = console.get("/members/M-2");
    for words in ["November 2026 so far", "Estimated earnings", "How close to", "Would be paid as"] {
        assert!(member.contains(words), "{words} in {member}");
    }
    assert!(matches!(console.clock, Clock::Fixed(_)));
}
