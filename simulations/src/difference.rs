//! Two runs, ticket by ticket: what another knowledge, policy, prompt or model makes better or worse.

use crate::line::Line;
use crate::report::listing::cut;
use crate::scorers::action::Did;
use crate::scorers::reply::Verdict;
use crate::statistics::binomial::at_most;
use serde::{Deserialize, Serialize};

/// Examples of each kind.
pub const EXAMPLES_MAX: usize = 10;

/// How one ticket came out in both runs.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Turned {
    /// It comes out better now.
    Better,
    /// It comes out worse now.
    Worse,
    /// It comes out the same, though the reply may read otherwise.
    Same,
}

/// A ticket that came out otherwise.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Example {
    /// The ticket.
    pub ticket: String,
    /// Better or worse.
    pub turned: Turned,
    /// How it came out before.
    pub before: String,
    /// How it comes out now.
    pub now: String,
    /// The question.
    pub question: String,
    /// The would-be reply before.
    pub would_be_before: String,
    /// The would-be reply now.
    pub would_be_now: String,
}

/// The difference of two runs over the tickets that count in both.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Difference {
    /// The run that this one is held against.
    pub before: String,
    /// Tickets that count in both.
    pub common: usize,
    /// Better now.
    pub better: usize,
    /// Worse now.
    pub worse: usize,
    /// The same.
    pub same: usize,
    /// Tickets that get a wrong reply now and did not before.
    pub newly_wrong: usize,
    /// Tickets that got a wrong reply before and do not now.
    pub no_longer_wrong: usize,
    /// Tickets that get an unsafe reply now and did not before.
    pub newly_unsafe: usize,
    /// Replies before and now.
    pub replies: [usize; 2],
    /// The chance of so many newly wrong ones if nothing had changed for the worse (the sign test).
    pub harm_p: f64,
    /// Examples, the worse first.
    pub examples: Vec<Example>,
}

/// What a ticket came to, from worst to best.
fn rank(line: &Line) -> Option<i8> {
    let scores = line.scores.as_ref().filter(|_| line.counts())?;
    let verdict = scores.verdict();
    Some(match (scores.did, verdict) {
        (Did::Reply, Some(Verdict::Unsafe)) => -2,
        (Did::Reply, Some(Verdict::Contradicts)) => -1,
        (Did::Reply, Some(Verdict::SameOutcome | Verdict::Compatible)) => 2,
        (Did::Draft, Some(Verdict::SameOutcome | Verdict::Compatible)) => 1,
        (Did::Reply | Did::Draft | Did::Tag | Did::Escalate | Did::DoNotTouch, _) => 0,
    })
}

fn outcome(line: &Line) -> String {
    let Some(scores) = &line.scores else { return String::new() };
    match scores.verdict() {
        Some(verdict) => format!("{}, {}", scores.did.word(), verdict.words()),
        None => scores.did.word().to_owned(),
    }
}

impl Difference {
    /// Nothing compared yet.
    pub fn new(before: String) -> Self {
        Difference { before, harm_p: 1.0, ..Difference::default() }
    }

    /// The same ticket in both runs. Returns the lists that it goes on.
    pub fn see(&mut self, before: &Line, now: &Line) -> Vec<&'static str> {
        let (Some(rank_before), Some(rank_now)) = (rank(before), rank(now)) else { return Vec::new() };
        self.common += 1;
        let mut lists = vec!["against-common"];
        let mut count = |is_so: bool, count: &mut usize, list: &'static str| {
            if is_so {
                *count += 1;
                lists.push(list);
            }
        };
        let replied = |line: &Line| line.scores.as_ref().is_some_and(|scores| scores.did == Did::Reply);
        count(replied(before), &mut self.replies[0], "against-replied-before");
        count(replied(now), &mut self.replies[1], "against-replied-now");
        count(rank_now < 0 && rank_before >= 0, &mut self.newly_wrong, "against-newly-wrong");
        count(rank_before < 0 && rank_now >= 0, &mut self.no_longer_wrong, "against-no-longer-wrong");
        count(rank_now == -2 && rank_before != -2, &mut self.newly_unsafe, "against-newly-unsafe");
        let turned = match rank_now.cmp(&rank_before) {
            std::cmp::Ordering::Greater => Turned::Better,
            std::cmp::Ordering::Less => Turned::Worse,
            std::cmp::Ordering::Equal => Turned::Same,
        };
        count(turned == Turned::Better, &mut self.better, "against-better");
        count(turned == Turned::Worse, &mut self.worse, "against-worse");
        count(turned == Turned::Same, &mut self.same, "against-same");
        let shown = self.examples.iter().filter(|example| example.turned == turned).count();
        if turned != Turned::Same && shown < EXAMPLES_MAX {
            let would_be = |line: &Line| cut(line.decision.as_ref().and_then(|d| d.receipt.would_be.as_deref()).unwrap_or_default());
            self.examples.push(Example {
                ticket: now.ticket.0.clone(),
                turned,
                before: outcome(before),
                now: outcome(now),
                question: cut(&now.question),
                would_be_before: would_be(before),
                would_be_now: would_be(now),
            });
        }
        lists
    }

    /// The end: the test, and the worse examples first.
    pub fn finish(mut self) -> Self {
        let changed = self.newly_wrong + self.no_longer_wrong;
        // P(at least so many newly wrong | a fair coin), which is P(at most so many no longer wrong).
        self.harm_p = if changed == 0 { 1.0 } else { at_most(self.no_longer_wrong, changed, 0.5) };
        self.examples.sort_by_key(|example| (example.turned != Turned::Worse, example.ticket.clone()));
        self
    }
}
