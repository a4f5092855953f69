//! Replay: the same `Triage` that runs live decides past turns. Time order is kept by the queries themselves: every
//! one asks the knowledge of its own moment and shuts out its own ticket.

use crate::compare::compare;
use crate::outcome::Outcome;
use crate::past::Replayable;
use triage::ports::StageError;
use triage::triage::Triage;

/// Decides one past turn and compares.
pub async fn replay(triage: &Triage, past: &Replayable) -> Result<Outcome, StageError> {
    let decision = triage.decide(&past.case).await?;
    let comparison = decision.receipt.would_be.as_ref().map(|text| compare(text, decision.intent.as_ref(), &past.human));
    Ok(Outcome { decision, comparison })
}
