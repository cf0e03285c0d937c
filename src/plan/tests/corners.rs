//! Corners of single rules that went wrong once: one small plan and field each.

use super::world::{differences, members, number, october, order, plan};
use crate::plan::{RunFault, run};

#[track_caller]
fn pays(text: &str, field: &str) {
    assert_eq!(differences(text, field), Vec::<String>::new());
}

#[test]
fn an_amount_that_rounds_to_nothing_keeps_its_sign_in_the_sum() {
    let fee =
        "[[bonuses]]\ncode = \"fee\"\nearner = \"pv > 0\"\nsource = \"members\"\nwalk = \"own\"\namount = \"-0.4\"\n";
    let text = format!(
        "rounding_of = \"total\"\nplaces = 0\n[[bonuses]]\ncode = \"own\"\nearner = \"always\"\nsource = \"orders\"\nwalk = \"own\"\n\
         base = \"cv\"\nrate = \"10%\"\n{fee}{}{}",
        fee.replace("\"fee\"", "\"tax\""),
        fee.replace("\"fee\"", "\"post\"")
    );
    pays(&text, "members A, B\norder A 105\norder B 3\nA 9.00\nB -1.00\n");
}

#[test]
fn customers_stand_below_their_enroller_in_a_line() {
    let text = "[trees.mono]\nof = \"sponsor\"\nline = true\n[volumes.below]\nof = \"cv\"\nscope = \"organisation\"\n\
                tree = \"mono\"\n[[bonuses]]\ncode = \"line\"\nearner = \"always\"\nsource = \"orders\"\nwalk = \"mono\"\n\
                base = \"cv\"\nrate = [\"10%\", \"5%\"]\n";
    pays(
        text,
        "members A, B < A, c ~ B, d ~ A\njoined A 2026-01-01\njoined B 2026-01-02\njoined c 2026-01-03\njoined d 2026-01-04\n\
         order c 100\norder d 10\nvolume A below 110\nvolume B below 100\nB line 1 10.00\nA line 2 5.00\nA line 1 1.00\n",
    );
}

#[test]
fn a_flush_empties_the_sides_of_who_is_not_matched_unless_the_plan_keeps_them() {
    let text = "[volumes.bv]\nof = \"cv\"\nscope = \"own\"\n[binary.team]\nvolume = \"bv\"\nqualified = \"pv >= 10\"\n\
                after = \"flush\"\n[[bonuses]]\ncode = \"pairs\"\nearner = \"always\"\nsource = \"members\"\nwalk = \"own\"\n\
                base = \"team.matched\"\nrate = \"10%\"\n";
    let field = "members T, L < T @ T left, R < T @ T right\nperiod 2026-W10\norder L 300\norder R 290\nnothing T\n\
                 state T week:carry:team:left LEFT\nperiod 2026-W11\norder T 10\n";
    pays(text, &format!("{}nothing T\n", field.replace("LEFT", "0")));
    let keeps = text.replace("after = ", "unqualified = \"keep\"\nafter = ");
    pays(&keeps, &format!("{}T pairs 0 29.00\n", field.replace("LEFT", "300")));
}

#[test]
fn customers_are_no_peers() {
    let text = "[[ranks]]\ncode = \"Silver\"\nneeds = \"pv >= 100\"\n[[bonuses]]\ncode = \"infinity\"\nearner = \"always\"\n\
                source = \"orders\"\nwhere = \"cv = 30\"\nwalk = { tree = \"sponsor\", generations = \"peer\" }\nbase = \"cv\"\n\
                rate = [\"10%\", \"1%\"]\n";
    pays(text, "members T, A < T, c ~ A\norder T 100\norder c 30\nA infinity 1 3.00\nT infinity 1 3.00\n");
    pays(text, "members T, A < T, B < A, c ~ B\norder c 30\nB infinity 1 3.00\nA infinity 2 0.30\n");
}

#[test]
fn a_rank_bonus_is_paid_in_the_runs_that_judge_ranks_and_counts_their_periods() {
    let text = "[status]\nactive = \"always\"\nranks = \"month\"\n[[ranks]]\ncode = \"Gold\"\nneeds = \"pv >= 100\"\n\
                [[bonuses]]\ncode = \"week\"\nperiod = \"week\"\nearner = \"always\"\nsource = \"orders\"\nwalk = \"own\"\nbase = \"cv\"\n\
                rate = \"1%\"\n[[bonuses]]\ncode = \"up\"\nearner = \"always\"\nsource = \"ranks\"\namount = { Gold = \"500\" }\n\
                [[bonuses]]\ncode = \"held\"\nperiod = \"week\"\nearner = \"always\"\nsource = \"ranks\"\nheld = 2\n\
                amount = { Gold = \"50\" }\n";
    let field = "members A\nperiod 2026-03\norder A 100\nA up 0 500.00\nperiod 2026-W15\norder A 10\nA week 0 0.10\n\
                 period 2026-W16\norder A 10\nA week 0 0.10\nperiod 2026-04\norder A 100\nnothing A\nperiod 2026-W19\n\
                 order A 10\nA week 0 0.10\nA held 0 50.00\nperiod 2026-W20\nnothing A\n";
    pays(text, field);
}

