//! Phone numbers, by how people of a country write them.
//!
//! International numbers by ITU-T E.164: a plus or two zeros, a country code, at most 15 digits. National ones with a leading
//! zero (France, Germany, the United Kingdom, Switzerland), Spanish ones of nine digits, those of North America in 3-3-4.
//! Shorter and unusual ones only when the words before speak of a phone.

use crate::personal_data::run::Run;

/// Digits of an international number with its country code, at least.
const WORLD_DIGITS_MIN: usize = 8;
/// Digits of an international number with its country code, at most (E.164).
const WORLD_DIGITS_MAX: usize = 15;
/// Digits of a national number with its zero, at least.
const NATIONAL_DIGITS_MIN: usize = 9;
/// Digits of a national number with its zero, at most.
const NATIONAL_DIGITS_MAX: usize = 12;
/// A French number with its zero; a number in pairs ends there.
const PAIRED_DIGITS: usize = 10;
/// Digits of a number that is announced as one, at least.
const NAMED_DIGITS_MIN: usize = 6;
/// From so many digits on, a number whose last group has [`BLOCK_DIGITS`] is complete.
const COMPLETE_DIGITS: usize = 10;
/// Digits of a group that is all of a subscriber's number.
const BLOCK_DIGITS: usize = 4;

/// Country codes with the digits that follow, where that is one number.
const COUNTRIES: [(&str, usize); 24] = [
    ("1", 10),
    ("33", 9),
    ("34", 9),
    ("44", 10),
    ("41", 9),
    ("31", 9),
    ("351", 9),
    ("353", 9),
    ("45", 8),
    ("48", 9),
    ("420", 9),
    ("7", 10),
    ("90", 10),
    ("91", 10),
    ("86", 11),
    ("61", 9),
    ("52", 10),
    ("55", 11),
    ("212", 9),
    ("213", 9),
    ("216", 8),
    ("47", 8),
    ("40", 9),
    ("421", 9),
];

/// As Spanish numbers are grouped.
const SPANISH: [&[usize]; 6] = [&[9], &[3, 3, 3], &[3, 2, 2, 2], &[2, 3, 2, 2], &[3, 6], &[2, 7]];
/// As numbers of North America are grouped.
const AMERICAN: [&[usize]; 5] = [&[3, 3, 4], &[3, 7], &[1, 3, 3, 4], &[10], &[11]];

/// How sure the form alone is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    /// A plus, two zeros, or pairs behind a zero: nothing else looks so.
    Certain(usize),
    /// The usual form of a country.
    Usual(usize),
}

/// How many groups from one on are a phone number, by their form.
pub fn form(run: &Run<'_>, from: usize) -> Option<Form> {
    let lengths = run.lengths(from);
    let digits = run.digits_of(from);
    if has_plus(run.before(from)) {
        return international(run, from, &lengths, 0).map(Form::Certain);
    }
    if digits.starts_with("00") && !digits.starts_with("000") {
        return international(run, from, &lengths, 2).map(Form::Certain);
    }
    if digits.starts_with('0') {
        let count = national(run, from, &lengths)?;
        return Some(if count > 1 { Form::Certain(count) } else { Form::Usual(count) });
    }
    let usual = |shapes: &[&[usize]]| shapes.iter().filter(|shape| lengths.starts_with(shape)).map(|shape| shape.len()).max();
    let spanish = usual(&SPANISH).filter(|_| digits.starts_with(['6', '7', '8', '9']));
    spanish.or_else(|| usual(&AMERICAN).filter(|count| is_american(&run.joined(from, *count), *count))).map(Form::Usual)
}

/// Without gaps, area and office begin with 2 to 9; with gaps the form says enough.
fn is_american(digits: &str, count: usize) -> bool {
    let national = if digits.len() == 11 { digits.strip_prefix('1').unwrap_or_default() } else { digits };
    let at = |place: usize| national.as_bytes().get(place).is_some_and(|digit| (b'2'..=b'9').contains(digit));
    national.len() == 10 && (count > 1 || (at(0) && at(3)))
}

