//! Versions of the plan from draft to activation in the console, and what-if on both databases.

use mainstay::actions::activate_plan::activate_plan;
use mainstay::actions::add_plan_version::add_plan_version;
use mainstay::actions::plan_draft::{self, Typed};
use mainstay::actions::return_order::return_order;
use mainstay::actions::simulate::{self, Outcome, Report, STOPPED, simulate};
use mainstay::config::{Sources, load};
use mainstay::domain::calendar::Day;
use mainstay::domain::plan_version::PlanState;
use mainstay::domain::staff::{Actor, Role};
use mainstay::jobs;
use mainstay::plan::starter::UNILEVEL;
use mainstay::store::jobs::Job;
use mainstay::store::{Db, plans, simulations};
use rocket::http::{ContentType, Status};
use sha2::Digest as _;

use crate::databases::{self, Fresh};
use crate::runs::{Field, ann, at, ben};
use crate::web::{Console, location};

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn draft(source: &str) -> Typed {
    Typed { source: source.to_owned(), cases: String::new(), from_day: "2026-12-01".to_owned() }
}

/// Sends the form of a draft as a browser does, with or without a file.
fn send(console: &Console, to: &str, source: &str, file: &str, from_day: &str) -> (Status, String, String) {
    let page = console.get(to);
    let value = |name: &str| {
        let (_, rest) = page.split_once(&format!("name=\"{name}\" value=\"")).unwrap();
        rest.split_once('"').unwrap().0.to_owned()
    };
    let part = |name: &str, named: &str, text: &str| {
        format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"{named}\r\n\r\n{text}\r\n")
    };
    let file = format!(
        "--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"p.toml\"\r\nContent-Type: text/plain\r\n\r\n{file}\r\n"
    );
    let fields = [("csrf", value("csrf")), ("seen", value("seen")), ("source", source.replace('\n', "\r\n"))];
    let fields: String = fields.iter().map(|(name, text)| part(name, "", text)).collect();
    let rest = [part("cases", "", ""), part("from_day", "", from_day)].concat();
    let body = format!("{fields}{rest}{file}--edge--\r\n");
    let kind = ContentType::new("multipart", "form-data").with_params(("boundary", "edge"));
    let answer = console.client.post(to.to_owned()).header(kind).body(body).dispatch();
    (answer.status(), location(&answer), answer.into_string().unwrap_or_default())
}

fn sign_in_as(console: &Console, role: Role) {
    drop(console.post("/", "/sign-out", ""));
    console.sign_in(role);
}

#[test]
fn a_draft_is_written_by_one_person_and_activated_by_another() {
    let console = Console::new();
    let office = Actor::command_line();
    add_plan_version(&console.db, &console.clock, &office, UNILEVEL, "plan.toml", day("2026-01-01")).unwrap();
    console.sign_in(Role::Finance);
    assert!(console.get("/plans").contains("Active"));

    // Faults are told with their lines, and nothing that was typed is lost.
    let broken = UNILEVEL.replace("legs(active) >= 2", "lges(active) >= 2");
    let (status, _, page) = send(&console, "/plans/new", &broken, "", "tomorrow");
    assert_eq!(status, Status::UnprocessableEntity);
    assert!(page.contains("The plan has a fault") && page.contains("plan.toml:39:") && page.contains("^^^^"), "{page}");
    assert!(page.contains("lges(active)") && page.contains("Write the day as 2026-12-01"), "{page}");
    assert!(console.db.read(plans::list).unwrap().len() == 1);

    let better = UNILEVEL.replace("rate = \"20%\"", "rate = \"18%\"");
    let (status, to, _) = send(&console, "/plans/new", &better, "", "2026-12-01");
    assert_eq!((status, to.as_str()), (Status::SeeOther, "/plans/2"));
    let stored = console.db.read(|c| plans::get_by_version(c, 2)).unwrap();
    assert_eq!(stored.source, better, "the ends of the lines are those of the file");
    let page = console.get("/plans/2");
    assert!(page.contains("You wrote it; a second person activates.") && !page.contains("id=\"activate\""), "{page}");
    assert!(
        page.contains("<span class=\"h\">[[ranks]]</span>") && page.contains("Checked without a finding"),
        "{page}"
    );
    let seen = &stored.sha256;
    let fields = format!("seen={seen}&from_day=2026-12-01");
    let refused = console.post("/plans/2", "/plans/2/activate", &fields);
    assert_eq!(location(&refused), "/plans/2");
    assert!(console.get("/plans/2").contains("a second person must activate it"));

    // What changed, in words and as text.
    let words = console.get("/plans/2/compare");
    assert!(words.contains("Bonus fast-start") && words.contains("rate falls from 20% to 18%"), "{words}");
    let text = console.get("/plans/2/compare?with=1&view=text");
    assert!(text.contains("<del>rate = &#34;20%&#34;</del>") && text.contains("lines without a change"), "{text}");

    sign_in_as(&console, Role::Auditor);
    let page = console.get("/plans/2");
    assert!(!page.contains("Activate version 2") && page.contains("wrote the draft"), "{page}");
    sign_in_as(&console, Role::Owner);
    let stale = console.post("/plans/2", "/plans/2/activate", "seen=0000&from_day=2026-12-01");
    assert_eq!(stale.status(), Status::Conflict, "the draft was another one");
    let answer = console.post("/plans/2", "/plans/2/activate", &fields);
    assert_eq!(location(&answer), "/plans/2");
    let page = console.get("/plans/2");
    assert!(page.contains("Coming") && page.contains("Ann owner") && !page.contains("/plans/2/edit"), "{page}");
    assert_eq!(console.client.get("/plans/2/edit").dispatch().status(), Status::UnprocessableEntity);
    let file = console.client.get("/plans/2/plan.toml").dispatch();
    assert_eq!(file.into_string().unwrap(), better);
    let in_force = |on: &str| console.db.read(|c| plans::find_in_force(c, day(on))).unwrap().unwrap().version;
    assert_eq!((in_force("2026-11-30"), in_force("2026-12-01")), (1, 2));
    assert!(console.get("/audit").contains("activated"));
}

