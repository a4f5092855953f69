//! Everything personal that is made of digits.

use crate::personal_data::context::{Subject, subject};
use crate::personal_data::finding::{Finding, Kind};
use crate::personal_data::phone::{self, Form};
use crate::personal_data::run::{Group, Run, runs};
use crate::personal_data::shape::{Shape, shape};
use crate::personal_data::{card, social};
use std::ops::Range;

/// Digits of a number that names something, at least, when the words before say so.
const ORDER_DIGITS_MIN: usize = 5;
/// Digits of an order number in groups, at most.
const ORDER_DIGITS_MAX: usize = 20;
/// Digits without a gap that are hidden whatever they are.
const LONG_DIGITS_MIN: usize = 7;
/// Digits in even groups that are hidden whatever they are.
const GROUPED_DIGITS_MIN: usize = 10;
/// Digits of a word such as `1Z999AA10123456784` that make it the number of a parcel.
const WORD_DIGITS_MIN: usize = 8;
/// A number that ends with so many zeros is an amount.
const ROUND: &str = "0000";
/// Letters before the digits of an order number, at most: `AB-123456`.
const LETTERS_MAX: usize = 4;

/// Every finding among the digits of a text.
pub fn find(text: &str) -> Vec<Finding> {
    let mut findings: Vec<Finding> = Vec::new();
    if text.bytes().filter(u8::is_ascii_digit).count() < ORDER_DIGITS_MIN {
        return findings;
    }
    for run in runs(text) {
        let mut at = 0;
        while let Some(group) = run.groups.get(at) {
            let reading = if group.is_amount { Reading::nothing() } else { read(&run, at, *group) };
            at += reading.groups.max(1);
            let is_free = |span: &Range<usize>| findings.last().is_none_or(|last| last.span.end <= span.start);
            findings.extend(reading.finding.filter(|finding| is_free(&finding.span)));
        }
    }
    findings
}

/// What was read, and how many groups it took.
struct Reading {
    finding: Option<Finding>,
    groups: usize,
}

impl Reading {
    fn nothing() -> Self {
        Reading { finding: None, groups: 1 }
    }

    fn of(kind: Kind, run: &Run<'_>, from: usize, groups: usize) -> Self {
        let span = run.span(from, groups);
        let start = if kind == Kind::Phone { phone::start(run.text, &span) } else { span.start };
        Reading { finding: Some(Finding::new(kind, start..span.end)), groups }
    }
}

fn read(run: &Run<'_>, from: usize, group: Group) -> Reading {
    let subject = subject(run.before(from));
    if group.is_glued {
        return word(run, from, group, subject);
    }
    if let Some(groups) = card::groups(run, from) {
        return Reading::of(Kind::Card, run, from, groups);
    }
    if let Some(groups) = social::groups(run, from, subject == Subject::Social) {
        return Reading::of(Kind::SocialSecurity, run, from, groups);
    }
    match shape(run, from, subject) {
        Some(Shape::Birthday(groups)) => return Reading::of(Kind::Birthday, run, from, groups),
        Some(Shape::Harmless(groups)) => return Reading { finding: None, groups },
        None => {}
    }
    let form = phone::form(run, from);
    if let Some(Form::Certain(groups)) = form {
        return Reading::of(Kind::Phone, run, from, groups);
    }
    let ordered = order(run, from);
    match (subject, form, ordered) {
        (Subject::Order { is_next: true }, _, Some(reading)) => reading,
        (Subject::Product, _, _) => Reading::nothing(),
        (_, Some(Form::Usual(groups)), _) => Reading::of(Kind::Phone, run, from, groups),
        (Subject::Order { is_next: false }, _, Some(reading)) => reading,
        (Subject::Phone, _, _) => {
            phone::named(run, from).map_or_else(Reading::nothing, |groups| Reading::of(Kind::Phone, run, from, groups))
        }
        (_, _, _) => unnamed(run, from, subject),
    }
}

