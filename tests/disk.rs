//! A disk that fills up, with real files on a small disk: each command says what to do, ends with 1, leaves
//! nothing half done, and goes on when there is space again.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use mainstay::plan::starter;

const MEMBERS: &str = "kind = \"members\"\n[columns]\nnumber = \"No\"\nname = \"Name\"\nsponsor = \"Sponsor\"\njoined_on = \"Since\"\nemail = \"Mail\"\n";
const PRODUCTS: &str = "kind = \"products\"\n[columns]\nsku = \"Code\"\nname = \"Name\"\nprice = \"Price\"\ncv = { from = \"price\", times = \"1\" }\nqv = { from = \"price\", times = \"1\" }\n";
const ORDERS: &str = "kind = \"orders\"\n[columns]\nnumber = \"No\"\nmember = \"Member\"\nsku = \"Code\"\nquantity = \"Qty\"\nunit_price = \"Price\"\nordered_at = \"At\"\nqv = { from = \"price\", times = \"1\" }\ncv = { from = \"price\", times = \"1\" }\n";
/// How many members there are.
const COUNT: usize = 1500;

/// A folder with the files of a company, and the folder of its data.
struct House {
    files: tempfile::TempDir,
    data: PathBuf,
}

impl House {
    fn new(data: PathBuf) -> Self {
        let files = tempfile::tempdir().unwrap();
        let put = |name: &str, text: &str| fs::write(files.path().join(name), text).unwrap();
        let (mut members, mut orders) =
            ("No,Name,Sponsor,Since,Mail\n".to_owned(), "No,Member,Code,Qty,Price,At\n".to_owned());
        for at in 1..=COUNT {
            let sponsor = if at < 3 { String::new() } else { format!("M-{}", at / 3) };
            writeln!(members, "M-{at},Somebody with a name {at},{sponsor},2019-01-01,m{at}@field.example").unwrap();
            writeln!(orders, "{at},M-{at},A,2,100.00,2020-01-15").unwrap();
        }
        put("members.csv", &members);
        put("orders.csv", &orders);
        put("products.csv", "Code,Name,Price\nA,Tea,100.00\n");
        for (name, text) in [("members", MEMBERS), ("products", PRODUCTS), ("orders", ORDERS)] {
            put(&format!("{name}.toml"), text);
        }
        put("plan.toml", starter::UNILEVEL);
        put("config.toml", "mail_from = \"Office <office@field.example>\"\n");
        Self { files, data }
    }

    fn file(&self, name: &str) -> String {
        self.files.path().join(name).display().to_string()
    }

    /// A command; with a limit, none of its files may grow beyond so many blocks of 512 bytes, and a write
    /// beyond is an error of the disk.
    fn run(&self, blocks: Option<u32>, args: &[&str]) -> Output {
        let program = env!("CARGO_BIN_EXE_mainstay");
        let mut command = match blocks {
            None => Command::new(program),
            Some(blocks) => {
                let mut shell = Command::new("sh");
                shell.args(["-c", &format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\""), program]);
                shell
            }
        };
        command.env_clear().env("PATH", "/usr/bin:/bin").args(["--config", &self.file("config.toml")]);
        command.args(["--data-dir", &self.data.display().to_string()]);
        command.args(["--set", &format!("smtp=file:{}", self.data.join("maildir").display())]);
        command.args(args).output().unwrap()
    }

    fn said(&self, args: &[&str]) -> String {
        let output = self.run(None, args);
        assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    fn refused(&self, args: &[&str]) -> String {
        refused(&self.run(None, args), args)
    }

    fn import(&self, kind: &str) -> String {
        self.said(&[
            "import",
            kind,
            &self.file(&format!("{kind}.csv")),
            "--mapping",
            &self.file(&format!("{kind}.toml")),
        ])
    }

    fn set_up(&self) {
        let (plan, company) = (self.file("plan.toml"), "Sallowfield");
        let zone = ["--currency", "EUR", "--zone", "Europe/Berlin"];
        let people = ["--staff", "ann@field.example:owner", "--staff", "ben@field.example:finance"];
        let plan = ["--plan", &plan, "--plan-from", "2020-01-01"];
        self.said(&[&["setup", "--company", company][..], &zone, &people, &plan].concat());
    }

    /// The ledger check says nothing when all is well.
    fn holds(&self) {
        assert_eq!(self.said(&["ledger", "check"]), "");
    }
}

