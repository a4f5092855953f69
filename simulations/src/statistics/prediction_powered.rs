//! A rate that a judge gives over all tickets, corrected by the few that a person looked at (prediction-powered inference;
//! A. Angelopoulos and others, 2023): the judge's error on the labelled ones is taken off the whole, and its uncertainty is added.

use crate::interval::{Rate, Z_95};
use serde::{Deserialize, Serialize};

/// Labels below which a correction says nothing.
pub const LABELS_MIN: usize = 10;

/// What a person and the judge say of one ticket.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Labelled {
    /// The judge calls it right.
    pub judged_right: bool,
    /// The person calls it right.
    pub is_right: bool,
}

/// How often the judge errs.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct JudgeError {
    /// Of those that the judge calls right, a person calls wrong.
    pub wrongly_right: Rate,
    /// Of those that the judge calls wrong, a person calls right.
    pub wrongly_wrong: Rate,
}

/// A corrected rate.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Corrected {
    /// The estimate, between 0 and 1.
    pub value: f64,
    /// Lower end of the 95 % interval.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Labels that it rests on.
    pub labels: usize,
    /// The judge's own errors.
    pub judge: JudgeError,
    /// The errors of the automatic comparison on the same labels, where a model judged in its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub automatic: Option<JudgeError>,
}

/// Corrects the judge's rate over all tickets by labels of a random sample of them; none below [`LABELS_MIN`].
pub fn correct(judged_right: usize, of: usize, labels: &[Labelled]) -> Option<Corrected> {
    if labels.len() < LABELS_MIN || of == 0 {
        return None;
    }
    let n = labels.len() as f64;
    let judged = judged_right as f64 / of as f64;
    let errors: Vec<f64> = labels.iter().map(|one| f64::from(u8::from(one.is_right)) - f64::from(u8::from(one.judged_right))).collect();
    let shift = errors.iter().sum::<f64>() / n;
    let spread = errors.iter().map(|error| (error - shift).powi(2)).sum::<f64>() / (n - 1.0);
    // One error more than was seen: a judge that happened to be right on every label is not infallible.
    let spread = spread.max(1.0 / n * (1.0 - 1.0 / n));
    let deviation = (judged * (1.0 - judged) / of as f64 + spread / n).sqrt();
    let value = (judged + shift).clamp(0.0, 1.0);
    Some(Corrected {
        value,
        low: (judged + shift - Z_95 * deviation).clamp(0.0, 1.0),
        high: (judged + shift + Z_95 * deviation).clamp(0.0, 1.0),
        labels: labels.len(),
        judge: judge_error(labels),
        automatic: None,
    })
}

/// The judge's errors on the labels.
pub fn judge_error(labels: &[Labelled]) -> JudgeError {
    let rate = |judged: bool| {
        let side = labels.iter().filter(move |one| one.judged_right == judged);
        Rate::wilson(side.clone().filter(|one| one.is_right != one.judged_right).count(), side.count())
    };
    JudgeError { wrongly_right: rate(true), wrongly_wrong: rate(false) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use triage::random::Random;

    /// A world in which the judge calls 5 of 6 right ones right and 1 of 4 wrong ones right.
    fn world(seed: u64, count: usize) -> Vec<Labelled> {
        let mut random = Random::seeded(seed);
        let mut draw = |share: usize| random.below(100) < share;
        (0..count)
            .map(|_| {
                let is_right = draw(70);
                Labelled { is_right, judged_right: if is_right { draw(83) } else { draw(25) } }
            })
            .collect()
    }

    #[test]
    fn the_interval_holds_the_truth_in_about_95_of_100_worlds_while_the_judge_alone_does_not() {
        let (mut held, mut judge_held) = (0, 0);
        for seed in 0..1_000 {
            let all = world(seed, 1_500);
            let truth = 0.70;
            let judged_right = all.iter().filter(|one| one.judged_right).count();
            let corrected = correct(judged_right, all.len(), &all[..150]).unwrap();
            held += usize::from(corrected.low <= truth && truth <= corrected.high);
            let alone = Rate::wilson(judged_right, all.len());
            judge_held += usize::from(alone.low <= truth && truth <= alone.high);
        }
        // 950 are expected, give or take 7 by chance.
        assert!(held >= 936, "{held} of 1,000");
        assert!(judge_held < 300, "the judge alone is right in {judge_held} of 1,000");
    }

    #[test]
    fn a_handful_of_labels_corrects_nothing() {
        assert_eq!(correct(5, 10, &world(1, LABELS_MIN - 1)), None);
    }

    #[test]
    fn the_judges_errors_are_told_apart() {
        let labels = [(true, true), (true, false), (false, false), (false, true), (false, false)];
        let labels = labels.map(|(judged_right, is_right)| Labelled { judged_right, is_right });
        let error = judge_error(&labels);
        assert_eq!((error.wrongly_right.count, error.wrongly_right.of), (1, 2));
        assert_eq!((error.wrongly_wrong.count, error.wrongly_wrong.of), (1, 3));
    }
}
