//! The classifier's port: the learned classifier's reading and the model's, pooled.
//!
//! The model names intents of the catalogue and quotes asks of the message; whatever else it says is dropped. Its probabilities are
//! averaged with the learned ones, so that a model that is talked into something does not decide alone, and what the learned
//! classifier measured stays measured for the gate.

use crate::data::Line;
use crate::minds::desk::{Desk, failed};
use crate::ports::language_model::LanguageModelError;
use crate::ports::shield::Redaction;
use crate::prompt::{Name, Prompt};
use crate::prompts::{classify, standalone};
use crate::tabs::Tab;
use crate::template::TemplateError;
use async_trait::async_trait;
use std::collections::BTreeMap;
use std::sync::Arc;
use triage::case::Case;
use triage::classification::{Ask, Classification, RankedIntent};
use triage::intent::{IntentCatalog, IntentName};
use triage::language::Language;
use triage::ports::{Classifier, StageError};
use triage::signals::Signal;
use triage::text::plain;

/// Intents that are offered when there is no catalogue: the likeliest of the learned classifier.
const OFFERED_MAX: usize = 40;
/// Examples shown of an intent.
const EXAMPLES_MAX: usize = 3;
/// A turn of more words hardly leans on what was said before.
const FOLLOW_UP_WORDS_MAX: usize = 14;
/// The longest question that is searched for.
const QUESTION_CHARS_MAX: usize = 300;

/// Classifies with a model beside the learned classifier.
pub struct ModelClassifier {
    desk: Desk,
    local: Arc<dyn Classifier>,
    catalog: IntentCatalog,
    classify: Prompt,
    standalone: Prompt,
}

impl ModelClassifier {
    /// A classifier of this catalogue.
    pub fn new(desk: Desk, local: Arc<dyn Classifier>, catalog: IntentCatalog) -> Result<Self, TemplateError> {
        let (classify, standalone) = (Prompt::load(Name::Classify)?, Prompt::load(Name::Standalone)?);
        Ok(ModelClassifier { desk, local, catalog, classify, standalone })
    }
}

#[async_trait]
impl Classifier for ModelClassifier {
    async fn classify(&self, case: &Case, text: &str) -> Result<Classification, StageError> {
        let local = self.local.classify(case, text).await?;
        self.desk.unless_instructed("classify", text)?;
        let mut redaction = self.desk.shield.redaction(case);
        let conversation = self.desk.conversation(case, redaction.as_mut());
        let message = self.desk.text(text, redaction.as_mut());
        let intents = self.offered(&local);
        let input = classify::Input { intents, conversation, message };
        let tab = Tab::of(case);
        let accept = |output| accepted(output, &input);
        let read = self.desk.ask(&self.classify, &tab, &input, classify::schema(), accept).await.map_err(failed("classify"))?;
        let asks = self.asks(&read, &local, redaction.as_ref());
        let mut classification = pooled(read, local);
        classification.asks = asks;
        classification.model = format!("{} + {}", classification.model, self.desk.signed(&self.classify));
        if !input.conversation.is_empty() && text.split_whitespace().count() <= FOLLOW_UP_WORDS_MAX {
            let rewritten = self.stand_alone(&tab, input.conversation, &classification.asks, redaction.as_mut()).await;
            classification.asks = rewritten.map_err(failed("standalone"))?;
        }
        Ok(classification)
    }
}

impl ModelClassifier {
    fn offered(&self, local: &Classification) -> Vec<classify::IntentLine> {
        let known = self.catalog.intents.iter().map(|intent| classify::IntentLine {
            name: intent.name.0.clone(),
            description: intent.description.clone(),
            examples: intent.examples.iter().take(EXAMPLES_MAX).cloned().collect(),
        });
        let learned = local.intents.iter().filter(|_| self.catalog.intents.is_empty()).take(OFFERED_MAX);
        let bare =
            |intent: &RankedIntent| classify::IntentLine { name: intent.name.0.clone(), description: String::new(), examples: Vec::new() };
        known.chain(learned.map(bare)).collect()
    }

    /// The model's asks with the customer's own words in them; the local ones where it found none.
    fn asks(&self, read: &Read, local: &Classification, redaction: &dyn Redaction) -> Vec<Ask> {
        let asks: Vec<Ask> =
            read.asks.iter().map(|(quote, intent)| Ask { text: redaction.restore(quote), intent: intent.clone() }).collect();
        if asks.is_empty() { local.asks.clone() } else { asks }
    }

