//! Says what a person who takes a ticket over must know.

use crate::data::Line;
use crate::minds::desk::Desk;
use crate::ports::language_model::LanguageModelError;
use crate::prompt::{Name, Prompt};
use crate::prompts::summarise::{self, Output};
use crate::tabs::Tab;
use crate::template::TemplateError;
use triage::case::Case;

/// Summarises with a model.
pub struct ModelSummariser {
    desk: Desk,
    prompt: Prompt,
}

/// The longest sentence of a summary.
const SENTENCE_CHARS_MAX: usize = 500;

impl ModelSummariser {
    /// A summariser.
    pub fn new(desk: Desk) -> Result<Self, TemplateError> {
        Ok(ModelSummariser { desk, prompt: Prompt::load(Name::Summarise)? })
    }

    /// What the customer wants, and what was said so far, for a person of the company.
    pub async fn summarise(&self, case: &Case, reason: &str) -> Result<Output, LanguageModelError> {
        let mut redaction = self.desk.shield.redaction(case);
        let mut conversation = self.desk.conversation(case, redaction.as_mut());
        conversation.push(Line { from: "customer".to_owned(), text: self.desk.text(&case.text(), redaction.as_mut()) });
        let input = summarise::Input { conversation, reason: reason.to_owned() };
        let fits = |text: &str| !text.trim().is_empty() && text.chars().count() <= SENTENCE_CHARS_MAX;
        let accept = |output: Output| match fits(&output.wants) && fits(&output.so_far) {
            true => Ok(output),
            false => Err(format!("a part of it is empty or longer than {SENTENCE_CHARS_MAX} characters")),
        };
        let said = self.desk.ask(&self.prompt, &Tab::of(case), &input, summarise::schema(), accept).await?;
        Ok(Output { wants: redaction.restore(&said.wants), so_far: redaction.restore(&said.so_far) })
    }
}
