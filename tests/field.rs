//! The pages of the field: members, genealogy, orders and products, on both databases.

use mainstay::domain::calendar::{Day, Moment};
use mainstay::domain::ids::{PriceId, ProductId};
use mainstay::domain::member::MemberStatus;
use mainstay::domain::money::Volume;
use mainstay::domain::order::PaymentState;
use mainstay::domain::product::{PriceType, ProductStatus};
use mainstay::domain::staff::{Actor, Role};
use mainstay::domain::tree::TreeKind;
use mainstay::store::links::Link;
use mainstay::store::members::Member;
use mainstay::store::products::{Price, Product};
use mainstay::store::{StoreResult, ids, links, members, orders, products};
use rocket::http::Status;

use crate::databases;
use crate::web::{Console, location};

mod besides_pages;
mod member_pages;
mod order_pages;
mod product_pages;
mod tree_pages;

/// Runs a test on a console over a fresh database of every kind, with support signed in.
fn each(test: impl Fn(&Console)) {
    for fresh in databases::all() {
        let console = Console::with(&[("database", &fresh.url)]);
        console.sign_in(Role::Support);
        test(&console);
    }
}

/// Enrols a distributor past the pages.
fn enrol(console: &Console, name: &str, sponsor: &str) -> Member {
    use mainstay::actions::enroll::{NewMember, enroll};
    let new = NewMember { name: name.into(), sponsor: sponsor.into(), country: "ES".into(), ..NewMember::default() };
    enroll(&console.db, &console.clock, &Actor::command_line(), &new).unwrap()
}

fn find(console: &Console, number: &str) -> Member {
    console.db.read(|c| members::find_by_number(c, number)).unwrap().unwrap()
}

/// A product at 20.00 for customers and 15.00 for distributors, with 10 QV and 8 CV.
fn sell(console: &Console, sku: &str, name: &str) {
    let product = Product {
        id: ProductId(ids::next()),
        sku: sku.into(),
        name: name.into(),
        line: String::new(),
        status: ProductStatus::Active,
        created_at: Moment(1),
        updated_at: Moment(1),
    };
    let price = |price_type, price_minor| Price {
        id: PriceId(ids::next()),
        product_id: product.id,
        price_type,
        currency: "EUR".parse().unwrap(),
        price_minor,
        qv: Volume(100_000),
        cv: Volume(80_000),
        measures: mainstay::domain::measures::Measures::default(),
        from_day: Day(0),
    };
    let prices = [price(PriceType::Retail, 2000), price(PriceType::Wholesale, 1500)];
    let stored: StoreResult<()> = console.db.write(|tx| {
        products::insert(tx, std::slice::from_ref(&product))?;
        products::insert_prices(tx, &prices)
    });
    stored.unwrap();
}
