//! What the judge said, beside the automatic comparison.

use crate::interval::Rate;
use crate::line::Scores;
use crate::scorers::judge::Judgement;
use crate::scorers::reply::Verdict;
use crate::statistics::clustered::rate;
use serde::{Deserialize, Serialize};

/// What came of asking the judge.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Judging {
    /// Would-be replies that it was asked about.
    pub asked: usize,
    /// Of these: it gave no usable answer, and the automatic comparison stands.
    pub failed: usize,
    /// Where both call the reply right or wrong: they say the same.
    pub agreed: Rate,
    /// The judge calls right what the automatic comparison calls wrong.
    pub milder: usize,
    /// The judge calls wrong what the automatic comparison calls right.
    pub stricter: usize,
}

/// Counts.
#[derive(Clone, Default)]
pub struct Seen {
    asked: usize,
    failed: usize,
    /// By the customer's number, where both call it right or wrong: they say the same.
    same: Vec<(u64, bool)>,
    milder: usize,
    stricter: usize,
}

impl Seen {
    /// The next ticket of a customer; it goes on the lists that are named.
    pub fn see(&mut self, customer: u64, scores: &Scores, mut list: impl FnMut(&str)) {
        let Some(reply) = &scores.reply else { return };
        let automatic = match &reply.judgement {
            None => return,
            Some(Judgement::None) => None,
            Some(Judgement::Opinion { automatic, .. }) => Some(*automatic),
        };
        self.asked += 1;
        self.failed += usize::from(automatic.is_none());
        let both = (reply.verdict.is_wrong(), automatic.and_then(Verdict::is_wrong));
        if let (Some(judge), Some(other)) = both {
            self.same.push((customer, judge == other));
        }
        self.milder += usize::from(both == (Some(false), Some(true)));
        self.stricter += usize::from(both == (Some(true), Some(false)));
        list("judge-asked");
        match both {
            (Some(judge), Some(other)) if judge == other => list("judge-agreed"),
            (Some(false), Some(true)) => list("judge-milder"),
            (Some(true), Some(false)) => list("judge-stricter"),
            _ if automatic.is_none() => list("judge-failed"),
            _ => {}
        }
    }

    /// The summary; none when no judge was asked.
    pub fn finish(self) -> Option<Judging> {
        let Seen { asked, failed, same, milder, stricter } = self;
        (asked > 0).then(|| Judging { asked, failed, agreed: rate(same), milder, stricter })
    }
}
