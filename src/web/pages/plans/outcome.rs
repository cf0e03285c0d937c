//! One simulation: what the plan would have paid beside what was committed, who wins and who loses.

use askama::Template;
use rocket::State;
use rocket::http::ContentType;

use super::what_if::span;
use crate::actions::simulate::{Band, MemberReport, Report, changes_csv};
use crate::domain::ids::SimulationId;
use crate::domain::money::Currency;
use crate::domain::period;
use crate::jobs::simulate::KIND;
use crate::store::jobs::{self, Job};
use crate::store::simulations::{self, Simulation};
use crate::store::{StoreError, staff};
use crate::web::App;
use crate::web::guards::{Signed, View};
use crate::web::reply::{Download, Fault, Page};
use crate::web::view::{Shell, filters, segment};

#[derive(Template)]
#[template(path = "web/plans/outcome.html")]
struct Outcome {
    shell: Shell,
    row: Simulation,
    by: String,
    span: String,
    /// The job while there is no result.
    job: Option<Job>,
    may_stop: bool,
    /// The result with its currency and the drawing of its bands.
    result: Option<(Report, Currency, Chart)>,
}

#[rocket::get("/what-if/<id>")]
pub async fn show(who: Signed<View>, app: &State<App>, id: i64) -> Result<Page, Fault> {
    let (row, by, job) = app
        .blocking(move |app| {
            app.db.read(|c| {
                let row = simulations::get(c, SimulationId(id))?;
                let by = staff::find(c, row.created_by)?.map_or_else(String::new, |person| person.name);
                let job = jobs::find_latest(c, KIND, &row.id.to_string())?;
                Ok::<_, StoreError>((row, by, job))
            })
        })
        .await?;
    let result = match row.result.as_str() {
        "" => None,
        json => {
            let report: Report = serde_json::from_str(json).map_err(Fault::unexpected)?;
            let currency: Currency = report.currency.parse().map_err(Fault::unexpected)?;
            let chart = Chart::of(&report.bands, currency);
            Some((report, currency, chart))
        }
    };
    let job = job.filter(|_| result.is_none());
    let may_stop = who.shell.may("manage-field")
        && job.as_ref().is_some_and(|job| matches!(job.status.as_str(), "queued" | "running") && !job.stop_requested);
    Page::of(&Outcome { span: span(&row), shell: who.shell, row, by, job, may_stop, result })
}

#[rocket::get("/what-if/<id>/report.json")]
pub async fn json(_who: Signed<View>, app: &State<App>, id: i64) -> Result<Download, Fault> {
    let row = app.blocking(move |app| app.db.read(|c| simulations::get(c, SimulationId(id)))).await?;
    if row.result.is_empty() {
        return Err(Fault::refused("the simulation has no result yet"));
    }
    Ok(Download {
        name: format!("what-if-version-{}.json", row.plan_version),
        kind: ContentType::JSON,
        bytes: row.result.into_bytes(),
    })
}

#[rocket::get("/what-if/<id>/members.csv")]
pub async fn members(_who: Signed<View>, app: &State<App>, id: i64) -> Result<Download, Fault> {
    let bytes = app.blocking(move |app| app.db.read(|c| changes_csv(c, SimulationId(id)))).await?;
    Ok(Download { name: format!("what-if-{id}-members.csv"), kind: ContentType::CSV, bytes })
}

#[expect(clippy::unused_self, clippy::trivially_copy_pass_by_ref, reason = "templates call methods with references")]
impl Outcome {
    fn is_under_way(&self) -> bool {
        self.job.as_ref().is_some_and(|job| matches!(job.status.as_str(), "queued" | "running"))
    }

    fn period(&self, label: &str) -> String {
        period::name(label)
    }

    /// A share of the volume; an en dash without volume.
    fn share(&self, share: &str) -> String {
        if share.is_empty() { "–".to_owned() } else { format!("{share}%") }
    }

    /// The name of a rank.
    fn rank<'r>(&self, report: &'r Report, code: &'r str) -> &'r str {
        if code.is_empty() { "No rank" } else { report.rank_names.get(code).map_or(code, String::as_str) }
    }

    fn href(&self, member: &MemberReport) -> String {
        format!("/members/{}", segment(&member.number))
    }

    /// A change with its sign: `+6,397.20`.
    fn signed(&self, currency: &Currency, before: &i64, after: &i64) -> String {
        let change = after - before;
        let sign = if change > 0 { "+" } else { "" };
        format!("{sign}{}", currency.grouped(change))
    }

    /// Whether there are more exceptions than the list has.
    fn is_cut(&self, report: &Report) -> bool {
        (report.exceptions.len() as u64) < report.exception_count
    }

