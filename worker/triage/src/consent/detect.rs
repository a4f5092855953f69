//! The one question asked of an incoming text: does the customer tell us to stop, to start again, or ask who we are?

use serde::{Deserialize, Serialize};

use super::{keyword, wording, words};

/// What the customer asks of us as a sender of texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Consent {
    /// No more messages to this customer.
    Stop(How),
    /// Messages are welcome again. `Start(Keyword)` is also the answer for a bare English "yes", because carriers count YES as a
    /// start word; screening obeys it only for a customer who is suppressed. For everyone else "yes" answers our question.
    Start(How),
    /// Who is sending this, and how do I get out? Carriers answer the bare keyword themselves.
    Help(How),
}

/// How the customer said it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// The whole message is one keyword, apart from case, accents, punctuation and emoji. A carrier has probably acted on it already,
    /// but only its own report (Twilio's `OptOutType`) is proof: carriers know fewer words than `keyword` does.
    Keyword,
    /// Any other words. No carrier acts on these: blocking is our job.
    Wording,
}

/// Reads one message. `None` means that the customer asks nothing about being texted.
///
/// An opt-out wins over everything else in the message: over another question ("where is my refund? and stop texting me") and over a
/// start in the same text. The cost is linear in the length of the text.
pub fn detect(text: &str) -> Option<Consent> {
    let words = words::split(text);
    keyword::whole_message(&words).or_else(|| wording::in_any_language(&words))
}
