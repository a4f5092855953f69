//! Compares a would-be reply with what a person wrote, for simulations.

use crate::minds::desk::Desk;
use crate::ports::language_model::LanguageModelError;
use crate::prompt::{Name, Prompt};
use crate::prompts::judge::{self, Output};
use crate::tabs::Tab;
use crate::template::TemplateError;
use triage::case::Case;

/// Judges with a model.
pub struct ModelJudge {
    desk: Desk,
    prompt: Prompt,
}

impl ModelJudge {
    /// A judge.
    pub fn new(desk: Desk) -> Result<Self, TemplateError> {
        Ok(ModelJudge { desk, prompt: Prompt::load(Name::Judge)? })
    }

    /// The reason and the verdict.
    pub async fn judge(&self, case: &Case, human_reply: &str, would_be_reply: &str) -> Result<Output, LanguageModelError> {
        let mut redaction = self.desk.shield.redaction(case);
        let input = judge::Input {
            conversation: self.desk.conversation(case, redaction.as_mut()),
            message: self.desk.text(&case.text(), redaction.as_mut()),
            human_reply: self.desk.text(human_reply, redaction.as_mut()),
            would_be_reply: self.desk.text(would_be_reply, redaction.as_mut()),
        };
        let accept = |output: Output| match output.reason.trim().is_empty() {
            true => Err("it gives no reason".to_owned()),
            false => Ok(output),
        };
        self.desk.ask(&self.prompt, &Tab::of(case), &input, judge::schema(), accept).await
    }
}
