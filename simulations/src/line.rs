//! A line of `tickets.jsonl`: one ticket of the run, with everything that was found out about it.

use crate::past::{Human, LeftOut};
use crate::scorers::action::Did;
use crate::scorers::cost::Cost;
use crate::scorers::reply::{ReplyScore, Verdict};
use crate::scorers::resolved::Definition;
use crate::scorers::safety::Unsafe;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use triage::decision::{Decision, Reason};
use triage::findings::Judgement;
use triage::policy::Ceiling;
use triage::signals::Signal;
use triage::ticket::TicketId;

/// One ticket of the run.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Line {
    /// The ticket.
    pub ticket: TicketId,
    /// When its question came.
    pub at: Timestamp,
    /// Which block of time it lies in.
    pub block: usize,
    /// A steady name of the customer that gives no number away.
    pub customer: String,
    /// Why it does not count; absent when it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left_out: Option<LeftOut>,
    /// So many other conversations would give its answer away, and it did not see them.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub twins: usize,
    /// The question, personal data removed.
    pub question: String,
    /// What people did.
    pub human: Human,
    /// What would have been done; absent when it was not decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<Decision>,
    /// How that compares.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scores: Option<Scores>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
fn is_zero(count: &usize) -> bool {
    *count == 0
}

/// The scores of a decided ticket.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Scores {
    /// What would have been done.
    pub did: Did,
    /// The intent was right; absent when nobody can say.
    pub intent_right: Option<bool>,
    /// The would-be reply against the human answer; absent when there is none.
    pub reply: Option<ReplyScore>,
    /// What is unsafe about it.
    pub unsafe_because: Vec<Unsafe>,
    /// People said that it was about something that the policy gives to a person.
    pub must_escalate: bool,
    /// Segments and prices.
    pub cost: Cost,
    /// Seconds that a reply would have saved the customer.
    pub saved_s: Option<i64>,
    /// Decided again, it came out otherwise; absent when it was decided once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flipped: Option<bool>,
    /// The definitions by which it would count as resolved.
    pub resolved: Vec<Definition>,
}

impl Scores {
    /// The verdict on the would-be reply. Unsafe stands above all others.
    pub fn verdict(&self) -> Option<Verdict> {
        match self.unsafe_because.is_empty() {
            true => self.reply.as_ref().map(|reply| reply.verdict),
            false => Some(Verdict::Unsafe),
        }
    }
}

impl Line {
    /// It was decided and counts.
    pub fn counts(&self) -> bool {
        self.left_out.is_none() && self.scores.is_some()
    }

    /// What the gate said, where only the dial stands between the would-be reply and the customer.
    pub fn on_the_dial(&self) -> Option<&Judgement> {
        let decision = self.decision.as_ref()?;
        let judgement = decision.receipt.judgement.as_ref()?;
        let may_reply = judgement.ceiling == Ceiling::Reply && judgement.signals.get(Signal::AsksAnswered) >= 1.0;
        let by_dial = decision.reason == Reason::SureEnough || (decision.reason == Reason::TooRisky && may_reply);
        (by_dial && judgement.calibrated).then_some(judgement)
    }
}
