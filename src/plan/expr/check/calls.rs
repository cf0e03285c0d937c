//! Functions in expressions: counts and sums of members, tables, numbers of earlier periods.

use super::{Checker, Meaning, Scope, Whom};
use crate::domain::run::PeriodKind;
use crate::domain::tree::TreeKind;
use crate::plan::expr::names::Remembered;
use crate::plan::expr::parse::{Ast, AstKind};
use crate::plan::expr::typed::{Aggregate, Compare, Cond, Num, RankTerm, Reads, Shape, Take, TreeRef};
use crate::plan::fault::suggest;

const TREES: [&str; 3] = ["sponsor", "enroller", "placement"];

const FUNCTIONS: [&str; 36] = [
    "legs",
    "heads",
    "frontline",
    "downline",
    "enrolled",
    "enrolled_legs",
    "customers",
    "positions",
    "place_by",
    "sum",
    "least",
    "greatest",
    "capped",
    "leg",
    "so_far",
    "held",
    "earned_in",
    "before",
    "sum_of_last",
    "most_of_last",
    "bonus",
    "paid_within",
    "paid_ever",
    "total",
    "breakage",
    "leftover",
    "leftover_before",
    "lookup",
    "slices",
    "floor",
    "ceil",
    "round",
    "min",
    "max",
    "if",
    "abs",
];

/// Most counts and sums of a plan.
const AGGREGATES: usize = 1_000;

