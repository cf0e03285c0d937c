//! A company's months through the real actions, on both databases: enrol, sell, freeze, calculate, review,
//! approve, commit, return, and the statements.

use mainstay::actions::ActionFault;
use mainstay::actions::activate_plan::activate_plan;
use mainstay::actions::add_plan_version::{PlanText, add_plan_version};
use mainstay::actions::approve_run::approve_run;
use mainstay::actions::check_ledger::check_ledger;
use mainstay::actions::commit_run::commit_run;
use mainstay::actions::company;
use mainstay::actions::compute_run::compute_run;
use mainstay::actions::discard_run::discard_run;
use mainstay::actions::edit_member::{MemberEdit, edit_member};
use mainstay::actions::enroll::{NewMember, enroll};
use mainstay::actions::explain_run::explain_run;
use mainstay::actions::freeze_run::freeze_run;
use mainstay::actions::place_order::{NewOrder, place_order};
use mainstay::actions::plan_draft::{self, Typed};
use mainstay::actions::record_payment::record_payment;
use mainstay::actions::return_order::return_order;
use mainstay::actions::review_run::review_run;
use mainstay::actions::statement::export::{draw_all, draw_one};
use mainstay::actions::statement::send::{Sender, send_statements};
use mainstay::clock::Clock;
use mainstay::domain::calendar::{Day, Moment};
use mainstay::domain::company::Company;
use mainstay::domain::ids::{PriceId, ProductId, RunId, StaffId};
use mainstay::domain::member::{MemberKind, MemberStatus};
use mainstay::domain::money::Volume;
use mainstay::domain::order::{OrderType, PaymentState};
use mainstay::domain::product::{PriceType, ProductStatus};
use mainstay::domain::run::RunStatus;
use mainstay::domain::staff::Actor;
use mainstay::pdf::{Fonts, Paper};
use mainstay::plan::explain::Question;
use mainstay::plan::starter;
use mainstay::store::orders::Order;
use mainstay::store::plans::PlanVersion;
use mainstay::store::products::{Price, Product};
use mainstay::store::runs::Run;
use mainstay::store::{Db, ids, ledger, lines, members, orders, products, runs, statements};

use crate::databases;

mod by_line;
mod once;
mod returned;
mod through;
mod wallets;
mod weeks;

pub fn at(text: &str) -> Moment {
    Moment::from_utc(text.parse().unwrap())
}

pub fn ann() -> Actor {
    Actor::person(StaffId(1), "Ann", "test")
}

pub fn ben() -> Actor {
    Actor::person(StaffId(2), "Ben", "test")
}

/// A company of three generations, a product, a plan, and a clock that stands in October 2026.
pub struct Field<'a> {
    pub db: &'a Db,
    /// The clock, which stands still.
    pub clock: Clock,
}

impl<'a> Field<'a> {
    pub fn new(db: &'a Db) -> Self {
        let clock = Clock::fixed(at("2026-10-05T09:00:00Z"));
        let company = Company {
            name: "Sallowfield".to_owned(),
            address: "12 Osier Lane".to_owned(),
            email: "field@sallowfield.example".to_owned(),
            currency: "EUR".parse().unwrap(),
            zone: "Europe/London".parse().unwrap(),
        };
        db.write(|tx| company::save(tx, &company, Moment(1))).unwrap();
        let start = Day::from_ymd(2026, 1, 1).unwrap();
        add_plan_version(db, &clock, &ann(), starter::UNILEVEL, "plan.toml", start).unwrap();
        Self::over(db, clock)
    }

    /// The same in a company that is set up and has a plan.
    pub fn over(db: &'a Db, clock: Clock) -> Self {
        let field = Self { db, clock };
        db.write(|tx| {
            products::insert(tx, &[product()])?;
            products::insert_prices(tx, &prices())
        })
        .unwrap();
        field.enroll("", "M-1", MemberKind::Distributor);
        field.enroll("M-1", "M-2", MemberKind::Distributor);
        field.enroll("M-2", "M-3", MemberKind::Distributor);
        field.enroll("M-2", "M-4", MemberKind::Retail);
        field
    }

