//! The engine's own answers as lists of sentences: why a member earned nothing under a bonus, where an order's volume
//! went.

use askama::Template;
use rocket::State;

use super::show::Head;
use crate::actions::ActionFault;
use crate::actions::explain_run::explain_run;
use crate::plan::explain::{Node, Question};
use crate::store::members::Member;
use crate::store::orders::Order;
use crate::store::runs::RunTotal;
use crate::store::{StoreError, members, orders, runs};
use crate::web::App;
use crate::web::guards::{Signed, View};
use crate::web::reply::{Fault, Page};
use crate::web::view::{Shell, filters};

/// A sentence of the answer with its depth; the first of a depth opens a list, the last ones close theirs.
struct Sentence {
    text: String,
    opens: bool,
    closes: usize,
}

#[derive(Template)]
#[template(path = "web/commissions/nothing.html")]
struct Nothing {
    shell: Shell,
    head: Head,
    member: Member,
    bonus: Option<RunTotal>,
    title: String,
    /// About the bonus, or about all of them.
    reasons: Vec<Sentence>,
    /// Where the member stands.
    standing: Vec<Sentence>,
}

#[derive(Template)]
#[template(path = "web/commissions/order.html")]
struct OrderStory {
    shell: Shell,
    head: Head,
    order: Order,
    buyer: Member,
    title: String,
    /// What came of it under each bonus, with the name of the bonus: `Team commission`, `12.40 paid, breakage 0`.
    bonuses: Vec<(String, String, Vec<Sentence>)>,
    /// Its amounts, and for whom they count.
    volumes: Vec<Sentence>,
}

#[rocket::get("/commissions/<number>/members/<member>/why?<bonus>")]
pub async fn member(
    who: Signed<View>,
    app: &State<App>,
    number: String,
    member: String,
    bonus: Option<String>,
) -> Result<Page, Fault> {
    let me = who.staff.id;
    let (head, member, total, answer) = app
        .blocking(move |app| {
            let (head, found, total) = app.db.read(|c| {
                let head = Head::load(c, &number, me)?;
                let found =
                    members::find_by_number(c, &member)?.ok_or_else(|| StoreError::not_found("member", &member))?;
                let totals = runs::list_totals(c, head.run.id)?;
                let total = totals.into_iter().find(|total| Some(&total.bonus) == bonus.as_ref());
                Ok::<_, StoreError>((head, found, total))
            })?;
            let asked = Question { member: Some(&found.number), order: None, bonus: bonus.as_deref() };
            let answer = explain_run(&app.db, head.run.id, asked)?;
            Ok::<_, ActionFault>((head, found, total, answer))
        })
        .await?;
    // The bonuses come last; where one is asked about, that is the last sentence alone.
    let first = if total.is_some() { answer.nodes.len().saturating_sub(1) } else { 0 };
    let (before, about) = answer.nodes.split_at(first);
    Page::of(&Nothing {
        shell: who.shell,
        head,
        member,
        bonus: total,
        title: answer.text,
        reasons: sentences(about),
        standing: sentences(before),
    })
}

#[rocket::get("/commissions/<number>/orders/<order>")]
pub async fn order(who: Signed<View>, app: &State<App>, number: String, order: String) -> Result<Page, Fault> {
    let me = who.staff.id;
    let (head, order, buyer, totals, answer) = app
        .blocking(move |app| {
            let (head, found, buyer, totals) = app.db.read(|c| {
                let head = Head::load(c, &number, me)?;
                let found = orders::find_by_number(c, &order)?.ok_or_else(|| StoreError::not_found("order", &order))?;
                let buyer = members::get(c, found.member_id)?;
                let totals = runs::list_totals(c, head.run.id)?;
                Ok::<_, StoreError>((head, found, buyer, totals))
            })?;
            let asked = Question { member: None, order: Some(&found.number), bonus: None };
            let answer = explain_run(&app.db, head.run.id, asked)?;
            Ok::<_, ActionFault>((head, found, buyer, totals, answer))
        })
        .await?;
    let (mut bonuses, mut rest) = (Vec::new(), Vec::new());
    for node in answer.nodes {
        let about = node.text.split_once(": ").and_then(|(code, told)| {
            let total = totals.iter().find(|total| total.bonus == code)?;
            Some((total.name.clone(), told.to_owned()))
        });
        match about {
            Some((name, told)) => bonuses.push((name, told, sentences(&node.nodes))),
            None => rest.push(node),
        }
    }
    let volumes = sentences(&rest);
    Page::of(&OrderStory { shell: who.shell, head, order, buyer, title: answer.text, bonuses, volumes })
}

/// A tree as sentences in the order of reading.
fn sentences(nodes: &[Node]) -> Vec<Sentence> {
    let mut out = Vec::new();
    flatten(nodes, &mut out);
    out
}

fn flatten(nodes: &[Node], out: &mut Vec<Sentence>) {
    for node in nodes {
        out.push(Sentence { text: node.text.clone(), opens: !node.nodes.is_empty(), closes: 0 });
        flatten(&node.nodes, out);
        if !node.nodes.is_empty()
            && let Some(last) = out.last_mut()
        {
            last.closes += 1;
        }
    }
}
