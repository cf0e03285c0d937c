//! Passwords: when one is good enough, its hash (argon2id, 46 MiB), and the check against it.

use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};

use super::token;

/// Memory in KiB.
const MEMORY: u32 = 46 * 1024;
/// Passwords have at least this many characters.
pub const SHORTEST: usize = 15;
/// Longer ones would only make the hash slow.
const LONGEST: usize = 512;
/// Words and sequences that lists of stolen passwords begin with.
const COMMON: &[&str] = &[
    "password", "passwort", "qwerty", "qwertz", "azerty", "letmein", "welcome", "iloveyou", "monkey", "dragon",
    "football", "baseball", "sunshine", "princess", "superman", "trustno1", "starwars", "admin", "changeme", "secret",
    "whatever", "master", "shadow", "michael", "jordan", "charlie", "computer", "internet", "mainstay", "1q2w3e4r",
    "1qaz2wsx", "zaq12wsx", "asdfgh", "zxcvbn", "abc123", "abcdef", "123456", "12345", "1234", "654321", "111111",
    "000000", "123123", "121212", "987654", "q1w2e3", "pass", "test", "login", "hello", "freedom", "nothing",
];

/// Why a password is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Weak {
    /// Too short.
    #[error("use at least {SHORTEST} characters; a few words in a row are easy to remember")]
    Short,
    /// Far too long.
    #[error("use at most {LONGEST} characters")]
    Long,
    /// On every list of stolen passwords, or close to it.
    #[error("this password is easy to guess: it is made of common words, repeats or sequences")]
    Common,
    /// It holds what everybody knows about the person.
    #[error("the password must not be made of your name or your address for mail")]
    Personal,
}

/// Whether the password is good enough for this person.
pub fn check(password: &str, name: &str, email: &str) -> Result<(), Weak> {
    let length = password.chars().count();
    if length < SHORTEST {
        return Err(Weak::Short);
    }
    if is_too_long(password) {
        return Err(Weak::Long);
    }
    let folded = crate::text::folded(password);
    // What is left without common words must still be worth guessing.
    let rest = COMMON.iter().fold(folded.clone(), |rest, word| rest.replace(word, ""));
    if distinct(&folded) < 6 || distinct(&rest) < 4 || is_sequence(&folded) {
        return Err(Weak::Common);
    }
    let known = format!("{name} {}", email.replace(['@', '.', '-', '_'], " "));
    let personal = crate::text::folded(&known);
    let without =
        personal.split_whitespace().filter(|word| word.len() > 2).fold(folded, |rest, word| rest.replace(word, ""));
    if distinct(&without) < 4 { Err(Weak::Personal) } else { Ok(()) }
}

/// Whether nobody has such a password, so that it need not be hashed.
pub fn is_too_long(password: &str) -> bool {
    password.chars().count() > LONGEST
}

/// How many different characters.
fn distinct(text: &str) -> usize {
    text.chars().collect::<std::collections::BTreeSet<_>>().len()
}

/// Whether nearly every character follows from the one before (abcdef, 98765).
fn is_sequence(text: &str) -> bool {
    let codes: Vec<i64> = text.chars().map(|c| i64::from(u32::from(c))).collect();
    let steps = codes.windows(2).filter(|pair| (pair[1] - pair[0]).abs() <= 1).count();
    steps * 10 >= codes.len().saturating_sub(1) * 9
}

/// The password could not be hashed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the password could not be stored ({0}); nothing was changed")]
pub struct HashFault(String);

fn argon() -> Result<Argon2<'static>, HashFault> {
    let params = Params::new(MEMORY, 1, 1, None).map_err(|fault| HashFault(fault.to_string()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// The hash to store. Takes some 50 ms of blocking work.
pub fn hash(password: &str) -> Result<String, HashFault> {
    let seed = token::new().map_err(|fault| HashFault(fault.to_string()))?;
    let salt = SaltString::encode_b64(&seed.as_bytes()[..32]).map_err(|fault| HashFault(fault.to_string()))?;
    let hash = argon()?.hash_password(password.as_bytes(), &salt).map_err(|fault| HashFault(fault.to_string()))?;
    Ok(hash.to_string())
}

/// Whether the password fits the hash. An empty hash takes as long and never fits.
pub fn fits(password: &str, stored: &str) -> bool {
    // The hash of nothing in particular, so that an unknown account answers no sooner than a known one.
    const NOBODY: &str =
        "$argon2id$v=19$m=47104,t=1,p=1$bm9ib2R5IGtub3dzIHRoaXMgc2FsdA$qZ0m1W5y2r7o0c2Yk3m5X8cJ1h4sT6uV9wA0bC2dE4E";
    if is_too_long(password) {
        return false;
    }
    let known = if stored.is_empty() { NOBODY } else { stored };
    let Ok(parsed) = PasswordHash::new(known) else { return false };
    let Ok(argon) = argon() else { return false };
    argon.verify_password(password.as_bytes(), &parsed).is_ok() && !stored.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_fits_its_own_hash_only() {
        let stored = hash("correct horse battery staple").unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=47104,t=1,p=1$"), "{stored}");
        assert!(fits("correct horse battery staple", &stored));
        assert!(!fits("correct horse battery stable", &stored));
        assert!(!fits("", ""));
        assert!(PasswordHash::new("$argon2id$v=19$m=47104,t=1,p=1$bm9ib2R5IGtub3dzIHRoaXMgc2FsdA$qZ0m1W5y2r7o0c2Yk3m5X8cJ1h4sT6uV9wA0bC2dE4E").is_ok());
    }

    #[test]
    fn weak_passwords_are_told_why() {
        let weak = |password| check(password, "Ingrid Solheim", "ingrid@sallowfield.example");
        assert_eq!(weak("kort"), Err(Weak::Short));
        assert_eq!(weak("password123456789"), Err(Weak::Common));
        assert_eq!(weak("aaaaaaaaaaaaaaaaaaaa"), Err(Weak::Common));
        assert_eq!(weak("abcdefghijklmnopqrst"), Err(Weak::Common));
        assert_eq!(weak("ingridsolheimsallowfield"), Err(Weak::Personal));
        assert_eq!(weak("winter tram beside the mill"), Ok(()));
        assert_eq!(weak(&"ab cd ef ".repeat(60)), Err(Weak::Long));
    }
}