    pub fn enroll(&self, sponsor: &str, number: &str, kind: MemberKind) {
        let joined_on = Day::from_ymd(2026, 3, 1);
        let new = NewMember {
            number: number.to_owned(),
            kind,
            name: format!("佐藤 {number}"),
            sponsor: sponsor.to_owned(),
            joined_on,
            ..NewMember::default()
        };
        enroll(self.db, &self.clock, &ann(), &new).unwrap();
    }

    pub fn order(&self, member: &str, pieces: i64) -> Order {
        let new = NewOrder {
            member: member.to_owned(),
            through: String::new(),
            order_type: OrderType::Standard,
            is_paid: true,
            lines: vec![("BALM".to_owned(), pieces)],
        };
        place_order(self.db, &self.clock, &ann(), &new).unwrap()
    }

    /// Everybody buys enough to be active; the customer buys too.
    pub fn busy_month(&self) -> Vec<Order> {
        [("M-1", 10), ("M-2", 10), ("M-3", 7), ("M-4", 3)].map(|(member, pieces)| self.order(member, pieces)).into()
    }

    pub fn calculated(&self, label: &str) -> Run {
        let run = freeze_run(self.db, &self.clock, &ann(), label).unwrap();
        compute_run(self.db, &self.clock, &ann(), run.id, &mut |_, _, _| true).unwrap()
    }

    pub fn committed(&self, label: &str) -> Run {
        let run = self.calculated(label);
        review_run(self.db, &self.clock, &ann(), run.id, &run.result_hash).unwrap();
        approve_run(self.db, &self.clock, &ben(), run.id, &run.result_hash).unwrap();
        commit_run(self.db, &self.clock, &ben(), run.id).unwrap()
    }

    /// October, committed, its statements queued for mailing.
    pub fn sent(&self) -> Run {
        self.busy_month();
        self.clock.set(at("2026-11-02T09:00:00Z"));
        let run = self.committed("2026-10");
        let sender = Sender {
            name: "Sallowfield".to_owned(),
            address: "office@sallowfield.example".to_owned(),
            public_url: "https://back.example".to_owned(),
            paper: Paper::A4,
        };
        let queued = send_statements(self.db, &self.clock, &ann(), run.id, &sender).unwrap();
        assert_eq!(i64::try_from(queued).unwrap(), run.payee_count);
        run
    }

    fn balance(&self, member: &str) -> i64 {
        let member = self.db.read(|c| members::find_by_number(c, member)).unwrap().unwrap();
        let entries = self.db.read(|c| ledger::list_of_member(c, member.id, "EUR".parse().unwrap())).unwrap();
        entries.last().map_or(0, |entry| entry.balance_minor)
    }
}

fn product() -> Product {
    let (created_at, updated_at) = (Moment(1), Moment(1));
    Product {
        id: ProductId(7),
        sku: "BALM".to_owned(),
        name: "Balm".to_owned(),
        line: String::new(),
        status: ProductStatus::Active,
        created_at,
        updated_at,
    }
}

fn prices() -> Vec<Price> {
    [(PriceType::Wholesale, 1500), (PriceType::Preferred, 1800), (PriceType::Retail, 2000)]
        .map(|(price_type, price_minor)| Price {
            id: PriceId(ids::next()),
            product_id: ProductId(7),
            price_type,
            currency: "EUR".parse().unwrap(),
            price_minor,
            qv: Volume(150_000),
            cv: Volume(120_000),
            measures: mainstay::domain::measures::Measures::default(),
            from_day: Day::from_ymd(2026, 1, 1).unwrap(),
        })
        .into()
}

fn refusal<T: std::fmt::Debug>(result: Result<T, ActionFault>) -> String {
    result.expect_err("this must be refused").to_string()
}

