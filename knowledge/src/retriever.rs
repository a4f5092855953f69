//! The knowledge as triage asks it: passages for a question, as of a moment.

use crate::chunk::Chunk;
use crate::curation::standing::{Log, Standing, as_approved};
use crate::feed::{Feed, FeedError};
use crate::fusion::{PIN_BOOST, Scored, fuse, spelled_alike};
use crate::ports::embedder::{Embedder, EmbedderError, Embedding};
use crate::ports::store::{Revision, StoreError};
use crate::ports::vector_index::{Filter, Hit, IndexError, Search};
use crate::trigrams::Trigrams;
use crate::words::{content_words, overlap_of_texts};
use async_trait::async_trait;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};
use triage::evidence::{Found, Passage, PassageKind, Query};
use triage::language::Language;
use triage::ports::{Retriever, StageError};

/// Keys asked of the index for each passage that is wanted.
pub const KEYS_PER_PASSAGE: usize = 8;
/// Keys asked of the index at least.
pub const KEYS_MIN: usize = 50;
/// Passages looked at closely for each that is wanted.
pub const CANDIDATES_PER_PASSAGE: usize = 4;
/// Passages looked at closely at least.
pub const CANDIDATES_MIN: usize = 20;
/// What a past ticket gains when people gave it the intent that the classifier sees: it settles near ties only.
pub const INTENT_BOOST: f64 = 0.03;
/// What a passage in the customer's language gains when all languages are searched.
pub const LANGUAGE_BOOST: f64 = 0.05;
/// What a passage gains that an admin approved for the intent that the classifier sees: it stands among the first.
pub const APPROVED_BOOST: f64 = 0.5;
/// When nothing in the customer's language is at least so near (cosine), all languages are searched.
pub const GOOD_SIMILARITY_MIN: f64 = 0.45;

/// What was read at a revision: its embedder was looked at, and what admins had said.
#[derive(Clone)]
struct Seen {
    revision: Revision,
    log: Arc<Log>,
}

/// Finds passages by words and by nearness, current to the moment it is asked.
pub struct KnowledgeRetriever {
    feed: Arc<Feed>,
    embedder: Arc<dyn Embedder>,
    /// What was read of the store at the revision of the last search.
    seen: Mutex<Option<Seen>>,
}

impl KnowledgeRetriever {
    /// Searches what the feed feeds. The embedder must be the one that the store was made with.
    pub fn new(feed: Arc<Feed>, embedder: Arc<dyn Embedder>) -> Self {
        KnowledgeRetriever { feed, embedder, seen: Mutex::new(None) }
    }

    /// Catches up with the store, and refuses vectors of another embedder.
    async fn catch_up(&self) -> Result<Arc<Log>, StageError> {
        let revision = self.feed.catch_up().await.map_err(of_feed)?;
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(seen) = seen.filter(|seen| seen.revision == revision) {
            return Ok(seen.log);
        }
        let made_by = self.feed.store.embedder().await.map_err(of_store)?;
        if let Some(other) = made_by.filter(|name| name != self.embedder.name()) {
            let text = format!("the knowledge was embedded by {other}, not by {}: sync its sources again", self.embedder.name());
            return Err(problem(text, false));
        }
        let said = self.feed.store.curations().await.map_err(of_store)?;
        let tabled = self.feed.store.answers_to_intents().await.map_err(of_store)?;
        let log = Arc::new(Log::new(said).with_tabled(tabled));
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = Some(Seen { revision, log: log.clone() });
        Ok(log)
    }

    /// One search, in one language or in all.
    async fn search(&self, sought: &Sought<'_>, language: Option<Language>, log: &Log) -> Result<Vec<Passage>, StageError> {
        let query = sought.query;
        let filter = Filter { as_of: query.as_of, exclude_ticket: query.exclude_ticket.clone(), sources: Vec::new(), language };
        let keys_max = query.passages_max.saturating_mul(KEYS_PER_PASSAGE).max(KEYS_MIN);
        let search = Search { text: query.text.clone(), embedding: sought.embedding.clone(), filter, keys_max };
        let hits = self.feed.index.search(&search).await.map_err(of_index)?;
        let candidates_max = query.passages_max.saturating_mul(CANDIDATES_PER_PASSAGE).max(CANDIDATES_MIN);
        let mut ids: Vec<_> = fuse(&hits, |_| false).into_iter().take(candidates_max).map(|scored| scored.passage).collect();
        for approved in query.intent.iter().flat_map(|intent| log.approved(intent, query.as_of)) {
            if !ids.contains(&approved) {
                ids.push(approved);
            }
        }
        let chunks = self.feed.store.passages(&ids).await.map_err(of_store)?;
        Ok(rank(hits, chunks, sought, language.is_none(), log))
    }
}

#[async_trait]
impl Retriever for KnowledgeRetriever {
    async fn retrieve(&self, query: &Query) -> Result<Found, StageError> {
        let log = self.catch_up().await?;
        let mut found = Found { ask: query.text.clone(), passages: Vec::new() };
        if query.text.trim().is_empty() || query.passages_max == 0 {
            return Ok(found);
        }
        let embedded = self.embedder.embed(&[query.text.as_str()]).await.map_err(of_embedder)?;
        let embedding = embedded.into_iter().next().ok_or_else(|| problem("the embedder gave no vector".to_owned(), false))?;
        let sought = Sought { query, embedding, trigrams: Trigrams::of(&query.text) };
        found.passages = self.search(&sought, query.language, &log).await?;
        let is_good = found.passages.iter().any(|passage| passage.similarity >= GOOD_SIMILARITY_MIN);
        if let Some(language) = query.language
            && !is_good
            && self.feed.index.languages().await.map_err(of_index)?.iter().any(|other| *other != language)
        {
            found.passages = self.search(&sought, None, &log).await?;
        }
        Ok(found)
    }

