//! `Signed<P>`: somebody is signed in whose role grants `P`.

use std::marker::PhantomData;

use rocket::Request;
use rocket::http::Method;
use rocket::request::{FromRequest, Outcome};

use super::{Around, FormToken, Refusal, client_address, origin, session_cookie};
use crate::actions::sign_in::IDLE_SECONDS;
use crate::actions::{company, token};
use crate::domain::calendar::Zone;
use crate::domain::company::Company;
use crate::domain::staff::{Actor, Permission};
use crate::store::sessions::Session;
use crate::store::staff::Staff;
use crate::store::{StoreResult, runs, sessions};
use crate::web::app::App;
use crate::web::view::{Message, Shell, Theme};

/// Seconds between two notes of the last request.
const SEEN_EVERY: i64 = 60;

/// A permission as a type, for the parameter of a handler.
pub trait Needs: Send + Sync + 'static {
    /// What the role must grant.
    const PERMISSION: Permission;
}

macro_rules! permissions {
    ($($(#[$meta:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, Copy)]
        pub struct $name;
        impl Needs for $name {
            const PERMISSION: Permission = Permission::$name;
        }
    )+};
}

permissions! {
    /// See members, orders, runs, statements.
    View,
    /// Enrol and edit members, place orders, import files.
    ManageField,
    /// Take runs forward, send statements.
    ManageRuns,
    /// Read the audit log.
    ViewAudit,
    /// Staff accounts and company settings.
    ManageCompany,
}

/// Somebody is signed in and may do `P`.
#[derive(Debug)]
pub struct Signed<P> {
    /// Who.
    pub staff: Staff,
    /// The session.
    pub session: Session,
    /// What stands around the page.
    pub shell: Shell,
    /// Where the request comes from.
    pub address: String,
    permission: PhantomData<P>,
}

impl<P> Signed<P> {
    /// The person, as the audit log keeps it.
    pub fn actor(&self) -> Actor {
        Actor::person(self.staff.id, self.staff.name.clone(), self.address.clone())
    }
}

#[rocket::async_trait]
impl<'r, P: Needs> FromRequest<'r> for Signed<P> {
    type Error = Refusal;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Refusal> {
        match identify(request).await {
            Ok((staff, session, shell)) => {
                FormToken::set(request, &session.csrf);
                Around::set(request, &shell);
                if !staff.role.grants(P::PERMISSION) {
                    return Outcome::Error(Refusal::Lacking(P::PERMISSION).keep(request));
                }
                let address = client_address(request);
                Outcome::Success(Self { staff, session, shell, address, permission: PhantomData })
            }
            Err(refusal) => Outcome::Error(refusal.keep(request)),
        }
    }
}

/// Who asks, with what stands around the page.
async fn identify(request: &Request<'_>) -> Result<(Staff, Session, Shell), Refusal> {
    let app = request.rocket().state::<App>().ok_or(Refusal::Unavailable)?;
    if origin::is_unsafe(request) && !origin::is_own(request, app) {
        return Err(Refusal::Form);
    }
    let cookie = request.cookies().get(&session_cookie(app)).ok_or(Refusal::SignIn)?;
    let hash = token::hash(cookie.value());
    let found = app.blocking(move |app| look_up(app, &hash)).await.map_err(|_| Refusal::Unavailable)?;
    let Known { session, staff, company, waiting } = found.ok_or(Refusal::SignIn)?;
    let zone = company.as_ref().map_or(Zone(chrono_tz::UTC), |company| company.zone);
    let message = if request.method() == Method::Get { Message::take(request.cookies()) } else { None };
    let shell = Shell {
        name: staff.name.clone(),
        role: staff.role,
        csrf: session.csrf.clone(),
        theme: Theme::chosen(request.cookies()),
        message,
        company,
        today: app.clock.today(zone),
        zone,
        path: request.uri().path().to_string(),
        waiting,
    };
    Ok((staff, session, shell))
}

/// What the database knows about who asks.
struct Known {
    session: Session,
    staff: Staff,
    company: Option<Company>,
    waiting: i64,
}

fn look_up(app: &App, hash: &str) -> StoreResult<Option<Known>> {
    let now = app.clock.now();
    let found = app.db.read(|c| {
        let Some((session, staff)) = sessions::find(c, hash, now, now.plus_seconds(-IDLE_SECONDS))? else {
            return Ok(None);
        };
        let company = company::find(c)?;
        let may_step = staff.role.grants(Permission::ManageRuns);
        let waiting = if may_step { runs::count_waiting(c, staff.id)? } else { 0 };
        StoreResult::Ok(Some(Known { session, staff, company, waiting }))
    })?;
    if let Some(known) = &found
        && known.session.seen_at < now.plus_seconds(-SEEN_EVERY)
    {
        // A page never waits for a run or an import that is writing: the next request notes it as well.
        app.db.write_unless_busy(|tx| sessions::update_seen(tx, hash, now))?;
    }
    Ok(found)
}