#[test]
fn a_month_goes_from_orders_to_statements() {
    databases::each(|fresh| {
        let field = Field::new(&fresh.db);
        field.busy_month();
        field.clock.set(at("2026-11-02T09:00:00Z"));
        let run = field.committed("2026-10");
        assert_eq!(run.status, RunStatus::Committed);
        // The customer paid 60.00 for goods worth 45.00; the plan's retail profit is 25% of what customers paid.
        let all = fresh.db.read(|c| lines::list_of_run(c, run.id)).unwrap();
        let retail: Vec<i64> =
            all.iter().filter(|line| line.base_kind == "paid").map(|line| line.amount_minor).collect();
        assert_eq!(retail, [1500]);
        assert_eq!(all.iter().map(|line| line.amount_minor).sum::<i64>(), run.earned_minor);
        assert!(all.iter().all(|line| line.because.contains("earner")));
        let balances: i64 = ["M-1", "M-2", "M-3", "M-4"].iter().map(|number| field.balance(number)).sum();
        assert_eq!(balances, run.earned_minor);
        assert_eq!(check_ledger(&fresh.db).unwrap(), []);
        let issued = fresh.db.read(|c| statements::list_of_run(c, run.id)).unwrap();
        assert_eq!(i64::try_from(issued.len()).unwrap(), run.payee_count);
        let fonts = Fonts::new();
        let mut drawn = Vec::new();
        draw_all(&fresh.db, run.id, &fonts, Paper::A4, "https://back.example", &mut |name, bytes, _, _| {
            drawn.push((name.to_owned(), bytes.to_vec()));
            Ok(true)
        })
        .unwrap();
        assert_eq!(drawn.len(), issued.len());
        let again = draw_one(&fresh.db, issued[0].id, &fonts, Paper::A4, "https://back.example").unwrap();
        assert_eq!(again, drawn[0], "alone and within the run the bytes are the same");
    });
}

#[test]
fn the_reviewer_may_not_approve_and_nobody_approves_stale_figures() {
    databases::each(|fresh| {
        let field = Field::new(&fresh.db);
        field.busy_month();
        field.clock.set(at("2026-11-02T09:00:00Z"));
        let run = field.calculated("2026-10");
        let (db, clock) = (&fresh.db, &field.clock);
        assert!(refusal(approve_run(db, clock, &ben(), run.id, &run.result_hash)).contains("only a reviewed run"));
        assert!(refusal(review_run(db, clock, &Actor::command_line(), run.id, &run.result_hash)).contains("--as"));
        assert!(refusal(review_run(db, clock, &ann(), run.id, "older")).contains("calculated anew"));
        review_run(db, clock, &ann(), run.id, &run.result_hash).unwrap();
        assert!(refusal(approve_run(db, clock, &ann(), run.id, &run.result_hash)).contains("second person"));
        assert!(refusal(commit_run(db, clock, &ben(), run.id)).contains("only an approved run"));
    });
}

#[test]
fn two_people_who_commit_at_once_have_one_effect() {
    databases::each(|fresh| {
        let field = Field::new(&fresh.db);
        field.busy_month();
        field.clock.set(at("2026-11-02T09:00:00Z"));
        let run = field.calculated("2026-10");
        review_run(&fresh.db, &field.clock, &ann(), run.id, &run.result_hash).unwrap();
        let at_once = |work: &(dyn Fn(&Actor) -> bool + Sync)| {
            std::thread::scope(|scope| {
                let people = [ben(), Actor::person(StaffId(3), "Cy", "test"), Actor::person(StaffId(4), "Di", "test")];
                let threads: Vec<_> = people.into_iter().map(|person| scope.spawn(move || work(&person))).collect();
                threads.into_iter().map(|thread| thread.join().unwrap()).filter(|done| *done).count()
            })
        };
        let approved = at_once(&|who| approve_run(&fresh.db, &field.clock, who, run.id, &run.result_hash).is_ok());
        assert_eq!(approved, 1);
        let committed = at_once(&|who| commit_run(&fresh.db, &field.clock, who, run.id).is_ok());
        assert_eq!(committed, 1);
        assert_eq!(check_ledger(&fresh.db).unwrap(), []);
        assert_eq!(field.balance("M-1") + field.balance("M-2") + field.balance("M-3"), run.earned_minor);
    });
}

#[test]
fn a_discarded_run_leaves_the_month_open_and_a_new_one_gives_the_same_result() {
    databases::each(|fresh| {
        let field = Field::new(&fresh.db);
        field.busy_month();
        field.clock.set(at("2026-11-02T09:00:00Z"));
        let first = field.calculated("2026-10");
        assert!(refusal(freeze_run(&fresh.db, &field.clock, &ann(), "2026-10")).contains("discard it first"));
        discard_run(&fresh.db, &field.clock, &ann(), first.id).unwrap();
        assert_eq!(fresh.db.read(|c| lines::count_of_run(c, first.id)).unwrap(), 0);
        let second = field.calculated("2026-10");
        assert_eq!((second.number.as_str(), &second.result_hash), ("R-2026-10-2", &first.result_hash));
        assert_eq!(second.input_hash, first.input_hash);
    });
}

