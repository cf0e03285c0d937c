//! Everything that the statements of one run share, loaded once; and the view of each of them.

use std::collections::HashMap;

use super::{account, lines};
use crate::actions::{ActionFault, company};
use crate::domain::company::Company;
use crate::domain::country;
use crate::domain::ids::RunId;
use crate::domain::period;
use crate::domain::run::RunStatus;
use crate::pdf::statement::view::{self, StatementView};
use crate::plan::CheckedPlan;
use crate::store::members::{self, Member};
use crate::store::periods::{self, Period};
use crate::store::runs::{self, Run, RunTotal};
use crate::store::statements::Statement;
use crate::store::{Conn, StoreResult, plans};

/// What the statements of one run share.
#[derive(Debug)]
pub struct StatementBook {
    pub(super) company: Company,
    pub(super) run: Run,
    pub(super) period: Period,
    pub(super) totals: Vec<RunTotal>,
    /// The committed run over the period before, with that period.
    pub(super) previous: Option<(Run, Period)>,
    plan_label: String,
    point_value: String,
    rank_names: HashMap<String, String>,
    verify_at: String,
}

impl StatementBook {
    /// Loads the book of a committed run. `public_url` is where the console is reached, for the
    /// address at which a code can be checked.
    ///
    /// # Errors
    /// Refused unless the run is committed.
    pub fn load(conn: &mut Conn, run: RunId, public_url: &str) -> Result<Self, ActionFault> {
        let run = runs::get(conn, run)?;
        if run.status != RunStatus::Committed {
            let message = format!("The run {} is {}; statements exist once it is committed", run.number, run.status);
            return Err(ActionFault::refused(message));
        }
        let period = periods::get(conn, run.period_id)?;
        let version = plans::get(conn, run.plan_version_id)?;
        let plan = CheckedPlan::read(&version.source, &version.name)
            .map_err(|faults| ActionFault::refused(faults.to_string()))?;
        Ok(Self {
            company: company::load(conn)?,
            totals: runs::list_totals(conn, run.id)?,
            previous: previous(conn, &period)?,
            plan_label: format!("Version {}", version.version),
            point_value: plan.point_value.normalize().to_string(),
            rank_names: plan.ranks.iter().map(|rank| (rank.code.clone(), rank.name.clone())).collect(),
            verify_at: format!("{}/verify", without_scheme(public_url)),
            run,
            period,
        })
    }

    /// The run.
    pub fn run(&self) -> &Run {
        &self.run
    }

    /// The company.
    pub fn company(&self) -> &Company {
        &self.company
    }

    /// The period in words: `October 2026`.
    pub fn period_name(&self) -> String {
        period::name(&self.period.label)
    }

    /// What one statement says.
    pub fn view(&self, conn: &mut Conn, statement: &Statement) -> Result<StatementView, ActionFault> {
        let member = members::get(conn, statement.member_id)?;
        let standing = runs::find_member(conn, self.run.id, statement.member_id)?;
        let paid_as = standing.as_ref().map(|found| found.paid_rank.as_str()).filter(|code| !code.is_empty());
        Ok(StatementView {
            language: if member.language.is_empty() { "en".to_owned() } else { member.language.clone() },
            currency: self.run.currency,
            company: self.company_view(),
            member: member_view(&member),
            number: statement.number.clone(),
            code: statement.code.clone(),
            issued_on: statement.issued_on,
            period: self.period_view(),
            paid_as: paid_as.map(|code| self.rank_name(code)),
            plan: self.plan_label.clone(),
            summary: account::summary(conn, self, statement)?,
            bonuses: lines::bonuses(conn, self, statement.member_id)?,
            account: Some(account::view(conn, self, statement)?),
            progress: standing.and_then(|found| progress(&found.progress)),
            notes: self.notes(),
        })
    }

    fn rank_name(&self, code: &str) -> String {
        self.rank_names.get(code).cloned().unwrap_or_else(|| code.to_owned())
    }

    fn company_view(&self) -> view::Company {
        view::Company {
            name: self.company.name.clone(),
            address: self.company.address.lines().map(str::trim).filter(|l| !l.is_empty()).map(str::to_owned).collect(),
            email: self.company.email.clone(),
            verify_at: self.verify_at.clone(),
        }
    }

    fn period_view(&self) -> view::Period {
        view::Period {
            first: self.period.first_day,
            last: self.period.last_day,
            label: self.period_name(),
            short: period::short_name(&self.period.label),
            previous: self.previous.as_ref().map(|(_, period)| period::short_name(&period.label)),
        }
    }

    fn notes(&self) -> Vec<view::Note> {
        let basis = format!(
            "Basis is the volume or the amount that the rate was applied to; one point of commission volume (CV) is \
             worth {} {}. The rule of each bonus stands under its name. Each line is rounded once, so the lines add up \
             to the total.",
            self.point_value, self.run.currency
        );
        let ask = if self.company.email.is_empty() {
            "to the company".to_owned()
        } else {
            format!("to {}", self.company.email)
        };
        let ask = format!(
            "Write {ask} and name the statement and the line. Goods that come back after the period closed appear as \
             adjustments in the period of the return."
        );
        vec![
            view::Note { heading: "Reading the lines".to_owned(), text: basis },
            view::Note { heading: "Something looks wrong?".to_owned(), text: ask },
        ]
    }
}

/// The newest committed run before a period.
fn previous(conn: &mut Conn, period: &Period) -> StoreResult<Option<(Run, Period)>> {
    let before = periods::list(conn)?
        .into_iter()
        .find(|other| other.kind == period.kind && other.last_day == period.first_day.plus(-1));
    let Some(before) = before else { return Ok(None) };
    let run = runs::list_of_period(conn, before.id)?.into_iter().find(|run| run.status == RunStatus::Committed);
    Ok(run.map(|run| (run, before)))
}

fn member_view(member: &Member) -> view::Member {
    let town = format!("{} {}", member.postal_code, member.city);
    view::Member {
        number: member.number.clone(),
        name: name(member),
        address: [member.street.as_str(), town.trim()]
            .into_iter()
            .filter(|l| !l.is_empty())
            .map(str::to_owned)
            .collect(),
        country: country::name_of(&member.country).to_owned(),
    }
}

/// A name with its Latin form, where there is one.
pub(super) fn name(member: &Member) -> view::Name {
    view::Name { own: member.name.clone(), latin: (!member.latin_name.is_empty()).then(|| member.latin_name.clone()) }
}

/// The way to the next rank, as `compute_run` stored it.
fn progress(stored: &str) -> Option<view::Progress> {
    let stored: serde_json::Value = serde_json::from_str(stored).ok()?;
    let requirements = stored["needs"]
        .as_array()?
        .iter()
        .filter_map(|need| {
            Some(view::Requirement {
                name: need[0].as_str()?.to_owned(),
                need: need[1].as_str()?.parse().ok()?,
                have: need[2].as_str()?.parse().ok()?,
                unit: unit(need[0].as_str()?).to_owned(),
                met: need[3].as_bool()?,
            })
        })
        .collect();
    Some(view::Progress { next_rank: stored["rank"].as_str()?.to_owned(), requirements })
}

/// Points of a volume carry its short name; counts carry none.
fn unit(label: &str) -> &'static str {
    let label = label.to_lowercase();
    match (label.contains("volume"), label.contains("personal")) {
        (true, true) => "PV",
        (true, false) => "GV",
        _ => "",
    }
}

fn without_scheme(url: &str) -> &str {
    url.split_once("://").map_or(url, |(_, rest)| rest)
}
