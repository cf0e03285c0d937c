//! The trees.

use super::*;

#[test]
fn branches_open_and_close_by_links() {
    each(|console| {
        let top = enrol(console, "Top", "");
        let mid = enrol(console, "Mid", &top.number);
        let low = enrol(console, "Low", &mid.number);
        let roots = console.get("/genealogy");
        assert!(roots.contains("One member stands on top") && roots.contains(&format!("/genealogy/{}", top.number)));
        let page = console.get(&format!("/genealogy/{}", top.number));
        assert!(page.contains("<bdi>Mid</bdi>") && !page.contains("<bdi>Low</bdi>"), "{page}");
        assert!(page.contains("Level 1: ") && page.contains(&format!("?open={}#", mid.number)));
        let open = console.get(&format!("/genealogy/{}?open={}", top.number, mid.number));
        assert!(open.contains("Level 2: ") && open.contains("<bdi>Low</bdi>"));
        assert!(console.get(&format!("/genealogy/{}?levels=3", top.number)).contains("<bdi>Low</bdi>"));
        let shut = console.get(&format!("/genealogy/{}?levels=3&shut={}", top.number, mid.number));
        assert!(!shut.contains("<bdi>Low</bdi>"));
        let below = console.get(&format!("/genealogy/{}", low.number));
        assert!(below.contains("2 levels from the top") && below.contains("Nobody stands directly below"), "{below}");
        assert!(console.get("/genealogy?q=M-404").contains("There is no member with the number <b>M-404</b>"));
        let found = console.client.get(format!("/genealogy?q={}", low.number)).dispatch();
        assert_eq!(location(&found), format!("/genealogy/{}", low.number));
    });
}

#[test]
fn the_tree_is_shown_as_it_stood_on_a_day() {
    each(|console| {
        let (a, b) = (enrol(console, "Ada", ""), "2026-11-10".parse::<Day>().unwrap());
        let (left, right) = (enrol(console, "Left", &a.number), enrol(console, "Right", &a.number));
        let low = enrol(console, "Low", &left.number);
        let mut link = Link::new(TreeKind::Sponsor, low.id, right.id, b.plus(1));
        link.reason = "moved".into();
        let moved: StoreResult<()> = console.db.write(|tx| links::move_to(tx, &link));
        moved.unwrap();
        console.clock.advance(std::time::Duration::from_hours(48));
        console.sign_in(Role::Support);
        let now = console.get(&format!("/genealogy/{}", right.number));
        assert!(now.contains("<bdi>Low</bdi>"), "{now}");
        let then = console.get(&format!("/genealogy/{}?on=2026-11-10", right.number));
        assert!(!then.contains("<bdi>Low</bdi>") && then.contains("as it stood on"));
        assert!(console.get(&format!("/genealogy/{}?on=2026-11-10", left.number)).contains("<bdi>Low</bdi>"));
        assert!(console.get(&format!("/genealogy/{}?tree=enroller", left.number)).contains("<bdi>Low</bdi>"));
    });
}

#[test]
fn deep_chains_and_broad_frontlines_stay_readable() {
    each(|console| {
        let top = enrol(console, "Top", "");
        let day = "2026-01-01".parse::<Day>().unwrap();
        let mut rows = Vec::new();
        let mut chain = Vec::new();
        let mut parent = top.id;
        for index in 0..1200 {
            let member = Member {
                id: mainstay::domain::ids::MemberId(ids::next()),
                number: format!("D-{index}"),
                name: format!("Deep {index}"),
                search: format!("deep {index}"),
                ..top.clone()
            };
            chain.push(Link::new(TreeKind::Sponsor, member.id, parent, day));
            parent = if index < 1100 { member.id } else { top.id };
            rows.push(member);
        }
        let stored: StoreResult<()> = console.db.write(|tx| {
            members::insert(tx, &rows)?;
            links::insert(tx, &chain)
        });
        stored.unwrap();
        let page = console.get("/genealogy/D-1100");
        assert!(page.contains("1,101 levels from the top") && page.contains("1,095 between"), "{page}");
        assert!(console.get("/members/D-1100").contains("more between"));
        let broad = console.get(&format!("/genealogy/{}", top.number));
        assert!(broad.contains("1–50 of 100 directly below") && broad.contains("Show the next 50"), "{broad}");
        let rest = console.get(&format!("/genealogy/{}?from=50", top.number));
        assert!(rest.contains("51–100 of 100 directly below") && !rest.contains("Show the next"));
    });
}
