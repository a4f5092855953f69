//! Groups of digits that are dates, times, amounts and the like, by their form alone.

use crate::personal_data::context::Subject;
use crate::personal_data::run::Run;
use std::ops::RangeInclusive;

/// Years that people write of.
const YEARS: RangeInclusive<u32> = 1900..=2099;
/// A day of these years is a birthday, for nothing is sold or sent then.
const BIRTH_YEARS: RangeInclusive<u32> = 1900..=1999;

/// What some groups are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shape {
    /// So many groups name nobody.
    Harmless(usize),
    /// So many groups are a date of birth.
    Birthday(usize),
}

/// What the groups from one on are; none when their form does not tell.
pub fn shape(run: &Run<'_>, from: usize, subject: Subject) -> Option<Shape> {
    let value = |group: usize| run.digits_of(group).parse::<u32>().ok();
    let lengths: Vec<usize> = run.groups.iter().skip(from).take(5).map(|group| group.end - group.start).collect();
    if let Some((year, count)) = date(run, from, &lengths) {
        let is_birth = subject == Subject::Birth || year.is_some_and(|year| BIRTH_YEARS.contains(&year));
        return Some(if is_birth { Shape::Birthday(count) } else { Shape::Harmless(count) });
    }
    let is_year = |group: usize| lengths.get(group - from) == Some(&4) && value(group).is_some_and(|year| YEARS.contains(&year));
    if is_year(from) && is_year(from + 1) {
        return Some(Shape::Harmless(2));
    }
    is_hours(run, from, &lengths, subject).or_else(|| plain_number(run, from, &lengths, subject)).map(Shape::Harmless)
}

/// A date, with its year when that has four digits, and how many groups it takes.
fn date(run: &Run<'_>, from: usize, lengths: &[usize]) -> Option<(Option<u32>, usize)> {
    let value = |group: usize| run.digits_of(from + group).parse::<u32>().unwrap_or(u32::MAX);
    let day = |group: usize| (1..=31).contains(&value(group));
    let month = |group: usize| (1..=12).contains(&value(group));
    let mark = run.separator(from);
    if run.separator(from + 1) != mark || !matches!(mark, "." | "-" | "/" | " ") {
        return None;
    }
    let is_day_and_month = |a: usize, b: usize| (day(a) && month(b)) || (month(a) && day(b));
    match lengths {
        [4, 1..=2, 1..=2, ..] if YEARS.contains(&value(0)) && is_day_and_month(1, 2) => Some((Some(value(0)), 3)),
        [1..=2, 1..=2, 4, ..] if YEARS.contains(&value(2)) && is_day_and_month(0, 1) => Some((Some(value(2)), 3)),
        [1..=2, 1..=2, 2, ..] if mark != " " && run.separator(from + 2) != mark && is_day_and_month(0, 1) => Some((None, 3)),
        _ => None,
    }
}

/// Opening hours: `10.30-18.00`, `0900-1700`.
fn is_hours(run: &Run<'_>, from: usize, lengths: &[usize], subject: Subject) -> Option<usize> {
    let value = |group: usize| run.digits_of(from + group).parse::<u32>().unwrap_or(u32::MAX);
    let hour = |hours: u32, minutes: u32| hours <= 24 && minutes < 60;
    let marks = [run.separator(from), run.separator(from + 1), run.separator(from + 2)];
    match lengths {
        [1..=2, 2, 1..=2, 2, ..] if marks[0] == "." && marks[2] == "." && marks[1] != "." => {
            (hour(value(0), value(1)) && hour(value(2), value(3))).then_some(4)
        }
        [4, 4, ..] if subject != Subject::Phone => {
            (hour(value(0) / 100, value(0) % 100) && hour(value(1) / 100, value(1) % 100)).then_some(2)
        }
        _ => None,
    }
}

/// Thousands (`1 250 000`), a US post code with its box, an internet address, a version.
fn plain_number(run: &Run<'_>, from: usize, lengths: &[usize], subject: Subject) -> Option<usize> {
    if subject == Subject::Phone {
        return None;
    }
    let mark = run.separator(from);
    let even = 1 + (from..run.groups.len()).take_while(|group| run.separator(*group) == mark && !mark.is_empty()).count();
    let first = run.digits_of(from);
    let is_mobile = lengths.get(..3) == Some(&[3, 3, 3]) && first.starts_with(['6', '7', '8', '9']);
    let is_thousands = lengths.first().is_some_and(|first| *first <= 3) && (1..even).all(|group| run.digits_of(from + group).len() == 3);
    if matches!(mark, " " | "." | "\u{a0}" | "\u{202f}") && even > 1 && is_thousands && !first.starts_with('0') && !is_mobile {
        return Some(even);
    }
    if lengths == [5, 4] && mark == "-" {
        return Some(2);
    }
    let is_byte = |group: usize| run.digits_of(from + group).parse::<u32>().is_ok_and(|value| value <= 255);
    let is_address = even == 4 && (0..4).all(is_byte) && (0..4).any(|group| run.digits_of(from + group).len() != 2);
    let is_version = even >= 3 && (1..even).any(|group| run.digits_of(from + group).len() == 1) && !first.starts_with('0');
    (mark == "." && (is_address || is_version)).then_some(even)
}
