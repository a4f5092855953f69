//! A model that answers from a script, in memory.

use async_trait::async_trait;
use prompts::ports::language_model::{Completion, CompletionRequest, LanguageModel, LanguageModelError, Stop};
use std::sync::{Mutex, PoisonError};

type Script = dyn Fn(&CompletionRequest) -> Result<Completion, LanguageModelError> + Send + Sync;

/// A scripted model, which remembers what it was asked.
pub struct ScriptedModel {
    name: String,
    script: Box<Script>,
    asked: Mutex<Vec<CompletionRequest>>,
}

impl ScriptedModel {
    /// A model of this name and script.
    pub fn new(name: &str, script: impl Fn(&CompletionRequest) -> Result<Completion, LanguageModelError> + Send + Sync + 'static) -> Self {
        ScriptedModel { name: name.to_owned(), script: Box::new(script), asked: Mutex::default() }
    }

    /// A model that says what a function makes of the request.
    pub fn saying(name: &str, says: impl Fn(&CompletionRequest) -> String + Send + Sync + 'static) -> Self {
        Self::new(name, move |request| Ok(said(request, says(request))))
    }

    /// What it was asked, in order.
    pub fn asked(&self) -> Vec<CompletionRequest> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// A whole answer of this text, with a token for each four bytes.
pub fn said(request: &CompletionRequest, text: String) -> Completion {
    let tokens = |bytes: usize| bytes.div_ceil(4) as u64;
    let (tokens_in, tokens_out) = (tokens(request.system.len() + request.user.len()), tokens(text.len()));
    Completion { text, stop: Stop::End, tokens_in, tokens_out }
}

#[async_trait]
impl LanguageModel for ScriptedModel {
    async fn complete(&self, request: &CompletionRequest) -> Result<Completion, LanguageModelError> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).push(request.clone());
        (self.script)(request)
    }

    fn name(&self) -> &str {
        &self.name
    }
}