impl Checker<'_> {
    pub(super) fn call(&mut self, ast: &Ast, name: &str, arguments: &[Ast]) -> Option<Num> {
        match (name, arguments) {
            ("sum" | "least" | "greatest", [over, number, rest @ ..]) if rest.len() < 3 => {
                self.gather(ast, name, over, number, rest)
            }
            (_, [cond, rest @ ..]) if shape_of(name).is_some() && rest.len() < 3 => {
                self.count(ast, shape_of(name)?, cond, rest)
            }
            ("min" | "max", [_, _, ..]) => self.extreme(name, arguments),
            ("if", [cond, then, other]) => {
                let (cond, then, other) = (self.cond(cond), self.num(then), self.num(other));
                Some(Num::If(Box::new(cond?), Box::new(then?), Box::new(other?)))
            }
            ("floor", [inner]) => self.num(inner).map(|inner| Num::Floor(Box::new(inner))),
            ("ceil", [inner]) => self.num(inner).map(|inner| Num::Ceil(Box::new(inner))),
            ("abs", [inner]) => self.abs(ast, inner),
            ("round", [inner, places]) => {
                let (inner, places) = (self.num(inner)?, self.whole(places, 0, 10)?);
                Some(Num::Round(Box::new(inner), u32::from(places)))
            }
            ("lookup" | "slices", [table, inner]) => {
                let (table, inner) = (self.table(table), self.num(inner));
                let inner = Box::new(inner?);
                Some(if name == "lookup" { Num::Lookup(table?, inner) } else { Num::Slices(table?, inner) })
            }
            ("capped" | "leg", [volume, limit]) => {
                let (volume, limit) = (self.volume(volume), self.num(limit));
                let limit = Box::new(limit?);
                Some(if name == "capped" { Num::Capped(volume?, limit) } else { Num::Leg(volume?, limit) })
            }
            ("so_far", [volume]) => self.so_far(ast, volume),
            ("before", [volume, rest @ ..]) if rest.len() < 2 => self.before(volume, rest.first()),
            ("sum_of_last" | "most_of_last", [what, periods]) => self.of_last(name, what, periods),
            ("place_by", [number, rest @ ..]) if rest.len() < 2 => self.place_by(ast, number, rest.first()),
            ("bonus" | "total" | "breakage" | "paid_within" | "paid_ever", [code]) => self.bonus(ast, name, code),
            ("leftover" | "leftover_before", [code]) => self.leftover(ast, name, code),
            ("paid_within", [code, kind]) => {
                let (paid, kind) = (self.bonus(ast, name, code), self.period_kind(kind));
                match paid? {
                    Num::PaidWithin(bonus, _) => Some(Num::PaidWithin(bonus, Some(kind?))),
                    other => Some(other),
                }
            }
            ("held", [rank, rest @ ..]) if rest.len() < 2 => {
                self.read(ast, "for how long a rank was held", Reads::Everything);
                let rank = self.plan_rank(rank, "held(Leader)")?;
                Some(match rest.first() {
                    Some(kind) => Num::HeldIn(rank, self.period_kind(kind)?),
                    None => Num::Held(rank),
                })
            }
            ("earned_in", [rank, periods, rest @ ..]) if rest.len() < 2 => {
                let rank = self.plan_rank(rank, "earned_in(Leader, 3)")?;
                let periods = self.whole(periods, 1, 60)?;
                Some(match rest.first() {
                    Some(kind) => Num::EarnedIn(rank, periods, self.period_kind(kind)?),
                    None => Num::Earned(rank, periods),
                })
            }
            _ => self.bad_call(ast, name),
        }
    }

    /// The larger one of a number and its opposite, which holds the number twice.
    fn abs(&mut self, ast: &Ast, inner: &Ast) -> Option<Num> {
        let before = self.names.parts;
        let inner = self.num(inner)?;
        let parts = self.names.parts - before;
        self.copies(ast, parts).then(|| Num::Greatest(vec![inner.clone(), Num::Negative(Box::new(inner))]))
    }

    /// The smallest or the largest of numbers.
    fn extreme(&mut self, name: &str, arguments: &[Ast]) -> Option<Num> {
        let values: Vec<Option<Num>> = arguments.iter().map(|argument| self.num(argument)).collect();
        let values: Option<Vec<Num>> = values.into_iter().collect();
        values.map(if name == "min" { Num::Least } else { Num::Greatest })
    }

    pub(super) fn plan_rank(&mut self, rank: &Ast, example: &str) -> Option<u16> {
        if self.is_rank(rank)
            && let Some((RankTerm::Is(place), _)) = self.rank(rank)
        {
            return Some(place);
        }
        self.fault(rank, "a rank of the plan is needed here", format!("write its code, such as {example}"));
        None
    }

    pub(super) fn whole(&mut self, ast: &Ast, least: u16, most: u16) -> Option<u16> {
        let number = match &ast.kind {
            AstKind::Number(value) if value.is_integer() => u16::try_from(*value).ok(),
            _ => None,
        };
        let found = number.filter(|number| (least..=most).contains(number));
        if found.is_none() {
            let help = format!("write a whole number from {least} to {most}");
            self.fault(ast, "a whole number is needed here", help);
        }
        found
    }

    pub(super) fn table(&mut self, ast: &Ast) -> Option<u16> {
        let name = self.text.get(ast.span.clone()).unwrap_or("");
        let place = self.names.tables.iter().position(|table| table == name);
        if place.is_none() {
            let help = suggest(name, self.names.tables.iter().map(String::as_str));
            self.fault(ast, format!("there is no table “{name}”"), help);
        }
        place.and_then(|place| u16::try_from(place).ok())
    }

    /// Whether a named condition held before.
    pub(super) fn held_before(&mut self, ast: &Ast, arguments: &[Ast]) -> Option<Cond> {
        if !self.is_condition(ast) {
            return self.not_a_condition(ast, "… >= 1");
        }
        let [what, rest @ ..] = arguments else { return None };
        let before = self.before(what, rest.first())?;
        Some(Cond::Numbers(Compare::Is, before, Num::Const(1.into())))
    }

    /// A volume or a named number as it was. When it is known in this period does not matter.
    pub(super) fn before(&mut self, what: &Ast, periods: Option<&Ast>) -> Option<Num> {
        let name = self.text.get(what.span.clone()).unwrap_or("").to_owned();
        if let Some((place, whom)) = self.kept(&name) {
            let periods = periods.map_or(Some(1), |periods| self.whole(periods, 1, 24))?;
            let before = Num::Before(place, periods);
            return Some(whom.num(before));
        }
        let (limit, reads) = (std::mem::replace(&mut self.limit, Reads::Amounts), self.reads);
        let value = self.value(&name).filter(|(_, whom)| *whom == Whom::default());
        let num = if value.is_some_and(|(place, _)| self.is_condition(&self.names.values[place].ast)) {
            let cond = self.expand_condition(what, &name);
            let [one, none] = [1, 0].map(|value| Box::new(Num::Const(value.into())));
            cond.map(|(cond, _)| Num::If(Box::new(cond), one, none))
        } else if value.is_some() {
            self.expand_number(what, &name).map(|(num, _)| num)
        } else {
            self.volume(what).map(Num::Volume)
        };
        (self.limit, self.reads) = (limit, reads);
        let periods = match periods {
            Some(periods) => self.whole(periods, 1, 24)?,
            None => 1,
        };
        let num = num?;
        let money = self.names.is_money(&num);
        let remembered = &mut self.names.remembered;
        let place = remembered.iter().position(|known| known.name == name).unwrap_or_else(|| {
            remembered.push(Remembered::looked_at(name, num, money));
            remembered.len() - 1
        });
        Some(Num::Before(u16::try_from(place).ok()?, periods))
    }

    /// The sum or the most of a volume or a named value over some periods, the present one included. Of a named
    /// condition: in how many it held, or whether in any.
    fn of_last(&mut self, name: &str, what: &Ast, periods: &Ast) -> Option<Num> {
        let count = self.whole(periods, 2, 24)?;
        let now = if self.is_condition(what) {
            let [one, none] = [1, 0].map(|value| Box::new(Num::Const(value.into())));
            Num::If(Box::new(self.cond(what)?), one, none)
        } else {
            self.num(what)?
        };
        let mut all = vec![now];
        for ago in 1..count {
            let ago = Ast { kind: AstKind::Number(ago.into()), span: periods.span.clone() };
            all.push(self.before(what, Some(&ago))?);
        }
        if name == "most_of_last" {
            return Some(Num::Greatest(all));
        }
        all.into_iter().reduce(|sum, next| Num::Plus(Box::new(sum), Box::new(next)))
    }

    /// What a volume was when the order had come.
    fn so_far(&mut self, ast: &Ast, volume: &Ast) -> Option<Num> {
        let name = self.text.get(volume.span.clone()).unwrap_or("");
        let place = self.names.volumes.iter().position(|known| known.name == name);
        // A name that is none is told like every other.
        let place = place.map_or_else(|| self.volume(volume), |place| u16::try_from(place).ok())?;
        if !matches!(self.scope, Scope::Order | Scope::OrderPayee) {
            let message = "only on an order something can be so far";
            self.fault(ast, message, "use it in “where”, “base”, “rate” or “amount” of a bonus on orders");
            return None;
        }
        let known = &self.names.volumes[usize::from(place)];
        if !known.runs {
            let message = format!("{} is not known order by order", known.name);
            let help = "name a volume of members, their customers or their organisation: of this period alone, all levels \
                        deep, along a tree that is there from the start";
            self.fault(volume, message, help);
            return None;
        }
        self.read(ast, "what a volume is so far", Reads::Volumes);
        Some(Num::SoFar(place))
    }

    /// As which a member comes when all who meet a condition are put in order by a number, the most first; those with
    /// the same number have the same place, and who does not meet the condition has none: 0.
    fn place_by(&mut self, ast: &Ast, number: &Ast, among: Option<&Ast>) -> Option<Num> {
        self.about_members(ast)?;
        let (number, first) = self.aside(Shape::Everybody, |checker| checker.num(number));
        let (among, second) = match among {
            Some(cond) => self.aside(Shape::Everybody, |checker| checker.cond(cond)),
            None => (Some(Cond::Not(Box::new(Cond::Customer))), Reads::Facts),
        };
        let take = (Take::Place(number?), Some(among?));
        self.aggregate(ast, Shape::Everybody, &[], take, first.max(second)).map(Num::Count)
    }

    pub(super) fn bonus(&mut self, ast: &Ast, function: &str, code: &Ast) -> Option<Num> {
        let name = self.text.get(code.span.clone()).unwrap_or("");
        let Some(place) = self.names.bonuses.iter().position(|bonus| bonus == name) else {
            let help = suggest(name, self.names.bonuses.iter().map(String::as_str));
            self.fault(code, format!("there is no bonus “{name}”"), help);
            return None;
        };
        let place = u16::try_from(place).ok()?;
        Some(match function {
            "bonus" => {
                self.read(ast, &format!("the amount of bonus {name}"), Reads::Amounts);
                Num::Bonus(place)
            }
            "total" => {
                self.read(ast, &format!("what bonus {name} pays in all"), Reads::Amounts);
                Num::Total(place)
            }
            "breakage" => {
                self.read(ast, &format!("the breakage of bonus {name}"), Reads::Amounts);
                Num::Breakage(place)
            }
            "paid_within" => Num::PaidWithin(place, None),
            _ => Num::PaidEver(place),
        })
    }

    /// What a pool did not pay out, in this run or in the one before.
    fn leftover(&mut self, ast: &Ast, function: &str, code: &Ast) -> Option<Num> {
        let Num::PaidEver(place) = self.bonus(ast, "paid_ever", code)? else { return None };
        let name = &self.names.bonuses[usize::from(place)];
        if !self.names.pools.contains(name) {
            let message = format!("bonus {name} is no pool, so nothing of it is left over");
            self.fault(code, message, "name a bonus with source = \"pool\"");
            return None;
        }
        if function == "leftover_before" {
            return Some(Num::LeftoverBefore(place));
        }
        let what = format!("what the pool {name} leaves");
        self.read(ast, &what, Reads::Amounts);
        Some(Num::Leftover(place))
    }

    /// A kind of period by its word, such as `month`.
    fn period_kind(&mut self, ast: &Ast) -> Option<PeriodKind> {
        let word = self.text.get(ast.span.clone()).unwrap_or("");
        // `half-month` is read as a difference; its place in the text is all of it.
        let known =
            || PeriodKind::ALL.iter().copied().filter(|kind| *kind != PeriodKind::Campaign || self.names.campaigns);
        let found = known().find(|kind| kind.as_str() == word.replace(' ', ""));
        if found.is_none() {
            let kinds: Vec<&str> = known().map(PeriodKind::as_str).collect();
            let help = format!("use one of: {}", kinds.join(", "));
            self.fault(ast, format!("“{word}” is not a kind of period"), help);
        }
        found
    }

    pub(super) fn bad_call(&mut self, ast: &Ast, name: &str) -> Option<Num> {
        let usage = match name {
            "legs" | "heads" | "enrolled_legs" | "frontline" | "downline" | "enrolled" | "customers" | "positions" => {
                "takes one condition: legs(rank >= Leader)"
            }
            "sum" | "least" | "greatest" => "takes a group of members and a number: sum(frontline, pv)",
            "min" | "max" => "takes two or more numbers: min(pv, 100)",
            "if" => "takes a condition and two numbers: if(pv >= 200, 10%, 5%)",
            "floor" | "ceil" | "abs" => "takes one number: floor(gv / 1000)",
            "round" => "takes a number and places: round(pv / 3, 2)",
            "lookup" | "slices" => "takes a table and a number: lookup(scale, gv)",
            "capped" => "takes a volume and a limit: capped(gv, 300)",
            "leg" => "takes a volume and a place: leg(gv, 1) is the strongest leg",
            "sum_of_last" | "most_of_last" => "takes a volume or a value and how many periods: sum_of_last(gv, 13)",
            "place_by" => "takes a number, and may take a condition for who is counted: place_by(gv, active)",
            "so_far" => "takes a volume: so_far(gv)",
            "before" => "takes a volume and how many periods ago: before(gv, 1)",
            "bonus" | "paid_ever" | "total" | "breakage" => "takes a bonus: bonus(team)",
            "paid_within" => "takes a bonus, and may take a kind of period: paid_within(team, month)",
            "leftover" | "leftover_before" => "takes a pool: leftover(gold-pool)",
            "held" => "takes a rank: held(Leader)",
            "earned_in" => "takes a rank and a number of periods: earned_in(Leader, 3)",
            _ => {
                let help = match name.split_once('.') {
                    Some((whose @ ("from" | "buyer"), "before")) => {
                        let inner = self.text.get(ast.span.clone()).and_then(|text| text.split_once('('));
                        format!("write before({whose}.{}", inner.map_or("NAME)", |(_, inner)| inner))
                    }
                    Some((whose, own)) if self.scope == Scope::Volume && FUNCTIONS.contains(&own) => format!(
                        "volumes are added up before that is known; of {whose} there is what before(…) remembers, such as \
                         before({whose}.NAME) of [remembered.NAME]"
                    ),
                    Some((whose @ ("from" | "buyer"), own)) if FUNCTIONS.contains(&own) => format!(
                        "functions are about the member: name it in [values], as x = \"{own}(…)\", and write {whose}.x"
                    ),
                    _ => suggest(name, FUNCTIONS),
                };
                self.fault(ast, format!("unknown function “{name}”"), help);
                return None;
            }
        };
        self.fault(ast, format!("“{name}” is given the wrong arguments"), format!("{name} {usage}"));
        None
    }

    pub(super) fn volume(&mut self, ast: &Ast) -> Option<u16> {
        if let AstKind::Name(name) = &ast.kind
            && self.value(name).is_none()
            && let Meaning::Num(Num::Volume(place)) = self.name(ast, name)?
        {
            return Some(place);
        }
        let volumes: Vec<&str> = self.names.volumes.iter().map(|volume| volume.name.as_str()).collect();
        let help = format!("volumes of this plan: {}", volumes.join(", "));
        self.fault(ast, "a volume of the plan is needed here", help);
        None
    }

    pub(super) fn count(&mut self, ast: &Ast, shape: Shape, cond: &Ast, rest: &[Ast]) -> Option<Num> {
        self.about_members(ast)?;
        let (taken, reads) = self.aside(shape, |checker| checker.cond(cond));
        self.aggregate(ast, shape, rest, (Take::Count(taken?), None), reads).map(Num::Count)
    }

    pub(super) fn gather(&mut self, ast: &Ast, name: &str, over: &Ast, number: &Ast, rest: &[Ast]) -> Option<Num> {
        self.about_members(ast)?;
        if let AstKind::Call(group, arguments) = &over.kind
            && group == "heads"
            && let [head, further @ ..] = arguments.as_slice()
        {
            return self.sum_of_heads(ast, name, head, number, if rest.is_empty() { further } else { rest });
        }
        let group = self.text.get(over.span.clone()).unwrap_or("");
        let single = |shape: &Shape| !matches!(shape, Shape::Legs | Shape::EnrolledLegs | Shape::Heads);
        let Some(shape) = shape_of(group).filter(single) else {
            let help = "use one of: frontline, downline, enrolled, customers, positions, heads(condition)";
            self.fault(over, format!("“{group}” is not a group of members"), help);
            return None;
        };
        let (taken, reads) = self.aside(shape, |checker| checker.num(number));
        let take = match name {
            "sum" => Take::Sum(taken?),
            "least" => Take::Least(taken?),
            _ => Take::Greatest(taken?),
        };
        self.aggregate(ast, shape, rest, (take, None), reads).map(Num::Gathered)
    }

    /// The sum of a number over the heads of a generation.
    fn sum_of_heads(&mut self, ast: &Ast, name: &str, head: &Ast, number: &Ast, rest: &[Ast]) -> Option<Num> {
        if name != "sum" {
            self.fault(ast, "heads can be counted and added up only", "use heads(…) or sum(heads(…), x)");
            return None;
        }
        let ((head, number), reads) = {
            let (head, first) = self.aside(Shape::Heads, |checker| checker.cond(head));
            let (number, second) = self.aside(Shape::Heads, |checker| checker.num(number));
            ((head, number), first.max(second))
        };
        self.aggregate(ast, Shape::Heads, rest, (Take::Sum(number?), Some(head?)), reads).map(Num::Gathered)
    }

    /// Members can be counted about a member only.
    pub(super) fn about_members(&mut self, ast: &Ast) -> Option<()> {
        if matches!(self.scope, Scope::Order | Scope::Volume) {
            self.fault(ast, "members cannot be counted in a condition on orders", "put it into the earner condition");
            return None;
        }
        Some(())
    }

    /// Checks what is read of each member that is looked at, and what that reads.
    fn aside<T>(&mut self, shape: Shape, check: impl FnOnce(&mut Self) -> Option<T>) -> (Option<T>, Reads) {
        let outer = std::mem::replace(&mut self.reads, Reads::Facts);
        let scope = std::mem::replace(&mut self.scope, if shape.is_near() { Scope::Counted } else { Scope::Member });
        let before = self.names.parts;
        let found = check(self);
        self.looked_at += self.names.parts - before;
        self.scope = scope;
        (found, std::mem::replace(&mut self.reads, outer))
    }

    /// An aggregate with what stands behind its condition or number: a tree, levels or a generation, a side.
    fn aggregate(
        &mut self,
        ast: &Ast,
        shape: Shape,
        rest: &[Ast],
        (take, head): (Take, Option<Cond>),
        reads: Reads,
    ) -> Option<u16> {
        let (mut shape, mut tree, mut depth, mut reads) = (shape, TreeRef::SPONSOR, 0, reads);
        for argument in rest {
            let word = self.text.get(argument.span.clone()).unwrap_or("");
            let side = ["left", "right"].iter().position(|side| *side == word);
            match (side, &argument.kind) {
                (Some(side), _) if shape == Shape::Enrolled => {
                    shape = Shape::EnrolledOn(u8::try_from(side).unwrap_or(0));
                }
                (Some(side), _)
                    if shape == Shape::Downline && depth == 0 && tree != TreeRef::Kind(TreeKind::Enroller) =>
                {
                    shape = Shape::DownlineOn(u8::try_from(side).unwrap_or(0));
                    tree = TreeRef::PLACEMENT;
                }
                (None, AstKind::Number(_)) if shape == Shape::Downline => depth = self.whole(argument, 1, 100)?,
                (None, AstKind::Number(_)) if shape == Shape::Heads => depth = self.whole(argument, 1, 20)?,
                (None, AstKind::Name(_)) if shape.is_below() => {
                    tree = self.tree(argument)?;
                    if let TreeRef::Derived(place) = tree {
                        reads = reads.max(self.names.trees[usize::from(place)].1);
                    }
                }
                _ => {
                    let help = "a tree after legs, frontline, downline and heads; levels after downline; a generation \
                                after heads; left or right after enrolled and downline";
                    self.fault(argument, format!("“{word}” has no meaning here"), help);
                    return None;
                }
            }
        }
        let on_side = matches!(shape, Shape::DownlineOn(_));
        let by_levels = shape == Shape::Downline && depth > 0 && self.limit == Reads::Ranks && reads == Reads::Ranks;
        if (by_levels || on_side) && matches!(take, Take::Least(_) | Take::Greatest(_)) {
            let message = "the least and the greatest are not known by side, nor by levels when ranks are found";
            self.fault(ast, message, "leave out the side or the number of levels");
        }
        if self.limit == Reads::Ranks && reads == Reads::Ranks {
            if matches!(shape, Shape::Positions | Shape::Everybody) {
                let message = "ranks of members who need not stand below are known when everybody's are";
                self.fault(ast, message, "ask for former_rank here, or for a volume");
                return None;
            }
            // Where members stand below each other in turn over several trees, former ranks decide.
            self.names.former_ranks |= tree != TreeRef::SPONSOR || !shape.is_below();
        }
        self.read(ast, "this count", reads.max(Reads::Volumes));
        let depth = if shape == Shape::Heads { depth.max(1) } else { depth };
        let from = if by_levels || shape == Shape::Heads { 1 } else { depth };
        self.copies_of_levels(ast, depth - from)?;
        // Made from the level or generation before, those come first.
        let mut inner = None;
        if on_side {
            let (take, head) = (take.clone(), head.clone());
            let whole = Aggregate { shape: Shape::Downline, tree, depth, inner, head, take, reads };
            inner = Some(self.register(ast, whole)?);
        }
        for depth in from..=depth {
            let (take, head) = (take.clone(), head.clone());
            inner = Some(self.register(ast, Aggregate { shape, tree, depth, inner, head, take, reads })?);
        }
        inner
    }

    /// Each further level or generation asks the same once more.
    fn copies_of_levels(&mut self, ast: &Ast, further: u16) -> Option<()> {
        let parts = std::mem::take(&mut self.looked_at).saturating_mul(usize::from(further));
        self.copies(ast, parts).then_some(())
    }

    fn register(&mut self, ast: &Ast, aggregate: Aggregate) -> Option<u16> {
        if self.names.aggregates.len() >= AGGREGATES {
            let message = format!("a plan has at most {AGGREGATES} counts and sums over members");
            self.fault(ast, message, "give the same ones a name in [values]");
            return None;
        }
        let place = self.names.aggregates.iter().position(|known| *known == aggregate).unwrap_or_else(|| {
            let money = match &aggregate.take {
                Take::Count(_) | Take::Place(_) => false,
                Take::Sum(num) | Take::Least(num) | Take::Greatest(num) => self.names.is_money(num),
            };
            self.names.gathers_money.push(money);
            self.names.aggregates.push(aggregate);
            self.names.aggregates.len() - 1
        });
        u16::try_from(place).ok()
    }

    pub(super) fn tree(&mut self, ast: &Ast) -> Option<TreeRef> {
        let name = self.text.get(ast.span.clone()).unwrap_or("");
        if let Ok(kind) = name.parse() {
            return Some(TreeRef::Kind(kind));
        }
        let place = self.names.trees.iter().position(|(tree, _)| tree == name);
        if let Some(place) = place {
            let reads = self.names.trees[place].1;
            self.read(ast, &format!("the tree {name}"), reads);
        } else {
            let known = self.names.trees.iter().map(|(tree, _)| tree.as_str());
            let help = suggest(name, TREES.iter().copied().chain(known));
            self.fault(ast, format!("there is no tree “{name}”"), help);
        }
        place.and_then(|place| u16::try_from(place).ok()).map(TreeRef::Derived)
    }
}

impl Shape {
    /// Whether each member counts for one other only, who can be read then.
    const fn is_near(self) -> bool {
        !matches!(
            self,
            Self::Legs | Self::Downline | Self::DownlineOn(_) | Self::Heads | Self::Positions | Self::Everybody
        )
    }

    /// Whether it looks down a tree.
    const fn is_below(self) -> bool {
        matches!(self, Self::Legs | Self::EnrolledLegs | Self::Frontline | Self::Downline | Self::Heads)
    }
}

fn shape_of(name: &str) -> Option<Shape> {
    Some(match name {
        "legs" => Shape::Legs,
        "heads" => Shape::Heads,
        "frontline" => Shape::Frontline,
        "downline" => Shape::Downline,
        "enrolled" => Shape::Enrolled,
        "customers" => Shape::Customers,
        "enrolled_legs" => Shape::EnrolledLegs,
        "positions" => Shape::Positions,
        _ => return None,
    })
}
