//! What the SMTP client makes of relays that are polite, slow, rude, broken or not who they say.

use std::time::Duration;

use mainstay::mail::target::{MailTarget, Patience};
use mainstay::mail::transport::{Gate, Outcome, Outgoing, TargetTrouble, Transport};

use super::witness::{Deed, Step, Witness};

const MESSAGE: &[u8] = b"Message-ID: <st-1@example.com>\r\nSubject: x\r\n\r\n.dot\r\n..two\r\nend\r\n";

fn message(to: &str) -> Outgoing<'_> {
    Outgoing { message_id: "st-1@example.com", from: "company@example.com", to, bytes: MESSAGE }
}

fn transport(target: &str) -> Sender {
    Sender(Transport::open(&target.parse().unwrap()).unwrap())
}

fn to(witness: &Witness) -> Sender {
    transport(&format!("smtp://127.0.0.1:{}?tls=none", witness.port))
}

/// A client that loses patience quickly.
fn hasty(witness: &Witness) -> Sender {
    let mut target = format!("smtp://127.0.0.1:{}?tls=none", witness.port).parse().unwrap();
    if let MailTarget::Smtp(smtp) = &mut target {
        let short = Duration::from_millis(200);
        smtp.patience = Patience { connect: short, command: short, data: short };
    }
    Sender(Transport::open(&target).unwrap())
}

/// A worker that is alone in the house.
struct Sender(Transport);

impl Sender {
    fn send(&mut self, message: Outgoing<'_>) -> Result<Outcome, TargetTrouble> {
        let gate = Gate::default();
        self.0.send(message, &gate).map(|handed| handed.outcome)
    }
}

fn is_accepted(outcome: &Result<Outcome, TargetTrouble>) -> bool {
    matches!(outcome, Ok(Outcome::Accepted { .. }))
}

#[test]
fn many_messages_go_over_one_conversation_byte_for_byte() {
    let witness = Witness::polite();
    let mut transport = to(&witness);
    for n in 0..50 {
        assert!(is_accepted(&transport.send(message(&format!("m{n}@example.com")))));
    }
    let taken = witness.taken();
    assert_eq!((taken.len(), witness.count(Step::Greeting)), (50, 1));
    assert_eq!((taken[7].message_id.as_str(), taken[7].bytes.as_slice()), ("<st-1@example.com>", MESSAGE));
    assert_eq!((taken[7].from.as_str(), taken[7].to.as_str()), ("company@example.com", "m7@example.com"));
}

#[test]
fn after_a_hundred_messages_a_new_conversation_is_begun() {
    let witness = Witness::polite();
    let mut transport = to(&witness);
    for _ in 0..101 {
        assert!(is_accepted(&transport.send(message("m@example.com"))));
    }
    assert_eq!(witness.count(Step::Greeting), 2);
}

#[test]
fn a_refused_recipient_is_final_and_the_next_message_goes_through() {
    let witness =
        Witness::scripted(|step, n, _| (step == Step::Rcpt && n == 1).then_some(Deed::Say("550 5.1.1 nobody")));
    let mut transport = to(&witness);
    let first = transport.send(message("gone@example.com")).unwrap();
    assert_eq!(first, Outcome::Failed { reason: "550 5.1.1 nobody".into(), by_policy: false });
    assert!(is_accepted(&transport.send(message("here@example.com"))));
    assert_eq!((witness.taken().len(), witness.count(Step::Greeting)), (1, 1));
}

#[test]
fn a_policy_refusal_is_told_apart() {
    let witness = Witness::scripted(|step, _, _| (step == Step::Dot).then_some(Deed::Say("554 5.7.1 looks like spam")));
    let outcome = to(&witness).send(message("a@example.com")).unwrap();
    assert_eq!(outcome, Outcome::Failed { reason: "554 5.7.1 looks like spam".into(), by_policy: true });
}

