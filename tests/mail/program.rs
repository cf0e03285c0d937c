//! The program as it is installed: a demo company's statements by mail, with the sender killed on the way.

use std::collections::HashMap;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::{Mutex, mpsc};

use super::witness::{Deed, Step, Witness};

fn mainstay(config: Option<&Path>, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mainstay"));
    if let Some(config) = config {
        command.arg("--config").arg(config);
    }
    command.args(args).stdin(Stdio::null());
    command
}

fn said(mut command: Command) -> String {
    let Output { status, stdout, stderr } = command.output().unwrap();
    assert!(status.success(), "{command:?}: {}", String::from_utf8_lossy(&stderr));
    String::from_utf8(stdout).unwrap()
}

#[test]
fn statements_reach_every_member_though_the_sender_is_killed_twice() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("demo");
    let dir_text = dir.to_str().unwrap();
    said(mainstay(None, &["demo", "--members", "120", "--dir", dir_text, "--today", "2026-11-21"]));
    let config = dir.join("config.toml");
    let run = ["statements", "send", "R-2026-09-1", "--as", "ingrid@sallowfield.example"];
    let queued = said(mainstay(Some(&config), &run));
    let count: usize = queued.split(' ').next().unwrap().parse().unwrap();
    assert!(count > 5, "{queued}");
    assert!(said(mainstay(Some(&config), &run)).starts_with("0 "), "sending twice queues nothing twice");

    let (reached, at_dot) = mpsc::channel();
    let (tell, told) = mpsc::channel::<()>();
    let told = Mutex::new(told);
    let witness = Witness::scripted(move |step, n, _| {
        let deed = match (step, n) {
            (Step::Dot, 2) => Deed::TakeAndCut,
            (Step::Dot, 4) => Deed::Cut,
            _ => return None,
        };
        reached.send(()).unwrap();
        told.lock().unwrap().recv().unwrap();
        Some(deed)
    });
    let smtp = format!("smtp=smtp://127.0.0.1:{}?tls=none", witness.port);
    let send = || mainstay(Some(&config), &["mail", "send", "--set", &smtp]);
    for _ in 0..2 {
        let mut sender = send().stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        at_dot.recv().unwrap();
        sender.kill().unwrap();
        sender.wait().unwrap();
        tell.send(()).unwrap();
    }
    said(send());

    let mut arrived: HashMap<String, Vec<Vec<u8>>> = HashMap::new();
    for mail in witness.taken() {
        arrived.entry(mail.message_id).or_default().push(mail.bytes);
    }
    assert_eq!(arrived.len(), count, "nothing is lost");
    let doubled: Vec<_> = arrived.values().filter(|copies| copies.len() > 1).collect();
    assert_eq!(doubled.len(), 1, "only the mail that was taken over when the sender died comes twice");
    assert!(doubled[0].windows(2).all(|pair| pair[0] == pair[1]), "and it is the same mail to the byte");
    assert!(
        arrived
            .values()
            .flatten()
            .all(|bytes| String::from_utf8_lossy(bytes).contains("Content-Type: application/pdf"))
    );
    let status = said(mainstay(Some(&config), &["mail", "status", "--json"]));
    let states: HashMap<String, usize> = serde_json::from_str(&status).unwrap();
    assert!(states.keys().all(|state| state == "sent") && states["sent"] >= count, "{status}");
}
