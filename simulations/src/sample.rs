//! A sample: one past turn as a case, with what people did about it.

use triage::case::{Case, CaseError};
use triage::intent::IntentName;
use triage::past::PastTicket;
use triage::ticket::{Author, Message};

/// What people did with a past turn.
#[derive(Clone, PartialEq, Debug)]
pub struct Target {
    /// What they said that it was about; empty when nobody did.
    pub intents: Vec<IntentName>,
    /// The first answer of a person after the turn.
    pub answer: Option<String>,
}

/// One past turn.
#[derive(Clone, PartialEq, Debug)]
pub struct Sample {
    /// The ticket as it stood.
    pub case: Case,
    /// What people did.
    pub target: Target,
}

impl Sample {
    /// The opening turn of a past ticket: the customer's messages up to the first answer that is more than a greeting
    /// back. None when the customer wrote nothing.
    pub fn opening(past: &PastTicket) -> Result<Option<Self>, CaseError> {
        let messages = &past.ticket.messages;
        let Some(first) = messages.iter().position(|m| m.author == Author::Customer && !m.text.trim().is_empty()) else { return Ok(None) };
        let answered = messages.iter().skip(first).position(|m| m.author != Author::Customer).map_or(messages.len(), |n| first + n);
        let Some(newest) = messages.get(..answered).and_then(|turn| turn.last()) else { return Ok(None) };
        let case = Case::at(&past.ticket, &newest.id)?;
        let answer = messages.get(answered..).and_then(human_answer).map(|m| m.text.clone());
        Ok(Some(Sample { case, target: Target { intents: past.intents.clone(), answer } }))
    }
}

fn human_answer(after: &[Message]) -> Option<&Message> {
    after.iter().find(|m| m.author == Author::Agent && !m.text.trim().is_empty())
}