#[test]
fn a_frozen_input_that_is_not_what_was_hashed_is_refused_and_the_run_stays_frozen() {
    databases::each(|fresh| {
        let field = Field::new(&fresh.db);
        field.busy_month();
        field.clock.set(at("2026-11-02T09:00:00Z"));
        let run = freeze_run(&fresh.db, &field.clock, &ann(), "2026-10").unwrap();
        let compute = || compute_run(&fresh.db, &field.clock, &ann(), run.id, &mut |_, _, _| true);
        let set = |hash: &str| fresh.tamper(&format!("UPDATE runs SET input_hash = '{hash}'")).unwrap();
        set(&run.input_hash.chars().rev().collect::<String>());
        let fault = compute().unwrap_err().to_string();
        assert!(fault.contains("the frozen input of run R-2026-10-1 does not match its hash"), "{fault}");
        assert_eq!(fresh.db.read(|c| runs::get(c, run.id)).unwrap().status, RunStatus::Frozen);
        set(&run.input_hash);
        let result = compute().unwrap();
        assert!(result.status == RunStatus::Calculated && !result.result_hash.is_empty(), "{result:?}");
    });
}

#[test]
fn a_stopped_calculation_leaves_the_run_frozen_and_can_be_repeated() {
    databases::each(|fresh| {
        let field = Field::new(&fresh.db);
        field.busy_month();
        field.clock.set(at("2026-11-02T09:00:00Z"));
        let run = freeze_run(&fresh.db, &field.clock, &ann(), "2026-10").unwrap();
        let stopped = compute_run(&fresh.db, &field.clock, &ann(), run.id, &mut |_, _, what| what != "storing lines");
        assert!(refusal(stopped).contains("stopped"));
        assert_eq!(fresh.db.read(|c| runs::get(c, run.id)).unwrap().status, RunStatus::Frozen);
        compute_run(&fresh.db, &field.clock, &ann(), run.id, &mut |_, _, _| true).unwrap();
    });
}

#[test]
fn a_return_within_the_month_never_counts_and_one_after_the_commit_is_taken_back_to_the_cent() {
    databases::each(|fresh| {
        let field = Field::new(&fresh.db);
        let sold = field.busy_month();
        field.clock.set(at("2026-10-20T09:00:00Z"));
        let unwanted = field.order("M-3", 5);
        return_order(&fresh.db, &field.clock, &ann(), unwanted.id, &vec![(1, 5)]).unwrap();
        field.clock.set(at("2026-11-02T09:00:00Z"));
        let october = field.committed("2026-10");
        let all = fresh.db.read(|c| lines::list_of_run(c, october.id)).unwrap();
        assert!(all.iter().all(|line| line.order_id != unwanted.id), "returned goods of the same month pay nobody");
        // In November the customer and the third member bring back everything, in two parts.
        for (order, first, second) in [(&sold[3], 1, 2), (&sold[2], 3, 4)] {
            return_order(&fresh.db, &field.clock, &ann(), order.id, &vec![(1, first)]).unwrap();
            return_order(&fresh.db, &field.clock, &ann(), order.id, &vec![(1, second)]).unwrap();
            let more = return_order(&fresh.db, &field.clock, &ann(), order.id, &vec![(1, 1)]);
            assert!(refusal(more).contains("0 of"), "more can't come back than went out");
        }
        field.clock.set(at("2026-12-02T09:00:00Z"));
        let november = field.committed("2026-11");
        let back = fresh.db.read(|c| lines::list_of_run(c, november.id)).unwrap();
        assert!(!back.is_empty() && back.iter().all(|line| line.kind == "clawback" && line.amount_minor < 0));
        for order in [&sold[2], &sold[3]] {
            let paid: i64 = all.iter().filter(|line| line.order_id == order.id).map(|line| line.amount_minor).sum();
            let ids: Vec<_> = all.iter().filter(|line| line.order_id == order.id).map(|line| line.id).collect();
            let taken: i64 =
                back.iter().filter(|line| ids.contains(&line.original_line_id)).map(|line| line.amount_minor).sum();
            assert_eq!(taken, -paid, "order {}", order.number);
        }
        assert_eq!(november.clawback_minor, november.earned_minor);
        assert_eq!(check_ledger(&fresh.db).unwrap(), []);
    });
}