#[test]
fn not_now_is_deferred_at_every_step() {
    for late in [Step::MailFrom, Step::Rcpt, Step::Data, Step::Dot] {
        let witness =
            Witness::scripted(move |step, n, _| (step == late && n == 1).then_some(Deed::Say("451 4.3.0 later")));
        let mut transport = to(&witness);
        let first = transport.send(message("a@example.com")).unwrap();
        assert_eq!(first, Outcome::Deferred { reason: "451 4.3.0 later".into() }, "{late:?}");
        assert!(is_accepted(&transport.send(message("a@example.com"))), "{late:?}");
        assert_eq!(witness.taken().len(), 1);
    }
}

#[test]
fn a_relay_that_closes_in_the_middle_defers_and_the_next_message_reconnects() {
    let deed = Deed::SayAndCut("421 4.3.2 shutting down");
    let witness = Witness::scripted(move |step, n, _| (step == Step::Rcpt && n == 1).then_some(deed));
    let mut transport = to(&witness);
    assert!(matches!(transport.send(message("a@example.com")), Ok(Outcome::Deferred { .. })));
    assert!(is_accepted(&transport.send(message("a@example.com"))));
    assert_eq!(witness.count(Step::Greeting), 2);
}

#[test]
fn trouble_of_the_relay_blames_no_message() {
    for (at, deed, word) in [
        (Step::Greeting, Deed::SayAndCut("421 too busy"), "refused the connection: 421 too busy"),
        (Step::Greeting, Deed::SayAndCut("554 not you"), "refused the connection: 554 not you"),
        (Step::Ehlo, Deed::Say("550 go away"), "refused EHLO"),
        (Step::MailFrom, Deed::Say("550 5.7.1 sender not allowed"), "refused the sender"),
        (Step::Greeting, Deed::Say("SSH-2.0-OpenSSH"), "does not speak SMTP"),
        (Step::Data, Deed::Cut, "nothing was handed over"),
    ] {
        let witness = Witness::scripted(move |step, _, _| (step == at).then_some(deed));
        let said = to(&witness).send(message("a@example.com")).unwrap_err().to_string();
        assert!(said.contains(word), "{at:?}: {said}");
        assert!(witness.taken().is_empty());
    }
}

#[test]
fn a_silent_relay_is_given_up_at_every_step() {
    for at in [Step::Greeting, Step::Ehlo, Step::MailFrom, Step::Rcpt] {
        let witness = Witness::scripted(move |step, _, _| (step == at).then_some(Deed::Stall));
        let said = hasty(&witness).send(message("a@example.com")).unwrap_err().to_string();
        assert!(said.contains("no answer in time"), "{at:?}: {said}");
    }
}

#[test]
fn silence_or_a_cut_after_the_final_dot_is_uncertain() {
    for deed in [Deed::Stall, Deed::Cut, Deed::TakeAndCut] {
        let witness = Witness::scripted(move |step, n, _| (step == Step::Dot && n == 1).then_some(deed));
        let mut transport = hasty(&witness);
        let first = transport.send(message("a@example.com")).unwrap();
        assert!(matches!(first, Outcome::Uncertain { .. }), "{deed:?}: {first:?}");
        assert!(is_accepted(&transport.send(message("a@example.com"))), "{deed:?}");
    }
}

#[test]
fn an_idle_conversation_that_died_is_replaced_without_fuss() {
    let witness = Witness::scripted(|step, n, _| (step == Step::MailFrom && n == 2).then_some(Deed::Cut));
    let mut transport = to(&witness);
    for _ in 0..2 {
        assert!(is_accepted(&transport.send(message("a@example.com"))));
    }
    assert_eq!((witness.taken().len(), witness.count(Step::Greeting)), (2, 2));
}

#[test]
fn a_message_the_relay_can_not_take_fails_before_it_is_sent() {
    let witness = Witness::start(false, "250-small\r\n250 SIZE 20", |_, _, _| None);
    let outcome = to(&witness).send(message("a@example.com")).unwrap();
    assert!(matches!(&outcome, Outcome::Failed { reason, .. } if reason.contains("takes 20")), "{outcome:?}");
    let witness = Witness::polite();
    let outcome = to(&witness).send(message("šárka@example.com")).unwrap();
    assert!(matches!(&outcome, Outcome::Failed { reason, .. } if reason.contains("SMTPUTF8")), "{outcome:?}");
    assert_eq!(witness.count(Step::MailFrom), 0);
}

