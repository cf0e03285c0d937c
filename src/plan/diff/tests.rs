//! Plans before and after, and the sentences between them.

use super::{LineChange, diff, line_diff};
use crate::plan::starter;

fn said(before: &str, after: &str) -> Vec<String> {
    let changes = diff(("a.toml", before), ("b.toml", after)).unwrap();
    changes.into_iter().map(|change| change.text).collect()
}

/// The starter plan with texts replaced.
fn edited(edits: &[(&str, &str)]) -> String {
    let mut text = starter::UNILEVEL.to_owned();
    for (from, to) in edits {
        assert!(text.contains(from), "the starter plan has no {from}");
        text = text.replacen(from, to, 1);
    }
    text
}

#[test]
fn comments_layout_and_ways_of_writing_are_no_change() {
    let plan = starter::UNILEVEL;
    assert_eq!(said(plan, plan), Vec::<String>::new());
    let rewritten = edited(&[
        ("# One leg counts", "# Another comment on how one leg counts"),
        ("active = \"pv >= 60\"", "active   =  \"pv>=60\"   # sixty"),
        ("rounding = \"half-up\"\n", ""),
        ("point_value = \"1\"", "point_value = \"1.00\""),
        ("walk = \"enroller\"", "walk = { tree = \"enroller\" }"),
        ("rate = \"25%\"", "rate = [\"25.0%\"]"),
        ("needs = [\"pv >= 60\"]", "needs = { if = \"pv >= 60\" }"),
        ("without = [\"fast-start\"]", "without = \"fast-start\""),
        ("compression = \"standard\", customers = \"own\"", "customers = \"own\", compression = \"standard\""),
        (
            "\"pv >= 100\",\n    { label = \"Active legs\", if = \"legs(active) >= 2\" },",
            "{ label = \"Active legs\", if = \"legs( active ) >= 2\" },\n    \"pv >= 100\",",
        ),
    ]);
    assert_eq!(said(plan, &rewritten), Vec::<String>::new());
}

#[test]
fn keys_of_a_section_may_stand_in_any_order() {
    let before = "[plan]\nname = \"P\"\ncurrency = \"EUR\"\n[status]\nactive = \"pv >= 1\"\n";
    let after = "[status]\nactive = \"pv >= 1\"\n[plan]\ncurrency = \"EUR\"\nname = \"P\"\n";
    assert_eq!(said(before, after), Vec::<String>::new());
}

#[test]
fn rates_are_told_by_level_and_rank() {
    let after = edited(&[
        ("Builder = [\"8%\", \"6%\"]", "Builder = [\"8%\", \"5%\"]"),
        ("Leader = [\"8%\", \"6%\", \"4%\"]", "Leader = [\"9%\", \"6%\"]"),
        (
            "Director = [\"8%\", \"6%\", \"4%\", \"3%\", \"2%\"]",
            "Director = [\"8%\", \"6%\", \"4%\", \"3%\", \"2%\", \"1%\"]",
        ),
        ("rate = \"20%\"", "rate = \"if(pv >= 200, 25%, 20%)\""),
        ("Builder = \"50\", ", ""),
    ]);
    assert_eq!(
        said(starter::UNILEVEL, &after),
        [
            "Bonus fast-start: rate changes from 20% to “if(pv >= 200, 25%, 20%)”",
            "Bonus team: level 2 for Builder falls from 6% to 5%",
            "Bonus team: level 1 for Leader rises from 8% to 9%",
            "Bonus team: level 3 for Leader is gone; it was 4%",
            "Bonus team: level 6 for Director is new: 1%",
            "Bonus advancement: amount for Builder is gone; it was 50",
        ]
    );
}

#[test]
fn levels_begin_where_the_walk_begins() {
    let plan = |walk: &str, rate: &str| format!("[[bonuses]]\ncode = \"t\"\nwalk = {walk}\nrate = {rate}\n");
    let own = "{ tree = \"sponsor\", first_level = 0 }";
    assert_eq!(
        said(&plan(own, "[\"10%\", \"5%\"]"), &plan(own, "[\"11%\", \"5%\"]")),
        ["Bonus t: level 0 rises from 10% to 11%"]
    );
    assert_eq!(
        said(&plan("\"own\"", "\"10%\""), &plan("\"sponsor\"", "[\"10%\", \"5%\"]")),
        ["Bonus t: walk changes from own to sponsor", "Bonus t: level 2 is new: 5%"]
    );
}

