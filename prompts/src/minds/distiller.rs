//! Makes one question and one answer of a solved ticket.

use crate::data::{Line, history};
use crate::minds::desk::Desk;
use crate::ports::language_model::LanguageModelError;
use crate::prompt::{Name, Prompt};
use crate::prompts::distil::{self, Output};
use crate::tabs::Tab;
use crate::template::TemplateError;
use triage::case::Case;
use triage::text::content_stems;

/// Distils with a model.
pub struct ModelDistiller {
    desk: Desk,
    prompt: Prompt,
}

/// What a ticket teaches.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Lesson {
    /// The question, as another customer would ask it.
    pub question: String,
    /// The agent's answer.
    pub answer: String,
}

/// Share of the answer's words of meaning that the conversation must hold.
const SUPPORT_MIN: f64 = 0.6;

impl ModelDistiller {
    /// A distiller.
    pub fn new(desk: Desk) -> Result<Self, TemplateError> {
        Ok(ModelDistiller { desk, prompt: Prompt::load(Name::Distil)? })
    }

    /// The lesson of a conversation up to the case's turn and of what the agent answered to it; none when it serves nobody else.
    /// Personal data is taken out for good.
    pub async fn distil(&self, case: &Case, answer: &str) -> Result<Option<Lesson>, LanguageModelError> {
        let mut redaction = self.desk.shield.redaction(case);
        let line = |from: &str, text: String| Line { from: from.to_owned(), text };
        let said = history(case).into_iter().chain([line("customer", case.text()), line("agent", answer.to_owned())]);
        let lines: Vec<Line> = said.map(|line| Line { text: redaction.withhold(&line.text), from: line.from }).collect();
        let conversation = crate::budget::trim::trim(lines, self.desk.budget.data_tokens(), self.desk.counter.as_ref());
        let known: Vec<String> = conversation.iter().flat_map(|line| content_stems(&line.text)).collect();
        let input = distil::Input { conversation };
        let accept = |output: Output| accepted(output, &known, |text| redaction.has_placeholder(text));
        self.desk.ask(&self.prompt, &Tab::of(case), &input, distil::schema(), accept).await
    }
}

/// The answer must be made of the conversation's words, and hold nothing that was taken out.
fn accepted(output: Output, known: &[String], has_placeholder: impl Fn(&str) -> bool) -> Result<Option<Lesson>, String> {
    let (Some(question), Some(answer)) = (output.question, output.answer) else { return Ok(None) };
    let (question, answer) = (question.trim().to_owned(), answer.trim().to_owned());
    if question.is_empty() || answer.is_empty() || has_placeholder(&question) || has_placeholder(&answer) {
        return Ok(None);
    }
    let stems = content_stems(&answer);
    let supported = stems.iter().filter(|stem| known.contains(stem)).count();
    match supported as f64 >= SUPPORT_MIN * stems.len() as f64 {
        true => Ok(Some(Lesson { question, answer })),
        false => Err("the answer says what the conversation does not say".to_owned()),
    }
}
