//! What the store keeps up beside its rows so that pages are quick, compared with a slow look at the rows themselves.

use std::collections::BTreeSet;

use mainstay::domain::calendar::{Day, Moment};
use mainstay::domain::ids::{MemberId, OrderId};
use mainstay::domain::member::{MemberKind, MemberStatus};
use mainstay::domain::money::Volume;
use mainstay::domain::order::{OrderKind, OrderType, PaymentState};
use mainstay::domain::tree::TreeKind;
use mainstay::store::figures::{self, DaySales};
use mainstay::store::links::Link;
use mainstay::store::member_list::{self, MemberFilter, MemberOrder};
use mainstay::store::members::{self, Member};
use mainstay::store::order_list::{self, OrderFilter};
use mainstay::store::orders::{self, Order};
use mainstay::store::{Db, StoreError, StoreResult, Total, genealogy, ids, links};

use crate::databases::{self, Fresh};

fn member(index: usize, name: &str) -> Member {
    let number = format!("M-{}", 10_000 + index);
    Member {
        id: MemberId(ids::next()),
        kind: MemberKind::Distributor,
        status: MemberStatus::Active,
        name: name.into(),
        latin_name: String::new(),
        search: members::search_text(name, "", &number, ""),
        number,
        email: String::new(),
        phone: String::new(),
        country: if index.is_multiple_of(3) { "ES" } else { "DE" }.into(),
        language: "de".into(),
        street: String::new(),
        postal_code: String::new(),
        city: String::new(),
        joined_on: Day(20_000 + i32::try_from(index * 7 % 1000).unwrap()),
        rank: String::new(),
        highest_rank: String::new(),
        person_id: MemberId(0),
        version: 1,
        created_at: Moment(1),
        updated_at: Moment(1),
    }
}

fn order(index: i64, member: MemberId, payment: PaymentState) -> Order {
    let is_return = payment == PaymentState::Refunded;
    let sign = if is_return { -1 } else { 1 };
    Order {
        id: OrderId(ids::next()),
        number: format!("O-{index}"),
        kind: if is_return { OrderKind::Return } else { OrderKind::Sale },
        order_type: OrderType::Standard,
        member_id: member,
        through_id: MemberId(0),
        payment,
        ordered_at: Moment(1),
        ordered_on: Day(20_000 + i32::try_from(index % 5).unwrap()),
        commission_on: if payment.counts() { Day(20_010) } else { Day::FOREVER },
        currency: "EUR".parse().unwrap(),
        paid_minor: sign * (1000 + index),
        wholesale_minor: 0,
        qv: Volume(0),
        cv: Volume(sign * index * 10),
        measures: mainstay::domain::measures::Measures::default(),
        line_count: 0,
        created_at: Moment(1),
    }
}

/// Everything that is kept up says what a look at all rows says.
pub fn agree(fresh: &Fresh) {
    let one = |query: &str| -> i64 { fresh.texts(query, query)[0].parse().unwrap() };
    let db = &fresh.db;
    let everybody = one("SELECT CAST(COUNT(*) AS TEXT) AS text FROM members");
    assert_eq!(db.read(members::count).unwrap(), everybody, "members");
    let all = Total { count: one("SELECT CAST(COUNT(*) AS TEXT) AS text FROM orders"), is_more: false };
    assert_eq!(db.read(|c| order_list::count(c, &OrderFilter::default())).unwrap(), all, "orders");
    for tree in TreeKind::ALL {
        let now = Day::FOREVER.0;
        let linked = one(&format!(
            "SELECT CAST(COUNT(*) AS TEXT) AS text FROM tree_links WHERE tree = '{tree}' AND until_day = {now}"
        ));
        assert_eq!(db.read(|c| genealogy::roots(c, *tree, 0, 5)).unwrap().1, everybody - linked, "{tree}");
        assert_eq!(db.read(|c| genealogy::is_used(c, *tree)).unwrap(), linked > 0, "{tree}");
    }
    let query = "SELECT ordered_on || ' ' || COUNT(*) || ' ' || SUM(paid_minor) || ' ' || SUM(cv) AS text FROM orders \
                 WHERE payment IN ('paid', 'refunded') GROUP BY ordered_on ORDER BY ordered_on";
    let kept = db.read(|c| figures::list_sales_by_day(c, Day(0), Day::FOREVER)).unwrap();
    let written = |sales: &DaySales| format!("{} {} {} {}", sales.day.0, sales.orders, sales.paid_minor, sales.cv);
    assert_eq!(kept.iter().map(written).collect::<Vec<_>>(), fresh.texts(query, query), "sales by day");
}

