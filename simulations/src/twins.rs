//! Twins: conversations that would give a ticket's own answer away under another id.
//!
//! Two kinds are found. A customer who asks the same thing again: the questions share most of their words. A conversation that
//! stands in the export twice: question and answer are the same, word by word, within a minute.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use triage::past::PastTicket;
use triage::text::plain;
use triage::ticket::{Author, TicketId};

/// Share of common word pairs (Jaccard, estimated) from which two questions of one customer are the same question.
pub const SAME_QUESTION_MIN: f64 = 0.6;
/// How far apart, in seconds, two copies of one conversation lie at most: a minute. A popular question that is answered by a macro
/// comes in the same words from many customers, but not in the same minute.
pub const COPY_SECONDS_MAX: i64 = 60;
/// A question with fewer words says too little to call a conversation with the same words a copy.
pub const COPY_WORDS_MIN: usize = 4;
/// Numbers that stand for a question's word pairs; more tell likeness more finely.
const SKETCH: usize = 24;
/// Twins of one ticket at most: a customer who asks the same thing more often than this is a machine.
pub const TWINS_MAX: usize = 64;

/// What is remembered of a conversation: as small for a long one as for a short one.
#[derive(Clone, Debug)]
struct Sketch {
    ticket: TicketId,
    words: [u32; SKETCH],
}

/// Finds twins as conversations go by, oldest first.
#[derive(Default)]
pub struct Twins {
    of_customer: HashMap<u64, Vec<Sketch>>,
    /// Conversations of the last minute, by all that was said.
    copies: HashMap<u64, (TicketId, i64)>,
    /// The same by their time, oldest first: what is older than a minute is forgotten.
    fresh: VecDeque<(i64, u64)>,
    found: BTreeMap<TicketId, BTreeSet<TicketId>>,
    copied: BTreeSet<TicketId>,
}

impl Twins {
    /// Looks at the next conversation.
    pub fn see(&mut self, past: &PastTicket) {
        let id = &past.ticket.id;
        let question = words_of(past, Author::Customer);
        let customer = fnv(past.ticket.customer.reveal().as_bytes());
        let sketch = Sketch { ticket: id.clone(), words: sketch(&question) };
        // Most customers write once.
        let before = self.of_customer.entry(customer).or_insert_with(|| Vec::with_capacity(1));
        let same: Vec<TicketId> = before
            .iter()
            .rev()
            .filter(|other| likeness(&sketch.words, &other.words) >= SAME_QUESTION_MIN)
            .take(TWINS_MAX)
            .map(|other| other.ticket.clone())
            .collect();
        before.push(sketch);
        same.into_iter().for_each(|other| self.join(id, &other));
        self.see_copy(past, &question);
    }

    fn see_copy(&mut self, past: &PastTicket, question: &str) {
        let answer = words_of(past, Author::Agent);
        let at = past.ticket.messages.first().map_or(0, |message| message.at.as_second());
        if question.split(' ').count() < COPY_WORDS_MIN || answer.is_empty() {
            return;
        }
        let both = fnv(format!("{question}\n{answer}").as_bytes());
        while let Some((then, old)) = self.fresh.front().copied().filter(|(then, _)| at.saturating_sub(*then) > COPY_SECONDS_MAX) {
            self.fresh.pop_front();
            if self.copies.get(&old).is_some_and(|(_, last)| *last == then) {
                self.copies.remove(&old);
            }
        }
        match self.copies.get(&both).cloned() {
            Some((first, first_at)) if at.saturating_sub(first_at) <= COPY_SECONDS_MAX => {
                self.join(&past.ticket.id, &first);
                self.copied.insert(past.ticket.id.clone());
            }
            Some(_) | None => {
                self.copies.insert(both, (past.ticket.id.clone(), at));
                self.fresh.push_back((at, both));
            }
        }
    }

    fn join(&mut self, one: &TicketId, other: &TicketId) {
        for (a, b) in [(one, other), (other, one)] {
            let twins = self.found.entry(a.clone()).or_default();
            if twins.len() < TWINS_MAX {
                twins.insert(b.clone());
            }
        }
    }

    /// The conversation stands in the file before, under another id.
    pub fn is_copy(&self, ticket: &TicketId) -> bool {
        self.copied.contains(ticket)
    }

    /// All twins of all tickets.
    pub fn found(&self) -> &BTreeMap<TicketId, BTreeSet<TicketId>> {
        &self.found
    }
}

/// All words of one side, plain.
fn words_of(past: &PastTicket, author: Author) -> String {
    let said: Vec<String> =
        past.ticket.messages.iter().filter(|message| message.author == author).map(|message| plain(&message.text)).collect();
    said.join(" ").trim().to_owned()
}

/// MinHash over pairs of neighbouring words (A. Broder, 1997).
fn sketch(text: &str) -> [u32; SKETCH] {
    let words: Vec<&str> = text.split(' ').filter(|word| !word.is_empty()).collect();
    let mut least = [u32::MAX; SKETCH];
    let singles = words.iter().map(|word| fnv(word.as_bytes()));
    let pairs = words.windows(2).map(|pair| fnv(pair.join(" ").as_bytes()));
    for hash in singles.chain(pairs) {
        for (place, least) in (1u64..).zip(least.iter_mut()) {
            let mixed = (hash ^ place.wrapping_mul(0x9e37_79b9_7f4a_7c15)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            *least = (*least).min(u32::try_from(mixed >> 32).unwrap_or(u32::MAX));
        }
    }
    least
}

/// Share of equal numbers; 0 for texts without words.
fn likeness(a: &[u32; SKETCH], b: &[u32; SKETCH]) -> f64 {
    let equal = a.iter().zip(b).filter(|(a, b)| a == b && **a != u32::MAX).count();
    equal as f64 / SKETCH as f64
}

/// FNV-1a, 64 bits: the same on every machine.
pub fn fnv(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}
