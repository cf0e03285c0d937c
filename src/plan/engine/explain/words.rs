//! Expressions of a checked plan in the plan's own words.

use rust_decimal::Decimal;

use crate::domain::calendar::Day;
use crate::domain::tree::TreeKind;
use crate::plan::checked::{CheckedPlan, Sides};
use crate::plan::expr::{
    Aggregate, AttributeKind, Compare, Cond, MemberField, Num, OrderField, PairField, RankTerm, Shape, Take, TreeRef,
};
use crate::plan::result::BaseKind;

/// Writes expressions. About an order, names of its buyer have `buyer.` before them.
#[derive(Clone, Copy)]
pub struct Words<'a> {
    plan: &'a CheckedPlan,
    /// What stands before a name of the member: nothing, `buyer.` or `from.`.
    before: &'static str,
    /// The same for the other one: `from.`, or `my.` within a count.
    other: &'static str,
}

impl<'a> Words<'a> {
    /// About a member.
    pub const fn of_member(plan: &'a CheckedPlan) -> Self {
        Self { plan, before: "", other: "from." }
    }

    /// About an order.
    pub const fn of_order(plan: &'a CheckedPlan) -> Self {
        Self { plan, before: "buyer.", other: "from." }
    }

    const fn from(self) -> Self {
        Self { before: self.other, ..self }
    }

    /// About somebody's sponsor or enroller.
    pub fn above(self, tree: TreeKind) -> Self {
        let before = match (self.before, tree) {
            ("buyer.", TreeKind::Sponsor) => "buyer.sponsor.",
            ("buyer.", TreeKind::Enroller) => "buyer.enroller.",
            ("buyer.", TreeKind::Placement) => "buyer.parent.",
            ("from.", TreeKind::Sponsor) => "from.sponsor.",
            ("from.", TreeKind::Enroller) => "from.enroller.",
            ("from.", TreeKind::Placement) => "from.parent.",
            ("my.", TreeKind::Sponsor) => "my.sponsor.",
            ("my.", TreeKind::Enroller) => "my.enroller.",
            ("my.", TreeKind::Placement) => "my.parent.",
            (_, TreeKind::Sponsor) => "sponsor.",
            (_, TreeKind::Enroller) => "enroller.",
            (_, TreeKind::Placement) => "parent.",
        };
        Self { before, ..self }
    }

    fn named(self, name: &str) -> String {
        format!("{}{name}", self.before)
    }

    /// A condition.
    pub fn condition(self, cond: &Cond) -> String {
        let list = |parts: &[Cond], word: &str| {
            let part = |part: &Cond| match part {
                Cond::All(_) | Cond::Any(_) => format!("({})", self.condition(part)),
                other => self.condition(other),
            };
            parts.iter().map(part).collect::<Vec<_>>().join(word)
        };
        match cond {
            Cond::Always(true) => "always".to_owned(),
            Cond::Always(false) => "never".to_owned(),
            Cond::Active => self.named("active"),
            Cond::Customer => self.named("customer"),
            Cond::Not(inner) if **inner == Cond::Customer => self.named("distributor"),
            Cond::Not(inner) => format!("not ({})", self.condition(inner)),
            Cond::All(parts) => list(parts, " and "),
            Cond::Any(parts) => list(parts, " or "),
            Cond::Numbers(op, left, right) => {
                let day = self.is_day(left) || self.is_day(right);
                let number = |num: &Num| num.constant().filter(|_| day).and_then(day_text);
                let number = |num: &Num| number(num).unwrap_or_else(|| self.number(num));
                format!("{} {} {}", number(left), sign(*op), number(right))
            }
            Cond::Attribute(op, attribute, place) => {
                format!("{} {} {}", self.attribute(*attribute), sign(*op), self.attribute_word(*attribute, *place))
            }
            Cond::Volume(op, volume, value) => {
                let value = crate::domain::money::Volume(*value);
                format!("{} {} {value}", self.number(&Num::Volume(*volume)), sign(*op))
            }
            Cond::Count(op, count, value) => {
                format!("{} {} {value}", self.number(&Num::Count(*count)), sign(*op))
            }
            Cond::Ranks(op, left, right) => format!("{} {} {}", self.rank(*left), sign(*op), self.rank(*right)),
            Cond::Kind(kind) => format!("{} = {kind}", self.named("kind")),
            Cond::Status(status) => format!("{} = {status}", self.named("status")),
            Cond::Type(kind) => format!("type = {kind}"),
            Cond::Through => "through".to_owned(),
            Cond::Mine => "mine".to_owned(),
            Cond::Weekday(day) => format!("weekday = {day}"),
            Cond::Market(word) => format!("{} = {}", self.named("market"), self.word(*word)),
            Cond::Line(word) => format!("line = {}", self.word(*word)),
            Cond::From(inner) => self.from().condition(inner),
            Cond::Above(tree, inner) => self.above(*tree).condition(inner),
        }
    }

