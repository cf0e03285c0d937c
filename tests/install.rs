//! `install.sh`, below a root of its own and with the binary under test: what it writes, keeps and takes away.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use mainstay::config::{file, keys};

fn source(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn install(root: &Path, arguments: &[&str]) -> Output {
    Command::new("sh")
        .arg(source("install.sh"))
        .args(arguments)
        .args(["--binary", env!("CARGO_BIN_EXE_mainstay")])
        .env("MAINSTAY_INSTALL_ROOT", root)
        .output()
        .unwrap()
}

fn installed(root: &Path, arguments: &[&str]) -> String {
    let output = install(root, arguments);
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{out}{err}");
    out.into_owned()
}

/// Every file below `root`, as an absolute path of the installed system.
fn files(root: &Path) -> BTreeSet<String> {
    fn walk(folder: &Path, root: &Path, found: &mut BTreeSet<String>) {
        for entry in fs::read_dir(folder).unwrap().flatten() {
            if entry.path().is_dir() {
                walk(&entry.path(), root, found);
            } else {
                found.insert(format!("/{}", entry.path().strip_prefix(root).unwrap().display()));
            }
        }
    }
    let mut found = BTreeSet::new();
    walk(root, root, &mut found);
    found
}

#[test]
fn the_manifest_names_every_file() {
    let root = tempfile::tempdir().unwrap();
    installed(root.path(), &[]);
    let manifest = fs::read_to_string(root.path().join("usr/share/mainstay/manifest")).unwrap();
    let mut named: BTreeSet<String> =
        manifest.lines().map(|line| line.split_once("  ").unwrap().1.to_owned()).collect();
    named.insert("/usr/share/mainstay/manifest".into());
    assert_eq!(named, files(root.path()));
    for file in ["/usr/bin/mainstay", "/usr/lib/systemd/system/mainstay.service", "/etc/mainstay/config.toml"] {
        assert!(named.contains(file), "{file}");
    }
}

#[test]
fn installing_again_changes_nothing_and_keeps_what_was_said_first() {
    let root = tempfile::tempdir().unwrap();
    installed(root.path(), &["--listen", "0.0.0.0:9000"]);
    let manifest = || fs::read(root.path().join("usr/share/mainstay/manifest")).unwrap();
    let first = manifest();
    installed(root.path(), &[]);
    assert_eq!(first, manifest());
    let config = fs::read_to_string(root.path().join("etc/mainstay/config.toml")).unwrap();
    assert!(config.ends_with("listen = \"0.0.0.0:9000\"\n"), "{config}");
}

#[test]
fn a_changed_configuration_is_never_overwritten() {
    let root = tempfile::tempdir().unwrap();
    installed(root.path(), &[]);
    let config = root.path().join("etc/mainstay/config.toml");
    fs::write(&config, "workers = 1\n").unwrap();
    for _ in 0..2 {
        let said = installed(root.path(), &["--postgres", "postgres://m@db/mainstay"]);
        assert!(said.contains("was changed by hand and stays as it is"), "{said}");
        assert_eq!(fs::read_to_string(&config).unwrap(), "workers = 1\n");
    }
    let new = fs::read_to_string(root.path().join("etc/mainstay/config.toml.new")).unwrap();
    assert!(new.ends_with("database = \"postgres://m@db/mainstay\"\n"), "{new}");
}

#[test]
fn uninstalling_keeps_configuration_and_data_and_purging_keeps_nothing() {
    let root = tempfile::tempdir().unwrap();
    installed(root.path(), &[]);
    fs::write(root.path().join("var/lib/mainstay/mainstay.db"), "data").unwrap();
    installed(root.path(), &["--uninstall"]);
    let kept: Vec<String> = files(root.path()).into_iter().collect();
    assert_eq!(kept, ["/etc/mainstay/config.toml", "/var/lib/mainstay/mainstay.db"]);
    installed(root.path(), &["--uninstall", "--purge"]);
    assert!(files(root.path()).is_empty());
    installed(root.path(), &["--uninstall"]);
}

/// A port that nobody listens on.
fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Whether a console answers there.
fn answers(address: &str) -> bool {
    use std::io::{Read as _, Write as _};
    let Ok(mut stream) = std::net::TcpStream::connect(address) else { return false };
    stream.write_all(b"GET /sign-in HTTP/1.0\r\nHost: localhost\r\n\r\n").unwrap();
    let mut answer = String::new();
    drop(stream.read_to_string(&mut answer));
    answer.starts_with("HTTP/1.") && answer.contains("Mainstay")
}

#[test]
fn the_demo_is_made_served_stopped_and_taken_away() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("a demo");
    let address = format!("127.0.0.1:{}", free_port());
    let demo = |arguments: &[&str]| -> String {
        let output = Command::new("sh")
            .arg(source("install.sh"))
            .args(["--demo", "--binary", env!("CARGO_BIN_EXE_mainstay"), "--members", "120", "--listen", &address])
            .args(arguments)
            .env("MAINSTAY_DEMO_DIR", &folder)
            .env_remove("MAINSTAY_TEST_POSTGRES")
            .output()
            .unwrap();
        let (said, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "{said}{err}");
        said.into_owned()
    };
    let said = demo(&[]);
    for part in [&format!("Console:        http://{address}"), "Sign in as:", "Password:", "--demo --stop"] {
        assert!(said.contains(part), "{said}");
    }
    assert!(answers(&address));
    let pdfs = files(&folder.join("statements"))
        .into_iter()
        .filter(|file| file.rsplit_once('.').is_some_and(|(_, kind)| kind == "pdf"))
        .count();
    assert!(pdfs > 0, "no statements");
    assert!(!files(&folder.join("mail/new")).is_empty(), "no mails");
    assert!(demo(&[]).contains("The demo is served already."));
    demo(&["--stop"]);
    assert!(!answers(&address));
    demo(&["--uninstall"]);
    assert!(!folder.exists());
}