#[test]
fn needs_of_ranks_are_told_one_by_one() {
    let after = edited(&[
        (
            "\"pv >= 100\",\n    { label = \"Active legs\", if = \"legs(active) >= 2\" },\n    \"gv >= 500\",",
            "\"pv >= 120\",\n    { label = \"Active legs\", if = \"legs(active) >= 2\" },\n    \"rank >= Member\",",
        ),
        (
            "{ label = \"Leaders in the group\", if = \"downline(rank >= Leader) >= 1\" }",
            "{ label = \"Leaders in the group\", if = \"downline(rank >= Leader) >= 2\" }",
        ),
    ]);
    assert_eq!(
        said(starter::UNILEVEL, &after),
        [
            "Rank Builder needs “pv >= 120” instead of “pv >= 100”",
            "Rank Builder now also needs “rank >= Member”",
            "Rank Builder no longer needs “gv >= 500”",
            "Rank SeniorLeader needs “downline(rank >= Leader) >= 2” (Leaders in the group) instead of \
             “downline(rank >= Leader) >= 1” (Leaders in the group)",
        ]
    );
}

#[test]
fn sections_come_and_go_and_change_places() {
    let ranks = |codes: &[&str]| -> String {
        let rank = |code: &&str| format!("[[ranks]]\ncode = \"{code}\"\nneeds = \"pv >= 1\"\n");
        codes.iter().map(rank).collect::<Vec<_>>().concat()
    };
    assert_eq!(
        said(&ranks(&["Bronze", "Silver", "Gold"]), &ranks(&["Bronze", "Ruby", "Gold", "Silver"])),
        [
            "Rank Ruby is new, above Bronze: needs “pv >= 1”",
            "The order of the ranks changed: Bronze, Gold, Silver (it was Bronze, Silver, Gold)",
        ]
    );
    let after = format!(
        "{}\n[[bonuses]]\ncode = \"pool\"\nname = \"Leader pool\"\nearner = \"paid_rank >= Director\"\nsource = \"pool\"\nrate = \"2%\"\n[volumes.two]\nof = \"qv\"\n",
        edited(&[])
    );
    assert_eq!(
        said(starter::UNILEVEL, &after),
        [
            "Volume two is new: of qv",
            "Bonus pool (“Leader pool”) is new: earner “paid_rank >= Director”; source pool; rate 2%",
        ]
    );
    assert_eq!(said(&after, starter::UNILEVEL).len(), 2);
    assert!(said(&after, starter::UNILEVEL)[1].starts_with("Bonus pool is gone; it was: earner"));
}

