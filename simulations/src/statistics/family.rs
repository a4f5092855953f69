//! Several promises at once. One bound that is right 95 times in 100 is easily wrong among twenty; here the 95 % hold for all promises of
//! a family together: with that confidence none of those that are called kept is broken, however many were tried (S. Holm, 1979).
//!
//! The family must be fixed before the replies that it is tried on are looked at; the order within it may follow from them.

use crate::statistics::binomial::{at_most, upper_bound};
use crate::statistics::dial::Tried;

/// One promise of the family, and what came of it.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Promise {
    /// The share of wrong replies that is not to be exceeded.
    pub limit: f64,
    /// What was seen.
    pub tried: Tried,
}

/// What the family shows of one promise.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Shown {
    /// It is kept.
    pub kept: bool,
    /// The share of wrong replies at most. All of these hold together with the confidence of the family.
    pub at_most: f64,
}

/// Which promises are kept, in their order, with so much confidence for all together.
pub fn together(promises: &[Promise], confidence: f64) -> Vec<Shown> {
    let alpha = 1.0 - confidence;
    // The chance of so few wrong replies if the promise were broken by a hair.
    let chance = |promise: &Promise| at_most(promise.tried.wrong, promise.tried.replies, promise.limit);
    let mut order: Vec<(f64, usize)> = promises.iter().map(chance).zip(0..).collect();
    order.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    // The surest must bear the whole family, the next what is left of it; the first that does not ends it.
    let is_kept = |(rank, (chance, _)): &(usize, (f64, usize))| *chance <= alpha / (promises.len() - rank) as f64;
    let kept: Vec<usize> = order.into_iter().enumerate().take_while(is_kept).map(|(_, (_, at))| at).collect();
    let each = 1.0 - alpha / promises.len().max(1) as f64;
    let shown = |(at, promise): (usize, &Promise)| {
        let bound = upper_bound(promise.tried.wrong, promise.tried.replies, each);
        let kept = kept.contains(&at);
        // Of a kept promise its limit itself is a bound (K. Strassburger and F. Bretz, 2008).
        Shown { kept, at_most: if kept { bound.min(promise.limit) } else { bound } }
    };
    promises.iter().enumerate().map(shown).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::binomial::CONFIDENCE;
    use triage::random::Random;

    fn promise(wrong: usize, replies: usize) -> Promise {
        Promise { limit: 0.02, tried: Tried { replies, wrong } }
    }

    fn kept(promises: &[Promise]) -> Vec<bool> {
        together(promises, CONFIDENCE).into_iter().map(|shown| shown.kept).collect()
    }

    #[test]
    fn a_family_of_one_is_the_exact_bound() {
        assert_eq!(kept(&[promise(0, 149)]), [true]);
        assert_eq!(kept(&[promise(0, 148)]), [false]);
        let shown = together(&[promise(2, 100)], CONFIDENCE);
        assert!((shown[0].at_most - 0.0616).abs() < 1e-4);
    }

    #[test]
    fn more_promises_ask_for_more_replies_but_the_last_one_for_no_more_than_alone() {
        // ln(0.05 / 2) / ln(0.98) is 182.6: what is enough alone is not enough for the surer one of two.
        assert_eq!(kept(&[promise(0, 149), promise(0, 149)]), [false, false]);
        assert_eq!(kept(&[promise(0, 149), promise(0, 183)]), [true, true]);
        assert_eq!(kept(&[promise(0, 0), promise(0, 183)]), [false, true]);
        assert_eq!(kept(&[]), Vec::<bool>::new());
    }

    #[test]
    fn a_bound_of_a_kept_promise_is_not_above_its_limit() {
        let shown = together(&[promise(0, 149), promise(0, 183)], CONFIDENCE);
        assert!(shown.iter().all(|one| one.at_most <= 0.02), "{shown:?}");
    }

    #[test]
    fn in_at_least_95_of_100_worlds_no_promise_of_ten_that_is_called_kept_is_broken() {
        // The worst case: five promises are broken by next to nothing, five are kept with room to spare.
        const WORLDS: u64 = 2_000;
        let broken = (0..WORLDS)
            .filter(|world| {
                let mut random = Random::seeded(*world);
                let mut draw = |of_ten_thousand: usize| {
                    let wrong = (0..300).filter(|_| random.below(10_000) < of_ten_thousand).count();
                    promise(wrong, 300)
                };
                let promises: Vec<Promise> = (0..10).map(|n| draw(if n % 2 == 0 { 201 } else { 20 })).collect();
                kept(&promises).iter().step_by(2).any(|kept| *kept)
            })
            .count();
        // One by one it would be about one in five: 1 - 0.956^5.
        assert!(broken as f64 <= 0.05 * WORLDS as f64, "a promise was broken in {broken} of {WORLDS} worlds");
    }
}
