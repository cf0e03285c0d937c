//! Products and orders: whole or not at all, returns with their originals, volumes at the original rate.

use mainstay::domain::money::Volume;
use mainstay::store::orders::{self, Order, OrderLine};

use super::{Desk, How, assert_reasons, counts};
use crate::databases;

const MEMBERS: &str = "No,Name,Since\nM-1,Ann,01.01.2026\nM-2,Bo,01.01.2026\n";
const PRODUCTS: &str = "kind = \"products\"\n[columns]\nsku = \"Code\"\nname = \"Name\"\nprice = \"Price\"\n\
    cv = { from = \"price\", times = \"0.60\" }\nqv = { from = \"price\", times = \"1\" }\n";
const CATALOGUE: &str = "Code,Name,Price\nA,Tea,10.00\nB,Cup,5.00\n";
const ORDERS: &str = "kind = \"orders\"\n[columns]\nnumber = \"No\"\nmember = \"Member\"\nsku = \"Code\"\nquantity = \"Qty\"\n\
    unit_price = \"Price\"\nordered_at = \"At\"\nqv = { from = \"price\", times = \"1\" }\n\
    cv = { from = \"price\", times = \"0.60\", except = { column = \"Code\", values = [\"B\"] } }\n\
    [orders]\nreturns = { when_number_starts_with = \"C\", negative_quantity = true, original = \"derive\", unmatched = \"POLICY\" }\n";
const HEADER: &str = "No,Member,Code,Qty,Price,At\n";

fn desk(db: &mainstay::store::Db) -> Desk<'_> {
    let desk = Desk::new(db);
    assert_eq!(counts(&desk.run(super::members::MAPPING, MEMBERS, How::Plain).unwrap())[1], 2);
    assert_eq!(counts(&desk.run(PRODUCTS, CATALOGUE, How::Plain).unwrap())[1], 2);
    desk
}

fn mapping(unmatched: &str) -> String {
    ORDERS.replace("POLICY", unmatched)
}

fn order(desk: &Desk<'_>, number: &str) -> Option<(Order, Vec<OrderLine>)> {
    desk.db
        .read(|c| -> Result<_, mainstay::store::StoreError> {
            let Some(order) = orders::find_by_number(c, number)? else { return Ok(None) };
            let lines = orders::list_lines(c, order.id)?;
            Ok(Some((order, lines)))
        })
        .unwrap()
}

#[test]
fn an_order_comes_in_whole_or_not_at_all() {
    databases::each(|fresh| {
        let desk = desk(&fresh.db);
        let file = format!(
            "{HEADER}1,M-1,A,2,10.00,2026-03-01\n1,M-1,B,1,5.00,2026-03-01\n2,M-1,A,1,10.00,2026-03-02\n2,M-1,X,1,1.00,2026-03-02\n\
             3,M-9,A,1,10.00,2026-03-03\n4,M-1,A,1,-1.00,2026-03-04\n5,M-1,A,0,1.00,2026-03-04\n6,M-1,A,1,1.005,2026-03-04\n\
             7,M-1,A,1,1.00,2026-02-30\n8,M-1,A,1,1.00,2026-03-04\n8,M-2,A,1,1.00,2026-03-04\n9,M-1,A,1,1.00,2026-03-04\n9,M-1,A,-1,1.00,2026-03-04\n\
             ,M-1,A,1,1.00,2026-03-04\n"
        );
        let report = desk.run(&mapping("reject"), &file, How::Plain).unwrap();
        assert_reasons(
            &desk.rejects(&report),
            &[
                (4, "order 2 is rejected because of line 5"),
                (5, "there is no product X"),
                (6, "there is no member M-9"),
                (7, "-1.00 is negative"),
                (8, "the quantity is 0"),
                (9, "more than 2 decimal places"),
                (10, "“2026-02-30” is not a date"),
                (11, "because of line 12"),
                (12, "names member M-2"),
                (13, "because of line 14"),
                (14, "mixes goods"),
                (15, "number is empty"),
            ],
        );
        assert_eq!(counts(&report), [14, 2, 0, 0, 0, 12]);
        let (sale, lines) = order(&desk, "1").unwrap();
        assert_eq!((sale.paid_minor, sale.qv, sale.cv), (2500, Volume(250_000), Volume(120_000)));
        assert_eq!(
            (lines.len(), lines[1].cv, sale.commission_on.to_string().as_str()),
            (2, Volume::ZERO, "2026-03-01")
        );
        assert!(order(&desk, "2").is_none());
        let again = desk.run(&mapping("reject"), &file, How::Plain).unwrap();
        assert_eq!(counts(&again), [14, 0, 0, 2, 0, 12]);
        let other = format!("{HEADER}1,M-1,A,3,10.00,2026-03-01\n");
        let report = desk.run(&mapping("reject"), other, How::Plain).unwrap();
        assert_reasons(&desk.rejects(&report), &[(2, "order 1 exists with a different set of lines")]);
    });
}

