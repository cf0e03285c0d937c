//! What plans ask about a member and a product besides: attributes, ranks set by hand, positions, further volumes.

use mainstay::actions::add_plan_version::add_plan_version;

use super::*;

const PLAN: &str = "[plan]\nname = \"P\"\ncurrency = \"EUR\"\nmeasures = [\"bp\"]\n\
    [attributes]\npackage = [\"Basic\", \"Pro\"]\n[[ranks]]\ncode = \"Gold\"\nneeds = \"pv >= 100\"\n";

fn with_plan(console: &Console) {
    let start = Day::from_ymd(2026, 1, 1).unwrap();
    add_plan_version(&console.db, &console.clock, &Actor::command_line(), PLAN, "plan.toml", start).unwrap();
}

#[test]
fn attributes_and_ranks_are_set_on_a_page_of_their_own() {
    each(|console| {
        let top = enrol(console, "Ann Top", "");
        let page = format!("/members/{}/plan", top.number);
        assert!(console.get(&page).contains("No plan asks for any"));
        with_plan(console);
        let (attributes, ranks) = (page.replace("/plan", "/attributes"), page.replace("/plan", "/ranks"));
        let answer = console.post(&page, &attributes, "name=package&value=Pro&from_day=2026-11-01");
        assert_eq!((answer.status(), location(&answer)), (Status::SeeOther, page.clone()));
        let answer = console.post(&page, &ranks, "period=2026-11&rank=Gold&reason=A+promise");
        assert_eq!(answer.status(), Status::SeeOther);
        let shown = console.get(&page);
        for part in ["<td>Pro</td>", "one of: Basic, Pro", "2026-11", "A promise"] {
            assert!(shown.contains(part), "{part}: {shown}");
        }
        assert!(console.get(&format!("/members/{}", top.number)).contains("<dt>package</dt><dd><bdi>Pro</bdi></dd>"));
        for (to, fields, told) in [
            (&attributes, "name=package&value=Elite&from_day=2026-11-01", "Give one of: Basic, Pro"),
            (&attributes, "name=package&value=Pro&from_day=2026-02-30", "2026-02-30"),
            (&attributes, "name=&value=Pro&from_day=", "Choose what is said about the member"),
            (&ranks, "period=2026-11&rank=Gold&reason=", "Say why"),
            (&ranks, "period=autumn&rank=Gold&reason=x", "is not a period"),
        ] {
            let answer = console.post(&page, to, fields);
            assert_eq!(answer.status(), Status::UnprocessableEntity, "{fields}");
            let shown = answer.into_string().unwrap();
            assert!(shown.contains(told) && shown.contains("class=\"errsum"), "{fields}: {shown}");
        }
        console.sign_in(Role::Auditor);
        assert_eq!(console.post("/", &ranks, "period=2026-11&rank=&reason=x").status(), Status::Forbidden);
        assert!(!console.get(&page).contains("Save the rank"));
    });
}

#[test]
fn a_position_shows_its_person_and_the_person_its_positions() {
    each(|console| {
        let (top, second) = (enrol(console, "Ann Top", ""), enrol(console, "Ann Second", "M-10001"));
        let edit = format!("/members/{}/edit", second.number);
        let version = second.version;
        let fields = format!(
            "number=&kind=distributor&name=Ann+Second&latin_name=&email=&phone=&country=ES&language=&street=&postal_code=\
             &city=&joined_on=&sponsor=&enroller=&person={}&status=active&version={version}&reason=",
            top.number
        );
        assert_eq!(console.post(&edit, &edit, &fields).status(), Status::SeeOther);
        let shown = console.get(&format!("/members/{}", second.number));
        assert!(shown.contains("Position of") && shown.contains("Ann Top"), "{shown}");
        assert!(console.get(&format!("/members/{}", top.number)).contains("Other positions"));
        assert!(console.get(&edit).contains(&format!("value=\"{}\"", top.number)));
    });
}

#[test]
fn a_product_has_a_line_and_prices_have_further_volumes() {
    each(|console| {
        let answer = console.post("/products/new", "/products", "sku=TEA&name=Tea&line=Drinks");
        assert_eq!(answer.status(), Status::SeeOther);
        assert!(!console.get("/products/TEA").contains("Further volumes"), "no plan has any");
        with_plan(console);
        let price = |measures: &str| {
            let fields = format!("price_type=retail&price=5&qv=5&cv=4&measures={measures}&from_day=");
            console.post("/products/TEA", "/products/TEA/prices", &fields)
        };
        let refused = price("qp%3D1").into_string().unwrap();
        assert!(refused.contains("No plan has a measure “qp”") && refused.contains("value=\"qp=1\""), "{refused}");
        assert_eq!(price("bp%3D2.5").status(), Status::SeeOther);
        let page = console.get("/products/TEA");
        assert!(page.contains("bp=2.5") && page.contains("Drinks"), "{page}");
        let edit = console.post("/products/TEA", "/products/TEA", "name=Tea&line=Hot+drinks&status=active");
        assert!(edit.into_string().unwrap().contains("A product line is one word"));
    });
}
