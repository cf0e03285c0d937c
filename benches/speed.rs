//! Speed and size of the whole: `cargo bench --bench speed [-- MEMBERS]`. Makes a demo company, imports as
//! many members as it has, runs a month, serves the console and loads it with `wrk`. Prints figures, asserts
//! nothing. The company stays below `target/tmp` and is used again.

use std::error::Error;
use std::fmt::Display;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use mainstay::actions::compute_run::compute_run;
use mainstay::actions::discard_run::discard_run;
use mainstay::actions::freeze_run::freeze_run;
use mainstay::actions::{company, sign_in};
use mainstay::clock::Clock;
use mainstay::demo::{Field, Folder, Found, Recipe, make};
use mainstay::domain::calendar::{Day, Moment};
use mainstay::domain::staff::Actor;
use mainstay::store::{DatabaseUrl, Db, StoreError, staff};

const BINARY: &str = env!("CARGO_BIN_EXE_mainstay");
const TODAY: &str = "2026-10-31";
const OPEN_MONTH: &str = "2026-10";
const PERSON: &str = "ingrid@sallowfield.example";
const ADDRESS: &str = "127.0.0.1:8479";
/// Pages under load, with what they are. `M-10482` stands in the middle of the tree, with people above and below.
const PAGES: &[(&str, &str)] = &[
    ("today", "/"),
    ("members, first page", "/members"),
    ("members, page 50", "/members?page=50"),
    ("members on hold", "/members?status=suspended"),
    ("search by name", "/members?q=fernandez"),
    ("search by number", "/members?q=M-10482"),
    ("profile", "/members/M-10482"),
    ("genealogy, the top", "/genealogy"),
    ("genealogy, the top member", "/genealogy/M-10001"),
    ("genealogy of a member", "/genealogy/M-10482"),
    ("orders, first page", "/orders"),
    ("orders not paid yet", "/orders?payment=pending"),
];
/// Connections at once.
const CONNECTIONS: &[&str] = &["8", "4"];
/// Prints the number of requests, and then what `wrk` leaves out.
const WRK_SCRIPT: &str = "done = function(summary, latency)\n\
    local failed = summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.timeout\n\
    io.write(string.format(\"%d|%.0f a second, p50 %.1f ms, p90 %.1f ms, p95 %.1f ms, p99 %.1f ms, %d failed\\n\",\n\
        summary.requests, summary.requests / summary.duration * 1e6, latency:percentile(50) / 1000,\n\
        latency:percentile(90) / 1000, latency:percentile(95) / 1000, latency:percentile(99) / 1000, failed))\nend\n";

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let members = std::env::args().skip(1).find_map(|word| word.parse().ok()).unwrap_or(100_000);
    let recipe = Recipe { members, seed: 1, today: TODAY.parse()? };
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("speed-{members}"));
    make_company(&folder, &recipe)?;
    import_members(&folder.with_extension("import"), &recipe)?;
    run_month(&folder)?;
    serve(&folder)
}

fn say(what: impl Display, figure: impl Display) {
    println!("{what:<40}  {figure}");
}

fn make_company(path: &Path, recipe: &Recipe) -> Outcome<()> {
    let begun = path.exists() && !path.join("made").exists();
    match Folder::prepare(path, begun)? {
        Found::Finished(_, made) => say("company", format!("{made}, made before")),
        Found::Empty(folder) => {
            let start = Instant::now();
            folder.write_config(None)?;
            let db = Db::open(&DatabaseUrl::Sqlite(folder.path("mainstay.db")))?;
            let made = make(&db, recipe, true, |_| {})?;
            let what = format!("{} members, {} orders, {} runs", made.members, made.orders, made.runs.len());
            folder.write_private("sign-in.txt", &made.password)?;
            folder.mark_finished(&what)?;
            say("company", format!("{what} in {}", seconds(start.elapsed())));
        }
    }
    let database = path.join("mainstay.db").metadata()?.len();
    say("database", format!("{} MiB", database >> 20));
    Ok(())
}

