//! What the labels of a person make of the figures.

use crate::interval::Rate;
use crate::line::{Line, Scores};
use crate::report::data::Rung;
use crate::report::rows::{Row, Rows};
use crate::report::verdict::lowest;
use crate::scorers::action::Did;
use crate::scorers::judge::Judgement;
use crate::scorers::reply::Verdict;
use crate::scorers::resolved::Definition;
use crate::statistics::clustered::counted;
use crate::statistics::prediction_powered::{Corrected, Labelled, correct, judge_error};
use std::collections::BTreeMap;

/// What a person said of replies, by ticket: it was right.
pub type Labels = BTreeMap<String, bool>;

/// The labelled replies among the rows.
#[derive(Default)]
pub struct Sample {
    labels: Labels,
    seen: Vec<Seen>,
    has_judge: bool,
}

struct Seen {
    row: usize,
    is_right: bool,
    /// The automatic comparison calls it right.
    automatic_right: bool,
}

impl Sample {
    /// With these labels.
    pub fn new(labels: Labels) -> Self {
        Sample { labels, ..Sample::default() }
    }

    /// The next counted ticket, and the number of its row.
    pub fn see(&mut self, line: &Line, scores: &Scores, row: usize) {
        let Some(is_right) = self.labels.get(&line.ticket.0).copied().filter(|_| scores.did == Did::Reply) else { return };
        let automatic = match scores.reply.as_ref().and_then(|reply| reply.judgement.as_ref()) {
            Some(Judgement::Opinion { automatic, .. }) => {
                self.has_judge = true;
                Some(*automatic).filter(|_| scores.unsafe_because.is_empty())
            }
            Some(Judgement::None) | None => scores.verdict(),
        };
        self.seen.push(Seen { row, is_right, automatic_right: is_called_right(automatic) });
    }

    /// The share of right replies; none without enough labels.
    pub fn replies(&self, rows: &Rows) -> Option<Corrected> {
        let replied = || rows.0.iter().filter(|row| row.did == Did::Reply);
        let judged = counted(replied().map(|row| (row.customer, is_judged_right(row))));
        let labels = self.labelled(rows, |_| true);
        let right = correct(&judged, judged.of, &labels)?;
        let automatic = self.has_judge.then(|| {
            let sides = labels.iter().zip(&self.seen);
            judge_error(&sides.map(|(one, seen)| Labelled { judged_right: seen.automatic_right, ..*one }).collect::<Vec<_>>())
        });
        Some(Corrected { right, labels: labels.len(), judge: judge_error(&labels), automatic })
    }

    /// The lowest definition that the data supports, and the share of all tickets that is resolved by it and whose reply is right by the
    /// labels; none without enough of them. What says the same as the human is what the labels correct, and is no definition of its own here.
    pub fn resolved(&self, rows: &Rows, definitions: &[Rung]) -> Option<(Definition, Rate)> {
        let others: Vec<Rung> = definitions.iter().filter(|rung| rung.definition != Definition::SameOutcome).cloned().collect();
        let definition = lowest(&others)?.definition;
        let at = Definition::ALL.iter().position(|one| *one == definition)?;
        let counts = |row: &Row| row.resolved.get(at).copied().unwrap_or(false);
        let judged = counted(rows.0.iter().map(|row| (row.customer, counts(row) && is_judged_right(row))));
        let replied = rows.0.iter().filter(|row| row.did == Did::Reply).count();
        let estimate = correct(&judged, replied, &self.labelled(rows, counts))?;
        let count = (estimate.value * judged.of as f64).round() as usize;
        Some((definition, Rate { count, of: judged.of, low: estimate.low, high: estimate.high }))
    }

    /// The labels beside the judge; what does not count is right for neither.
    fn labelled(&self, rows: &Rows, counts: impl Fn(&Row) -> bool) -> Vec<Labelled> {
        let both = |seen: &Seen| {
            let row = rows.0.get(seen.row)?;
            let counts = counts(row);
            Some(Labelled { customer: row.customer, judged_right: counts && is_judged_right(row), is_right: counts && seen.is_right })
        };
        self.seen.iter().filter_map(both).collect()
    }
}

/// What cannot be compared is called wrong: the judge must say one or the other.
fn is_called_right(verdict: Option<Verdict>) -> bool {
    verdict.and_then(Verdict::is_wrong) == Some(false)
}

fn is_judged_right(row: &Row) -> bool {
    row.did == Did::Reply && is_called_right(row.verdict)
}
