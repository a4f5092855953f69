//! How well a confidence tells right from wrong.

use serde::{Deserialize, Serialize};

/// Bins of equal width in which [`calibration_error`] compares promise and outcome.
pub const BINS: usize = 15;

/// One answer: how sure it was, and whether it was right.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
pub struct Answer {
    /// Between 0 and 1.
    pub confidence: f64,
    /// It was right.
    pub right: bool,
}

/// Surest first.
fn ranked(answers: &[Answer]) -> Vec<Answer> {
    let mut ranked = answers.to_vec();
    ranked.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
    ranked
}

/// Area under the ROC curve: the chance that a right answer is surer than a wrong one; ties count half. None without both kinds.
pub fn auroc(answers: &[Answer]) -> Option<f64> {
    let right = answers.iter().filter(|answer| answer.right).count();
    let wrong = answers.len() - right;
    if right == 0 || wrong == 0 {
        return None;
    }
    let (mut wrong_above, mut losses) = (0usize, 0.0);
    for ties in ranked(answers).chunk_by(|a, b| a.confidence.total_cmp(&b.confidence).is_eq()) {
        let wrong_here = ties.iter().filter(|answer| !answer.right).count();
        let right_here = ties.len() - wrong_here;
        losses += right_here as f64 * (wrong_above as f64 + wrong_here as f64 / 2.0);
        wrong_above += wrong_here;
    }
    Some(1.0 - losses / (right as f64 * wrong as f64))
}

/// Share of the wrong answers that pass when so many of the right ones do (`0.95`: FPR at 95 % TPR). None without both kinds.
pub fn false_positives_at(answers: &[Answer], true_positives: f64) -> Option<f64> {
    let right = answers.iter().filter(|answer| answer.right).count();
    let wrong = answers.len() - right;
    if right == 0 || wrong == 0 {
        return None;
    }
    let (mut right_passed, mut wrong_passed) = (0usize, 0usize);
    for ties in ranked(answers).chunk_by(|a, b| a.confidence.total_cmp(&b.confidence).is_eq()) {
        right_passed += ties.iter().filter(|answer| answer.right).count();
        wrong_passed += ties.iter().filter(|answer| !answer.right).count();
        if right_passed as f64 >= true_positives * right as f64 {
            break;
        }
    }
    Some(wrong_passed as f64 / wrong as f64)
}

/// Area under the risk-coverage curve: the mean share of wrong answers among the surest k, over all k. Lower is better.
pub fn risk_coverage_area(answers: &[Answer]) -> f64 {
    let (mut wrong, mut sum) = (0usize, 0.0);
    for (place, answer) in ranked(answers).iter().enumerate() {
        wrong += usize::from(!answer.right);
        sum += wrong as f64 / (place + 1) as f64;
    }
    if answers.is_empty() { 0.0 } else { sum / answers.len() as f64 }
}

/// The largest share that can be answered while so many of the answers are right, with the best of all thresholds.
pub fn coverage_at_precision(answers: &[Answer], precision: f64) -> f64 {
    let (mut right, mut taken, mut best) = (0usize, 0usize, 0usize);
    for ties in ranked(answers).chunk_by(|a, b| a.confidence.total_cmp(&b.confidence).is_eq()) {
        taken += ties.len();
        right += ties.iter().filter(|answer| answer.right).count();
        if right as f64 >= precision * taken as f64 {
            best = taken;
        }
    }
    if answers.is_empty() { 0.0 } else { best as f64 / answers.len() as f64 }
}

/// Expected calibration error: how far promise and outcome lie apart, over bins of equal width, weighted by their answers.
pub fn calibration_error(answers: &[Answer]) -> f64 {
    let mut bins = vec![(0.0f64, 0usize, 0usize); BINS];
    for answer in answers {
        let bin = ((answer.confidence.clamp(0.0, 1.0) * BINS as f64) as usize).min(BINS - 1);
        if let Some((promised, right, count)) = bins.get_mut(bin) {
            *promised += answer.confidence;
            *right += usize::from(answer.right);
            *count += 1;
        }
    }
    let gaps = bins.iter().map(|(promised, right, _)| (promised - *right as f64).abs());
    if answers.is_empty() { 0.0 } else { gaps.sum::<f64>() / answers.len() as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn answers(pairs: &[(f64, bool)]) -> Vec<Answer> {
        pairs.iter().map(|(confidence, right)| Answer { confidence: *confidence, right: *right }).collect()
    }

    #[test]
    fn a_perfect_order_has_area_one_and_a_tie_counts_half() {
        assert_eq!(auroc(&answers(&[(0.9, true), (0.8, true), (0.1, false)])), Some(1.0));
        assert_eq!(auroc(&answers(&[(0.5, true), (0.5, false)])), Some(0.5));
        assert_eq!(auroc(&answers(&[(0.1, true), (0.9, false)])), Some(0.0));
        assert_eq!(auroc(&answers(&[(0.5, true)])), None);
    }

    #[test]
    fn coverage_ends_where_precision_does() {
        let four = answers(&[(0.9, true), (0.8, true), (0.7, true), (0.6, false)]);
        assert_eq!(coverage_at_precision(&four, 0.95), 0.75);
        assert_eq!(coverage_at_precision(&four, 0.75), 1.0);
        assert_eq!(coverage_at_precision(&answers(&[(0.9, false), (0.1, true)]), 0.95), 0.0);
    }

    #[test]
    fn the_risk_of_a_wrong_answer_weighs_more_the_surer_it_was() {
        let (sure, unsure) = (answers(&[(0.9, false), (0.5, true)]), answers(&[(0.9, true), (0.5, false)]));
        assert_eq!(risk_coverage_area(&sure), 0.75);
        assert_eq!(risk_coverage_area(&unsure), 0.25);
    }

    #[test]
    fn promises_that_are_kept_have_no_calibration_error() {
        let kept: Vec<Answer> = (0..100).map(|n| Answer { confidence: 0.8, right: n % 5 != 0 }).collect();
        assert!(calibration_error(&kept) < 1e-9);
        assert!((calibration_error(&answers(&[(1.0, false)])) - 1.0).abs() < 1e-9);
    }

    #[test]
    fn all_false_positives_pass_where_nothing_is_told_apart() {
        assert_eq!(false_positives_at(&answers(&[(0.5, true), (0.5, false)]), 0.95), Some(1.0));
        assert_eq!(false_positives_at(&answers(&[(0.9, true), (0.5, false)]), 0.95), Some(0.0));
    }

    proptest! {
        #[test]
        fn areas_and_shares_stay_between_nought_and_one(pairs in prop::collection::vec((0.0f64..=1.0, any::<bool>()), 0..60)) {
            let answers = answers(&pairs);
            let figures = [risk_coverage_area(&answers), coverage_at_precision(&answers, 0.9), calibration_error(&answers)];
            for figure in figures.into_iter().chain(auroc(&answers)).chain(false_positives_at(&answers, 0.95)) {
                prop_assert!((0.0..=1.0 + 1e-12).contains(&figure), "{figure}");
            }
        }

        #[test]
        fn the_area_only_sees_the_order(pairs in prop::collection::vec((0.0f64..=1.0, any::<bool>()), 1..60)) {
            let squared: Vec<(f64, bool)> = pairs.iter().map(|(confidence, right)| (confidence.sqrt(), *right)).collect();
            let (plain, squared) = (auroc(&answers(&pairs)), auroc(&answers(&squared)));
            prop_assert!(plain.zip(squared).is_none_or(|(a, b)| (a - b).abs() < 1e-9));
        }
    }
}
