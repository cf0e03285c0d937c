//! Makes the demo company and lets it live: month after month who joined and what was ordered, and the
//! commission run of every month that is over.

use super::writer::moment;
use super::{Field, Recipe, Sales, Writer, runs};
use crate::actions::add_plan_version::add_plan_version;
use crate::actions::password::{self, HashFault};
use crate::actions::token::{self, NoRandomness};
use crate::actions::{ActionFault, company};
use crate::clock::Clock;
use crate::domain::calendar::{Day, Moment, Zone};
use crate::domain::company::Company;
use crate::domain::ids::StaffId;
use crate::domain::money::MoneyFault;
use crate::domain::staff::{Actor, Role};
use crate::plan::starter;
use crate::store::staff::{self, Staff};
use crate::store::{Db, StoreError, ids, members};

/// The company's time zone.
pub const ZONE: Zone = Zone(chrono_tz::Europe::London);

/// Why the demo company can't be made.
#[derive(Debug, thiserror::Error)]
pub enum DemoFault {
    /// The database belongs to a company already.
    #[error("the database {0} holds a company already; a demo company needs an empty one")]
    NotEmpty(String),
    /// The currency is not known.
    #[error(transparent)]
    Currency(#[from] MoneyFault),
    /// An action was refused.
    #[error(transparent)]
    Action(#[from] ActionFault),
    /// No password could be made.
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
    /// The password could not be hashed.
    #[error(transparent)]
    Hash(#[from] HashFault),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A demo company that has been made.
#[derive(Debug, Clone)]
pub struct Made {
    /// Members.
    pub members: usize,
    /// Orders and returns.
    pub orders: usize,
    /// Runs that were committed, the oldest first.
    pub runs: Vec<crate::store::runs::Run>,
    /// The clock of the company; it stands after the last commit.
    pub clock: Clock,
    /// Who commits runs.
    pub committer: Actor,
    /// The password of all staff accounts.
    pub password: String,
}

/// The people who sign in: name, address for mail, role.
pub const STAFF: &[(&str, &str, Role)] = &[
    ("Mei-Ling Oyelaran", "mei-ling@sallowfield.example", Role::Owner),
    ("Ingrid Solheim-Baptiste", "ingrid@sallowfield.example", Role::Finance),
    ("Tobias Achterberg", "tobias@sallowfield.example", Role::Finance),
];

/// Makes the company in an empty database. `with_runs` commits the run of each full month too; `say`
/// hears how far it is.
pub fn make(db: &Db, recipe: &Recipe, with_runs: bool, say: impl Fn(&str)) -> Result<Made, DemoFault> {
    if db.read(members::count)? > 0 || db.read(staff::count)? > 0 {
        return Err(DemoFault::NotEmpty(db.url().to_string()));
    }
    let company = company()?;
    let months = recipe.months();
    let clock = Clock::fixed(moment(ZONE, months[0].0.plus(-60), 8 * 3600));
    let password = new_password()?;
    db.write(|tx| company::save(tx, &company, clock.now()))?;
    let [owner, reviewer, approver] = open_accounts(db, &password, clock.now())?;
    add_plan_version(db, &clock, &owner, starter::UNILEVEL, "unilevel.toml", months[0].0)?;
    say(&format!("Growing a field of {} members", recipe.members));
    let field = Field::grow(recipe);
    let mut sales = Sales::new(recipe, &field);
    let mut writer = Writer::begin(db, recipe, &field, ZONE, company.currency)?;
    let mut committed = Vec::new();
    for month in &months {
        let written = writer.write_month(&mut sales, *month)?;
        let label = month.0.month_label();
        say(&format!("{label}: {} members, {} orders so far", written.members, written.orders));
        if with_runs && month.1 < recipe.today {
            let run = runs::commit(db, &clock, [&reviewer, &approver], &label, office_day(recipe, month.1))?;
            let earned = run.currency.grouped(run.earned_minor);
            say(&format!("{label}: run {} committed, {} lines, {earned} {}", run.number, run.line_count, run.currency));
            committed.push(run);
        }
    }
    let written = writer.finish()?;
    Ok(Made { members: written.members, orders: written.orders, runs: committed, clock, committer: approver, password })
}

fn company() -> Result<Company, MoneyFault> {
    Ok(Company {
        name: "Sallowfield Botanicals".to_owned(),
        address: "12 Osier Lane\nWithermere WM4 7QT".to_owned(),
        email: "field@sallowfield.example".to_owned(),
        currency: "EUR".parse()?,
        zone: ZONE,
    })
}

/// The day on which the office runs a month that ended: the second of the next one, but not after today.
fn office_day(recipe: &Recipe, month_end: Day) -> Day {
    month_end.plus(2).min(recipe.today)
}

/// One account for each of the staff; in the order of [`STAFF`].
fn open_accounts(db: &Db, password: &str, at: Moment) -> Result<[Actor; 3], DemoFault> {
    let mut actors = Vec::with_capacity(STAFF.len());
    for (name, email, role) in STAFF {
        let row = Staff {
            id: StaffId(ids::next()),
            email: (*email).to_owned(),
            name: (*name).to_owned(),
            role: *role,
            password_hash: password::hash(password)?,
            is_active: true,
            created_at: at,
            signed_in_at: Moment::NEVER,
        };
        db.write(|tx| staff::insert(tx, &row))?;
        actors.push(Actor::person(row.id, *name, ""));
    }
    <[Actor; 3]>::try_from(actors).map_err(|_| StoreError::Corrupt("staff accounts".to_owned()).into())
}

/// Sixteen letters and digits by real chance: the console may be reached by others.
fn new_password() -> Result<String, NoRandomness> {
    const LETTERS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz123456789";
    let token = token::new()?;
    let bytes: Vec<u8> = token
        .as_bytes()
        .chunks(2)
        .filter_map(|pair| std::str::from_utf8(pair).ok())
        .filter_map(|pair| u8::from_str_radix(pair, 16).ok())
        .collect();
    let letter = |byte: &u8| char::from(LETTERS[usize::from(byte & 31)]);
    let groups: Vec<String> = bytes[..16].chunks(4).map(|group| group.iter().map(letter).collect()).collect();
    Ok(groups.join("-"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actions::check_ledger::check_ledger;
    use crate::demo::MONTHS_OF_ORDERS;
    use crate::store::DatabaseUrl;

    fn made(recipe: &Recipe) -> (tempfile::TempDir, Db, Made) {
        let dir = tempfile::tempdir().unwrap();
        let db = Db::open(&DatabaseUrl::Sqlite(dir.path().join("m.db"))).unwrap();
        let made = make(&db, recipe, true, |_| {}).unwrap();
        (dir, db, made)
    }

    #[test]
    fn two_companies_from_one_recipe_have_the_same_results_and_sound_books() {
        let recipe = Recipe { members: 300, seed: 1, today: "2026-11-21".parse().unwrap() };
        let (first, second) = (made(&recipe), made(&recipe));
        let hashes = |made: &Made| made.runs.iter().map(|run| run.result_hash.clone()).collect::<Vec<_>>();
        assert_eq!(hashes(&first.2), hashes(&second.2));
        assert_eq!(first.2.runs.len(), MONTHS_OF_ORDERS as usize);
        assert!(first.2.runs.iter().all(|run| run.line_count > 20 && run.earned_minor > 0));
        assert!(first.2.runs.iter().any(|run| run.clawback_minor < 0), "nothing was taken back");
        assert_ne!(first.2.password, second.2.password);
        assert_eq!(check_ledger(&first.1).unwrap(), []);
        let again = make(&first.1, &recipe, true, |_| {});
        assert!(matches!(again, Err(DemoFault::NotEmpty(_))));
    }

    #[test]
    fn passwords_are_good_enough() {
        let password = new_password().unwrap();
        assert_eq!(password.len(), 19);
        assert_eq!(password::check(&password, STAFF[1].0, STAFF[1].1), Ok(()));
    }
}
