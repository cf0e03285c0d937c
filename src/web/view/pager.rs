//! The line below a list: which rows are shown, of how many, and the other pages.

use super::Address;
use crate::domain::money::grouped;
use crate::store::Total;

/// Rows on a page.
pub const ROWS: i64 = 50;

/// A page of the list.
pub struct PageLink {
    /// Its number; 0 stands for pages that are left out.
    pub number: i64,
    /// Where it is.
    pub href: String,
}

/// The line below a list.
pub struct Pager {
    /// Such as `51–100 of 412`.
    pub shown: String,
    /// The page before.
    pub previous: Option<String>,
    /// The page after.
    pub next: Option<String>,
    /// The pages worth a link.
    pub pages: Vec<PageLink>,
    /// The page that is shown.
    pub current: i64,
}

/// The page that is asked for, from 1, never beyond the last.
pub fn page_of(asked: Option<i64>, total: Total) -> i64 {
    asked.unwrap_or(1).clamp(1, last_page(total))
}

const fn last_page(total: Total) -> i64 {
    let pages = (total.count + ROWS - 1) / ROWS;
    if pages < 1 { 1 } else { pages }
}

impl Pager {
    /// The line for this page; `address` is the list's without the page.
    pub fn new(address: &Address, current: i64, total: Total) -> Self {
        let last = last_page(total);
        let href = |page: i64| {
            if page == 1 { address.without("page").to_string() } else { address.with("page", page).to_string() }
        };
        let wanted = [1, current - 1, current, current + 1, last];
        let mut numbers: Vec<i64> = wanted.into_iter().filter(|page| (1..=last).contains(page)).collect();
        numbers.sort_unstable();
        numbers.dedup();
        let mut pages = Vec::with_capacity(numbers.len() + 2);
        let mut before = 0;
        for number in numbers {
            if number > before + 1 {
                pages.push(PageLink { number: 0, href: String::new() });
            }
            pages.push(PageLink { number, href: href(number) });
            before = number;
        }
        Self {
            shown: shown(current, total),
            previous: (current > 1).then(|| href(current - 1)),
            next: (current < last).then(|| href(current + 1)),
            pages,
            current,
        }
    }
}

fn shown(current: i64, total: Total) -> String {
    let of = written(total);
    if total.count == 0 {
        return of;
    }
    let first = (current - 1) * ROWS + 1;
    let last = (current * ROWS).min(total.count);
    format!("{}–{} of {of}", grouped(first.into()), grouped(last.into()))
}

/// `412`, or `more than 10,000`.
pub fn written(total: Total) -> String {
    let count = grouped(total.count.into());
    if total.is_more { format!("more than {count}") } else { count }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_far_away_are_left_out() {
        let total = Total { count: 1234, is_more: false };
        let pager = Pager::new(&Address::new("/members").with("q", "x"), 12, total);
        let numbers: Vec<i64> = pager.pages.iter().map(|page| page.number).collect();
        assert_eq!(numbers, [1, 0, 11, 12, 13, 0, 25]);
        assert_eq!(pager.shown, "551–600 of 1,234");
        assert_eq!(pager.previous.as_deref(), Some("/members?q=x&page=11"));
        assert_eq!(page_of(Some(99), total), 25);
        assert_eq!(page_of(Some(-3), Total { count: 0, is_more: false }), 1);
    }
}