#[test]
fn the_language_may_grow() {
    let before = "
        [plan]
        name = \"P\"
        currencies = [\"EUR\", \"SEK\"]
        [trees.placement]
        kind = \"binary\"
        legs = 2
        [tables.ladder]
        by = \"points\"
        rows = [
            { from = 200, pay = \"3%\" },
            { from = 600, pay = \"6%\" },
            { from = 1200, pay = \"9%\" },
        ]
        [tables.grid]
        cells = [[1, \"5%\", \"4%\"], [2, \"3%\", \"2%\"]]
        [caps]
        company = \"42%\"
    ";
    let after = "
        [plan]
        name = \"P\"
        currencies = [\"SEK\", \"EUR\", \"NOK\"]
        [trees.placement]
        kind = \"matrix\"
        legs = 3
        [tables.ladder]
        by = \"points\"
        rows = [
            { from = 200, pay = \"3%\" },
            { from = 400, pay = \"5%\" },
            { from = 600, pay = \"7%\" },
            { from = 1_200, pay = \"9%\" },
        ]
        [tables.grid]
        cells = [[1, \"5%\", \"4.5%\"], [2, \"3%\", \"2%\"]]
        [caps]
        company = \"40%\"
        member = { money = \"5000\", per = \"week\" }
    ";
    assert_eq!(
        said(before, after),
        [
            "Plan: currencies now has NOK too",
            "Tree placement: kind changes from binary to matrix",
            "Tree placement: legs rises from 2 to 3",
            "Table ladder: row from 400 is new: from 400; pay 5%",
            "Table ladder: row from 600, pay rises from 6% to 7%",
            "Table grid: row 1, column 3 rises from 4% to 4.5%",
            "Caps: company falls from 42% to 40%",
            "Caps: member is new: money 5000; per week",
        ]
    );
}

#[test]
fn a_default_that_is_written_out_is_no_change_and_a_departure_from_it_is() {
    let plan = |rounding: &str| format!("[plan]\nname = \"P\"\n{rounding}");
    assert_eq!(said(&plan(""), &plan("rounding = \"half-up\"")), Vec::<String>::new());
    assert_eq!(said(&plan(""), &plan("rounding = \"down\"")), ["Plan: rounding changes from half-up to down"]);
}

#[test]
fn texts_for_people_count_letter_by_letter() {
    let after = edited(&[("name = \"Fast start\"", "name = \"Fast Start\"")]);
    assert_eq!(said(starter::UNILEVEL, &after), ["Bonus fast-start: name changes from “Fast start” to “Fast Start”"]);
}

#[test]
fn every_change_is_found_again_the_other_way_round() {
    let after = edited(&[("rate = \"25%\"", "rate = \"24%\""), ("\"gv >= 500\",", ""), ("held = 3", "held = 2")]);
    let there = diff(("a", starter::UNILEVEL), ("b", &after)).unwrap();
    let back = diff(("b", &after), ("a", starter::UNILEVEL)).unwrap();
    assert_eq!(there.len(), 3);
    let turned: Vec<_> = back.into_iter().map(|change| (change.part, change.after, change.before)).collect();
    let straight: Vec<_> = there.into_iter().map(|change| (change.part, change.before, change.after)).collect();
    assert_eq!(straight, turned);
}

#[test]
fn a_file_that_is_not_toml_is_named_with_its_line() {
    let fault = diff(("a.toml", "x = 1"), ("b.toml", "x = 1\ny = ")).unwrap_err();
    assert_eq!((fault.file.as_str(), fault.line), ("b.toml", 2));
}

#[test]
fn lines_of_text_are_kept_where_they_can_be() {
    use LineChange::{Gone, New, Same};
    assert_eq!(
        line_diff("a\nb\nc\nd", "a\nc\nx\nd"),
        [Same(1, 1, "a"), Gone(2, "b"), Same(3, 2, "c"), New(3, "x"), Same(4, 4, "d")]
    );
    assert_eq!(line_diff("", "a"), [New(1, "a")]);
    assert_eq!(line_diff("a\na", "a"), [Same(1, 1, "a"), Gone(2, "a")]);
}

#[test]
fn expressions_are_compared_by_what_they_mean() {
    let plan = |rate: &str, need: &str| {
        format!(
            "[[ranks]]\ncode = \"G\"\nneeds = [\"{need}\"]\n[[bonuses]]\ncode = \"b\"\nearner = \"{need}\"\nrate = \"{rate}\"\n"
        )
    };
    let before = plan("lookup(scale, new_sales) * 10%", "pv >= 1_000 and (gv > 5 and active)");
    let same = plan("(lookup(scale,new_sales)*0.1)", "(pv >= 1000) and gv > 5 and active");
    assert_eq!(said(&before, &same), Vec::<String>::new());
    let other = plan("lookup(scale, new_sales) * 10%", "pv >= 1000 and (gv > 5 or active)");
    assert_eq!(said(&before, &other).len(), 2);
}

#[test]
fn the_last_rate_goes_on_to_the_last_level() {
    let plan = |levels: &str, rate: &str| {
        format!("[[bonuses]]\ncode = \"m\"\nwalk = {{ tree = \"placement\"{levels} }}\nrate = {rate}\n")
    };
    assert_eq!(
        said(&plan(", levels = 9", "\"4%\""), &plan(", levels = 12", "[\"4%\", \"4%\", \"2%\"]")),
        ["Bonus m: walk, levels rises from 9 to 12", "Bonus m: rate from level 3 on falls from 4% to 2%"]
    );
    assert_eq!(
        said(&plan(", levels = 9", "[\"4%\", \"3%\"]"), &plan(", levels = 9", "[\"4%\", \"3%\", \"3%\"]")),
        Vec::<String>::new()
    );
    assert_eq!(
        said(&plan(", levels = \"all\"", "[\"4%\", \"3%\"]"), &plan(", levels = \"all\"", "[\"4%\", \"2%\"]")),
        ["Bonus m: rate from level 2 on falls from 3% to 2%"]
    );
    assert_eq!(
        said(&plan("", "[\"4%\"]"), &plan(", levels = 9", "[\"4%\", \"2%\"]")),
        ["Bonus m: walk, levels is new: 9", "Bonus m: level 2 is new: 2%"]
    );
}

#[test]
fn deductions_calendars_and_limits_are_told_as_they_are_meant() {
    let before = "[plan]\nname = \"P\"\nyear_begins = \"07\"\n[attributes]\npackage = [\"Basic\", \"Pro\"]\n\
                  [values]\nnew_sales = \"pv\"\n[[bonuses]]\ncode = \"fee\"\namount = \"-2\"\n\
                  [[caps]]\nname = \"company\"\nof = [\"team\", \"fee\"]\nlimit = \"5\"\n";
    let after = before
        .replace("\"07\"", "\"01\"")
        .replace("\"Basic\", \"Pro\"", "\"Basic\", \"Plus\", \"Pro\"")
        .replace("\"pv\"", "\"gv\"")
        .replace("\"-2\"", "\"-3\"")
        .replace("of = [\"team\", \"fee\"]\n", "");
    assert_eq!(
        said(before, &after),
        [
            "Plan: year begins changes from 07 to 01",
            "Attributes: package now has Plus too, between Basic and Pro",
            "Values: new_sales changes from pv to gv",
            "Bonus fee: amount changes from -2 to -3: more is taken off",
            "Cap company: of is now everything that is paid (it was team, fee)",
        ]
    );
    assert_eq!(
        said(&after, before),
        [
            "Plan: year begins changes from 01 to 07",
            "Attributes: package changes from Basic, Plus, Pro to Basic, Pro, from low to high",
            "Values: new_sales changes from gv to pv",
            "Bonus fee: amount changes from -3 to -2: less is taken off",
            "Cap company: of is now team, fee (it was everything that is paid)",
        ]
    );
    assert_eq!(said(&after, &after.replace("limit = \"5\"", "of = \"all\"\nlimit = \"5\"")), Vec::<String>::new());
    let turned = before.replace("\"Basic\", \"Pro\"", "\"Pro\", \"Basic\"");
    assert_eq!(said(before, &turned), ["Attributes: package changes from Basic, Pro to Pro, Basic, from low to high"]);
}

#[test]
fn what_has_another_name_and_is_the_same_otherwise_is_told_so() {
    let before = "
        [values]
        fresh = \"before(team_pv) + pv\"
        [volumes.team_pv]
        of = \"qv\"
        scope = \"personal-group\"
        stop = \"Trainer\"
        [[ranks]]
        code = \"Trainer\"
        name = \"Trainer\"
        needs = [\"team_pv >= 100\", \"pv >= 5\"]
        [[ranks]]
        code = \"Coach\"
        needs = [\"rank >= Trainer\", \"pv >= 10\"]
        [[bonuses]]
        code = \"coach\"
        source = \"members\"
        where = \"paid_rank >= Trainer\"
        base = \"fresh\"
        rate = { Trainer = \"2%\", Coach = \"3%\" }
        [[caps]]
        of = [\"coach\"]
        limit = \"5\"
    ";
    let after = before
        .replace("Trainer", "Mentor")
        .replace("name = \"Mentor\"", "name = \"Trainer\"")
        .replace("team_pv", "group_pv")
        .replace("fresh", "new")
        .replace("\"coach\"", "\"coach-override\"")
        .replace("pv >= 10\"", "pv >= 20\"");
    assert_eq!(
        said(before, &after),
        [
            "Value fresh is now called new",
            "Volume team_pv is now called group_pv; what runs remember under the old name begins anew: what it was in earlier \
             periods",
            "Rank Trainer is now called Mentor; what runs remember under the old name begins anew: for how long it was held, \
             and what was paid for reaching it",
            "Bonus coach is now called coach-override; what runs remember under the old name begins anew: what it paid so far \
             (paid_ever), instalments, amounts that are held",
            "Rank Coach needs “pv >= 20” instead of “pv >= 10”",
        ]
    );
    let values = |name: &str, rate: &str| {
        format!("[values]\n{name} = \"pv + 1\"\n[[bonuses]]\ncode = \"b\"\nrate = \"{rate}\"\n")
    };
    assert_eq!(
        said(&values("new_sales", "lookup(scale, new_sales)"), &values("fresh_all", "(lookup(scale,fresh_all))")),
        ["Value new_sales is now called fresh_all"]
    );
    // Two that are alike cannot be told apart, and one that is another besides is another one.
    let volume = |name: &str, of: &str| format!("[volumes.{name}]\nof = \"{of}\"\nscope = \"own\"\n");
    let two = |a: &str, b: &str| volume(a, "qv") + &volume(b, "qv");
    assert_eq!(said(&two("a", "b"), &two("c", "d")).len(), 4);
    assert_eq!(said(&volume("a", "qv"), &volume("b", "cv")).len(), 2);
    assert_eq!(said(&volume("a", "qv"), &volume("b", "qv")), ["Volume a is now called b"]);
}
