//! One past conversation as a replay needs it: what was asked, as it stood then, and what people did about it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use triage::case::{Case, CaseError};
use triage::hash;
use triage::intent::IntentName;
use triage::past::PastTicket;
use triage::ticket::{Author, Message, MessageId, Ticket};

/// What tells small talk from substance. The replay is handed it, for the words belong to another crate.
#[derive(Clone, Copy)]
pub struct Courtesy {
    /// A customer's message greets and asks nothing.
    pub is_greeting: fn(&str) -> bool,
    /// An agent's message only opens ("how can I help?").
    pub is_opener: fn(&str) -> bool,
    /// A customer's message only thanks or takes leave.
    pub is_thanks: fn(&str) -> bool,
}

/// Why a ticket is not replayed, or is replayed and not counted.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeftOut {
    /// It is the oldest part of the history: intents are learned from it.
    LearnedFrom,
    /// The gate was calibrated on it.
    CalibratedOn,
    /// The customer wrote no words.
    NoWords,
    /// The company wrote first: there is no question to decide.
    CompanyFirst,
    /// The same conversation stands in the file under another id.
    Copy,
    /// The very same ticket stands in the file before.
    Twice,
    /// A port failed while it was decided.
    Failed,
    /// The line could not be read.
    Unreadable,
}

impl LeftOut {
    /// All of them, in the order of the report.
    pub const ALL: [LeftOut; 8] = [
        LeftOut::LearnedFrom,
        LeftOut::CalibratedOn,
        LeftOut::NoWords,
        LeftOut::CompanyFirst,
        LeftOut::Copy,
        LeftOut::Twice,
        LeftOut::Failed,
        LeftOut::Unreadable,
    ];

    /// For people.
    pub fn sentence(self) -> &'static str {
        match self {
            LeftOut::LearnedFrom => "oldest history: intents were learned from it",
            LeftOut::CalibratedOn => "next part of the history: the gate was calibrated on it",
            LeftOut::NoWords => "the customer wrote no words",
            LeftOut::CompanyFirst => "the company wrote first: there is no question to decide",
            LeftOut::Copy => "the same conversation under another id",
            LeftOut::Twice => "the same ticket once more",
            LeftOut::Failed => "it could not be decided (a stage failed)",
            LeftOut::Unreadable => "the line could not be read",
        }
    }
}

/// What people did about it.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Human {
    /// What they said that it was about; empty when nobody did.
    pub intents: Vec<IntentName>,
    /// What they answered, up to the customer's next words.
    pub answer: Option<String>,
    /// How long the customer waited for that answer, in seconds.
    pub answered_after_s: Option<i64>,
    /// When the customer wrote again in this conversation, more than thanks, in seconds after the answer.
    pub wrote_again_after_s: Option<i64>,
    /// The customer's next words were thanks.
    pub thanked: bool,
    /// When the same customer opened another conversation, in seconds after the answer.
    pub came_back_after_s: Option<i64>,
}

/// A conversation that can be replayed.
#[derive(Clone, PartialEq, Debug)]
pub struct Replayable {
    /// The ticket as it stood when the customer had asked.
    pub case: Case,
    /// What people did.
    pub human: Human,
    /// When the answer was given.
    pub answered_at: Option<Timestamp>,
    /// A steady name of the customer that gives no number away.
    pub customer: String,
}

