//! Words whose period does not end a sentence, in English, French, Spanish and German.
//!
//! When in doubt the answer is "abbreviation": two sentences that stay together cost a few characters, a sentence that is
//! cut in two costs the customer its meaning.

use std::collections::HashSet;
use std::sync::LazyLock;

/// Always followed by more: titles, streets, "about", "compare". A row a language, lower case, without the period.
static NEVER_LAST: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    words(&[
        "mr mrs ms dr prof rev gen capt lt sgt st ste mt ft ave blvd rd vs viz cf al approx dept corp esp incl resp", // English
        "mm mlle mme bd av env réf ref ex pl",                                                                        // French
        "sr sra srta dra ud uds vd vds avda aprox ej pza depto",                                                      // Spanish
        "bzw ca evtl ggf inkl exkl zzgl str hr fr vgl sog bspw",                                                      // German
    ])
});

/// Abbreviations only before a number: "No. 5" is one thing, "No. Sorry." is two.
static BEFORE_NUMBER: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    words(&[
        "no nos nr nrn núm num nº n° art abs pp pág fig ch sec vol kap ext tel tél min max mind std apt", // things that are counted
        "jan feb mar apr jun jul aug sep sept oct nov dec janv févr avr juil déc ene abr ago dic okt dez", // months
        "mon tue tues wed thu thurs fri sat sun",                                                         // weekdays
    ])
});

/// German words before an ordinal: "am 3. Mai", "im 2. Stock".
static BEFORE_ORDINAL: LazyLock<HashSet<&str>> = LazyLock::new(|| words(&["am im vom zum zur der die das dem den des"]));

/// German months, which follow an ordinal.
static MONTHS: LazyLock<HashSet<&str>> =
    LazyLock::new(|| words(&["januar jänner februar märz april mai juni juli august september oktober november dezember"]));

/// Letters in each piece of an abbreviation with inner periods, at most: "e.g", "z.B", "i.d.R", "Ph.D", "p.ej".
const DOTTED_FIRST_MAX: usize = 2;
const DOTTED_LATER_MAX: usize = 3;

/// Is `word` (without its last period) one that never ends a sentence: a listed one, an initial, or one with inner periods?
pub fn never_last(word: &str) -> bool {
    let word = after_elision(word);
    is_initial(word) || is_dotted(word) || listed(&NEVER_LAST, word)
}

/// Is `word` (without its last period) an abbreviation when a number follows?
pub fn before_number(word: &str) -> bool {
    listed(&BEFORE_NUMBER, after_elision(word))
}

/// Is a number with a period between `previous` and `next` a German ordinal or day of a month?
pub fn is_ordinal(previous: &str, next: &str) -> bool {
    listed(&BEFORE_ORDINAL, previous) || listed(&MONTHS, next.trim_end_matches(|c: char| !c.is_alphanumeric()))
}

/// Is `word` in the list, in any case?
fn listed(list: &HashSet<&str>, word: &str) -> bool {
    list.contains(word.to_lowercase().as_str())
}

/// The words of rows.
fn words(rows: &[&'static str]) -> HashSet<&'static str> {
    rows.iter().flat_map(|row| row.split(' ')).collect()
}

/// "l'art" is the abbreviation "art" with an article before it.
fn after_elision(word: &str) -> &str {
    word.rsplit(['\'', '’']).next().unwrap_or(word)
}

fn is_initial(word: &str) -> bool {
    let mut letters = word.chars();
    letters.next().is_some_and(char::is_alphabetic) && letters.next().is_none()
}

fn is_dotted(word: &str) -> bool {
    let is_piece = |piece: &str, max: usize| (1..=max).contains(&piece.chars().count()) && piece.chars().all(char::is_alphabetic);
    word.split_once('.')
        .is_some_and(|(first, later)| is_piece(first, DOTTED_FIRST_MAX) && later.split('.').all(|piece| is_piece(piece, DOTTED_LATER_MAX)))
}