    /// The name of an attribute.
    pub fn attribute(self, place: u16) -> String {
        self.named(self.plan.attributes.get(usize::from(place)).map_or("?", |attribute| &attribute.name))
    }

    /// The word of an attribute at a place counted from 1.
    pub fn attribute_word(self, attribute: u16, place: i64) -> String {
        let Some(at) = place.checked_sub(1).and_then(|place| usize::try_from(place).ok()) else {
            return "none".to_owned();
        };
        let word = match self.plan.attributes.get(usize::from(attribute)).map(|attribute| &attribute.kind) {
            Some(AttributeKind::OneOf(words)) => words.get(at),
            _ => self.plan.words.get(at),
        };
        word.map_or_else(|| "?".to_owned(), Clone::clone)
    }

    /// Whether a number is a day.
    pub fn is_day(self, num: &Num) -> bool {
        match num {
            Num::Order(OrderField::Day)
            | Num::Member(MemberField::Joined | MemberField::PeriodStart | MemberField::PeriodEnd) => true,
            Num::Member(MemberField::Attribute(place)) => {
                self.plan.attributes.get(usize::from(*place)).is_some_and(|own| own.kind == AttributeKind::Day)
            }
            Num::From(inner) => self.is_day(inner),
            _ => false,
        }
    }