#[test]
fn a_draft_comes_from_a_file_is_edited_and_thrown_away() {
    let console = Console::new();
    console.sign_in(Role::Owner);
    let (_, to, _) = send(&console, "/plans/new", "nothing", UNILEVEL, "2026-12-01");
    assert_eq!(to, "/plans/1");
    let edited = UNILEVEL.replace("rate = \"20%\"", "rate = \"19%\"");
    let (status, ..) = send(&console, "/plans/1/edit", &edited, "", "2027-01-01");
    assert_eq!(status, Status::SeeOther);
    let stored = console.db.read(|c| plans::get_by_version(c, 1)).unwrap();
    assert_eq!((stored.source.as_str(), stored.from_day), (edited.as_str(), day("2027-01-01")));
    assert_eq!(console.client.get("/plans/1").dispatch().status(), Status::Ok);
    let gone = console.post("/plans/1", "/plans/1/discard", &format!("seen={}", stored.sha256));
    assert_eq!(location(&gone), "/plans");
    assert_eq!(console.client.get("/plans/1").dispatch().status(), Status::NotFound);
    assert!(console.get("/plans").contains("No plan yet"));
}

#[test]
fn only_drafts_change_and_two_writers_do_not_undo_each_other() {
    databases::each(|fresh| {
        let field = Field::new(&fresh.db);
        let (db, clock) = (&fresh.db, &field.clock);
        let first = plan_draft::add(db, clock, &ann(), &draft(UNILEVEL)).unwrap();
        assert_eq!((first.version, first.is_draft()), (2, true));
        assert_eq!(db.read(|c| plans::find_in_force(c, day("2027-01-01"))).unwrap().unwrap().version, 1);
        let other = draft(&UNILEVEL.replace("rate = \"20%\"", "rate = \"19%\""));
        let changed = plan_draft::edit(db, clock, &ben(), 2, &first.sha256, &other).unwrap();
        let late = plan_draft::edit(db, clock, &ann(), 2, &first.sha256, &draft(UNILEVEL));
        assert!(late.unwrap_err().to_string().contains("plan version 2"));
        // Ben wrote it last.
        assert!(activate_plan(db, clock, &ben(), 2, &changed.sha256, day("2026-12-01")).is_err());
        activate_plan(db, clock, &ann(), 2, &changed.sha256, day("2026-12-01")).unwrap();
        for refused in [
            plan_draft::edit(db, clock, &ben(), 2, &changed.sha256, &draft(UNILEVEL)).unwrap_err(),
            plan_draft::discard(db, clock, &ben(), 2, &changed.sha256).unwrap_err(),
            activate_plan(db, clock, &ann(), 2, &changed.sha256, day("2027-01-01")).unwrap_err(),
        ] {
            assert!(refused.to_string().contains("never changes"), "{refused}");
        }
        let all = db.read(plans::list).unwrap();
        let (today, in_force) = (day("2026-12-15"), db.read(|c| plans::find_in_force(c, day("2026-12-15"))).unwrap());
        let states: Vec<PlanState> = all.iter().map(|v| plans::state(v, in_force.as_ref(), today)).collect();
        assert_eq!(states, [PlanState::Active, PlanState::Retired]);
    });
}

