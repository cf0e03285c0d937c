//! What runs read of members and orders besides QV, CV and trees, from the actions to the frozen input, on both
//! databases: further volumes, product lines, attributes, ranks set by hand, positions, orders of all times.

use mainstay::actions::ActionFault;
use mainstay::actions::add_plan_version::add_plan_version;
use mainstay::actions::add_product::{ProductEdit, add_product, edit_product};
use mainstay::actions::company;
use mainstay::actions::edit_member::{MemberEdit, edit_member};
use mainstay::actions::enroll::{NewMember, enroll};
use mainstay::actions::freeze_run::freeze_run;
use mainstay::actions::place_order::{NewOrder, place_order};
use mainstay::actions::return_order::return_order;
use mainstay::actions::set_attribute::{NewAttribute, set_attribute};
use mainstay::actions::set_price::{NewPrice, set_price};
use mainstay::actions::set_rank::{NewRank, set_rank};
use mainstay::clock::Clock;
use mainstay::domain::calendar::Day;
use mainstay::domain::company::Company;
use mainstay::domain::ids::MemberId;
use mainstay::domain::member::MemberStatus;
use mainstay::domain::order::OrderType;
use mainstay::domain::product::{PriceType, ProductStatus};
use mainstay::plan::{Snapshot, SnapshotMember, SnapshotOrder};
use mainstay::store::orders::Order;
use mainstay::store::{Db, audit, members, runs};

use crate::databases;
use crate::runs::{ann, at};

const PLAN: &str = r#"
[plan]
name = "Inputs"
currency = "EUR"
measures = ["bp", "rv"]
[attributes]
package = ["Basic", "Pro"]
renewed_until = "day"
[[ranks]]
code = "Gold"
needs = "pv >= 1000"
[[bonuses]]
code = "team"
earner = "always"
source = "orders"
walk = "sponsor"
base = "bp"
rate = { by = "package", Basic = "10%", Pro = "20%" }
"#;

struct Desk<'a> {
    db: &'a Db,
    clock: Clock,
}

impl<'a> Desk<'a> {
    /// A company with a plan, two products and two members below each other.
    fn new(db: &'a Db) -> Self {
        let clock = Clock::fixed(at("2026-10-05T09:00:00Z"));
        let company = Company {
            name: "Sallowfield".to_owned(),
            address: String::new(),
            email: String::new(),
            currency: "EUR".parse().unwrap(),
            zone: "Europe/London".parse().unwrap(),
        };
        db.write(|tx| company::save(tx, &company, clock.now())).unwrap();
        let start = Day::from_ymd(2026, 1, 1).unwrap();
        add_plan_version(db, &clock, &ann(), PLAN, "plan.toml", start).unwrap();
        let desk = Self { db, clock };
        for (sku, line, measures) in [("BALM", "Care", "bp=8 rv=12.5"), ("BOOK", "", "bp=1")] {
            add_product(db, &desk.clock, &ann(), sku, sku, line).unwrap();
            set_price(db, &desk.clock, &ann(), sku, &price(measures)).unwrap();
        }
        desk.enrol("", "M-1", "");
        desk.enrol("M-1", "M-2", "");
        desk
    }

    fn enrol(&self, sponsor: &str, number: &str, person: &str) -> MemberId {
        let new = NewMember {
            number: number.to_owned(),
            name: number.to_owned(),
            sponsor: sponsor.to_owned(),
            person: person.to_owned(),
            joined_on: Day::from_ymd(2026, 3, 1),
            ..NewMember::default()
        };
        enroll(self.db, &self.clock, &ann(), &new).unwrap().id
    }

    fn id(&self, number: &str) -> MemberId {
        self.db.read(|c| members::find_by_number(c, number)).unwrap().unwrap().id
    }

    fn order(&self, member: &str, order_type: OrderType, lines: &[(&str, i64)]) -> Order {
        let lines = lines.iter().map(|(sku, pieces)| ((*sku).to_owned(), *pieces)).collect();
        let new = NewOrder { member: member.to_owned(), through: String::new(), order_type, is_paid: true, lines };
        place_order(self.db, &self.clock, &ann(), &new).unwrap()
    }

    fn attribute(&self, member: &str, name: &str, value: &str, from_day: &str) -> Result<(), ActionFault> {
        let new =
            NewAttribute { name: name.to_owned(), value: value.to_owned(), from_day: Some(from_day.parse().unwrap()) };
        set_attribute(self.db, &self.clock, &ann(), self.id(member), &new)
    }

    fn rank(&self, member: &str, period: &str, rank: &str, reason: &str) -> Result<(), ActionFault> {
        let new = NewRank { period: period.to_owned(), rank: rank.to_owned(), reason: reason.to_owned() };
        set_rank(self.db, &self.clock, &ann(), self.id(member), &new)
    }

