//! One run: where it stands, what it pays, and what to look at.

use std::collections::HashMap;

use askama::Template;
use rocket::State;
use rust_decimal::Decimal;

use super::list::state;
use crate::domain::ids::{MemberId, StaffId};
use crate::domain::money::rate_text;
use crate::domain::period;
use crate::domain::run::RunStatus;
use crate::jobs::calculate_run;
use crate::plan::BaseKind;
use crate::store::jobs::Job;
use crate::store::lines::Line;
use crate::store::members::Member;
use crate::store::periods::Period;
use crate::store::plans::PlanVersion;
use crate::store::runs::{Run, RunException, RunTotal};
use crate::store::{Conn, StoreError, StoreResult, jobs, members, messages, periods, plans, runs, staff};
use crate::web::App;
use crate::web::guards::{Signed, View};
use crate::web::reply::{Fault, Page};
use crate::web::view::{Shell, filters};

/// What every page of a run shows at its top.
pub(super) struct Head {
    pub run: Run,
    pub period: Period,
    pub plan: PlanVersion,
    names: HashMap<StaffId, String>,
    me: StaffId,
    previous: Option<(Run, Period)>,
    job: Option<Job>,
    mails: Vec<(String, i64)>,
}

/// A step of the life of a run.
pub(super) struct Step {
    pub name: &'static str,
    pub detail: String,
    pub is_done: bool,
    pub is_current: bool,
}

/// A bonus with what it paid in the run before.
struct Total {
    now: RunTotal,
    before_minor: Option<i64>,
}

#[derive(Template)]
#[template(path = "web/commissions/show.html")]
struct Show {
    shell: Shell,
    head: Head,
    totals: Vec<Total>,
}

#[derive(Template)]
#[template(path = "web/commissions/exceptions.html")]
struct Exceptions {
    shell: Shell,
    head: Head,
    exceptions: Vec<(RunException, Option<Member>)>,
}

#[rocket::get("/commissions/<number>")]
pub async fn show(who: Signed<View>, app: &State<App>, number: String) -> Result<Page, Fault> {
    let me = who.staff.id;
    let (head, totals) = app
        .blocking(move |app| {
            app.db.read(|c| {
                let head = Head::load(c, &number, me)?;
                let totals = totals(c, &head)?;
                Ok::<_, StoreError>((head, totals))
            })
        })
        .await?;
    Page::of(&Show { shell: who.shell, head, totals })
}

#[rocket::get("/commissions/<number>/exceptions")]
pub async fn exceptions(who: Signed<View>, app: &State<App>, number: String) -> Result<Page, Fault> {
    let me = who.staff.id;
    let (head, exceptions) = app
        .blocking(move |app| {
            app.db.read(|c| {
                let head = Head::load(c, &number, me)?;
                let found = runs::list_exceptions(c, head.run.id)?;
                let ids: Vec<MemberId> = found.iter().map(|e| e.member_id).filter(|id| id.0 != 0).collect();
                let people = members::list_by_ids(c, &ids)?;
                let member = |id: MemberId| people.iter().find(|member| member.id == id).cloned();
                let rows = found.into_iter().map(|e| (e.clone(), member(e.member_id))).collect();
                Ok::<_, StoreError>((head, rows))
            })
        })
        .await?;
    Page::of(&Exceptions { shell: who.shell, head, exceptions })
}