    fn word(self, place: u16) -> &'a str {
        self.plan.words.get(usize::from(place)).map_or("?", String::as_str)
    }

    fn measure(self, place: u16) -> &'a str {
        self.plan.measures.get(usize::from(place)).map_or("?", String::as_str)
    }

    fn rank(self, term: RankTerm) -> String {
        match term {
            RankTerm::Earned => self.named("rank"),
            RankTerm::Paid => self.named("paid_rank"),
            RankTerm::Highest => self.named("highest_rank"),
            RankTerm::Former => self.named("former_rank"),
            RankTerm::Is(place) => self.rank_code(place).to_owned(),
        }
    }

    fn rank_code(self, place: u16) -> &'a str {
        self.plan.ranks.get(usize::from(place)).map_or("?", |rank| &rank.code)
    }

    /// A number.
    pub fn number(self, num: &Num) -> String {
        let plan = self.plan;
        let inner = |num: &Num| match num {
            Num::Plus(..) | Num::Minus(..) | Num::Times(..) | Num::Over(..) => format!("({})", self.number(num)),
            other => self.number(other),
        };
        let call = |name: &str, parts: &[String]| format!("{name}({})", parts.join(", "));
        let volume = |place: u16| plan.volumes.get(usize::from(place)).map_or("?", |volume| &volume.name).to_owned();
        let bonus = |place: u16| plan.bonuses.get(usize::from(place)).map_or("?", |bonus| &bonus.code).to_owned();
        let table = |place: u16| plan.tables.get(usize::from(place)).map_or("?", |table| &table.name).to_owned();
        let list = |parts: &[Num]| parts.iter().map(|part| self.number(part)).collect::<Vec<_>>();
        match num {
            Num::Const(value) => value.normalize().to_string(),
            Num::Volume(place) => self.named(&volume(*place)),
            Num::Count(place) | Num::Gathered(place) => self.gathered(*place),
            Num::Member(MemberField::Attribute(place)) => self.attribute(*place),
            Num::Member(field) => self.named(member_field(*field)),
            Num::Order(OrderField::Measure(place)) => self.measure(*place).to_owned(),
            Num::Order(OrderField::MeasureBefore(place)) => format!("{}_before", self.measure(*place)),
            Num::Order(OrderField::WholeMeasure(place)) => format!("whole_{}", self.measure(*place)),
            Num::Order(field) => order_field(*field).to_owned(),
            Num::Capped(place, limit) => call("capped", &[volume(*place), self.number(limit)]),
            Num::SoFar(place) => call("so_far", &[volume(*place)]),
            Num::Leg(place, at) => call("leg", &[volume(*place), self.number(at)]),
            Num::Held(rank) => call("held", &[self.rank_code(*rank).to_owned()]),
            Num::Earned(rank, periods) => call("earned_in", &[self.rank_code(*rank).to_owned(), periods.to_string()]),
            Num::HeldIn(rank, kind) => call("held", &[self.rank_code(*rank).to_owned(), kind.to_string()]),
            Num::EarnedIn(rank, periods, kind) => {
                call("earned_in", &[self.rank_code(*rank).to_owned(), periods.to_string(), kind.to_string()])
            }
            Num::Before(place, periods) => {
                let name = plan.remembered.get(usize::from(*place)).map_or("?", |known| &known.name);
                call("before", &[name.to_owned(), periods.to_string()])
            }
            Num::Now(place, _) => self.named(plan.remembered.get(usize::from(*place)).map_or("?", |known| &known.name)),
            Num::Pair(pair, field) => {
                let pair = plan.pairs.get(usize::from(*pair));
                let power = pair.is_some_and(|pair| pair.sides == Sides::PowerLeg);
                let name = pair.map_or("?", |pair| &pair.name);
                self.named(&format!("{name}.{}", pair_field(*field, power)))
            }
            Num::Bonus(place) => call("bonus", &[bonus(*place)]),
            Num::PaidWithin(place, None) => call("paid_within", &[bonus(*place)]),
            Num::PaidWithin(place, Some(kind)) => call("paid_within", &[bonus(*place), kind.to_string()]),
            Num::PaidEver(place) => call("paid_ever", &[bonus(*place)]),
            Num::Total(place) => call("total", &[bonus(*place)]),
            Num::Breakage(place) => call("breakage", &[bonus(*place)]),
            Num::Leftover(place) => call("leftover", &[bonus(*place)]),
            Num::LeftoverBefore(place) => call("leftover_before", &[bonus(*place)]),
            Num::Lookup(place, value) => call("lookup", &[table(*place), self.number(value)]),
            Num::Slices(place, value) => call("slices", &[table(*place), self.number(value)]),
            Num::Floor(value) => call("floor", &[self.number(value)]),
            Num::Ceil(value) => call("ceil", &[self.number(value)]),
            Num::Round(value, places) => call("round", &[self.number(value), places.to_string()]),
            Num::From(value) => self.from().number(value),
            Num::Above(tree, value) => self.above(*tree).number(value),
            Num::Negative(value) => format!("-{}", inner(value)),
            Num::Plus(a, b) => format!("{} + {}", inner(a), inner(b)),
            Num::Minus(a, b) => format!("{} - {}", inner(a), inner(b)),
            Num::Times(a, b) => format!("{} * {}", inner(a), inner(b)),
            Num::Over(a, b) => format!("{} / {}", inner(a), inner(b)),
            Num::Least(parts) => call("min", &list(parts)),
            Num::Greatest(parts) => call("max", &list(parts)),
            Num::If(cond, a, b) => call("if", &[self.condition(cond), self.number(a), self.number(b)]),
        }
    }

    /// A count, sum, least or greatest over members.
    fn gathered(self, place: u16) -> String {
        let Some(aggregate) = self.plan.aggregates.get(usize::from(place)) else { return "?".to_owned() };
        let group = match aggregate.shape {
            Shape::Legs => "legs",
            Shape::Heads => "heads",
            Shape::Frontline => "frontline",
            Shape::Downline | Shape::DownlineOn(_) => "downline",
            Shape::Enrolled | Shape::EnrolledOn(_) => "enrolled",
            Shape::Customers => "customers",
            Shape::EnrolledLegs => "enrolled_legs",
            Shape::Positions => "positions",
            Shape::Everybody => "place_by",
        };
        // What is taken is about the members of the group.
        let theirs = Self { other: "my.", ..Self::of_member(self.plan) };
        let further = self.further(aggregate);
        let of = match &aggregate.head {
            Some(head) => format!("{group}({}{further})", theirs.condition(head)),
            None => group.to_owned(),
        };
        let behind = if aggregate.head.is_some() { "" } else { &further };
        match &aggregate.take {
            Take::Count(cond) => format!("{}({}{further})", self.named(group), theirs.condition(cond)),
            Take::Sum(num) => format!("sum({of}, {}{behind})", theirs.number(num)),
            Take::Least(num) => format!("least({of}, {}{behind})", theirs.number(num)),
            Take::Greatest(num) => format!("greatest({of}, {}{behind})", theirs.number(num)),
            Take::Place(num) => match &aggregate.head {
                Some(Cond::Not(inner)) if **inner == Cond::Customer => {
                    format!("{}({})", self.named(group), theirs.number(num))
                }
                Some(head) => format!("{}({}, {})", self.named(group), theirs.number(num), theirs.condition(head)),
                None => format!("{}({})", self.named(group), theirs.number(num)),
            },
        }
    }

    /// What stands behind the condition or number of an aggregate: a side, levels or a generation, a tree.
    fn further(self, aggregate: &Aggregate) -> String {
        let first = match aggregate.shape {
            Shape::EnrolledOn(0) | Shape::DownlineOn(0) => return ", left".to_owned(),
            Shape::EnrolledOn(_) | Shape::DownlineOn(_) => return ", right".to_owned(),
            Shape::Heads if aggregate.depth <= 1 => String::new(),
            _ if aggregate.depth > 0 => format!(", {}", aggregate.depth),
            _ => String::new(),
        };
        let tree = match aggregate.tree {
            TreeRef::SPONSOR => return first,
            TreeRef::Kind(kind) => kind.as_str(),
            TreeRef::Derived(place) => self.plan.trees.get(usize::from(place)).map_or("?", |tree| &tree.name),
        };
        format!("{first}, {tree}")
    }
}

