//! The console through Rocket's local client: who may open what, and what every answer carries.

use mainstay::actions::{self, company, password, set_up};
use mainstay::clock::Clock;
use mainstay::config::{Sources, load};
use mainstay::domain::calendar::Moment;
use mainstay::domain::company::Company;
use mainstay::domain::ids::StaffId;
use mainstay::domain::staff::{Actor, Role};
use mainstay::store::jobs;
use mainstay::store::staff::{self, Staff};
use mainstay::store::{Db, StoreResult, ids};
use mainstay::web::{self, App};
use rocket::http::{ContentType, Header, Method, Status};
use rocket::local::blocking::{Client, LocalResponse};

/// The password of everybody in these tests.
const PASSWORD: &str = "winter tram beside the mill";

/// Pages that are open to everybody; every other one asks to sign in.
pub const PUBLIC: &[&str] = &[
    "/assets/<name>",
    "/health",
    "/password",
    "/password?<link>",
    "/set-up",
    "/set-up?<link>",
    "/sign-in",
    "/sign-in?<next>",
    "/verify?<code>",
];

/// A console over an empty database, with one person of each role.
pub struct Console {
    /// The browser.
    pub client: Client,
    /// The database.
    pub db: Db,
    /// The clock, which stands still.
    pub clock: Clock,
    _dir: tempfile::TempDir,
}

impl Console {
    /// A console whose company is set up.
    pub fn new() -> Self {
        Self::with(&[])
    }

    /// The same with further settings.
    pub fn with(settings: &[(&str, &str)]) -> Self {
        let console = Self::over(settings);
        let hash = password::hash(PASSWORD).unwrap();
        let people: StoreResult<()> = console.db.write(|tx| {
            let sallowfield = Company {
                name: "Sallowfield Botanicals".into(),
                address: String::new(),
                email: String::new(),
                currency: "EUR".parse().unwrap(),
                zone: "Europe/Berlin".parse().unwrap(),
            };
            company::save(tx, &sallowfield, Moment(1))?;
            for role in Role::ALL {
                let person = Staff {
                    id: StaffId(ids::next()),
                    email: format!("{role}@sallowfield.example"),
                    name: format!("Ann {role}"),
                    role: *role,
                    password_hash: hash.clone(),
                    is_active: true,
                    created_at: Moment(1),
                    signed_in_at: Moment::NEVER,
                };
                staff::insert(tx, &person)?;
            }
            Ok(())
        });
        people.unwrap();
        console
    }

    /// A console before its set-up.
    pub fn empty(settings: &[(&str, &str)]) -> Self {
        Self::over(settings)
    }

    fn over(settings: &[(&str, &str)]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let mut flags = vec![("data_dir".to_owned(), dir.path().display().to_string(), "test".to_owned())];
        flags.extend(settings.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned(), "test".to_owned())));
        let settings = load(&Sources { flags, ..Sources::default() }).unwrap();
        let db = Db::open(&settings.database).unwrap();
        let clock = Clock::fixed(Moment::from_utc("2026-11-10T09:00:00Z".parse().unwrap()));
        let app = App::new(db.clone(), clock.clone(), settings);
        Self { client: Client::tracked(web::rocket(app)).unwrap(), db, clock, _dir: dir }
    }

    /// A page's text.
    pub fn get(&self, path: &str) -> String {
        let response = self.client.get(path.to_owned()).dispatch();
        assert_eq!(response.status(), Status::Ok, "{path}");
        response.into_string().unwrap()
    }

    /// The token of the form on a page.
    pub fn token(&self, path: &str) -> String {
        let page = self.get(path);
        let (_, rest) = page.split_once("name=\"csrf\" value=\"").unwrap_or_else(|| panic!("no form on {path}"));
        rest.split_once('"').unwrap().0.to_owned()
    }

    /// Sends a form with the token of the page `from`.
    pub fn post<'c>(&'c self, from: &str, to: &str, fields: &str) -> LocalResponse<'c> {
        let token = self.token(from);
        self.client.post(to.to_owned()).header(ContentType::Form).body(format!("csrf={token}&{fields}")).dispatch()
    }

    /// Signs the person of this role in.
    pub fn sign_in(&self, role: Role) {
        let fields = format!("email={role}@sallowfield.example&password={}&next=/", PASSWORD.replace(' ', "+"));
        let answer = self.post("/sign-in", "/sign-in", &fields);
        assert_eq!((answer.status(), location(&answer)), (Status::SeeOther, "/".to_owned()));
    }
}

