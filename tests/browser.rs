//! A month's work in a real browser, and every page of the console under axe: headless Chromium over WebDriver.
//! Without Chromium (`MAINSTAY_TEST_NO_BROWSER`, or none installed) the tests say so and do nothing.

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use fantoccini::{Client, ClientBuilder, Locator};

/// A process that ends with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn chromedriver() -> Option<PathBuf> {
    if std::env::var_os("MAINSTAY_TEST_NO_BROWSER").is_some() {
        return None;
    }
    std::env::split_paths(&std::env::var_os("PATH")?)
        .map(|folder| folder.join("chromedriver"))
        .find(|file| file.exists())
}

/// A demo company that is served, and a browser that is signed in nowhere yet.
struct Stage {
    base: String,
    password: String,
    browser: Client,
    _server: Running,
    _driver: Running,
    _folder: tempfile::TempDir,
}

impl Stage {
    async fn new(demo: &[&str]) -> Option<Self> {
        let Some(program) = chromedriver() else {
            println!("skipped: there is no chromedriver");
            return None;
        };
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path().join("demo");
        let mut make = Command::new(env!("CARGO_BIN_EXE_mainstay"));
        let made = make.env_clear().args(["demo", "--members", "80", "--dir"]).arg(&dir).args(demo).output().unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let base = format!("http://127.0.0.1:{}", free_port());
        let server = serve(&dir, &base);
        let (driver, browser) = open_browser(&program, folder.path()).await;
        let told = std::fs::read_to_string(dir.join("sign-in.txt")).unwrap();
        let password = told.lines().find_map(|line| line.strip_prefix("Password:")).unwrap();
        let password = password.split_whitespace().next().unwrap().to_owned();
        Some(Self { base, password, browser, _server: server, _driver: driver, _folder: folder })
    }

    async fn open(&self, path: &str) {
        self.browser.goto(&format!("{}{path}", self.base)).await.unwrap();
    }

    async fn sign_in(&self, email: &str) {
        self.open("/sign-in").await;
        self.fill("#email", email).await;
        self.fill("#password", &self.password).await;
        self.click("main form button").await;
        self.wait_for("nav#nav").await;
    }

    async fn sign_out(&self) {
        self.click("details.menu summary.who").await;
        self.click("form[action='/sign-out'] button").await;
        self.wait_for("form[action='/sign-in']").await;
    }

    async fn fill(&self, css: &str, text: &str) {
        self.browser.find(Locator::Css(css)).await.unwrap().send_keys(text).await.unwrap();
    }

    async fn click(&self, css: &str) {
        self.wait_for(css).await;
        self.browser.find(Locator::Css(css)).await.unwrap().click().await.unwrap();
    }

    async fn wait_for(&self, css: &str) {
        let wait = self.browser.wait().at_most(Duration::from_mins(1)).for_element(Locator::Css(css)).await;
        assert!(wait.is_ok(), "no {css} in {}", self.text().await);
    }

    /// What the page says. A page that is just being left is read again.
    async fn text(&self) -> String {
        let begun = Instant::now();
        loop {
            let body = self.browser.find(Locator::Css("body")).await;
            let text = match body {
                Ok(body) => body.text().await,
                Err(fault) => Err(fault),
            };
            match text {
                Ok(text) => return text,
                Err(fault) => assert!(begun.elapsed() < Duration::from_mins(1), "{fault}"),
            }
        }
    }

    /// Loads the page again until it says this.
    async fn until_said(&self, words: &str) {
        let begun = Instant::now();
        while !self.text().await.contains(words) {
            assert!(begun.elapsed() < Duration::from_mins(2), "never said “{words}”: {}", self.text().await);
            self.browser.refresh().await.unwrap();
        }
    }

