//! Plays a case: the field grows statement by statement, periods end, and what the plan does is compared.

use std::collections::BTreeMap;

use super::compare::{self, Asked};
use super::keys::unknown_key;
use super::{Case, Change, Difference, Expectation, Links, NewMember, NewOrder, NewReturn, Statement};
use crate::domain::calendar::Day;
use crate::domain::ids::{MemberId, OrderId};
use crate::domain::money::{MoneyFault, Rounding, Volume};
use crate::plan::checked::CheckedPlan;
use crate::plan::engine;
use crate::plan::explain::{Question, explain};
use crate::plan::fault::suggest;
use crate::plan::originals::Ran;
use crate::plan::result::RunResult;
use crate::plan::snapshot::{Amounts, Measured, PeriodSpan, Snapshot, SnapshotMember, SnapshotOrder, StateEntry};

/// Runs a plan over a case.
pub fn play(case: &Case, plan: &CheckedPlan) -> Vec<Difference> {
    let mut play = Play::new(case, plan);
    for step in &case.steps {
        play.line = step.line;
        if play.step(&step.what).is_err() {
            return play.differences;
        }
    }
    // A case that stops here has said why.
    let _ = play.end_period();
    play.differences.sort_by_key(|difference| difference.line);
    play.differences
}

/// Nobody yet, in the period in which a case begins.
fn empty(plan: &CheckedPlan) -> Snapshot {
    Snapshot {
        period: super::first_period(),
        currency: plan.currency,
        measures: plan.measures.clone(),
        attributes: plan.attributes.iter().map(|attribute| attribute.name.clone()).collect(),
        members: Vec::new(),
        orders: Vec::new(),
        through: BTreeMap::new(),
        takebacks: Vec::new(),
        on_amounts: Vec::new(),
        state_keys: Vec::new(),
        state: Vec::new(),
    }
}

/// The case cannot go on; a difference says why.
#[derive(Debug)]
pub struct Stop;

/// An order of the case, for what comes back of it later.
pub struct Placed {
    pub id: OrderId,
    /// Product line, or empty.
    pub line: String,
    /// The period in which it was ordered: place in [`Play::past`], or its length for the present one.
    pub period: usize,
    /// Place in the snapshot's orders of that period.
    pub at: usize,
    pub amounts: Amounts,
    pub measures: Measured,
    /// What came back of it, in which periods.
    pub returned: Vec<(usize, Amounts)>,
}

/// A period that is over.
pub struct Past {
    pub snapshot: Snapshot,
    pub result: RunResult,
}

impl Ran for Past {
    fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }

    fn result(&self) -> &RunResult {
        &self.result
    }
}

/// A case on the way.
pub struct Play<'a> {
    plan: &'a CheckedPlan,
    pub snapshot: Snapshot,
    /// Whether anything happened in the present period.
    begun: bool,
    several: bool,
    pub orders: Vec<Placed>,
    pub returns: usize,
    pub past: Vec<Past>,
    /// What the plan pays on the field as it stands.
    found: Option<(Snapshot, RunResult)>,
    lines: Vec<Asked<'a>>,
    some: bool,
    line: usize,
    differences: Vec<Difference>,
}

impl<'a> Play<'a> {
    /// Nothing has happened yet.
    fn new(case: &Case, plan: &'a CheckedPlan) -> Self {
        let periods = case.steps.iter().filter(|step| matches!(step.what, Statement::Period(_))).count();
        Self {
            plan,
            snapshot: empty(plan),
            begun: false,
            several: periods > 1,
            orders: Vec::new(),
            returns: 0,
            past: Vec::new(),
            found: None,
            lines: Vec::new(),
            some: false,
            line: case.line,
            differences: Vec::new(),
        }
    }

    fn step(&mut self, statement: &'a Statement) -> Result<(), Stop> {
        match statement {
            Statement::Expect(asked) => return self.expect(asked),
            Statement::Some => self.some = true,
            Statement::Carry(member, key, value) => self.carry(*member, key, *value)?,
            Statement::Period(span) => return self.next_period(span),
            Statement::Member(member) => self.member(member),
            Statement::Change(member, change) => self.change(*member, change)?,
            Statement::Order(order) => self.order(order)?,
            Statement::Return(back) => self.give_back(back)?,
        }
        self.found = None;
        Ok(())
    }