fn refused(output: &Output, args: &[&str]) -> String {
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{args:?}: {said}");
    said
}

/// Fills the disk up to so many bytes; the space comes back with the drop.
struct Ballast(PathBuf);

impl Ballast {
    fn leaving(disk: &Path, bytes: u64) -> Self {
        let path = disk.join("ballast");
        // Writes until the disk is full, then gives some back.
        fs::write(&path, vec![0_u8; 64 << 20]).unwrap_err();
        let file = fs::File::options().write(true).open(&path).unwrap();
        let length = file.metadata().unwrap().len();
        file.set_len(length.saturating_sub(bytes)).unwrap();
        Self(path)
    }
}

impl Drop for Ballast {
    fn drop(&mut self) {
        fs::remove_file(&self.0).unwrap();
    }
}

/// A small disk in memory.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    fn mounted(megabytes: u32) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let size = format!("size={megabytes}m");
        let mount = Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(folder.path()).output();
        mount.is_ok_and(|output| output.status.success()).then_some(Self(folder))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let done = Command::new("umount").arg("-l").arg(self.0.path()).status();
        assert!(done.is_ok_and(|status| status.success()), "the small disk is still mounted");
    }
}

#[test]
fn a_disk_that_fills_up_stops_each_command_and_costs_nothing() {
    if let Some(disk) = SmallDisk::mounted(9) {
        return on_a_small_disk(disk.0.path());
    }
    // Without the right to mount: as root of a user namespace of its own.
    let me = std::env::current_exe().unwrap();
    let inside = ["--exact", "disk::a_disk_that_fills_up_stops_each_command_and_costs_nothing"];
    let enter = ["--user", "--map-root-user", "--mount", "--"];
    let may = Command::new("unshare").args(enter).args(["mount", "-t", "tmpfs", "tmpfs", "/tmp"]).output();
    if may.is_ok_and(|output| output.status.success()) {
        let output = Command::new("unshare").args(enter).arg(me).args(inside).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    } else {
        println!("skipped: neither mount nor unshare is permitted here, so there is no small disk");
    }
}

fn on_a_small_disk(disk: &Path) {
    let house = House::new(disk.join("data"));
    house.set_up();
    let import = ["import", "members", &house.file("members.csv"), "--mapping", &house.file("members.toml")];

    let full = Ballast::leaving(disk, 0);
    assert!(house.refused(&import).contains("the disk of the database"));
    drop(full);

    let full = Ballast::leaving(disk, 200 << 10);
    let said = house.refused(&import);
    assert!(said.contains("start it again to go on") && said.contains("the disk of the database is full"), "{said}");
    house.holds();
    drop(full);
    let report = house.import("members");
    assert!(report.contains("1,500 read, 1,500 created"), "{report}");
    assert!(house.import("members").contains("0 created, 0 changed, 1,500 unchanged"), "the same twice");
    house.import("products");
    house.import("orders");
    house.said(&["run", "freeze", "2020-01", "--as", "ann@field.example"]);

    let calculate = ["run", "calculate", "2020-01", "--as", "ann@field.example"];
    let full = Ballast::leaving(disk, 200 << 10);
    let said = house.refused(&calculate);
    assert!(said.contains("the disk of the database is full; nothing was changed. Free some space"), "{said}");
    assert!(house.said(&["run", "list"]).contains("frozen              0 lines"), "nothing half calculated");
    drop(full);
    house.said(&calculate);
    house.said(&["run", "review", "2020-01", "--as", "ann@field.example"]);
    house.said(&["run", "approve", "2020-01", "--as", "ben@field.example"]);

    let commit = ["run", "commit", "2020-01", "--as", "ben@field.example"];
    let full = Ballast::leaving(disk, 200 << 10);
    assert!(house.refused(&commit).contains("the disk of the database is full"));
    house.holds();
    assert!(house.said(&["run", "list"]).contains("approved"));
    drop(full);
    house.said(&commit);
    house.holds();

    statements_are_whole_or_not_there(&house, disk);
    mails_wait_for_space(&house, disk);
    house.holds();
}

