//! Labelled texts to learn from.

use crate::learned::greeting::is_bare_greeting;
use triage::intent::{IntentCatalog, IntentName};
use triage::language::Language;
use triage::past::PastTicket;
use triage::ticket::{Author, Message};

/// A text with what people said that it was about.
#[derive(Clone, PartialEq, Debug)]
pub struct Example {
    /// The customer's words.
    pub text: String,
    /// What they wanted.
    pub intent: IntentName,
    /// The language, when known.
    pub language: Option<Language>,
}

/// What a past ticket teaches: the customer's opening turn with its first intent. An opening that only greets is joined with what
/// the customer said next. None when nobody said what it was about, or the customer said nothing.
pub fn examples_of(past: &PastTicket) -> Option<Example> {
    let intent = past.intents.first()?.clone();
    let text = opening(&past.ticket.messages)?;
    Some(Example { text, intent, language: past.language })
}

/// What the customer wrote before anybody answered; an opening that only greets is joined with what came next. None without words.
pub fn opening(messages: &[Message]) -> Option<String> {
    let mut text = String::new();
    for turn in messages.chunk_by(|a, b| a.author == b.author) {
        if turn.first().is_none_or(|message| message.author != Author::Customer) {
            continue;
        }
        for words in turn.iter().map(|message| message.text.trim()).filter(|words| !words.is_empty()) {
            if !text.is_empty() {
                text.push('\n');
            }
            text.push_str(words);
        }
        if !text.is_empty() && !is_bare_greeting(&text) {
            return Some(text);
        }
    }
    None
}

/// The examples that an admin wrote into the catalogue.
pub fn examples_of_catalog(catalog: &IntentCatalog) -> impl Iterator<Item = Example> {
    let of_intent = |intent: &triage::intent::Intent| {
        let name = intent.name.clone();
        intent.examples.clone().into_iter().map(move |text| Example { text, intent: name.clone(), language: None })
    };
    catalog.intents.iter().flat_map(of_intent)
}