    /// Members whose amount changes.
    fn changed(&self, report: &Report) -> u64 {
        report.ranks.iter().map(|rank| rank.winners + rank.losers).sum()
    }

    /// Members whose amount stays.
    fn unchanged(&self, report: &Report) -> u64 {
        report.ranks.iter().map(|rank| rank.members - rank.winners - rank.losers).sum()
    }
}

/// How many members lose or gain how much, as bars.
struct Chart {
    bars: Vec<Bar>,
    /// Labels of the scale, highest first.
    scale: [u64; 3],
    /// What it says, for who can't see it.
    said: String,
}

struct Bar {
    label: String,
    words: String,
    members: u64,
    class: &'static str,
    x: u64,
    y: u64,
    width: u64,
    height: u64,
}

impl Chart {
    /// The bars are drawn 1,000 wide and 100 high and stretch. Who sees no change is told in words.
    fn of(bands: &[Band], currency: Currency) -> Self {
        let changing: Vec<&Band> =
            bands.iter().filter(|band| (band.from_minor, band.to_minor) != (Some(0), Some(0))).collect();
        let most = changing.iter().map(|band| band.members).max().unwrap_or(0);
        let top = top_of(most);
        let step = 1000 / (changing.len() as u64).max(1);
        let bars: Vec<Bar> = (0_u64..)
            .zip(&changing)
            .map(|(place, band)| {
                let (label, words) = named(band, currency);
                let height = if band.members == 0 { 0 } else { (band.members * 100 / top).max(1) };
                let class = if band.to_minor.is_some_and(|to| to < 0) { "rneg" } else { "" };
                let (x, width) = (place * step + step / 6, step * 2 / 3);
                Bar { label, words, members: band.members, class, x, y: 100 - height, width, height }
            })
            .collect();
        let said = |loses: bool| bars.iter().filter(|bar| (bar.class == "rneg") == loses).map(|bar| bar.members).sum();
        let (losers, winners): (u64, u64) = (said(true), said(false));
        Self { bars, scale: [top, top / 2, 0], said: format!("{losers} members lose, {winners} gain") }
    }
}

/// The next of 2, 4, 10 times a power of ten at or above the highest count.
fn top_of(most: u64) -> u64 {
    let mut unit = 1_u64;
    loop {
        for step in [2, 4, 10] {
            if unit * step >= most {
                return unit * step;
            }
        }
        unit = unit.saturating_mul(10);
    }
}

/// A band in a few letters and in words.
fn named(band: &Band, currency: Currency) -> (String, String) {
    let unit = 10_i64.pow(currency.places());
    let short = |minor: i64| {
        let whole = minor / unit;
        if whole >= 1000 { format!("{}k", whole / 1000) } else { whole.to_string() }
    };
    let money = |minor: i64| currency.grouped(minor);
    match (band.from_minor, band.to_minor) {
        (None, Some(to)) => (format!("\u{2212}{}", short(-to)), format!("{} or more less", money(-to))),
        (Some(from), None) => (format!("+{}", short(from)), format!("{} or more", money(from))),
        (Some(from), Some(to)) if to < 0 => {
            let label = if -to < unit { "<0".to_owned() } else { format!("\u{2212}{}", short(-to)) };
            (label, format!("{} to {} less", money(-to), money(-from)))
        }
        (Some(from), Some(to)) => {
            let label = if from < unit { ">0".to_owned() } else { format!("+{}", short(from)) };
            (label, format!("{} to {} more", money(from), money(to)))
        }
        (None, None) => (String::new(), String::new()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_stand_for_bands_and_the_highest_fits() {
        let eur: Currency = "EUR".parse().unwrap();
        let band = |from, to, members| Band { from_minor: from, to_minor: to, members };
        let bands = [
            band(None, Some(-100_000), 3),
            band(Some(-99), Some(-1), 1),
            band(Some(0), Some(0), 900),
            band(Some(1), Some(99), 0),
            band(Some(100_000), None, 37),
        ];
        let chart = Chart::of(&bands, eur);
        let labels: Vec<&str> = chart.bars.iter().map(|bar| bar.label.as_str()).collect();
        assert_eq!(labels, ["\u{2212}1k", "<0", ">0", "+1k"]);
        let heights: Vec<u64> = chart.bars.iter().map(|bar| bar.height).collect();
        assert_eq!((chart.scale, heights), ([40, 20, 0], vec![7, 2, 0, 92]));
        assert_eq!(chart.said, "4 members lose, 37 gain");
        assert_eq!(chart.bars[1].words, "0.01 to 0.99 less");
    }
}
