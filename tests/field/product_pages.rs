//! The catalogue.

use super::*;

#[test]
fn a_product_gets_prices_that_never_change_the_past() {
    each(|console| {
        let answer = console.post("/products/new", "/products", "sku=BALM-1&name=Calendula+balm");
        assert_eq!((answer.status(), location(&answer).as_str()), (Status::SeeOther, "/products/BALM-1"));
        let price = |fields: &str| console.post("/products/BALM-1", "/products/BALM-1/prices", fields);
        let good = "price_type=retail&price=12.50&qv=10&cv=8.5&from_day=2026-11-10";
        assert_eq!(price(good).status(), Status::SeeOther);
        let page = console.get("/products/BALM-1");
        assert!(page.contains("12.50 EUR") && page.contains("in force") && page.contains("8.5"), "{page}");
        assert!(console.get("/products").contains("Calendula balm"));
        for (fields, told) in [
            (good, "There is a retail price from 2026-11-10 already"),
            ("price_type=retail&price=-1&qv=1&cv=1&from_day=", "not negative"),
            ("price_type=retail&price=1.999&qv=1&cv=1&from_day=2026-12-01", "more than 2 decimal places"),
            ("price_type=retail&price=1&qv=x&cv=1&from_day=2026-12-01", "“x” is not a number"),
            ("price_type=retail&price=1&qv=1&cv=1&from_day=2026-02-30", "2026-02-30"),
            ("price_type=retail&price=1&qv=1&cv=1&from_day=2026-11-01", "today or later"),
        ] {
            let answer = price(fields);
            assert_eq!(answer.status(), Status::UnprocessableEntity, "{fields}");
            let page = answer.into_string().unwrap();
            assert!(page.contains(told), "{fields}: {page}");
        }
        let edit = console.post("/products/BALM-1", "/products/BALM-1", "name=Balm&status=discontinued");
        assert_eq!(edit.status(), Status::SeeOther);
        assert!(console.get("/products/BALM-1").contains("Discontinued"));
        let twice = console.post("/products/new", "/products", "sku=BALM-1&name=");
        let page = twice.into_string().unwrap();
        assert!(page.contains("The code BALM-1 is taken") && page.contains("Give the name"), "{page}");
        console.sign_in(Role::Auditor);
        assert_eq!(console.post("/", "/products", "sku=X&name=X").status(), Status::Forbidden);
        assert_eq!(console.post("/", "/products/BALM-1/prices", good).status(), Status::Forbidden);
        assert!(!console.get("/products/BALM-1").contains("Set a price"));
    });
}
