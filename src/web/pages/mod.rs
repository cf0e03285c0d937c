//! The pages: one folder per noun, one file per action.

pub mod account;
pub mod audit;
pub mod begin;
pub mod commissions;
pub mod company;
pub mod genealogy;
pub mod health;
pub mod imports;
pub mod jobs;
pub mod members;
pub mod orders;
pub mod password;
pub mod products;
pub mod search;
pub mod setup;
pub mod sign_in;
pub mod staff;
pub(crate) mod standing;
pub mod statements;
pub mod theme;
pub mod today;

use rocket::Route;

/// Every page.
pub fn routes() -> Vec<Route> {
    [
        account::routes(),
        audit::routes(),
        begin::routes(),
        commissions::routes(),
        company::routes(),
        genealogy::routes(),
        health::routes(),
        imports::routes(),
        jobs::routes(),
        members::routes(),
        orders::routes(),
        password::routes(),
        products::routes(),
        search::routes(),
        setup::routes(),
        sign_in::routes(),
        staff::routes(),
        statements::routes(),
        theme::routes(),
        today::routes(),
    ]
    .concat()
}

/// Whether this leads to a page of this console and nowhere else: where to go after a form.
pub fn local_path(path: &str) -> Option<&str> {
    let plain = path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    (path.starts_with('/') && !path.starts_with("//") && plain).then_some(path)
}

#[cfg(test)]
mod tests {
    use super::local_path;

    #[test]
    fn only_paths_of_this_console_are_followed() {
        assert_eq!(local_path("/members?q=a%20b"), Some("/members?q=a%20b"));
        for elsewhere in ["", "members", "//evil.example", "/\\evil.example", "https://evil.example", "/a\nb", "/ä"] {
            assert_eq!(local_path(elsewhere), None, "{elsewhere:?}");
        }
    }
}
