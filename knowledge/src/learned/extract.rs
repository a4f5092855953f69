//! The sentences of a passage that answer an ask.

use crate::learned::facts::{Kinds, has_price};
use crate::learned::greeting::says_nothing;
use crate::learned::injection;
use std::ops::Range;
use triage::evidence::Passage;
use triage::sms::sentence;
use triage::text::{content_stems, plain, same_stem, stems_of_plain};

/// A heading that holds a word of the ask counts so much beside a sentence that holds it.
pub const TITLE_WEIGHT: f64 = 0.6;
/// What it adds that a sentence holds the kind of fact that is asked for, such as a price for "how much".
pub const KIND_BONUS: f64 = 0.15;
/// What the passage's similarity adds, at most.
pub const SIMILARITY_WEIGHT: f64 = 0.2;
/// Words of the ask that a sentence with its heading must hold, by weight.
pub const COVERAGE_MIN: f64 = 0.4;
/// A second sentence joins when it is so near to the first in score.
pub const SECOND_SHARE_MIN: f64 = 0.7;

/// Words at the beginning that lean on the sentence before.
const LEANING: [&str; 36] = [
    "it",
    "its",
    "this",
    "that",
    "these",
    "those",
    "they",
    "he",
    "she",
    "then",
    "but",
    "however",
    "otherwise",
    "also",
    "there",
    "so",
    "them",
    "il",
    "elle",
    "ils",
    "elles",
    "cela",
    "ca",
    "ce",
    "mais",
    "sinon",
    "alors",
    "esto",
    "eso",
    "pero",
    "entonces",
    "es",
    "dies",
    "diese",
    "aber",
    "sonst",
];

/// A sentence that may be quoted, with its place in the passage's text.
#[derive(Clone, PartialEq, Debug)]
pub struct Quotable<'a> {
    /// Bytes in the passage's text.
    pub span: Range<usize>,
    /// It leans on the sentence before it ("It costs …").
    pub leans: bool,
    stems: Vec<String>,
    raw: &'a str,
}

/// The quotable sentences of a passage, in order. Headings, tables, questions, markup and texts that speak to a machine are not.
pub fn quotable(passage: &Passage) -> Vec<Quotable<'_>> {
    let text = passage.text.as_str();
    let mut spans: Vec<Range<usize>> = Vec::new();
    for span in sentence::spans(text) {
        match spans.last_mut() {
            Some(last) if continues(text, last, &span) => last.end = span.end,
            Some(_) | None => spans.push(span),
        }
    }
    spans.into_iter().filter_map(|span| quotable_at(text, span)).collect()
}

/// A line that was wrapped: the first part ends without a mark and the second begins small.
fn continues(text: &str, first: &Range<usize>, second: &Range<usize>) -> bool {
    let before = text.get(first.clone()).unwrap_or_default();
    let between = text.get(first.end..second.start).unwrap_or_default();
    let after = text.get(second.clone()).unwrap_or_default();
    let is_wrapped =
        between.matches('\n').count() == 1 && !before.ends_with(['.', '!', '?', ':', ';', '…', '|']) && !before.starts_with('#');
    is_wrapped && after.starts_with(|c: char| c.is_lowercase() || c.is_ascii_digit() && !is_list_item(after))
}

fn is_list_item(text: &str) -> bool {
    let digits = text.chars().take_while(char::is_ascii_digit).count();
    text.get(digits..).is_some_and(|rest| rest.starts_with(". ") || rest.starts_with(") "))
}

fn quotable_at(text: &str, mut span: Range<usize>) -> Option<Quotable<'_>> {
    let raw = text.get(span.clone())?;
    let bare = without_list_marker(raw);
    span.start += raw.len() - bare.len();
    let is_heading = bare.starts_with('#') || bare.ends_with(':');
    let is_markup = bare.contains(['|', '`', '<', '>']) || bare.contains("](") || bare.contains("**");
    if is_heading || is_markup || bare.ends_with('?') {
        return None;
    }
    let words = plain(bare);
    if says_nothing(bare, &words) || injection::instructs(bare) {
        return None;
    }
    let first = words.split(' ').next().unwrap_or_default();
    Some(Quotable { span, leans: LEANING.contains(&first), stems: stems_of_plain(&words), raw: bare })
}

fn without_list_marker(text: &str) -> &str {
    let bare = text.trim_start_matches(['-', '*', '•', '–', '·']).trim_start();
    if is_list_item(bare) {
        bare.trim_start_matches(|c: char| c.is_ascii_digit()).trim_start_matches(['.', ')']).trim_start()
    } else {
        bare
    }
}

/// What an ask looks for: its words, weighed by how rare they are among the candidate sentences.
pub struct Wanted {
    stems: Vec<(String, f64)>,
    kinds: Kinds,
}

impl Wanted {
    /// Weighs the words of an ask against all sentences that could answer it.
    pub fn of<'a>(ask: &str, sentences: impl Iterator<Item = &'a Quotable<'a>> + Clone) -> Self {
        let count = sentences.clone().count() as f64;
        let mut stems = content_stems(ask);
        stems.sort();
        stems.dedup();
        let weigh = |stem: String| {
            let holding = sentences.clone().filter(|sentence| holds(&sentence.stems, &stem)).count() as f64;
            let weight = 1.0 + ((count + 1.0) / (holding + 1.0)).ln();
            (stem, weight)
        };
        let stems = stems.into_iter().map(weigh).collect();
        Wanted { stems, kinds: Kinds::of(ask) }
    }

    /// How well a sentence answers: its score, or none when it holds too little of what is asked. `title` are the stems of
    /// its passage's title, `similarity` is that of the passage.
    pub fn score(&self, sentence: &Quotable<'_>, title: &[String], similarity: f64) -> Option<f64> {
        let all: f64 = self.stems.iter().map(|(_, weight)| weight).sum();
        let (mut inside, mut by_title) = (0.0, 0.0);
        for (stem, weight) in &self.stems {
            if holds(&sentence.stems, stem) {
                inside += weight;
            } else if holds(title, stem) {
                by_title += weight * TITLE_WEIGHT;
            }
        }
        let has_digit = || sentence.raw.contains(|c: char| c.is_ascii_digit());
        let of_kind = self.kinds.price && has_price(sentence.raw) || self.kinds.time && has_digit();
        let coverage = if all > 0.0 { (inside + by_title) / all } else { 0.0 };
        let is_enough = coverage >= COVERAGE_MIN && (inside > 0.0 || of_kind);
        let bonus = if of_kind { KIND_BONUS } else { 0.0 } + SIMILARITY_WEIGHT * similarity.clamp(0.0, 1.0);
        is_enough.then_some(coverage + bonus)
    }
}

/// Share of the words of meaning that an ask and a question have in common (Dice), between 0 and 1. The ask is given as its
/// [`content_stems`]: it is held against many questions.
pub fn likeness(asked: &[String], question: &str) -> f64 {
    let (a, b) = (asked, content_stems(question));
    let total = a.len() + b.len();
    let shared = a.iter().filter(|stem| holds(&b, stem)).count() + b.iter().filter(|stem| holds(a, stem)).count();
    if total == 0 { 0.0 } else { shared as f64 / total as f64 }
}

fn holds(stems: &[String], stem: &str) -> bool {
    stems.iter().any(|other| same_stem(other, stem))
}
