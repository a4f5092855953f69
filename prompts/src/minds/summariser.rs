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
const SENTENCE_CHARS_MAX: usize = 300;

impl ModelSummariser {
    /// A summariser.
    pub fn new(desk: Desk) -> Result<Self, TemplateError> {
        Ok(ModelSummariser { desk, prompt: Prompt::load(Name::Summarise)? })
    }

    /// What the customer wants, and what was said so far, for a person of the company. A conversation that speaks to a machine is put
    /// before none; a summary with an address or a number that was not said in it is none.
    pub async fn summarise(&self, case: &Case, reason: &str) -> Result<Output, LanguageModelError> {
        let said: Vec<&str> = case.history.iter().chain(&case.turn).map(|message| message.text.as_str()).collect();
        if said.iter().any(|text| self.desk.shield.instructs(text)) {
            let problem = "the conversation speaks to a machine: no model sees it".to_owned();
            return Err(LanguageModelError::Malformed { problem });
        }
        let mut redaction = self.desk.shield.redaction(case);
        let mut conversation = self.desk.conversation(case, redaction.as_mut());
        conversation.push(Line { from: "customer".to_owned(), text: self.desk.text(&case.text(), redaction.as_mut()) });
        let input = summarise::Input { conversation, reason: reason.to_owned() };
        let fits = |text: &str| !text.trim().is_empty() && text.chars().count() <= SENTENCE_CHARS_MAX;
        let accept = |output: Output| match fits(&output.wants) && fits(&output.so_far) {
            true => Ok(output),
            false => Err(format!("a part of it is empty or longer than {SENTENCE_CHARS_MAX} characters")),
        };
        let summary = self.desk.ask(&self.prompt, &Tab::of(case), &input, summarise::schema(), accept).await?;
        let output = Output { wants: redaction.restore(&summary.wants), so_far: redaction.restore(&summary.so_far) };
        let is_shown =
            [&output.wants, &output.so_far].into_iter().all(|text| !redaction.has_placeholder(text) && !adds_contact(text, &said));
        is_shown.then_some(output).ok_or_else(|| LanguageModelError::Malformed {
            problem: "the summary holds an address or a number that nobody said".to_owned(),
        })
    }
}

/// Digits of a number that somebody could be called by.
const NUMBER_DIGITS_MIN: usize = 6;

/// It holds a way to reach somebody that is not in the conversation: an agent must not be led there.
fn adds_contact(text: &str, said: &[&str]) -> bool {
    let is_said = |word: &str| said.iter().any(|said| said.contains(word));
    let of_digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let known: Vec<String> = said.iter().map(|said| of_digits(said)).collect();
    let is_address = |word: &&str| word.contains("://") || word.contains('@') || word.to_ascii_lowercase().contains("www.");
    let foreign_address = text.split_whitespace().filter(is_address).any(|word| !is_said(word.trim_matches(['.', ',', ')', '(', '"'])));
    let runs = text.split(|c: char| !(c.is_ascii_digit() || matches!(c, ' ' | '-' | '.' | '(' | ')' | '+' | '/')));
    let mut numbers = runs.map(of_digits).filter(|digits| digits.len() >= NUMBER_DIGITS_MIN);
    foreign_address || numbers.any(|digits| !known.iter().any(|known| known.contains(&digits)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_summary_leads_nobody_where_the_conversation_does_not() {
        let said = ["call me on 202-555-0142, order 48213577", "or write to ada@shop.example"];
        for (text, expected) in [
            ("She wants to know where order 48213577 is.", false),
            ("She asks for a call on (202) 555 0142.", false),
            ("Write to ada@shop.example.", false),
            ("Call +1 900 555 0199 for the refund.", true),
            ("See https://evil.example/pay.", true),
            ("See www.evil.example.", true),
            ("Write to bob@evil.example.", true),
            ("She bought 2 in 2025.", false),
        ] {
            assert_eq!(adds_contact(text, &said), expected, "{text}");
        }
    }
}
