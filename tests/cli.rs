//! The command line, by spawning the binary: texts, exit codes, and what it does to files.

use std::path::Path;
use std::process::{Command, Output};

/// Runs `mainstay` in `folder`, away from this machine's own configuration.
fn mainstay(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mainstay"));
    command.current_dir(folder).env_clear().env("PATH", "/usr/bin:/bin").args(arguments);
    command.output().unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// An empty configuration, so that the machine's own is not read.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("empty.toml"), "").unwrap();
    folder
}

#[test]
fn every_command_has_help_with_an_example() {
    let folder = folder();
    let help = mainstay(folder.path(), &["--help"]);
    assert!(help.status.success());
    assert!(out(&help).contains("Exit codes: 0 done, 1 the work failed, 2"), "{}", out(&help));
    for path in [
        "serve",
        "migrate",
        "import",
        "demo",
        "completions",
        "config show",
        "plan check",
        "plan diff",
        "plan test",
        "plan explain",
        "plan simulate",
        "ledger check",
        "run list",
        "run freeze",
        "run calculate",
        "run review",
        "run approve",
        "run commit",
        "run discard",
        "statements export",
        "statements send",
        "mail status",
        "mail send",
    ] {
        let arguments: Vec<&str> = path.split(' ').chain(["--help"]).collect();
        let help = mainstay(folder.path(), &arguments);
        assert!(help.status.success(), "{path}: {}", err(&help));
        assert!(out(&help).contains("Example"), "{path}: {}", out(&help));
    }
}

#[test]
fn a_wrong_command_line_ends_with_2() {
    let folder = folder();
    for arguments in [&["no-such-command"][..], &["serve", "--no-such-flag"], &["config", "show", "--set", "x"]] {
        assert_eq!(mainstay(folder.path(), arguments).status.code(), Some(2), "{arguments:?}");
    }
}

#[test]
fn an_unknown_key_refuses_to_start() {
    let folder = folder();
    std::fs::write(folder.path().join("c.toml"), "listen = \"127.0.0.1:0\"\ndatabse = \"sqlite:x.db\"\n").unwrap();
    let shown = mainstay(folder.path(), &["config", "show", "--config", "c.toml"]);
    assert_eq!(shown.status.code(), Some(2));
    assert_eq!(err(&shown), "mainstay: c.toml:2: there is no key “databse”; did you mean “database”?\n");
    assert_eq!(mainstay(folder.path(), &["serve", "--config", "c.toml"]).status.code(), Some(2));
}

#[test]
fn a_configuration_file_that_is_named_must_be_there() {
    let folder = folder();
    let shown = mainstay(folder.path(), &["config", "show", "--config", "nowhere.toml"]);
    assert_eq!(shown.status.code(), Some(2));
    assert!(err(&shown).contains("nowhere.toml: cannot be read"), "{}", err(&shown));
}

#[test]
fn the_configuration_is_shown_with_its_origins_and_without_passwords() {
    let folder = folder();
    std::fs::write(
        folder.path().join("c.toml"),
        "smtp = \"smtp://office:s3cret@mail.example.com\"\nmail_from = \"a@example.com\"\n",
    )
    .unwrap();
    let arguments = ["config", "show", "--origin", "--config", "c.toml", "--database", "postgres://u:s3cret@h/n"];
    let text = out(&mainstay(folder.path(), &arguments));
    assert!(text.contains("postgres://u:…@h/n"), "{text}");
    assert!(text.contains("# command line --database"), "{text}");
    assert!(text.contains("# c.toml:1"), "{text}");
    assert!(!text.contains("s3cret"), "{text}");
    let json = out(&mainstay(folder.path(), &["config", "show", "--json", "--config", "c.toml"]));
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["smtp"]["value"], "smtp://office:***@mail.example.com");
    assert_eq!(json["smtp"]["origin"], "c.toml:1");
}

#[test]
fn the_environment_beats_the_file() {
    let folder = folder();
    std::fs::write(folder.path().join("c.toml"), "workers = 1\n").unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_mainstay"));
    command.current_dir(folder.path()).env_clear().env("MAINSTAY_WORKERS", "7").env("MAINSTAY_CONFIG", "c.toml");
    let text = out(&command.args(["config", "show", "--origin"]).output().unwrap());
    assert!(
        text.lines().any(|line| line.starts_with("workers = 7") && line.ends_with("# environment MAINSTAY_WORKERS"))
    );
}

#[test]
fn the_same_binary_migrates_both_databases() {
    let folder = folder();
    for fresh in crate::databases::all() {
        let arguments = ["migrate", "--config", "empty.toml", "--database", &fresh.url];
        for _ in 0..2 {
            let made = mainstay(folder.path(), &arguments);
            assert!(made.status.success(), "{}", err(&made));
            assert!(out(&made).contains("has the schema 20"), "{}", out(&made));
        }
    }
}

#[test]
fn an_unreachable_postgres_is_an_error_and_no_file_appears() {
    let folder = folder();
    let before = std::fs::read_dir(folder.path()).unwrap().count();
    for command in [&["migrate"][..], &["serve"]] {
        let database = ["--config", "empty.toml", "--database", "postgres://m:s3cret@127.0.0.1:1/m?connect_timeout=2"];
        let output = mainstay(folder.path(), &[command, &database].concat());
        assert_eq!(output.status.code(), Some(1), "{command:?}");
        assert!(err(&output).contains("cannot be reached"), "{}", err(&output));
        assert!(!err(&output).contains("s3cret"), "{}", err(&output));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), before);
    }
}

