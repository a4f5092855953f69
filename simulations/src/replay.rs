//! Replay: the same `Triage` that runs live decides past turns. Time order is kept by the queries themselves: every
//! one asks the knowledge of its own moment and shuts out its own ticket.

use crate::compare::compare;
use crate::outcome::Outcome;
use crate::sample::Sample;
use triage::case::Case;
use triage::decision::Decision;
use triage::ports::StageError;
use triage::triage::Triage;

/// Decides a past turn. Live, a knowledge that cannot be searched gives the turn to a person; here that would be counted as if the
/// knowledge held nothing, so that it is an error.
pub async fn decide(triage: &Triage, case: &Case) -> Result<Decision, StageError> {
    let decision = triage.decide(case).await?;
    match &decision.receipt.retrieval_problem {
        Some(problem) => Err(StageError { stage: "retrieve", problem: problem.clone(), is_transient: true }),
        None => Ok(decision),
    }
}

/// Decides one past turn and compares.
pub async fn replay(triage: &Triage, sample: &Sample) -> Result<Outcome, StageError> {
    let decision = decide(triage, &sample.case).await?;
    let comparison = decision.receipt.would_be.as_ref().map(|text| compare(text, decision.intent.as_ref(), &sample.target));
    Ok(Outcome { decision, comparison })
}
