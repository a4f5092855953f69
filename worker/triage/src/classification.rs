//! What the classifier found in a turn.

use crate::intent::IntentName;
use crate::language::Language;
use crate::signals::Signals;
use serde::{Deserialize, Serialize};

/// An intent with its probability.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct RankedIntent {
    /// Which intent.
    pub name: IntentName,
    /// Between 0 and 1.
    pub probability: f64,
}

/// One question of a message that may hold several.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Ask {
    /// The words of the customer.
    pub text: String,
    /// What this part wants, when that could be told apart.
    #[serde(default)]
    pub intent: Option<IntentName>,
}

/// How soon a person should see it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// Can wait.
    Low,
    /// As usual.
    #[default]
    Normal,
    /// Before the others.
    High,
    /// At once.
    Urgent,
}

/// What a turn is about.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Classification {
    /// Intents with their probabilities, most probable first.
    pub intents: Vec<RankedIntent>,
    /// Probability that the turn lies outside all intents.
    pub out_of_scope: f64,
    /// The language, when the text was long enough to tell.
    pub language: Option<Language>,
    /// How soon a person should see it.
    pub urgency: Priority,
    /// The separate questions, at least one unless the turn only greets.
    pub asks: Vec<Ask>,
    /// The turn is a greeting and nothing else.
    pub bare_greeting: bool,
    /// Probability that the first intent is right; a turn outside all intents counts as wrong.
    pub confidence: f64,
    /// What else was measured on the way: agreement of the minds, nearest examples, unknown words. A mind gives what it has.
    #[serde(default)]
    pub measured: Signals,
    /// Name and version of what classified, for the receipt.
    pub model: String,
}

impl Classification {
    /// The most probable intent.
    pub fn first(&self) -> Option<&RankedIntent> {
        self.intents.first()
    }

    /// Every intent that stands in the turn: the most probable one, then those of its asks. An ask outside all intents
    /// does not count: small talk beside a question takes nothing from it.
    pub fn wanted(&self) -> impl Iterator<Item = &IntentName> {
        let of_asks = self.asks.iter().filter_map(|ask| ask.intent.as_ref()).filter(|intent| !intent.is_out_of_scope());
        self.first().map(|first| &first.name).into_iter().chain(of_asks)
    }
}