#[test]
fn two_members_on_one_side_are_named_where_left_is_matched_with_right() {
    let volume = "[volumes.bv]\nof = \"cv\"\nscope = \"own\"\n";
    let bonus =
        "[[bonuses]]\ncode = \"pairs\"\nearner = \"always\"\nsource = \"members\"\nwalk = \"own\"\nrate = \"10%\"\n";
    let matched =
        format!("{volume}[binary.team]\nvolume = \"bv\"\nqualified = \"always\"\n{bonus}base = \"team.matched\"\n");
    let mut field = october();
    members(&mut field, "T, L < T, R < T");
    order(&mut field, "L", "100");
    order(&mut field, "R", "100");
    let top = number(&field, "T");
    for at in [1, 2] {
        field.members[at].placement = Some((top, 1));
    }
    let fault = run(&plan(&matched), &field, &mut |_| {}).unwrap_err();
    let RunFault::SamePlace { member, other, parent, .. } = &fault else { panic!("{fault}") };
    assert_eq!([member.as_str(), other, parent], ["L", "R", "T"]);
    assert!(fault.to_string().starts_with("members L and R both stand on the right of T"), "{fault}");
    // Where nothing asks for sides, they say nothing.
    assert!(run(&plan(&format!("{volume}{bonus}base = \"pv\"\n")), &field, &mut |_| {}).is_ok());
    field.members[2].placement = Some((top, 0));
    assert!(run(&plan(&matched), &field, &mut |_| {}).is_ok());
}

#[test]
fn an_amount_without_a_value_is_a_fault_only_for_whom_it_would_pay() {
    let text = |only: &str| {
        format!(
            "[[bonuses]]\ncode = \"share\"\nearner = \"always\"\nsource = \"members\"\nwhere = \"{only}\"\nwalk = \"own\"\n\
             amount = \"100 / pv\"\n"
        )
    };
    pays(&text("pv > 0"), "members A, B\norder A 50\nA share 0 2.00\n");
    let all = differences(&text("always"), "members A, B\norder A 50\nA share 0 2.00\n").join("\n");
    assert!(all.contains("bonus share divides by zero") && all.contains("member B"), "{all}");
}

#[test]
fn each_rank_counts_its_own_grace() {
    let text = "[[ranks]]\ncode = \"Silver\"\nneeds = \"pv >= 100\"\ngrace = 2\n[[ranks]]\ncode = \"Gold\"\nneeds = \"pv >= 300\"\n\
                grace = 1\n";
    pays(
        text,
        "members A\nperiod 2026-01\norder A 300\npaid_rank A Gold\nperiod 2026-02\norder A 100\npaid_rank A Gold\n\
         period 2026-03\npaid_rank A Silver\nperiod 2026-04\npaid_rank A Silver\nperiod 2026-05\npaid_rank A none\n",
    );
}

#[test]
fn a_customer_on_the_way_is_no_peer_of_an_unranked_earner() {
    let text = "[[bonuses]]\ncode = \"infinity\"\nearner = \"always\"\nsource = \"orders\"\n\
                walk = { tree = \"sponsor\", generations = \"peer\" }\nbase = \"cv\"\nrate = \"2%\"\n";
    pays(text, "members A, b ~ A, c ~ b\norder c 50\nA infinity 1 1.00\n");
}

#[test]
fn a_limit_that_carries_over_comes_after_the_choice() {
    let own = |code: &str, rate: &str| {
        format!(
            "[[bonuses]]\ncode = \"{code}\"\nearner = \"always\"\nsource = \"orders\"\nwalk = \"own\"\nbase = \"cv\"\nrate = \"{rate}\"\n"
        )
    };
    let text = format!(
        "{}{}[[larger]]\nof = [\"a\", \"b\"]\n[[caps]]\nof = [\"b\"]\nlimit = 5\nexcess = \"carried\"\n",
        own("a", "10%"),
        own("b", "8%")
    );
    pays(&text, "members A\nperiod 2026-01\norder A 100\nA a 0 10.00\nperiod 2026-02\nnothing A\n");
    // Every line by the same factor, what a limit before has taken off too.
    let two = format!(
        "{}{}[[caps]]\nname = \"first\"\nof = [\"team\"]\nlimit = 12\nexcess = \"carried\"\n[[caps]]\nname = \"second\"\n\
         of = [\"team\", \"own\"]\nlimit = 11\n",
        own("team", "10%"),
        own("own", "7%")
    );
    pays(&two, "members A\norder A 300\nA team 0 10.00\nA team 0 -6.00\nA own 0 7.00\n");
}

#[test]
fn what_was_ever_paid_is_what_a_rounded_total_left() {
    let own = |code: &str| {
        format!(
            "[[bonuses]]\ncode = \"{code}\"\nearner = \"always\"\nsource = \"orders\"\nwalk = \"own\"\nbase = \"cv\"\nrate = \"0.5%\"\n"
        )
    };
    let text = format!(
        "rounding_of = \"total\"\n{}{}[values]\nof_a = \"paid_ever(a)\"\nof_b = \"paid_ever(b)\"\n",
        own("a"),
        own("b")
    );
    pays(
        &text,
        "members A\nperiod 2026-01\norder A 1\nA 0.01\nperiod 2026-02\nvalue A of_a 0.01\nvalue A of_b 0\nnothing A\n",
    );
}
