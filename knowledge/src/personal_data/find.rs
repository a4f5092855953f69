//! All structured personal data of a text.
//!
//! A text is searched in segments. What stands between two findings is searched again as a text of its own, until nothing is
//! found any more, and placeholders part segments: so a text whose findings were replaced holds no finding, by construction.

use crate::personal_data::finding::{Finding, Kind};
use crate::personal_data::{email, iban, link, number, secret};
use regex::Regex;
use std::ops::Range;
use std::sync::LazyLock;

/// A placeholder, with a number or without.
static PLACEHOLDER: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let words: Vec<&str> = Kind::ALL.iter().map(|kind| kind.word()).collect();
    Regex::new(&format!(r"\[(?:{})(?: [0-9]{{1,6}})?\]", words.join("|"))).ok()
});

/// What is looked for in plain text, in this order: what is found first is not read as something else.
const SEARCHES: [fn(&str) -> Vec<Finding>; 4] = [email::find, iban::find, secret::find, number::find];

/// Where placeholders stand in a text.
pub fn placeholders(text: &str) -> Vec<Range<usize>> {
    if !text.contains('[') {
        return Vec::new();
    }
    PLACEHOLDER.iter().flat_map(|pattern| pattern.find_iter(text)).map(|found| found.range()).collect()
}

/// Every finding, in the order of the text; none overlap, and none lies in a placeholder. Names are the work of
/// [`crate::stages::personal`].
pub fn find(text: &str) -> Vec<Finding> {
    if !may_hold(text) {
        return Vec::new();
    }
    let mut findings = Vec::new();
    let mut segments = between(text, 0..text.len(), placeholders(text));
    while let Some(segment) = segments.pop() {
        let inner = text.get(segment.clone()).unwrap_or_default();
        let found: Vec<Finding> = scan(inner).into_iter().map(|finding| finding.moved(segment.start)).collect();
        if !found.is_empty() {
            segments.extend(between(text, segment, found.iter().map(|finding| finding.span.clone())));
            findings.extend(found);
        }
    }
    findings.sort_by_key(|finding| finding.span.start);
    findings
}

/// Most texts hold neither a digit, nor an address, nor a link.
fn may_hold(text: &str) -> bool {
    text.bytes().any(|byte| byte.is_ascii_digit() || byte == b'@') || link::may_hold(text) || email::may_be_spelled(text)
}

/// What one look at a segment finds.
fn scan(segment: &str) -> Vec<Finding> {
    if !may_hold(segment) {
        return Vec::new();
    }
    let links = link::spans(segment);
    let mut findings: Vec<Finding> = Vec::new();
    for span in &links {
        let inner = segment.get(span.clone()).unwrap_or_default();
        findings.extend(link::find(inner).into_iter().map(|finding| finding.moved(span.start)));
    }
    for plain in between(segment, 0..segment.len(), links) {
        let inner = segment.get(plain.clone()).unwrap_or_default();
        let found = SEARCHES.iter().map(|search| search(inner)).find(|found| !found.is_empty()).unwrap_or_default();
        findings.extend(found.into_iter().map(|finding| finding.moved(plain.start)));
    }
    findings.sort_by_key(|finding| finding.span.start);
    findings
}

/// What stands between spans that are in order, where it is not empty.
fn between(text: &str, whole: Range<usize>, spans: impl IntoIterator<Item = Range<usize>>) -> Vec<Range<usize>> {
    let mut at = whole.start;
    let mut parts = Vec::new();
    for span in spans {
        parts.push(at..span.start);
        at = span.end;
    }
    parts.push(at..whole.end);
    parts.retain(|part| text.get(part.clone()).is_some_and(|part| !part.is_empty()));
    parts
}