/// The number of an order, whose word stands before: groups with a blank or a hyphen between, and letters before them.
fn order(run: &Run<'_>, from: usize) -> Option<Reading> {
    let (mut digits, mut groups) = (0, 0);
    for (place, length) in run.lengths(from).into_iter().enumerate() {
        let is_joined = place == 0 || matches!(run.separator(from + place - 1), " " | "-");
        let is_more = digits < ORDER_DIGITS_MIN || length > 2;
        if !is_joined || !is_more || digits + length > ORDER_DIGITS_MAX {
            break;
        }
        digits += length;
        groups = place + 1;
    }
    if digits < ORDER_DIGITS_MIN {
        return None;
    }
    let span = run.span(from, groups);
    let start = span.start - letters_before(run.before(from));
    Some(Reading { finding: Some(Finding::new(Kind::Order, start..span.end)), groups })
}

/// Bytes of `AB-` or `AB ` before the digits of an order number.
fn letters_before(before: &str) -> usize {
    let Some(head) = before.strip_suffix(['-', ' ']) else { return 0 };
    let letters = head.rsplit(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
    let is_code = (1..=LETTERS_MAX).contains(&letters.len()) && letters.bytes().all(|byte| byte.is_ascii_uppercase());
    if is_code { letters.len() + 1 } else { 0 }
}

/// Digits within a word: the number of a parcel when there are many, or when the words before say so.
fn word(run: &Run<'_>, from: usize, group: Group, subject: Subject) -> Reading {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let before = run.text.get(..group.start).unwrap_or_default();
    let start = before.trim_end_matches(is_part).len();
    let length =
        run.text.get(start..).and_then(|rest| rest.split(|c: char| !is_part(c)).next()).map_or(0, |word| word.trim_end_matches('-').len());
    let word = run.text.get(start..start + length).unwrap_or_default();
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    let subject = if subject == Subject::Unknown {
        crate::personal_data::context::subject(run.text.get(..start).unwrap_or_default())
    } else {
        subject
    };
    let is_order = digits >= ORDER_DIGITS_MIN && matches!(subject, Subject::Order { .. });
    let is_parcel = digits >= WORD_DIGITS_MIN && subject != Subject::Product;
    if !(is_order || is_parcel) {
        return Reading::nothing();
    }
    let groups = run.groups.iter().skip(from).take_while(|group| group.start < start + length).count();
    Reading { finding: Some(Finding::new(Kind::Order, start..start + length)), groups }
}

/// Digits of which nothing is said.
fn unnamed(run: &Run<'_>, from: usize, subject: Subject) -> Reading {
    let lengths = run.lengths(from);
    if let Some(groups) = phone::local(run, from) {
        return Reading::of(Kind::Phone, run, from, groups);
    }
    if subject == Subject::Number
        && let Some(groups) = phone::named(run, from).filter(|groups| run.joined(from, *groups).len() >= LONG_DIGITS_MIN)
    {
        return Reading::of(Kind::Phone, run, from, groups);
    }
    let even = (2..=lengths.len()).rev().find(|count| is_grouped(run, from, *count));
    if let Some(groups) = even {
        let is_phone = run.joined(from, groups).len() <= 12;
        return Reading::of(if is_phone { Kind::Phone } else { Kind::Order }, run, from, groups);
    }
    if letters_before(run.before(from)) > 2
        && run.before(from).ends_with('-')
        && let Some(reading) = order(run, from)
    {
        return reading;
    }
    let is_pair = lengths == [4, 4] && run.separator(from) == " ";
    if is_pair {
        return Reading::of(Kind::Order, run, from, 2);
    }
    let digits = run.digits_of(from);
    let is_long = lengths.first().is_some_and(|first| *first >= LONG_DIGITS_MIN) && !digits.ends_with(ROUND) && !is_compact_date(digits);
    if is_long { Reading::of(Kind::Order, run, from, 1) } else { Reading::nothing() }
}

fn is_grouped(run: &Run<'_>, from: usize, count: usize) -> bool {
    let lengths = run.lengths(from);
    let groups = lengths.get(..count).unwrap_or_default();
    let digits: usize = groups.iter().sum();
    count >= 3
        && digits >= GROUPED_DIGITS_MIN
        && groups.iter().all(|length| *length >= 2)
        && groups.iter().any(|length| *length > 2)
        && run.is_even(from, count)
}

/// `20240512`.
fn is_compact_date(digits: &str) -> bool {
    let part = |range: Range<usize>| digits.get(range).and_then(|part| part.parse::<u32>().ok()).unwrap_or(0);
    digits.len() == 8 && (1900..=2099).contains(&part(0..4)) && (1..=12).contains(&part(4..6)) && (1..=31).contains(&part(6..8))
}