fn totals(conn: &mut Conn, head: &Head) -> StoreResult<Vec<Total>> {
    let before = match &head.previous {
        Some((run, _)) => Some(runs::list_totals(conn, run.id)?),
        None => None,
    };
    let of = |code: &str| {
        before.as_ref().map(|all| all.iter().find(|total| total.bonus == code).map_or(0, |total| total.amount_minor))
    };
    Ok(runs::list_totals(conn, head.run.id)?
        .into_iter()
        .map(|now| Total { before_minor: of(&now.bonus), now })
        .collect())
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass fields by reference")]
impl Head {
    pub fn load(conn: &mut Conn, number: &str, me: StaffId) -> StoreResult<Self> {
        let run = runs::get_by_number(conn, number)?;
        let period = periods::get(conn, run.period_id)?;
        let version = plans::get(conn, run.plan_version_id)?;
        let names = staff::list(conn)?.into_iter().map(|person| (person.id, person.name)).collect();
        let before =
            periods::list(conn)?.into_iter().find(|p| p.kind == period.kind && p.last_day == period.first_day.plus(-1));
        let previous = match before {
            Some(before) => runs::list_of_period(conn, before.id)?
                .into_iter()
                .find(|run| run.status == RunStatus::Committed)
                .map(|run| (run, before)),
            None => None,
        };
        let mails = messages::count_by_status(conn, Some(&run.number))?;
        Ok(Self {
            plan: version,
            job: jobs::find_latest(conn, calculate_run::KIND, &run.id.to_string())?,
            mails: mails.into_iter().map(|(status, count)| (status.to_string(), count)).collect(),
            run,
            period,
            names,
            me,
            previous,
        })
    }

    /// The period in words: `October 2026`, `Week 44 of 2026`.
    pub fn period_name(&self) -> String {
        period::name(&self.period.label)
    }

    /// Its first and last day in words.
    pub(super) fn days(&self) -> String {
        period::days(self.period.first_day, self.period.last_day)
    }

    /// What one period of its kind is called: `month`.
    pub(super) const fn kind(&self) -> &'static str {
        self.period.kind.words().0
    }

    /// The short names of the period and of the one before it, for table heads.
    pub(super) fn short_names(&self) -> (String, Option<String>) {
        let name = |period: &Period| period::short_name(&period.label);
        (name(&self.period), self.previous.as_ref().map(|(_, period)| name(period)))
    }

    pub fn state(&self) -> (&'static str, &'static str) {
        state(self.run.status)
    }

    pub(super) fn name(&self, id: &StaffId) -> &str {
        self.names.get(id).map_or("the command line", String::as_str)
    }

    /// The calculation that is queued, running or failed, while the run is frozen.
    pub(super) fn calculation(&self) -> Option<&Job> {
        self.job.as_ref().filter(|job| self.run.status == RunStatus::Frozen && job.status != "done")
    }

    pub(super) fn is_calculating(&self) -> bool {
        self.calculation().is_some_and(|job| matches!(job.status.as_str(), "queued" | "running"))
    }

    /// Why the person may not approve, where that is so.
    pub(super) fn may_not_approve(&self) -> bool {
        self.run.status == RunStatus::Reviewed && self.run.reviewed_by == self.me
    }

    pub(super) fn share(&self) -> Option<String> {
        let cv = self.run.cv.to_decimal();
        if cv.is_zero() {
            return None;
        }
        let share = self.run.currency.to_decimal(self.run.earned_minor).checked_div(cv)?;
        Some(share.checked_mul(Decimal::ONE_HUNDRED)?.round_dp(1).to_string())
    }

    /// A change with its sign: `+6,397.20`.
    pub(super) fn change(&self, now: &i64, before: &i64) -> String {
        let change = now - before;
        let sign = if change > 0 { "+" } else { "" };
        format!("{sign}{}", self.run.currency.grouped(change))
    }

    /// The amount of a sum before and behind the decimal point, for tiles: `("394,813", ".82")`.
    pub(super) fn tile(&self, minor: &i64) -> (String, String) {
        let text = self.run.currency.grouped(*minor);
        match text.split_once('.') {
            Some((whole, rest)) => (whole.to_owned(), format!(".{rest}")),
            None => (text, String::new()),
        }
    }

    /// What the rate of a line was applied to, with its unit: `96 CV`, `52.80 EUR`; empty for a fixed amount.
    pub(super) fn base_text(&self, line: &Line) -> String {
        match line.base_kind.parse::<BaseKind>() {
            Ok(BaseKind::Fixed) | Err(_) => String::new(),
            Ok(kind) => kind.shown(line.base, self.run.currency),
        }
    }

    /// The rate of a line in percent: `6%`; empty for a fixed amount.
    #[expect(clippy::unused_self, reason = "templates call methods of the head")]
    pub(super) fn rate_text(&self, line: &Line) -> String {
        if line.base_kind == BaseKind::Fixed.as_str() {
            return String::new();
        }
        line.rate.parse::<Decimal>().map_or_else(|_| line.rate.clone(), rate_text)
    }

    pub(super) fn steps(&self, shell: &Shell) -> Vec<Step> {
        let when = |at: crate::domain::calendar::Moment, who: Option<StaffId>| {
            let at = shell.zone.wall(at).format("%-d %b %H:%M").to_string();
            who.map_or(at.clone(), |id| format!("{at}, {}", self.name(&id)))
        };
        let run = &self.run;
        let waits = |text: &str| text.to_owned();
        let status = run.status;
        let reached = |state: RunStatus| status != RunStatus::Discarded && status >= state;
        let step = |name, state, detail: String, next| Step {
            name,
            detail,
            is_done: reached(state),
            is_current: status == next && status != RunStatus::Discarded,
        };
        let detail = |state, at, who, text: &str| if reached(state) { when(at, who) } else { waits(text) };
        vec![
            Step { name: "Frozen", detail: when(run.frozen_at, Some(run.frozen_by)), is_done: true, is_current: false },
            step(
                "Calculated",
                RunStatus::Calculated,
                detail(RunStatus::Calculated, run.calculated_at, None, "By a job"),
                RunStatus::Frozen,
            ),
            step(
                "Reviewed",
                RunStatus::Reviewed,
                detail(RunStatus::Reviewed, run.reviewed_at, Some(run.reviewed_by), "Totals and exceptions"),
                RunStatus::Calculated,
            ),
            step(
                "Approved",
                RunStatus::Approved,
                detail(RunStatus::Approved, run.approved_at, Some(run.approved_by), "By a second person"),
                RunStatus::Reviewed,
            ),
            step(
                "Committed",
                RunStatus::Committed,
                detail(RunStatus::Committed, run.committed_at, Some(run.committed_by), "Ledger and statements"),
                RunStatus::Approved,
            ),
        ]
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass fields by reference")]
impl Total {
    /// The change against the run before, with its sign.
    fn change(&self, head: &Head) -> Option<String> {
        self.before_minor.map(|before| head.change(&self.now.amount_minor, &before))
    }

    /// The share of the run's total in percent, with one place.
    pub(super) fn share(&self, total_minor: &i64) -> String {
        let part = Decimal::from(self.now.amount_minor).checked_mul(Decimal::ONE_HUNDRED);
        let share = part.and_then(|part| part.checked_div(Decimal::from(*total_minor)));
        share.unwrap_or_default().round_dp(1).to_string()
    }
}
