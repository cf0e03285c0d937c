//! The office's day in the console: the first steps, what Today tells, mails that did not arrive, files for a
//! spreadsheet.

use mainstay::actions::review_run::review_run;
use mainstay::actions::set_up;
use mainstay::domain::message::MessageStatus;
use mainstay::domain::staff::{Actor, Role};
use mainstay::store::runs::Run;
use mainstay::store::{jobs, messages, plans, staff, statements};
use rocket::http::Status;

use crate::databases::{self, Fresh};
use crate::runs::{Field, at};
use crate::web::{Console, OWNER, location};

/// Runs a test on a console over a fresh database of every kind.
fn each(test: impl Fn(&Fresh, &Console)) {
    for fresh in databases::all() {
        let console = Console::with(&[("database", &fresh.url)]);
        test(&fresh, &console);
    }
}

/// October, calculated.
fn calculated(field: &Field<'_>) -> Run {
    field.busy_month();
    field.clock.set(at("2026-11-02T09:00:00Z"));
    field.calculated("2026-10")
}

#[test]
fn the_first_steps_can_be_left_and_taken_up_again() {
    let folder = tempfile::tempdir().unwrap();
    let maildir = folder.path().join("mail");
    let target = format!("file:{}", maildir.display());
    for settings in [&[][..], &[("smtp", target.as_str()), ("mail_from", "Office <office@sallowfield.example>")]] {
        let console = Console::empty(settings);
        let link = set_up::offer_link(&console.db, &console.clock).unwrap().unwrap();
        let page = format!("/set-up?link={link}");
        let answer = console.post(&page, "/set-up", &format!("link={link}&{OWNER}"));
        assert_eq!(location(&answer), "/begin/server");
        let server = console.get("/begin/server");
        assert!(server.contains("written and read back in") && server.contains("can be written"), "{server}");
        assert!(console.get("/").contains("Finish the set-up"));
        assert_eq!(location(&console.client.get("/begin").dispatch()), "/begin/plan", "the first that is not done");

        let wrong = console.post("/begin/plan", "/begin/plan", "plan=unilevel&from_day=31.02.2026");
        assert_eq!(wrong.status(), Status::UnprocessableEntity);
        let answer = console.post("/begin/plan", "/begin/plan", "plan=unilevel&from_day=2026-01-01");
        assert_eq!(location(&answer), "/begin/mail");
        assert_eq!(console.db.read(plans::list).unwrap().len(), 1);
        assert!(console.get("/begin/plan").contains("is stored"));

        let mail = console.get("/begin/mail");
        if settings.is_empty() {
            assert!(mail.contains("Mail is not set up yet") && mail.contains("no relay is configured"), "{mail}");
        } else {
            assert!(mail.contains("Send a test message to ingrid@sallowfield.example"), "{mail}");
            assert_eq!(location(&console.post("/begin/mail", "/begin/mail", "")), "/begin/mail");
            assert!(console.get("/begin/mail").contains("was taken: stored as new/trial."));
            let letter = std::fs::read_dir(maildir.join("new")).unwrap().next().unwrap().unwrap().path();
            assert!(std::fs::read_to_string(letter).unwrap().contains("A test message from Sallowfield"));
            // A folder that nobody can write into says so, and the page stays.
            std::fs::remove_dir_all(&maildir).unwrap();
            std::fs::write(&maildir, b"a file").unwrap();
            let answer = console.post("/begin/mail", "/begin/mail", "");
            assert_eq!(answer.status(), Status::UnprocessableEntity);
            assert!(answer.into_string().unwrap().contains("check free space and permissions"));
        }
        assert!(console.get("/begin/members").contains("Import from CSV files"));
        assert!(console.get("/begin/people").contains("Invite a person"));
        assert_eq!(location(&console.post("/begin/finish", "/begin/finish", "")), "/");
        assert!(!console.get("/").contains("Finish the set-up"));
    }
}

