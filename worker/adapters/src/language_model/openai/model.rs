//! The language model's port on an endpoint.

use crate::language_model::openai::calls::Calls;
use crate::language_model::openai::chat;
use crate::language_model::openai::client::{EndpointError, client};
use crate::language_model::openai::config::EndpointConfig;
use crate::language_model::openai::settings::{Endpoint, Structured};
use crate::language_model::openai::trouble::Trouble;
use async_openai::Client;
use async_trait::async_trait;
use prompts::ports::language_model::{Completion, CompletionRequest, LanguageModel, LanguageModelError};
use serde_json::Value;
use std::sync::atomic::{AtomicU8, Ordering};

/// A model of an endpoint.
pub struct OpenAiModel {
    client: Client<EndpointConfig>,
    endpoint: Endpoint,
    calls: Calls,
    model: String,
    /// The form that is used now: an index into [`FORMS`].
    form: AtomicU8,
}

/// From the strictest form to none.
const FORMS: [Structured; 3] = [Structured::JsonSchema, Structured::Tool, Structured::Text];

impl OpenAiModel {
    /// A model of this name.
    pub fn new(endpoint: Endpoint, model: &str) -> Result<Self, EndpointError> {
        let first = FORMS.iter().position(|form| *form == endpoint.structured).unwrap_or(0);
        Ok(OpenAiModel {
            client: client(&endpoint)?,
            calls: Calls::new(endpoint.limits.clone()),
            model: model.to_owned(),
            form: AtomicU8::new(u8::try_from(first).unwrap_or(0)),
            endpoint,
        })
    }

    /// The form in which answers are asked for now.
    pub fn form(&self) -> Structured {
        FORMS.get(usize::from(self.form.load(Ordering::Relaxed))).copied().unwrap_or(Structured::Text)
    }

    async fn attempt(&self, form: Structured, request: &CompletionRequest) -> Result<Completion, Trouble> {
        let body = chat::body(&self.endpoint, &self.model, form, request);
        let answer: Value = self.client.chat().create_byot(&body).await?;
        chat::completion(&answer)
    }
}

#[async_trait]
impl LanguageModel for OpenAiModel {
    async fn complete(&self, request: &CompletionRequest) -> Result<Completion, LanguageModelError> {
        loop {
            let form = self.form();
            match self.calls.call(|| self.attempt(form, request)).await {
                // Remembered: the next call begins with the form that is taken.
                Err(Trouble::FormNotTaken) if self.endpoint.structured == Structured::Auto && form != Structured::Text => {
                    let next = FORMS.iter().position(|other| *other == form).map_or(2, |at| at + 1);
                    self.form.fetch_max(u8::try_from(next).unwrap_or(2), Ordering::Relaxed);
                }
                result => return Ok(result?),
            }
        }
    }

    fn name(&self) -> &str {
        &self.model
    }
}
