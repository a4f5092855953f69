//! E-mail addresses, also those that are spelled out: `jo (at) example (dot) org`.

use crate::personal_data::finding::{Finding, Kind};
use regex::Regex;
use std::sync::LazyLock;

/// Providers that people name without their ending: `jo@gmail`.
const PROVIDERS: [&str; 14] =
    ["gmail", "googlemail", "hotmail", "outlook", "yahoo", "icloud", "live", "msn", "aol", "gmx", "web", "orange", "protonmail", "free"];
/// Endings after a comma that was meant as a dot: `jo@example,com`.
const ENDINGS: [&str; 12] = ["com", "fr", "de", "es", "net", "org", "eu", "co", "uk", "ch", "at", "be"];

/// An address whose signs are written as words in brackets.
static SPELLED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)[\p{L}0-9._%+\-]+ ?[(\[{](?:at|@|arobase|arroba)[)\]}] ?[\p{L}0-9\-]+",
        r"(?:(?:\.| ?[(\[{](?:dot|point|punto|punkt)[)\]}] ?)[\p{L}0-9\-]+)+",
    ))
    .ok()
});

/// A quick look for spelled-out addresses.
pub fn may_be_spelled(text: &str) -> bool {
    text.contains([')', ']', '}'])
        && ["at)", "at]", "at}", "AT)", "AT]", "@)", "@]", "rroba)", "arobase)"].iter().any(|mark| text.contains(mark))
}

/// Every address. A finding is an address with something before the sign and a domain behind it.
pub fn find(text: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    if may_be_spelled(text) {
        findings.extend(SPELLED.iter().flat_map(|pattern| pattern.find_iter(text)).map(|found| Finding::new(Kind::Email, found.range())));
    }
    let mut from = findings.last().map_or(0, |last: &Finding| last.span.end);
    while let Some(at) = text.get(from..).and_then(|rest| rest.find('@')).map(|at| from + at) {
        from = at + 1;
        let before = findings.last().map_or(0, |last| last.span.end);
        let local = text.get(before..at).map_or(at, |head| at - local_bytes(head));
        let end = text.get(at + 1..).map_or(0, domain_bytes);
        if local < at && end > 0 {
            from = at + 1 + end;
            findings.push(Finding::new(Kind::Email, local..from));
        }
    }
    findings
}

fn is_local(c: char) -> bool {
    c.is_alphanumeric() || "._%+-'’".contains(c)
}

/// Bytes of the part before the sign, seen from its end.
fn local_bytes(head: &str) -> usize {
    let local = head.rsplit(|c: char| !is_local(c)).next().unwrap_or_default();
    local.trim_start_matches(['\'', '’', '.', '-']).len()
}

/// Bytes of a domain at the start of a text; 0 when there is none.
fn domain_bytes(text: &str) -> usize {
    let is_label = |c: char| c.is_alphanumeric() || c == '-' || c == '.';
    let run = text.split(|c: char| !is_label(c)).next().unwrap_or_default().trim_end_matches(['.', '-']);
    // A sentence may begin right behind an address: `jo@example.org.Thanks` keeps the last label, which does no harm.
    let first = run.split('.').next().unwrap_or_default();
    if first.is_empty() {
        return 0;
    }
    if let Some((_, ending)) = run.rsplit_once('.') {
        let letters = ending.chars().take_while(|c| c.is_alphabetic()).count();
        return if letters >= 2 || ending.starts_with("xn--") { run.len() } else { 0 };
    }
    let after = text.get(run.len()..).unwrap_or_default();
    let meant = after.strip_prefix(',').and_then(|rest| ENDINGS.iter().find(|ending| starts_with_word(rest, ending)));
    match meant {
        Some(ending) => run.len() + 1 + ending.len(),
        None if PROVIDERS.iter().any(|provider| provider.eq_ignore_ascii_case(run)) => run.len(),
        None => 0,
    }
}

fn starts_with_word(text: &str, word: &str) -> bool {
    let (head, rest) = (text.get(..word.len()), text.get(word.len()..));
    head.is_some_and(|head| head.eq_ignore_ascii_case(word)) && !rest.is_some_and(|rest| rest.starts_with(char::is_alphanumeric))
}
