//! What stands around a page: for people who are signed in the navigation and the account menu, for
//! everybody else the gate.

use rocket::http::{Cookie, CookieJar, SameSite};

use crate::domain::calendar::{Day, Zone};
use crate::domain::company::Company;
use crate::domain::staff::{Permission, Role};
use crate::web::assets;

/// Light, dark, or as the system has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Theme {
    /// As the system has it.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Theme {
    /// The name of its cookie.
    pub const COOKIE: &'static str = "theme";

    /// The word in cookie, form and page.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// The theme of this word; anything else follows the system.
    pub fn of(word: &str) -> Self {
        match word {
            "light" => Self::Light,
            "dark" => Self::Dark,
            _ => Self::System,
        }
    }

    /// What the visitor chose.
    pub fn chosen(cookies: &CookieJar<'_>) -> Self {
        cookies.get(Self::COOKIE).map_or(Self::System, |cookie| Self::of(cookie.value()))
    }

    /// The attribute for `<html>`.
    pub const fn attribute(self) -> Option<&'static str> {
        match self {
            Self::System => None,
            Self::Light | Self::Dark => Some(self.as_str()),
        }
    }
}

/// What a message after an action means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// It worked.
    Good,
    /// Look here.
    Warn,
    /// It didn't work.
    Bad,
}

/// What is said on the next page after an action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// What it means.
    pub tone: Tone,
    /// What happened.
    pub text: String,
}

impl Message {
    const COOKIE: &'static str = "said";

    /// Keeps the message until the next page.
    pub fn keep(&self, cookies: &CookieJar<'_>, secure: bool) {
        let tone = match self.tone {
            Tone::Good => 'g',
            Tone::Warn => 'w',
            Tone::Bad => 'b',
        };
        let text: String = self.text.chars().take(600).collect();
        let mut cookie = Cookie::new(Self::COOKIE, format!("{tone}{text}"));
        cookie.set_same_site(SameSite::Lax);
        cookie.set_http_only(true);
        cookie.set_secure(secure);
        cookie.set_path("/");
        cookies.add(cookie);
    }

    /// Takes the message that was kept.
    pub fn take(cookies: &CookieJar<'_>) -> Option<Self> {
        let kept = cookies.get(Self::COOKIE)?.value().to_owned();
        cookies.remove(Cookie::build(Self::COOKIE).path("/"));
        let mut chars = kept.chars();
        let tone = match chars.next()? {
            'g' => Tone::Good,
            'w' => Tone::Warn,
            'b' => Tone::Bad,
            _ => return None,
        };
        Some(Self { tone, text: chars.as_str().to_owned() })
    }

    /// The class of its frame.
    pub const fn class(&self) -> &'static str {
        match self.tone {
            Tone::Good => "f-pos",
            Tone::Warn => "f-warn",
            Tone::Bad => "f-neg",
        }
    }

    /// The name of its icon.
    pub const fn icon(&self) -> &'static str {
        match self.tone {
            Tone::Good => "check",
            Tone::Warn => "warn",
            Tone::Bad => "stop",
        }
    }
}

/// What stands around a page of somebody who is signed in.
#[derive(Debug, Clone)]
pub struct Shell {
    /// The name of the person.
    pub name: String,
    /// What the person may do.
    pub role: Role,
    /// The token that every form carries in the field `csrf`.
    pub csrf: String,
    /// Light or dark.
    pub theme: Theme,
    /// What the last action said.
    pub message: Option<Message>,
    /// The company; `None` before the set-up.
    pub company: Option<Company>,
    /// The company's day today.
    pub today: Day,
    /// The company's time zone.
    pub zone: Zone,
    /// The path that was asked for, which marks the entry of the navigation.
    pub path: String,
    /// Runs that wait for a person, shown beside Commissions.
    pub waiting: i64,
}

/// An entry of the navigation.
pub struct Entry {
    /// Where it leads.
    pub href: &'static str,
    /// What it is called.
    pub name: &'static str,
}

const NAVIGATION: &[(&str, &[(&str, &str, Permission)])] = &[
    ("", &[("/", "Today", Permission::View)]),
    ("Field", &[("/members", "Members", Permission::View), ("/genealogy", "Genealogy", Permission::View)]),
    ("Sales", &[("/orders", "Orders", Permission::View), ("/products", "Products", Permission::View)]),
    (
        "Pay",
        &[
            ("/commissions", "Commissions", Permission::View),
            ("/statements", "Statements", Permission::View),
            ("/plans", "Plans", Permission::View),
            ("/what-if", "What if", Permission::View),
        ],
    ),
    (
        "System",
        &[
            ("/jobs", "Jobs", Permission::View),
            ("/imports", "Imports", Permission::ManageField),
            ("/audit", "Audit", Permission::ViewAudit),
            ("/staff", "Staff", Permission::ManageCompany),
            ("/company", "Company", Permission::ManageCompany),
        ],
    ),
];

impl Shell {
    /// The address of an asset.
    pub fn asset(&self, name: &str) -> String {
        assets::href(name)
    }

    /// The groups of the navigation with the entries that the person may open.
    pub fn navigation(&self) -> Vec<(&'static str, Vec<Entry>)> {
        NAVIGATION
            .iter()
            .map(|(group, entries)| {
                let open = entries.iter().filter(|(_, _, permission)| self.role.grants(*permission));
                (*group, open.map(|(href, name, _)| Entry { href, name }).collect::<Vec<_>>())
            })
            .filter(|(_, entries)| !entries.is_empty())
            .collect()
    }

    /// Whether the entry is where the person is.
    pub fn is_current(&self, href: &str) -> bool {
        let below = self.path.strip_prefix(href);
        below == Some("") || (href != "/" && below.is_some_and(|rest| rest.starts_with('/')))
    }

    /// Whether the person's role grants this; `"manage-field"` and so on.
    pub fn may(&self, permission: &str) -> bool {
        permission.parse().is_ok_and(|permission| self.role.grants(permission))
    }

    /// The initials of the person.
    pub fn initials(&self) -> String {
        let words: Vec<char> = self.name.split_whitespace().filter_map(|word| word.chars().next()).collect();
        match words.as_slice() {
            [] => "?".to_owned(),
            [only] => only.to_string(),
            [first, .., last] => format!("{first}{last}"),
        }
    }

    /// The name of the company, or of the program before the set-up.
    pub fn company_name(&self) -> &str {
        self.company.as_ref().map_or("Mainstay", |company| company.name.as_str())
    }

    /// The open month and the days that are left of it.
    pub fn open_period(&self) -> (String, i32) {
        (self.today.date().format("%B %Y").to_string(), self.today.month_end().0 - self.today.0)
    }
}

/// What stands around a page that anybody may open.
#[derive(Debug, Clone)]
pub struct Gate {
    /// The token that every form carries in the field `csrf`.
    pub csrf: String,
    /// Light or dark.
    pub theme: Theme,
    /// What the last action said.
    pub message: Option<Message>,
    /// The name of the company, or of the program before the set-up.
    pub company_name: String,
    /// The host of the console as people type it.
    pub host: String,
}

impl Gate {
    /// The address of an asset.
    pub fn asset(&self, name: &str) -> String {
        assets::href(name)
    }
}
