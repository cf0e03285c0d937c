//! What is asked of a staff account's fields, wherever they are typed.

use super::enroll::looks_like_mail;
use super::{FieldFault, password};

/// A name and an address for mail, tidied, with what is wrong about them.
pub fn person(name: &str, email: &str) -> (String, String, Vec<FieldFault>) {
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    let email = email.trim().to_lowercase();
    let mut faults = Vec::new();
    if name.is_empty() {
        faults.push(FieldFault::new("name", "Write the name of the person"));
    } else if name.chars().count() > 100 {
        faults.push(FieldFault::new("name", "The name is longer than 100 characters"));
    }
    if email.len() > 254 || !looks_like_mail(&email) {
        faults.push(FieldFault::new("email", "Write an address for mail, such as name@example.org"));
    }
    (name, email, faults)
}

/// What is wrong about a password and its repetition.
pub fn new_password(password: &str, again: &str, name: &str, email: &str) -> Vec<FieldFault> {
    let mut faults = Vec::new();
    if let Err(weak) = password::check(password, name, email) {
        let text = weak.to_string();
        let mut chars = text.chars();
        let first = chars.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
        faults.push(FieldFault::new("password", format!("{first}{}", chars.as_str())));
    } else if password != again {
        faults.push(FieldFault::new("again", "The two passwords are not the same"));
    }
    faults
}
