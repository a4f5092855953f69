//! Whose key a row is, and what may be found.
//!
//! One row a key. A row that is given up is used again for the next key, so that numbers stay small.

use jiff::Timestamp;
use knowledge::chunk::{Chunk, KeyKind};
use knowledge::ports::vector_index::Filter;
use std::cmp::Ordering;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use triage::evidence::PassageId;
use triage::language::Language;

/// What the predicate asks of a row.
#[derive(Clone, Copy)]
struct Payload {
    /// Nanoseconds since 1970, as [`moment`] gives them.
    valid_from: i64,
    /// The end of time while it is current.
    valid_to: i64,
    source: u32,
    /// Ordinal of the ticket it comes from, when it comes from one.
    ticket: Option<u32>,
    language: Option<Language>,
    is_used: bool,
    hidden: bool,
    pinned: bool,
}

const UNUSED: Payload = Payload {
    valid_from: i64::MAX,
    valid_to: i64::MIN,
    source: 0,
    ticket: None,
    language: None,
    is_used: false,
    hidden: true,
    pinned: false,
};

/// Rows that are judged together where they are alike.
const BLOCK_ROWS: usize = 64;

/// What neighbouring rows have in common: it spares a search the reading of each where all of them may be found.
struct Block {
    latest_from: i64,
    earliest_to: i64,
    /// The one source of all; none when they have several.
    source: Option<u32>,
    /// The one language of all; none when they have several.
    language: Option<Option<Language>>,
    has_tickets: bool,
    /// All are used and none is hidden.
    is_open: bool,
}

impl Block {
    fn of(rows: &[Payload]) -> Self {
        let first = rows.first().copied().unwrap_or(UNUSED);
        Block {
            latest_from: rows.iter().map(|row| row.valid_from).max().unwrap_or(i64::MAX),
            earliest_to: rows.iter().map(|row| row.valid_to).min().unwrap_or(i64::MIN),
            source: rows.iter().all(|row| row.source == first.source).then_some(first.source),
            language: rows.iter().all(|row| row.language == first.language).then_some(first.language),
            has_tickets: rows.iter().any(|row| row.ticket.is_some()),
            is_open: rows.iter().all(|row| row.is_used && !row.hidden),
        }
    }
}

/// Nanoseconds since 1970; what lies outside of the years 1678 to 2261 stands at the border.
fn moment(at: Timestamp) -> i64 {
    i64::try_from(at.as_nanosecond()).unwrap_or(if at < Timestamp::UNIX_EPOCH { i64::MIN } else { i64::MAX })
}

/// Names that are replaced by small numbers. They are few (sources) or short (tickets), and are never taken back.
#[derive(Default)]
struct Ordinals(HashMap<String, u32>);

impl Ordinals {
    fn of(&mut self, name: &str) -> u32 {
        let next = u32::try_from(self.0.len()).unwrap_or(u32::MAX);
        match self.0.get(name) {
            Some(ordinal) => *ordinal,
            None => *self.0.entry(name.to_owned()).or_insert(next),
        }
    }
}

/// A row's key.
#[derive(Clone)]
pub struct RowKey {
    /// The passage that it leads to.
    pub passage: Arc<PassageId>,
    /// Which key of it.
    pub kind: KeyKind,
    /// Hash of its words, to see whether they changed.
    pub words_hash: u64,
}

/// All rows.
#[derive(Default)]
pub struct Rows {
    payloads: Vec<Payload>,
    /// Of the payloads; none while a change is under way.
    blocks: Vec<Block>,
    keys: Vec<Option<RowKey>>,
    of_passage: HashMap<Arc<PassageId>, Vec<u32>>,
    unused: Vec<u32>,
    languages: BTreeSet<Language>,
    sources: Ordinals,
    tickets: Ordinals,
}

impl Rows {
    /// How many rows there are, used or not.
    pub fn len(&self) -> usize {
        self.payloads.len()
    }

    /// There are none.
    pub fn is_empty(&self) -> bool {
        self.payloads.is_empty()
    }

    /// The rows of a passage, in the order of its keys.
    pub fn of(&self, passage: &PassageId) -> &[u32] {
        self.of_passage.get(passage).map_or(&[], Vec::as_slice)
    }

    /// The key of a row.
    pub fn key(&self, row: u32) -> Option<&RowKey> {
        self.keys.get(row as usize)?.as_ref()
    }

    /// An admin pinned what the row leads to.
    pub fn is_pinned(&self, row: u32) -> bool {
        self.payloads.get(row as usize).is_some_and(|payload| payload.pinned)
    }