/// Where an answer leads.
pub fn location(answer: &LocalResponse<'_>) -> String {
    answer.headers().get_one("Location").unwrap_or_default().to_owned()
}

/// An address that the route answers to.
pub fn address_of(route: &rocket::Route) -> String {
    let path = route.uri.path();
    let parts: Vec<&str> = path.split('/').map(|part| if part.starts_with('<') { "1" } else { part }).collect();
    parts.join("/")
}

#[test]
fn every_page_asks_to_sign_in_except_those_on_the_list() {
    let console = Console::new();
    let mut seen = 0;
    for route in console.client.rocket().routes() {
        let named = route.uri.to_string();
        if PUBLIC.contains(&named.as_str()) {
            continue;
        }
        let answer = console.client.req(route.method, address_of(route)).header(ContentType::Form).dispatch();
        assert_eq!(answer.status(), Status::SeeOther, "{route}");
        assert!(location(&answer).starts_with("/sign-in"), "{route}");
        seen += 1;
    }
    assert!(seen > 2, "{seen}");
    for public in PUBLIC {
        assert!(console.client.rocket().routes().any(|route| route.uri == *public), "{public} is gone");
    }
}

#[test]
fn every_form_is_refused_without_its_token() {
    let console = Console::new();
    console.sign_in(Role::Owner);
    let mut seen = 0;
    for route in console.client.rocket().routes().filter(|route| route.method != Method::Get) {
        for body in ["", "csrf=", "csrf=0000000000000000000000000000000000000000000000000000000000000000"] {
            let answer =
                console.client.req(route.method, address_of(route)).header(ContentType::Form).body(body).dispatch();
            assert_eq!(answer.status(), Status::Forbidden, "{route} with {body:?}");
        }
        seen += 1;
    }
    assert!(seen > 2, "{seen}");
}

#[test]
fn a_form_from_another_site_is_refused() {
    let console = Console::new();
    console.sign_in(Role::Owner);
    let token = console.token("/");
    let send = |header: Header<'static>| {
        let body = format!("csrf={token}&theme=dark&back=/");
        console.client.post("/theme").header(ContentType::Form).header(header).body(body).dispatch().status()
    };
    assert_eq!(send(Header::new("Sec-Fetch-Site", "cross-site")), Status::Forbidden);
    assert_eq!(send(Header::new("Origin", "https://evil.example")), Status::Forbidden);
    assert_eq!(send(Header::new("Origin", "null")), Status::Forbidden);
    assert_eq!(send(Header::new("Origin", "http://127.0.0.1:8480")), Status::SeeOther);
    assert_eq!(send(Header::new("Sec-Fetch-Site", "same-origin")), Status::SeeOther);
}

#[test]
fn every_answer_carries_the_security_headers() {
    let console = Console::with(&[("public_url", "https://office.example.com")]);
    for path in ["/sign-in", "/", "/nowhere", "/health"] {
        let answer = console.client.get(path).dispatch();
        let header = |name| answer.headers().get_one(name).unwrap_or_default();
        assert!(header("Content-Security-Policy").starts_with("default-src 'none'; "), "{path}");
        assert_eq!(header("X-Content-Type-Options"), "nosniff", "{path}");
        assert_eq!(header("Cross-Origin-Opener-Policy"), "same-origin", "{path}");
        assert_eq!(header("Cross-Origin-Resource-Policy"), "same-origin", "{path}");
        assert_eq!(header("Cache-Control"), "no-store", "{path}");
        assert_eq!(header("Strict-Transport-Security"), "max-age=31536000", "{path}");
        assert_eq!(header("Server"), "", "{path}");
    }
    let page = console.get("/sign-in");
    let (_, rest) = page.split_once("rel=\"stylesheet\" href=\"").unwrap();
    let style = console.client.get(rest.split_once('"').unwrap().0.to_owned()).dispatch();
    assert_eq!(style.content_type(), Some(ContentType::CSS));
    assert_eq!(style.headers().get_one("Cache-Control"), Some("public, max-age=31536000, immutable"));
    assert!(!page.contains("style=\"") && !page.contains("<script>"));
}

