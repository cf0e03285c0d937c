//! The members of the demo company: how the field grew, who brought whom, who left.
//!
//! Members are numbered in the order in which they joined, so an upline always has the smaller index
//! and the trees have no cycles by construction.

use super::cast::{self, FIRST_NUMBER};
use super::dice::Dice;
use super::nations::NATIONS;
use super::{Person, Recipe};
use crate::domain::calendar::Day;
use crate::domain::member::{MemberKind, MemberStatus};

/// Months that the company has existed before the open one.
const MONTHS_OF_GROWTH: u32 = 60;

/// A member's place in the field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Node {
    /// Distributor or customer.
    pub kind: MemberKind,
    /// Day of enrolment.
    pub joined: Day,
    /// Index of who brought the member in; the first member has none.
    pub enroller: Option<u32>,
    /// Index of the upline.
    pub sponsor: Option<u32>,
    /// What became of the member, and since when; `None` for who is still active.
    pub ended: Option<(MemberStatus, Day)>,
    /// How readily the member orders, without unit.
    pub appetite: u32,
    /// Day of the month on which a standing order is delivered; 0 for none.
    pub autoship_day: u32,
    /// Index into the list of nations.
    pub(super) nation: u8,
}

impl Node {
    /// Whether the member may order on this day.
    pub fn orders_on(&self, day: Day) -> bool {
        self.joined <= day && self.ended.is_none_or(|(_, since)| day < since)
    }

    /// The state of the account at the end of a day.
    pub fn status_on(&self, day: Day) -> MemberStatus {
        self.ended.filter(|(_, since)| *since <= day).map_or(MemberStatus::Active, |(status, _)| status)
    }
}

/// All members, in the order in which they joined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    seed: u64,
    nodes: Vec<Node>,
}

impl Field {
    /// Grows the field.
    pub fn grow(recipe: &Recipe) -> Self {
        let mut growth = Growth::new(recipe);
        for (index, joined) in joining_days(recipe).into_iter().enumerate() {
            growth.join(u32::try_from(index).unwrap_or(u32::MAX), joined);
        }
        Self { seed: recipe.seed, nodes: growth.nodes }
    }

    /// All members, by index.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// Who the member is.
    pub fn person(&self, index: u32) -> Person {
        Person::of(self.seed, index, &self.nodes[index as usize])
    }

    /// The number that people read.
    pub fn number(index: u32) -> String {
        format!("M-{}", FIRST_NUMBER.saturating_add(index))
    }
}

/// When members join: a little more of them every month; in order.
fn joining_days(recipe: &Recipe) -> Vec<Day> {
    let mut dice = Dice::new(recipe.seed, "joining", 0);
    let mut months = vec![(recipe.today.month_start(), recipe.today)];
    for _ in 0..MONTHS_OF_GROWTH {
        let end = months[months.len() - 1].0.plus(-1);
        months.push((end.month_start(), end));
    }
    months.reverse();
    let weights: Vec<u64> = months
        .iter()
        .zip(20_u64..)
        .map(|((first, last), weight)| weight * u64::from(first.0.abs_diff(last.0) + 1))
        .collect();
    let total: u64 = weights.iter().sum();
    let mut days = Vec::with_capacity(recipe.members as usize);
    let (mut passed, mut made) = (0, 0);
    for ((first, last), weight) in months.iter().zip(&weights) {
        passed += weight;
        let until = u64::from(recipe.members) * passed / total;
        for _ in made..until {
            days.push(first.plus(dice.below(first.0.abs_diff(last.0) + 1).cast_signed()));
        }
        made = until;
    }
    if let Some(earliest) = months.first() {
        // The first member is there before everybody else.
        days.sort_unstable();
        if let Some(founder) = days.first_mut() {
            *founder = earliest.0;
        }
    }
    days
}