/// The same members as a CSV file, into an empty database.
fn import_members(folder: &Path, recipe: &Recipe) -> Outcome<()> {
    if folder.exists() {
        std::fs::remove_dir_all(folder)?;
    }
    std::fs::create_dir_all(folder)?;
    let (file, mapping, database) = (folder.join("m.csv"), folder.join("m.toml"), folder.join("m.db"));
    write_members(&file, recipe)?;
    let fields = ["number", "name", "kind", "email", "country", "joined_on", "sponsor", "enroller"];
    let columns = fields.map(|field| format!("{field} = \"{field}\"\n")).concat();
    std::fs::write(&mapping, format!("kind = \"members\"\n\n[columns]\n{columns}"))?;
    let db = Db::open(&DatabaseUrl::Sqlite(database.clone()))?;
    let settings = mainstay::domain::company::Company {
        name: "Import".to_owned(),
        address: String::new(),
        email: String::new(),
        currency: "EUR".parse()?,
        zone: "Europe/London".parse()?,
    };
    db.write(|tx| company::save(tx, &settings, Moment(1)))?;
    drop(db);
    let mut command = Command::new(BINARY);
    command.args(["import", "members"]).arg(&file).arg("--mapping").arg(&mapping);
    command.arg("--database").arg(format!("sqlite:{}", database.display())).arg("--data-dir").arg(folder);
    let start = Instant::now();
    finished(command.stdout(Stdio::null()))?;
    say("import of all members", seconds(start.elapsed()));
    Ok(())
}

fn write_members(file: &Path, recipe: &Recipe) -> Outcome<()> {
    let field = Field::grow(recipe);
    let mut csv = csv::Writer::from_path(file)?;
    csv.write_record(["number", "name", "kind", "email", "country", "joined_on", "sponsor", "enroller"])?;
    for (node, index) in field.nodes().iter().zip(0_u32..) {
        let person = field.person(index);
        let upline = |upline: Option<u32>| upline.map(Field::number).unwrap_or_default();
        csv.write_record([
            Field::number(index).as_str(),
            &person.name,
            node.kind.as_str(),
            &person.email,
            person.country,
            &node.joined.to_string(),
            &upline(node.sponsor),
            &upline(node.enroller),
        ])?;
    }
    Ok(csv.flush()?)
}

/// The month that is still open, as if it were over; three times, thrown away each time.
fn run_month(folder: &Path) -> Outcome<()> {
    let db = Db::open(&DatabaseUrl::Sqlite(folder.join("mainstay.db")))?;
    let today: Day = TODAY.parse()?;
    let clock = Clock::fixed(Moment(i64::from(today.plus(2).0) * 86_400_000_000));
    let found = db.read(|conn| staff::find_by_email(conn, PERSON))?;
    let person = found.ok_or_else(|| StoreError::not_found("person", PERSON))?;
    let actor = Actor::person(person.id, person.name, "");
    for _ in 0..3 {
        let start = Instant::now();
        let run = freeze_run(&db, &clock, &actor, OPEN_MONTH)?;
        let frozen = start.elapsed();
        let run = compute_run(&db, &clock, &actor, run.id, &mut |_, _, _| true)?;
        let computed = start.elapsed().saturating_sub(frozen);
        let what = format!(
            "freeze {}, calculate and store {}: {} members, {} orders, {} lines",
            seconds(frozen),
            seconds(computed),
            run.member_count,
            run.order_count,
            run.line_count
        );
        say("a month's run", what);
        discard_run(&db, &clock, &actor, run.id)?;
    }
    Ok(())
}

