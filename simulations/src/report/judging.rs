//! What the judge said, beside the automatic comparison.

use crate::interval::Rate;
use crate::line::Scores;
use crate::scorers::judge::Judgement;
use crate::scorers::reply::Verdict;
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
#[derive(Clone, Copy, Default)]
pub struct Seen {
    asked: usize,
    failed: usize,
    same: usize,
    milder: usize,
    stricter: usize,
}

impl Seen {
    /// The next ticket.
    pub fn see(&mut self, scores: &Scores) {
        let Some(reply) = &scores.reply else { return };
        let automatic = match &reply.judgement {
            None => return,
            Some(Judgement::None) => None,
            Some(Judgement::Opinion { automatic, .. }) => Some(*automatic),
        };
        self.asked += 1;
        self.failed += usize::from(automatic.is_none());
        let both = (reply.verdict.is_wrong(), automatic.and_then(Verdict::is_wrong));
        self.same += usize::from(matches!(both, (Some(judge), Some(other)) if judge == other));
        self.milder += usize::from(both == (Some(false), Some(true)));
        self.stricter += usize::from(both == (Some(true), Some(false)));
    }

    /// The summary; none when no judge was asked.
    pub fn finish(self) -> Option<Judging> {
        let agreed = Rate::wilson(self.same, self.same + self.milder + self.stricter);
        let Seen { asked, failed, milder, stricter, .. } = self;
        (asked > 0).then_some(Judging { asked, failed, agreed, milder, stricter })
    }
}
