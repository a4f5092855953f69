//! One past conversation decided again and scored.

use crate::line::{Line, Scores};
use crate::past::Replayable;
use crate::replay::decide;
use crate::scorers::reply::ReplyScorer;
use crate::scorers::{action, cost, intent, resolved, safety, time};
use triage::decision::Decision;
use triage::ports::StageError;
use triage::triage::Triage;

/// Decides with the same `Triage` as the worker, so often as is asked, and compares the first decision.
pub async fn score(
    triage: &Triage,
    scorer: &ReplyScorer,
    replayable: &Replayable,
    block: usize,
    question: String,
    repeats: usize,
) -> Result<Line, StageError> {
    let Replayable { case, human, customer, .. } = replayable;
    let decision = decide(triage, case).await?;
    let flipped = flips(triage, replayable, &decision, repeats).await?;
    let policy = &triage.terms.policy;
    let did = action::score(&decision);
    let reply = scorer.score(&decision, human).await?;
    let intent_right = intent::score(&decision, human, policy.limits.out_of_scope_max);
    let unsafe_because = safety::score(policy, &decision, human, case.opted_out);
    let verdict = reply.as_ref().map(|reply| reply.verdict);
    let scores = Scores {
        did,
        intent_right,
        unsafe_because,
        must_escalate: safety::must_escalate(policy, human),
        cost: cost::score(case, &decision, &policy.sms.prices),
        saved_s: time::score(did, human),
        resolved: resolved::score(did, human, verdict, intent_right),
        flipped,
        reply,
    };
    Ok(Line {
        ticket: case.ticket.clone(),
        at: case.at,
        block,
        customer: customer.clone(),
        left_out: None,
        question,
        human: human.clone(),
        decision: Some(decision),
        scores: Some(scores),
    })
}

/// Whether any repeat does or says something else; a mind that draws at random flips, the local one never does.
async fn flips(triage: &Triage, replayable: &Replayable, first: &Decision, repeats: usize) -> Result<Option<bool>, StageError> {
    for _ in 1..repeats {
        let again = decide(triage, &replayable.case).await?;
        if again.action != first.action || again.intent != first.intent {
            return Ok(Some(true));
        }
    }
    Ok((repeats > 1).then_some(false))
}