fn statements_are_whole_or_not_there(house: &House, disk: &Path) {
    let to = disk.join("statements");
    let export = ["statements", "export", "2020-01", "--to", &to.display().to_string()];
    let said = house.refused(&export);
    assert!(said.contains("can't be written: No space left on device") && said.contains("statements are complete"));
    let written: Vec<Vec<u8>> =
        fs::read_dir(&to).unwrap().map(|entry| fs::read(entry.unwrap().path()).unwrap()).collect();
    assert!(!written.is_empty() && said.contains(&format!("; {} statements", written.len())), "{said}");
    assert!(written.iter().all(|pdf| pdf.ends_with(b"%%EOF\n") || pdf.ends_with(b"%%EOF")), "a cut file was left");
    fs::remove_dir_all(&to).unwrap();
    // Elsewhere there is space, and the same files come out.
    let elsewhere = house.files.path().join("statements");
    house.said(&["statements", "export", "2020-01", "--to", &elsewhere.display().to_string()]);
    assert!(fs::read_dir(elsewhere).unwrap().count() > written.len());
}

fn mails_wait_for_space(house: &House, disk: &Path) {
    house.said(&["statements", "send", "2020-01", "--as", "ann@field.example"]);
    let count = |status: &str| {
        let counts: serde_json::Value = serde_json::from_str(&house.said(&["mail", "status", "--json"])).unwrap();
        counts[status].as_u64().unwrap_or(0)
    };
    let all = count("queued");
    assert!(all > 100, "{all}");
    let new = disk.join("data/maildir/new");
    let moved = house.files.path().join("arrived");
    fs::create_dir(&moved).unwrap();
    // What arrived is taken away, as a relay does; the disk fills again and again.
    for _ in 0..50 {
        let done = house.run(None, &["mail", "send"]);
        for entry in fs::read_dir(&new).unwrap() {
            let path = entry.unwrap().path();
            let bytes = fs::read(&path).unwrap();
            let text = String::from_utf8_lossy(&bytes);
            let id = text.lines().find_map(|line| line.strip_prefix("Message-ID: ")).unwrap();
            assert!(text.trim_end().ends_with("--"), "a mail was cut");
            fs::write(moved.join(id.trim_matches(['<', '>']).replace('/', "_")), []).unwrap();
            fs::remove_file(&path).unwrap();
        }
        if done.status.success() && count("sent") == all {
            break;
        }
        let said = String::from_utf8_lossy(&done.stderr).into_owned();
        assert!(said.contains("check free space") || said.contains("is full") || count("deferred") > 0, "{said}");
        house.said(&["mail", "retry", "--as", "ann@field.example"]);
    }
    assert_eq!(count("sent"), all, "nothing is lost");
    assert_eq!(fs::read_dir(&moved).unwrap().count() as u64, all, "each mail arrived");
}

#[test]
fn a_database_that_may_not_grow_stops_an_import_and_keeps_what_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let house = House::new(folder.path().join("data"));
    house.set_up();
    let import = ["import", "members", &house.file("members.csv"), "--mapping", &house.file("members.toml")];
    let said = refused(&house.run(Some(1000), &import), &import);
    assert!(said.contains("start it again to go on") && said.contains("free some space"), "{said}");
    house.holds();
    assert!(house.import("members").contains("1,500 created"));
    assert!(house.import("members").contains("1,500 unchanged"));
}