    /// Rows that nobody uses; the last one is to be used first.
    pub fn unused(&self) -> &[u32] {
        &self.unused
    }

    /// Gives up the rows of a passage.
    pub fn remove(&mut self, passage: &PassageId) {
        self.blocks.clear();
        for row in self.of_passage.remove(passage).unwrap_or_default() {
            self.payloads[row as usize] = UNUSED;
            self.keys[row as usize] = None;
        }
    }

    /// Puts keys of a passage into rows. The rows are unused ones, or the next after the last.
    pub fn insert(&mut self, passage: &PassageId, keys: &[(u32, KeyKind, u64)]) {
        self.blocks.clear();
        let passage = Arc::new(passage.clone());
        for (row, kind, words_hash) in keys {
            let position = *row as usize;
            if position >= self.payloads.len() {
                self.payloads.resize(position + 1, UNUSED);
                self.keys.resize(position + 1, None);
            }
            self.keys[position] = Some(RowKey { passage: Arc::clone(&passage), kind: *kind, words_hash: *words_hash });
        }
        let taken: Vec<u32> = keys.iter().map(|(row, ..)| *row).collect();
        self.of_passage.insert(passage, taken);
    }

    /// Languages of the rows that are used.
    pub fn languages(&self) -> &BTreeSet<Language> {
        &self.languages
    }

    /// Notes which rows are unused, which are alike and which languages there are; called once, at the end of a change.
    pub fn settle(&mut self) {
        self.blocks = self.payloads.chunks(BLOCK_ROWS).map(Block::of).collect();
        self.languages = self.payloads.iter().filter(|payload| payload.is_used).filter_map(|payload| payload.language).collect();
        self.unused = (0_u32..).zip(&self.keys).filter(|(_, key)| key.is_none()).map(|(row, _)| row).collect();
    }

    /// Says what the predicate must know of a passage.
    pub fn describe(&mut self, chunk: &Chunk, hidden: bool, pinned: bool) {
        let payload = Payload {
            valid_from: moment(chunk.valid_from),
            valid_to: chunk.valid_to.map_or(i64::MAX, moment),
            source: self.sources.of(&chunk.source.0),
            ticket: chunk.ticket.as_ref().map(|ticket| self.tickets.of(&ticket.0)),
            language: chunk.language,
            is_used: true,
            hidden,
            pinned,
        };
        self.blocks.clear();
        for row in self.of_passage.get(&chunk.id).into_iter().flatten() {
            self.payloads[*row as usize] = payload;
        }
    }

    /// For every row, whether it may be found. Both searches obey this one answer.
    pub fn allowed(&self, filter: &Filter) -> Vec<bool> {
        let sources: Vec<u32> = filter.sources.iter().filter_map(|source| self.sources.0.get(&source.0).copied()).collect();
        let any_source = filter.sources.is_empty();
        let not_ticket = filter.exclude_ticket.as_ref().and_then(|ticket| self.tickets.0.get(&ticket.0).copied());
        let as_of = moment(filter.as_of);
        let may = |payload: &Payload| {
            payload.is_used
                && !payload.hidden
                && payload.valid_from <= as_of
                && (as_of < payload.valid_to || payload.valid_to == i64::MAX)
                && (any_source || sources.contains(&payload.source))
                && (not_ticket.is_none() || payload.ticket != not_ticket)
                && (filter.language.is_none() || payload.language.is_none() || payload.language == filter.language)
        };
        let all_may = |block: &Block| {
            block.is_open
                && block.latest_from <= as_of
                && (as_of < block.earliest_to || block.earliest_to == i64::MAX)
                && (any_source || block.source.is_some_and(|source| sources.contains(&source)))
                && (not_ticket.is_none() || !block.has_tickets)
                && (filter.language.is_none() || block.language.is_some_and(|all| all.is_none() || all == filter.language))
        };
        let mut allowed = Vec::with_capacity(self.payloads.len());
        for (place, rows) in self.payloads.chunks(BLOCK_ROWS).enumerate() {
            match self.blocks.get(place) {
                Some(block) if all_may(block) => allowed.resize(allowed.len() + rows.len(), true),
                Some(_) | None => allowed.extend(rows.iter().map(may)),
            }
        }
        allowed
    }

    /// The order of rows with equal scores: by passage id (bytes), then by kind.
    pub fn by_name(&self, a: u32, b: u32) -> Ordering {
        match (self.key(a), self.key(b)) {
            (Some(a), Some(b)) => a.passage.cmp(&b.passage).then(a.kind.cmp(&b.kind)),
            (a, b) => b.is_some().cmp(&a.is_some()),
        }
    }
}
