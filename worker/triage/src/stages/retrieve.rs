//! Asks the retriever for passages, once for each ask.

use crate::case::Case;
use crate::classification::Classification;
use crate::evidence::{Evidence, Query};
use crate::policy::Limits;
use crate::ports::{Retriever, StageError};

/// Passages for every ask. Every query is tied to the case's moment and shuts out its own ticket.
pub async fn retrieve(
    retriever: &dyn Retriever,
    case: &Case,
    classification: &Classification,
    limits: &Limits,
) -> Result<Evidence, StageError> {
    let mut evidence = Evidence { found: Vec::new(), index: retriever.version() };
    for ask in &classification.asks {
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
    Ok(evidence)
}
