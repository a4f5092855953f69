//! The classifier's port on top of the learned model.

use crate::learned::asks::asks;
use crate::learned::ensemble::Reading;
use crate::learned::greeting::{asks_nothing, is_bare_greeting};
use crate::learned::measures::signals;
use crate::learned::model::Model;
use crate::learned::urgency::urgency;
use crate::ports::embedder::Embedder;
use async_trait::async_trait;
use std::sync::Arc;
use triage::case::Case;
use triage::classification::{Ask, Classification, RankedIntent};
use triage::intent::IntentName;
use triage::language::Language;
use triage::language::detect::detect;
use triage::language::function_words::is_function_word;
use triage::ports::{Classifier, StageError};
use triage::signals::{Signal, Signals};
use triage::text::plain;
use triage::ticket::Author;

/// A turn of at most so many words is read together with what the customer wrote before it.
pub const SHORT_TURN_WORDS: usize = 3;
/// An ask takes an intent of its own from this probability on.
pub const ASK_PROBABILITY_MIN: f64 = 0.5;
/// Name of a classifier without a model.
pub const UNTRAINED: &str = "local-untrained";

/// The model was trained with another embedder than the one at hand.
#[derive(Debug, thiserror::Error)]
#[error("the model was trained with embedder {trained}, this one is {present}: train it again or configure {trained}")]
pub struct EmbedderMismatch {
    /// The embedder of the model.
    pub trained: String,
    /// The embedder at hand.
    pub present: String,
}

/// Classifies with a model, or says "no idea" without one.
pub struct LocalClassifier {
    model: Option<Arc<Model>>,
    embedder: Arc<dyn Embedder>,
}

impl LocalClassifier {
    /// With a model and the embedder that it was trained with.
    pub fn new(model: Arc<Model>, embedder: Arc<dyn Embedder>) -> Result<Self, EmbedderMismatch> {
        let trained = &model.parts().embedder;
        if trained != embedder.name() {
            return Err(EmbedderMismatch { trained: trained.clone(), present: embedder.name().to_owned() });
        }
        Ok(LocalClassifier { model: Some(model), embedder })
    }

    /// Without a model: no intents and out of scope for certain, so that a person sees everything. Language, urgency and asks are there.
    pub fn untrained(embedder: Arc<dyn Embedder>) -> Self {
        LocalClassifier { model: None, embedder }
    }

    /// Reads texts in one go.
    async fn read(&self, model: &Model, texts: &[&str]) -> Result<Vec<Reading>, StageError> {
        let embeddings = self.embedder.embed(texts).await.map_err(|error| StageError {
            stage: "classify",
            problem: error.to_string(),
            is_transient: error.is_transient,
        })?;
        Ok(texts.iter().zip(&embeddings).map(|(text, embedding)| model.parts().minds.read(text, embedding)).collect())
    }
}

#[async_trait]
impl Classifier for LocalClassifier {
    async fn classify(&self, case: &Case, text: &str) -> Result<Classification, StageError> {
        let context = context(case, text);
        let read_text = context.as_deref().unwrap_or(text);
        let bare_greeting = is_bare_greeting(text);
        let asked = if bare_greeting { Vec::new() } else { asks_in_context(text, context.as_deref()) };
        let mut classification = Classification {
            intents: Vec::new(),
            out_of_scope: 1.0,
            language: language_of(case, text),
            urgency: urgency(text),
            asks: asked.into_iter().map(|text| Ask { text, intent: None }).collect(),
            bare_greeting,
            confidence: 0.0,
            measured: Signals([(Signal::UnknownWords, 1.0)].into()),
            model: UNTRAINED.to_owned(),
        };
        let Some(model) = &self.model else { return Ok(classification) };
        let mut texts = vec![read_text];
        if classification.asks.len() > 1 {
            texts.extend(classification.asks.iter().map(|ask| ask.text.as_str()));
        }
        let readings = self.read(model, &texts).await?;
        if let Some((whole, parts)) = readings.split_first() {
            let intents: Vec<Option<IntentName>> = parts.iter().map(|reading| sure_intent(model, reading)).collect();
            for (ask, intent) in classification.asks.iter_mut().zip(intents) {
                ask.intent = intent;
            }
            classification.intents = ranked(model, whole);
            let outside = model.parts().minds.outside;
            classification.out_of_scope = model.parts().scope.outside(whole, outside);
            classification.confidence = (1.0 - classification.out_of_scope) * model.parts().scope.right(whole, outside);
            classification.measured = signals(whole, outside);
            classification.model = model.name().to_owned();
        }
        Ok(classification)
    }
}

/// Intents by probability; of equals the earlier name first.
fn ranked(model: &Model, reading: &Reading) -> Vec<RankedIntent> {
    let names = model.parts().intents.iter().cloned();
    let mut ranked: Vec<RankedIntent> =
        names.zip(&reading.probabilities).map(|(name, probability)| RankedIntent { name, probability: *probability }).collect();
    ranked.sort_by(|a, b| b.probability.total_cmp(&a.probability).then_with(|| a.name.cmp(&b.name)));
    ranked
}

fn sure_intent(model: &Model, reading: &Reading) -> Option<IntentName> {
    ranked(model, reading).into_iter().next().filter(|first| first.probability >= ASK_PROBABILITY_MIN).map(|first| first.name)
}

/// A short turn with what the customer wrote last before it; none when the turn speaks for itself, greets or only thanks.
fn context(case: &Case, text: &str) -> Option<String> {
    let words = text.split_whitespace().count();
    if words == 0 || words > SHORT_TURN_WORDS || asks_nothing(text) {
        return None;
    }
    let before = case.history.iter().rev().find(|message| message.author == Author::Customer && !asks_nothing(&message.text))?;
    Some(format!("{}\n{}", before.text.trim(), text.trim()))
}

/// A short turn is one ask together with what it follows; a turn that speaks for itself is cut into its asks.
fn asks_in_context(text: &str, context: Option<&str>) -> Vec<String> {
    match context {
        Some(context) => vec![context.replace('\n', " ")],
        None => asks(text),
    }
}

/// The language of the turn, or else of what the customer wrote before when the turn has no telling word.
fn language_of(case: &Case, text: &str) -> Option<Language> {
    detect(text).or_else(|| {
        let tells_nothing = plain(text).split(' ').filter(|word| is_function_word(word)).count() < 2;
        let before = case.history.iter().rev().filter(|message| message.author == Author::Customer).map(|message| message.text.as_str());
        let before: Vec<&str> = before.take(3).collect();
        if tells_nothing && !before.is_empty() { detect(&before.join(" ")) } else { None }
    })
}