#[test]
fn signing_in_opens_the_console_and_signing_out_closes_it() {
    let console = Console::new();
    let wrong = console.post("/sign-in", "/sign-in", "email=owner@sallowfield.example&password=wrong&next=/");
    assert_eq!(wrong.status(), Status::UnprocessableEntity);
    let page = wrong.into_string().unwrap();
    assert!(page.contains("The email or the password is not right") && page.contains("owner@sallowfield.example"));
    console.sign_in(Role::Owner);
    let today = console.get("/");
    assert!(today.contains("Tuesday 10 November") && today.contains("Sallowfield Botanicals"), "{today}");
    let answer = console.post("/", "/sign-out", "");
    assert_eq!(location(&answer), "/sign-in");
    assert_eq!(console.client.get("/").dispatch().status(), Status::SeeOther);
}

#[test]
fn a_session_ends_when_idle_and_at_its_limit() {
    let console = Console::new();
    console.sign_in(Role::Owner);
    let hours = |hours: u64| std::time::Duration::from_secs(hours * 3600);
    console.clock.advance(hours(7));
    console.get("/");
    console.clock.advance(hours(4));
    console.get("/");
    console.clock.advance(hours(2));
    assert_eq!(console.client.get("/").dispatch().status(), Status::SeeOther, "12 hours are over");
    console.sign_in(Role::Owner);
    console.clock.advance(hours(9));
    assert_eq!(console.client.get("/").dispatch().status(), Status::SeeOther, "idle for 8 hours");
}

#[test]
fn wrong_passwords_are_slowed_down() {
    let console = Console::new();
    let statuses: Vec<u16> = (0..7)
        .map(|_| console.post("/sign-in", "/sign-in", "email=a@b.example&password=x&next=/").status().code)
        .collect();
    assert_eq!(statuses, [422, 422, 422, 422, 422, 429, 429]);
    console.clock.advance(std::time::Duration::from_mins(2));
    console.sign_in(Role::Owner);
}

#[test]
fn after_signing_in_only_a_page_of_this_console_is_opened() {
    let console = Console::new();
    let answer = console.client.get("/members?q=a%20b").dispatch();
    assert!(matches!(answer.status(), Status::SeeOther | Status::NotFound));
    for (next, to) in [("https://evil.example", "/"), ("//evil.example", "/"), ("/theme", "/theme")] {
        let fields = format!("email=owner@sallowfield.example&password={}&next={next}", PASSWORD.replace(' ', "+"));
        let answer = console.post("/sign-in", "/sign-in", &fields);
        assert_eq!(location(&answer), to);
    }
}

#[test]
fn the_session_cookie_is_tied_to_the_host_over_https() {
    for (url, name, secure) in
        [("https://office.example.com", "__Host-mainstay", true), ("http://a.example", "mainstay", false)]
    {
        let console = Console::with(&[("public_url", url)]);
        console.sign_in(Role::Auditor);
        let cookies = console.client.cookies();
        let cookie = cookies.get(name).unwrap();
        assert_eq!((cookie.http_only(), cookie.secure().unwrap_or(false)), (Some(true), secure));
    }
}

/// What the first owner types.
pub const OWNER: &str = "name=Ingrid+Solheim&email=Ingrid@Sallowfield.example&password=winter+tram+beside+the+mill&\
                     again=winter+tram+beside+the+mill&company_name=Sallowfield&company_address=&company_email=&\
                     currency=EUR&zone=Europe/Oslo";