#[test]
fn a_newer_schema_is_refused_and_not_touched() {
    use diesel::connection::SimpleConnection as _;
    use diesel::{Connection as _, SqliteConnection};

    let folder = folder();
    let arguments = ["migrate", "--config", "empty.toml", "--data-dir", "data"];
    let made = mainstay(folder.path(), &arguments);
    assert!(made.status.success(), "{}", err(&made));
    let file = folder.path().join("data/mainstay.db");
    let mut database = SqliteConnection::establish(file.to_str().unwrap()).unwrap();
    database
        .batch_execute("INSERT INTO __diesel_schema_migrations (version) VALUES ('99991231000000'); PRAGMA wal_checkpoint(TRUNCATE)")
        .unwrap();
    drop(database);
    let before = std::fs::read(&file).unwrap();
    let refused = mainstay(folder.path(), &arguments);
    assert_eq!(refused.status.code(), Some(1));
    assert!(err(&refused).contains("99991231000000"), "{}", err(&refused));
    assert!(before == std::fs::read(&file).unwrap(), "the file was changed");
}

#[test]
fn completions_and_manual_pages_are_made() {
    let folder = folder();
    for shell in ["bash", "zsh", "fish"] {
        assert!(out(&mainstay(folder.path(), &["completions", shell])).contains("statements"), "{shell}");
    }
    assert!(mainstay(folder.path(), &["man", "."]).status.success());
    let page = std::fs::read_to_string(folder.path().join("mainstay-run-approve.1")).unwrap();
    assert!(page.contains("never by the person"), "{page}");
}

#[test]
fn only_the_c_library_is_linked() {
    let Ok(listed) = Command::new("ldd").arg(env!("CARGO_BIN_EXE_mainstay")).output() else {
        return; // no ldd: not a system with the GNU C library
    };
    let family =
        ["linux-vdso", "ld-linux", "libc.so", "libm.so", "libgcc_s.so", "libdl.so", "libpthread.so", "librt.so"];
    for line in out(&listed).lines() {
        assert!(family.iter().any(|name| line.contains(name)) || line.contains("statically linked"), "{line}");
    }
}

#[test]
fn only_a_setup_makes_a_database() {
    let folder = folder();
    let before = std::fs::read_dir(folder.path()).unwrap().count();
    for command in [
        &["run", "list"][..],
        &["run", "due"],
        &["ledger", "check"],
        &["rank", "progress"],
        &["mail", "status"],
        &["plan", "diff", "--versions", "1", "2"],
        &["plan", "simulate", "--plan-version", "1", "--periods", "2026-10"],
        &["statements", "send", "2026-10", "--as", "ann@example.com"],
    ] {
        let output = mainstay(
            folder.path(),
            &[command, &["--config", "empty.toml", "--database", "sqlite:nope.db", "--data-dir", "data"]].concat(),
        );
        assert!(!output.status.success(), "{command:?}");
        let said = err(&output);
        assert!(said.contains("there is no database at sqlite:nope.db; run mainstay setup"), "{command:?}: {said}");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), before, "{command:?}");
    }
    let setup = ["setup", "--company", "S", "--currency", "EUR", "--zone", "Europe/London"];
    let made =
        mainstay(folder.path(), &[&setup[..], &["--config", "empty.toml", "--database", "sqlite:new.db"]].concat());
    assert!(made.status.success(), "{}", err(&made));
    let listed = mainstay(folder.path(), &["run", "list", "--config", "empty.toml", "--database", "sqlite:new.db"]);
    assert!(listed.status.success(), "{}", err(&listed));
}

#[test]
fn an_empty_server_is_no_database_either() {
    let Ok(server) = std::env::var("MAINSTAY_TEST_POSTGRES") else { return };
    let folder = folder();
    let mark = if server.contains('?') { '&' } else { '?' };
    let url = format!("{server}{mark}options=-csearch_path%3Dnobody_made_this");
    let listed = mainstay(folder.path(), &["run", "list", "--config", "empty.toml", "--database", &url]);
    assert_eq!(listed.status.code(), Some(1));
    assert!(err(&listed).contains("there is no database at"), "{}", err(&listed));
}

#[test]
fn a_demo_lies_in_its_folder_whatever_the_environment_says() {
    let folder = folder();
    let path = folder.path();
    let mut command = Command::new(env!("CARGO_BIN_EXE_mainstay"));
    command.current_dir(path).env_clear().env("PATH", "/usr/bin:/bin");
    command.env("MAINSTAY_DATABASE", "sqlite:other.db").env("MAINSTAY_DATA_DIR", "elsewhere");
    let made = command.args(["demo", "--members", "30", "--no-runs", "--dir", "demo"]).output().unwrap();
    assert!(made.status.success(), "{}", err(&made));
    assert!(path.join("demo/mainstay.db").exists());
    assert!(!path.join("other.db").exists() && !path.join("elsewhere").exists());
}
