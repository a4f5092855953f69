//! A rate that a judge gives over all tickets, corrected by the few that a person looked at (prediction-powered inference;
//! A. Angelopoulos and others, 2023): the judge's error on the labelled ones is taken off the whole, and its uncertainty is added.

use crate::interval::{Rate, Z_95};
use crate::statistics::clustered::{Counted, rate};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Labels below which a correction says nothing.
pub const LABELS_MIN: usize = 10;

/// What a person and the judge say of one ticket.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Labelled {
    /// A number for the customer: labels of one count together.
    pub customer: u64,
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

/// A rate with its interval, all between 0 and 1.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
pub struct Estimate {
    /// The rate.
    pub value: f64,
    /// Lower end of the 95 % interval.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// The share of right replies, corrected.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Corrected {
    /// The share.
    #[serde(flatten)]
    pub right: Estimate,
    /// Labels that it rests on.
    pub labels: usize,
    /// The judge's own errors.
    pub judge: JudgeError,
    /// The errors of the automatic comparison on the same labels, where a model judged in its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub automatic: Option<JudgeError>,
}

/// Corrects the judge's rate by the labels of a random sample of `drawn_from` of its tickets; of the others both know that they do not
/// count. None below [`LABELS_MIN`].
pub fn correct(judged: &Counted, drawn_from: usize, labels: &[Labelled]) -> Option<Estimate> {
    if labels.len() < LABELS_MIN || judged.of == 0 {
        return None;
    }
    let (of, n) = (judged.of as f64, labels.len() as f64);
    let (share, sampled) = (judged.count as f64 / of, drawn_from as f64 / of);
    let error = |one: &Labelled| f64::from(u8::from(one.is_right)) - f64::from(u8::from(one.judged_right));
    let shift = labels.iter().map(error).sum::<f64>() / n;
    let mut customers: BTreeMap<u64, f64> = BTreeMap::new();
    labels.iter().for_each(|one| *customers.entry(one.customer).or_default() += error(one) - shift);
    let spread =
        customers.values().map(|sum| sum * sum).sum::<f64>() / n * customers.len() as f64 / (customers.len() as f64 - 1.0).max(1.0);
    // One error more than was seen: a judge that happened to be right on every label is not infallible.
    let spread = spread.max(1.0 / n * (1.0 - 1.0 / n));
    let deviation = (share * (1.0 - share) * judged.effect / of + sampled * sampled * spread / n).sqrt();
    let value = share + sampled * shift;
    let bound = |value: f64| value.clamp(0.0, 1.0);
    Some(Estimate { value: value.clamp(0.0, sampled), low: bound(value - Z_95 * deviation), high: bound(value + Z_95 * deviation) })
}

/// The judge's errors on the labels.
pub fn judge_error(labels: &[Labelled]) -> JudgeError {
    let side = |judged: bool| labels.iter().filter(move |one| one.judged_right == judged);
    let errs = |judged: bool| rate(side(judged).map(|one| (one.customer, one.is_right != one.judged_right)));
    JudgeError { wrongly_right: errs(true), wrongly_wrong: errs(false) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::clustered::counted;
    use triage::random::Random;

    /// A world in which the judge calls 5 of 6 right ones right and 1 of 4 wrong ones right. `alike` tickets of a customer are alike.
    fn world(seed: u64, count: usize, alike: usize) -> Vec<Labelled> {
        let mut random = Random::seeded(seed);
        let mut draw = |share: usize| random.below(100) < share;
        let one = |customer: usize| {
            let is_right = draw(70);
            let judged_right = if is_right { draw(83) } else { draw(25) };
            std::iter::repeat_n(Labelled { customer: customer as u64, is_right, judged_right }, alike)
        };
        (0..count / alike).flat_map(one).collect()
    }

    fn judged(all: &[Labelled], others: usize) -> Counted {
        let others = (0..others).map(|n| (1_000_000 + n as u64, false));
        counted(all.iter().map(|one| (one.customer, one.judged_right)).chain(others))
    }

    #[test]
    fn the_interval_holds_the_truth_in_about_95_of_100_worlds_while_the_judge_alone_does_not() {
        let (mut held, mut judge_held) = (0, 0);
        for seed in 0..1_000 {
            let all = world(seed, 1_500, 1);
            let truth = 0.70;
            let corrected = correct(&judged(&all, 0), all.len(), &all[..150]).unwrap();
            held += usize::from(corrected.low <= truth && truth <= corrected.high);
            let alone = Rate::wilson(all.iter().filter(|one| one.judged_right).count(), all.len());
            judge_held += usize::from(alone.low <= truth && truth <= alone.high);
        }
        // 950 are expected, give or take 7 by chance.
        assert!(held >= 936, "{held} of 1,000");
        assert!(judge_held < 300, "the judge alone is right in {judge_held} of 1,000");
    }

    #[test]
    fn it_holds_where_tickets_of_a_customer_are_alike_and_where_most_tickets_got_no_reply() {
        for (alike, others) in [(3, 0), (1, 1_000), (3, 1_000)] {
            let held = (0..1_000).filter(|seed| {
                let all = world(*seed, 501, alike);
                let truth = 0.70 * 501.0 / (501 + others) as f64;
                let corrected = correct(&judged(&all, others), all.len(), &all[..150]).unwrap();
                corrected.low <= truth && truth <= corrected.high
            });
            let held = held.count();
            assert!(held >= 925, "{held} of 1,000 with {alike} alike and {others} without a reply");
        }
    }

    #[test]
    fn a_handful_of_labels_corrects_nothing() {
        let few = world(1, LABELS_MIN - 1, 1);
        assert_eq!(correct(&judged(&few, 0), few.len(), &few), None);
    }

    #[test]
    fn the_judges_errors_are_told_apart() {
        let labels = [(true, true), (true, false), (false, false), (false, true), (false, false)];
        let labels = labels.map(|(judged_right, is_right)| Labelled { customer: 0, judged_right, is_right });
        let error = judge_error(&labels);
        assert_eq!((error.wrongly_right.count, error.wrongly_right.of), (1, 2));
        assert_eq!((error.wrongly_wrong.count, error.wrongly_wrong.of), (1, 3));
    }
}
