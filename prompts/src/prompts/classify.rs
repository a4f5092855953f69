//! `classify`: what a turn is about.

use crate::data::Line;
use crate::schema::{array, number, object, one_of, string, text_or_null};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use triage::classification::Priority;

/// What the model sees.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Input {
    /// What customers may want.
    pub intents: Vec<IntentLine>,
    /// What was said before.
    pub conversation: Vec<Line>,
    /// The turn.
    pub message: String,
}

/// One intent of the catalogue.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct IntentLine {
    /// Its name.
    pub name: String,
    /// What a customer with this intent wants.
    pub description: String,
    /// A few ways to say it.
    pub examples: Vec<String>,
}

/// What it answers.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Output {
    /// Likely intents, the likeliest first.
    pub intents: Vec<Likely>,
    /// Probability of lying outside all of them.
    pub out_of_scope: f64,
    /// ISO 639-1.
    pub language: Option<String>,
    /// How soon a person should see it.
    pub urgency: Priority,
    /// The separate questions.
    pub asks: Vec<AskLine>,
}

/// An intent with its probability.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Likely {
    /// A name of the catalogue.
    pub name: String,
    /// Between 0 and 1.
    pub probability: f64,
}

/// One question of the turn.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AskLine {
    /// The words of the message.
    pub quote: String,
    /// A name of the catalogue, when this part has one of its own.
    pub intent: Option<String>,
}

/// The form of the answer.
pub fn schema() -> Value {
    object([
        ("intents", array(object([("name", string()), ("probability", number())]))),
        ("out_of_scope", number()),
        ("language", text_or_null()),
        ("urgency", one_of(&["low", "normal", "high", "urgent"])),
        ("asks", array(object([("quote", string()), ("intent", text_or_null())]))),
    ])
}

/// An input whose message is this text.
pub fn sample(text: &str) -> Input {
    let intent = |name: &str, description: &str, example: &str| IntentLine {
        name: name.to_owned(),
        description: description.to_owned(),
        examples: vec![example.to_owned()],
    };
    Input {
        intents: vec![
            intent("opening_hours", "wants to know when the shop is open", "are you open on sunday"),
            intent("returns", "wants to give something back", "can I return these shoes"),
        ],
        conversation: Line::sample(),
        message: text.to_owned(),
    }
}
