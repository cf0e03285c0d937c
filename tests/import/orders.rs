//! Products and orders: whole or not at all, returns with their originals, volumes at the original rate.

use std::fmt::Write as _;

use mainstay::actions::import::{ImportFault, Report};
use mainstay::domain::money::Volume;
use mainstay::store::imports;
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

/// Orders of which every row stands thousands of rows from the next: all first rows, then all second rows,
/// and so on. One order in 33 has a return, which stands before its sale is complete; one order in
/// seven has a bad last row.
fn far_apart(orders: u32) -> String {
    let mut text = HEADER.to_owned();
    for (round, sku) in ["A", "B", "A"].into_iter().enumerate() {
        for order in 1..=orders {
            let sku = if round == 2 && order % 7 == 0 { "X" } else { sku };
            let minute = order % 60;
            writeln!(text, "{order},M-1,{sku},{order},10.00,2026-03-01 10:{minute:02}").unwrap();
            if round == 1 && order % 33 == 0 {
                writeln!(text, "C{order},M-1,B,-{order},10.00,2026-04-01 {:02}:{minute:02}", order % 24).unwrap();
            }
        }
    }
    text
}

#[test]
fn rows_of_an_order_may_stand_anywhere_in_the_file() {
    let mapping = mapping("reject").replace("[columns]", "[file]\ndates = [\"YYYY-MM-DD hh:mm\"]\n[columns]");
    let file = far_apart(1100);
    databases::each(|fresh| {
        let desk = desk(&fresh.db);
        let checked = desk.run(&mapping, &file, How::DryRun).unwrap();
        assert_eq!(fresh.db.read(orders::first_commission_day).unwrap(), None, "a check writes no order");
        let report = desk.run(&mapping, &file, How::Plain).unwrap();
        // Of the 33 returns every seventh has no sale that came in, and takes what other sales left.
        let rejected = desk.rejects(&report);
        assert!(
            rejected.iter().all(|(_, why)| why.contains("there is no product X") || why.contains("no earlier order"))
        );
        assert_eq!(rejected.iter().filter(|(_, why)| why.contains("there is no product X")).count(), 471);
        assert_eq!((counts(&checked), desk.rejects(&checked)), (counts(&report), rejected), "a check tells the same");
        assert_eq!(order(&desk, "1").unwrap().1.len(), 3);
        assert!(order(&desk, "7").is_none() && order(&desk, "1099").is_none());
        let again = desk.run(&mapping, &file, How::Plain).unwrap();
        assert_eq!(counts(&again), [3333, 0, 0, report.import.rows_created, 0, report.import.rows_rejected]);
    });
}

#[test]
fn an_import_of_scattered_orders_that_was_stopped_goes_on() {
    let mapping = mapping("accept").replace("[columns]", "[file]\ndates = [\"YYYY-MM-DD hh:mm\"]\n[columns]");
    let file = far_apart(1100);
    databases::each(|fresh| {
        let desk = desk(&fresh.db);
        // Stopped after each of its transactions.
        let report = loop {
            let mut is_first = true;
            let done = desk.run_watched(&mapping, &file, How::Plain, &mut |progress| {
                progress.rows == 0 || !std::mem::take(&mut is_first)
            });
            match done {
                Ok(report) => break report,
                Err(fault) => assert!(matches!(fault, ImportFault::Stopped), "{fault}"),
            }
        };
        assert!(report.is_resumed);
        let remarks = fresh.db.read(|c| imports::list_remarks(c, report.import.id, -1, 9999)).unwrap();
        assert_eq!(i64::try_from(remarks.len()).unwrap(), report.import.rows_remarked);
        let told = |desk: &Desk<'_>, report: &Report| {
            let remarks = desk.db.read(|c| imports::list_remarks(c, report.import.id, -1, 9999)).unwrap();
            let lines = order(desk, "C1089").unwrap().1.into_iter().map(|line| (line.line_no, line.quantity));
            let remarks: Vec<String> = remarks.into_iter().map(|row| row.remark).collect();
            (counts(report), desk.rejects(report), remarks, lines.collect::<Vec<_>>())
        };
        let other = databases::sqlite();
        let straight = self::desk(&other.db);
        let uncut = straight.run(&mapping, &file, How::Plain).unwrap();
        assert_eq!(told(&desk, &report), told(&straight, &uncut));
    });
}

#[test]
fn a_row_that_cannot_be_read_takes_its_order_along() {
    databases::each(|fresh| {
        let desk = desk(&fresh.db);
        let long = "x".repeat(5000);
        let file = format!(
            "{HEADER}1,M-1,A,2,10.00,2026-03-01\n1,M-1,{long},1,5.00,2026-03-01\n2,M-1,A,1,10.00,2026-03-02,\n2,M-1,B,1,5.00,2026-03-02\n\
             3,M-1,A,1,10.00,2026-03-03\n3,M-1,B,1,5.00,2026-03-04\n4,M-1,A,1,10.00,2026-03-04\n"
        );
        let report = desk.run(&mapping("reject"), &file, How::Plain).unwrap();
        assert_reasons(
            &desk.rejects(&report),
            &[
                (2, "order 1 is rejected because of line 3"),
                (3, "holds 5000 bytes"),
                (4, "the row has 7 cells, the header has 6"),
                (5, "order 2 is rejected because of line 4"),
                (6, "because of line 7"),
                (7, "names the day 2026-03-04, the order's first row 2026-03-03"),
            ],
        );
        assert!(order(&desk, "1").is_none() && order(&desk, "2").is_none() && order(&desk, "3").is_none());
        assert!(order(&desk, "4").is_some());
    });
}

