//! The worst would-be replies: they stand on the first page.

use crate::line::Line;
use crate::report::listing::cut;
use crate::scorers::action::Did;
use crate::scorers::reply::Verdict;
use serde::{Deserialize, Serialize};

/// How many are shown.
pub const SHOWN: usize = 20;

/// A would-be reply that was wrong.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Worst {
    /// The ticket.
    pub ticket: String,
    /// It would have gone out; otherwise the dial or a ceiling kept it back.
    pub sent: bool,
    /// What is wrong with it.
    pub verdict: Verdict,
    /// What the gate said, in wrong per 100.
    pub wrong_per_100: f64,
    /// The intent that was seen.
    pub intent: String,
    /// What people said that it was about.
    pub human_intent: String,
    /// The question.
    pub question: String,
    /// The would-be reply.
    pub would_be: String,
    /// The human answer.
    pub answer: String,
}

/// Keeps the worst so far.
#[derive(Default)]
pub struct Worsts(Vec<Worst>);

impl Worsts {
    /// The next counted ticket.
    pub fn see(&mut self, line: &Line) {
        let (Some(decision), Some(scores)) = (&line.decision, &line.scores) else { return };
        let Some(verdict) = scores.verdict().filter(|verdict| verdict.is_wrong() == Some(true)) else { return };
        let Some(would_be) = &decision.receipt.would_be else { return };
        self.0.push(Worst {
            ticket: line.ticket.0.clone(),
            sent: scores.did == Did::Reply,
            verdict,
            wrong_per_100: decision.receipt.judgement.as_ref().map_or(100.0, |judgement| judgement.wrong_per_100),
            intent: decision.intent.as_ref().map(ToString::to_string).unwrap_or_default(),
            human_intent: line.human.intents.first().map(ToString::to_string).unwrap_or_default(),
            question: cut(&line.question),
            would_be: cut(would_be),
            answer: cut(line.human.answer.as_deref().unwrap_or_default()),
        });
        if self.0.len() > 4 * SHOWN {
            self.sort();
        }
    }

    /// What would have gone out before what was kept back, unsafe before wrong, the surest first.
    fn sort(&mut self) {
        self.0.sort_by(|a, b| {
            let rank = |worst: &Worst| (!worst.sent, worst.verdict != Verdict::Unsafe);
            rank(a).cmp(&rank(b)).then(a.wrong_per_100.total_cmp(&b.wrong_per_100)).then_with(|| a.ticket.cmp(&b.ticket))
        });
        self.0.truncate(SHOWN);
    }

    /// The worst of all.
    pub fn finish(mut self) -> Vec<Worst> {
        self.sort();
        self.0
    }
}