#[test]
fn the_set_up_link_makes_one_owner_once() {
    let console = Console::empty(&[]);
    assert_eq!(console.client.get("/set-up?link=guess").dispatch().status(), Status::Gone);
    let link = set_up::offer_link(&console.db, &console.clock).unwrap().unwrap();
    let page = format!("/set-up?link={link}");
    let weak = OWNER.replace("winter+tram+beside+the+mill", "short").replace("Europe/Oslo", "Atlantis");
    let answer = console.post(&page, "/set-up", &format!("link={link}&{weak}"));
    assert_eq!(answer.status(), Status::UnprocessableEntity);
    let text = answer.into_string().unwrap();
    assert!(text.contains("2 things to correct") && text.contains("Ingrid Solheim"), "{text}");
    let answer = console.post(&page, "/set-up", &format!("link={link}&{OWNER}"));
    assert_eq!(location(&answer), "/begin/server");
    assert!(console.get("/begin/server").contains("you are signed in"));
    assert_eq!(console.client.get(page).dispatch().status(), Status::Gone, "used up");
    assert_eq!(set_up::offer_link(&console.db, &console.clock).unwrap(), None, "somebody can sign in");
    console.post("/", "/sign-out", "");
    let fields = "email=ingrid@sallowfield.example&password=winter+tram+beside+the+mill&next=/";
    assert_eq!(location(&console.post("/sign-in", "/sign-in", fields)), "/");
    assert!(console.get("/").contains("Sallowfield"));
}

#[test]
fn a_set_up_link_ends_after_half_an_hour_and_with_the_next_one() {
    let console = Console::empty(&[]);
    let first = set_up::offer_link(&console.db, &console.clock).unwrap().unwrap();
    let second = set_up::offer_link(&console.db, &console.clock).unwrap().unwrap();
    let status = |link: &str| console.client.get(format!("/set-up?link={link}")).dispatch().status();
    assert_eq!((status(&first), status(&second)), (Status::Gone, Status::Ok));
    let page = format!("/set-up?link={second}");
    let token = console.token(&page);
    console.clock.advance(std::time::Duration::from_mins(31));
    assert_eq!(status(&second), Status::Gone);
    let body = format!("csrf={token}&link={second}&{OWNER}");
    let answer = console.client.post("/set-up").header(ContentType::Form).body(body).dispatch();
    assert_eq!(answer.status(), Status::Gone);
}

#[test]
fn an_invited_person_chooses_a_password_and_a_closed_account_is_signed_out() {
    let console = Console::new();
    console.sign_in(Role::Owner);
    let answer =
        console.post("/staff/invite", "/staff/invite", "name=Mei-Ling&email=mei@sallowfield.example&role=finance");
    let page = answer.into_string().unwrap();
    let (_, link) = page.split_once("/password?link=").unwrap();
    let link = link.split_once('<').unwrap().0.to_owned();
    let again = console.post("/staff/invite", "/staff/invite", "name=M&email=mei@sallowfield.example&role=finance");
    assert_eq!(again.status(), Status::UnprocessableEntity, "the address is taken");
    console.post("/", "/sign-out", "");

    let page = format!("/password?link={link}");
    let fields = format!("link={link}&password=harbour+lamp+under+snow&again=harbour+lamp+under+snow");
    assert_eq!(location(&console.post(&page, "/password", &fields)), "/sign-in");
    assert_eq!(console.client.get(page).dispatch().status(), Status::Gone);
    let fields = "email=mei@sallowfield.example&password=harbour+lamp+under+snow&next=/";
    assert_eq!(location(&console.post("/sign-in", "/sign-in", fields)), "/");
    assert_eq!(console.client.get("/staff").dispatch().status(), Status::Forbidden);

    let person = console.db.read(|c| staff::find_by_email(c, "mei@sallowfield.example")).unwrap().unwrap();
    let owner = Actor::command_line();
    actions::staff::edit(&console.db, &console.clock, &owner, person.id, Role::Finance, false).unwrap();
    assert_eq!(console.client.get("/").dispatch().status(), Status::SeeOther);
}

#[test]
fn the_last_owner_stays() {
    let console = Console::new();
    console.sign_in(Role::Owner);
    let owner = console.db.read(|c| staff::find_by_email(c, "owner@sallowfield.example")).unwrap().unwrap();
    let page = format!("/staff/{}", owner.id);
    for fields in ["role=finance&is_active=true", "role=owner"] {
        let answer = console.post(&page, &page, fields);
        assert_eq!(answer.status(), Status::UnprocessableEntity);
        assert!(answer.into_string().unwrap().contains("only owner"));
    }
}

