//! One member: where it stands, and for every bonus what it pays or why it pays nothing.

use super::super::memory::first_day;
use super::conditions::About;
use super::paths::{Path, Ways, below};
use super::rates::is_own;
use super::{Node, Told};
use crate::domain::money::Volume;
use crate::plan::checked::{Bonus, BonusSource, Pairing, Rank, Sides};
use crate::plan::expr::{Cond, Meaning, NamedValue, Num, PairField};
use crate::plan::result::{LineRow, Passed, Source};

/// How many lines of one bonus are listed.
const LISTED: usize = 20;

impl Told<'_> {
    /// Everything about a member: its place in the snapshot.
    pub(super) fn member(&self, place: usize) -> Node {
        let (given, found) = (&self.snapshot.members[place], &self.result.members[place]);
        let money = |minor| format!("{} {}", self.result.currency.plain(minor), self.result.currency);
        let text = format!("{}, {}: earns {}", given.number, self.snapshot.period.label, money(found.earned_minor));
        let index = self.standing.field.index[place] as usize;
        let about = About::member(self.standing, index);
        let mut nodes = vec![self.account(place), self.volumes(index)];
        nodes.extend(self.values(about));
        nodes.extend(self.remembered(about));
        nodes.extend((0_u16..).zip(&self.plan.pairs).map(|(pair, given)| pairing(about, pair, given)));
        nodes.extend([self.activity(about), self.rank(about)]);
        nodes.extend(self.wallets(place));
        for (at, bonus) in self.bonuses() {
            nodes.push(self.bonus(place, at, bonus));
        }
        Node::of(text, nodes)
    }

    /// The bonuses of interest.
    pub(super) fn bonuses(&self) -> impl Iterator<Item = (usize, &Bonus)> {
        let of_interest = |at: usize| self.bonus.is_none_or(|only| only == at);
        self.plan.bonuses.iter().enumerate().filter(move |(at, _)| of_interest(*at))
    }

    /// The number of a member by index.
    pub(super) fn number(&self, member: u32) -> &str {
        self.standing.field.number(self.snapshot, member as usize)
    }

    fn account(&self, place: usize) -> Node {
        let given = &self.snapshot.members[place];
        let name = |id| {
            let found = self.standing.field.find(id);
            found.map_or_else(|| "nobody".to_owned(), |index| self.number(index).to_owned())
        };
        let mut text = format!("{}, account {}, enrolled on {}", given.kind, given.status, given.joined);
        for (word, id) in
            [("sponsor", given.sponsor.get()), ("enroller", given.enroller.get()), ("person", given.person.get())]
        {
            if let Some(id) = id {
                text.extend([", ", word, " ", &name(id)]);
            }
        }
        if let Some((above, side)) = given.placement {
            text.extend([", placed below ", &name(above), " ", &crate::domain::tree::Side(side).to_string()]);
        }
        Node::leaf(text)
    }

    fn volumes(&self, index: usize) -> Node {
        let one = |(volume, column): (&crate::plan::checked::VolumeDef, &Vec<i64>)| {
            let since = first_day(self.plan, volume, self.snapshot.period.last);
            let since = since.map_or_else(String::new, |first| format!(" (from {first} on)"));
            format!("{} {}{since}", volume.name, crate::domain::money::Volume(column[index]))
        };
        let all: Vec<String> = self.plan.volumes.iter().zip(&self.standing.volumes).map(one).collect();
        Node::leaf(format!("volumes: {}", all.join(", ")))
    }

    /// The numbers that runs keep: what each is now, and what it was.
    fn remembered(&self, about: About<'_>) -> Option<Node> {
        let kept = (0_u16..).zip(&self.plan.remembered).filter(|(_, known)| known.kept);
        let one = |(place, known): (u16, &crate::plan::expr::Remembered)| {
            let now = about.value(&Num::Now(place, Box::new(known.num.clone())));
            format!("{} {now} (before: {})", known.name, about.value(&Num::Before(place, 1)))
        };
        let all: Vec<String> = kept.map(one).collect();
        (!all.is_empty()).then(|| Node::leaf(format!("remembered: {}", all.join(", "))))
    }

    /// Where what is paid goes.
    fn wallets(&self, place: usize) -> Option<Node> {
        let result = self.result;
        let own = result.splits.iter().filter(|split| split.member as usize == place);
        let one = |split: &crate::plan::result::Split| {
            format!("{} {}", result.wallets[usize::from(split.wallet)].name, result.currency.plain(split.amount_minor))
        };
        let all: Vec<String> = own.clone().map(one).collect();
        let left = result.members[place].earned_minor - own.map(|split| split.amount_minor).sum::<i64>();
        let left = result.currency.plain(left);
        (!all.is_empty()).then(|| Node::leaf(format!("goes into wallets: {}; to be paid out: {left}", all.join(", "))))
    }

    /// What a named expression is for a member, or how many points a bonus gives it; `place` is the member's in the
    /// snapshot.
    pub(super) fn value(&self, place: usize, name: &str) -> Option<String> {
        let about = About::member(self.standing, self.standing.field.index[place] as usize);
        let named = self.plan.values.iter().find(|value| value.name == name).map(|value| named(about, value));
        named.or_else(|| {
            let at = self.plan.bonuses.iter().position(|bonus| bonus.points && bonus.code == name)?;
            Some(self.points(place, at).to_string())
        })
    }

    fn points(&self, place: usize, bonus: usize) -> Volume {
        let index = self.standing.field.index[place] as usize;
        let amounts = self.standing.amounts.get(bonus);
        Volume(amounts.and_then(|amounts| amounts.get(index)).copied().unwrap_or(0))
    }

    /// What the named expressions of the plan are.
    fn values(&self, about: About<'_>) -> Option<Node> {
        let one = |value: &NamedValue| format!("{} {}", value.name, named(about, value));
        let all: Vec<String> = self.plan.values.iter().map(one).collect();
        (!all.is_empty()).then(|| Node::leaf(format!("values: {}", all.join(", "))))
    }

    fn activity(&self, about: About<'_>) -> Node {
        if self.standing.active[about.member] {
            return Node::leaf("active");
        }
        about.failing(&Cond::Active).unwrap_or_else(|| Node::leaf("not active"))
    }

    fn rank(&self, about: About<'_>) -> Node {
        let standing = self.standing;
        let [earned, paid, best] = [&standing.rank, &standing.paid, &standing.highest].map(|ranks| ranks[about.member]);
        let name = |rank| about.rank_name(rank);
        let mut text = format!("rank {}, paid as {}, best so far {}", name(earned), name(paid), name(best));
        if standing.forced[about.member] > 0 {
            text.push_str("; set by an administrator for this period");
        }
        let mut nodes = Vec::new();
        // In runs over other periods ranks are those that the last judging left.
        let judged = self.plan.ranks_period.filter(|kind| *kind != self.snapshot.period.kind);
        if let Some(kind) = judged {
            text.extend(["; as the last run over a ", kind.as_str(), " found them, which judges ranks"]);
        } else if standing.field.may_earn[about.member] {
            let current = usize::from(earned).checked_sub(1).and_then(|at| self.plan.ranks.get(at));
            nodes.extend(current.map(|rank| self.needs(about, rank, earned, "is reached")));
            let next = self.plan.ranks.get(usize::from(earned));
            nodes.extend(next.map(|rank| self.needs(about, rank, earned + 1, "is not reached")));
        }
        Node::of(text, nodes)
    }

    fn needs(&self, about: About<'_>, rank: &Rank, number: u16, how: &str) -> Node {
        let keeps = self.standing.former[about.member] >= number;
        let needs = rank.maintain.as_ref().filter(|_| keeps).unwrap_or(&rank.needs);
        let nodes = needs.iter().map(|need| {
            let mut node = about.compared(&need.cond);
            node.nodes = about.failing(&need.cond).filter(|failing| failing.text != node.text).into_iter().collect();
            node
        });
        let kept = if keeps && rank.maintain.is_some() { " by the needs for keeping it" } else { "" };
        Node::of(format!("{} {how}{kept}", rank.code), nodes.collect())
    }

    /// What a bonus pays to a member, or why it pays nothing.
    fn bonus(&self, place: usize, at: usize, bonus: &Bonus) -> Node {
        let rows = || {
            let of_member = |row: &LineRow<'_>| row.member == self.snapshot.members[place].id;
            self.result.rows(self.snapshot).filter(of_member).filter(|row| row.bonus == bonus.code)
        };
        let sum: i64 = rows().map(|row| row.amount_minor).sum();
        let count = rows().count();
        let ways = self.seen.ways_of(at);
        if bonus.points {
            let points = self.points(place, at);
            if points != Volume::ZERO {
                return Node::leaf(format!("{}: {points} points, for other bonuses", bonus.code));
            }
        }
        if count == 0 {
            return Node::of(format!("{}: nothing", bonus.code), self.why_nothing(place, bonus, ways));
        }
        let mut nodes: Vec<Node> = rows().take(LISTED).map(|row| self.line(&row)).collect();
        let notes: Vec<&str> = rows().filter_map(|row| self.note(&row)).collect();
        let index = self.standing.field.index[place] as usize;
        nodes.extend(self.limits(at, &notes, About::member(self.standing, index)));
        if count > LISTED {
            nodes.push(Node::leaf(format!("and {} more lines", count - LISTED)));
        }
        if let Some(ways) = ways {
            nodes.extend(self.passed_by(place, bonus, ways));
        }
        let lines = if count == 1 { "1 line".to_owned() } else { format!("{count} lines") };
        Node::of(format!("{}: {} in {lines}", bonus.code, self.result.currency.plain(sum)), nodes)
    }

    /// A line with what is behind it.
    pub(super) fn line(&self, row: &LineRow<'_>) -> Node {
        let line = &self.result.lines[row.index];
        let from = line.from().map_or("", |from| &self.snapshot.members[from as usize].number);
        let source = match line.source() {
            Source::Order(_) => format!("order {} of {from}", row.source),
            Source::Takeback(_) => format!("return {} of {from}", row.source),
            Source::Period if from.is_empty() => row.source.to_owned(),
            Source::Period => row.on.map_or_else(|| from.to_owned(), |on| format!("{on} of {from}")),
        };
        let bonus = self.plan.bonuses.iter().find(|bonus| bonus.code == row.bonus);
        let mut nodes = vec![Node::leaf(self.note(row).unwrap_or_default())];
        nodes.extend(bonus.map(|bonus| self.behind(row, bonus)).unwrap_or_default());
        let (passed, more) = self.result.climbs.passed(line);
        for passed in passed {
            let member = self.standing.field.index[passed.member as usize];
            let start = line.from().map(|from| self.standing.field.index[from as usize]);
            let start = start.zip(bonus).and_then(|(from, bonus)| self.start(bonus, from));
            nodes.push(Node::leaf(self.passed(bonus, None, start, Passed { member, ..passed })));
        }
        if more > 0 {
            nodes.push(Node::leaf(format!("and {more} more")));
        }
        let worked = self.worked(row, bonus);
        // What comes from no order and from nobody has no level.
        let whole = matches!(line.source(), Source::Period) && from.is_empty();
        Node::of(if whole { worked } else { format!("level {}, {source}: {worked}", row.level) }, nodes)
    }

    /// The sentence on qualification and rate of a line.
    fn note(&self, row: &LineRow<'_>) -> Option<&str> {
        self.result.notes.get(usize::from(self.result.lines[row.index].note)).map(String::as_str)
    }

    /// Why a bonus pays a member nothing.
    fn why_nothing(&self, place: usize, bonus: &Bonus, ways: Option<&Ways>) -> Vec<Node> {
        let index = self.standing.field.index[place] as usize;
        let given = &self.snapshot.members[place];
        let about = About::member(self.standing, index);
        if let Some(kind) = bonus.period.filter(|kind| *kind != self.snapshot.period.kind) {
            return vec![Node::leaf(format!("it is paid in runs over a {kind} only"))];
        }
        if !self.standing.plan.earners.contains(&given.kind) {
            let text = if given.kind.may_earn() {
                format!("{} is a distributor; under this plan they earn nothing", given.number)
            } else {
                format!("{} is a customer ({}); customers earn nothing", given.number, given.kind)
            };
            return vec![Node::leaf(text)];
        }
        if !self.standing.field.may_earn[index] {
            return vec![Node::leaf(format!("the account is {}", given.status))];
        }
        if let Some(failing) = about.failing(&bonus.earner) {
            return vec![Node::of(format!("not qualified: “{}” is needed", bonus.earner_text), vec![failing])];
        }
        match &bonus.source {
            BonusSource::Ranks { held, .. } => return self.why_no_rank_pay(about, bonus, *held),
            BonusSource::Pool { amount, shares, .. } => {
                let (shares, pool) = (vec![about.is(shares)], vec![about.is(amount)]);
                return vec![Node::of("shares", shares), Node::of("pool", pool)];
            }
            _ => {}
        }
        let paid = self.standing.paid[index];
        if !bonus.rates.iter().any(|row| row.rank.is_none_or(|rank| paid > rank)) {
            let lowest = bonus.rates.first().map_or("", |row| &row.label);
            let text =
                format!("there is no rate for who is paid as {}; the lowest row is {lowest}", about.rank_name(paid));
            return vec![Node::leaf(text)];
        }
        match ways {
            Some(ways) if ways.paid > 0 => vec![Node::leaf(self.why_taken_away(place, bonus, ways))],
            Some(ways) if ways.below > 0 => self.passed_by(place, bonus, ways),
            _ => self.why_nothing_came(place, bonus),
        }
    }

    /// What became of what was earned.
    fn why_taken_away(&self, place: usize, bonus: &Bonus, ways: &Ways) -> String {
        let id = self.snapshot.members[place].id;
        let others = self.plan.larger.iter().filter(|of| of.iter().any(|at| usize::from(*at) == ways.bonus)).flatten();
        for place_of_other in others.filter(|other| usize::from(**other) != ways.bonus) {
            let other = &self.plan.bonuses[usize::from(*place_of_other)];
            let rows = self.result.rows(self.snapshot).filter(|row| row.member == id && row.bonus == other.code);
            let rows: Vec<LineRow<'_>> = rows.collect();
            if !rows.is_empty() {
                let index = self.standing.field.index[place] as usize;
                return self.not_larger(index, bonus, ways, *place_of_other, &rows);
            }
        }
        "what was earned was taken away by a limit, or is held".to_owned()
    }

    /// Why another bonus of a choice is paid. It may have been chosen by more than it pays: holds come after the choice, and
    /// so do limits but those on one of its bonuses alone.
    fn not_larger(&self, member: usize, bonus: &Bonus, ways: &Ways, other: u16, rows: &[LineRow<'_>]) -> String {
        let waits = |row: &&LineRow<'_>| {
            self.note(row).is_some_and(|note| note.contains("held until") || note.contains("released now"))
        };
        let alone =
            |of: usize| self.plan.caps.iter().find(|cap| matches!(cap.of.as_slice(), [at] if usize::from(*at) == of));
        let paid: i64 = rows.iter().map(|row| row.amount_minor).sum();
        let limited = alone(usize::from(other)).is_some();
        let own = |row: &LineRow<'_>| if limited { row.amount_minor } else { self.whole(row) };
        let whole: i64 = rows.iter().filter(|row| !waits(row)).map(own).sum();
        let other = &self.plan.bonuses[usize::from(other)];
        let (whole, paid) = (self.amount(other, whole.max(paid)), self.amount(other, paid));
        let left = if whole == paid { String::new() } else { format!(", of which {paid} is paid") };
        let mut own = self.amount(bonus, ways.earned);
        if let Some(cap) = alone(ways.bonus) {
            let about = About::member(self.standing, member);
            own.extend([", before the limit “", &cap.name, "” of ", &about.value(&cap.limit), ","]);
        }
        format!("only the larger is paid: {own} is not more than {} {whole}{left}", other.code)
    }

    fn why_no_rank_pay(&self, about: About<'_>, bonus: &Bonus, held: u16) -> Vec<Node> {
        let row = |row: &crate::plan::checked::RateRow| {
            let rank = row.rank?;
            let code = about.rank_name(rank + 1);
            let periods = self.standing.held(rank, self.plan.ranks_period, about.member);
            let text = if periods == 0 {
                format!("{code}: not held in this period")
            } else if periods < i64::from(held) {
                format!("{code}: held for {periods} of {held} periods")
            } else {
                let many = if periods == 1 { "1 period".to_owned() } else { format!("{periods} periods") };
                format!("{code}: held for {many}; settled already")
            };
            Some(Node::leaf(text))
        };
        bonus.rates.iter().filter_map(row).collect()
    }

    /// Why nothing came by a member who may earn.
    fn why_nothing_came(&self, place: usize, bonus: &Bonus) -> Vec<Node> {
        let standing = self.standing;
        let field = standing.field;
        let tree = standing.tree(bonus.walk.tree);
        let below = below(tree, field.index[place]);
        let cond = match &bonus.source {
            BonusSource::Orders(cond) => cond,
            BonusSource::Members(_) if bonus.walk.first_level > 0 => {
                return vec![Node::leaf("nobody below is one that it pays on")];
            }
            BonusSource::Members(cond) => {
                let about = About::member(standing, field.index[place] as usize);
                if let Some(failing) = about.failing(cond) {
                    return vec![Node::of("the member is not one that it pays on", vec![failing])];
                }
                let base = bonus.base_of.iter().map(|base| about.is(base));
                return vec![Node::of("there is nothing to pay on", base.collect())];
            }
            _ => return vec![Node::leaf("nobody below has an amount that it pays on")],
        };
        let mut refused = Vec::new();
        let whose = |order: usize| field.orders.whose(order, bonus.counts_for);
        let own = |order: &usize| bonus.walk.first_level > 0 && whose(*order) == Some(field.index[place]);
        let is_below = |order: &usize| whose(*order).is_some_and(|whose| below[whose as usize]);
        let orders = (0..field.orders.buyer.len()).filter(is_below);
        let orders: Vec<usize> = orders.filter(|order| !own(order)).collect();
        for order in &orders {
            let about = About::order(standing, *order);
            let name = self.order_name(*order);
            if let Some(failing) = about.failing(cond) {
                refused.push(Node::of(format!("{name} of {}", self.number(field.orders.buyer[*order])), vec![failing]));
            } else if let Some(other) = self.taken_by(bonus, *order) {
                refused.push(Node::leaf(format!("{name} belongs to {other}")));
            }
            if refused.len() == 3 {
                break;
            }
        }
        let text = match orders.len() {
            0 => return vec![Node::leaf("there is no order below that could pay")],
            1 => "the one order below is not one that it pays on".to_owned(),
            count => format!("none of the {count} orders below is one that it pays on"),
        };
        vec![Node::of(text, refused)]
    }

    /// The bonus that an order is left to.
    pub(super) fn taken_by(&self, bonus: &Bonus, order: usize) -> Option<&str> {
        let about = About::order(self.standing, order);
        let other = bonus.without.iter().filter_map(|other| self.plan.bonuses.get(usize::from(*other)));
        let takes = |other: &&Bonus| matches!(&other.source, BonusSource::Orders(cond) if about.holds(cond));
        other.into_iter().find(takes).map(|other| other.code.as_str())
    }

    /// What came by without paying the member.
    fn passed_by(&self, place: usize, bonus: &Bonus, ways: &Ways) -> Vec<Node> {
        let number = &self.snapshot.members[place].number;
        let index = self.standing.field.index[place];
        let reason = |passed: Passed, path: &Path| {
            let start = Some(path.item.start);
            self.passed(Some(bonus), Some(&path.item), start, passed)
        };
        let (count, examples) = &ways.passed;
        let (ended, below) = &ways.ended;
        if is_own(&bonus.walk) && *count > 0 {
            let why = |(passed, path): &(Passed, Path)| {
                let why = self.no_right(bonus, Some(&path.item), None, passed.member);
                Node::leaf(if matches!(path.item.source, Source::Order(_)) {
                    format!("{}: {why}", self.origin(path))
                } else {
                    why
                })
            };
            return examples.iter().map(why).collect();
        }
        let mut nodes = Vec::new();
        if bonus.walk.difference.is_some() && count + ended > 0 {
            let told = |path: &Path| {
                let why = self.not_above(bonus, path.item.start, index, super::rates::at_of(&path.item));
                let why = why.unwrap_or_else(|| "the way ended below".to_owned());
                Node::of(format!("{}: {why}", self.origin(path)), self.steps(bonus, path))
            };
            let told = examples.iter().map(|(_, path)| told(path)).chain(below.iter().map(told)).collect();
            return vec![Node::of(format!("{} came by and did not pay {number}", many(count + ended)), told)];
        }
        if *count > 0 {
            let reasons = examples.iter().map(|(passed, path)| {
                Node::of(format!("{}: {}", self.origin(path), reason(*passed, path)), self.steps(bonus, path))
            });
            nodes.push(Node::of(format!("{} came by and did not pay {number}", many(*count)), reasons.collect()));
        }
        if *ended > 0 {
            let told = below.iter().map(|path| Node::of(self.origin(path), self.steps(bonus, path)));
            let text = format!("{} from below did not reach {number}: the levels ended below", many(*ended));
            nodes.push(Node::of(text, told.collect()));
        }
        nodes
    }
}

/// What the two sides of a place were matched to.
fn pairing(about: About<'_>, pair: u16, given: &Pairing) -> Node {
    let value = |field| about.value(&Num::Pair(pair, field));
    let matched = value(PairField::Matched);
    let text = if given.sides == Sides::PowerLeg {
        let [power, others] = [0, 1].map(|side| value(PairField::Side(side)));
        format!("{}: power leg {power}, all other legs {others}, matched {matched}", given.name)
    } else {
        let [left, right] = [0, 1].map(|side| {
            let brought = value(PairField::Brought(side));
            format!("{} (of it carried in {brought})", value(PairField::Side(side)))
        });
        format!("{}: left {left}, right {right}, matched {matched}", given.name)
    };
    Node::of(text, about.failing(&given.qualified).into_iter().collect())
}

fn many(count: usize) -> String {
    if count == 1 { "1 order or amount".to_owned() } else { format!("{count} orders or amounts") }
}

fn named(about: About<'_>, value: &NamedValue) -> String {
    match &value.is {
        Meaning::Number(num) => about.value(num),
        Meaning::Condition(cond) => if about.holds(cond) { "yes" } else { "no" }.to_owned(),
    }
}
