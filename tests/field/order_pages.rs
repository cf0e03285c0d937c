//! Orders: placing, payment, returns, the list.

use super::*;

fn order(console: &Console, member: &str, lines: &[(&str, &str)], is_paid: bool) -> String {
    let lines: Vec<String> = lines.iter().map(|(sku, pieces)| format!("sku={sku}&quantity={pieces}")).collect();
    let paid = if is_paid { "&is_paid=true" } else { "" };
    let fields = format!("member={member}&type=standard&{}{paid}", lines.join("&"));
    let answer = console.post("/orders/new", "/orders", &fields);
    assert_eq!(answer.status(), Status::SeeOther, "{:?}", answer.into_string());
    location(&answer)
}

#[test]
fn an_order_is_placed_paid_and_returned() {
    each(|console| {
        sell(console, "TEA-1", "Tea sampler");
        let buyer = enrol(console, "Ana", "");
        let at = order(console, &buyer.number, &[("TEA-1", "3"), ("", "")], false);
        let page = console.get(&at);
        assert!(page.contains("45.00") && page.contains("Pending") && page.contains("not before it is paid"), "{page}");
        assert!(!page.contains("Take goods back"));
        let paid = console.post(&at, &format!("{at}/payment"), "to=paid");
        assert_eq!((paid.status(), location(&paid)), (Status::SeeOther, at.clone()));
        let page = console.get(&at);
        assert!(page.contains("It counts on 2026-11-10") && page.contains("Take goods back"), "{page}");
        let again = console.post("/", &format!("{at}/payment"), "to=pending");
        assert_eq!(again.status(), Status::SeeOther);
        assert!(console.get(&at).contains("Nothing was changed"));
        let back = format!("{at}/return");
        let answer = console.post(&back, &back, "line=1&pieces=2");
        assert_eq!(answer.status(), Status::SeeOther);
        let returned = console.get(&location(&answer));
        assert!(returned.contains("−30.00") && returned.contains("Came from"), "{returned}");
        let answer = console.post(&back, &back, "line=1&pieces=2");
        assert_eq!(answer.status(), Status::UnprocessableEntity);
        let page = answer.into_string().unwrap();
        assert!(page.contains("1 of 3 can still come back") && page.contains("value=\"2\""), "{page}");
        assert!(console.get("/orders?kind=return").contains("RT-"));
        assert!(
            console.get(&format!("/orders?member={}&payment=paid&period=2026-11", buyer.number)).contains("1–1 of 1")
        );
        assert!(console.get("/orders?payment=declined").contains("No order fits these filters"));
    });
}

#[test]
fn a_wrong_order_is_told_and_nothing_is_stored() {
    each(|console| {
        sell(console, "TEA-1", "Tea sampler");
        let fields = "member=M-404&type=standard&sku=TEA-1&quantity=many&sku=&quantity=2";
        let answer = console.post("/orders/new", "/orders", fields);
        assert_eq!(answer.status(), Status::UnprocessableEntity);
        let page = answer.into_string().unwrap();
        for part in ["“many” is not a number of pieces", "names no product", "value=\"M-404\"", "value=\"TEA-1\""] {
            assert!(page.contains(part), "{part}: {page}");
        }
        let buyer = enrol(console, "Ana", "");
        let fields = format!("member={}&through=M-404&type=standard&sku=TEA-1&quantity=1", buyer.number);
        let page = console.post("/orders/new", "/orders", &fields).into_string().unwrap();
        assert!(page.contains("There is no member M-404") && page.contains("value=\"M-404\""), "{page}");
        let fields = format!("member={}&type=standard&sku=COFFEE&quantity=1", buyer.number);
        let page = console.post("/orders/new", "/orders", &fields).into_string().unwrap();
        assert!(page.contains("There is no product COFFEE"), "{page}");
        let more = console.post("/orders/new", "/orders", "member=M-1&type=standard&sku=TEA-1&quantity=1&more=true");
        assert_eq!(more.status(), Status::Ok);
        assert!(more.into_string().unwrap().matches("name=\"sku\"").count() > 4);
        assert!(console.get("/orders").contains("No orders yet"));
    });
}

#[test]
fn a_host_may_buy_at_her_own_party() {
    each(|console| {
        sell(console, "TEA-1", "Tea sampler");
        let host = enrol(console, "Ana", "");
        let fields = format!("member={0}&through={0}&type=standard&sku=TEA-1&quantity=1", host.number);
        let answer = console.post("/orders/new", "/orders", &fields);
        assert_eq!(answer.status(), Status::SeeOther);
        let page = console.get(answer.headers().get_one("location").unwrap());
        assert!(page.contains("Came through"), "{page}");
    });
}

#[test]
fn who_only_looks_may_not_touch_orders() {
    each(|console| {
        sell(console, "TEA-1", "Tea sampler");
        let buyer = enrol(console, "Ana", "");
        let at = order(console, &buyer.number, &[("TEA-1", "1")], false);
        let number = at.trim_start_matches("/orders/").to_owned();
        console.sign_in(Role::Auditor);
        let page = console.get(&at);
        assert!(!page.contains("Record as paid"), "{page}");
        let token = console.token("/");
        for (path, fields) in [
            ("/orders".to_owned(), "member=M-1&type=standard"),
            (format!("{at}/payment"), "to=paid"),
            (format!("{at}/return"), "line=1&pieces=1"),
        ] {
            let answer = console.client.post(path.clone()).header(rocket::http::ContentType::Form);
            let answer = answer.body(format!("csrf={token}&{fields}")).dispatch();
            assert_eq!(answer.status(), Status::Forbidden, "{path}");
        }
        let stored = console.db.read(|c| orders::find_by_number(c, &number)).unwrap().unwrap();
        assert_eq!(stored.payment, PaymentState::Pending);
    });
}

#[test]
fn an_order_that_came_through_somebody_says_so() {
    each(|console| {
        sell(console, "TEA-1", "Tea sampler");
        let buyer = enrol(console, "Ana", "");
        let host = enrol(console, "Hilda", &buyer.number);
        let fields = format!("member={}&through={}&type=standard&sku=TEA-1&quantity=1", buyer.number, host.number);
        let answer = console.post("/orders/new", "/orders", &fields);
        assert_eq!(answer.status(), Status::SeeOther, "{:?}", answer.into_string());
        let page = console.get(&location(&answer));
        let (_, through) = page.split_once("Came through").unwrap();
        assert!(through.contains("Hilda") && through.contains(&host.number), "{page}");
    });
}