#[test]
fn a_late_order_counts_in_the_open_month_and_never_changes_a_frozen_one() {
    databases::each(|fresh| {
        let field = Field::new(&fresh.db);
        field.busy_month();
        let new = NewOrder {
            member: "M-2".to_owned(),
            through: String::new(),
            order_type: OrderType::Standard,
            is_paid: false,
            lines: vec![("BALM".to_owned(), 2)],
        };
        let pending = place_order(&fresh.db, &field.clock, &ann(), &new).unwrap();
        assert_eq!(pending.commission_on, Day::FOREVER);
        field.clock.set(at("2026-11-02T09:00:00Z"));
        field.calculated("2026-10");
        let day = record_payment(&fresh.db, &field.clock, &ann(), pending.id, PaymentState::Paid).unwrap();
        assert_eq!(day, Day::from_ymd(2026, 11, 2));
        assert!(
            refusal(record_payment(&fresh.db, &field.clock, &ann(), pending.id, PaymentState::Pending))
                .contains("can't become")
        );
        let stored = fresh.db.read(|c| orders::get(c, pending.id)).unwrap();
        assert_eq!(stored.commission_on, Day::from_ymd(2026, 11, 2).unwrap());
    });
}

#[test]
fn months_are_run_in_order_and_only_when_they_are_over() {
    databases::each(|fresh| {
        let field = Field::new(&fresh.db);
        field.busy_month();
        assert!(refusal(freeze_run(&fresh.db, &field.clock, &ann(), "2026-10")).contains("from the day after"));
        assert!(refusal(freeze_run(&fresh.db, &field.clock, &ann(), "October")).contains("not a period"));
        field.clock.set(at("2026-12-02T09:00:00Z"));
        field.committed("2026-11");
        assert!(refusal(freeze_run(&fresh.db, &field.clock, &ann(), "2026-10")).contains("can't be run any more"));
        assert!(refusal(freeze_run(&fresh.db, &field.clock, &ann(), "2026-11")).contains("is committed"));
    });
}

#[test]
fn enrolment_names_every_wrong_field_at_once() {
    databases::each(|fresh| {
        let field = Field::new(&fresh.db);
        let new = NewMember {
            number: "M-2".to_owned(),
            name: "x".repeat(4096),
            email: "nobody".to_owned(),
            country: "Spain".to_owned(),
            sponsor: "M-4".to_owned(),
            enroller: "M-99".to_owned(),
            joined_on: Day::from_ymd(2027, 1, 1),
            ..NewMember::default()
        };
        let Err(ActionFault::Invalid(faults)) = enroll(&fresh.db, &field.clock, &ann(), &new) else {
            panic!("accepted")
        };
        let mut fields: Vec<&str> = faults.iter().map(|fault| fault.field).collect();
        fields.sort_unstable();
        fields.dedup();
        assert_eq!(fields, ["country", "email", "enroller", "joined_on", "name", "number", "sponsor"]);
        assert_eq!(fresh.db.read(members::count).unwrap(), 4);
    });
}

#[test]
fn a_sponsor_from_below_is_refused_and_a_second_editor_is_told() {
    databases::each(|fresh| {
        let field = Field::new(&fresh.db);
        let top = fresh.db.read(|c| members::find_by_number(c, "M-1")).unwrap().unwrap();
        let data = NewMember { name: "Ann Top".to_owned(), sponsor: "M-3".to_owned(), ..NewMember::default() };
        let edit = MemberEdit { version: top.version, status: MemberStatus::Active, data, reason: "a try".to_owned() };
        let fault = refusal(edit_member(&fresh.db, &field.clock, &ann(), top.id, &edit));
        assert!(fault.contains("stands below"), "{fault}");
        let edit = MemberEdit { data: NewMember { sponsor: String::new(), ..edit.data }, ..edit };
        edit_member(&fresh.db, &field.clock, &ann(), top.id, &edit).unwrap();
        let fault = refusal(edit_member(&fresh.db, &field.clock, &ben(), top.id, &edit));
        assert!(fault.contains("changed by somebody else"), "{fault}");
    });
}

