//! The dial: chosen on one slice of time, confirmed on the next.
//!
//! The choice may be as clever as it likes, for the promise rests on the second slice alone: one limit, fixed beforehand, is tried
//! there once (learn then test; A. Angelopoulos and others, 2021), and where several are tried, all of them together (Holm). The bound is
//! exact and assumes only that replies of the second slice and those to come are drawn alike.

use crate::interval::Rate;
use crate::statistics::binomial::{CONFIDENCE, needed_without_fault, upper_bound};
use crate::statistics::family::{Promise, Shown, together};
use serde::{Deserialize, Serialize};

/// Settings of the dial that are tried, in wrong per 100.
pub const SETTINGS: [f64; 16] = [0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 7.0, 10.0, 12.0, 15.0, 20.0, 25.0, 30.0, 40.0, 50.0];

/// A would-be reply that only the dial keeps back, and whether it was wrong.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Judged {
    /// What the gate said.
    pub wrong_per_100: f64,
    /// It was wrong.
    pub is_wrong: bool,
}

/// Replies at a setting, and how many of them were wrong.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Tried {
    /// Judged replies.
    pub replies: usize,
    /// Of these: wrong.
    pub wrong: usize,
}

/// What would have gone out at a setting.
pub fn at(judged: &[Judged], setting: f64) -> Tried {
    let sent = judged.iter().filter(|one| one.wrong_per_100 <= setting);
    sent.fold(Tried::default(), |tried, one| Tried { replies: tried.replies + 1, wrong: tried.wrong + usize::from(one.is_wrong) })
}

/// The largest setting whose bound keeps the limit on this slice; none when no setting does.
pub fn choose(judged: &[Judged], limit: f64) -> Option<f64> {
    SETTINGS.into_iter().rev().find(|setting| {
        let tried = at(judged, *setting);
        upper_bound(tried.wrong, tried.replies, CONFIDENCE) <= limit
    })
}

/// A recommended dial: chosen here, confirmed there.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Recommendation {
    /// The promise: so many of 100 replies wrong at most.
    pub promise_per_100: f64,
    /// The setting; absent when the first slice shows none that keeps the promise.
    pub dial: Option<f64>,
    /// On the slice on which it was chosen (at the widest setting, when none was).
    pub chosen_on: Tried,
    /// On the slice on which it was tried.
    pub confirmed_on: Tried,
    /// No more than so many of 100 are wrong, by the second slice alone, with 95 % confidence for all that were tried together.
    pub at_most_per_100: f64,
    /// The promise is kept: with 95 % confidence none of those that were tried together and are called kept is broken.
    pub confirmed: bool,
    /// Judged replies without a wrong one that would be enough to confirm the promise, were it the surest.
    pub needed: usize,
    /// So many promises were tried together: all those for which the first slice showed a setting.
    pub tried_together: usize,
}

impl Recommendation {
    /// The setting that the counts are of: the dial, or the promise itself where none was chosen.
    pub fn setting(&self) -> f64 {
        self.dial.unwrap_or(self.promise_per_100)
    }
}

/// The two slices of the replies that one promise is about.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Slices {
    /// The slice on which a setting is chosen.
    pub first: Vec<Judged>,
    /// The slice on which it is tried.
    pub second: Vec<Judged>,
}

/// Chooses on the first slice and tries the choice on the second.
pub fn recommend(slices: &Slices, promise_per_100: f64) -> Recommendation {
    let choice = choose(&slices.first, promise_per_100 / 100.0);
    let shown = try_together(&[(slices, promise_per_100, choice)]);
    recommendation(slices, promise_per_100, choice, shown.first().copied().flatten(), 1)
}

/// The same for several promises at once: the confidence holds for all of them together.
pub fn recommend_together(asked: &[(Slices, f64)]) -> Vec<Recommendation> {
    let chosen: Vec<(&Slices, f64, Option<f64>)> =
        asked.iter().map(|(slices, promise)| (slices, *promise, choose(&slices.first, promise / 100.0))).collect();
    let family = chosen.iter().filter(|(_, _, choice)| choice.is_some()).count();
    let shown = try_together(&chosen);
    chosen.into_iter().zip(shown).map(|((slices, promise, choice), shown)| recommendation(slices, promise, choice, shown, family)).collect()
}

/// Tries all that were chosen on the second slice, once; what was not chosen is not tried.
fn try_together(chosen: &[(&Slices, f64, Option<f64>)]) -> Vec<Option<Shown>> {
    let tried = |(slices, promise, choice): &(&Slices, f64, Option<f64>)| {
        choice.map(|setting| Promise { limit: promise / 100.0, tried: at(&slices.second, setting) })
    };
    let promises: Vec<Option<Promise>> = chosen.iter().map(tried).collect();
    let mut shown = together(&promises.iter().flatten().copied().collect::<Vec<_>>(), CONFIDENCE).into_iter();
    promises.iter().map(|promise| promise.and_then(|_| shown.next())).collect()
}