    /// Revision of the last search and the embedder's name, such as `r42 hashed-256`.
    fn version(&self) -> String {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        format!("r{} {}", seen.as_ref().map_or(0, |seen| seen.revision.0), self.embedder.name())
    }
}

/// What is looked for.
struct Sought<'a> {
    query: &'a Query,
    embedding: Embedding,
    trigrams: Trigrams,
}

/// Scores the fetched passages with all that is known of them, best first. What the query may not see is left out once
/// more, whatever the index said, and curation counts as it stood at the query's moment. `everywhere`: all languages were searched.
fn rank(mut hits: Vec<Hit>, chunks: Vec<Chunk>, sought: &Sought<'_>, everywhere: bool, log: &Log) -> Vec<Passage> {
    let query = sought.query;
    hits.iter_mut().for_each(|hit| hit.pinned = false);
    let mut chunks: BTreeMap<_, _> = chunks.into_iter().map(|chunk| (chunk.id.clone(), chunk)).collect();
    let asking: BTreeSet<_> = chunks.values().filter(|chunk| chunk.question.is_some()).map(|chunk| chunk.id.clone()).collect();
    let words = content_words(&query.text);
    let mut found: Vec<(Chunk, Scored)> =
        fuse(&hits, |id| asking.contains(id)).into_iter().filter_map(|scored| Some((chunks.remove(&scored.passage)?, scored))).collect();
    // What is left was not found by its words: it is approved for the intent.
    found.extend(chunks.into_values().map(|chunk| (chunk.clone(), Scored { passage: chunk.id, score: 0.0, similarity: 0.0 })));
    let mut passages: Vec<Passage> = Vec::with_capacity(found.len());
    for (chunk, scored) in found.into_iter().filter(|(chunk, _)| may_see(chunk, query)) {
        let standing = log.standing(&chunk, query.as_of);
        if !standing.hidden {
            let in_language = everywhere && query.language.is_some() && chunk.language == query.language;
            let chunk = as_approved(chunk, &standing);
            let extra = spelling(&chunk, sought) + if in_language { LANGUAGE_BOOST } else { 0.0 };
            passages.push(passage(chunk, &Scored { score: scored.score + extra, ..scored }, query, &standing));
        }
    }
    passages.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.kind.cmp(&b.kind)).then_with(|| a.id.cmp(&b.id)));
    passages.truncate(query.passages_max);
    // The overlap is a signal, not a score: only what is kept is measured.
    for passage in &mut passages {
        passage.overlap = overlap_of_texts(&words, &[&passage.title, passage.question.as_deref().unwrap_or_default(), &passage.text]);
    }
    passages
}

fn may_see(chunk: &Chunk, query: &Query) -> bool {
    let holds = chunk.valid_from <= query.as_of && chunk.valid_to.is_none_or(|end| query.as_of < end);
    let is_own = query.exclude_ticket.is_some() && chunk.ticket == query.exclude_ticket;
    holds && !is_own
}

/// Only a passage that answers a question gains by it: see `fusion`.
fn spelling(chunk: &Chunk, sought: &Sought<'_>) -> f64 {
    chunk.question.as_deref().map_or(0.0, |question| spelled_alike(&sought.trigrams, question, &chunk.text))
}

fn passage(chunk: Chunk, scored: &Scored, query: &Query, standing: &Standing) -> Passage {
    let same_intent = chunk.kind != PassageKind::Document && chunk.intent.is_some() && chunk.intent == query.intent;
    // A row of a table that has a question answers that question; one without answers its intent.
    let answers_intent = standing.approved_for.is_some() || chunk.kind == PassageKind::Approved && chunk.question.is_none();
    let is_approved = answers_intent && same_intent;
    let intent = if chunk.kind == PassageKind::Approved && !answers_intent { None } else { chunk.intent };
    let boost = |given: bool, boost: f64| if given { boost } else { 0.0 };
    Passage {
        id: chunk.id,
        source: chunk.source.0,
        document: chunk.document.0,
        title: chunk.title,
        kind: chunk.kind,
        question: chunk.question,
        text: chunk.text,
        language: chunk.language,
        intent,
        version: chunk.version,
        score: (scored.score + boost(same_intent, INTENT_BOOST)) * standing.boost
            + boost(standing.pinned, PIN_BOOST)
            + boost(is_approved, APPROVED_BOOST),
        similarity: scored.similarity,
        overlap: 0.0,
        link: chunk.link,
        overdue_since: standing.verified_until.filter(|_| standing.is_overdue(query.as_of)),
    }
}

fn problem(problem: String, is_transient: bool) -> StageError {
    StageError { stage: "retrieve", problem, is_transient }
}

fn of_feed(error: FeedError) -> StageError {
    problem(error.to_string(), error.is_transient())
}

fn of_store(error: StoreError) -> StageError {
    problem(error.to_string(), error.is_transient)
}

fn of_index(error: IndexError) -> StageError {
    problem(error.to_string(), error.is_transient)
}

fn of_embedder(error: EmbedderError) -> StageError {
    problem(error.to_string(), error.is_transient)
}
