//! Digits as they stand in a text: runs of groups with a little between them.

use crate::personal_data::context;
use std::ops::Range;

/// Characters between two groups of one run, at most: `030 / 1234567`.
const SEPARATOR_CHARS_MAX: usize = 3;
/// What may stand between two groups of one run. A comma, a colon and a letter part runs.
const SEPARATORS: [char; 10] = [' ', '\u{a0}', '\u{202f}', '.', '-', '/', '(', ')', '\u{2011}', '\u{2013}'];

/// Digits without a gap.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Group {
    /// First byte in the text.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// It counts or measures something (`30 cm`, `$5`, `12,50`): it belongs to no number that names somebody.
    pub is_amount: bool,
    /// A letter touches it: it is part of a word such as `1Z999AA1`.
    pub is_glued: bool,
}

/// Groups of digits that may be one number.
#[derive(Debug)]
pub struct Run<'a> {
    /// The text in which it stands.
    pub text: &'a str,
    /// Its groups, at least one.
    pub groups: Vec<Group>,
}

/// All runs of a text, in their order.
pub fn runs(text: &str) -> Vec<Run<'_>> {
    let mut runs: Vec<Run<'_>> = Vec::new();
    let mut at = 0;
    while let Some(start) = text.as_bytes().get(at..).and_then(|rest| rest.iter().position(u8::is_ascii_digit)).map(|found| at + found) {
        let digits = text.as_bytes().get(start..).map_or(0, |rest| rest.iter().take_while(|byte| byte.is_ascii_digit()).count());
        at = start + digits;
        let group = group(text, start..at);
        match runs.last_mut() {
            Some(run) if run.groups.last().is_some_and(|last| is_separator(text.get(last.end..start).unwrap_or_default())) => {
                run.groups.push(group);
            }
            Some(_) | None => runs.push(Run { text, groups: vec![group] }),
        }
    }
    runs
}

fn is_separator(between: &str) -> bool {
    between.chars().count() <= SEPARATOR_CHARS_MAX && between.chars().all(|c| SEPARATORS.contains(&c))
}

fn group(text: &str, span: Range<usize>) -> Group {
    let (before, after) = (text.get(..span.start).unwrap_or_default(), text.get(span.end..).unwrap_or_default());
    let letters_before = before.len() - before.trim_end_matches(char::is_alphabetic).len();
    let word_before = before.get(before.len() - letters_before..).unwrap_or_default();
    let word_after = context::word_at_start(after);
    let digits = text.get(span.clone()).unwrap_or_default();
    let is_amount = context::is_unit(after, word_after, digits) || context::ends_with_currency(before) || is_decimal(after, span.len());
    // "tel0612345678" and "0612345678stp" are written in haste; "1Z999" and "30x" are words.
    let touches_left = !word_before.is_empty() && !context::is_phone_word(word_before);
    let touches_right = !word_after.is_empty() && after.starts_with(word_after) && word_after.chars().any(|c| c.is_uppercase());
    Group { start: span.start, end: span.end, is_amount, is_glued: touches_left || touches_right }
}

/// `12,5` is an amount, and so is `12345.67`; a dot after few digits may part a phone number.
fn is_decimal(after: &str, digits: usize) -> bool {
    let mut rest = after.chars();
    let is_mark = match rest.next() {
        Some(',') => true,
        Some('.') => digits >= 4,
        Some(_) | None => false,
    };
    let decimals = rest.as_str().bytes().take_while(u8::is_ascii_digit).count();
    is_mark && (1..=2).contains(&decimals)
}

impl Run<'_> {
    /// The digits of a group; none when there is no such group.
    pub fn digits_of(&self, group: usize) -> &str {
        self.groups.get(group).and_then(|group| self.text.get(group.start..group.end)).unwrap_or_default()
    }

    /// What stands behind a group, up to the next one of the run; none behind the last.
    pub fn separator(&self, group: usize) -> &str {
        match (self.groups.get(group), self.groups.get(group + 1)) {
            (Some(a), Some(b)) => self.text.get(a.end..b.start).unwrap_or_default(),
            (_, _) => "",
        }
    }

    /// How long the groups are from one on, up to the first that is no part of a name's number.
    pub fn lengths(&self, from: usize) -> Vec<usize> {
        let rest = self.groups.iter().skip(from).take_while(|group| !group.is_amount && !group.is_glued);
        rest.map(|group| group.end - group.start).collect()
    }

    /// The digits of so many groups.
    pub fn joined(&self, from: usize, count: usize) -> String {
        (from..from + count).map(|group| self.digits_of(group)).collect()
    }

    /// The same stands between all of so many groups.
    pub fn is_even(&self, from: usize, count: usize) -> bool {
        (from + 1..(from + count).saturating_sub(1)).all(|group| self.separator(group) == self.separator(from))
    }

    /// Bytes of so many groups.
    pub fn span(&self, from: usize, count: usize) -> Range<usize> {
        let start = self.groups.get(from).map_or(0, |group| group.start);
        let end = self.groups.get((from + count).saturating_sub(1)).map_or(start, |group| group.end);
        start..end.max(start)
    }

    /// What stands before a group in the text.
    pub fn before(&self, group: usize) -> &str {
        self.groups.get(group).and_then(|group| self.text.get(..group.start)).unwrap_or_default()
    }
}
