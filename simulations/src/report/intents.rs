//! Intents: how many, how far, how wrong, and the dial that each has earned.

use crate::interval::Rate;
use crate::report::listing::Count;
use crate::statistics::dial::{Judged, Recommendation, recommend};
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

/// The dials of all intents that have at least one reply to judge.
pub fn dials(dialled: &BTreeMap<String, Vec<Dialled>>, promise: impl Fn(&str) -> f64) -> BTreeMap<String, Recommendation> {
    dialled.iter().map(|(intent, judged)| (intent.clone(), dial(judged, promise(intent)))).collect()
}

/// One dial: chosen on the first slice, tried on the second.
pub fn dial(dialled: &[Dialled], promise_per_100: f64) -> Recommendation {
    let slice = |second: bool| -> Vec<Judged> { dialled.iter().filter(|one| one.second == second).map(|one| one.judged).collect() };
    recommend(&slice(false), &slice(true), promise_per_100)
}