fn recommendation(slices: &Slices, promise_per_100: f64, dial: Option<f64>, shown: Option<Shown>, family: usize) -> Recommendation {
    // What was not chosen is still shown, at the promise itself.
    let setting = dial.unwrap_or(promise_per_100);
    let (chosen_on, confirmed_on) = (at(&slices.first, setting), at(&slices.second, setting));
    let alone = || upper_bound(confirmed_on.wrong, confirmed_on.replies, CONFIDENCE);
    Recommendation {
        promise_per_100,
        dial,
        chosen_on,
        confirmed_on,
        at_most_per_100: shown.map_or_else(alone, |shown| shown.at_most) * 100.0,
        confirmed: shown.is_some_and(|shown| shown.kept),
        needed: needed_without_fault(promise_per_100 / 100.0, 1.0 - (1.0 - CONFIDENCE) / family.max(1) as f64),
        tried_together: family,
    }
}

/// A point of the coverage curve.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Point {
    /// The setting.
    pub dial: f64,
    /// Share of all counted tickets that would be replied to.
    pub replied: Rate,
    /// Share of these that was wrong, among those that can be judged.
    pub wrong: Rate,
}

#[cfg(test)]
mod tests {
    use super::*;
    use triage::random::Random;

    /// A gate that promises what happens.
    fn honest(count: usize, seed: u64) -> Vec<Judged> {
        let mut random = Random::seeded(seed);
        (0..count)
            .map(|_| {
                let wrong_per_100 = random.below(3_000) as f64 / 100.0;
                Judged { wrong_per_100, is_wrong: (random.below(10_000) as f64) < wrong_per_100 * 100.0 }
            })
            .collect()
    }

    fn slices(first: Vec<Judged>, second: Vec<Judged>) -> Slices {
        Slices { first, second }
    }

    #[test]
    fn what_is_enough_alone_is_not_enough_among_ten_and_what_was_not_chosen_is_not_tried() {
        let right = |count: usize| -> Vec<Judged> { (0..count).map(|_| Judged { wrong_per_100: 1.0, is_wrong: false }).collect() };
        let one = slices(right(200), right(200));
        assert!(recommend(&one, 2.0).confirmed);
        let mut asked: Vec<(Slices, f64)> = (0..10).map(|_| (one.clone(), 2.0)).collect();
        assert!(recommend_together(&asked).iter().all(|found| !found.confirmed && found.needed == 263 && found.tried_together == 10));
        // Without replies on the first slice there is nothing to try: the family is smaller, and what is left is confirmed.
        asked.iter_mut().skip(1).for_each(|(slices, _)| slices.first.clear());
        let found = recommend_together(&asked);
        assert!(found[0].confirmed && found[0].tried_together == 1 && found[1].dial.is_none() && !found[1].confirmed, "{found:?}");
    }

    #[test]
    fn a_dial_is_confirmed_where_the_gate_is_honest_and_replies_are_many() {
        let found = recommend(&slices(honest(3_000, 1), honest(3_000, 2)), 10.0);
        assert!(found.confirmed && found.dial >= Some(10.0) && found.at_most_per_100 <= 10.0, "{found:?}");
    }

    #[test]
    fn nothing_is_promised_after_a_handful_of_replies() {
        let found = recommend(&slices(honest(40, 1), honest(40, 2)), 2.0);
        assert!(!found.confirmed, "{found:?}");
        assert_eq!(found.needed, 149);
    }

    #[test]
    fn a_choice_that_the_next_slice_does_not_bear_out_is_not_confirmed() {
        let good: Vec<Judged> = (0..500).map(|_| Judged { wrong_per_100: 1.0, is_wrong: false }).collect();
        let turned: Vec<Judged> = (0..500).map(|n| Judged { wrong_per_100: 1.0, is_wrong: n % 5 == 0 }).collect();
        let found = recommend(&slices(good, turned), 2.0);
        assert!(found.dial.is_some() && !found.confirmed, "{found:?}");
    }

    #[test]
    fn a_confirmed_promise_is_kept_in_at_least_95_of_100_worlds() {
        // The true rate at the chosen dial is known here, for the gate is honest: the mean of what lies below it.
        let broken = (0..200u64)
            .filter(|world| {
                let found = recommend(&slices(honest(400, world * 2), honest(400, world * 2 + 1)), 8.0);
                found.confirmed && found.dial.unwrap_or(0.0) / 2.0 > 8.0
            })
            .count();
        assert!(broken <= 10, "{broken} of 200 confirmed promises were broken");
    }
}
