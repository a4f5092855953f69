//! The tickets behind every count. A count and its list are one thing: whatever is counted is listed in the same step, so that they
//! cannot differ.

use crate::line::{Line, Scores};
use crate::report::verdict::why;
use crate::scorers::cost::Cost;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use triage::decision::Decision;
use triage::sms::price::MicroUsd;

/// Tickets that the page holds at most; counts go on beyond it, and the page says so.
pub const ENTRIES_MAX: usize = 20_000;
/// Characters of a text that the page shows.
pub const TEXT_CHARS_MAX: usize = 240;

/// What the page shows of a ticket.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Entry {
    /// The ticket's id.
    pub ticket: String,
    /// The day of its question.
    pub day: String,
    /// What would have been done, or why it does not count.
    pub did: String,
    /// Why.
    pub why: String,
    /// The intent that was seen.
    pub intent: String,
    /// The verdict on the would-be reply.
    pub verdict: String,
    /// The question, personal data removed.
    pub question: String,
    /// The would-be reply.
    pub would_be: String,
    /// The human answer.
    pub answer: String,
    /// What the would-be reply rests on.
    pub rests_on: String,
    /// Segments of the would-be reply and their price.
    pub price: String,
}

impl Entry {
    /// What the page shows of a line.
    pub fn of(line: &Line) -> Self {
        let decision = line.decision.as_ref();
        let verdict = line.scores.as_ref().and_then(Scores::verdict);
        Entry {
            ticket: line.ticket.0.clone(),
            // What could not be read has no time.
            day: if line.at == Timestamp::UNIX_EPOCH { String::new() } else { line.at.strftime("%Y-%m-%d").to_string() },
            did: match (line.left_out, &line.scores) {
                (Some(left_out), _) => format!("not counted: {}", left_out.sentence()),
                (None, Some(scores)) => scores.did.word().to_owned(),
                (None, None) => String::new(),
            },
            why: decision.map(|decision| why(&decision.reason).to_owned()).unwrap_or_default(),
            intent: decision.and_then(|decision| decision.intent.as_ref()).map(ToString::to_string).unwrap_or_default(),
            verdict: verdict.map(|verdict| verdict.words().to_owned()).unwrap_or_default(),
            question: cut(&line.question),
            would_be: decision.and_then(|decision| decision.receipt.would_be.as_deref()).map(cut).unwrap_or_default(),
            answer: line.human.answer.as_deref().map(cut).unwrap_or_default(),
            rests_on: decision.map(rests_on).unwrap_or_default(),
            price: line.scores.as_ref().map(|scores| price(&scores.cost)).unwrap_or_default(),
        }
    }
}

/// The cited passages by their documents, each once.
fn rests_on(decision: &Decision) -> String {
    let receipt = &decision.receipt;
    let cited = receipt.passages.iter().filter(|passage| receipt.citations.iter().any(|citation| citation.passage == passage.id));
    let mut names: Vec<String> = cited.map(|passage| format!("{}/{}", passage.source, passage.document)).collect();
    names.dedup();
    names.join(", ")
}

fn price(cost: &Cost) -> String {
    match cost.segments_would_be {
        0 => String::new(),
        1 => format!("1 segment, {}", MicroUsd(cost.micros_would_be)),
        segments => format!("{segments} segments, {}", MicroUsd(cost.micros_would_be)),
    }
}

/// A count with the tickets behind it, by their places among the entries.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Listed {
    /// How many.
    pub count: usize,
    /// Which, as far as the page holds them.
    pub places: Vec<u32>,
}

/// A figure of the report that opens a list.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Count {
    /// The name of the list.
    pub list: String,
    /// How many.
    pub count: usize,
}

/// All entries and all lists.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Listing {
    /// The tickets that the page holds, oldest first.
    pub entries: Vec<Entry>,
    /// Lists by name.
    pub lists: BTreeMap<String, Listed>,
    seen: usize,
}

impl Listing {
    /// Takes in the next ticket; what is listed from now on is this one.
    pub fn ticket(&mut self, entry: impl FnOnce() -> Entry) -> u32 {
        let place = u32::try_from(self.seen).unwrap_or(u32::MAX);
        self.seen += 1;
        if self.entries.len() < ENTRIES_MAX {
            self.entries.push(entry());
        }
        place
    }

    /// Puts a ticket on a list.
    pub fn list(&mut self, name: &str, place: u32) {
        if !self.lists.contains_key(name) {
            self.lists.insert(name.to_owned(), Listed::default());
        }
        let Some(listed) = self.lists.get_mut(name) else { return };
        listed.count += 1;
        if (place as usize) < ENTRIES_MAX {
            listed.places.push(place);
        }
    }

    /// The count of a list; 0 when nothing is on it.
    pub fn count(&self, name: &str) -> Count {
        Count { list: name.to_owned(), count: self.lists.get(name).map_or(0, |listed| listed.count) }
    }

    /// Tickets taken in, those that the page does not hold among them.
    pub fn tickets(&self) -> usize {
        self.seen
    }
}

/// A text cut to what the page shows.
pub fn cut(text: &str) -> String {
    let one_line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match one_line.char_indices().nth(TEXT_CHARS_MAX) {
        Some((end, _)) => format!("{}…", one_line.get(..end).unwrap_or_default()),
        None => one_line,
    }
}