/// Seven digits as 3-4 with a hyphen or a dot, as within one area of North America.
pub fn local(run: &Run<'_>, from: usize) -> Option<usize> {
    let is_local = run.lengths(from) == [3, 4] && matches!(run.separator(from), "-" | ".");
    is_local.then_some(2)
}

/// How many groups are the number that the words before announce.
pub fn named(run: &Run<'_>, from: usize) -> Option<usize> {
    complete(run, from, &run.lengths(from), WORLD_DIGITS_MAX).filter(|count| run.joined(from, *count).len() >= NAMED_DIGITS_MIN)
}

fn has_plus(before: &str) -> bool {
    before.trim_end_matches([' ', '(']).ends_with('+')
}

fn international(run: &Run<'_>, from: usize, lengths: &[usize], zeros: usize) -> Option<usize> {
    let all = run.joined(from, lengths.len());
    let digits = all.get(zeros..).unwrap_or_default();
    let country = COUNTRIES.iter().find(|(code, _)| digits.starts_with(code));
    if let Some((code, national)) = country {
        // "+33 (0)6 12 ..." and "+33 06 12 ..." carry the zero that is dialled at home.
        let home = usize::from(digits.get(code.len()..).is_some_and(|rest| rest.starts_with('0')));
        if let Some(count) = exactly(lengths, zeros + code.len() + home + national) {
            return Some(count);
        }
    }
    complete(run, from, lengths, WORLD_DIGITS_MAX + zeros).filter(|count| run.joined(from, *count).len() >= WORLD_DIGITS_MIN + zeros)
}

fn national(run: &Run<'_>, from: usize, lengths: &[usize]) -> Option<usize> {
    let is_german_mobile = ["015", "016", "017"].iter().any(|start| run.joined(from, lengths.len()).starts_with(start));
    if !is_german_mobile && let Some(count) = exactly(lengths, PAIRED_DIGITS) {
        return Some(count);
    }
    complete(run, from, lengths, NATIONAL_DIGITS_MAX).filter(|count| run.joined(from, *count).len() >= NATIONAL_DIGITS_MIN)
}

/// How many groups have so many digits together.
fn exactly(lengths: &[usize], digits: usize) -> Option<usize> {
    let mut total = 0;
    let reached = lengths.iter().position(|length| {
        total += length;
        total >= digits
    });
    reached.filter(|_| total == digits).map(|last| last + 1)
}

/// Takes groups while they fit. A number that is complete takes no more after a blank, and a lone digit at the end is not
/// part of it.
fn complete(run: &Run<'_>, from: usize, lengths: &[usize], digits_max: usize) -> Option<usize> {
    let (mut total, mut count) = (0, 0);
    for (place, length) in lengths.iter().enumerate() {
        let before = place.checked_sub(1).and_then(|before| lengths.get(before)).copied().unwrap_or(0);
        if total + length > digits_max || (total >= COMPLETE_DIGITS && before >= BLOCK_DIGITS) {
            break;
        }
        total += length;
        count = place + 1;
    }
    let is_lone = count > 1 && lengths.get(count - 1) == Some(&1) && total > NATIONAL_DIGITS_MIN && run.separator(from + count - 2) == " ";
    let count = if is_lone { count - 1 } else { count };
    (count > 0).then_some(count)
}

/// The first byte of a number: a plus or an opening bracket before it is part of it.
pub fn start(text: &str, span: &std::ops::Range<usize>) -> usize {
    let before = text.get(..span.start).unwrap_or_default();
    let is_closed = text.get(span.clone()).is_some_and(|number| number.contains(')'));
    let opened = before.strip_suffix('(').filter(|_| is_closed).unwrap_or(before);
    let plus = opened.strip_suffix('+').or_else(|| opened.strip_suffix("+ ")).unwrap_or(opened);
    let outer = plus.strip_suffix('(').filter(|_| is_closed && opened.len() == before.len()).unwrap_or(plus);
    outer.len()
}
