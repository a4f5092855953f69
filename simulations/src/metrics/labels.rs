//! How well predicted labels meet the true ones.

use std::collections::BTreeMap;

/// A predicted label beside the true one.
pub type Pair<'a> = (&'a str, &'a str);

/// Share of the pairs that are equal; 0 of nothing.
pub fn accuracy(pairs: &[Pair<'_>]) -> f64 {
    let right = pairs.iter().filter(|(predicted, actual)| predicted == actual).count();
    if pairs.is_empty() { 0.0 } else { right as f64 / pairs.len() as f64 }
}

/// Counts of one label.
#[derive(Default)]
struct Counts {
    predicted: usize,
    actual: usize,
    both: usize,
}

fn counts<'a>(pairs: &[Pair<'a>]) -> BTreeMap<&'a str, Counts> {
    let mut counts: BTreeMap<&str, Counts> = BTreeMap::new();
    for (predicted, actual) in pairs {
        counts.entry(predicted).or_default().predicted += 1;
        let own = counts.entry(actual).or_default();
        own.actual += 1;
        own.both += usize::from(predicted == actual);
    }
    counts
}

/// The mean over the true labels of 2PR / (P + R), each label counting alike.
pub fn macro_f1(pairs: &[Pair<'_>]) -> f64 {
    let counts = counts(pairs);
    let scores: Vec<f64> = counts
        .values()
        .filter(|label| label.actual > 0)
        .map(|label| 2.0 * label.both as f64 / (label.predicted + label.actual) as f64)
        .collect();
    if scores.is_empty() { 0.0 } else { scores.iter().sum::<f64>() / scores.len() as f64 }
}

/// Matthews' correlation coefficient for many classes (J. Gorodkin, 2004), between -1 and 1; 0 where it is not defined.
pub fn matthews(pairs: &[Pair<'_>]) -> f64 {
    let counts = counts(pairs);
    let samples = pairs.len() as f64;
    let sum = |of: fn(&Counts) -> f64| counts.values().map(of).sum::<f64>();
    let right = sum(|label| label.both as f64);
    let crossed = sum(|label| label.predicted as f64 * label.actual as f64);
    let predicted = samples * samples - sum(|label| (label.predicted as f64).powi(2));
    let actual = samples * samples - sum(|label| (label.actual as f64).powi(2));
    let scale = (predicted * actual).sqrt();
    if scale > 0.0 { (right * samples - crossed) / scale } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn perfect_labels_score_one() {
        let pairs = [("a", "a"), ("b", "b"), ("c", "c")];
        assert_eq!((accuracy(&pairs), macro_f1(&pairs), matthews(&pairs)), (1.0, 1.0, 1.0));
    }

    #[test]
    fn figures_are_those_of_a_worked_example() {
        // By hand from the confusion matrix: 3 of 5 right; F1 of a = 1, of b = 2·1/(2+2), of c = 0.
        let pairs = [("a", "a"), ("a", "a"), ("b", "b"), ("c", "b"), ("b", "c")];
        assert!((accuracy(&pairs) - 0.6).abs() < 1e-12);
        assert!((macro_f1(&pairs) - (1.0 + 0.5 + 0.0) / 3.0).abs() < 1e-12);
        // (3·5 − (2·2 + 2·2 + 1·1)) / sqrt((25 − 9)(25 − 9)) = 6 / 16
        assert!((matthews(&pairs) - 0.375).abs() < 1e-12);
    }

    #[test]
    fn one_label_for_everything_correlates_with_nothing() {
        assert_eq!(matthews(&[("a", "a"), ("a", "b"), ("a", "b")]), 0.0);
        assert_eq!((accuracy(&[]), macro_f1(&[]), matthews(&[])), (0.0, 0.0, 0.0));
    }
}
