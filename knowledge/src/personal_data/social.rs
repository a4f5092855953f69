//! Numbers of social security: of the USA (three, two and four digits) and of France (NIR: sex, year, month, place, order,
//! and a key of two digits, 97 less the rest by 97).

use crate::personal_data::run::Run;

/// Digits of a number of the USA.
const USA_DIGITS: usize = 9;
/// Digits of a NIR with its key, and without.
const NIR_DIGITS: [usize; 2] = [15, 13];
/// As a NIR without its key is written.
const NIR_LENGTHS: [usize; 6] = [1, 2, 2, 2, 3, 3];

/// How many groups of a run, from one on, are such a number. `is_named`: the words before say that it is one.
pub fn groups(run: &Run<'_>, from: usize, is_named: bool) -> Option<usize> {
    let lengths = run.lengths(from);
    let is_usa = |count: &usize| {
        let shape = lengths.get(..*count);
        let is_shaped = shape == Some(&[3, 2, 4]) && run.is_even(from, 3) && !run.digits_of(from).starts_with("000");
        is_shaped || (is_named && run.joined(from, *count).len() == USA_DIGITS)
    };
    let is_nir = |count: &usize| {
        let digits = run.joined(from, *count);
        is_nir(&digits, is_named || lengths.get(..*count) == Some(&NIR_LENGTHS))
    };
    (1..=lengths.len()).rev().find(|count| is_nir(count) || is_usa(count))
}

fn is_nir(digits: &str, may_lack_key: bool) -> bool {
    let (sex, month) = (digits.get(..1), digits.get(3..5).and_then(|month| month.parse::<u32>().ok()));
    let is_plausible = matches!(sex, Some("1" | "2")) && month.is_some_and(|month| (1..=12).contains(&month) || month >= 20);
    if !is_plausible || !NIR_DIGITS.contains(&digits.len()) {
        return false;
    }
    let Some(key) = digits.get(13..15).and_then(|key| key.parse::<u64>().ok()) else { return may_lack_key };
    digits.get(..13).and_then(|body| body.parse::<u64>().ok()).is_some_and(|body| 97 - body % 97 == key)
}
