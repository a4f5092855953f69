//! What every part of the mind needs to speak to a model.

use crate::ask::{Question, ask};
use crate::budget::fit::TokenBudget;
use crate::budget::trim::{cut, trim};
use crate::data::{Line, history};
use crate::ports::language_model::{LanguageModel, LanguageModelError};
use crate::ports::shield::{Redaction, Shield};
use crate::ports::token_counter::TokenCounter;
use crate::prompt::Prompt;
use crate::tabs::Tab;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::sync::Arc;
use triage::case::Case;
use triage::ports::StageError;

/// A model, with what stands between it and people's words.
#[derive(Clone)]
pub struct Desk {
    /// The model.
    pub model: Arc<dyn LanguageModel>,
    /// Takes personal data out and puts it back.
    pub shield: Arc<dyn Shield>,
    /// Counts tokens.
    pub counter: Arc<dyn TokenCounter>,
    /// Tokens of a call.
    pub budget: TokenBudget,
}

impl Desk {
    /// What was said before the turn, redacted and cut to its share of the budget.
    pub(crate) fn conversation(&self, case: &Case, redaction: &mut dyn Redaction) -> Vec<Line> {
        let lines = history(case).into_iter().map(|line| Line { text: redaction.redact(&line.text), from: line.from });
        trim(lines.collect(), self.budget.conversation_tokens(), self.counter.as_ref())
    }

    /// A text of the customer, redacted and cut to what a turn may take.
    pub(crate) fn text(&self, text: &str, redaction: &mut dyn Redaction) -> String {
        cut(&redaction.redact(text), self.budget.conversation_tokens(), self.counter.as_ref())
    }

    /// Asks the model; see [`ask`].
    pub(crate) async fn ask<I: Serialize + Sync, T: DeserializeOwned, R>(
        &self,
        prompt: &Prompt,
        tab: &Tab,
        input: &I,
        schema: Value,
        accept: impl Fn(T) -> Result<R, String>,
    ) -> Result<R, LanguageModelError> {
        let question = Question { prompt, tab, input, schema, answer_tokens_max: self.budget.answer_tokens_max };
        ask(self.model.as_ref(), &question, accept).await
    }

    /// Name and version of what answered, for receipts.
    pub(crate) fn signed(&self, prompt: &Prompt) -> String {
        format!("{} {}@{}", self.model.name(), prompt.id(), prompt.hash)
    }

    /// What speaks to a machine is not put before one.
    pub(crate) fn unless_instructed(&self, stage: &'static str, text: &str) -> Result<(), StageError> {
        match self.shield.instructs(text) {
            true => Err(StageError { stage, problem: "the message speaks to a machine: no model sees it".to_owned(), is_transient: false }),
            false => Ok(()),
        }
    }
}

/// The failure of a call as the failure of a stage.
pub(crate) fn failed(stage: &'static str) -> impl Fn(LanguageModelError) -> StageError {
    move |error| StageError { stage, problem: error.to_string(), is_transient: error.is_transient() }
}