#[test]
fn both_databases_give_the_same_hashes() {
    let hashes: Vec<(String, String)> = databases::all()
        .iter()
        .map(|fresh| {
            let field = Field::new(&fresh.db);
            field.busy_month();
            field.clock.set(at("2026-11-02T09:00:00Z"));
            let run = field.calculated("2026-10");
            (run.input_hash, run.result_hash)
        })
        .collect();
    assert!(hashes.windows(2).all(|pair| pair[0] == pair[1]), "{hashes:?}");
}

#[test]
fn a_run_that_does_not_exist_is_named() {
    databases::each(|fresh| {
        let field = Field::new(&fresh.db);
        assert!(refusal(commit_run(&fresh.db, &field.clock, &ben(), RunId(5))).contains("no run 5"));
    });
}

#[test]
fn a_run_says_why_a_member_earned_nothing_and_where_an_order_went() {
    databases::each(|fresh| {
        let field = Field::new(&fresh.db);
        let orders = field.busy_month();
        field.clock.set(at("2026-11-02T09:00:00Z"));
        let run = field.calculated("2026-10");
        let asked = |question| explain_run(&fresh.db, run.id, question).map(|told| told.tree());
        let told = asked(Question { member: Some("M-1"), order: None, bonus: Some("match") }).unwrap();
        assert!(told.ends_with("“paid_rank >= Leader” does not hold: paid_rank is Member\n"), "{told}");
        let number = orders[3].number.as_str();
        let told = asked(Question { member: None, order: Some(number), bonus: None }).unwrap();
        assert!(told.starts_with(&format!("order {number} of M-4: pays ")), "{told}");
        assert!(told.contains("level 1: M-2 gets "), "{told}");
        let unknown = asked(Question { member: Some("M-9"), ..Question::default() });
        assert!(refusal(unknown).contains("there is no member “M-9”"));
        discard_run(&fresh.db, &field.clock, &ann(), run.id).unwrap();
        let gone = asked(Question { member: Some("M-1"), ..Question::default() });
        assert!(refusal(gone).contains("is discarded; its input is gone"));
    });
}

#[test]
fn a_plan_whose_cases_fail_is_neither_stored_nor_activated() {
    databases::each(|fresh| {
        let field = Field::new(&fresh.db);
        let good = "members A, B < A\norder A 60\norder B 60\nA team 1 4.80\n";
        let bad = good.replace("4.80", "4.90");
        let store = |cases: &str| {
            let text = PlanText { source: starter::UNILEVEL, cases };
            add_plan_version(&fresh.db, &field.clock, &ann(), text, "plan.toml", Day::from_ymd(2026, 1, 2).unwrap())
        };
        let fault = refusal(store(&bad));
        assert!(fault.contains("does not pass its cases") && fault.contains("4.90  4.80"), "{fault}");
        assert!(refusal(store("members A,")).contains("plan.cases:1:"));
        assert_eq!(store(good).unwrap().cases, good);
        let typed = |cases: &str| Typed {
            source: starter::UNILEVEL.to_owned(),
            cases: cases.to_owned(),
            from_day: "2026-12-01".to_owned(),
        };
        let draft = plan_draft::add(&fresh.db, &field.clock, &ann(), &typed("")).unwrap();
        let write = |seen: &PlanVersion, cases: &str| {
            let typed = typed(&cases.replace('\n', "\r\n"));
            plan_draft::edit(&fresh.db, &field.clock, &ann(), seen.version, &seen.sha256, &typed)
        };
        let activate = |version: &PlanVersion| {
            let from = version.from_day;
            activate_plan(&fresh.db, &field.clock, &ben(), version.version, &version.sha256, from)
        };
        let unread = refusal(write(&draft, "ordr A"));
        assert!(unread.contains("plan.cases:1:"), "{unread}");
        let failing = write(&draft, &bad).unwrap();
        assert_eq!(failing.cases, bad);
        assert!(refusal(write(&draft, good)).contains("changed by somebody else"));
        assert!(refusal(activate(&failing)).contains("does not pass its cases"));
        let passing = write(&failing, good).unwrap();
        assert_ne!(passing.sha256, failing.sha256, "the cases belong to what was looked at");
        assert!(!activate(&passing).unwrap().is_draft());
    });
}
