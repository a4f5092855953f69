//! The cascade: the cheap mind decides first; the dear one is asked only where that decision would miss the dial.
//!
//! The second mind can only add. What the policy settled stays settled, a ceiling that the first mind saw holds for the second, and
//! when the second one fails the first decision stands with a note in its receipt.

use crate::case::Case;
use crate::consultation::Mind;
use crate::decide::lowered_to_draft;
use crate::decision::{Action, Decision, Reason};
use crate::findings::Step;
use crate::hand_over;
use crate::policy::Ceiling;
use crate::ports::{Consulted, SecondMind, StageError, Summarised};
use crate::terms::Terms;
use crate::triage::Triage;

/// Decides with the first mind, and with the second where that would miss the dial.
pub async fn decide(first: &Triage, second: &dyn SecondMind, case: &Case) -> Result<Decision, StageError> {
    let decision = first.decide_alone(case).await?;
    Ok(settle(first, second, case, decision).await)
}

/// What becomes of the first mind's decision: it stands, or the second mind is asked and the better of both holds.
pub async fn settle(first: &Triage, second: &dyn SecondMind, case: &Case, decision: Decision) -> Decision {
    if !misses_the_dial(&decision) {
        return decision;
    }
    choose(&first.terms, decision, second.decide(case).await)
}

/// A hand-over of what was read and understood, in the second mind's words. What was settled before anybody read it (an opt-out, a person
/// who has the ticket, a machine) is not put before it; and whatever fails, the note of the rules stands.
pub async fn summarised(second: &dyn SecondMind, case: &Case, decision: Decision) -> Decision {
    let Action::Escalate { note } = &decision.action else { return decision };
    if !decision.receipt.path.contains(&Step::Classify) {
        return decision;
    }
    let Summarised { summary, consultations } = second.summarise(case, &decision.reason).await;
    let action = summary.map(|summary| Action::Escalate { note: hand_over::with_summary(note, &summary) });
    let mut decision = decision;
    decision.receipt.consultations.extend(consultations);
    decision.action = action.unwrap_or(decision.action);
    decision
}

/// The decision leaves work to people that a better answer would have spared them. What the policy, the carrier, the customer or
/// a person settled is no matter of answers.
pub fn misses_the_dial(decision: &Decision) -> bool {
    let risky = || decision.receipt.judgement.as_ref().is_some_and(|j| j.wrong_per_100.is_nan() || j.wrong_per_100 > j.max_wrong_per_100);
    match decision.reason {
        Reason::OutOfScope
        | Reason::Unsure
        | Reason::NothingFound
        | Reason::NothingWritten
        | Reason::TooLong
        | Reason::CheckFailed
        | Reason::AnotherThing
        | Reason::PartlyAnswered
        | Reason::TooRisky => true,
        Reason::NotCalibrated | Reason::CeilingDraft => risky(),
        Reason::OptedOutByKeyword
        | Reason::OptedOutByWording
        | Reason::OptedIn
        | Reason::HelpAsked
        | Reason::CarrierAnswered
        | Reason::Suppressed
        | Reason::PersonHasTicket
        | Reason::LoopBroken
        | Reason::MachineSender
        | Reason::MediaOnly
        | Reason::Empty
        | Reason::TooOld
        | Reason::BareGreeting
        | Reason::MustEscalate
        | Reason::IntentOff
        | Reason::InShadow
        // The second mind searches the same knowledge.
        | Reason::NotRetrieved
        // An admin must look at the passage first, whoever writes from it.
        | Reason::PastVerification
        | Reason::PrivateSource
        | Reason::QuietHours
        | Reason::SureEnough => false,
    }
}

/// Which of the two holds. The receipt of either says what the second mind was asked.
pub fn choose(terms: &Terms, first: Decision, second: Consulted) -> Decision {
    let Consulted { decision, consultations } = second;
    let mut chosen = match decision {
        Some(second) => {
            let second = if ceiling_seen(terms, &first) < Ceiling::Reply { lowered_to_draft(second) } else { second };
            if is_better(&second, &first) { by_model(second) } else { first }
        }
        None => first,
    };
    chosen.receipt.consultations = consultations;
    chosen
}

fn by_model(mut decision: Decision) -> Decision {
    decision.receipt.mind = Mind::Model;
    decision
}

/// The ceiling of what the first mind took the turn for, when it had an opinion.
fn ceiling_seen(terms: &Terms, first: &Decision) -> Ceiling {
    let min = terms.policy.limits.intent_probability_min;
    let seen = first.receipt.intents.first().filter(|intent| intent.probability >= min && !intent.name.is_out_of_scope());
    let outside = first.receipt.out_of_scope.is_some_and(|outside| outside > terms.policy.limits.out_of_scope_max);
    match seen {
        Some(intent) if !outside => terms.policy.ceiling(&intent.name),
        Some(_) | None => Ceiling::Reply,
    }
}

/// A reply is better than a proposal, a proposal better than none; of two proposals the dear one; where both leave the turn to a
/// person, the one that knows what it is about. What the policy settled on the second look is heard in every case.
fn is_better(second: &Decision, first: &Decision) -> bool {
    if second.reason == Reason::MustEscalate {
        return true;
    }
    let rank = |decision: &Decision| match decision.action {
        Action::Reply { .. } => 2,
        Action::Draft { .. } => 1,
        Action::TagOnly | Action::Escalate { .. } | Action::Ignore => 0,
    };
    match (rank(second), rank(first)) {
        (1, 1) => true,
        (0, 0) => first.reason == Reason::Unsure && !matches!(second.reason, Reason::Unsure | Reason::OutOfScope),
        (second, first) => second > first,
    }
}
