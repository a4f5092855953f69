//! `judge`: a would-be reply compared with what a person wrote, for simulations.

use crate::data::Line;
use crate::schema::{object, one_of, string};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What the model sees.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Input {
    /// What was said before.
    pub conversation: Vec<Line>,
    /// What the customer asked.
    pub message: String,
    /// What a person of the company answered.
    pub human_reply: String,
    /// What would have been sent.
    pub would_be_reply: String,
}

/// What it answers: the reason first, so that the verdict follows from it.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Output {
    /// In a sentence or two.
    pub reason: String,
    /// The verdict.
    pub verdict: Verdict,
}

/// How the would-be reply compares.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It tells the customer the same.
    Same,
    /// It tells something else that is right as well.
    AlsoRight,
    /// It tells something wrong, or leaves out what the customer needs.
    Wrong,
    /// The human's reply cannot be compared: it asks back, or speaks of something else.
    CannotCompare,
}

/// The form of the answer.
pub fn schema() -> Value {
    object([("reason", string()), ("verdict", one_of(&["same", "also_right", "wrong", "cannot_compare"]))])
}

/// An input whose would-be reply is this text.
pub fn sample(text: &str) -> Input {
    Input {
        conversation: Line::sample(),
        message: "are you open on sunday?".to_owned(),
        human_reply: "No, we are closed on Sundays.".to_owned(),
        would_be_reply: text.to_owned(),
    }
}