/// The field while it grows.
struct Growth<'a> {
    recipe: &'a Recipe,
    dice: Dice,
    nodes: Vec<Node>,
    /// One ticket a distributor and one for each of their recruits: who has many recruits finds more.
    tickets: Vec<u32>,
    /// The latest distributor below each member, or the member itself.
    latest_recruit: Vec<u32>,
    nation_shares: u32,
}

impl<'a> Growth<'a> {
    fn new(recipe: &'a Recipe) -> Self {
        Self {
            recipe,
            dice: Dice::new(recipe.seed, "field", 0),
            nodes: Vec::with_capacity(recipe.members as usize),
            tickets: Vec::new(),
            latest_recruit: Vec::with_capacity(recipe.members as usize),
            nation_shares: NATIONS.iter().map(|nation| nation.share).sum(),
        }
    }

    fn join(&mut self, index: u32, joined: Day) {
        let place = cast::place_of(index);
        let kind = if place.is_some() { MemberKind::Distributor } else { self.kind() };
        let (enroller, sponsor) = self.uplines(index, kind, joined);
        let nation = match (place, enroller) {
            (Some((country, _)), _) => nation_of(country),
            (None, Some(enroller)) if self.dice.in_thousand(650) => self.nodes[enroller as usize].nation,
            _ => self.any_nation(),
        };
        let ended = if place.is_some() { None } else { self.end(joined) };
        let node = Node {
            kind,
            joined,
            enroller,
            sponsor,
            ended,
            appetite: if place.is_some() { 34 } else { self.appetite(kind) },
            autoship_day: if place.is_some() { 9 } else { self.autoship_day(kind) },
            nation,
        };
        self.nodes.push(node);
        self.latest_recruit.push(index);
        if kind == MemberKind::Distributor {
            self.tickets.push(index);
            for upline in [enroller, sponsor].into_iter().flatten() {
                self.latest_recruit[upline as usize] = index;
            }
        }
        if place.is_some() {
            // They find many recruits, so that there is something to see around them.
            self.tickets.extend(std::iter::repeat_n(index, self.recipe.members as usize / 400));
        }
        self.tickets.extend(sponsor);
    }

    fn kind(&mut self) -> MemberKind {
        match self.dice.below(100) {
            0..60 => MemberKind::Distributor,
            60..82 => MemberKind::Preferred,
            _ => MemberKind::Retail,
        }
    }

    /// Enroller and sponsor: the same person, but for some distributors who are put under a
    /// distributor that the enroller brought in before.
    fn uplines(&mut self, index: u32, kind: MemberKind, joined: Day) -> (Option<u32>, Option<u32>) {
        if index == 0 {
            return (None, None);
        }
        if let Some((_, sponsor)) = cast::place_of(index) {
            return (Some(sponsor), Some(sponsor));
        }
        let enroller = self.recruiter(joined);
        let recruit = self.latest_recruit[enroller as usize];
        let put_below = kind == MemberKind::Distributor && self.dice.in_thousand(80);
        let sponsor = if put_below && self.nodes[recruit as usize].orders_on(joined) { recruit } else { enroller };
        (Some(enroller), Some(sponsor))
    }

    /// A distributor who is active on the day: half of the time anybody with a ticket, half of the time
    /// somebody who got one lately, which makes the tree deep.
    fn recruiter(&mut self, joined: Day) -> u32 {
        for _ in 0..20 {
            let recent = self.tickets.len() / 5;
            let at = if recent > 0 && self.dice.in_thousand(500) {
                self.tickets.len() - 1 - self.dice.index(recent)
            } else {
                self.dice.index(self.tickets.len())
            };
            let candidate = self.tickets.get(at).copied().unwrap_or(0);
            if self.nodes[candidate as usize].orders_on(joined) {
                return candidate;
            }
        }
        0
    }

    fn any_nation(&mut self) -> u8 {
        let mut lot = self.dice.below(self.nation_shares);
        for (nation, index) in NATIONS.iter().zip(0_u8..) {
            if lot < nation.share {
                return index;
            }
            lot -= nation.share;
        }
        0
    }

