//! `distil`: one question and one answer of a solved ticket.

use crate::data::Line;
use crate::schema::{object, string, text_or_null};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What the model sees.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Input {
    /// The whole conversation, personal data taken out.
    pub conversation: Vec<Line>,
}

/// What it answers.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Output {
    /// Why it can, or cannot, serve others.
    pub reason: String,
    /// The question as another customer would ask it; null when the ticket serves nobody else.
    pub question: Option<String>,
    /// The answer in the agent's words.
    pub answer: Option<String>,
}

/// The form of the answer.
pub fn schema() -> Value {
    object([("reason", string()), ("question", text_or_null()), ("answer", text_or_null())])
}

/// An input whose last message is this text.
pub fn sample(text: &str) -> Input {
    let mut conversation = Line::sample();
    conversation.push(Line { from: "agent".to_owned(), text: text.to_owned() });
    Input { conversation }
}
