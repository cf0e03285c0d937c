//! The whole way from the outbox to the relay, with the witness counting; also killed at chosen instants.

use std::collections::HashMap;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use mainstay::clock::Clock;
use mainstay::domain::calendar::Moment;
use mainstay::domain::ids::StaffId;
use mainstay::domain::message::MessageStatus;
use mainstay::jobs::deliver::{Delivered, Delivery, Letter, Tally, Unwritable};
use mainstay::jobs::deliver_mail::{KIND, as_job, enqueue, enqueue_if_due};
use mainstay::jobs::{Handler, Worker};
use mainstay::mail::target::MailTarget;
use mainstay::store::messages::{self, Message};
use mainstay::store::{DatabaseUrl, Db, jobs};

use super::outbox::fill;
use super::witness::{Deed, Step, Taken, Witness};
use crate::databases;

const NOW: Moment = Moment(1_000_000_000);
const MINUTE: i64 = 60_000_000;

fn letter(message: &Message) -> Letter {
    let text = format!("Message-ID: <{}>\r\nSubject: x\r\n\r\nhello\r\n", message.message_id);
    Letter { from: "company@example.com".into(), bytes: text.into_bytes() }
}

fn deliver_by(
    db: &Db,
    port: u16,
    at: Moment,
    write: &(dyn Fn(&Message) -> Result<Letter, Unwritable> + Sync),
) -> Delivered {
    let target: MailTarget = format!("smtp://127.0.0.1:{port}?tls=none").parse().unwrap();
    let clock = Clock::fixed(at);
    let delivery =
        Delivery { db, clock: &clock, target: &target, workers: 4, write, progress: &|_| {}, stop: &|| false };
    delivery.run().unwrap()
}

fn deliver(db: &Db, port: u16, at: Moment) -> Delivered {
    deliver_by(db, port, at, &|message| Ok(letter(message)))
}

fn counts(db: &Db) -> HashMap<MessageStatus, i64> {
    db.read(|c| messages::count_by_status(c, None)).unwrap().into_iter().collect()
}

fn per_message(taken: &[Taken]) -> HashMap<String, usize> {
    taken.iter().fold(HashMap::new(), |mut counts, one| {
        *counts.entry(one.message_id.clone()).or_default() += 1;
        counts
    })
}

#[test]
fn everything_that_is_due_arrives_once() {
    databases::each(|fresh| {
        let witness = Witness::polite();
        fill(&fresh.db, 150);
        let done = deliver(&fresh.db, witness.port, NOW);
        assert_eq!(done, Delivered { tally: Tally { sent: 150, ..Tally::default() }, trouble: None, resume_at: None });
        let arrived = per_message(&witness.taken());
        assert_eq!((arrived.len(), arrived.values().max()), (150, Some(&1)));
        assert_eq!(counts(&fresh.db), HashMap::from([(MessageStatus::Sent, 150)]));
    });
}

#[test]
fn refused_and_deferred_recipients_do_not_hold_up_the_others() {
    databases::each(|fresh| {
        let witness = Witness::scripted(|step, _, line| match (step, line) {
            (Step::Rcpt, "RCPT TO:<m3@example.com>") => Some(Deed::Say("550 5.1.1 nobody")),
            (Step::Rcpt, "RCPT TO:<m5@example.com>") => Some(Deed::Say("451 4.3.0 later")),
            _ => None,
        });
        let made = fill(&fresh.db, 20);
        let done = deliver(&fresh.db, witness.port, NOW);
        assert_eq!(done.tally, Tally { sent: 18, deferred: 1, failed: 1 });
        assert_eq!(done.resume_at, Some(Moment(NOW.0 + MINUTE)));
        let [failed, deferred] = [3, 5].map(|n: usize| fresh.db.read(|c| messages::get(c, made[n].id)).unwrap());
        assert_eq!((failed.status, failed.answer.as_str()), (MessageStatus::Failed, "550 5.1.1 nobody"));
        assert_eq!((deferred.status, deferred.attempts), (MessageStatus::Deferred, 1));
        // Not before its time, then with the next, longer wait.
        assert_eq!(deliver(&fresh.db, witness.port, Moment(NOW.0 + MINUTE - 1)).tally, Tally::default());
        let again = deliver(&fresh.db, witness.port, Moment(NOW.0 + MINUTE));
        assert_eq!(again.resume_at, Some(Moment(NOW.0 + 6 * MINUTE)));
    });
}

#[test]
fn a_relay_that_is_down_costs_nothing_and_the_delivery_goes_on_later() {
    databases::each(|fresh| {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        fill(&fresh.db, 50);
        let done = deliver(&fresh.db, port, NOW);
        assert!(done.trouble.is_some_and(|text| text.contains("can't be reached")));
        assert!(done.tally.deferred <= 4 && done.tally.failed == 0, "{:?}", done.tally);
        assert_eq!(done.resume_at, Some(Moment(NOW.0 + MINUTE)));
        let witness = Witness::polite();
        assert_eq!(deliver(&fresh.db, witness.port, Moment(NOW.0 + MINUTE)).tally.sent, 50);
    });
}

