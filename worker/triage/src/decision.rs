//! The decision: what is to be done with a turn, and why.

use crate::classification::Priority;
use crate::intent::IntentName;
use crate::receipt::Receipt;
use crate::ticket::{Tag, Team};
use serde::{Deserialize, Serialize};

/// What is to be done.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Action {
    /// Send these messages to the customer, in this order.
    Reply {
        /// At least one text, each within the segment budget.
        texts: Vec<String>,
    },
    /// Propose this to an agent.
    Draft {
        /// The proposal.
        text: String,
    },
    /// Put tags on, say nothing.
    TagOnly,
    /// Hand the ticket to a person.
    Escalate {
        /// What a person needs to know, without the customer's words.
        note: String,
    },
    /// Do nothing.
    Ignore,
}

impl Action {
    /// The word for tables, logs and metrics.
    pub fn name(&self) -> &'static str {
        match self {
            Action::Reply { .. } => "reply",
            Action::Draft { .. } => "draft",
            Action::TagOnly => "tag",
            Action::Escalate { .. } => "escalate",
            Action::Ignore => "ignore",
        }
    }
}

/// A change of consent that the turn asks for. It is an effect of its own: it holds whatever the action is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConsentChange {
    /// Nothing may be sent to this customer from now on.
    OptOut,
    /// Messages may be sent again.
    OptIn,
}

/// Why. Matched exhaustively everywhere, so that a new reason shows every place that must answer for it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum Reason {
    /// The customer wants no more messages and said so with the carrier's keyword.
    OptedOutByKeyword,
    /// The customer wants no more messages and said so in their own words.
    OptedOutByWording,
    /// The customer wants messages again.
    OptedIn,
    /// The customer sent HELP.
    HelpAsked,
    /// The carrier has already answered.
    CarrierAnswered,
    /// The customer had opted out before.
    Suppressed,
    /// A person has the ticket.
    PersonHasTicket,
    /// Too many automatic messages in a row, or the same text again and again.
    LoopBroken,
    /// A machine wrote it: a short code, or a code to be typed in somewhere.
    MachineSender,
    /// Pictures or sound without words.
    MediaOnly,
    /// Nothing in it.
    Empty,
    /// It waited too long for an automatic answer.
    TooOld,
    /// It waited into the quiet hours, in which only immediate answers go out.
    QuietHours,
    /// A greeting and nothing else.
    BareGreeting,
    /// Outside all intents.
    OutOfScope,
    /// No intent is likely enough.
    Unsure,
    /// The policy gives this intent to a person.
    MustEscalate,
    /// The intent is switched off.
    IntentOff,
    /// The intent is in shadow: recorded, not shown.
    InShadow,
    /// The knowledge could not be searched: nobody knows whether it holds an answer.
    NotRetrieved,
    /// Nothing fitting stands in the knowledge.
    NothingFound,
    /// The passages do not yield an answer.
    NothingWritten,
    /// The answer does not fit the segment budget.
    TooLong,
    /// The checks found faults; they stand in the receipt.
    CheckFailed,
    /// The answer leaves a part of what was asked open.
    PartlyAnswered,
    /// It rests on a passage whose verification is over; its date stands in the receipt.
    PastVerification,
    /// The question names a thing of which the answer does not speak; it stands in the receipt.
    AnotherThing,
    /// The gate was not calibrated on the operator's own tickets.
    NotCalibrated,
    /// Such replies were wrong more often than the dial allows.
    TooRisky,
    /// It rests on a source that only agents may see.
    PrivateSource,
    /// The ceiling of the intent or of a rule is `draft`.
    CeilingDraft,
    /// Sure enough: the reply may go.
    SureEnough,
}

impl Reason {
    /// The word for tables, logs and metrics; the same as in JSON.
    pub fn name(&self) -> String {
        serde_json::to_value(self)
            .ok()
            .and_then(|value| value.get("why").and_then(|why| why.as_str().map(str::to_owned)))
            .unwrap_or_default()
    }

    /// One sentence for people.
    pub fn sentence(&self) -> &'static str {
        match self {
            Reason::OptedOutByKeyword => "the customer sent an opt-out keyword",
            Reason::OptedOutByWording => "the customer asked in their own words for no more messages",
            Reason::OptedIn => "the customer wants messages again",
            Reason::HelpAsked => "the customer sent HELP",
            Reason::CarrierAnswered => "the carrier has already answered",
            Reason::Suppressed => "the customer had opted out before",
            Reason::PersonHasTicket => "a person has the ticket",
            Reason::LoopBroken => "too many automatic messages in a row",
            Reason::MachineSender => "a machine wrote it",
            Reason::MediaOnly => "pictures or sound without words: a person must look",
            Reason::Empty => "there is nothing in the message",
            Reason::TooOld => "it waited too long for an automatic answer",
            Reason::QuietHours => "it waited into the quiet hours, when only immediate answers go out",
            Reason::BareGreeting => "a greeting and nothing else",
            Reason::OutOfScope => "it lies outside all intents",
            Reason::Unsure => "no intent is likely enough",
            Reason::MustEscalate => "the policy gives this to a person",
            Reason::IntentOff => "this intent is switched off",
            Reason::InShadow => "this intent is in shadow: recorded, not shown",
            Reason::NotRetrieved => "the knowledge could not be searched",
            Reason::NothingFound => "the knowledge holds nothing that fits",
            Reason::NothingWritten => "the passages do not yield an answer",
            Reason::TooLong => "the answer does not fit the segment budget",
            Reason::CheckFailed => "the answer failed its checks",
            Reason::PartlyAnswered => "it leaves a part of what was asked open",
            Reason::PastVerification => "it rests on a passage whose verification is over",
            Reason::AnotherThing => "the question names something of which the answer does not speak",
            Reason::NotCalibrated => "the gate has not been calibrated on your own tickets: run `whimbrel learn`",
            Reason::TooRisky => "such replies were wrong more often than the dial allows",
            Reason::PrivateSource => "it rests on a source that only agents may see",
            Reason::CeilingDraft => "this intent may only be drafted",
            Reason::SureEnough => "sure enough",
        }
    }
}

/// What is to be done with a turn. Only `decide` makes one.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Decision {
    /// What is to be done.
    pub action: Action,
    /// Why.
    pub reason: Reason,
    /// A change of consent, whatever the action is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consent: Option<ConsentChange>,
    /// The one sentence of the operator's own that the customer gets while a person takes over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holding: Option<String>,
    /// Tags to put on.
    pub tags: Vec<Tag>,
    /// The first intent, when the turn was classified.
    pub intent: Option<IntentName>,
    /// Who takes it when a person must.
    pub team: Option<Team>,
    /// How soon a person should see it.
    pub priority: Priority,
    /// Everything that mattered.
    pub receipt: Receipt,
}
