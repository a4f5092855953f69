//! `summarise`: what a person who takes the ticket over must know.

use crate::data::Line;
use crate::schema::{object, string};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What the model sees.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Input {
    /// The whole conversation.
    pub conversation: Vec<Line>,
    /// Why it is handed over.
    pub reason: String,
}

/// What it answers.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Output {
    /// What the customer wants, in one sentence.
    pub wants: String,
    /// What was said and done, in two sentences.
    pub so_far: String,
}

/// The form of the answer.
pub fn schema() -> Value {
    object([("wants", string()), ("so_far", string())])
}

/// An input whose last message is this text.
pub fn sample(text: &str) -> Input {
    let mut conversation = Line::sample();
    conversation.push(Line { from: "customer".to_owned(), text: text.to_owned() });
    Input { conversation, reason: "no intent is likely enough".to_owned() }
}
