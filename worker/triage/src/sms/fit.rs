//! Makes an answer fit what may be spent on it, by whole sentences only.
//!
//! A text that is too long loses sentences from its end or becomes several messages. It is cut only where
//! [`crate::sms::sentence`] allows, so no link, e-mail address, number or grapheme cluster is ever broken.

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use crate::sms::segments::segments;
use crate::sms::sentence;
use crate::sms::smart::prefer_gsm7;

/// What one answer may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Budget {
    /// Segments in each message, at most.
    pub segments_max: u32,
    /// Messages in one answer, at most. With 1 a long answer is shortened, never split.
    pub messages_max: u32,
}

/// The answer as it can be sent. Every text is ready to send: NFC, GSM-7 where its characters allow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fit {
    /// All of it in one message.
    Whole(String),
    /// Its first sentences in one message; the rest is lost.
    Shortened(String),
    /// All of it in two messages or more, in order.
    Split(Vec<String>),
    /// Nothing that could be sent alone would fit: the answer is for a person.
    TooLong,
}

/// Fits `text` into `budget`: whole if it can be, split if that is allowed and loses nothing, else shortened, else [`Fit::TooLong`].
pub fn fit(text: &str, budget: Budget) -> Fit {
    if budget.messages_max == 0 {
        return Fit::TooLong;
    }
    let text = text.trim();
    let text: String = if text.is_ascii() { text.to_owned() } else { text.nfc().collect() };
    if let Some(whole) = message(&text, budget) {
        return Fit::Whole(whole);
    }
    if let Some(messages) = split(&text, budget) {
        return Fit::Split(messages);
    }
    match shorten(&text, budget) {
        Some(shortened) => Fit::Shortened(shortened),
        None => Fit::TooLong,
    }
}

/// Septets of a message of one segment.
const SINGLE_SEPTETS_MAX: usize = 160;

/// A byte that is one septet of GSM-7 and that no table replaces.
fn is_plain(byte: u8) -> bool {
    matches!(byte, b'\n' | b' '..=b'Z' | b'_' | b'a'..=b'z')
}

/// `text` in the form in which it is sent, if it fits one message.
fn message(text: &str, budget: Budget) -> Option<String> {
    if budget.segments_max > 0 && text.len() <= SINGLE_SEPTETS_MAX && text.bytes().all(is_plain) {
        return Some(text.trim().to_owned()); // most answers: one septet a byte and nothing to replace
    }
    let message = prefer_gsm7(text).trim().to_owned();
    (segments(&message).count <= budget.segments_max).then_some(message)
}

/// All sentences, in as few messages as possible; `None` when they need more than the budget has.
fn split(text: &str, budget: Budget) -> Option<Vec<String>> {
    let mut messages = Vec::new();
    let mut rest = text;
    while !rest.trim().is_empty() {
        if messages.len() >= usize::try_from(budget.messages_max).unwrap_or(usize::MAX) {
            return None;
        }
        let (message, end) = beginnings(rest, budget).last()?;
        messages.push(message);
        rest = rest.get(end..)?;
    }
    Some(messages)
}

/// The longest beginning that fits and does not announce what was dropped, as in "Do this:".
fn shorten(text: &str, budget: Budget) -> Option<String> {
    beginnings(text, budget).filter(|(message, _)| !message.ends_with([':', '：'])).last().map(|(message, _)| message)
}

/// The messages made of the first sentence, the first two, and so on while they fit, each with the byte offset of its end.
fn beginnings(text: &str, budget: Budget) -> impl Iterator<Item = (String, usize)> {
    let ends = sentence::spans(text).into_iter().map(|span| span.end);
    ends.map_while(move |end| Some((message(text.get(..end)?, budget)?, end)))
}
