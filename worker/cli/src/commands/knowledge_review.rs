//! `whimbrel knowledge stale|contradictions|audit`: what an admin should look at.

use crate::args::LimitArgs;
use crate::screen::{Screen, moment};
use crate::wiring::Knowledge;
use jiff::Timestamp;
use knowledge::chunk::Chunk;
use knowledge::curation::contradiction::{COSINE_MIN, Contradiction, NEIGHBOURS_MAX, Pair, contradictions};
use knowledge::curation::stale::{Because, Near, Stale, stale};
use knowledge::curation::standing::Log;
use knowledge::document::DocumentKey;
use knowledge::feed::FEED_PAGE;
use knowledge::ports::store::{IndexChange, Revision};
use knowledge::source::SourceId;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::process::ExitCode;
use triage::evidence::{PassageId, PassageKind, Query};
use triage::ports::Retriever;

/// Passages whose neighbours are looked at in one run; the rest is said to be left out.
pub const LOOKED_AT_MAX: usize = 20_000;

/// What is left to do in a source.
#[derive(Clone, Copy, Default, Debug, Serialize)]
pub struct Counts {
    /// Passages that stand before others.
    pub pinned: u64,
    /// Passages past the date until which they were verified.
    pub stale: u64,
    /// Passages that nobody answers for.
    pub unowned: u64,
}

impl Counts {
    /// Nobody said anything of so many passages.
    pub fn unowned(passages: u64) -> Self {
        Counts { unowned: passages, ..Counts::default() }
    }
}

/// What there is, as it stands now.
struct Holdings {
    /// What may be found.
    current: Vec<Chunk>,
    /// What holds and is hidden.
    hidden: Vec<Chunk>,
    /// Documents that have had an earlier version.
    changed: BTreeSet<(SourceId, DocumentKey)>,
    log: Log,
    now: Timestamp,
}

/// Reads all passages.
async fn holdings(knowledge: &Knowledge) -> anyhow::Result<Holdings> {
    let log = Log::new(knowledge.store.curations().await?);
    let mut holdings = Holdings { current: Vec::new(), hidden: Vec::new(), changed: BTreeSet::new(), log, now: Timestamp::now() };
    let mut hidden = Vec::new();
    let (mut at, newest) = (Revision(0), knowledge.store.revision().await?);
    while at < newest {
        let (changes, next) = knowledge.store.changes_since(at, FEED_PAGE).await?;
        if next <= at {
            break;
        }
        at = next;
        for change in changes {
            let IndexChange::Upsert { chunk, .. } = change else { continue };
            if holdings.log.standing(&chunk, holdings.now).hidden {
                hidden.push(chunk.id);
            } else if chunk.valid_to.is_none_or(|end| holdings.now < end) {
                holdings.current.push(*chunk);
            } else {
                holdings.changed.insert((chunk.source, chunk.document));
            }
        }
    }
    // An index is told that a hidden passage has ended; the store knows whether it has.
    holdings.hidden = knowledge.store.passages(&hidden).await?;
    holdings.hidden.retain(|chunk| chunk.valid_to.is_none_or(|end| holdings.now < end));
    holdings.current.sort_by(|a, b| (&a.source, &a.document, &a.id).cmp(&(&b.source, &b.document, &b.id)));
    Ok(holdings)
}

/// What is left to do, by source; empty when nobody has ever said anything, which is told without reading passages.
pub async fn counts(knowledge: &Knowledge) -> anyhow::Result<BTreeMap<SourceId, Counts>> {
    if knowledge.store.curations().await?.is_empty() {
        return Ok(BTreeMap::new());
    }
    let holdings = holdings(knowledge).await?;
    let mut counts: BTreeMap<SourceId, Counts> = BTreeMap::new();
    for chunk in &holdings.current {
        let standing = holdings.log.standing(chunk, holdings.now);
        let of_source = counts.entry(chunk.source.clone()).or_default();
        of_source.pinned += u64::from(standing.pinned);
        of_source.stale += u64::from(standing.is_overdue(holdings.now));
        of_source.unowned += u64::from(standing.owner.is_none());
    }
    Ok(counts)
}

/// The ids and cosines of what lies nearest to a passage in its language.
async fn neighbours(knowledge: &Knowledge, chunk: &Chunk, now: Timestamp) -> anyhow::Result<Vec<(PassageId, f64)>> {
    let query = Query {
        text: chunk.question.clone().unwrap_or_else(|| format!("{}\n{}", chunk.title, chunk.text)),
        language: chunk.language,
        intent: None,
        as_of: now,
        exclude_ticket: chunk.ticket.clone(),
        passages_max: NEIGHBOURS_MAX + 1,
    };
    let found = knowledge.retriever.retrieve(&query).await?;
    Ok(found.passages.into_iter().filter(|passage| passage.id != chunk.id).map(|passage| (passage.id, passage.similarity)).collect())
}