#[test]
fn a_line_cut_after_the_final_dot_repeats_the_message_with_the_same_message_id() {
    databases::each(|fresh| {
        let witness = Witness::scripted(|step, n, _| (step == Step::Dot && n == 4).then_some(Deed::TakeAndCut));
        fill(&fresh.db, 10);
        assert_eq!(deliver(&fresh.db, witness.port, NOW).tally, Tally { sent: 9, deferred: 1, failed: 0 });
        assert_eq!(deliver(&fresh.db, witness.port, Moment(NOW.0 + MINUTE)).tally.sent, 1);
        let arrived = per_message(&witness.taken());
        assert_eq!((arrived.len(), witness.taken().len()), (10, 11));
    });
}

#[test]
fn refusals_by_policy_in_a_row_pause_the_delivery() {
    let fresh = databases::sqlite();
    let witness =
        Witness::scripted(|step, _, _| (step == Step::Rcpt).then_some(Deed::Say("554 5.7.1 relay access denied")));
    fill(&fresh.db, 60);
    let done = deliver(&fresh.db, witness.port, NOW);
    assert!(done.trouble.as_ref().is_some_and(|text| text.contains("by policy")), "{done:?}");
    assert!((5..=8).contains(&done.tally.failed), "{:?}", done.tally);
    assert_eq!(done.resume_at, Some(Moment(NOW.0 + 60 * MINUTE)));
    assert_eq!(counts(&fresh.db)[&MessageStatus::Queued], 60 - i64::try_from(done.tally.failed).unwrap());
}

#[test]
fn a_message_that_can_not_be_written_is_alone_with_its_fault() {
    let fresh = databases::sqlite();
    let witness = Witness::polite();
    let made = fill(&fresh.db, 6);
    let done = deliver_by(&fresh.db, witness.port, NOW, &|message| match message.message_id.as_str() {
        "st-1@example.com" => Err(Unwritable::ForGood("no such statement".into())),
        "st-2@example.com" => Err(Unwritable::ForNow("the database is busy".into())),
        "st-3@example.com" => panic!("on purpose"),
        _ => Ok(letter(message)),
    });
    assert_eq!(done.tally, Tally { sent: 3, deferred: 2, failed: 1 });
    let answers: Vec<String> =
        made[1..4].iter().map(|m| fresh.db.read(|c| messages::get(c, m.id)).unwrap().answer).collect();
    assert_eq!(answers[..2], ["no such statement", "the database is busy"]);
    assert!(answers[2].contains("internal fault"));
}

#[test]
fn a_delivery_that_is_asked_to_stop_gives_the_rest_back() {
    let fresh = databases::sqlite();
    let witness = Witness::polite();
    fill(&fresh.db, 50);
    let (clock, stop, seen) = (Clock::fixed(NOW), AtomicBool::new(false), Mutex::new(0));
    let target: MailTarget = format!("smtp://127.0.0.1:{}?tls=none", witness.port).parse().unwrap();
    let progress = |tally: Tally| {
        *seen.lock().unwrap() = tally.sent;
        stop.store(tally.sent >= 10, Ordering::Relaxed);
    };
    let write = |message: &Message| Ok(letter(message));
    let delivery = Delivery {
        db: &fresh.db,
        clock: &clock,
        target: &target,
        workers: 2,
        write: &write,
        progress: &progress,
        stop: &|| stop.load(Ordering::Relaxed),
    };
    let tally = delivery.run().unwrap().tally;
    assert!((10..=12).contains(&tally.sent), "{tally:?}");
    assert_eq!(counts(&fresh.db)[&MessageStatus::Queued], 50 - i64::try_from(tally.sent).unwrap());
    assert_eq!(*seen.lock().unwrap(), tally.sent);
}

/// Not a test of its own: the process that the next test kills.
#[test]
#[ignore = "started by the test that kills it"]
fn the_process_that_is_killed() {
    let Ok(told) = std::env::var("MAINSTAY_TEST_DELIVERY") else { return };
    let [url, port, at] = told.split(' ').collect::<Vec<_>>()[..] else { panic!("{told}") };
    let db = Db::open(&url.parse::<DatabaseUrl>().unwrap()).unwrap();
    deliver(&db, port.parse().unwrap(), Moment(at.parse().unwrap()));
}

fn start(url: &str, port: u16, at: Moment) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "mail::delivery::the_process_that_is_killed", "--ignored"])
        .env("MAINSTAY_TEST_DELIVERY", format!("{url} {port} {}", at.0))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

