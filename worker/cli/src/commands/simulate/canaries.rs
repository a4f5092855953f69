//! Planted answers: the audit of the audit.
//!
//! After the last block, the own answers of some tickets are planted three times over: under the ticket's own id, under the id of a
//! twin, and as an answer that came a second later. None may come through to its ticket. A stranger who asks the same a day later must
//! find one, or the answers could not have been found at all and the test would show nothing. They are planted after everything
//! was decided, so that they change no figure.

use crate::commands::courtesy::COURTESY;
use crate::commands::simulate::world::{StoreOrigins, World};
use jiff::{SignedDuration, Timestamp};
use knowledge::document::{Document, DocumentKey, Section, VersionedDocument};
use knowledge::ports::store::{NewVersion, SourceChange};
use knowledge::source::{Source, SourceId, SourceKind};
use knowledge::stages::chunk::chunk;
use simulations::guard::{Guard, LeakAudit};
use simulations::past::{Replayable, replayable};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use triage::evidence::{PassageKind, Query};
use triage::past::PastTicket;
use triage::ports::Retriever;
use triage::ticket::TicketId;

/// Tickets whose answers are planted.
pub const TICKETS: usize = 20;
/// They are taken from the last so many tickets of the run.
pub const SAMPLE_FROM: usize = 400;
/// Name of the source that planted answers stand in.
const SOURCE: &str = "planted-answers";
/// Passages that are asked for: more than a reply would look at.
const PASSAGES: usize = 20;

/// Plants, asks, and says what came through.
pub async fn look(
    world: &World,
    last: &[PastTicket],
    twins: &BTreeMap<TicketId, BTreeSet<TicketId>>,
    today: bool,
) -> anyhow::Result<LeakAudit> {
    let ready: Vec<Replayable> =
        last.iter().filter_map(|past| replayable(past, &COURTESY).ok()).filter(|ready| ready.human.answer.is_some()).collect();
    let stride = ready.len().div_ceil(TICKETS).max(1);
    let sample: Vec<&Replayable> = ready.iter().step_by(stride).take(TICKETS).collect();
    let id = SourceId(SOURCE.to_owned());
    let kind = SourceKind::Tickets { columns: Default::default() };
    let source = Source { id: id.clone(), kind, location: String::new(), language: None, valid_from: None };
    world.store.put_source(&source, Timestamp::UNIX_EPOCH).await?;
    let mut twins = twins.clone();
    let mut versions = Vec::new();
    for ready in &sample {
        let ticket = &ready.case.ticket;
        let (twin, later) = (TicketId(format!("{ticket}/twin")), TicketId(format!("{ticket}/later")));
        twins.entry(ticket.clone()).or_default().insert(twin.clone());
        let soon = ready.case.as_of().saturating_add(SignedDuration::from_secs(1))?;
        let long_before = Timestamp::UNIX_EPOCH;
        for (name, at) in [(ticket.clone(), long_before), (twin, long_before), (later, soon)] {
            versions.push(planted(world, ready, name, at).await?);
        }
    }
    let planted = versions.len() as u64;
    world.store.apply(&id, &SourceChange { versions, gone: Vec::new() }, world.embedder.name(), Timestamp::UNIX_EPOCH).await?;
    let guard = Guard::new(world.retriever()?, Arc::new(StoreOrigins(world.store.clone())), Arc::new(twins), today, SOURCE.to_owned());
    let mut audit = LeakAudit { canaries: planted, canary_tickets: sample.len() as u64, ..LeakAudit::default() };
    for ready in sample {
        let own = format!("{}", ready.case.ticket);
        let found = guard.retrieve(&question(ready, Some(ready.case.ticket.clone()), ready.case.as_of())).await?;
        let is_own =
            |document: &str| document == own || document.strip_prefix(&own).is_some_and(|rest| rest == "/twin" || rest == "/later");
        let leaked = found.passages.iter().filter(|passage| passage.source == SOURCE && is_own(&passage.document)).count();
        audit.canaries_retrieved += leaked as u64;
        if leaked > 0 {
            audit.name(format!("ticket {own}: its planted answer came through"));
        }
        let day_after = ready.case.as_of().saturating_add(SignedDuration::from_hours(24))?;
        let stranger = guard.retrieve(&question(ready, None, day_after)).await?;
        audit.canaries_findable += u64::from(stranger.passages.iter().any(|passage| passage.source == SOURCE && is_own(&passage.document)));
    }
    Ok(audit)
}

fn question(ready: &Replayable, exclude_ticket: Option<TicketId>, as_of: Timestamp) -> Query {
    Query { text: ready.case.text(), language: None, intent: None, as_of, exclude_ticket, passages_max: PASSAGES }
}

/// One planted answer: the ticket's own question with the human answer to it.
async fn planted(world: &World, ready: &Replayable, name: TicketId, at: Timestamp) -> anyhow::Result<NewVersion> {
    let section = Section {
        intent: None,
        headings: Vec::new(),
        question: Some(ready.case.text()),
        blocks: vec![ready.human.answer.clone().unwrap_or_default()],
    };
    let document = Document {
        key: DocumentKey(name.0.clone()),
        title: "planted answer".to_owned(),
        kind: PassageKind::PastTicket,
        language: None,
        ticket: Some(name),
        intent: None,
        valid_from: Some(at),
        link: None,
        sections: vec![section],
    };
    let version = document.version();
    let versioned = VersionedDocument { source: SourceId(SOURCE.to_owned()), document, version, valid_from: at };
    let mut chunks = Vec::new();
    for plain in chunk(&versioned) {
        chunks.push(world.keyed(plain).await?);
    }
    let VersionedDocument { document, version, valid_from, .. } = versioned;
    Ok(NewVersion { document: document.key, title: document.title, version, valid_from, chunks })
}