#[test]
fn a_new_password_ends_the_other_sessions() {
    let console = Console::new();
    console.sign_in(Role::Support);
    let old = console.client.cookies().get("mainstay").unwrap().value().to_owned();
    console.sign_in(Role::Support);
    assert!(console.get("/account").contains("Where you are signed in <span class=\"count\">2</span>"));
    let wrong = "current=x&password=harbour+lamp+under+snow&again=harbour+lamp+under+snow";
    assert_eq!(console.post("/account", "/account/password", wrong).status(), Status::UnprocessableEntity);
    let good = "current=winter+tram+beside+the+mill&password=harbour+lamp+under+snow&again=harbour+lamp+under+snow";
    assert_eq!(location(&console.post("/account", "/account/password", good)), "/account");
    assert!(console.get("/account").contains("<span class=\"count\">1</span>"));
    let gone = console.client.get("/").cookie(("mainstay", old)).dispatch();
    assert_eq!(gone.status(), Status::SeeOther);
}

#[test]
fn jobs_are_listed_shown_and_stopped() {
    let console = Console::new();
    console.sign_in(Role::Support);
    assert!(console.get("/jobs").contains("No job has run yet"));
    let queued = console.db.write(|tx| jobs::enqueue(tx, "test", "{}", "Count <all> orders", StaffId(0), Moment(5)));
    let id = queued.unwrap();
    let list = console.get("/jobs");
    assert!(list.contains("Count &#60;all&#62; orders") && list.contains("Queued"), "{list}");
    let page = format!("/jobs/{id}");
    assert!(console.get(&page).contains("Stop the job"));
    let answer = console.post(&page, &format!("{page}/stop"), "");
    assert_eq!(location(&answer), page);
    let after = console.get(&page);
    assert!(after.contains("asked to stop") && after.contains("Stopped") && !after.contains("Stop the job"), "{after}");
    assert_eq!(console.client.get("/jobs/77").dispatch().status(), Status::NotFound);
    console.post("/", "/sign-out", "");
    console.sign_in(Role::Auditor);
    assert!(!console.get(&page).contains("Stop the job"));
}

#[test]
fn the_audit_log_is_filtered_and_checked() {
    let console = Console::new();
    console.post("/sign-in", "/sign-in", "email=eve@sallowfield.example&password=x&next=/");
    console.sign_in(Role::Owner);
    let all = console.get("/audit");
    assert!(all.contains("failed to sign in as <bdi>eve@sallowfield.example</bdi>"), "{all}");
    assert!(all.contains("<b><bdi>Ann owner</bdi></b> signed in as"), "{all}");
    let only = console.get("/audit?action=sign-in");
    assert!(!only.contains("failed to sign in as <bdi>") && only.contains("signed in as <bdi>"));
    assert!(console.get("/audit?object=nothing").contains("No entry fits"));
    assert_eq!(console.client.get("/audit/check").dispatch().status(), Status::SeeOther);
    assert!(console.get("/audit").contains("The log is whole: 2 entries"));
    console.post("/", "/sign-out", "");
    console.sign_in(Role::Support);
    let refused = console.client.get("/audit").dispatch();
    assert_eq!(refused.status(), Status::Forbidden);
    assert!(refused.into_string().unwrap().contains("needs the role owner or finance or auditor"));
}

#[test]
fn an_empty_company_is_told_how_to_begin() {
    let console = Console::new();
    console.sign_in(Role::Owner);
    let today = console.get("/");
    assert!(today.contains("Bring your members in") && today.contains("Nothing is running"), "{today}");
    assert_eq!(today.matches("btn btn-main").count(), 1, "one primary action");
    let search = console.client.get("/search?q=Ana%20Luc%C3%ADa%20%26%20co").dispatch();
    assert_eq!(location(&search), "/members?q=Ana%20Luc%C3%ADa%20%26%20co");
}

#[test]
fn the_chosen_theme_stands_on_the_page() {
    let console = Console::new();
    console.sign_in(Role::Owner);
    assert!(console.get("/").contains("<html lang=\"en\">"));
    assert_eq!(location(&console.post("/", "/theme", "theme=dark&back=/jobs")), "/jobs");
    assert!(console.get("/").contains("<html lang=\"en\" data-theme=\"dark\">"));
    assert_eq!(location(&console.post("/", "/theme", "theme=system&back=https://evil.example")), "/");
    assert!(console.get("/").contains("<html lang=\"en\">"));
}
