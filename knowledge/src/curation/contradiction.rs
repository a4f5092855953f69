//! Two passages on the same matter that say different things: another price, date, time or number, or yes and no.
//!
//! Deterministic, without a model, and careful: it lists what a person should look at. Numbers are compared by unit, so that a
//! price is held against a price; a pair counts only where both say something of that unit and share none of it.

use crate::chunk::Chunk;
use crate::learned::number::numbers;
use crate::words::{content_words, overlap};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use triage::evidence::PassageKind;
use triage::text::plain;

/// Passages of a lower cosine are not about the same.
pub const COSINE_MIN: f64 = 0.6;
/// The share of the words of the shorter passage that the other must hold.
pub const OVERLAP_MIN: f64 = 0.4;
/// Neighbours of each passage that are looked at.
pub const NEIGHBOURS_MAX: usize = 6;

/// Words that turn a sentence round, folded, in four languages.
const NEGATIONS: [&str; 24] = [
    "no", "not", "never", "cannot", "cant", "dont", "doesnt", "isnt", "arent", "wont", "without", "ne", "pas", "jamais", "sans", "aucun",
    "nunca", "sin", "nicht", "kein", "keine", "nie", "ohne", "niemals",
];
/// Words that say yes or no at the start of an answer.
const YES: [&str; 6] = ["yes", "oui", "si", "ja", "yep", "sure"];
const NO: [&str; 5] = ["no", "non", "nein", "nope", "not"];

/// What differs, the most severe first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Differs {
    /// A price or another amount of money.
    Price,
    /// Yes here, no there.
    YesOrNo,
    /// A day or a date.
    Day,
    /// A time of day.
    Time,
    /// A percentage.
    Share,
    /// Another number.
    Number,
    /// One denies what the other says.
    Negation,
}

/// Two passages that say different things.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Contradiction {
    /// In what.
    pub differs: Differs,
    /// How near they are: cosine times overlap, between 0 and 1.
    pub nearness: f64,
    /// What the one says, as written.
    pub one_says: Vec<String>,
    /// What the other says, as written.
    pub other_says: Vec<String>,
    /// The one.
    pub one: Chunk,
    /// The other.
    pub other: Chunk,
}

/// A pair that may be about the same, with the cosine of the two.
pub struct Pair<'a> {
    /// The one.
    pub one: &'a Chunk,
    /// The other.
    pub other: &'a Chunk,
    /// How near they lie.
    pub cosine: f64,
}

/// The contradictions among pairs, the most severe first, of equals the nearest first. A pair is told once.
pub fn contradictions<'a>(pairs: impl IntoIterator<Item = Pair<'a>>) -> Vec<Contradiction> {
    let mut told = BTreeSet::new();
    let mut found: Vec<Contradiction> = Vec::new();
    for pair in pairs {
        let ids = [&pair.one.id, &pair.other.id];
        let key = (ids.into_iter().min().cloned(), ids.into_iter().max().cloned());
        if pair.one.id != pair.other.id && told.insert(key) {
            found.extend(contradiction(&pair));
        }
    }
    found.sort_by(|a, b| {
        let ids = |found: &Contradiction| (found.one.id.clone(), found.other.id.clone());
        a.differs.cmp(&b.differs).then(b.nearness.total_cmp(&a.nearness)).then_with(|| ids(a).cmp(&ids(b)))
    });
    found
}

/// Two past answers were given to two people: they may differ.
fn contradiction(pair: &Pair<'_>) -> Option<Contradiction> {
    let (one, other) = (pair.one, pair.other);
    let is_other_language = one.language.is_some() && other.language.is_some() && one.language != other.language;
    let is_same = plain(&one.text) == plain(&other.text);
    let (a, b) = (matter(one), matter(other));
    let shared = if a.len() <= b.len() { overlap(&a, &b) } else { overlap(&b, &a) };
    let are_both_past = one.kind == PassageKind::PastTicket && other.kind == PassageKind::PastTicket;
    if are_both_past || is_other_language || is_same || pair.cosine < COSINE_MIN || shared < OVERLAP_MIN {
        return None;
    }
    let (differs, one_says, other_says) = numbers_differ(&one.text, &other.text).or_else(|| words_differ(&one.text, &other.text))?;
    let nearness = pair.cosine.clamp(0.0, 1.0) * shared;
    Some(Contradiction { differs, nearness, one_says, other_says, one: one.clone(), other: other.clone() })
}

/// What a passage is about: its title, its question and its words, without numbers.
fn matter(chunk: &Chunk) -> BTreeSet<String> {
    let all = format!("{}\n{}", chunk.question.as_deref().unwrap_or_default(), chunk.text);
    content_words(&all).into_iter().filter(|word| !word.chars().any(|c| c.is_ascii_digit())).collect()
}

type Difference = (Differs, Vec<String>, Vec<String>);

/// The most severe kind of number of which both say something and nothing in common.
fn numbers_differ(one: &str, other: &str) -> Option<Difference> {
    let (one, other) = (by_kind(one), by_kind(other));
    let kinds = one.keys().filter(|kind| other.contains_key(kind));
    let mut differing = kinds.filter_map(|kind| {
        let (a, b) = (one.get(kind)?, other.get(kind)?);
        let is_disjoint = a.keys().all(|key| !b.contains_key(key));
        is_disjoint.then(|| (*kind, a.values().cloned().collect(), b.values().cloned().collect()))
    });
    differing.next()
}

/// Numbers of a text, by kind, then by their normal form, with how they were written.
fn by_kind(text: &str) -> BTreeMap<Differs, BTreeMap<String, String>> {
    let mut kinds: BTreeMap<Differs, BTreeMap<String, String>> = BTreeMap::new();
    for number in numbers(text) {
        let unit = number.key.split_once(' ').map_or("", |(_, unit)| unit);
        let kind = match unit {
            "USD" | "CAD" | "AUD" | "EUR" | "GBP" | "CHF" => Differs::Price,
            "%" => Differs::Share,
            "am" | "pm" | "h" => Differs::Time,
            _ if number.key.starts_with("day ") => Differs::Day,
            _ if number.key.starts_with("tel ") => Differs::Number,
            "" if number.key.contains(':') => Differs::Time,
            _ => Differs::Number,
        };
        kinds.entry(kind).or_default().entry(number.key).or_insert(number.written);
    }
    kinds
}

/// Yes against no, or one denies what the other says.
fn words_differ(one: &str, other: &str) -> Option<Difference> {
    let (a, b) = (plain(one), plain(other));
    let first = |text: &str| text.split(' ').next().unwrap_or_default().to_owned();
    let (first_a, first_b) = (first(&a), first(&b));
    let is = |word: &str, table: &[&str]| table.contains(&word);
    if (is(&first_a, &YES) && is(&first_b, &NO)) || (is(&first_a, &NO) && is(&first_b, &YES)) {
        return Some((Differs::YesOrNo, vec![first_a], vec![first_b]));
    }
    let negations = |text: &str| -> Vec<String> { text.split(' ').filter(|word| NEGATIONS.contains(word)).map(str::to_owned).collect() };
    let (said_a, said_b) = (negations(&a), negations(&b));
    (said_a.is_empty() != said_b.is_empty()).then_some((Differs::Negation, said_a, said_b))
}