/// Lists what may no longer hold.
pub async fn stale_list(knowledge: &Knowledge, screen: &Screen) -> anyhow::Result<ExitCode> {
    let holdings = holdings(knowledge).await?;
    let by_id: BTreeMap<&PassageId, &Chunk> = holdings.current.iter().map(|chunk| (&chunk.id, chunk)).collect();
    let mut near = Vec::new();
    let tickets = holdings.current.iter().filter(|chunk| chunk.kind == PassageKind::PastTicket && !holdings.changed.is_empty());
    for past in tickets.take(LOOKED_AT_MAX) {
        let ids = neighbours(knowledge, past, holdings.now).await?;
        let documents = ids.iter().filter(|(_, cosine)| *cosine >= COSINE_MIN).filter_map(|(id, _)| by_id.get(id).copied());
        near.push(Near { past, documents: documents.filter(|chunk| chunk.kind != PassageKind::PastTicket).collect() });
    }
    let sources = knowledge.store.sources().await?;
    let all: Vec<Chunk> = holdings.current.iter().chain(&holdings.hidden).cloned().collect();
    let listed = stale(&sources, &all, &near, &holdings.changed, &holdings.log, holdings.now);
    screen.json(&listed)?;
    if listed.is_empty() {
        screen.line("Nothing is stale.");
        return Ok(ExitCode::SUCCESS);
    }
    let row = |stale: &Stale| {
        let document = stale.document.as_ref().map_or(String::new(), |document| format!("/{}", document.0));
        let passage = stale.passage.as_ref().map_or(String::new(), ToString::to_string);
        vec![format!("{}{document}", stale.source), passage, stale.owner.clone().unwrap_or_default(), because(&stale.because)]
    };
    screen.table(&["where", "passage", "owner", "why"], listed.iter().map(row).collect());
    screen.line("`whimbrel knowledge verify`, `edit`, `hide` or `sync` settle them.");
    Ok(ExitCode::SUCCESS)
}

fn because(because: &Because) -> String {
    match because {
        Because::VerifiedUntil { until } => format!("verified until {}", moment(*until)),
        Because::SourceChanged { document } => format!("edited by hand, and {} has changed since", document.0),
        Because::OlderThan { document, changed_at } => format!("older than {}, which changed on {}", document.0, moment(*changed_at)),
        Because::NotSynced { since: Some(since) } => format!("not synced since {}", moment(*since)),
        Because::NotSynced { since: None } => "never synced".to_owned(),
    }
}

/// Lists passages that say different things, side by side.
pub async fn contradiction_list(knowledge: &Knowledge, args: &LimitArgs, screen: &Screen) -> anyhow::Result<ExitCode> {
    let holdings = holdings(knowledge).await?;
    let by_id: BTreeMap<&PassageId, &Chunk> = holdings.current.iter().map(|chunk| (&chunk.id, chunk)).collect();
    let mut pairs = Vec::new();
    for one in holdings.current.iter().filter(|chunk| chunk.kind != PassageKind::PastTicket).take(LOOKED_AT_MAX) {
        let near = neighbours(knowledge, one, holdings.now).await?;
        pairs.extend(near.into_iter().filter_map(|(id, cosine)| Some(Pair { one, other: by_id.get(&id).copied()?, cosine })));
    }
    let mut found = contradictions(pairs);
    let all = found.len();
    found.truncate(args.limit);
    screen.json(&found)?;
    for contradiction in &found {
        print(screen, contradiction);
    }
    screen.line(match all {
        0 => "No two passages were found that say different things on the same matter.".to_owned(),
        all if all > found.len() => format!("{} of {all} shown; --limit shows more.", found.len()),
        all => format!("{all} pairs. `whimbrel knowledge hide`, `edit` or a change of the source settle them."),
    });
    Ok(ExitCode::SUCCESS)
}

fn print(screen: &Screen, found: &Contradiction) {
    let differs = format!("{:?}", found.differs).to_lowercase();
    screen.line(format!("{differs}: {} against {}", found.one_says.join(", "), found.other_says.join(", ")));
    for chunk in [&found.one, &found.other] {
        screen.line(format!("  {}  {}/{}", chunk.id, chunk.source, chunk.document.0));
        screen.line(format!("      {}", chunk.text.replace('\n', " / ")));
    }
}

/// Prints what people did, newest first.
pub async fn audit(knowledge: &Knowledge, args: &LimitArgs, screen: &Screen) -> anyhow::Result<ExitCode> {
    let lines = knowledge.store.audit(args.limit).await?;
    screen.json(&lines)?;
    if lines.is_empty() {
        screen.line("Nobody has curated anything yet.");
        return Ok(ExitCode::SUCCESS);
    }
    let rows = lines.iter().map(|line| vec![moment(line.at), line.by.clone(), line.what.clone(), line.why.clone()]);
    screen.table(&["when", "who", "what", "why"], rows.collect());
    Ok(ExitCode::SUCCESS)
}