#[test]
fn a_plan_with_a_failing_case_is_not_activated() {
    let console = Console::new();
    let cases = "case a level\nmembers A, B < A\norder A 60\norder B 100\nA team 1 9.00\n";
    let typed = Typed { cases: cases.to_owned(), ..draft(UNILEVEL) };
    let version = plan_draft::add(&console.db, &console.clock, &ann(), &typed).unwrap();
    let refused = activate_plan(&console.db, &console.clock, &ben(), 1, &version.sha256, day("2026-12-01"));
    assert!(refused.unwrap_err().to_string().contains("does not pass its cases"));
    console.sign_in(Role::Auditor);
    let page = console.get("/plans/1");
    assert!(page.contains("1 case fails; the plan cannot be activated"), "{page}");
    let page = console.get("/plans/1/cases");
    assert!(page.contains("Fails") && page.contains("1 of 1 fail") && page.contains("expected 9.00"), "{page}");
    let right = Typed { cases: cases.replace("9.00", "8.00"), ..typed.clone() };
    let mended = plan_draft::edit(&console.db, &console.clock, &ann(), 1, &version.sha256, &right).unwrap();
    activate_plan(&console.db, &console.clock, &ben(), 1, &mended.sha256, day("2026-12-01")).unwrap();
    assert!(console.get("/plans/1").contains("1 cases pass"));
    assert!(console.get("/plans/1/cases").contains("The case passes"));
    let broken = Typed { cases: "case x\nmembers A\nordre A 60\n".to_owned(), ..typed };
    let refused = plan_draft::add(&console.db, &console.clock, &ann(), &broken).unwrap_err();
    assert!(refused.to_string().contains("plan.cases:3:"), "{refused}");
}

#[test]
fn the_cases_of_a_draft_are_tried_and_saved_on_their_page() {
    let console = Console::new();
    plan_draft::add(&console.db, &console.clock, &ann(), &draft(UNILEVEL)).unwrap();
    console.sign_in(Role::Finance);
    let page = console.get("/plans/1/cases");
    assert!(page.contains("Try the cases") && page.contains("case a first sale"), "{page}");
    let seen = page.split("name=\"seen\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let send = |cases: &str, verb: &str| {
        let cases = cases.replace('\n', "%0A").replace(' ', "+").replace('<', "%3C");
        console.post("/plans/1/cases", "/plans/1/cases", &format!("cases={cases}&seen={seen}&verb={verb}"))
    };
    let cases = "case a level\nmembers A, B < A\norder A 60\norder B 100\nA team 1 9.00\n";
    let tried = send(cases, "try").into_string().unwrap();
    assert!(tried.contains("as typed below, not saved yet") && tried.contains("expected 9.00"), "{tried}");
    assert!(console.db.read(|c| plans::get_by_version(c, 1)).unwrap().cases.is_empty(), "trying saves nothing");
    let faulty = send("case x\nordre A 60\n", "save");
    assert_eq!(faulty.status(), Status::UnprocessableEntity);
    assert!(faulty.into_string().unwrap().contains("plan.cases:2:"));
    assert_eq!(location(&send(cases, "save")), "/plans/1/cases");
    assert_eq!(console.db.read(|c| plans::get_by_version(c, 1)).unwrap().cases, cases);
    let late = send(cases, "save");
    assert_eq!(late.status(), Status::Conflict, "somebody changed the draft since");
}

#[test]
fn what_is_closed_keeps_its_plan() {
    databases::each(|fresh| {
        let field = Field::new(&fresh.db);
        field.busy_month();
        field.clock.set(at("2026-11-02T09:00:00Z"));
        field.committed("2026-10");
        let (db, clock) = (&fresh.db, &field.clock);
        let new = plan_draft::add(db, clock, &ann(), &draft(&UNILEVEL.replace("25%", "24%"))).unwrap();
        let closed = activate_plan(db, clock, &ben(), 2, &new.sha256, day("2026-10-31")).unwrap_err();
        assert!(closed.to_string().contains("the first day that is open is 2026-11-01"), "{closed}");
        activate_plan(db, clock, &ben(), 2, &new.sha256, day("2026-11-01")).unwrap();
        let other = UNILEVEL.replace("25%", "23%");
        let late = add_plan_version(db, clock, &ann(), other.as_str(), "p.toml", day("2026-12-01"));
        assert!(late.unwrap_err().to_string().contains("a second person activates it"));
    });
}