    /// Waits for the page to say this, without loading it again.
    async fn until_said_once(&self, words: &str) {
        let begun = Instant::now();
        while !self.text().await.contains(words) {
            assert!(begun.elapsed() < Duration::from_mins(1), "never said “{words}”: {}", self.text().await);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    async fn close(self) {
        self.browser.close().await.unwrap();
    }
}

fn serve(dir: &Path, base: &str) -> Running {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mainstay"));
    let listen = base.trim_start_matches("http://");
    command.env_clear().arg("serve").args(["--listen", listen, "--public-url", base, "--config"]);
    let mut server = command.arg(dir.join("config.toml")).stderr(Stdio::piped()).spawn().unwrap();
    let mut told = BufReader::new(server.stderr.take().unwrap()).lines();
    assert!(told.by_ref().map_while(Result::ok).any(|line| line.contains("serving")), "the console does not start");
    // The pipe is read on, so that the server never waits for it.
    std::thread::spawn(move || told.map_while(Result::ok).for_each(drop));
    Running(server)
}

async fn open_browser(program: &Path, folder: &Path) -> (Running, Client) {
    let port = free_port();
    let mut command = Command::new(program);
    let driver = command.arg(format!("--port={port}")).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let driver = Running(driver);
    let arguments = serde_json::json!([
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-sync",
        "--disable-background-networking",
        "--disable-component-update",
        "--window-size=1440,1000",
        format!("--user-data-dir={}", folder.join("profile").display()),
    ]);
    let wanted = serde_json::json!({ "goog:chromeOptions": { "args": arguments } });
    // The client asks for one; another test may have chosen it already.
    drop(rustls::crypto::ring::default_provider().install_default());
    let begun = Instant::now();
    loop {
        let mut builder = ClientBuilder::rustls().unwrap();
        builder.capabilities(wanted.as_object().unwrap().clone());
        match builder.connect(&format!("http://127.0.0.1:{port}")).await {
            Ok(client) => return (driver, client),
            // The driver opens its port a moment after it was started.
            Err(fault) => assert!(begun.elapsed() < Duration::from_secs(30), "no browser: {fault}"),
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn a_month_goes_from_freeze_to_sent_statements_by_two_people() {
    let Some(stage) = Stage::new(&["--no-runs"]).await else { return };
    stage.sign_in("ingrid@sallowfield.example").await;
    stage.open("/commissions").await;
    stage.click("form[action='/commissions'] button").await;
    stage.until_said("Waits for review").await;
    stage.click("form[action$='/review'] button").await;
    stage.until_said("Waits for approval").await;
    assert!(stage.text().await.contains("a second person approves"));
    let run = stage.browser.current_url().await.unwrap().path().to_owned();
    stage.sign_out().await;

    stage.sign_in("tobias@sallowfield.example").await;
    stage.open(&run).await;
    stage.click("a[href='#approve']").await;
    stage.click("dialog#approve button").await;
    stage.until_said("Waits for commit").await;
    stage.click("a[href='#commit']").await;
    stage.click("dialog#commit button").await;
    stage.until_said("are in the ledger").await;
    stage.click("a[href='#send']").await;
    stage.click("dialog#send button").await;
    stage.until_said("sent").await;

    // Every figure opens down to the order.
    stage.open(&format!("{run}/members")).await;
    stage.click("main tbody a.lead").await;
    stage.click("a[href*='/lines/']").await;
    stage.until_said("Before rounding").await;
    stage.close().await;
}

#[tokio::test]
async fn a_plan_goes_from_a_draft_to_its_activation_by_two_people_and_is_tried() {
    let Some(stage) = Stage::new(&[]).await else { return };
    stage.sign_in("ingrid@sallowfield.example").await;
    stage.open("/plans/new").await;
    let break_it =
        "const t = document.querySelector('#source'); t.value = t.value.replace('rate = \"20%\"', 'rat = \"20%\"')";
    stage.browser.execute(break_it, vec![]).await.unwrap();
    stage.click("form[action='/plans/new'] .btn-main").await;
    stage.until_said_once("has no key “rat”").await;
    let mend_it =
        "const t = document.querySelector('#source'); t.value = t.value.replace('rat = \"20%\"', 'rate = \"10%\"')";
    stage.browser.execute(mend_it, vec![]).await.unwrap();
    stage.click("form[action='/plans/new'] .btn-main").await;
    stage.until_said_once("Version 2 is saved as a draft").await;
    assert!(stage.text().await.contains("a second person activates"));
    stage.open("/plans/2/compare").await;
    assert!(stage.text().await.contains("rate falls from 20% to 10%"));

    stage.open("/what-if?version=2").await;
    stage.click("form[action='/what-if'] .btn-main").await;
    stage.until_said("Winners and losers").await;
    if let Ok(axe) = std::env::var("MAINSTAY_TEST_AXE") {
        let axe = std::fs::read_to_string(axe).unwrap();
        for theme in ["light", "dark"] {
            assert_eq!(findings(&stage, &axe, theme).await, Vec::<String>::new(), "{theme}");
        }
    }
    stage.sign_out().await;

    stage.sign_in("tobias@sallowfield.example").await;
    stage.open("/plans/2").await;
    stage.click("a[href='#activate']").await;
    stage.click("dialog#activate .btn-main").await;
    stage.until_said_once("Version 2 is activated").await;
    stage.close().await;
}

#[tokio::test]
async fn axe_finds_nothing_on_any_page_in_light_and_dark() {
    let Ok(axe) = std::env::var("MAINSTAY_TEST_AXE") else {
        println!("skipped: there is no axe-core");
        return;
    };
    let axe = std::fs::read_to_string(axe).unwrap();
    let Some(stage) = Stage::new(&[]).await else { return };
    stage.sign_in("mei-ling@sallowfield.example").await;
    let run = newest_run(&stage).await;
    let of_run = |rest: &str| format!("{run}{rest}");
    let mut pages: Vec<String> = [
        "/",
        "/members",
        "/members/M-10000",
        "/members/closest",
        "/members/M-10000/plan",
        "/genealogy",
        "/orders",
        "/products",
        "/commissions",
        "/statements",
        "/plans",
        "/plans/1",
        "/plans/new",
        "/plans/1/cases",
        "/plans/1/compare",
        "/plans/1/compare?view=text",
        "/what-if",
        "/jobs",
        "/imports",
        "/audit",
        "/staff",
        "/company",
        "/account",
        "/verify",
    ]
    .map(str::to_owned)
    .into();
    pages.extend([
        of_run(""),
        of_run("/exceptions"),
        of_run("/members"),
        of_run("/members?paid=nothing"),
        of_run("/orders"),
    ]);
    let mut found = Vec::new();
    for page in &pages {
        stage.open(page).await;
        for theme in ["light", "dark"] {
            found.extend(
                findings(&stage, &axe, theme).await.into_iter().map(|finding| format!("{page} {theme}: {finding}")),
            );
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
    stage.close().await;
}

async fn newest_run(stage: &Stage) -> String {
    stage.open("/commissions").await;
    let link = stage.browser.find(Locator::Css("main tbody a.lead")).await.unwrap();
    link.attr("href").await.unwrap().unwrap()
}

/// What axe says against WCAG 2.2 A and AA, with the place of each finding.
async fn findings(stage: &Stage, axe: &str, theme: &str) -> Vec<String> {
    let look = format!("document.documentElement.dataset.theme = '{theme}';");
    stage.browser.execute(&look, vec![]).await.unwrap();
    stage.browser.execute(axe, vec![]).await.unwrap();
    let run = "const done = arguments[arguments.length - 1]; \
               axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] }).then(r => \
               done(r.violations.flatMap(v => v.nodes.map(n => v.id + ' at ' + n.target.join(' ')))))";
    let told = stage.browser.execute_async(run, vec![]).await.unwrap();
    told.as_array().unwrap().iter().map(ToString::to_string).collect()
}