#[test]
fn today_tells_what_waits_for_whom() {
    each(|_, console| {
        let field = Field::new(&console.db);
        let run = calculated(&field);
        let today = |role: Role| {
            console.sign_in(role);
            console.get("/")
        };
        assert!(today(Role::Finance).contains("Review the October commission run"));
        assert!(today(Role::Support).contains("The October commission run is under way"));
        let finance = console.db.read(|c| staff::find_by_email(c, "finance@sallowfield.example")).unwrap().unwrap();
        let reviewer = Actor::person(finance.id, finance.name, "test");
        review_run(&console.db, &field.clock, &reviewer, run.id, &run.result_hash).unwrap();
        let own = today(Role::Finance);
        assert!(own.contains("The October run waits for a second person"), "{own}");
        let other = today(Role::Owner);
        assert!(
            other.contains("Approve the October commission run") && other.contains("Review and approve"),
            "{other}"
        );
        assert!(!other.contains("A job failed"));

        let now = console.clock.now();
        let failed = console.db.write(|tx| -> Result<(), mainstay::store::StoreError> {
            jobs::enqueue(tx, "test", "{}", "Import people.csv", finance.id, now)?;
            let job = jobs::claim(tx, &["test"], now)?.unwrap();
            jobs::finish(tx, &job, "failed", "The file is gone", now)
        });
        failed.unwrap();
        let told = console.get("/");
        assert!(told.contains("A job failed") && told.contains("Import people.csv: The file is gone"), "{told}");
    });
}

#[test]
fn a_mail_that_did_not_arrive_is_sent_again_from_the_list() {
    each(|fresh, console| {
        let field = Field::new(&console.db);
        let run = field.sent();
        fresh.tamper("UPDATE members SET email = 'somebody@field.example'").unwrap();
        fresh.tamper("UPDATE messages SET status = 'failed', answer = '550 5.1.1 no <such> user'").unwrap();
        let all = console.db.read(|c| statements::list_of_run(c, run.id)).unwrap();
        let (first, rest) = (&all[0], all.len() - 1);

        console.sign_in(Role::Finance);
        let today = console.get("/");
        assert!(today.contains("mails were not delivered") && today.contains("mail=undelivered"), "{today}");
        let list = "/statements?run=&mail=undelivered";
        let page = console.get(list);
        assert!(page.contains("550 5.1.1 no &#60;such&#62; user"), "{page}");
        assert_eq!(page.matches("Send again<span").count(), all.len());
        let back = "back=%2Fstatements%3Frun%3D%26mail%3Dundelivered";
        let answer = console.post(list, "/statements/send-again", &format!("statement={}&run=&{back}", first.number));
        assert_eq!(location(&answer), list);
        let status = |status| {
            let counts = console.db.read(|c| messages::count_by_status(c, None)).unwrap();
            counts.iter().find(|(known, _)| *known == status).map_or(0, |(_, count)| usize::try_from(*count).unwrap())
        };
        assert_eq!((status(MessageStatus::Queued), status(MessageStatus::Failed)), (1, rest));
        let page = console.get(list);
        assert!(page.contains("In the queue again: 1 mail.") && !page.contains(&first.number), "{page}");
        // Twice changes nothing.
        console.post(list, "/statements/send-again", &format!("statement={}&run=&{back}", first.number));
        assert!(console.get(list).contains("Nothing was to be sent again"));
        // All of the run; a way back that leads elsewhere is not taken.
        let answer =
            console.post(list, "/statements/send-again", &format!("statement=&run={}&back=//evil.example", run.number));
        assert_eq!(location(&answer), "/statements");
        assert_eq!((status(MessageStatus::Queued), status(MessageStatus::Failed)), (rest + 1, 0));
        assert!(console.get(list).contains("Every mail arrived, or is on its way."));

        fresh.tamper("UPDATE messages SET status = 'failed'").unwrap();
        console.sign_in(Role::Auditor);
        assert!(!console.get(list).contains("Send again<span"), "who only looks has no button");
    });
}

#[test]
fn a_formula_in_a_number_is_text_in_the_file_of_a_run() {
    each(|fresh, console| {
        let field = Field::new(&console.db);
        field.order("M-4", 3);
        fresh.tamper("UPDATE orders SET number = '=1+1'").unwrap();
        field.busy_month();
        fresh.tamper("UPDATE members SET number = '@SUM(A1)' WHERE number = 'M-1'").unwrap();
        field.clock.set(at("2026-11-02T09:00:00Z"));
        let run = field.calculated("2026-10");
        console.sign_in(Role::Auditor);
        let csv = console.get(&format!("/commissions/{}/lines.csv", run.number));
        assert!(csv.starts_with("member,bonus,kind,source,level,base,base_kind,rate,amount,currency\r\n"), "{csv}");
        assert!(csv.contains(",'=1+1,") && csv.contains("\n'@SUM(A1),"), "{csv}");
        assert!(!csv.contains(",=") && !csv.contains("\n@"), "{csv}");
    });
}
