//! Past tickets become questions and answers, with personal data removed before anything is kept.

use crate::document::{Document, DocumentKey, Section};
use crate::stages::courtesy::{is_courtesy, is_opener, without_greeting};
use crate::stages::personal::Personal;
use crate::stages::redact::PLACEHOLDERS;
use crate::stages::sections::squeeze;
use crate::words::content_words;
use jiff::Timestamp;
use triage::evidence::PassageKind;
use triage::past::PastTicket;
use triage::sms::sentence;
use triage::ticket::{Author, Message};

/// Content words that a ticket's first question needs.
pub const FIRST_WORDS_MIN: usize = 1;
/// Content words that a later question needs. Shorter ones ("sure", "8 pm") lean on what was said before and would
/// answer the wrong people.
pub const FOLLOW_UP_WORDS_MIN: usize = 3;
/// Content words that a later message without a question mark needs.
pub const FOLLOW_UP_STATEMENT_WORDS_MIN: usize = 6;
/// A question is cut to so many characters.
pub const QUESTION_CHARS_MAX: usize = 600;

/// The questions of a ticket with the answers that people gave; none when nobody answered.
///
/// The question is all that the customer wrote before the answer, without greetings. The answer is what agents wrote
/// until the customer's next message; openings ("how can I help?") are no answer. A later question counts when it stands
/// alone. What an automaton wrote is never
/// learned from. The document holds from the last answer on: before that moment, part of it was not yet said.
pub fn parse(past: &PastTicket) -> Option<Document> {
    let ticket = &past.ticket;
    let personal = Personal::of(&ticket.messages);
    let mut sections = Vec::new();
    let mut valid_from: Option<Timestamp> = None;
    for exchange in exchanges(&ticket.messages) {
        if let Some(section) = section(&exchange, &personal, sections.is_empty()) {
            valid_from = valid_from.max(exchange.answers.last().map(|message| message.at));
            sections.push(section);
        }
    }
    (!sections.is_empty()).then(|| Document {
        key: DocumentKey(ticket.id.0.clone()),
        title: format!("Ticket {}", ticket.id),
        kind: PassageKind::PastTicket,
        language: past.language,
        ticket: Some(ticket.id.clone()),
        intent: past.intents.first().cloned(),
        valid_from,
        link: None,
        sections,
    })
}

/// What a customer wrote, and what agents answered.
#[derive(Default)]
struct Exchange<'a> {
    asked: Vec<&'a Message>,
    answers: Vec<&'a Message>,
}

fn exchanges(messages: &[Message]) -> Vec<Exchange<'_>> {
    let mut exchanges = Vec::new();
    let mut open = Exchange::default();
    let mut machine_spoke = false;
    for message in messages.iter().filter(|message| !message.text.trim().is_empty()) {
        match message.author {
            Author::Customer => {
                if !open.answers.is_empty() {
                    exchanges.push(std::mem::take(&mut open));
                } else if machine_spoke {
                    open = Exchange::default();
                }
                machine_spoke = false;
                open.asked.push(message);
            }
            Author::Agent if !open.asked.is_empty() && (!open.answers.is_empty() || is_substantive(&message.text)) => {
                open.answers.push(message)
            }
            Author::Agent => {}
            Author::Bot => machine_spoke = true,
        }
    }
    exchanges.push(open);
    exchanges.retain(|exchange| !exchange.answers.is_empty());
    exchanges
}

fn is_substantive(text: &str) -> bool {
    sentence::sentences(text).into_iter().any(|sentence| !is_opener(sentence))
}

fn section(exchange: &Exchange<'_>, personal: &Personal, is_first: bool) -> Option<Section> {
    let asked = exchange.asked.iter().filter(|message| !is_courtesy(&message.text));
    let question = asked.map(|message| personal.clean(&without_greeting(&message.text))).collect::<Vec<_>>().join("\n");
    let question: String = squeeze(&question).chars().take(QUESTION_CHARS_MAX).collect();
    if !stands_alone(&question, is_first) {
        return None;
    }
    let blocks: Vec<String> = exchange.answers.iter().filter_map(|message| answer(&message.text, personal)).collect();
    (!blocks.is_empty()).then_some(Section { headings: Vec::new(), question: Some(question), intent: None, blocks })
}

/// An agent's message without its openings and closings.
fn answer(text: &str, personal: &Personal) -> Option<String> {
    let clean = personal.clean(text);
    let kept: Vec<&str> = sentence::sentences(&clean).into_iter().filter(|sentence| !is_opener(sentence)).collect();
    let answer = kept.join(" ");
    (!answer.is_empty()).then_some(answer)
}

/// Does it ask something by itself? Placeholders and numbers ask nothing.
fn stands_alone(question: &str, is_first: bool) -> bool {
    let plain = PLACEHOLDERS.iter().fold(question.to_owned(), |text, placeholder| text.replace(placeholder, " "));
    let words = content_words(&plain).into_iter().filter(|word| word.chars().any(char::is_alphabetic)).count();
    let words_min = match (is_first, question.contains('?')) {
        (true, _) => FIRST_WORDS_MIN,
        (false, true) => FOLLOW_UP_WORDS_MIN,
        (false, false) => FOLLOW_UP_STATEMENT_WORDS_MIN,
    };
    words >= words_min
}