#[test]
fn nobody_listening_says_where_and_what_to_do() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let said =
        transport(&format!("smtp://127.0.0.1:{port}?tls=none")).send(message("a@example.com")).unwrap_err().to_string();
    assert!(
        said.contains(&format!("127.0.0.1:{port} can't be reached")) && said.contains("check that it runs"),
        "{said}"
    );
}

fn certificate_file(witness: &Witness) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), &witness.certificate).unwrap();
    file
}

#[test]
fn starttls_and_login_by_plain() {
    let witness = Witness::polite();
    let ca = certificate_file(&witness);
    let url = format!("smtp://mailer:p%40ss@localhost:{}?tls=starttls&ca={}", witness.port, ca.path().display());
    assert!(is_accepted(&transport(&url).send(message("a@example.com"))));
    let taken = witness.taken();
    assert!(taken[0].encrypted);
    // base64 of NUL mailer NUL p@ss
    assert_eq!(taken[0].login.as_deref(), Some("AUTH PLAIN AG1haWxlcgBwQHNz"));
    assert_eq!(witness.count(Step::Ehlo), 2, "greets again on the encrypted line");
}

#[test]
fn immediate_tls_and_login_by_login() {
    let witness = Witness::start(true, "250-witness\r\n250 AUTH LOGIN", |_, _, _| None);
    let ca = certificate_file(&witness);
    let url = format!("smtps://mailer:secret@localhost:{}?ca={}", witness.port, ca.path().display());
    assert!(is_accepted(&transport(&url).send(message("a@example.com"))));
    assert_eq!(witness.taken()[0].login.as_deref(), Some("AUTH LOGIN bWFpbGVy c2VjcmV0"));
}

#[test]
fn an_unknown_certificate_another_name_and_no_starttls_are_refused() {
    let witness = Witness::polite();
    let ca = certificate_file(&witness);
    let unencrypted = Witness::start(false, "250 witness", |_, _, _| None);
    for url in [
        format!("smtp://localhost:{}", witness.port),
        format!("smtp://127.0.0.1:{}?ca={}", witness.port, ca.path().display()),
        format!("smtp://localhost:{}", unencrypted.port),
    ] {
        let said = transport(&url).send(message("a@example.com")).unwrap_err();
        assert!(matches!(said, TargetTrouble::Unsafe { .. }), "{url}: {said}");
    }
    assert_eq!(witness.count(Step::MailFrom) + unencrypted.count(Step::MailFrom), 0);
}

#[test]
fn words_slipped_in_before_the_encryption_are_not_believed() {
    let deed = Deed::Say("220 go ahead\r\n250 AUTH PLAIN");
    let witness = Witness::scripted(move |step, _, _| (step == Step::StartTls).then_some(deed));
    let ca = certificate_file(&witness);
    let url = format!("smtp://localhost:{}?ca={}", witness.port, ca.path().display());
    let said = transport(&url).send(message("a@example.com")).unwrap_err().to_string();
    assert!(said.contains("after STARTTLS"), "{said}");
}

#[test]
fn a_wrong_password_is_the_relays_trouble_and_never_shown() {
    let witness = Witness::scripted(|step, _, _| (step == Step::Auth).then_some(Deed::Say("535 5.7.8 wrong")));
    let url = format!("smtp://mailer:hunter2@127.0.0.1:{}?tls=none", witness.port);
    let mut transport = transport(&url);
    let trouble = transport.send(message("a@example.com")).unwrap_err();
    assert!(trouble.to_string().contains("refused the login: 535"), "{trouble}");
    assert!(!format!("{trouble:?} {:?}", transport.0).contains("hunter2"));
}