    /// The asks as questions that can be searched for alone. What is searched for can be anything: it finds the company's own
    /// passages or nothing.
    async fn stand_alone(
        &self,
        tab: &Tab,
        conversation: Vec<Line>,
        asks: &[Ask],
        redaction: &mut dyn Redaction,
    ) -> Result<Vec<Ask>, LanguageModelError> {
        let input = standalone::Input { conversation, asks: asks.iter().map(|ask| redaction.redact(&ask.text)).collect() };
        let accept = |output: standalone::Output| match output.questions.len() == input.asks.len() {
            true => Ok(output.questions),
            false => Err(format!("it has {} questions for {} asks", output.questions.len(), input.asks.len())),
        };
        let questions = self.desk.ask(&self.standalone, tab, &input, standalone::schema(), accept).await?;
        let rewritten = asks.iter().zip(questions).map(|(ask, question)| {
            let text: String = redaction.restore(question.trim()).chars().take(QUESTION_CHARS_MAX).collect();
            if text.is_empty() { ask.clone() } else { Ask { text, intent: ask.intent.clone() } }
        });
        Ok(rewritten.collect())
    }
}

/// What the model said, held against what it was shown.
struct Read {
    intents: BTreeMap<IntentName, f64>,
    out_of_scope: f64,
    language: Option<Language>,
    urgency: triage::classification::Priority,
    asks: Vec<(String, Option<IntentName>)>,
}

/// Names outside the list are dropped; an answer of which nothing is left is a fault.
fn accepted(output: classify::Output, input: &classify::Input) -> Result<Read, String> {
    let known = |name: &str| input.intents.iter().any(|intent| intent.name == name).then(|| IntentName(name.to_owned()));
    let is_probability = |value: f64| (0.0..=1.0).contains(&value);
    if !is_probability(output.out_of_scope) || output.intents.iter().any(|likely| !is_probability(likely.probability)) {
        return Err("a probability is not between 0 and 1".to_owned());
    }
    let intents: BTreeMap<IntentName, f64> =
        output.intents.iter().filter_map(|likely| Some((known(&likely.name)?, likely.probability))).collect();
    if intents.is_empty() && !output.intents.is_empty() {
        return Err("no intent of it is in the list".to_owned());
    }
    let said = format!(" {} ", plain(&input.message));
    let stands = |quote: &str| {
        let quote = plain(quote);
        !quote.is_empty() && said.contains(&format!(" {quote} "))
    };
    let asks = output.asks.iter().filter(|ask| stands(&ask.quote));
    let asks = asks.map(|ask| (ask.quote.trim().to_owned(), ask.intent.as_deref().and_then(known))).collect();
    let language = output.language.as_deref().and_then(|code| Language::parse(code).ok());
    Ok(Read { intents, out_of_scope: output.out_of_scope, language, urgency: output.urgency, asks })
}

/// The mean of both opinions. Urgency is the higher one, the language the one that was detected.
fn pooled(read: Read, local: Classification) -> Classification {
    let sum: f64 = read.intents.values().sum();
    let scale = if sum > 1.0 { 1.0 / sum } else { 1.0 };
    let first = |of: &BTreeMap<IntentName, f64>| of.iter().max_by(|a, b| a.1.total_cmp(b.1)).map(|(name, _)| name.clone());
    let models_first = first(&read.intents);
    let is_untrained = local.intents.is_empty();
    let (mine, theirs) = if is_untrained { (0.0, 1.0) } else { (0.5, 0.5) };
    let mut pool: BTreeMap<IntentName, f64> = BTreeMap::new();
    for intent in &local.intents {
        *pool.entry(intent.name.clone()).or_default() += mine * intent.probability;
    }
    for (name, probability) in &read.intents {
        *pool.entry(name.clone()).or_default() += theirs * scale * probability;
    }
    let mut intents: Vec<RankedIntent> = pool.into_iter().map(|(name, probability)| RankedIntent { name, probability }).collect();
    intents.sort_by(|a, b| b.probability.total_cmp(&a.probability).then_with(|| a.name.cmp(&b.name)));
    let out_of_scope = mine * local.out_of_scope + theirs * read.out_of_scope;
    let confidence = intents.first().map_or(0.0, |intent| intent.probability) * (1.0 - out_of_scope);
    let agrees = models_first.is_some() && models_first.as_ref() == local.first().map(|first| &first.name);
    let mut measured = local.measured.clone();
    measured.0.insert(Signal::Agreement, (measured.get(Signal::Agreement) + f64::from(u8::from(agrees))) / 2.0);
    Classification {
        intents,
        out_of_scope,
        language: local.language.or(read.language),
        urgency: local.urgency.max(read.urgency),
        asks: Vec::new(),
        bare_greeting: local.bare_greeting,
        confidence,
        measured,
        model: local.model,
    }
}