    /// The frozen input of October.
    fn frozen(&self) -> Snapshot {
        self.clock.set(at("2026-11-02T09:00:00Z"));
        let run = freeze_run(self.db, &self.clock, &ann(), "2026-10").unwrap();
        let packed = self.db.read(|c| runs::get_input(c, run.id)).unwrap();
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut flate2::read::ZlibDecoder::new(&packed[..]), &mut bytes).unwrap();
        Snapshot::from_bytes(&bytes).unwrap()
    }
}

fn price(measures: &str) -> NewPrice {
    NewPrice {
        price_type: PriceType::Wholesale,
        price: "15".to_owned(),
        qv: "15".to_owned(),
        cv: "12".to_owned(),
        measures: measures.to_owned(),
        from_day: None,
    }
}

fn member<'s>(snapshot: &'s Snapshot, number: &str) -> &'s SnapshotMember {
    snapshot.members.iter().find(|member| *member.number == *number).unwrap()
}

/// Name and value, for members and for orders.
fn besides(snapshot: &Snapshot, number: &str) -> Vec<(String, String)> {
    let own = &member(snapshot, number).attributes;
    own.iter().map(|(at, value)| (snapshot.attributes[usize::from(*at)].clone(), value.clone())).collect()
}

fn further(snapshot: &Snapshot, order: &SnapshotOrder) -> String {
    let own = order.measures.iter().map(|(at, volume)| format!("{}={volume}", snapshot.measures[at]));
    own.collect::<Vec<_>>().join(" ")
}

fn refused<T: std::fmt::Debug>(result: Result<T, ActionFault>) -> String {
    result.expect_err("this must be refused").to_string()
}

#[test]
fn orders_carry_further_volumes_and_product_lines_into_the_frozen_input() {
    databases::each(|fresh| {
        let desk = Desk::new(&fresh.db);
        let order = desk.order("M-2", OrderType::Upgrade, &[("BALM", 3), ("BOOK", 2)]);
        assert_eq!(order.measures.to_string(), "bp=26 rv=37.5");
        let back = return_order(desk.db, &desk.clock, &ann(), order.id, &vec![(1, 1)]).unwrap();
        assert_eq!(back.measures.to_string(), "bp=-8 rv=-12.5");
        let snapshot = desk.frozen();
        let told: Vec<(&str, String, i64)> = snapshot
            .orders
            .iter()
            .map(|order| (&*order.line, further(&snapshot, order), order.amounts.paid_minor))
            .collect();
        let expected = [("", "bp=2".to_owned(), 3000), ("Care", "bp=16 rv=25".to_owned(), 3000)];
        assert_eq!(told, expected);
        assert!(
            snapshot
                .orders
                .iter()
                .all(|order| order.order_type == OrderType::Upgrade && order.number == snapshot.orders[0].number)
        );
    });
}

#[test]
fn what_a_plan_does_not_name_is_no_volume_of_a_product() {
    databases::each(|fresh| {
        let desk = Desk::new(&fresh.db);
        add_product(desk.db, &desk.clock, &ann(), "TEA", "Tea", "").unwrap();
        let set = |measures: &str| refused(set_price(desk.db, &desk.clock, &ann(), "TEA", &price(measures)));
        assert!(set("qp=1").contains("No plan has a measure “qp”"), "{}", set("qp=1"));
        assert!(set("bp=-1").contains("not negative"));
        assert!(set("bp").contains("is not a volume with a name"));
        let wrong = add_product(desk.db, &desk.clock, &ann(), "CUP", "Cup", "Two words");
        assert!(refused(wrong).contains("A product line is one word"));
        let edit = ProductEdit { name: "Tea".into(), line: "Drinks".into(), status: ProductStatus::Active };
        assert_eq!(edit_product(desk.db, &desk.clock, &ann(), "TEA", &edit).unwrap().line, "Drinks");
    });
}

#[test]
fn attributes_count_as_of_the_last_day_of_the_period() {
    databases::each(|fresh| {
        let desk = Desk::new(&fresh.db);
        desk.attribute("M-1", "package", "Basic", "2026-09-01").unwrap();
        desk.attribute("M-1", "package", "Pro", "2026-10-31").unwrap();
        desk.attribute("M-1", "renewed_until", "2026-12-31", "2026-11-01").unwrap();
        desk.attribute("M-2", "package", "Pro", "2026-10-01").unwrap();
        desk.attribute("M-2", "package", "", "2026-10-20").unwrap();
        assert!(refused(desk.attribute("M-1", "package", "Elite", "2026-10-01")).contains("Give one of: Basic, Pro"));
        assert!(refused(desk.attribute("M-1", "renewed_until", "soon", "2026-10-01")).contains("Give a day"));
        assert!(refused(desk.attribute("M-1", "kit", "x", "2026-10-01")).contains("No plan asks for “kit”"));
        let snapshot = desk.frozen();
        assert_eq!(besides(&snapshot, "M-1"), [("package".to_owned(), "Pro".to_owned())]);
        assert!(besides(&snapshot, "M-2").is_empty());
        assert!(refused(desk.attribute("M-1", "package", "Basic", "2026-10-01")).contains("The books are closed"));
        let events = fresh.db.read(|c| audit::list_of_object(c, "member", desk.id("M-1").0, 20)).unwrap();
        let told: Vec<(&str, &str)> = events.iter().map(|e| (e.before.as_str(), e.after.as_str())).collect();
        assert!(told.contains(&("package: Basic", "package: Pro, from 2026-10-31")), "{told:?}");
    });
}

