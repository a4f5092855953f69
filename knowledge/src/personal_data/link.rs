//! Links: the page stays, what follows it goes, and so do addresses in it.

use crate::personal_data::email;
use crate::personal_data::finding::{Finding, Kind};
use regex::Regex;
use std::ops::Range;
use std::sync::LazyLock;

/// A link never holds a bracket here: it would run into a placeholder.
static LINK: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"\b(?:(?i:https?)://|www\.|Www\.|WWW\.)[^\s<>\[\]]+").ok());

/// What may end a sentence behind a link and is no part of it.
const CLOSING: [char; 8] = ['?', '!', '.', ',', ';', ':', ')', '#'];

/// A quick look.
pub fn may_hold(text: &str) -> bool {
    ["://", "www.", "Www.", "WWW."].iter().any(|mark| text.contains(mark))
}

/// Where links stand.
pub fn spans(text: &str) -> Vec<Range<usize>> {
    if !may_hold(text) {
        return Vec::new();
    }
    LINK.iter().flat_map(|pattern| pattern.find_iter(text)).map(|found| found.range()).collect()
}

/// What is personal in one link: all that follows the page, and addresses in the page.
pub fn find(link: &str) -> Vec<Finding> {
    let page = link.find(['?', '#']).unwrap_or(link.len());
    let mut findings = email::find(link.get(..page).unwrap_or_default());
    let query = link.get(page..).unwrap_or_default();
    if !query.trim_end_matches(CLOSING).is_empty() {
        findings.push(Finding::new(Kind::Link, page..link.len()));
    }
    findings
}
