//! Replay: the same `Triage` that runs live decides past turns. Time order is kept by the queries themselves: every
//! one asks the knowledge of its own moment and shuts out its own ticket.

use crate::compare::compare;
use crate::outcome::Outcome;
use crate::past::Replayable;
use triage::decision::Decision;
use triage::ports::StageError;
use triage::triage::Triage;

/// Live, a knowledge that cannot be searched gives the turn to a person; here that would be counted as if the knowledge held nothing, so
/// that it is an error.
pub fn searched(decision: Decision) -> Result<Decision, StageError> {
    match &decision.receipt.retrieval_problem {
        Some(problem) => Err(StageError { stage: "retrieve", problem: problem.clone(), is_transient: true }),
        None => Ok(decision),
    }
}

/// Decides one past turn and compares.
pub async fn replay(triage: &Triage, past: &Replayable) -> Result<Outcome, StageError> {
    let decision = searched(triage.decide(&past.case).await?)?;
    let comparison = decision.receipt.would_be.as_ref().map(|text| compare(text, decision.intent.as_ref(), &past.human));
    Ok(Outcome { decision, comparison })
}