fn serve(folder: &Path) -> Outcome<()> {
    let start = Instant::now();
    let config = folder.join("config.toml");
    let mut server = Command::new(BINARY)
        .arg("serve")
        .arg("--config")
        .arg(&config)
        .args(["--listen", ADDRESS])
        .stderr(Stdio::null())
        .stdout(Stdio::null())
        .spawn()?;
    let measured = wait_until_ready(&mut server).and_then(|()| {
        say("ready", format!("{} ms", start.elapsed().as_millis()));
        std::thread::sleep(Duration::from_secs(5));
        say("memory, idle", resident(&server)?);
        load(folder, &server)?;
        say("memory, after the load", resident(&server)?);
        Ok(())
    });
    server.kill()?;
    server.wait()?;
    measured
}

fn wait_until_ready(server: &mut Child) -> Outcome<()> {
    for _ in 0..10_000 {
        if let Some(status) = server.try_wait()? {
            return Err(format!("the server ended: {status}").into());
        }
        if let Ok(mut stream) = TcpStream::connect(ADDRESS) {
            stream.write_all(b"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
            let mut answer = String::new();
            stream.read_to_string(&mut answer)?;
            if answer.starts_with("HTTP/1.1 200") {
                return Ok(());
            }
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    Err("the server is not ready after 10 seconds".into())
}

fn load(folder: &Path, server: &Child) -> Outcome<()> {
    let script: PathBuf = folder.with_extension("lua");
    std::fs::write(&script, WRK_SCRIPT)?;
    let cookie = format!("Cookie: mainstay={}", session(folder)?);
    for (what, page) in PAGES {
        for connections in CONNECTIONS {
            let before = processor_ms(server)?;
            let output = Command::new("wrk")
                .args(["-t", "2", "-c", connections, "-d", "10s", "-s"])
                .arg(&script)
                .args(["-H", &cookie, &format!("http://{ADDRESS}{page}")])
                .output()?;
            let spent = processor_ms(server)? - before;
            let said = String::from_utf8_lossy(&output.stdout);
            let last = said.lines().last().unwrap_or_default();
            let (requests, rest) = last.split_once('|').ok_or_else(|| format!("wrk said: {said}"))?;
            let each = spent * 1000 / requests.parse::<u64>()?.max(1);
            let each = format!("{}.{:02} ms of processor each", each / 1000, each % 1000 / 10);
            say(format!("{what}, {connections} at once"), format!("{rest}, {each}"));
        }
    }
    Ok(())
}

/// What the server has used of the processors so far.
fn processor_ms(server: &Child) -> Outcome<u64> {
    // The name of the program may hold spaces; the numbers stand after it. Ticks are hundredths of a second.
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", server.id()))?;
    let (_, numbers) = stat.rsplit_once(')').ok_or("no name in stat")?;
    let ticks: Vec<u64> = numbers.split_whitespace().skip(11).take(2).map(str::parse).collect::<Result<_, _>>()?;
    Ok(ticks.iter().sum::<u64>() * 10)
}

/// Signs in as a browser would and returns the session's token.
fn session(folder: &Path) -> Outcome<String> {
    let db = Db::open(&DatabaseUrl::Sqlite(folder.join("mainstay.db")))?;
    let password = std::fs::read_to_string(folder.join("sign-in.txt"))?;
    let input = sign_in::Input {
        email: PERSON.to_owned(),
        password,
        address: "127.0.0.1".to_owned(),
        agent: "bench".to_owned(),
    };
    Ok(sign_in::sign_in(&db, &Clock::System, &input)?)
}

fn finished(command: &mut Command) -> Outcome<()> {
    let status = command.stderr(Stdio::null()).status()?;
    if status.success() { Ok(()) } else { Err(format!("{command:?} ended with {status}").into()) }
}

fn resident(server: &Child) -> Outcome<String> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.id()))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or("0 kB");
    let kib: u64 = line.trim().trim_end_matches(" kB").parse()?;
    Ok(format!("{} MiB", kib >> 10))
}

fn seconds(time: Duration) -> String {
    format!("{:.2} s", time.as_secs_f64())
}