#[test]
fn a_rank_is_set_for_a_period_with_its_reason() {
    databases::each(|fresh| {
        let desk = Desk::new(&fresh.db);
        assert!(refused(desk.rank("M-1", "2026-10", "Gold", " ")).contains("Say why"));
        assert!(refused(desk.rank("M-1", "2026-10", "Silver", "a promise")).contains("no rank “Silver”"));
        assert!(refused(desk.rank("M-1", "October", "Gold", "a promise")).contains("not a period"));
        desk.rank("M-1", "2026-10", "Gold", "a promise").unwrap();
        desk.rank("M-2", "2026-10", "Gold", "a promise").unwrap();
        desk.rank("M-2", "2026-10", "", "it was a mistake").unwrap();
        desk.rank("M-2", "2026-11", "Gold", "next month").unwrap();
        let snapshot = desk.frozen();
        assert_eq!(member(&snapshot, "M-1").forced_rank.as_deref(), Some("Gold"));
        assert_eq!(member(&snapshot, "M-2").forced_rank, None);
        assert!(refused(desk.rank("M-1", "2026-10", "", "too late")).contains("closed"));
    });
}

#[test]
fn positions_belong_to_a_person_who_is_no_position() {
    databases::each(|fresh| {
        let desk = Desk::new(&fresh.db);
        let second = desk.enrol("M-1", "M-3", "M-1");
        let other = |number: &str, person: &str| {
            let stored = fresh.db.read(|c| members::find_by_number(c, number)).unwrap().unwrap();
            let data = NewMember { name: number.to_owned(), person: person.to_owned(), ..NewMember::default() };
            let edit =
                MemberEdit { version: stored.version, status: MemberStatus::Active, data, reason: String::new() };
            edit_member(desk.db, &desk.clock, &ann(), stored.id, &edit)
        };
        assert!(refused(other("M-2", "M-3")).contains("M-3 is a position of M-1; name M-1 here"));
        assert!(refused(other("M-1", "M-2")).contains("Other positions belong to this member"));
        assert!(refused(other("M-2", "M-9")).contains("There is no member M-9"));
        assert_eq!(other("M-2", "M-1").unwrap().person_id, desk.id("M-1"));
        let snapshot = desk.frozen();
        assert_eq!(member(&snapshot, "M-2").person.get(), Some(desk.id("M-1")));
        assert_eq!(
            snapshot.members.iter().find(|member| member.id == second).unwrap().person.get(),
            Some(desk.id("M-1"))
        );
        assert_eq!(member(&snapshot, "M-1").person.get(), None);
    });
}

#[test]
fn orders_of_the_days_before_a_period_are_counted() {
    databases::each(|fresh| {
        let desk = Desk::new(&fresh.db);
        desk.clock.set(at("2026-09-30T09:00:00Z"));
        // The catalogue begins on the day on which it was written, so the prices of September are said here.
        for sku in ["BALM", "BOOK"] {
            let day = Day::from_ymd(2026, 9, 1);
            let retail = NewPrice { price_type: PriceType::Retail, from_day: day, ..price("bp=8") };
            set_price(desk.db, &desk.clock, &ann(), sku, &retail).unwrap();
        }
        let customer = NewMember {
            number: "C-1".to_owned(),
            name: "Cy".to_owned(),
            kind: mainstay::domain::member::MemberKind::Retail,
            sponsor: "M-1".to_owned(),
            joined_on: Day::from_ymd(2026, 9, 1),
            ..NewMember::default()
        };
        enroll(desk.db, &desk.clock, &ann(), &customer).unwrap();
        let first = desk.order("C-1", OrderType::Standard, &[("BALM", 2)]);
        desk.order("C-1", OrderType::Standard, &[("BALM", 1)]);
        desk.clock.set(at("2026-10-05T09:00:00Z"));
        return_order(desk.db, &desk.clock, &ann(), first.id, &vec![(1, 2)]).unwrap();
        desk.order("C-1", OrderType::Standard, &[("BALM", 1)]);
        let snapshot = desk.frozen();
        assert_eq!(member(&snapshot, "C-1").orders_before, 2);
        assert_eq!(member(&snapshot, "M-1").orders_before, 0);
    });
}