#[test]
fn a_check_finds_the_originals_of_returns_as_the_import_does() {
    let named = ORDERS
        .replace("original = \"derive\", ", "")
        .replace("POLICY", "reject")
        .replace("[orders]", "original = \"Of\"\n[orders]");
    let header = HEADER.replace('\n', ",Of\n");
    let derived = mapping("accept");
    databases::each(|fresh| {
        let desk = desk(&fresh.db);
        desk.run(&derived, format!("{HEADER}0,M-2,B,3,5.00,2026-02-01\n"), How::Plain).unwrap();
        let files = [
            (
                &derived,
                format!(
                    "{HEADER}C1,M-1,A,-2,10.00,2026-03-09\n1,M-1,A,3,10.00,2026-03-01\nC2,M-1,A,-2,10.00,2026-03-10\nC3,M-2,B,-4,5.00,2026-03-01\n"
                ),
            ),
            (
                &named,
                format!(
                    "{header}C4,M-2,B,-1,5.00,2026-03-09,5\n5,M-2,B,1,5.00,2026-03-01,\nC6,M-1,B,-1,5.00,2026-03-09,5\nC7,M-2,B,-1,5.00,2026-03-09,55\nC8,M-2,B,-1,5.00,2026-03-10,5\n"
                ),
            ),
        ];
        for (mapping, file) in files {
            let told = |how| {
                let report = desk.run(mapping, &file, how).unwrap();
                let remarks = fresh.db.read(|c| imports::list_remarks(c, report.import.id, -1, 99)).unwrap();
                let remarks: Vec<(i64, String)> = remarks.into_iter().map(|row| (row.line_no, row.remark)).collect();
                (counts(&report), desk.rejects(&report), remarks)
            };
            let checked = told(How::DryRun);
            assert!(!checked.1.is_empty() || !checked.2.is_empty(), "{checked:?}");
            assert_eq!(checked, told(How::Plain));
        }
        assert_eq!(order(&desk, "C1").unwrap().1[0].original_order_id, order(&desk, "1").unwrap().0.id);
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

#[test]
fn further_volumes_come_from_columns_or_from_the_catalogue() {
    databases::each(|fresh| {
        let desk = Desk::new(&fresh.db);
        desk.run(super::members::MAPPING, MEMBERS, How::Plain).unwrap();
        let products = format!(
            "{PRODUCTS}line = \"Line\"\n[measures]\nbp = \"BP\"\nrv = {{ from = \"price\", times = \"0.5\" }}\n"
        );
        let catalogue = "Code,Name,Price,Line,BP\nA,Tea,10.00,Drinks,8\nB,Cup,5.00,,\nC,Jar,5.00,two words,1\n";
        let report = desk.run(&products, catalogue, How::Plain).unwrap();
        assert_reasons(&desk.rejects(&report), &[(4, "line: A product line is one word")]);
        let again = desk.run(&products, catalogue.replace("Drinks,8", "Food,8"), How::Update).unwrap();
        assert_eq!(counts(&again)[2], 1, "one product changed its line");
        let other = desk.run(&products, catalogue.replace("Drinks,8", "Food,9"), How::Update).unwrap();
        assert!(desk.rejects(&other)[0].1.contains("has another retail price"), "{:?}", desk.rejects(&other));
        let orders =
            format!("{HEADER}1,M-1,A,2,10.00,2026-03-01\n1,M-1,B,1,5.00,2026-03-01\nC2,M-1,A,1,10.00,2026-03-02\n");
        desk.run(&mapping("reject"), &orders, How::Plain).unwrap();
        let (sale, lines) = order(&desk, "1").unwrap();
        assert_eq!(sale.measures.to_string(), "bp=16 rv=12.5");
        assert_eq!(lines[0].measures.to_string(), "bp=16 rv=10");
        assert_eq!(order(&desk, "C2").unwrap().0.measures.to_string(), "bp=-8 rv=-5");
        let own = mapping("reject").replace("[orders]", "[measures]\nbp = \"BP\"\n[orders]");
        desk.run(&own, "No,Member,Code,Qty,Price,At,BP\n3,M-1,A,2,10.00,2026-03-01,7.5\n", How::Plain).unwrap();
        assert_eq!(order(&desk, "3").unwrap().0.measures.to_string(), "bp=15");
    });
}

#[test]
fn an_order_may_name_the_member_through_whom_it_came() {
    databases::each(|fresh| {
        let desk = desk(&fresh.db);
        let own = mapping("reject").replace("[columns]\n", "[columns]\nthrough = \"By\"\n");
        let file = "No,Member,Code,Qty,Price,At,By\n\
            1,M-1,A,2,10.00,2026-03-01,M-2\n1,M-1,B,1,5.00,2026-03-01,M-2\n2,M-1,A,1,10.00,2026-03-01,\n\
            3,M-1,A,1,10.00,2026-03-01,M-9\n4,M-1,A,1,10.00,2026-03-01,M-2\n4,M-1,B,1,5.00,2026-03-01,\n";
        let report = desk.run(&own, file, How::Plain).unwrap();
        assert_reasons(
            &desk.rejects(&report),
            &[
                (5, "there is no member M-9 for it to come through"),
                (6, "order 4 is rejected because of line 7"),
                (7, "the row names a member it came through,"),
            ],
        );
        let member = |number: &str| desk.db.read(|c| mainstay::store::members::find_by_number(c, number)).unwrap();
        assert_eq!(order(&desk, "1").unwrap().0.through_id, member("M-2").unwrap().id);
        assert_eq!(order(&desk, "2").unwrap().0.through_id.0, 0);
        let again =
            desk.run(&own, file.replace(",M-2\n2,", ",M-1\n2,").replace("01,M-2\n1,", "01,M-1\n1,"), How::Plain);
        let rejects = desk.rejects(&again.unwrap());
        assert!(rejects[0].1.contains("member through whom it came"), "{rejects:?}");
    });
}
