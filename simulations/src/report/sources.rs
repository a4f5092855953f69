//! Sources: which won, which were to blame, which were never used.

use crate::line::Line;
use crate::report::listing::{Count, Listing};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use triage::evidence::PassageKind;

/// Sources that are shown.
pub const SOURCES_MAX: usize = 40;

/// What a source is worth.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct SourceRow {
    /// `SOURCE/DOCUMENT`; all past tickets are one.
    pub source: String,
    /// Would-be replies that rest on it.
    pub cited: Count,
    /// Of these: right.
    pub won: Count,
    /// Of these: wrong.
    pub blamed: Count,
}

/// Two passages that say different things.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Contradicting {
    /// Where the one stands.
    pub one: String,
    /// What it says.
    pub one_says: String,
    /// Where the other stands.
    pub other: String,
    /// What it says.
    pub other_says: String,
}

/// Collects what would-be replies rest on.
#[derive(Default)]
pub struct Sources(BTreeMap<String, ()>);

/// All past tickets are one source: there is nothing to do about a single one.
const PAST_TICKETS: &str = "past tickets";

impl Sources {
    /// The next counted ticket.
    pub fn see(&mut self, line: &Line, place: u32, listing: &mut Listing) {
        let (Some(decision), Some(scores)) = (&line.decision, &line.scores) else { return };
        let mut cited: Vec<String> = Vec::new();
        for passage in &decision.receipt.passages {
            let is_cited = decision.receipt.citations.iter().any(|citation| citation.passage == passage.id);
            let name = match passage.kind {
                PassageKind::PastTicket => PAST_TICKETS.to_owned(),
                PassageKind::Approved | PassageKind::Document => format!("{}/{}", passage.source, passage.document),
            };
            if is_cited && !cited.contains(&name) {
                cited.push(name);
            }
        }
        let wrong = scores.verdict().and_then(crate::scorers::reply::Verdict::is_wrong);
        for name in cited {
            listing.list(&format!("source-{name}"), place);
            match wrong {
                Some(true) => listing.list(&format!("source-{name}-blamed"), place),
                Some(false) => listing.list(&format!("source-{name}-won"), place),
                None => {}
            }
            self.0.insert(name, ());
        }
    }

    /// The table, the most cited first, and what was never cited.
    pub fn finish(self, documents: &[String], listing: &Listing) -> (Vec<SourceRow>, Vec<String>) {
        let never: Vec<String> = documents.iter().filter(|name| !self.0.contains_key(*name)).cloned().collect();
        let row = |source: String| SourceRow {
            cited: listing.count(&format!("source-{source}")),
            won: listing.count(&format!("source-{source}-won")),
            blamed: listing.count(&format!("source-{source}-blamed")),
            source,
        };
        let mut rows: Vec<SourceRow> = self.0.into_keys().map(row).collect();
        rows.sort_by(|a, b| b.cited.count.cmp(&a.cited.count).then_with(|| a.source.cmp(&b.source)));
        rows.truncate(SOURCES_MAX);
        (rows, never)
    }
}
