//! Who a member of the demo company is: name, address, how to reach them.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use super::cast;
use super::dice::Dice;
use super::field::Node;
use super::nations::{NATIONS, Nation, Shape};

/// A made-up person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The name as its bearer writes it.
    pub name: String,
    /// The name in Latin letters where `name` is in others; otherwise empty.
    pub latin_name: String,
    /// Email address, at a domain that never exists.
    pub email: String,
    /// Telephone number.
    pub phone: String,
    /// ISO 3166 code of the country.
    pub country: &'static str,
    /// BCP 47 tag of the language.
    pub language: &'static str,
    /// Street and house number.
    pub street: String,
    /// Postal code.
    pub postal_code: String,
    /// Town.
    pub city: String,
}

/// Domains reserved for examples, so that no mail of the demo company reaches anybody.
const DOMAINS: &[&str] = &["mail.example", "post.example", "inbox.example", "letters.example"];

impl Person {
    /// The person at this place of the field.
    pub(super) fn of(seed: u64, index: u32, node: &Node) -> Self {
        let nation = NATIONS[usize::from(node.nation)];
        let mut dice = Dice::new(seed, "person", u64::from(index));
        let [own, latin] = cast::name_of(index).unwrap_or_else(|| made_up_name(nation, &mut dice));
        let town = one_of(nation.towns, &mut dice);
        let (postal_code, city) = town.split_once('|').unwrap_or(("", town));
        let house = dice.between(1, 119).to_string();
        Self {
            email: email(if latin.is_empty() { &own } else { &latin }, index, &mut dice),
            phone: with_digits(nation.phone, &mut dice),
            country: nation.country,
            language: nation.language,
            street: one_of(nation.streets, &mut dice).replace('@', &house),
            postal_code: with_digits(postal_code, &mut dice),
            city: city.to_owned(),
            name: own,
            latin_name: latin,
        }
    }
}

/// The name as written by its bearer, and in Latin letters where those are others.
fn made_up_name(nation: &Nation, dice: &mut Dice) -> [String; 2] {
    let woman = dice.in_thousand(620);
    let given = both(one_of(if woman { nation.women } else { nation.men }, dice));
    let families = if woman || nation.families_of_men.is_empty() { nation.families } else { nation.families_of_men };
    let family = both(one_of(families, dice));
    let (own, latin) = match nation.shape {
        Shape::GivenFamily => {
            let second = both(one_of(families, dice));
            let pair = dice.in_thousand(90) && second != family && family[0] == family[1];
            let name = |writing: usize| match (pair, given[writing], family[writing], second[writing]) {
                (true, given, family, second) => format!("{given} {family}-{second}"),
                (false, given, family, _) => format!("{given} {family}"),
            };
            (name(0), name(1))
        }
        Shape::TwoFamilies => {
            let name = format!("{} {} {}", given[0], family[0], both(one_of(families, dice))[0]);
            (name.clone(), name)
        }
        Shape::FamilyGiven => (format!("{} {}", family[0], given[0]), format!("{} {}", family[1], given[1])),
        Shape::FamilyGivenTurned => (format!("{} {}", family[0], given[0]), format!("{} {}", given[1], family[1])),
        Shape::FamilyGivenJoined => (format!("{}{}", family[0], given[0]), format!("{} {}", family[1], given[1])),
    };
    let latin = if latin == own { String::new() } else { latin };
    [own, latin]
}

/// One entry of a list separated by semicolons.
fn one_of<'a>(list: &'a str, dice: &mut Dice) -> &'a str {
    let count = list.split(';').count();
    list.split(';').nth(dice.index(count)).unwrap_or_default().trim()
}

/// A name in its own and in Latin letters.
fn both(entry: &str) -> [&str; 2] {
    entry.split_once('=').map_or([entry, entry], |(own, latin)| [own, latin])
}

fn with_digits(pattern: &str, dice: &mut Dice) -> String {
    let mut letters = Vec::new();
    for letter in pattern.chars() {
        letters.push(if letter == '#' { char::from_digit(dice.below(10), 10).unwrap_or('0') } else { letter });
    }
    letters.into_iter().collect()
}

/// An address made of the name's letters; the index keeps it unique.
fn email(name: &str, index: u32, dice: &mut Dice) -> String {
    let mut local = String::new();
    for letter in name.to_lowercase().nfd().filter(|c| !is_combining_mark(*c)) {
        match letter {
            'a'..='z' | '0'..='9' => local.push(letter),
            'ł' => local.push('l'),
            'ø' => local.push('o'),
            'đ' | 'ð' => local.push('d'),
            'ı' => local.push('i'),
            'ß' => local.push_str("ss"),
            'æ' => local.push_str("ae"),
            'þ' => local.push_str("th"),
            _ if local.is_empty() || local.ends_with('.') => {}
            ' ' | '-' => local.push('.'),
            _ => {}
        }
    }
    format!("{}.{index}@{}", local.trim_end_matches('.'), dice.pick(DOMAINS))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::{Field, Recipe};

    fn people() -> Vec<Person> {
        let recipe = Recipe { members: 3000, seed: 1, today: "2026-11-21".parse().unwrap() };
        let field = Field::grow(&recipe);
        (0..recipe.members).map(|index| field.person(index)).collect()
    }

    #[test]
    fn everybody_has_a_name_an_address_and_an_own_email_address() {
        let people = people();
        for person in &people {
            assert!(person.name.trim() == person.name && person.name.chars().count() > 1, "{person:?}");
            assert!(!person.city.is_empty() && !person.street.contains(['@', '#']), "{person:?}");
            assert!(!person.postal_code.contains('#') && !person.phone.contains('#'), "{person:?}");
            assert!(person.email.is_ascii() && person.email.ends_with(".example"), "{person:?}");
            assert!(!person.email.starts_with('.') && !person.email.contains(".."), "{person:?}");
        }
        let addresses: std::collections::HashSet<&str> = people.iter().map(|p| p.email.as_str()).collect();
        assert_eq!(addresses.len(), people.len());
    }

    #[test]
    fn names_come_in_many_scripts_with_latin_letters_beside_them() {
        let people = people();
        let scripts = [
            ("Greek", '\u{370}'..='\u{3ff}'),
            ("Cyrillic", '\u{400}'..='\u{4ff}'),
            ("Hebrew", '\u{590}'..='\u{5ff}'),
            ("Arabic", '\u{600}'..='\u{6ff}'),
            ("Han", '\u{4e00}'..='\u{9fff}'),
            ("Hangul", '\u{ac00}'..='\u{d7a3}'),
        ];
        for (script, letters) in scripts {
            let mut found = people.iter().filter(|p| p.name.chars().any(|c| letters.contains(&c))).peekable();
            assert!(found.peek().is_some(), "nobody writes in {script}");
            assert!(found.all(|p| !p.latin_name.is_empty()), "{script} without Latin letters");
        }
        assert!(people.iter().any(|p| p.name.contains('ł')) && people.iter().any(|p| p.name.contains('ễ')));
    }
}
