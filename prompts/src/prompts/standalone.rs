//! `standalone`: a follow-up as a question that can be searched for alone.

use crate::data::Line;
use crate::schema::{array, object, string};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What the model sees.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Input {
    /// What was said before.
    pub conversation: Vec<Line>,
    /// The questions of the turn, in their order.
    pub asks: Vec<String>,
}

/// What it answers.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Output {
    /// One question for each ask, in their order.
    pub questions: Vec<String>,
}

/// The form of the answer.
pub fn schema() -> Value {
    object([("questions", array(string()))])
}

/// An input whose only ask is this text.
pub fn sample(text: &str) -> Input {
    Input { conversation: Line::sample(), asks: vec![text.to_owned()] }
}