#[test]
fn a_demo_never_removes_what_it_did_not_make() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("config.toml"), "listen = \"127.0.0.1:8480\"\n").unwrap();
    let removed = Command::new("sh")
        .arg(source("install.sh"))
        .args(["--demo", "--uninstall"])
        .env("MAINSTAY_DEMO_DIR", folder.path())
        .output()
        .unwrap();
    assert!(removed.status.success());
    assert!(folder.path().join("config.toml").is_file());
}

#[test]
fn a_dry_run_does_nothing() {
    let root = tempfile::tempdir().unwrap();
    let said = installed(root.path(), &["--dry-run"]);
    assert!(said.contains("would write: /usr/bin/mainstay"), "{said}");
    assert!(files(root.path()).is_empty());
}

#[test]
fn a_wrong_option_says_so() {
    let root = tempfile::tempdir().unwrap();
    for (arguments, says) in [
        (&["--no-such-option"][..], "there is no option --no-such-option"),
        (&["--postgres", "mysql://h/n"], "--postgres needs an address like postgres://"),
        (&["--purge"], "--purge goes with --uninstall"),
        (&["--members", "many"], "--members needs a number"),
    ] {
        let output = install(root.path(), arguments);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        assert!(String::from_utf8_lossy(&output.stderr).contains(says), "{arguments:?}");
        assert!(files(root.path()).is_empty());
    }
}

#[test]
fn the_example_configuration_knows_every_key_and_says_the_defaults() {
    let text = fs::read_to_string(source("packaging/config.toml")).unwrap();
    assert!(file::read(Path::new("config.toml"), &text).0.is_empty(), "nothing is set until somebody sets it");
    // A commented key is a line like `#listen = …`; a remark has a space after the sign.
    let opened: String = text
        .lines()
        .filter_map(|line| line.strip_prefix('#'))
        .filter(|line| !line.starts_with(' '))
        .fold(String::new(), |all, line| all + line + "\n");
    let (said, faults) = file::read(Path::new("config.toml"), &opened);
    assert!(faults.is_empty(), "{faults:?}");
    let named: Vec<&str> =
        keys::KEYS.iter().map(|key| key.name).filter(|key| said.iter().any(|(name, _)| name == key)).collect();
    let all: Vec<&str> = keys::KEYS.iter().map(|key| key.name).collect();
    assert_eq!(named, all);
}

#[test]
fn the_unit_is_a_tight_cage() {
    let folder = tempfile::tempdir().unwrap();
    let unit = folder.path().join("mainstay.service");
    fs::copy(source("packaging/systemd/mainstay.service"), &unit).unwrap();
    let judged = Command::new("systemd-analyze").args(["security", "--offline=true", "--no-pager"]).arg(&unit).output();
    let Ok(judged) = judged else { return }; // no systemd on this machine
    let judged = String::from_utf8_lossy(&judged.stdout).into_owned();
    let exposure = judged.lines().last().and_then(|line| line.split_once(": ")).map(|(_, rest)| rest);
    let tenths =
        exposure.and_then(|rest| rest.split(' ').next()).and_then(|number| number.replace('.', "").parse::<u32>().ok());
    assert!(tenths.is_some_and(|tenths| tenths <= 12), "{judged}");
}
