//! Statements as a reader gets them: the files are opened with poppler and qpdf (`./test.sh` installs both).

use super::*;
use crate::domain::calendar::Day;
use crate::pdf::Fonts;
use proptest::prelude::*;
use std::path::Path;
use std::process::Command;
use std::sync::LazyLock;

static FONTS: LazyLock<Fonts> = LazyLock::new(Fonts::new);

fn view() -> StatementView {
    specimen().unwrap()
}

fn print(view: &StatementView) -> Vec<u8> {
    render(view, &FONTS, Paper::A4).unwrap()
}

/// Runs a program on the file and gives what it prints.
fn read(program: &str, before: &[&str], pdf: &[u8], after: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("statement.pdf");
    std::fs::write(&path, pdf).unwrap();
    let out = Command::new(program).args(before).arg(Path::new(&path)).args(after).output();
    let out = out.unwrap_or_else(|error| panic!("{program}: {error}; ./test.sh installs it"));
    assert!(out.status.success(), "{program}: {}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8(out.stdout).unwrap()
}

/// The text of each page, in the order of reading.
fn pages(pdf: &[u8]) -> Vec<String> {
    let text = read("pdftotext", &["-layout"], pdf, &["-"]);
    text.split('\u{c}').map(str::to_owned).filter(|page| !page.trim().is_empty()).collect()
}

/// The text without marks of direction and with single spaces.
fn plain(text: &str) -> String {
    let visible: String =
        text.chars().filter(|c| !matches!(c, '\u{200E}'..='\u{200F}' | '\u{202A}'..='\u{202E}')).collect();
    visible.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The specimen with so many lines in its third bonus.
fn with_lines(count: usize) -> StatementView {
    let mut view = view();
    let lines = view.bonuses[2].lines.clone();
    view.bonuses[2].lines = lines.into_iter().cycle().take(count).collect();
    view
}

#[test]
fn the_parts_come_in_order_and_the_sums_are_right() {
    let text = plain(&pages(&print(&view())).concat());
    let mut at = 0;
    for part in [
        "Commission statement",
        "October 2026",
        "Ana Lucía Fernández-Quiroga",
        "€312.13",
        "What you earned, by bonus",
        "Retail profit 4 64.15 72.70",
        "Fast start 2 – 48.50",
        "Earned in October 22 336.93 367.21",
        "Your account",
        "15 Oct Paid out for September PO-2026-09-10482 286.39 0.00",
        "Balance on 12 November 2026 312.13",
        "How close you were to Senior Leader",
        "All 22 lines",
        "# Date Source From Level Basis × rate Amount, EUR Running, EUR",
        "Retail profit 4 lines, 72.70",
        "1 02 Oct SF-203981 Zsófia Kővári-Németh 78.40 × 25.00% 19.60 19.60",
        "Team commission 13 lines, 86.88",
        "22 09 Oct SF-203544 Aoife Ní Dhonnchadha −49.20 × 25.00% −12.30 367.21",
        "Earned in October 367.21 367.21",
        "Reading the lines",
    ] {
        let found = text[at..].find(part).unwrap_or_else(|| panic!("“{part}” does not follow in: {}", &text[at..]));
        at += found + part.len();
    }
    assert!(text.contains("Something looks wrong?") && text.contains("“Ask about this line”"), "{text}");
}

#[test]
fn every_page_carries_the_code_and_its_number() {
    let pages = pages(&print(&with_lines(300)));
    assert!(pages.len() > 7, "{} pages", pages.len());
    for (page, number) in pages.iter().zip(1..) {
        let footer = format!("7QKD-M4TX-92RW ST-2026-10-10482 · page {number} of {}", pages.len());
        assert!(plain(page).ends_with(&footer), "page {number}: {page}");
    }
}

#[test]
fn heads_repeat_and_a_group_that_goes_on_says_so() {
    let mut continued = 0;
    for page in &pages(&print(&with_lines(300)))[1..] {
        let text = plain(page);
        assert_eq!(text.matches("# Date Source From Level Basis × rate").count(), 1, "{page}");
        let below_head = text.split("Running, EUR ").nth(1).unwrap();
        let goes_on = below_head.starts_with("Team commission, continued ");
        continued += usize::from(goes_on);
        assert!(goes_on || GROUPS.iter().any(|group| below_head.starts_with(group)), "{page}");
    }
    assert!(continued >= 5, "{continued}");
}

const GROUPS: [&str; 6] =
    ["Retail profit", "Fast start", "Team commission", "Leadership match", "Rank advancement", "Adjustments"];

#[test]
fn a_group_never_starts_on_the_last_line_and_the_total_never_stands_alone() {
    for count in 20..46 {
        let all = pages(&print(&with_lines(count)));
        for page in &all[1..] {
            let lines: Vec<&str> = page.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
            let last = lines[lines.len() - 2];
            assert!(!GROUPS.iter().any(|group| last.starts_with(group)), "{count} lines: {page}");
            if let Some(total) = lines.iter().position(|line| line.starts_with("Earned in October")) {
                assert!(lines[total - 1].contains(" Oct "), "{count} lines: {page}");
            }
        }
    }
}

#[test]
fn names_of_many_scripts_can_be_copied_from_the_file() {
    let pdf = print(&view());
    let text = plain(&pages(&pdf).concat());
    for name in ["Zsófia Kővári-Németh", "Nguyễn Thị Phương Thảo", "نور الهدى الخطيب", "יעל בן־דוד", "Tāne Rangihuna"]
    {
        assert!(text.contains(name), "{name} in {text}");
    }
    let east_asian = ["佐藤 美咲", "김서연", "渡辺 大翔"];
    let there = FONTS.missing(&east_asian.concat()).is_empty();
    for name in east_asian {
        assert_eq!(text.contains(name), there, "{name} in {text}");
    }
    assert_eq!(text.contains('\u{FFFD}'), !there, "{text}");
}

#[test]
fn a_character_that_no_font_has_is_a_box_and_is_reported() {
    let fonts = Fonts::with_files([("/nonexistent/font.ttf".into(), 0)]);
    assert_eq!(fonts.missing("A佐 𓀀佐é"), ['佐', '𓀀']);
    let mut view = view();
    view.member.name = Name::plain("𓀀𓀀 Ana");
    let pdf = render(&view, &fonts, Paper::A4).unwrap();
    assert!(plain(&pages(&pdf).concat()).contains("\u{FFFD}\u{FFFD} Ana"));
}

#[test]
fn the_same_statement_is_the_same_file_whoever_prints_it_and_when() {
    let first = print(&view());
    let press = StatementPress::new(&FONTS, Paper::A4);
    let other = with_lines(40);
    press.render(&other).unwrap();
    let second = std::thread::scope(|scope| {
        let busy = scope.spawn(|| press.render(&other).unwrap());
        let mine = press.render(&view()).unwrap();
        assert_ne!(busy.join().unwrap(), mine);
        mine
    });
    let third = render(&view(), &Fonts::new(), Paper::A4).unwrap();
    assert!(first == second && first == third);
    let mut later = view();
    later.issued_on = Day(later.issued_on.0 + 1);
    assert_ne!(print(&later), first);
}

#[test]
fn files_are_sound_whole_tagged_and_of_the_paper_asked_for() {
    for (paper, size) in [(Paper::A4, "(A4)"), (Paper::Letter, "(letter)")] {
        let pdf = render(&view(), &FONTS, paper).unwrap();
        read("qpdf", &["--check"], &pdf, &[]);
        let about = read("pdfinfo", &[], &pdf, &[]);
        for fact in [size, "Tagged:", "Commission statement ST-2026-10-10482, October 2026", "Sallowfield Botanicals"] {
            assert!(about.contains(fact), "{fact} in {about}");
        }
        let tagged = about.lines().find(|line| line.starts_with("Tagged:")).unwrap();
        assert!(tagged.ends_with("yes"), "{tagged}");
        assert_eq!(about.lines().find(|line| line.starts_with("Pages:")).unwrap().split_whitespace().last(), Some("2"));
        let structure = read("pdfinfo", &["-struct-text"], &pdf, &[]);
        for part in [
            "H1",
            "H2",
            "Table",
            "THead",
            "TR",
            "TH",
            "TD",
            "\"367.21\"",
            "\"Statement ST-2026-10-10482\"",
            "\"4 lines, 72.70\"",
        ] {
            assert!(structure.contains(part), "{part} in {structure}");
        }
        assert!(!structure.contains("page 1 of 2"), "a screen reader would read the footer");
    }
}

#[test]
fn a_statement_without_lines_is_one_page_that_says_so() {
    let mut view = view();
    view.bonuses.iter_mut().for_each(|bonus| bonus.lines.clear());
    view.summary.parts.clear();
    view.progress = None;
    let pdf = print(&view);
    read("qpdf", &["--check"], &pdf, &[]);
    let pages = pages(&pdf);
    assert_eq!(pages.len(), 1);
    let text = plain(&pages[0]);
    assert!(text.contains("Team commission 0 79.02 –") && text.contains("Earned in October 0 336.93 0.00"), "{text}");
    assert!(text.contains("€0.00") && text.contains("page 1 of 1") && !text.contains("Basis × rate"), "{text}");
}

#[test]
fn a_statement_of_many_pages_has_every_line() {
    let pdf = print(&with_lines(2000));
    read("qpdf", &["--check"], &pdf, &[]);
    let text = pages(&pdf).concat();
    let numbers: Vec<usize> = text
        .lines()
        .filter(|line| line.contains(" Oct "))
        .filter_map(|line| line.split_whitespace().next()?.replace(',', "").parse().ok())
        .filter(|number| *number > 31)
        .collect();
    assert_eq!(numbers, (32..=2009).collect::<Vec<_>>());
}

#[test]
fn sums_beyond_the_largest_amount_are_refused() {
    let mut view = view();
    view.bonuses[0].lines[0].amount_minor = i64::MAX;
    let fault = render(&view, &FONTS, Paper::A4).unwrap_err();
    assert!(matches!(&fault, StatementFault::Overflow { number } if number == "ST-2026-10-10482"), "{fault}");
}

#[test]
fn very_long_names_are_cut_and_large_sums_are_not() {
    let mut view = view();
    view.bonuses[0].lines[0].from = Name::plain("Abcdef ".repeat(600));
    view.bonuses[0].lines[1].from = Name::plain("w".repeat(4096));
    view.bonuses[0].lines[2].amount_minor = 9_000_000_000_000_000;
    let pages = pages(&print(&view));
    let text = plain(&pages.concat());
    assert_eq!(text.matches('…').count(), 2, "{text}");
    assert!(text.contains("90,000,000,000,000.00"), "{text}");
}

#[test]
fn greyscale_loses_nothing() {
    let light = |ink: crate::pdf::draft::Ink| {
        let part = |value: u8| (f64::from(value) / 255.0).powf(2.2);
        0.2126 * part(ink.0) + 0.7152 * part(ink.1) + 0.0722 * part(ink.2) + 0.05
    };
    for ink in [sheet::BLACK, sheet::SOFT, sheet::FAINT] {
        let on_white = 1.05 / light(ink);
        let on_field = light(sheet::ACCENT_SOFT) / light(ink);
        assert!(on_white > 4.5 && on_field > 4.5, "{ink:?}: {on_white} and {on_field}");
    }
    assert!(light(sheet::TRACK) / light(sheet::ACCENT) > 4.5, "a bar and its track look alike in grey");
    // What a bar shows is said in words beside it.
    let text = plain(&pages(&print(&view())).concat());
    for said in ["200 PV 246 PV Met", "3,000 GV 2,582 GV 418 GV short"] {
        assert!(text.contains(said), "{said} in {text}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn no_text_breaks_the_file(name in "\\PC{0,60}", any in any::<String>(), amount in any::<i32>()) {
        let mut view = view();
        view.member.name = Name::with_latin(name.clone(), any.clone());
        view.company.name = any.clone();
        view.bonuses[1].lines[0].from = Name::plain(name);
        view.bonuses[1].lines[1].source = any.clone();
        view.bonuses[2].name = any.clone();
        view.notes[0].text = any;
        view.summary.parts[0].amount_minor = i64::from(amount);
        let pdf = print(&view);
        read("qpdf", &["--check"], &pdf, &[]);
        prop_assert!(pages(&pdf).len() >= 2);
    }
}