    fn member(&mut self, new: &NewMember) {
        self.snapshot.members.push(SnapshotMember {
            id: id_of(self.snapshot.members.len()),
            number: new.number.as_str().into(),
            kind: new.kind,
            status: new.status,
            joined: Day::from_ymd(2020, 1, 1).unwrap_or(Day(0)),
            enroller: new.enroller.map(id_of).into(),
            sponsor: new.sponsor.map(id_of).into(),
            placement: new.placement.map(|(above, side)| (id_of(above), side)),
            highest_rank: None,
            forced_rank: None,
            market: "".into(),
            person: None.into(),
            orders_before: 0,
            attributes: [].into(),
        });
    }

    fn change(&mut self, member: usize, change: &Change) -> Result<(), Stop> {
        if let Change::Attribute(name, value) = change {
            return self.attribute(member, name, value);
        }
        if let Change::Forced(rank) = change
            && self.plan.ranks.iter().all(|known| known.code != *rank)
        {
            let help = suggest(rank, self.plan.ranks.iter().map(|known| known.code.as_str()));
            let got = format!("the plan has no rank “{rank}”; {help}");
            self.differ(format!("forced {rank}"), "a rank of the plan".to_owned(), got);
            return Err(Stop);
        }
        let Some(member) = self.snapshot.members.get_mut(member) else { return Ok(()) };
        match change {
            Change::Joined(day) => member.joined = *day,
            Change::Kind(kind) => member.kind = *kind,
            Change::Status(status) => member.status = *status,
            Change::Forced(rank) => member.forced_rank = Some(rank.as_str().into()),
            Change::Market(market) => member.market = market.as_str().into(),
            Change::Person(person) => member.person = Some(id_of(*person)).into(),
            Change::Moved(Links { sponsor, enroller, placement }) => {
                member.sponsor = sponsor.map(id_of).or(member.sponsor.get()).into();
                member.enroller = enroller.map(id_of).or(member.enroller.get()).into();
                member.placement = placement.map(|(above, side)| (id_of(above), side)).or(member.placement);
            }
            Change::Attribute(..) => {}
        }
        Ok(())
    }

    fn attribute(&mut self, member: usize, name: &str, value: &str) -> Result<(), Stop> {
        let names = &self.snapshot.attributes;
        let Some(place) = names.iter().position(|known| known == name).and_then(|at| u16::try_from(at).ok()) else {
            let known = format!("an attribute of the plan ({})", names.join(", "));
            self.differ("the attribute".to_owned(), known, format!("“{name}”"));
            return Err(Stop);
        };
        if let Some(member) = self.snapshot.members.get_mut(member) {
            let mut given = std::mem::take(&mut member.attributes).into_vec();
            given.retain(|(at, _)| *at != place);
            given.extend((value != "none").then(|| (place, value.to_owned())));
            member.attributes = given.into();
        }
        Ok(())
    }

    /// Further volumes of an order by their places.
    fn measures(&mut self, new: &NewOrder) -> Result<Measured, Stop> {
        let mut volumes = vec![Volume::ZERO; self.snapshot.measures.len()];
        for (name, volume) in &new.measures {
            let Some(at) = self.snapshot.measures.iter().position(|known| known == name) else {
                let known = format!("a measure of the plan ({})", self.snapshot.measures.join(", "));
                self.differ(format!("order {}", new.number), known, format!("“{name}”"));
                return Err(Stop);
            };
            volumes[at] = *volume;
        }
        Ok(Measured::new(volumes))
    }

    /// Puts what an earlier run left among the state, instead of what is there.
    fn carry(&mut self, member: usize, key: &str, value: i64) -> Result<(), Stop> {
        if let Some(unknown) = unknown_key(self.plan, key) {
            let who = self.snapshot.members.get(member).map_or_else(String::new, |member| member.number.to_string());
            self.differ(format!("carry {key} of {who}"), "a key of the plan".to_owned(), unknown);
            return Err(Stop);
        }
        let keys = &mut self.snapshot.state_keys;
        let place = keys.iter().position(|known| known == key).unwrap_or_else(|| {
            keys.push(key.to_owned());
            keys.len() - 1
        });
        let (member, key) = (id_of(member), u16::try_from(place).unwrap_or(u16::MAX));
        self.snapshot.state.retain(|entry| (entry.member, entry.key) != (member, key));
        self.snapshot.state.push(StateEntry { member, key, value });
        Ok(())
    }

