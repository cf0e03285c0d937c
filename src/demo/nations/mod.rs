//! Names and addresses of the people of many countries. Names are ordinary ones put together by lot;
//! telephone numbers, postal codes and addresses are made up.

mod africa_and_americas;
mod asia_and_pacific;
mod eastern_europe;
mod northern_europe;
mod southern_europe;
mod western_europe;

/// How the parts of a name stand together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// Given name, family name; now and then two family names with a hyphen.
    GivenFamily,
    /// Given name, two family names.
    TwoFamilies,
    /// Family name, given name, in both writings.
    FamilyGiven,
    /// Family name, given name with a space; the other way round in Latin letters.
    FamilyGivenTurned,
    /// Family name and given name without a space; with one in Latin letters.
    FamilyGivenJoined,
}

/// The names and places of one country. Lists are separated by semicolons; `own=Latin` gives a second
/// writing. In places and telephone numbers `#` stands for any digit.
#[derive(Debug)]
pub(super) struct Nation {
    /// ISO 3166 code.
    pub country: &'static str,
    /// BCP 47 tag of the language.
    pub language: &'static str,
    /// How many of 1,000 newcomers without a tie are from here, roughly.
    pub share: u32,
    pub shape: Shape,
    pub women: &'static str,
    pub men: &'static str,
    pub families: &'static str,
    /// Where the family names of men differ; otherwise empty.
    pub families_of_men: &'static str,
    /// Street with `@` for the house number.
    pub streets: &'static str,
    /// Postal code, space or not, then `|` and the town.
    pub towns: &'static str,
    pub phone: &'static str,
}

/// Every country, in a fixed order: its index is part of what a seed makes.
pub(super) const NATIONS: &[&Nation] = &[
    &western_europe::BRITAIN,
    &western_europe::IRELAND,
    &western_europe::GERMANY,
    &western_europe::NETHERLANDS,
    &western_europe::FRANCE,
    &western_europe::AUSTRIA,
    &southern_europe::SPAIN,
    &southern_europe::PORTUGAL,
    &southern_europe::ITALY,
    &southern_europe::GREECE,
    &southern_europe::TURKEY,
    &northern_europe::SWEDEN,
    &northern_europe::NORWAY,
    &northern_europe::DENMARK,
    &northern_europe::FINLAND,
    &northern_europe::ICELAND,
    &eastern_europe::POLAND,
    &eastern_europe::HUNGARY,
    &eastern_europe::CZECHIA,
    &eastern_europe::ROMANIA,
    &eastern_europe::UKRAINE,
    &eastern_europe::BULGARIA,
    &asia_and_pacific::JAPAN,
    &asia_and_pacific::KOREA,
    &asia_and_pacific::CHINA,
    &asia_and_pacific::VIETNAM,
    &asia_and_pacific::INDIA,
    &asia_and_pacific::EMIRATES,
    &asia_and_pacific::ISRAEL,
    &asia_and_pacific::NEW_ZEALAND,
    &africa_and_americas::NIGERIA,
    &africa_and_americas::GHANA,
    &africa_and_americas::BRAZIL,
    &africa_and_americas::MEXICO,
    &africa_and_americas::CANADA,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_list_is_complete() {
        for nation in NATIONS {
            let who = nation.country;
            for list in [nation.women, nation.men, nation.families] {
                let count = list.split(';').inspect(|name| assert!(!name.trim().is_empty(), "{who}")).count();
                assert!(count >= 12, "{who}: {list}");
            }
            assert!(nation.streets.split(';').all(|street| street.matches('@').count() == 1), "{who}");
            assert!(nation.towns.split(';').all(|town| town.matches('|').count() == 1), "{who}");
            assert!(nation.phone.starts_with('+') && nation.phone.contains('#'), "{who}");
            assert!(nation.share > 0, "{who}");
        }
    }

    #[test]
    fn names_in_other_letters_come_with_latin_ones() {
        // Latin letters, the marks that sit on them, and the additions for Vietnamese and Yoruba.
        let latin = |text: &str| text.chars().all(|c| matches!(c, '\0'..='\u{36f}' | '\u{1e00}'..='\u{1eff}' | '’'));
        for nation in NATIONS {
            for name in [nation.women, nation.men, nation.families].iter().flat_map(|list| list.split(';')) {
                let second = name.split_once('=').map_or(name, |(_, latin)| latin);
                assert!(latin(second), "{}: {name}", nation.country);
            }
        }
    }
}