/// Every table with the SHA-256 of all that stands in it.
pub fn contents(fresh: &Fresh) -> Vec<String> {
    let tables = fresh.texts(
        "SELECT name AS text FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
        "SELECT table_name::text AS text FROM information_schema.tables WHERE table_schema = current_schema() \
         AND table_type = 'BASE TABLE' ORDER BY table_name",
    );
    let hashed = |table: String| {
        let columns = fresh.texts(
            &format!("SELECT 'quote(\"' || name || '\")' AS text FROM pragma_table_info('{table}') ORDER BY cid"),
            "SELECT '' AS text",
        );
        let rows = fresh.texts(
            &format!("SELECT {} AS text FROM \"{table}\" ORDER BY 1", columns.join(" || '|' || ")),
            &format!("SELECT found::text AS text FROM \"{table}\" AS found ORDER BY 1"),
        );
        format!("{table}: {} rows, {}", rows.len(), sha256(&rows.join("\n")))
    };
    tables.into_iter().map(hashed).collect()
}

fn sha256(text: &str) -> String {
    mainstay::text::hex(&sha2::Sha256::digest(text.as_bytes()))
}

/// Two committed months of a company.
fn two_months(db: &Db) -> Field<'_> {
    let field = Field::new(db);
    field.busy_month();
    field.clock.set(at("2026-11-02T09:00:00Z"));
    field.committed("2026-10");
    field.busy_month();
    field.clock.set(at("2026-12-02T09:00:00Z"));
    field.committed("2026-11");
    field
}

fn tried(db: &Db, source: &str) -> Outcome {
    simulate(db, source, "plan.toml", ("2026-10", "2026-11"), &mut |_, _, _| true).unwrap()
}

#[test]
fn a_plan_is_tried_on_committed_months_and_nothing_is_written() {
    databases::each(|fresh| {
        let field = two_months(&fresh.db);
        let before = contents(fresh);
        assert!(
            before.iter().any(|table| table.starts_with("earning_lines: ") && !table.contains(": 0 rows")),
            "{before:?}"
        );

        // The plan in force gives what was paid.
        let same = tried(&fresh.db, UNILEVEL).report;
        assert_eq!(same.periods.len(), 2);
        assert!(same.total.before_minor > 0 && same.total.before_minor == same.total.after_minor, "{same:?}");
        assert!(same.ranks.iter().all(|rank| rank.winners == 0 && rank.losers == 0));
        assert!(same.bonuses.iter().all(|bonus| bonus.before_minor == bonus.after_minor));
        assert_eq!(same.exception_count, 0);

        // Half the retail profit: 1500 of each month become 750.
        let outcome = tried(&fresh.db, &UNILEVEL.replace("rate = \"25%\"", "rate = \"12.5%\""));
        let report = &outcome.report;
        assert_eq!(report.total.after_minor - report.total.before_minor, -1500);
        let retail = report.bonuses.iter().find(|bonus| bonus.code == "retail").unwrap();
        assert_eq!((retail.before_minor, retail.after_minor), (3000, 1500));
        let losers: u64 = report.ranks.iter().map(|rank| rank.losers).sum();
        assert_eq!(
            (losers, report.bands.iter().map(|band| band.members).sum::<u64>()),
            (1, outcome.members.len() as u64)
        );
        assert_eq!((report.largest[0].number.as_str(), outcome.members[0].change()), ("M-2", -1500));
        assert_eq!(report.largest[0].name, "佐藤 M-2");

        // A bonus and a rank that the committed plan had not.
        let more = UNILEVEL
            .replace("code = \"Member\"\n", "code = \"Start\"\nneeds = \"active\"\n[[ranks]]\ncode = \"Member\"\n");
        let more = format!(
            "{more}\n[[bonuses]]\ncode = \"extra\"\nname = \"Extra\"\nsource = \"orders\"\nwalk = \"own\"\nbase = \"cv\"\nrate = \"1%\"\n"
        );
        let report = tried(&fresh.db, &more).report;
        let extra = report.bonuses.iter().find(|bonus| bonus.code == "extra").unwrap();
        assert!(extra.before_minor == 0 && extra.after_minor > 0);

        assert_eq!(contents(fresh), before, "a simulation writes nothing");
        let missing = simulate(&fresh.db, UNILEVEL, "p", ("2026-09", "2026-11"), &mut |_, _, _| true).unwrap_err();
        assert!(missing.to_string().contains("committed are 2026-10 to 2026-11"), "{missing}");
        let stopped = simulate(&fresh.db, UNILEVEL, "p", ("2026-10", "2026-11"), &mut |done, _, _| done < 8);
        assert_eq!(stopped.unwrap_err().to_string(), STOPPED);
        drop(field);
    });
}