    fn order(&mut self, new: &NewOrder) -> Result<(), Stop> {
        self.begun = true;
        let currency = self.plan.currency;
        let worth = currency.round(new.written.to_decimal(), Rounding::HalfUp);
        let paid = new.paid.as_ref().map_or(worth, |paid| currency.parse_minor(paid));
        let wholesale = new.wholesale.as_ref().map_or_else(|| paid.clone(), |price| currency.parse_minor(price));
        let what = format!("order {}", new.number);
        let (paid_minor, wholesale_minor) = (self.minor(&what, paid)?, self.minor(&what, wholesale)?);
        let measures = self.measures(new)?;
        let amounts = Amounts {
            qv: new.qv.unwrap_or(new.written),
            cv: new.cv.unwrap_or(new.written),
            paid_minor,
            wholesale_minor,
        };
        let same = self.snapshot.orders.iter().find(|order| *order.number == *new.number);
        let next = OrderId(i64::try_from(self.orders.len()).unwrap_or(i64::MAX).saturating_add(1));
        let id = same.map_or(next, |order| order.id);
        let (period, at) = (self.past.len(), self.snapshot.orders.len());
        if let Some(through) = new.through {
            self.snapshot.through.insert(id, id_of(through));
        }
        let line = new.line.clone();
        self.orders.push(Placed { id, line, period, at, amounts, measures: measures.clone(), returned: Vec::new() });
        self.snapshot.orders.push(SnapshotOrder {
            id,
            number: new.number.as_str().into(),
            line: new.line.as_str().into(),
            buyer: id_of(new.buyer),
            day: new.day.unwrap_or_else(|| self.usual_day()),
            order_type: new.order_type,
            amounts,
            measures,
        });
        Ok(())
    }

    fn give_back(&mut self, back: &NewReturn) -> Result<(), Stop> {
        self.begun = true;
        let day = back.day.unwrap_or_else(|| self.usual_day());
        super::returns::give_back(self, back, day).ok_or_else(|| {
            self.differ("the return".to_owned(), "an amount".to_owned(), "a number beyond 64 bits".to_owned());
            Stop
        })
    }

    /// The fifteenth day of the period, or the first one of shorter periods.
    fn usual_day(&self) -> Day {
        let PeriodSpan { first, last, .. } = self.snapshot.period;
        if first.plus(14) <= last { first.plus(14) } else { first }
    }

    fn minor(&mut self, what: &str, amount: Result<i64, MoneyFault>) -> Result<i64, Stop> {
        amount.map_err(|fault| {
            let places = format!("an amount in {}", self.plan.currency);
            self.differ(what.to_owned(), places, fault.to_string());
            Stop
        })
    }

    fn expect(&mut self, asked: &'a Expectation) -> Result<(), Stop> {
        self.begun = true;
        if compare::is_about_lines(asked) {
            self.lines.push(Asked { line: self.line, what: asked });
            return Ok(());
        }
        let (snapshot, result) = self.found()?;
        let compared = compare::one(asked, self.plan, &snapshot, &result);
        self.found = Some((snapshot, result));
        if let Some([what, expected, got]) = compared {
            self.differ(what, expected, got);
        }
        Ok(())
    }

    /// The field as it stands and what the plan does on it.
    fn found(&mut self) -> Result<(Snapshot, RunResult), Stop> {
        if let Some(found) = self.found.take() {
            return Ok(found);
        }
        let mut snapshot = self.snapshot.clone();
        snapshot.orders.retain(|order| !order.is_nothing());
        match engine::run_on(self.plan, &snapshot, 1, &mut |_| {}) {
            Ok(result) => Ok((snapshot, result)),
            Err(fault) => {
                let label = self.snapshot.period.label.clone();
                self.differ(format!("the run of {label}"), "a result".to_owned(), fault.to_string());
                Err(Stop)
            }
        }
    }

    fn differ(&mut self, what: String, expected: String, got: String) {
        let (line, what, why) = (self.line, self.dated(what), String::new());
        self.differences.push(Difference { line, what, expected, got, why });
    }

    /// Why nothing came out where an amount was expected.
    fn why(&self, asked: &Expectation, snapshot: &Snapshot) -> Option<String> {
        let (Expectation::Line { member, bonus, .. } | Expectation::Sum { member, bonus, .. }) = asked else {
            return None;
        };
        let member = &snapshot.members.get(*member)?.number;
        let question = Question { member: Some(member), order: None, bonus: Some(bonus) };
        let told = explain(self.plan, snapshot, question).ok()?;
        Some(told.nodes.last()?.nodes.first()?.in_short())
    }