#[test]
fn counts_and_sums_are_those_of_the_rows() {
    databases::each(|fresh| {
        let db = &fresh.db;
        agree(fresh);
        let people: Vec<Member> = (0..40).map(|index| member(index, "Ann")).collect();
        let linked = |tree, range: std::ops::Range<usize>| -> Vec<Link> {
            range.map(|at| Link::new(tree, people[at].id, people[at / 4].id, Day(20_000))).collect()
        };
        db.write(|tx| {
            members::insert(tx, &people)?;
            links::insert(tx, &linked(TreeKind::Sponsor, 1..40))?;
            links::insert(tx, &linked(TreeKind::Enroller, 5..30))
        })
        .unwrap();
        agree(fresh);
        let states = PaymentState::ALL.iter().cycle();
        let bought: Vec<Order> =
            (1..200).zip(states).map(|(index, state)| order(index, people[3].id, *state)).collect();
        db.write(|tx| bought.chunks(70).try_for_each(|chunk| orders::insert(tx, chunk))).unwrap();
        agree(fresh);
        pay(db, &bought);
        agree(fresh);
        let moved = Link::new(TreeKind::Sponsor, people[20].id, people[1].id, Day(20_050));
        let on_the_day = Link::new(TreeKind::Sponsor, people[21].id, people[1].id, Day(20_000));
        let first_link = Link::new(TreeKind::Enroller, people[39].id, people[1].id, Day(20_050));
        db.write(|tx| [moved, on_the_day, first_link].iter().try_for_each(|link| links::move_to(tx, link))).unwrap();
        agree(fresh);
        let failed: StoreResult<()> = db.write(|tx| {
            members::insert(tx, &[member(90, "Lost")])?;
            orders::insert(tx, &[order(900, people[3].id, PaymentState::Paid)])?;
            Err(StoreError::Busy)
        });
        assert!(failed.is_err());
        agree(fresh);
    });
}

/// Payments come in, one is withdrawn, and one that was paid already changes nothing.
fn pay(db: &Db, bought: &[Order]) {
    use PaymentState::{Cancelled, Declined, Paid, Pending};
    for (from, to) in [(Pending, Paid), (Declined, Paid), (Pending, Cancelled), (Paid, Cancelled)] {
        let some: Vec<&Order> = bought.iter().filter(|order| order.payment == from).collect();
        for order in some.iter().skip(if to == Cancelled { 30 } else { 0 }).take(8) {
            db.write(|tx| orders::update_payment(tx, order.id, from, to, Day(20_020))).unwrap();
        }
    }
    let paid = bought.iter().find(|order| order.payment == Paid).unwrap();
    let again = db.write(|tx| orders::update_payment(tx, paid.id, Pending, Paid, Day(20_020)));
    assert!(matches!(again, Err(StoreError::Conflict(_))));
}

/// The members with every word, as somebody would find them who reads all rows, in the list's order.
fn read_through(people: &[Member], words: &str, order: MemberOrder) -> Vec<MemberId> {
    let words: Vec<String> = words.split_whitespace().map(mainstay::text::folded).collect();
    let mut found: Vec<&Member> =
        people.iter().filter(|row| words.iter().all(|word| row.search.contains(word.as_str()))).collect();
    match order {
        MemberOrder::Number => found.sort_by(|a, b| a.number.cmp(&b.number)),
        MemberOrder::Joined => found.sort_by_key(|row| std::cmp::Reverse((row.joined_on, row.id))),
        _ => found.sort_by(|a, b| (&a.search, a.id).cmp(&(&b.search, b.id))),
    }
    found.into_iter().map(|row| row.id).collect()
}

#[test]
fn a_search_finds_what_reading_everything_finds() {
    let names = ["Zsófia Kővári", "Ng Wei", "佐藤 美咲", "Ana \"Anita\" O'Neill", "50% Off_Ltd", "Fernández Ruiz"];
    databases::each(|fresh| {
        let db = &fresh.db;
        // More of one name than are sorted one by one.
        let mut people: Vec<Member> =
            (0..2600).map(|index| member(index, if index < 2300 { "Maria Sato" } else { names[index % 6] })).collect();
        db.write(|tx| members::insert(tx, &people)).unwrap();
        for changed in [5, 2400] {
            people[changed].name = "Quirin Fernandez".into();
            people[changed].search = members::search_text("Quirin Fernandez", "", &people[changed].number, "");
            db.write(|tx| members::update(tx, &people[changed])).unwrap();
        }
        let asked = [
            "fernandez",
            "zsofia",
            "KŐVÁRI zso",
            "m-10005",
            "2400",
            "quirin",
            "ng",
            "ng wei",
            "佐藤",
            "美咲",
            "\"anita\"",
            "o'neill",
            "50%",
            "off_ltd",
            "%",
            "_",
            "maria",
            "aria sat",
            "sato m-1",
            "a",
            "AND",
            "nobody at all",
            "*",
        ];
        for words in asked {
            for order in [MemberOrder::Name, MemberOrder::Number, MemberOrder::Joined] {
                let expected = read_through(&people, words, order);
                let filter = MemberFilter { words: words.into(), ..MemberFilter::default() };
                for number in [1, 3, 47] {
                    let page = db.read(|c| member_list::page(c, &filter, order, number, 50)).unwrap();
                    let total = i64::try_from(expected.len()).unwrap();
                    assert_eq!(page.total, Total { count: total, is_more: false }, "{words} {order:?}");
                    let first = usize::try_from((page.page - 1) * 50).unwrap();
                    let shown: Vec<MemberId> = expected.iter().copied().skip(first).take(50).collect();
                    assert_eq!(page.ids, shown, "{words} {order:?} page {number}");
                }
            }
        }
        let spanish = MemberFilter { words: "fernandez ru".into(), country: Some("ES".into()), ..Default::default() };
        let page = db.read(|c| member_list::page(c, &spanish, MemberOrder::Name, 1, 50)).unwrap();
        let of_spain: BTreeSet<MemberId> = people.iter().filter(|row| row.country == "ES").map(|row| row.id).collect();
        let mut expected = read_through(&people, "fernandez ru", MemberOrder::Name);
        expected.retain(|id| of_spain.contains(id));
        assert_eq!(page.total.count, i64::try_from(expected.len()).unwrap());
        assert_eq!(page.ids, expected.into_iter().take(50).collect::<Vec<_>>());
    });
}
