//! The worst would-be replies: they stand on the first page.

use crate::line::Line;
use crate::report::listing::{Count, Listing, cut};
use crate::scorers::action::Did;
use crate::scorers::reply::Verdict;
use crate::twins::fnv;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;
use std::collections::HashMap;

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
    /// It was calibrated; otherwise its number means nothing yet.
    #[serde(default)]
    pub calibrated: bool,
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
    /// All tickets of this intent that would have got the same words, this one among them.
    #[serde(default)]
    pub alike: Count,
}

/// Keeps the worst so far; of those that say the same about the same intent one, with the tickets of all.
#[derive(Default)]
pub struct Worsts {
    kept: Vec<(u64, Worst)>,
    /// By what they say: the places of their tickets.
    alike: HashMap<u64, Vec<u32>>,
}

impl Worsts {
    /// The next counted ticket.
    pub fn see(&mut self, line: &Line, place: u32) {
        let (Some(decision), Some(scores)) = (&line.decision, &line.scores) else { return };
        let Some(verdict) = scores.verdict().filter(|verdict| verdict.is_wrong() == Some(true)) else { return };
        let Some(would_be) = &decision.receipt.would_be else { return };
        let sent = scores.did == Did::Reply;
        let intent = decision.intent.as_ref().map(ToString::to_string).unwrap_or_default();
        let key = fnv(format!("{sent} {verdict:?} {intent}\n{would_be}").as_bytes());
        self.alike.entry(key).or_default().push(place);
        let worst = Worst {
            ticket: line.ticket.0.clone(),
            sent,
            verdict,
            calibrated: decision.receipt.judgement.as_ref().is_some_and(|judgement| judgement.calibrated),
            wrong_per_100: decision.receipt.judgement.as_ref().map_or(100.0, |judgement| judgement.wrong_per_100),
            intent,
            human_intent: line.human.intents.first().map(ToString::to_string).unwrap_or_default(),
            question: cut(&line.question),
            would_be: cut(would_be),
            answer: cut(line.human.answer.as_deref().unwrap_or_default()),
            alike: Count::default(),
        };
        match self.kept.iter_mut().find(|(other, _)| *other == key) {
            Some((_, kept)) if before(&worst, kept).is_lt() => *kept = worst,
            Some(_) => {}
            None => self.kept.push((key, worst)),
        }
        if self.kept.len() > 4 * SHOWN {
            self.sort();
        }
    }

    fn sort(&mut self) {
        self.kept.sort_by(|a, b| before(&a.1, &b.1));
        self.kept.truncate(SHOWN);
    }

    /// The worst of all; those that say the same become a list each.
    pub fn finish(mut self, listing: &mut Listing) -> Vec<Worst> {
        self.sort();
        let mut shown = Vec::with_capacity(self.kept.len());
        for (n, (key, worst)) in self.kept.into_iter().enumerate() {
            let name = format!("worst-{}", n + 1);
            self.alike.remove(&key).unwrap_or_default().into_iter().for_each(|place| listing.list(&name, place));
            shown.push(Worst { alike: listing.count(&name), ..worst });
        }
        shown
    }
}

/// What would have gone out before what was kept back, unsafe before wrong, the surest first; where the gate was not
/// calibrated nobody knows how sure it was.
fn before(a: &Worst, b: &Worst) -> Ordering {
    let rank = |worst: &Worst| (!worst.sent, worst.verdict != Verdict::Unsafe, !worst.calibrated);
    rank(a).cmp(&rank(b)).then(a.wrong_per_100.total_cmp(&b.wrong_per_100)).then_with(|| a.ticket.cmp(&b.ticket))
}