    /// Why the case cannot go on.
    fn stopped(&self) -> String {
        let told = self.differences.last().map(|found| format!("line {}: {}: {}", found.line, found.what, found.got));
        told.unwrap_or_default()
    }

    fn dated(&self, what: String) -> String {
        if self.several { format!("{}: {what}", self.snapshot.period.label) } else { what }
    }

    fn next_period(&mut self, span: &PeriodSpan) -> Result<(), Stop> {
        if self.begun {
            self.end_period()?;
        }
        self.snapshot.period = span.clone();
        // An empty period counts too, once it is named.
        self.begun = true;
        self.found = None;
        Ok(())
    }

    /// Compares the lines, and hands on what the next period must know.
    fn end_period(&mut self) -> Result<(), Stop> {
        let (snapshot, result) = self.found()?;
        let lines = std::mem::take(&mut self.lines);
        for (line, [what, expected, got]) in compare::lines(&lines, self.some, self.plan, &snapshot, &result) {
            let asked = lines.iter().find(|asked| Some(asked.line) == line && got == compare::NOTHING);
            let why = asked.and_then(|asked| self.why(asked.what, &snapshot)).unwrap_or_default();
            let (what, line) = (self.dated(what), line.unwrap_or(self.line));
            self.differences.push(Difference { line, what, expected, got, why });
        }
        self.some = false;
        let mut numbers: Vec<_> = snapshot.orders.iter().map(|order| (order.buyer, &order.number)).collect();
        numbers.sort_unstable();
        numbers.dedup();
        for (buyer, _) in numbers {
            if let Some(member) = self.snapshot.members.iter_mut().find(|member| member.id == buyer) {
                member.orders_before += 1;
            }
        }
        self.snapshot.orders.clear();
        self.snapshot.through.clear();
        self.snapshot.takebacks.clear();
        self.snapshot.on_amounts.clear();
        self.snapshot.state_keys.clone_from(&result.state_keys);
        self.snapshot.state.clone_from(&result.state);
        for (member, found) in self.snapshot.members.iter_mut().zip(&result.members) {
            member.forced_rank = None;
            member.highest_rank = found.highest_rank.map(|rank| result.ranks[usize::from(rank)].code.as_str().into());
        }
        self.past.push(Past { snapshot, result });
        Ok(())
    }
}

/// The id of the member at a place.
pub fn id_of(place: usize) -> MemberId {
    MemberId(i64::try_from(place).unwrap_or(i64::MAX).saturating_add(1))
}

impl Case {
    /// The field of a period of a case, of the last one if none is named, as it stands at the end of the period.
    ///
    /// # Errors
    /// What stopped the case, or which periods it has, in words.
    pub fn field(&self, plan: &CheckedPlan, period: Option<&str>) -> Result<Snapshot, String> {
        let mut play = Play::new(self, plan);
        for step in &self.steps {
            play.line = step.line;
            if play.step(&step.what).is_err() {
                return Err(play.stopped());
            }
        }
        let Ok((last, _)) = play.found() else { return Err(play.stopped()) };
        let mut fields: Vec<Snapshot> = play.past.into_iter().map(|past| past.snapshot).collect();
        fields.push(last);
        let Some(label) = period else { return fields.pop().ok_or_else(String::new) };
        let labels: Vec<String> = fields.iter().map(|field| field.period.label.clone()).collect();
        let found = fields.into_iter().find(|field| field.period.label == label);
        found.ok_or_else(|| format!("the case has no period “{label}”; it has: {}", labels.join(", ")))
    }

    /// The periods of a case with what their runs found.
    ///
    /// # Panics
    /// Where the case cannot go on.
    #[cfg(test)]
    pub fn periods(&self, plan: &CheckedPlan) -> Vec<(Snapshot, RunResult)> {
        let mut play = Play::new(self, plan);
        for step in &self.steps {
            assert!(play.step(&step.what).is_ok(), "{}", play.stopped());
        }
        assert!(play.end_period().is_ok(), "{}", play.stopped());
        play.past.into_iter().map(|past| (past.snapshot, past.result)).collect()
    }

    /// The field of the last period of a case, as its run would freeze it.
    pub fn snapshot(&self, plan: &CheckedPlan) -> Snapshot {
        let mut play = Play::new(self, plan);
        for step in &self.steps {
            play.line = step.line;
            if play.step(&step.what).is_err() {
                break;
            }
        }
        play.snapshot.orders.retain(|order| !order.is_nothing());
        play.snapshot
    }
}
