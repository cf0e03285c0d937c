//! The watchdog: a service manager is told that the process lives only while it does.

use std::os::unix::net::UnixDatagram;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use mainstay::clock::Clock;
use mainstay::domain::calendar::Moment;
use mainstay::domain::ids::StaffId;
use mainstay::jobs::{Ended, Worker};
use mainstay::store::jobs;

use crate::databases;

/// The process, which ends with the test.
struct Served(Child);

impl Served {
    fn signal(&self, name: &str) {
        let done = Command::new("kill").args(["-s", name, &self.0.id().to_string()]).status().unwrap();
        assert!(done.success());
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

#[test]
fn a_frozen_process_no_longer_says_that_it_lives() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notify");
    let socket = UnixDatagram::bind(&path).unwrap();
    let config = folder.path().join("config.toml");
    std::fs::write(&config, "").unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_mainstay"));
    command.env_clear().env("PATH", "/usr/bin:/bin").stdout(Stdio::null()).stderr(Stdio::null());
    // The manager's patience is 3 seconds, so the process speaks every second.
    command.env("NOTIFY_SOCKET", &path).env("WATCHDOG_USEC", "3000000");
    command.arg("--config").arg(&config).arg("--data-dir").arg(folder.path().join("data"));
    let served = Served(command.args(["serve", "--listen", "127.0.0.1:0"]).spawn().unwrap());
    let hear = |patience: u64| {
        socket.set_read_timeout(Some(Duration::from_secs(patience))).unwrap();
        let mut bytes = [0; 256];
        let length = socket.recv(&mut bytes).ok()?;
        Some(String::from_utf8_lossy(&bytes[..length]).into_owned())
    };
    let hear_of = |word: &str| {
        std::iter::from_fn(|| hear(60)).find(|said| said.contains(word)).unwrap_or_else(|| panic!("no {word}"));
    };
    hear_of("READY=1");
    hear_of("WATCHDOG=1");
    hear_of("WATCHDOG=1");
    served.signal("STOP");
    // What it said before it froze is still in the socket; then there is silence beyond the patience.
    while hear(1).is_some() {}
    assert_eq!(hear(4), None, "a frozen process speaks");
    served.signal("CONT");
    hear_of("WATCHDOG=1");
}

#[test]
fn jobs_that_hang_are_noticed() {
    databases::each(|fresh| {
        let clock = Clock::fixed(Moment(1_000_000));
        let (go, wait) = mpsc::channel::<()>();
        let (begin, begun) = mpsc::channel::<()>();
        let (wait, begin) = (std::sync::Mutex::new(wait), std::sync::Mutex::new(begin));
        let hanging = Box::new(move |_: &mainstay::jobs::Task<'_>, _: &str| {
            begin.lock().unwrap().send(()).unwrap();
            wait.lock().unwrap().recv().unwrap();
            Ended::Done("it went on".to_owned())
        });
        fresh.db.write(|tx| jobs::enqueue(tx, "hang", "{}", "Hang", StaffId(0), Moment(0))).unwrap();
        let worker = Worker::new(fresh.db.clone(), clock.clone(), vec![("hang", hanging)]);
        let remote = worker.remote();
        std::thread::scope(|scope| {
            scope.spawn(|| worker.work());
            begun.recv().unwrap();
            assert!(remote.beats(&clock, 600));
            clock.advance(Duration::from_secs(601));
            assert!(!remote.beats(&clock, 600), "a job that says nothing for ten minutes is frozen");
            remote.end();
            go.send(()).unwrap();
        });
    });
}
