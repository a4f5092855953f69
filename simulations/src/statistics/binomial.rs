//! Exact bounds on a share of wrong answers. They assume nothing about what makes an answer wrong.

/// How sure a bound is: 95 %.
pub const CONFIDENCE: f64 = 0.95;
/// Halvings until a bound is exact to twelve digits.
const HALVINGS: usize = 50;

/// ln Γ(x) for x > 0 (C. Lanczos, 1964; coefficients for g = 7, n = 9).
fn ln_gamma(x: f64) -> f64 {
    const COEFFICIENTS: [f64; 9] = [
        0.999_999_999_999_809_9,
        676.520_368_121_885_1,
        -1_259.139_216_722_402_8,
        771.323_428_777_653_1,
        -176.615_029_162_140_6,
        12.507_343_278_686_905,
        -0.138_571_095_265_720_12,
        9.984_369_578_019_572e-6,
        1.505_632_735_149_311_6e-7,
    ];
    let x = x - 1.0;
    let (head, tail) = (COEFFICIENTS[0], &COEFFICIENTS[1..]);
    let sum = tail.iter().zip(1u32..).fold(head, |sum, (coefficient, n)| sum + coefficient / (x + f64::from(n)));
    let t = x + 7.5;
    0.5 * (2.0 * std::f64::consts::PI).ln() + (x + 0.5) * t.ln() - t + sum.ln()
}

/// ln of n over k.
fn ln_choose(n: usize, k: usize) -> f64 {
    ln_gamma(n as f64 + 1.0) - ln_gamma(k as f64 + 1.0) - ln_gamma((n - k) as f64 + 1.0)
}

/// The chance of at most `wrong` wrong answers among `of` when each is wrong with probability `p`.
pub fn at_most(wrong: usize, of: usize, p: f64) -> f64 {
    if wrong >= of || p <= 0.0 {
        return 1.0;
    }
    if p >= 1.0 {
        return 0.0;
    }
    let term = |k: usize| (ln_choose(of, k) + k as f64 * p.ln() + (of - k) as f64 * (-p).ln_1p()).exp();
    (0..=wrong).map(term).sum::<f64>().min(1.0)
}

/// The share of wrong answers that is not exceeded with so much confidence (C. Clopper and E. Pearson, 1934); 1 of nothing.
pub fn upper_bound(wrong: usize, of: usize, confidence: f64) -> f64 {
    if wrong >= of {
        return 1.0;
    }
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..HALVINGS {
        let middle = (low + high) / 2.0;
        if at_most(wrong, of, middle) > 1.0 - confidence {
            low = middle;
        } else {
            high = middle;
        }
    }
    high
}

/// How many of the next `next` answers are wrong at most, with so much confidence, after `wrong` of `of` were. It needs only that both
/// were drawn from the same urn: then the wrong ones fall on the two parts as cards are dealt (the hypergeometric distribution).
pub fn next_at_most(wrong: usize, of: usize, next: usize, confidence: f64) -> usize {
    let chance = |later: usize| {
        // The chance that no more than `wrong` of all wrong ones fell on the first part.
        let all_wrong = wrong + later;
        let least = all_wrong.saturating_sub(next);
        let ways = ln_choose(of + next, all_wrong);
        (least..=wrong.min(of)).map(|k| (ln_choose(of, k) + ln_choose(next, all_wrong - k) - ways).exp()).sum::<f64>()
    };
    (0..=next).rev().find(|later| chance(*later) > 1.0 - confidence).unwrap_or(0)
}

/// Answers without a single wrong one that are needed to show a limit with so much confidence.
pub fn needed_without_fault(limit: f64, confidence: f64) -> usize {
    match limit > 0.0 && limit < 1.0 {
        true => ((1.0 - confidence).ln() / (-limit).ln_1p()).ceil() as usize,
        false => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_bound_is_clopper_and_pearsons() {
        // One-sided 95 % bounds from tables: none of 20 is 13.9 %, 2 of 100 is 6.2 %, none of 149 is 2 %.
        assert!((upper_bound(0, 20, CONFIDENCE) - 0.1391).abs() < 1e-4);
        assert!((upper_bound(2, 100, CONFIDENCE) - 0.0616).abs() < 1e-4);
        assert!((upper_bound(0, 149, CONFIDENCE) - 0.0199).abs() < 1e-4);
        assert_eq!((upper_bound(0, 0, CONFIDENCE), upper_bound(5, 5, CONFIDENCE)), (1.0, 1.0));
        assert_eq!(needed_without_fault(0.02, CONFIDENCE), 149);
    }

    #[test]
    fn chances_add_up() {
        assert!((at_most(1, 2, 0.5) - 0.75).abs() < 1e-12);
        assert!((at_most(10, 100, 0.1) - 0.5832).abs() < 1e-4);
    }

    proptest! {
        #[test]
        fn more_wrong_answers_raise_the_bound_and_more_answers_lower_it(of in 1usize..200, wrong in 0usize..200) {
            let wrong = wrong.min(of - 1);
            let bound = upper_bound(wrong, of, CONFIDENCE);
            prop_assert!(bound >= wrong as f64 / of as f64);
            prop_assert!(upper_bound(wrong + 1, of, CONFIDENCE) >= bound);
            prop_assert!(upper_bound(wrong, of + 1, CONFIDENCE) <= bound + 1e-9);
        }

        #[test]
        fn what_comes_next_is_bounded_by_all_there_is(of in 1usize..60, wrong in 0usize..60, next in 0usize..60) {
            let wrong = wrong.min(of);
            prop_assert!(next_at_most(wrong, of, next, CONFIDENCE) <= next);
            prop_assert!(next_at_most(wrong, of, next, 0.99) >= next_at_most(wrong, of, next, 0.9));
        }
    }
}