#[test]
fn killed_at_any_final_dot_nothing_is_lost_and_at_most_one_message_a_crash_is_doubled() {
    databases::each(|fresh| {
        // The witness stops at these final dots until the sender is dead: before or after taking the message over.
        let deaths =
            [(3, Deed::TakeAndCut), (4, Deed::Cut), (17, Deed::TakeAndCut), (30, Deed::TakeAndCut), (31, Deed::Cut)];
        let (reached, at_dot) = mpsc::channel();
        let (tell, told) = mpsc::channel::<()>();
        let told = Mutex::new(told);
        let witness = Witness::scripted(move |step, n, _| {
            let (_, deed) = deaths.iter().find(|(dot, _)| step == Step::Dot && n == *dot)?;
            reached.send(()).unwrap();
            told.lock().unwrap().recv().unwrap();
            Some(*deed)
        });
        fill(&fresh.db, 40);
        for crash in 0..5 {
            let mut sender = start(&fresh.url, witness.port, Moment(NOW.0 + crash * 60 * MINUTE));
            at_dot.recv().unwrap();
            sender.kill().unwrap();
            sender.wait().unwrap();
            tell.send(()).unwrap();
        }
        assert!(start(&fresh.url, witness.port, Moment(NOW.0 + 10 * 60 * MINUTE)).wait().unwrap().success());
        let arrived = per_message(&witness.taken());
        assert_eq!(arrived.len(), 40, "nothing is lost");
        let doubled: usize = arrived.values().map(|times| times - 1).sum();
        assert_eq!(doubled, 3, "one for each message that was taken over before the crash, with the same Message-ID");
        assert_eq!(counts(&fresh.db), HashMap::from([(MessageStatus::Sent, 40)]));
    });
}

#[test]
fn the_job_delivers_reports_and_waits_while_the_relay_is_in_trouble() {
    databases::each(|fresh| {
        let is_busy = Arc::new(AtomicBool::new(true));
        let looks_busy = Arc::clone(&is_busy);
        let witness = Witness::scripted(move |step, _, _| {
            (step == Step::Greeting && looks_busy.load(Ordering::SeqCst)).then_some(Deed::SayAndCut("421 busy"))
        });
        let (db, clock) = (&fresh.db, Clock::fixed(NOW));
        fill(db, 30);
        let target: MailTarget = format!("smtp://127.0.0.1:{}?tls=none", witness.port).parse().unwrap();
        let (own_db, own_clock) = (db.clone(), clock.clone());
        let handler: Handler = Box::new(move |task, _| {
            as_job(&own_db, &own_clock, task, |stop, progress| {
                let (db, clock, target, workers) = (&own_db, &own_clock, &target, 4);
                let write = &|message: &Message| Ok(letter(message));
                Ok(Delivery { db, clock, target, workers, write, progress, stop }.run().unwrap())
            })
        });
        let worker = Worker::new(db.clone(), clock.clone(), vec![(KIND, handler)]);
        let job = || db.read(|c| jobs::find_latest(c, KIND, "")).unwrap().unwrap();

        // However long it takes: a relay in trouble never makes the job give up.
        for _ in 0..12 {
            enqueue_if_due(db, &clock).unwrap();
            assert_eq!(worker.work_off().unwrap(), 1);
            assert_eq!((job().status.as_str(), job().run_at), ("queued", clock.now().plus_seconds(60)));
            assert!(job().note.contains("421 busy"), "{}", job().note);
            clock.advance(Duration::from_mins(1));
        }
        is_busy.store(false, Ordering::SeqCst);
        clock.advance(Duration::from_hours(4));
        enqueue_if_due(db, &clock).unwrap();
        assert_eq!(worker.work_off().unwrap(), 1);
        assert_eq!((job().status.as_str(), job().note.as_str()), ("done", "30 sent"));
        assert_eq!(witness.taken().len(), 30);

        enqueue_if_due(db, &clock).unwrap();
        assert_eq!(worker.work_off().unwrap(), 0, "nothing is due, nothing is asked for");
    });
}

#[test]
fn a_delivery_that_somebody_stopped_waits_until_somebody_asks() {
    databases::each(|fresh| {
        let (db, clock) = (&fresh.db, Clock::fixed(NOW));
        fill(db, 1);
        enqueue_if_due(db, &clock).unwrap();
        let job = || db.read(|c| jobs::find_latest(c, KIND, "")).unwrap().unwrap();
        db.write(|tx| jobs::request_stop(tx, job().id, NOW)).unwrap();
        enqueue_if_due(db, &clock).unwrap();
        assert_eq!(job().status, "stopped");
        db.write(|tx| enqueue(tx, StaffId(7), NOW)).unwrap();
        assert_eq!((job().status.as_str(), job().created_by), ("queued", StaffId(7)));
    });
}
