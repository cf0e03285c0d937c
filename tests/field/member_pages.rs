//! The list, the profile, and the forms of members.

use super::*;

/// A whole enrolment form with some fields set.
fn form(fields: &[(&str, &str)]) -> String {
    let all = [
        "number",
        "kind",
        "name",
        "latin_name",
        "email",
        "phone",
        "country",
        "language",
        "street",
        "postal_code",
        "city",
        "joined_on",
        "sponsor",
        "enroller",
        "status",
        "version",
        "reason",
    ];
    all.iter()
        .map(|name| {
            let value = fields.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value);
            let value = if *name == "kind" && value.is_empty() { "distributor" } else { value };
            format!("{name}={}", value.replace(' ', "+").replace('@', "%40"))
        })
        .collect::<Vec<_>>()
        .join("&")
}

#[test]
fn a_member_is_enrolled_found_and_shown() {
    each(|console| {
        let top = enrol(console, "Kwabena Asante-Mortimer", "");
        let fields = [
            ("name", "Zsófia Kővári-Németh"),
            ("email", "zsofia@example.org"),
            ("country", "HU"),
            ("sponsor", &top.number),
            ("joined_on", "2026-11-10"),
        ];
        let answer = console.post("/members/new", "/members", &form(&fields));
        assert_eq!(answer.status(), Status::SeeOther);
        let at = location(&answer);
        let profile = console.get(&at);
        assert!(profile.contains("is enrolled as") && profile.contains("Zsófia Kővári-Németh"), "{profile}");
        assert!(profile.contains("Kwabena Asante-Mortimer") && profile.contains("zsofia@example.org"));
        let list = console.get("/members?q=KOVARI+zsofia");
        assert!(
            list.contains("Zsófia Kővári-Németh")
                && !list.contains("<bdi>Kwabena Asante-Mortimer</bdi></a><span class=\"under\">")
        );
        assert!(console.get("/members?country=hu&from=2026-11-10&until=2026-11-10").contains("1–1 of 1 members"));
        assert!(console.get("/members?q=nobody%25").contains("No one fits these filters"));
    });
}

#[test]
fn a_wrong_enrolment_names_every_field_and_keeps_what_was_typed() {
    each(|console| {
        enrol(console, "First", "");
        let fields = [
            ("name", ""),
            ("email", "no-address"),
            ("sponsor", "M-404"),
            ("joined_on", "2027-02-30"),
            ("city", "Győr"),
        ];
        let answer = console.post("/members/new", "/members", &form(&fields));
        assert_eq!(answer.status(), Status::UnprocessableEntity);
        let page = answer.into_string().unwrap();
        for part in ["class=\"errsum", "Give the name", "no-address", "2027-02-30", "value=\"Győr\"", "aria-invalid"] {
            assert!(page.contains(part), "{part}: {page}");
        }
        let fields = [("name", "Somebody"), ("sponsor", "M-404")];
        let answer = console.post("/members/new", "/members", &form(&fields));
        assert!(answer.into_string().unwrap().contains("There is no member M-404"));
        assert_eq!(console.db.read(members::count).unwrap(), 1);
    });
}

#[test]
fn the_second_of_two_editors_sees_what_the_first_one_stored() {
    each(|console| {
        let member = enrol(console, "Łucja Wiśniewska", "");
        let (edit, version) = (format!("/members/{}/edit", member.number), member.version.to_string());
        let with = |name: &str, city: &str, version: &str| {
            form(&[("name", name), ("city", city), ("status", "active"), ("version", version)])
        };
        let first = console.post(&edit, &edit, &with("Łucja Wiśniewska-Nowak", "", &version));
        assert_eq!(first.status(), Status::SeeOther);
        let second = console.post(&edit, &edit, &with("Łucja Wiśniewska", "Gdańsk", &version));
        assert_eq!(second.status(), Status::Conflict);
        let page = second.into_string().unwrap();
        assert!(page.contains("Nothing was saved") && page.contains("<del>Łucja Wiśniewska-Nowak</del>"), "{page}");
        assert!(page.contains("value=\"Gdańsk\"") && page.contains("name=\"version\" value=\"2\""));
        assert_eq!(find(console, &member.number).name, "Łucja Wiśniewska-Nowak");
        let hold = form(&[("name", "Łucja"), ("status", "suspended"), ("version", "2")]);
        assert_eq!(console.post(&edit, &edit, &hold).status(), Status::SeeOther);
        assert_eq!(find(console, &member.number).status, MemberStatus::Suspended);
        assert!(console.get("/members?status=suspended").contains("On hold"));
    });
}

#[test]
fn who_only_looks_may_not_change_members() {
    each(|console| {
        let member = enrol(console, "Ana", "");
        let edit = format!("/members/{}/edit", member.number);
        let token = console.token(&edit);
        console.sign_in(Role::Auditor);
        for path in ["/members/new", &edit] {
            assert_eq!(console.client.get(path.to_owned()).dispatch().status(), Status::Forbidden, "{path}");
        }
        for path in ["/members", &edit] {
            let answer = console.client.post(path.to_owned()).header(rocket::http::ContentType::Form);
            let answer = answer.body(format!("csrf={token}&{}", form(&[("name", "Eve")]))).dispatch();
            assert_eq!(answer.status(), Status::Forbidden, "{path}");
        }
        let page = console.get(&format!("/members/{}", member.number));
        assert!(!page.contains("/edit\"") && page.contains("Timeline"), "{page}");
        assert_eq!(find(console, &member.number).name, "Ana");
    });
}

#[test]
fn names_are_text_and_never_markup() {
    each(|console| {
        let member = enrol(console, "<script>alert(1)</script> & \"Co\"", "");
        for path in
            ["/members".to_owned(), format!("/members/{}", member.number), format!("/genealogy/{}", member.number)]
        {
            let page = console.get(&path);
            assert!(!page.contains("<script>alert") && page.contains("&lt;script&gt;"), "{path}");
        }
    });
}

#[test]
fn pages_of_the_list_hold_everybody_once() {
    each(|console| {
        let top = enrol(console, "Top", "");
        for index in 0..60 {
            enrol(console, &format!("Member {index:02}"), &top.number);
        }
        for sort in ["name", "number", "joined"] {
            let mut seen = std::collections::BTreeSet::new();
            for page in 1..=2 {
                let text = console.get(&format!("/members?q=member&sort={sort}&page={page}"));
                let rows = text.matches("class=\"lead\" href=\"/members/").count();
                assert_eq!(rows, if page == 1 { 50 } else { 10 }, "{sort} {page}");
                seen.extend(text.split("<bdi>Member ").skip(1).map(|rest| rest[..2].to_owned()));
            }
            assert_eq!(seen.len(), 60, "{sort}");
        }
    });
}
