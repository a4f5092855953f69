//! What may no longer hold, and why.

use crate::chunk::Chunk;
use crate::curation::edit;
use crate::curation::standing::Log;
use crate::document::DocumentKey;
use crate::ports::store::SourceSummary;
use crate::source::SourceId;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use triage::evidence::{PassageId, PassageKind};

/// A source that was not synced for so many days is stale.
pub const SYNC_DAYS_MAX: i64 = 90;

/// Why something may no longer hold.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(tag = "because", rename_all = "snake_case")]
pub enum Because {
    /// The date until which it was verified is over.
    VerifiedUntil {
        /// That date.
        until: Timestamp,
    },
    /// An admin rewrote a text, and the source no longer holds the text that was rewritten.
    SourceChanged {
        /// The document that changed.
        document: DocumentKey,
    },
    /// A past answer that is older than a change of a document on the same matter.
    OlderThan {
        /// The document that changed since.
        document: DocumentKey,
        /// When it changed.
        changed_at: Timestamp,
    },
    /// Its source was not looked at for long.
    NotSynced {
        /// When it was last; absent for never.
        since: Option<Timestamp>,
    },
}

/// Something that may no longer hold.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Stale {
    /// The source.
    pub source: SourceId,
    /// The document; absent when it is the whole source.
    pub document: Option<DocumentKey>,
    /// The passage; absent when it is more than one.
    pub passage: Option<PassageId>,
    /// Who answers for it.
    pub owner: Option<String>,
    /// Why.
    #[serde(flatten)]
    pub because: Because,
}

/// A past answer with the document passages that lie nearest to it.
pub struct Near<'a> {
    /// The past answer.
    pub past: &'a Chunk,
    /// Passages of documents on the same matter.
    pub documents: Vec<&'a Chunk>,
}

/// Lists what is overdue: sources first, then passages in the order of their names. `changed`: documents that have had an
/// earlier version.
pub fn stale(
    sources: &[SourceSummary],
    current: &[Chunk],
    near: &[Near<'_>],
    changed: &BTreeSet<(SourceId, DocumentKey)>,
    log: &Log,
    now: Timestamp,
) -> Vec<Stale> {
    let mut listed: Vec<Stale> = sources.iter().filter(|summary| is_unseen(summary, now)).map(of_source).collect();
    let mut texts: BTreeMap<(&SourceId, &DocumentKey), BTreeSet<String>> = BTreeMap::new();
    for chunk in current {
        texts.entry((&chunk.source, &chunk.document)).or_default().insert(edit::original(chunk));
    }
    for chunk in current {
        let standing = log.standing(chunk, now);
        let of_passage = |because| Stale {
            source: chunk.source.clone(),
            document: Some(chunk.document.clone()),
            passage: Some(chunk.id.clone()),
            owner: standing.owner.clone(),
            because,
        };
        if standing.hidden {
            continue;
        }
        if let Some(until) = standing.verified_until.filter(|_| standing.is_overdue(now)) {
            listed.push(of_passage(Because::VerifiedUntil { until }));
        }
        if let Some((document, hash)) = edit::replaced(&chunk.document)
            && !texts.get(&(&chunk.source, &document)).is_some_and(|hashes| hashes.contains(hash))
        {
            listed.push(of_passage(Because::SourceChanged { document }));
        }
        let near = near.iter().find(|near| near.past.id == chunk.id).into_iter().flat_map(|near| &near.documents);
        let newer = near.filter(|document| {
            document.valid_from > chunk.valid_from && changed.contains(&(document.source.clone(), document.document.clone()))
        });
        if let Some(document) = newer.max_by_key(|document| document.valid_from).filter(|_| chunk.kind == PassageKind::PastTicket) {
            listed.push(of_passage(Because::OlderThan { document: document.document.clone(), changed_at: document.valid_from }));
        }
    }
    listed
}

fn is_unseen(summary: &SourceSummary, now: Timestamp) -> bool {
    summary.synced_at.is_none_or(|at| now.duration_since(at) > SignedDuration::from_hours(24 * SYNC_DAYS_MAX))
}

fn of_source(summary: &SourceSummary) -> Stale {
    let because = Because::NotSynced { since: summary.synced_at };
    Stale { source: summary.source.id.clone(), document: None, passage: None, owner: None, because }
}
