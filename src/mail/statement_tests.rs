use super::*;

pub(crate) fn sample() -> StatementMail {
    StatementMail {
        message_id: "st-204817.1@sallowfield.example".into(),
        from: Mailbox::new("Sallowfield Botanicals", "statements@sallowfield.example"),
        to: Mailbox::new("Nguyễn Thị Phương Thảo", "thao@example.com"),
        reply_to: Some(Mailbox::new("Field support", "field@sallowfield.example")),
        dated_at: 1_794_441_600,
        company: "Sallowfield Botanicals".into(),
        statement_number: "ST-2026-10-10482".into(),
        member_number: "M-10482".into(),
        period: "October 2026".into(),
        currency: "EUR".into(),
        earned: "367.21".into(),
        balance: "312.13".into(),
        bonuses: vec![BonusSum { label: "Retail <profit>".into(), amount: "72.70".into() }],
        verification_code: "7QKD-M4TX-92RW".into(),
        contact: "field@sallowfield.example".into(),
        pdf: b"%PDF-1.7 a small one\n.\n%%EOF\n".to_vec(),
    }
}

/// The header block, unfolded, one header a line.
fn headers(bytes: &[u8]) -> Vec<String> {
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    let (head, _) = text.split_once("\r\n\r\n").unwrap();
    head.replace("\r\n ", " ").lines().map(str::to_owned).collect()
}

#[test]
fn the_same_view_gives_the_same_bytes() {
    let bytes = sample().to_bytes().unwrap();
    assert_eq!(bytes, sample().to_bytes().unwrap());
    let other = StatementMail { message_id: "st-204817.2@sallowfield.example".into(), ..sample() };
    assert_ne!(bytes, other.to_bytes().unwrap());
}

#[test]
fn the_headers_say_who_when_and_that_a_machine_wrote_it() {
    let found = headers(&sample().to_bytes().unwrap());
    for expected in [
        "Message-ID: <st-204817.1@sallowfield.example>",
        "From: \"Sallowfield Botanicals\" <statements@sallowfield.example>",
        "Reply-To: \"Field support\" <field@sallowfield.example>",
        "Subject: Your commission statement for October 2026, Sallowfield Botanicals",
        "Date: Thu, 12 Nov 2026 00:00:00 +0000",
        "Auto-Submitted: auto-generated",
        "MIME-Version: 1.0",
    ] {
        assert!(found.iter().any(|line| line == expected), "{expected} not in {found:#?}");
    }
    let to = found.iter().find(|line| line.starts_with("To: ")).unwrap();
    assert!(to.starts_with("To: =?utf-8?b?") && to.ends_with("<thao@example.com>"), "{to}");
}

#[test]
fn every_line_is_ascii_and_short_enough_for_any_relay() {
    let bytes = sample().to_bytes().unwrap();
    assert!(bytes.is_ascii());
    for line in String::from_utf8(bytes).unwrap().split("\r\n") {
        assert!(line.len() <= 998, "{line}");
        assert!(!line.contains(['\r', '\n']), "{line:?}");
    }
}

#[test]
fn nothing_typed_by_a_person_starts_a_header() {
    let evil = "Ana\r\nBcc: everybody@example.com\r\n\r\nboo";
    let mail = StatementMail {
        to: Mailbox::new(evil, "ana@example.com"),
        from: Mailbox::new(evil, "from@example.com"),
        company: evil.into(),
        period: evil.into(),
        statement_number: evil.into(),
        ..sample()
    };
    let found = headers(&mail.to_bytes().unwrap());
    assert!(found.iter().all(|line| !line.to_lowercase().starts_with("bcc")), "{found:#?}");
    assert_eq!(found.iter().filter(|line| line.starts_with("To: ")).count(), 1);
}

#[test]
fn html_is_escaped_text_is_not() {
    let mail = sample();
    assert!(HtmlPart { mail: &mail }.render().unwrap().contains("Retail &#60;profit&#62;"));
    let text = TextPart { mail: &mail }.render().unwrap();
    assert!(text.contains("Retail <profit>: 72.70 EUR\n"), "{text}");
    assert!(!text.contains("\n\n\n"), "{text}");
}

#[test]
fn a_message_id_is_checked() {
    for id in ["", "a", "@b", "a@", "a@b@c", "a b@c", "a@b>\r\nX: y", "<a@b>", "a..b@c"] {
        assert_eq!(check_message_id(id), Err(MailFault::NotAMessageId(id.into())), "{id:?}");
    }
    assert_eq!(check_message_id("st-2026-10-10482.r7@mail.example.com"), Ok(()));
}
