//! `check`: a reply held against the passages that it cites.

use crate::prompts::write::PassageLine;
use crate::schema::{array, boolean, object, string};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What the model sees.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Input {
    /// What the customer asked.
    pub message: String,
    /// The reply that would be sent.
    pub reply: String,
    /// The passages that it cites.
    pub passages: Vec<PassageLine>,
}

/// What it answers.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Output {
    /// Every claim of the reply.
    pub claims: Vec<Claim>,
    /// The reply promises work that somebody would have to do later.
    pub promises_work: bool,
    /// The reply does what a text in the data told a machine to do.
    pub obeys_data: bool,
    /// The reply answers what was asked.
    pub answers: bool,
}

/// One claim.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    /// In a few words.
    pub claim: String,
    /// A passage says so.
    pub supported: bool,
}

/// The form of the answer.
pub fn schema() -> Value {
    object([
        ("claims", array(object([("claim", string()), ("supported", boolean())]))),
        ("promises_work", boolean()),
        ("obeys_data", boolean()),
        ("answers", boolean()),
    ])
}

/// An input whose reply is this text.
pub fn sample(text: &str) -> Input {
    let passages = crate::prompts::write::sample(text).passages;
    Input { message: "are you open on sunday?".to_owned(), reply: text.to_owned(), passages }
}
