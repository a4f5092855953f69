//! The guard before the knowledge: shuts out what a ticket may not see, and audits every passage that comes through.
//!
//! The retriever itself keeps time and shuts out the ticket that asks. The guard adds the ticket's twins, and does not believe the
//! retriever: it looks up when each passage began to hold, in another place, and counts what should not have come.

use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use triage::evidence::{Found, Passage, PassageId, PassageKind, Query};
use triage::ports::{Retriever, StageError};
use triage::ticket::TicketId;

/// Faults that are named one by one; more are counted.
pub const FAULTS_NAMED_MAX: usize = 20;

/// Where a passage comes from, as its store knows it.
#[derive(Clone, PartialEq, Debug)]
pub struct Origin {
    /// From when it holds.
    pub valid_from: Timestamp,
    /// The ticket that it was made of.
    pub ticket: Option<TicketId>,
}

/// Knows where passages come from, apart from the index.
#[async_trait]
pub trait Origins: Send + Sync {
    /// The origin of each passage, in their order; absent when it is unknown.
    async fn origins(&self, passages: &[PassageId]) -> Result<Vec<Option<Origin>>, StageError>;
}

/// What the audit saw.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct LeakAudit {
    /// Questions to the knowledge.
    pub queries: u64,
    /// Passages that came back.
    pub passages: u64,
    /// Passages of the ticket itself or of its twins that were taken out before anything was written.
    pub shut_out: u64,
    /// Passages younger than their ticket: each is a failure.
    pub younger: u64,
    /// Passages of the ticket itself or of a twin that came through: each is a failure.
    pub own: u64,
    /// Passages whose origin nobody knows: each is a failure.
    pub unknown: u64,
    /// Planted answers that were looked for.
    pub canaries: u64,
    /// Tickets that they belong to.
    #[serde(default)]
    pub canary_tickets: u64,
    /// Planted answers that came through to the ticket that they belong to: each is a failure.
    pub canaries_retrieved: u64,
    /// Of these tickets: a later stranger found a planted answer, which shows that it could be found at all.
    pub canaries_findable: u64,
    /// Failures by name.
    pub faults: Vec<String>,
}

impl LeakAudit {
    /// Nothing came through that should not have.
    pub fn is_clean(&self) -> bool {
        self.younger + self.own + self.unknown + self.canaries_retrieved == 0
    }

    /// Adds another part of the same run.
    pub fn add(&mut self, other: &LeakAudit) {
        self.queries += other.queries;
        self.passages += other.passages;
        self.shut_out += other.shut_out;
        self.younger += other.younger;
        self.own += other.own;
        self.unknown += other.unknown;
        self.canaries += other.canaries;
        self.canary_tickets += other.canary_tickets;
        self.canaries_retrieved += other.canaries_retrieved;
        self.canaries_findable += other.canaries_findable;
        other.faults.iter().for_each(|fault| self.name(fault.clone()));
    }

    /// Names a fault, while there is room.
    pub fn name(&mut self, fault: String) {
        if self.faults.len() < FAULTS_NAMED_MAX {
            self.faults.push(fault);
        }
    }
}

/// A retriever behind a guard.
pub struct Guard {
    inner: Arc<dyn Retriever>,
    origins: Arc<dyn Origins>,
    twins: Arc<BTreeMap<TicketId, BTreeSet<TicketId>>>,
    /// Documents may be younger than the ticket: the mode with today's documents.
    documents_of_today: bool,
    version: String,
    audit: Mutex<LeakAudit>,
    known: Mutex<HashMap<PassageId, Option<Origin>>>,
}

impl Guard {
    /// Guards a retriever. The version names what the knowledge holds, for receipts: revisions of a store say how it came to be, and a
    /// run that goes on where it was broken off came to it otherwise.
    pub fn new(
        inner: Arc<dyn Retriever>,
        origins: Arc<dyn Origins>,
        twins: Arc<BTreeMap<TicketId, BTreeSet<TicketId>>>,
        documents_of_today: bool,
        version: String,
    ) -> Self {
        Guard { inner, origins, twins, documents_of_today, version, audit: Mutex::default(), known: Mutex::default() }
    }

    /// What was seen so far.
    pub fn audit(&self) -> LeakAudit {
        self.audit.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn is_shut_out(&self, passage: &Passage, query: &Query) -> bool {
        let Some(asking) = &query.exclude_ticket else { return false };
        passage.kind == PassageKind::PastTicket
            && (passage.document == asking.0
                || self.twins.get(asking).is_some_and(|twins| twins.iter().any(|twin| twin.0 == passage.document)))
    }

    async fn origins_of(&self, passages: &[Passage]) -> Result<Vec<Option<Origin>>, StageError> {
        let known: Vec<Option<Option<Origin>>> = {
            let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            passages.iter().map(|passage| known.get(&passage.id).cloned()).collect()
        };
        if known.iter().all(Option::is_some) {
            return Ok(known.into_iter().flatten().collect());
        }
        let ids: Vec<PassageId> = passages.iter().map(|passage| passage.id.clone()).collect();
        let origins = self.origins.origins(&ids).await?;
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.extend(ids.into_iter().zip(origins.iter().cloned()));
        Ok(origins)
    }

    /// Looks at what came through with the eyes of another witness.
    async fn look(&self, passages: &[Passage], query: &Query, shut_out: u64) -> Result<(), StageError> {
        let origins = self.origins_of(passages).await?;
        let mut audit = self.audit.lock().unwrap_or_else(PoisonError::into_inner);
        audit.queries += 1;
        audit.passages += passages.len() as u64;
        audit.shut_out += shut_out;
        let asking = query.exclude_ticket.as_ref();
        let name = asking.map_or_else(String::new, ToString::to_string);
        for (passage, origin) in passages.iter().zip(origins) {
            let Some(origin) = origin else {
                audit.unknown += 1;
                audit.name(format!("ticket {name}: nobody knows where passage {} comes from", passage.id));
                continue;
            };
            let may_be_younger = self.documents_of_today && origin.ticket.is_none();
            if origin.valid_from > query.as_of && !may_be_younger {
                audit.younger += 1;
                audit.name(format!("ticket {name}: passage {} is younger", passage.id));
            }
            let is_own = |ticket: &TicketId| {
                asking.is_some_and(|own| ticket == own || self.twins.get(own).is_some_and(|twins| twins.contains(ticket)))
            };
            if origin.ticket.as_ref().is_some_and(is_own) {
                audit.own += 1;
                audit.name(format!("ticket {name}: passage {} is its own answer", passage.id));
            }
        }
        Ok(())
    }
}

#[async_trait]
impl Retriever for Guard {
    async fn retrieve(&self, query: &Query) -> Result<Found, StageError> {
        let mut found = self.inner.retrieve(query).await?;
        let mut shut_out = found.passages.iter().filter(|passage| self.is_shut_out(passage, query)).count();
        if shut_out > 0 {
            // What is taken out leaves its place to the next ones.
            let twins = query.exclude_ticket.as_ref().and_then(|asking| self.twins.get(asking)).map_or(0, BTreeSet::len);
            let wider = Query { passages_max: query.passages_max.saturating_add(twins + shut_out), ..query.clone() };
            found = self.inner.retrieve(&wider).await?;
            let before = found.passages.len();
            found.passages.retain(|passage| !self.is_shut_out(passage, query));
            shut_out = before - found.passages.len();
            found.passages.truncate(query.passages_max);
        }
        self.look(&found.passages, query, shut_out as u64).await?;
        Ok(found)
    }

    fn version(&self) -> String {
        self.version.clone()
    }
}
