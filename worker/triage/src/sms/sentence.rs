//! Where one sentence ends and the next begins.
//!
//! A border lies only between words or after an unmistakable mark, never inside a link, an e-mail address, a number, an
//! abbreviation or a grapheme cluster. A line break is always a border. Of two readings the longer sentence wins: what
//! is cut here may be dropped by [`crate::sms::fit`], and half a sentence can say the opposite of the whole.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

use crate::sms::abbreviation;

/// Marks that end a sentence when white space follows.
const MARKS: &[char] = &['.', '…', '!', '?', '؟', '۔', '।'];
/// East Asian marks, which end a sentence with no white space after them.
const WIDE_MARKS: &[char] = &['。', '｡', '！', '？'];
/// Marks that open a sentence in Spanish.
const INVERTED_MARKS: &[char] = &['¿', '¡'];
/// Line breaks: always a border.
const LINE_BREAKS: &[char] = &['\n', '\r', '\u{2028}', '\u{2029}'];
/// What may stand between a mark and the white space.
const CLOSERS: &[char] = &['"', '\'', '’', '”', '»', '›', ')', ']', '}', '*', '_', '」', '』', '）'];
/// What may stand before the first letter of a sentence.
const OPENERS: &[char] = &['"', '\'', '‘', '“', '„', '«', '‹', '(', '[', '{', '¿', '¡', '*', '_', '「', '『', '（'];
/// An unlisted word of so many letters at most, with a period and then a small letter, is taken as an abbreviation.
const SHORT_WORD_LETTERS: usize = 3;

/// The sentences of `text` in order, trimmed. Every character that is not white space stands in exactly one of them.
pub fn sentences(text: &str) -> Vec<&str> {
    spans(text).into_iter().filter_map(|span| text.get(span)).collect()
}

/// The byte ranges of [`sentences`] in `text`: in order, apart from one another, on grapheme borders.
pub fn spans(text: &str) -> Vec<Range<usize>> {
    let mut spans = Vec::new();
    let mut offset = 0;
    for line in text.split_inclusive(LINE_BREAKS) {
        spans.extend(spans_of_line(line).into_iter().map(|span| span.start + offset..span.end + offset));
        offset += line.len();
    }
    spans
}

fn spans_of_line(line: &str) -> Vec<Range<usize>> {
    let words = words(line);
    let mut spans = Vec::new();
    let mut first = 0;
    for next in 1..=words.len() {
        let sentence = words.get(first..next).unwrap_or_default();
        if words.get(next).is_none_or(|next| ends_before(sentence, next))
            && let (Some(head), Some(tail)) = (sentence.first(), sentence.last())
        {
            spans.push(head.start..tail.start + tail.text.len());
            first = next;
        }
    }
    spans
}

/// A run of graphemes with no white space in it, and its byte offset in the line.
struct Word<'a> {
    start: usize,
    text: &'a str,
}

impl<'a> Word<'a> {
    fn is_only(&self, allowed: &[&[char]]) -> bool {
        self.text.chars().all(|c| allowed.iter().any(|set| set.contains(&c)))
    }

    fn without_openers(&self) -> &'a str {
        self.text.trim_start_matches(OPENERS)
    }

    fn starts_lower(&self) -> bool {
        self.without_openers().starts_with(char::is_lowercase)
    }

    fn starts_number(&self) -> bool {
        self.without_openers().starts_with(|c: char| c.is_ascii_digit() || c == '+' || c == '#')
    }
}

/// Cuts `line` at white space, and inside a run where no white space is needed. Cuts fall on grapheme borders only.
fn words(line: &str) -> Vec<Word<'_>> {
    if line.chars().all(stands_alone) {
        let letters = line.char_indices().filter_map(|(at, c)| Some((at, line.get(at..at + c.len_utf8())?)));
        return words_of(line, letters);
    }
    words_of(line, line.grapheme_indices(true))
}

/// The character is a grapheme cluster of its own among others like it (Latin letters and their punctuation; no combining
/// mark, no joiner). A carriage return with its line feed is one cluster, but both are white space, which is all that is asked.
fn stands_alone(c: char) -> bool {
    c < '\u{300}' || ('\u{2010}'..='\u{2027}').contains(&c) || c == '€'
}

fn words_of<'a>(line: &'a str, graphemes: impl Iterator<Item = (usize, &'a str)>) -> Vec<Word<'a>> {
    let mut words = Vec::new();
    let mut start = 0;
    let may_end_unspaced = line.contains(WIDE_MARKS) || line.contains(INVERTED_MARKS);
    for (at, grapheme) in graphemes {
        let read = line.get(start..at).unwrap_or_default();
        let is_blank = grapheme.chars().all(char::is_whitespace);
        if is_blank || may_end_unspaced && ends_unspaced(read, grapheme) {
            words.push(Word { start, text: read });
            start = if is_blank { at + grapheme.len() } else { at };
        }
    }
    words.push(Word { start, text: line.get(start..).unwrap_or_default() });
    words.retain(|word| !word.text.is_empty());
    words
}

/// Does a sentence end between `read` and `grapheme` though no white space parts them? After an East Asian mark, and
/// before an inverted mark as in `¡Hola!¿Qué tal?`.
fn ends_unspaced(read: &str, grapheme: &str) -> bool {
    let bare = read.trim_end_matches(CLOSERS);
    let goes_on = grapheme.starts_with(MARKS) || grapheme.starts_with(WIDE_MARKS) || grapheme.starts_with(CLOSERS);
    let inverted = grapheme.starts_with(INVERTED_MARKS);
    !goes_on && (bare.ends_with(WIDE_MARKS) || (inverted && bare.ends_with(MARKS)))
}

/// Is there a border between `sentence`, as read so far, and the word `next` on the same line?
fn ends_before(sentence: &[Word<'_>], next: &Word<'_>) -> bool {
    if sentence.last().is_some_and(|word| word.text.ends_with(char::is_alphanumeric)) {
        return false; // most words
    }
    if next.is_only(&[CLOSERS, MARKS, WIDE_MARKS]) {
        return false; // French writes « Bonjour. » and "Merci !" with a space
    }
    let Some(at) = sentence.iter().rposition(|word| !word.is_only(&[CLOSERS])) else { return false };
    let (before, rest) = sentence.split_at(at);
    let Some(word) = rest.first() else { return false };
    let bare = word.without_openers().trim_end_matches(CLOSERS);
    if bare.ends_with(WIDE_MARKS) {
        return true;
    }
    if bare.ends_with('.') && !bare.ends_with("..") {
        return period_ends(before, bare.strip_suffix('.').unwrap_or(bare), next);
    }
    let is_quoted = rest.len() > 1 || word.text.ends_with(CLOSERS);
    let trails_off = bare.ends_with(['.', '…']);
    bare.ends_with(MARKS) && !((is_quoted || trails_off) && next.starts_lower())
}

/// Does the period after `stem` end a sentence whose earlier words are `before`?
fn period_ends(before: &[Word<'_>], stem: &str, next: &Word<'_>) -> bool {
    if !stem.is_empty() && stem.chars().all(|c| c.is_ascii_digit()) {
        let Some(previous) = before.last() else { return false }; // "1." opens an item of a list
        return !(next.starts_lower() || next.starts_number() || abbreviation::is_ordinal(previous.text, next.text));
    }
    let takes_number = stem.ends_with(|c: char| c.is_ascii_digit()) || abbreviation::before_number(stem);
    let is_short = stem.chars().count() <= SHORT_WORD_LETTERS;
    !(abbreviation::never_last(stem) || (takes_number && next.starts_number()) || (is_short && next.starts_lower()))
}
