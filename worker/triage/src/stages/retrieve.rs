//! Asks the retriever for passages, once for each ask.

use crate::case::Case;
use crate::classification::Classification;
use crate::evidence::{Evidence, Query};
use crate::policy::{Overdue, Policy};
use crate::ports::{Retriever, StageError};

/// Passages for every ask, up to the limit of asks; the others count as unanswered. Every query is tied to the case's moment and shuts out its own ticket.
pub async fn retrieve(
    retriever: &dyn Retriever,
    case: &Case,
    classification: &Classification,
    policy: &Policy,
) -> Result<Evidence, StageError> {
    let limits = &policy.limits;
    let mut evidence = Evidence::default();
    for ask in classification.asks.iter().take(limits.asks_max) {
        let query = Query {
            text: ask.text.clone(),
            language: classification.language,
            intent: ask.intent.clone().or_else(|| classification.first().map(|first| first.name.clone())),
            as_of: case.as_of(),
            exclude_ticket: Some(case.ticket.clone()),
            passages_max: limits.passages_max,
        };
        evidence.found.push(retriever.retrieve(&query).await?);
    }
    StageError::unless_finite("retrieve", evidence.passages().flat_map(|p| [p.score, p.similarity, p.overlap]))?;
    if policy.overdue == Overdue::Hide {
        evidence.set_aside(|passage| passage.overdue_since.is_some());
    }
    // Asked last: the retriever catches up with the knowledge before it searches.
    evidence.index = retriever.version();
    Ok(evidence)
}
