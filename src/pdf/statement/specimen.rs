//! The specimen: a made-up statement with everything on it, to see how a company's statements will look.

use super::view::{
    Account, Basis, Bonus, Company, Entry, Line, Member, Name, Note, Period, Progress, Requirement, StatementView,
    Summary, SummaryPart,
};
use crate::domain::calendar::Day;
use rust_decimal::Decimal;

/// Day of October, source, from, from in Latin letters, level, basis, rate, amount.
type Row = (u32, &'static str, &'static str, &'static str, u32, &'static str, &'static str, i64);

const BONUSES: &[(&str, &str, Option<i64>, &[Row])] = &[
    (
        "Retail profit",
        "25% of what your customers paid, before shipping and tax",
        Some(6_415),
        &[
            (2, "SF-203981", "Zsófia Kővári-Németh", "", 0, "78.40", "0.25", 1960),
            (11, "SF-204655", "Aoife Ní Dhonnchadha", "", 0, "52.80", "0.25", 1320),
            (19, "SF-205240", "Zsófia Kővári-Németh", "", 0, "41.60", "0.25", 1040),
            (27, "SF-205903", "Aoife Ní Dhonnchadha", "", 0, "118.00", "0.25", 2950),
        ],
    ),
    (
        "Fast start",
        "20% of the volume of builders you enrolled, first 30 days",
        None,
        &[
            (6, "SF-204290", "Mateus Gonçalves da Conceição", "", 1, "180.00", "0.20", 3600),
            (24, "SF-205671", "Mateus Gonçalves da Conceição", "", 1, "62.50", "0.20", 1250),
        ],
    ),
    (
        "Team commission",
        "8%, 6% and 4% of the volume on levels 1 to 3",
        Some(7_902),
        &[
            (3, "SF-204011", "Maria-Magdalena van der Heijden-Oosterwijk", "", 1, "142.00", "0.08", 1136),
            (4, "SF-204120", "佐藤 美咲", "Misaki Satō", 1, "126.00", "0.08", 1008),
            (8, "SF-204402", "نور الهدى الخطيب", "Nour al-Khatib", 1, "110.00", "0.08", 880),
            (10, "SF-204566", "Siobhán Mac Giolla Phádraig", "", 3, "120.00", "0.04", 480),
            (12, "SF-204733", "Nguyễn Thị Phương Thảo", "", 2, "132.00", "0.06", 792),
            (14, "SF-204817", "Priya Venkataraghavan", "", 2, "96.00", "0.06", 576),
            (16, "SF-205027", "Tāne Rangihuna", "", 1, "104.00", "0.08", 832),
            (17, "SF-205118", "Maria-Magdalena van der Heijden-Oosterwijk", "", 1, "88.50", "0.08", 708),
            (20, "SF-205302", "김서연", "Kim Seo-yeon", 2, "78.00", "0.06", 468),
            (21, "SF-205388", "יעל בן־דוד", "Yael Ben-David", 3, "85.00", "0.04", 340),
            (22, "SF-205530", "佐藤 美咲", "Misaki Satō", 1, "74.00", "0.08", 592),
            (26, "SF-205811", "渡辺 大翔", "Hiroto Watanabe", 2, "92.00", "0.06", 552),
            (28, "SF-205966", "Priya Venkataraghavan", "", 2, "54.00", "0.06", 324),
        ],
    ),
    (
        "Leadership match",
        "10% of the team commission of your Leaders",
        Some(1_876),
        &[(31, "ST-2026-10-12377", "Maria-Magdalena van der Heijden-Oosterwijk", "", 1, "214.30", "0.10", 2143)],
    ),
    (
        "Rank advancement",
        "Leader held for three months",
        Some(17_500),
        &[(31, "Rule 6.2", "Leader, third month", "", 0, "", "", 15000)],
    ),
    (
        "Adjustments",
        "Order refunded by a customer, retail profit returned",
        None,
        &[(9, "SF-203544", "Aoife Ní Dhonnchadha", "", 0, "-49.20", "0.25", -1230)],
    ),
];

/// The specimen statement. `None` cannot happen: its currency is one that Mainstay knows.
pub fn specimen() -> Option<StatementView> {
    Some(StatementView {
        language: "en".to_owned(),
        currency: "EUR".parse().ok()?,
        company: Company {
            name: "Sallowfield Botanicals".to_owned(),
            address: vec!["12 Osier Lane".to_owned(), "Withermere WM4 7QT".to_owned()],
            email: "field@sallowfield.example".to_owned(),
            verify_at: "back.sallowfield.example/verify".to_owned(),
        },
        member: Member {
            number: "M-10482".to_owned(),
            name: Name::plain("Ana Lucía Fernández-Quiroga"),
            address: vec!["Carrer dels Tarongers 14, 3.º B".to_owned(), "46000 Valencia".to_owned()],
            country: "Spain".to_owned(),
        },
        number: "ST-2026-10-10482".to_owned(),
        code: "7QKD-M4TX-92RW".to_owned(),
        issued_on: day(11, 12),
        period: Period {
            first: day(10, 1),
            last: day(10, 31),
            label: "October 2026".to_owned(),
            short: "October".to_owned(),
            previous: Some("September".to_owned()),
        },
        paid_as: Some("Leader".to_owned()),
        plan: "Version 7".to_owned(),
        summary: Summary {
            parts: vec![SummaryPart { label: "Tax withheld, 15.00%".to_owned(), amount_minor: -5508 }],
            label: "Paid to you on Monday 16 November 2026".to_owned(),
            note: Some("to the account ending 4417".to_owned()),
        },
        bonuses: BONUSES.iter().map(bonus).collect(),
        account: Some(account()),
        progress: Some(progress()),
        notes: vec![
            Note {
                heading: "Reading the lines".to_owned(),
                text: "Basis is commission volume (CV, 1 CV = 1.00 EUR in your market); for retail profit it is what \
                       the customer paid before shipping and tax. A member who was not active in October is passed \
                       over and the next active upline member takes the level."
                    .to_owned(),
            },
            Note {
                heading: "Something looks wrong?".to_owned(),
                text: "Open the line in the portal and choose “Ask about this line”, or write to \
                       field@sallowfield.example before 12 December 2026. Refunds after the close appear as \
                       adjustments next month."
                    .to_owned(),
            },
        ],
    })
}

fn day(month: u32, day: u32) -> Day {
    Day::from_ymd(2026, month, day).unwrap_or(Day::FOREVER)
}

fn bonus((name, rule, previous_minor, rows): &(&str, &str, Option<i64>, &[Row])) -> Bonus {
    let line = |(on, source, own, latin, level, of, rate, amount_minor): &Row| Line {
        on: day(10, *on),
        source: (*source).to_owned(),
        from: if latin.is_empty() { Name::plain(*own) } else { Name::with_latin(*own, *latin) },
        level: Some(*level).filter(|level| *level > 0),
        basis: of.parse().ok().zip(rate.parse().ok()).map(|(of, rate)| Basis { of, rate }),
        amount_minor: *amount_minor,
    };
    Bonus {
        name: (*name).to_owned(),
        rule: (*rule).to_owned(),
        previous_minor: *previous_minor,
        lines: rows.iter().map(line).collect(),
    }
}

fn account() -> Account {
    let entry = |on, text: &str, reference: &str, amount_minor| Entry {
        on,
        text: text.to_owned(),
        reference: reference.to_owned(),
        amount_minor,
    };
    Account {
        opened_on: day(10, 1),
        opening_minor: 28_639,
        entries: vec![
            entry(day(10, 15), "Paid out for September", "PO-2026-09-10482", -28_639),
            entry(day(11, 8), "Earned in October", "ST-2026-10-10482", 36_721),
            entry(day(11, 8), "Tax withheld, 15.00% (profile ES-2)", "ST-2026-10-10482", -5508),
        ],
        closed_on: day(11, 12),
    }
}

fn progress() -> Progress {
    let requirement = |name: &str, need: i64, have: i64, unit: &str| Requirement {
        name: name.to_owned(),
        need: Decimal::from(need),
        have: Decimal::from(have),
        unit: unit.to_owned(),
        met: have >= need,
    };
    Progress {
        next_rank: "Senior Leader".to_owned(),
        requirements: vec![
            requirement("Personal volume", 200, 246, "PV"),
            requirement("Counted group volume", 3000, 2582, "GV"),
            requirement("Active legs", 4, 5, ""),
            requirement("Leaders in the group", 1, 1, ""),
        ],
    }
}
