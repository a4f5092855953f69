//! One past conversation decided again and scored.

use crate::calibrate::Judged;
use crate::line::{Line, Scores};
use crate::mind::{Decided, Mind, decide};
use crate::past::Replayable;
use crate::scorers::reply::{ReplyScorer, Verdict};
use crate::scorers::{action, cost, intent, resolved, safety, time};
use triage::consultation::Mind as Author;
use triage::decision::Decision;
use triage::ports::StageError;
use triage::triage::Triage;

/// Who decides, and how it is compared.
pub struct Bench {
    /// The same `Triage` as the worker's.
    pub triage: Triage,
    /// Others like it, one for each further time that a ticket is decided.
    pub again: Vec<Triage>,
    /// Who decides.
    pub mind: Mind,
    /// Compares.
    pub scorer: ReplyScorer,
}

/// A scored ticket.
pub struct Scored {
    /// Its line.
    pub line: Line,
    /// What the gates can learn of it: by whose signals, and whether that was wrong.
    pub judged: Vec<(Author, Judged)>,
}

/// Decides, so often as is asked, and compares the first decision.
pub async fn score(bench: &Bench, replayable: &Replayable, block: usize, question: String) -> Result<Scored, StageError> {
    let Replayable { case, human, customer, .. } = replayable;
    let Decided { decision, before } = decide(&bench.triage, bench.mind, case).await?;
    let flipped = flips(bench, replayable, &decision).await?;
    let policy = &bench.triage.terms.policy;
    let did = action::score(&decision);
    let reply = bench.scorer.score(case, &decision, human).await?;
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
    let mut judged = Vec::new();
    if let Some(before) = &before {
        // The model's decision hides what the local gate could learn of the same ticket.
        let verdict = bench.scorer.automatic(before, human).await?.map(|reply| reply.verdict);
        judged.extend(learned(before, verdict));
    }
    judged.extend(learned(&decision, scores.verdict()));
    let line = Line {
        ticket: case.ticket.clone(),
        at: case.at,
        block,
        customer: customer.clone(),
        left_out: None,
        twins: 0,
        question,
        human: human.clone(),
        decision: Some(decision),
        scores: Some(scores),
    };
    Ok(Scored { line, judged })
}

/// What the gate of the decision's author can learn of it.
fn learned(decision: &Decision, verdict: Option<Verdict>) -> Option<(Author, Judged)> {
    let is_wrong = verdict.and_then(Verdict::is_wrong)?;
    let judgement = decision.receipt.judgement.as_ref()?;
    Some((decision.receipt.mind, Judged { signals: judgement.signals.clone(), is_wrong }))
}

/// Whether any repeat does or says something else; a mind that draws at random flips, the local one never does.
async fn flips(bench: &Bench, replayable: &Replayable, first: &Decision) -> Result<Option<bool>, StageError> {
    for triage in &bench.again {
        let again = decide(triage, bench.mind, &replayable.case).await?.decision;
        if again.action != first.action || again.intent != first.intent {
            return Ok(Some(true));
        }
    }
    Ok((!bench.again.is_empty()).then_some(false))
}