#[test]
fn what_a_run_remembers_goes_from_one_simulated_month_to_the_next() {
    databases::each(|fresh| {
        two_months(&fresh.db);
        // Nobody held a rank for two months in the committed runs' memory of October; the simulation counts its own.
        let held = |months: u32| {
            let plan = UNILEVEL.replace("held = 3", &format!("held = {months}"));
            let plan = plan.replace("Builder = \"50\"", "Member = \"7\", Builder = \"50\"");
            let report = tried(&fresh.db, &plan).report;
            let bonus = report.bonuses.into_iter().find(|bonus| bonus.code == "advancement").unwrap();
            bonus.after_minor
        };
        let (one, two, three) = (held(1), held(2), held(3));
        assert!(one > 0, "a rank that is held for a month is paid");
        assert_eq!(one, two, "held for two months is seen only when October's memory reaches November");
        assert_eq!(three, 0);
    });
}

#[test]
fn goods_take_back_what_the_simulation_paid_on_them() {
    databases::each(|fresh| {
        let field = Field::new(&fresh.db);
        let orders = field.busy_month();
        field.clock.set(at("2026-11-02T09:00:00Z"));
        field.committed("2026-10");
        return_order(&fresh.db, &field.clock, &ann(), orders[3].id, &vec![(1, 3)]).unwrap();
        field.busy_month();
        field.clock.set(at("2026-12-02T09:00:00Z"));
        let run = field.committed("2026-11");
        assert!(run.clawback_minor < 0, "the shop's goods came back");
        let retail = |source: &str, periods: (&str, &str)| {
            let outcome = simulate(&fresh.db, source, "p", periods, &mut |_, _, _| true).unwrap();
            let bonus = outcome.report.bonuses.into_iter().find(|bonus| bonus.code == "retail").unwrap();
            (bonus.before_minor, bonus.after_minor)
        };
        let half = UNILEVEL.replace("rate = \"25%\"", "rate = \"12.5%\"");
        // 15.00 of October, 15.00 of November, 15.00 taken back.
        assert_eq!(retail(UNILEVEL, ("2026-10", "2026-11")), (1500, 1500));
        assert_eq!(retail(&half, ("2026-10", "2026-11")), (1500, 750), "half is taken back of a half");
        assert_eq!(retail(&half, ("2026-11", "2026-11")), (0, 750 - 1500), "October was really paid");
    });
}

#[test]
fn a_simulation_is_asked_for_in_the_console_and_done_by_a_job() {
    let console = Console::new();
    {
        let field = two_months(&console.db);
        console.clock.set(field.clock.now());
    }
    console.sign_in(Role::Finance);
    assert!(console.get("/what-if").contains("2026-10"));
    let half = UNILEVEL.replace("rate = \"25%\"", "rate = \"12.5%\"");
    plan_draft::add(&console.db, &console.clock, &ann(), &draft(&half)).unwrap();
    let answer = console.post("/what-if", "/what-if", "version=2&first=2026-10&last=2026-11");
    let page = location(&answer);
    assert!(console.get(&page).contains("queued"));
    let flags = vec![("data_dir".to_owned(), "/nowhere".to_owned(), "test".to_owned())];
    let settings = load(&Sources { flags, ..Sources::default() }).unwrap();
    assert_eq!(jobs::worker(&console.db, &console.clock, &settings).work_off().unwrap(), 1);
    let told = console.get(&page);
    for words in
        ["\u{2212}15.00", "Winners and losers", "1 members lose, 0 gain", "/members/M-2", "R-2026-11-1", "<rect"]
    {
        assert!(told.contains(words), "{words} in {told}");
    }
    assert!(console.get("/what-if").contains("Done"));
    let changes = console.get(&format!("{page}/members.csv"));
    assert!(changes.starts_with("member,rank_before,") && changes.contains("M-2,"), "{changes}");
    let report: Report = serde_json::from_str(&console.get(&format!("{page}/report.json"))).unwrap();
    assert_eq!(report.total.after_minor - report.total.before_minor, -1500);
    let jobs: Vec<Job> = console.db.read(|c| mainstay::store::jobs::list(c, 5, 0)).unwrap();
    assert_eq!(jobs[0].note, "2 periods, 1 members change");
    let refused = console.post("/what-if", "/what-if", "version=2&first=2026-12&last=2026-12");
    assert_eq!(refused.status(), Status::UnprocessableEntity);
    assert_eq!(console.db.read(|c| simulations::list(c, 9)).unwrap().len(), 1);
    assert_eq!(console.db.read(simulate::committed).unwrap().len(), 2);
}
