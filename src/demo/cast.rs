//! People who appear in the handbook's pictures: in a company that is large enough they have the same
//! numbers, names and uplines as there.

/// The number of member 0; the next have the following ones.
pub(super) const FIRST_NUMBER: u32 = 10_000;

/// One of them.
struct Role {
    index: u32,
    name: &'static str,
    latin_name: &'static str,
    country: &'static str,
    /// Index of the sponsor, who is the enroller too.
    sponsor: u32,
}

const fn role(index: u32, name: &'static str, latin_name: &'static str, country: &'static str, sponsor: u32) -> Role {
    Role { index, name, latin_name, country, sponsor }
}

const CAST: &[Role] = &[
    role(0, "Margarethe Lindqvist-Obi", "", "SE", 0),
    role(17, "Þórdís Hrafnkelsdóttir", "", "IS", 0),
    role(104, "Kwabena Asante-Mortimer", "", "GH", 17),
    role(482, "Ana Lucía Fernández-Quiroga", "", "ES", 104),
    role(1930, "佐藤 美咲", "Misaki Satō", "JP", 482),
    role(2377, "Maria-Magdalena van der Heijden-Oosterwijk", "", "NL", 482),
    role(2790, "Jean-Baptiste Tremblay-Okonkwo", "", "CA", 2377),
    role(2951, "Łucja Wiśniewska", "", "PL", 2377),
    role(3388, "Priya Venkataraghavan", "", "IN", 2377),
    role(3502, "Tāne Rangihuna", "", "NZ", 482),
    role(3641, "نور الهدى الخطيب", "Nour al-Khatib", "AE", 482),
    role(3790, "김서연", "Kim Seo-yeon", "KR", 1930),
    role(3811, "Mateus Gonçalves da Conceição", "", "PT", 482),
    role(3977, "Nguyễn Thị Phương Thảo", "", "VN", 3641),
    role(4020, "Siobhán Mac Giolla Phádraig", "", "IE", 2951),
    role(4188, "יעל בן־דוד", "Yael Ben-David", "IL", 3790),
    role(4302, "渡辺 大翔", "Hiroto Watanabe", "JP", 1930),
];

fn find(index: u32) -> Option<&'static Role> {
    CAST.iter().find(|role| role.index == index)
}

/// Own and Latin writing of the name, for somebody of the cast.
pub(super) fn name_of(index: u32) -> Option<[String; 2]> {
    find(index).map(|role| [role.name.to_owned(), role.latin_name.to_owned()])
}

/// Country and sponsor, for somebody of the cast.
pub(super) fn place_of(index: u32) -> Option<(&'static str, u32)> {
    find(index).map(|role| (role.country, role.sponsor))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sponsors_are_of_the_cast_and_older() {
        for role in CAST.iter().skip(1) {
            assert!(role.sponsor < role.index && find(role.sponsor).is_some(), "{}", role.name);
        }
    }
}
