//! `write`: a reply from passages, with citations, within the segment budget.

use crate::data::Line;
use crate::schema::{array, integer, object, string, text_or_null};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What the model sees.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Input {
    /// What was said before.
    pub conversation: Vec<Line>,
    /// The turn.
    pub message: String,
    /// Its separate questions, counted from 1.
    pub asks: Vec<String>,
    /// The language to answer in, when known.
    pub language: Option<String>,
    /// The longest reply.
    pub characters_max: usize,
    /// What the reply may rest on.
    pub passages: Vec<PassageLine>,
    /// How the company writes; never a source of facts.
    pub style_examples: Vec<String>,
}

/// One passage.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct PassageLine {
    /// Its name in this call, such as `P1`.
    pub id: String,
    /// document, approved answer, or past ticket.
    pub kind: String,
    /// Heading path or title.
    pub title: String,
    /// What it says.
    pub text: String,
}

/// What it answers.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Output {
    /// Where the reply stands in the passages.
    pub citations: Vec<CitationLine>,
    /// Which asks it answers, counted from 1.
    pub asks_answered: Vec<usize>,
    /// The reply; null when the passages do not answer.
    pub reply: Option<String>,
}

/// One citation.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CitationLine {
    /// The passage's name in this call.
    pub passage: String,
    /// The words of the passage, as they stand there.
    pub quote: String,
}

/// The form of the answer: what it rests on comes before what it says.
pub fn schema() -> Value {
    object([
        ("citations", array(object([("passage", string()), ("quote", string())]))),
        ("asks_answered", array(integer())),
        ("reply", text_or_null()),
    ])
}

/// An input whose message is this text; it stands in a passage, too.
pub fn sample(text: &str) -> Input {
    let passage = |id: &str, kind: &str, title: &str, text: &str| PassageLine {
        id: id.to_owned(),
        kind: kind.to_owned(),
        title: title.to_owned(),
        text: text.to_owned(),
    };
    Input {
        conversation: Line::sample(),
        message: text.to_owned(),
        asks: vec![text.to_owned()],
        language: Some("en".to_owned()),
        characters_max: 306,
        passages: vec![
            passage("P1", "document", "Opening hours", "We are open from 9 am to 6 pm, Monday to Saturday."),
            passage("P2", "past ticket", "", text),
        ],
        style_examples: vec!["Hi! Yes we are, until 6 pm. See you soon!".to_owned()],
    }
}