/// A number of days since 1970 as the day.
pub fn day_text(days: Decimal) -> Option<String> {
    i32::try_from(days).ok().map(|days| Day(days).to_string())
}

const fn sign(op: Compare) -> &'static str {
    match op {
        Compare::Is => "=",
        Compare::IsNot => "!=",
        Compare::Less => "<",
        Compare::AtMost => "<=",
        Compare::More => ">",
        Compare::AtLeast => ">=",
    }
}

const fn member_field(field: MemberField) -> &'static str {
    match field {
        MemberField::DaysEnrolled => "days_enrolled",
        MemberField::MonthsEnrolled => "months_enrolled",
        MemberField::Orders => "orders",
        MemberField::Recruit => "recruit",
        MemberField::RankNumber => "rank_number",
        MemberField::PeriodMonth => "period_month",
        MemberField::Market => "market",
        MemberField::OrdersEver => "orders_ever",
        MemberField::Joined => "joined",
        MemberField::PeriodStart => "period_start",
        MemberField::PeriodEnd => "period_end",
        MemberField::Attribute(_) => "?",
    }
}

const fn order_field(field: OrderField) -> &'static str {
    match field {
        OrderField::Cv => "cv",
        OrderField::Qv => "qv",
        OrderField::Paid => "paid",
        OrderField::Wholesale => "wholesale",
        OrderField::Margin => "margin",
        OrderField::Place => "place",
        OrderField::BuyerDays => "buyer.days_enrolled",
        OrderField::BuyerMonths => "buyer.months_enrolled",
        OrderField::MemberDays => "member.days_enrolled",
        OrderField::MemberMonths => "member.months_enrolled",
        OrderField::EarnerDays => "earner.days_enrolled",
        OrderField::EarnerMonths => "earner.months_enrolled",
        OrderField::DayOfMonth => "day_of_month",
        OrderField::Month => "month",
        OrderField::CvBefore => "cv_before",
        OrderField::QvBefore => "qv_before",
        OrderField::PaidBefore => "paid_before",
        OrderField::PlaceEver => "place_ever",
        OrderField::Day => "day",
        OrderField::WholeQv => "whole_qv",
        OrderField::WholeCv => "whole_cv",
        OrderField::WholePaid => "whole_paid",
        OrderField::Sale => "sale",
        OrderField::SaleEver => "sale_ever",
        OrderField::Measure(_) | OrderField::MeasureBefore(_) | OrderField::WholeMeasure(_) => "?",
    }
}

const fn pair_field(field: PairField, power: bool) -> &'static str {
    match field {
        PairField::Side(0) if power => "power",
        PairField::Side(_) if power => "others",
        PairField::Side(0) => "left",
        PairField::Side(_) => "right",
        PairField::Brought(0) => "brought_left",
        PairField::Brought(_) => "brought_right",
        PairField::Weak => "weak",
        PairField::Strong => "strong",
        PairField::Matched => "matched",
        PairField::Cycles => "cycles",
        PairField::Position => "position",
        PairField::PositionBefore => "position_before",
    }
}

/// What a base is called.
pub const fn base(kind: BaseKind) -> &'static str {
    kind.as_str()
}
