//! Intents: how many, how far, how wrong, and the dial that each has earned.

use crate::interval::Rate;
use crate::report::listing::Count;
use crate::statistics::dial::{Judged, Recommendation, Slices, recommend, recommend_together};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A would-be reply that only the dial keeps back, in one of the two slices.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Dialled {
    /// On the second slice.
    pub second: bool,
    /// What the gate said and what came of it.
    pub judged: Judged,
}

/// One intent.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct IntentRow {
    /// Its name, as the classifier saw it.
    pub intent: String,
    /// Its tickets.
    pub tickets: Count,
    /// Of these: replied.
    pub replied: Count,
    /// Of these: drafted.
    pub drafted: Count,
    /// Of these: left to a person.
    pub escalated: Count,
    /// Of the replies that can be judged: wrong.
    pub wrong: Rate,
    /// Its list of wrong replies.
    pub wrong_replies: Count,
    /// The intent itself was right, by what people said.
    pub right: Rate,
    /// Minutes of agents that replies would have saved, over the whole span.
    pub minutes: f64,
    /// The dial that it has earned.
    pub dial: Recommendation,
}

/// The dials of all intents that have at least one reply to judge, confirmed together: with 95 % confidence none of the confirmed promises
/// is broken.
pub fn dials(dialled: &BTreeMap<String, Vec<Dialled>>, promise: impl Fn(&str) -> f64) -> BTreeMap<String, Recommendation> {
    let asked: Vec<(Slices, f64)> = dialled.iter().map(|(intent, judged)| (slices(judged), promise(intent))).collect();
    dialled.keys().cloned().zip(recommend_together(&asked)).collect()
}

/// One dial: chosen on the first slice, tried on the second.
pub fn dial(dialled: &[Dialled], promise_per_100: f64) -> Recommendation {
    recommend(&slices(dialled), promise_per_100)
}

fn slices(dialled: &[Dialled]) -> Slices {
    let slice = |second: bool| dialled.iter().filter(|one| one.second == second).map(|one| one.judged).collect();
    Slices { first: slice(false), second: slice(true) }
}
