//! Payment cards by ISO/IEC 7812: 13 to 19 digits, the last one a Luhn digit.

use crate::personal_data::run::Run;

/// Digits, at least.
const DIGITS_MIN: usize = 13;
/// Digits, at most.
const DIGITS_MAX: usize = 19;

/// How many groups of a run, from one on, are a card.
pub fn groups(run: &Run<'_>, from: usize) -> Option<usize> {
    let lengths = run.lengths(from);
    let known = (1..=lengths.len()).rev().filter(|count| lengths.get(..*count).is_some_and(is_usual));
    let whole = [lengths.len()].into_iter().filter(|_| from == 0);
    known.chain(whole).find(|count| run.is_even(from, *count) && is_card(&run.joined(from, *count)))
}

/// As cards are written: without a gap, in fours, or as 4-6-5 and 4-6-4.
fn is_usual(lengths: &[usize]) -> bool {
    match lengths {
        [_] | [4, 6, 4 | 5] => true,
        [fours @ .., last] => fours.len() >= 3 && fours.iter().all(|length| *length == 4) && *last <= 4,
        [] => false,
    }
}

/// Who issues cards of so many digits: the first digits tell.
fn is_issued(digits: &str) -> bool {
    let starts: &[&str] = match digits.len() {
        DIGITS_MIN => &["4"],
        14 => &["30", "36", "38", "39"],
        15 => &["34", "37"],
        16..=DIGITS_MAX => &["2", "3", "4", "5", "6"],
        _ => &[],
    };
    starts.iter().any(|start| digits.starts_with(start))
}

/// The Luhn checksum, over digits that somebody issues.
fn is_card(digits: &str) -> bool {
    let doubled = |digit: u32| if digit > 4 { digit * 2 - 9 } else { digit * 2 };
    let values = digits.chars().rev().filter_map(|c| c.to_digit(10)).enumerate();
    let sum: u32 = values.map(|(place, digit)| if place % 2 == 1 { doubled(digit) } else { digit }).sum();
    is_issued(digits) && sum.is_multiple_of(10)
}