#[test]
fn returned_goods_go_back_to_the_orders_they_came_from() {
    databases::each(|fresh| {
        let desk = desk(&fresh.db);
        let file = format!(
            "{HEADER}1,M-1,A,3,10.00,2026-03-01\n2,M-1,A,2,9.00,2026-03-02\nC3,M-1,A,-1,9.00,2026-03-03\nC4,M-1,A,-4,10.00,2026-03-04\n\
             C5,M-1,A,-1,10.00,2026-03-05\nC6,M-2,B,-1,5.00,2026-03-05\nC7,M-1,B,-1,0.00,2026-03-05\n"
        );
        let report = desk.run(&mapping("reject"), &file, How::Plain).unwrap();
        assert_reasons(
            &desk.rejects(&report),
            &[(6, "no earlier order of M-1 has 1 pieces of A left"), (7, "no earlier order of M-2")],
        );
        let sales = ["1", "2"].map(|number| order(&desk, number).unwrap().0);
        let (back, lines) = order(&desk, "C3").unwrap();
        assert_eq!(lines.iter().map(|l| (l.original_order_id, l.quantity)).collect::<Vec<_>>(), [(sales[1].id, -1)]);
        assert_eq!((back.paid_minor, back.cv), (-900, Volume(-54_000)), "at the rate it was sold with");
        // Four pieces: no single order has so many left, so the latest gives what it has.
        let (back, lines) = order(&desk, "C4").unwrap();
        let parts: Vec<_> = lines.iter().map(|l| (l.line_no, l.original_order_id, l.quantity, l.cv)).collect();
        assert_eq!(parts, [(1, sales[1].id, -1, Volume(-54_000)), (2, sales[0].id, -3, Volume(-180_000))]);
        assert_eq!(back.paid_minor, -4000, "the money is what the file says");
        let all: i64 = ["1", "2", "C3", "C4"].iter().map(|number| order(&desk, number).unwrap().0.cv.0).sum();
        assert_eq!(all, 0, "everything back leaves no volume");
        let accepted = desk.run(&mapping("accept"), &file, How::Plain).unwrap();
        assert_eq!(counts(&accepted), [7, 2, 0, 5, 0, 0]);
        let (unknown, lines) = order(&desk, "C5").unwrap();
        assert_eq!((unknown.paid_minor, unknown.cv, lines[0].original_order_id.0), (-1000, Volume::ZERO, 0));
    });
}

#[test]
fn rows_of_an_order_may_stand_between_others_but_not_too_far_apart() {
    databases::each(|fresh| {
        let desk = desk(&fresh.db);
        let near = mapping("reject").replace("[orders]\n", "[orders]\nrows_apart = 2\n");
        let file = format!(
            "{HEADER}1,M-1,A,1,10.00,2026-03-01\n2,M-1,A,1,10.00,2026-03-01\n1,M-1,B,1,5.00,2026-03-01\n3,M-1,A,1,10.00,2026-03-01\n\
             4,M-1,A,1,10.00,2026-03-01\n5,M-1,A,1,10.00,2026-03-01\n6,M-1,A,1,10.00,2026-03-01\n2,M-1,B,1,5.00,2026-03-01\n"
        );
        let report = desk.run(&near, &file, How::Plain).unwrap();
        assert_reasons(&desk.rejects(&report), &[(9, "stand too far apart")]);
        assert_eq!(order(&desk, "1").unwrap().1.len(), 2);
        assert_eq!(order(&desk, "2").unwrap().1.len(), 1);
    });
}

#[test]
fn a_product_keeps_its_name_and_takes_later_prices() {
    databases::each(|fresh| {
        let desk = desk(&fresh.db);
        let dated = PRODUCTS.replace("[columns]\n", "[columns]\nfrom_day = \"From\"\n");
        let file = "Code,Name,Price,From\nA,Tea,11.00,2026-06-01\nB,Mug,5.00,2026-06-01\nC,Pot,-1.00,2026-06-01\nA,Tea,12.00,2026-06-01\n";
        let report = desk.run(&dated, file, How::Plain).unwrap();
        assert_reasons(
            &desk.rejects(&report),
            &[(3, "exists with a different name (Cup)"), (4, "is negative"), (5, "further up already")],
        );
        assert_eq!(counts(&report), [4, 0, 1, 0, 0, 3]);
        let same = desk.run(PRODUCTS, CATALOGUE, How::Plain).unwrap();
        assert_eq!(counts(&same), [2, 0, 0, 2, 0, 0]);
    });
}