    /// Two in five leave at some time, most of them early: many fall silent, some close the account,
    /// a few are suspended.
    fn end(&mut self, joined: Day) -> Option<(MemberStatus, Day)> {
        let leaves = self.dice.in_thousand(400);
        let after = self.dice.between(20, 1100).min(self.dice.between(20, 1100)).cast_signed();
        let status = match self.dice.below(100) {
            0..62 => MemberStatus::Inactive,
            62..98 => MemberStatus::Terminated,
            _ => MemberStatus::Suspended,
        };
        let since = joined.plus(after);
        (leaves && since <= self.recipe.today).then_some((status, since))
    }

    fn appetite(&mut self, kind: MemberKind) -> u32 {
        match kind {
            MemberKind::Distributor => self.dice.between(3, 20).min(self.dice.between(5, 30)),
            MemberKind::Preferred => self.dice.between(4, 14),
            MemberKind::Retail => self.dice.between(1, 8),
        }
    }

    fn autoship_day(&mut self, kind: MemberKind) -> u32 {
        let share = match kind {
            MemberKind::Distributor => 380,
            MemberKind::Preferred => 240,
            MemberKind::Retail => 0,
        };
        let day = self.dice.between(1, 28);
        if self.dice.in_thousand(share) { day } else { 0 }
    }
}

fn nation_of(country: &str) -> u8 {
    NATIONS.iter().zip(0_u8..).find(|(nation, _)| nation.country == country).map_or(0, |(_, index)| index)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recipe(members: u32, seed: u64) -> Recipe {
        Recipe { members, seed, today: "2026-11-21".parse().unwrap() }
    }

    #[test]
    fn the_same_seed_grows_the_same_field_and_another_one_another() {
        assert_eq!(Field::grow(&recipe(800, 1)), Field::grow(&recipe(800, 1)));
        assert_ne!(Field::grow(&recipe(800, 1)), Field::grow(&recipe(800, 2)));
    }

    #[test]
    fn every_upline_is_an_older_active_distributor_so_no_tree_has_a_cycle() {
        for members in [1, 2, 50, 6000] {
            let field = Field::grow(&recipe(members, 1));
            assert_eq!(field.nodes().len(), members as usize);
            for (index, node) in field.nodes().iter().enumerate() {
                assert_eq!(node.enroller.is_none(), index == 0);
                for upline in [node.enroller, node.sponsor].into_iter().flatten() {
                    let upline_node = &field.nodes()[upline as usize];
                    assert!((upline as usize) < index, "{index} under {upline}");
                    assert_eq!(upline_node.kind, MemberKind::Distributor);
                    assert!(upline_node.orders_on(node.joined), "{index} under {upline}");
                }
            }
        }
    }

    #[test]
    fn the_field_has_the_shape_of_a_real_one() {
        let field = Field::grow(&recipe(6000, 1));
        let nodes = field.nodes();
        let share = |test: fn(&Node) -> bool| nodes.iter().filter(|node| test(node)).count() * 100 / nodes.len();
        assert!((57..=63).contains(&share(|n| n.kind == MemberKind::Distributor)));
        assert!((15..=40).contains(&share(|n| n.ended.is_some())));
        assert!((3..=15).contains(&share(|n| n.enroller != n.sponsor)));
        let mut depth = vec![0_usize; nodes.len()];
        for (index, node) in nodes.iter().enumerate().skip(1) {
            depth[index] = depth[node.sponsor.unwrap() as usize] + 1;
        }
        let deepest = depth.iter().max().unwrap();
        assert!((10..60).contains(deepest), "{deepest}");
    }

    #[test]
    fn people_of_the_pictures_are_where_the_pictures_show_them() {
        let field = Field::grow(&recipe(5000, 9));
        assert_eq!(Field::number(482), "M-10482");
        assert_eq!(field.person(482).name, "Ana Lucía Fernández-Quiroga");
        assert_eq!(field.person(1930).latin_name, "Misaki Satō");
        assert_eq!(field.nodes()[2377].sponsor, Some(482));
    }
}