/// No case can be made of it.
#[derive(Debug, thiserror::Error)]
pub enum PastError {
    /// It is left out, and why.
    #[error("{}", .0.sentence())]
    LeftOut(LeftOut),
    /// The ticket contradicts itself.
    #[error(transparent)]
    Case(#[from] CaseError),
}

/// The opening question of a past conversation.
///
/// The question is all that the customer wrote before a person answered with more than a greeting: where a customer says "hello"
/// and an agent greets back, the greeting back is taken out, for Whimbrel waits for the question. Nothing later is in the case.
pub fn replayable(past: &PastTicket, courtesy: &Courtesy) -> Result<Replayable, PastError> {
    let messages = &past.ticket.messages;
    let (asked, after) = question(messages, courtesy)?;
    let newest = asked.last().map(|message| message.id.clone()).ok_or(PastError::LeftOut(LeftOut::NoWords))?;
    let asked_at = asked.last().map(|message| message.at).unwrap_or_default();
    let rest = messages.get(after..).unwrap_or_default();
    let ticket = Ticket { messages: asked.into_iter().chain(rest.iter().cloned()).collect(), ..past.ticket.clone() };
    let case = Case::at(&ticket, &MessageId(newest.0))?;
    let (human, answered_at) = human(past, rest, asked_at, courtesy);
    Ok(Replayable { case, human, answered_at, customer: pseudonym(past) })
}

/// A steady name of the customer that gives no number away.
pub fn pseudonym(past: &PastTicket) -> String {
    hash::of_bytes(past.ticket.customer.reveal().as_bytes())
}

/// What the customer wrote until somebody answered it, and where the rest begins.
fn question(messages: &[Message], courtesy: &Courtesy) -> Result<(Vec<Message>, usize), PastError> {
    let mut asked: Vec<Message> = Vec::new();
    let mut is_asked = false;
    for (place, message) in messages.iter().enumerate() {
        let is_blank = message.text.trim().is_empty();
        match message.author {
            Author::Customer if is_blank && message.media.is_empty() => {}
            Author::Customer => {
                is_asked = is_asked || !(courtesy.is_greeting)(&message.text);
                asked.push(message.clone());
            }
            Author::Agent | Author::Bot if is_blank || (!is_asked && (courtesy.is_opener)(&message.text)) => {}
            Author::Agent | Author::Bot if asked.is_empty() => return Err(PastError::LeftOut(unasked(messages))),
            Author::Agent | Author::Bot => return with_words(asked, place),
        }
    }
    with_words(asked, messages.len())
}

/// Why there is no question before the company's first words.
fn unasked(messages: &[Message]) -> LeftOut {
    let asks = messages.iter().any(|message| message.author == Author::Customer && !message.text.trim().is_empty());
    if asks { LeftOut::CompanyFirst } else { LeftOut::NoWords }
}

fn with_words(asked: Vec<Message>, rest: usize) -> Result<(Vec<Message>, usize), PastError> {
    match asked.iter().any(|message| !message.text.trim().is_empty()) {
        true => Ok((asked, rest)),
        false => Err(PastError::LeftOut(LeftOut::NoWords)),
    }
}

fn human(past: &PastTicket, rest: &[Message], asked_at: Timestamp, courtesy: &Courtesy) -> (Human, Option<Timestamp>) {
    let seconds = |from: Timestamp, to: Timestamp| to.as_second() - from.as_second();
    let mut human = Human { intents: past.intents.clone(), ..Human::default() };
    let is_answer = |message: &&Message| message.author == Author::Agent && !message.text.trim().is_empty();
    let substance =
        |message: &Message| message.author == Author::Agent && !(courtesy.is_opener)(&message.text) && !message.text.trim().is_empty();
    let Some(first) = rest.iter().position(substance) else { return (human, None) };
    let from_answer = rest.get(first..).unwrap_or_default();
    let spoke_until = from_answer.iter().position(|message| message.author == Author::Customer).unwrap_or(from_answer.len());
    let (answers, later) = from_answer.split_at(spoke_until);
    let texts: Vec<&str> = answers.iter().filter(is_answer).map(|message| message.text.trim()).collect();
    let Some(answered_at) = answers.first().map(|message| message.at) else { return (human, None) };
    human.answer = Some(texts.join("\n"));
    human.answered_after_s = Some(seconds(asked_at, answered_at));
    human.thanked = later.first().is_some_and(|message| (courtesy.is_thanks)(&message.text));
    let again = later.iter().find(|m| m.author == Author::Customer && !m.text.trim().is_empty() && !(courtesy.is_thanks)(&m.text));
    human.wrote_again_after_s = again.map(|message| seconds(answered_at, message.at));
    (human, Some(answered_at))
}
