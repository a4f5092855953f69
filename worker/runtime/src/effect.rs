//! Effects: what a decision does to the world, each with a key of its own.

use crate::conversation::Conversation;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;
use triage::classification::Priority;
use triage::decision::{Action, Decision};
use triage::evidence::PassageId;
use triage::hash;
use triage::phone::PhoneNumber;
use triage::receipt::SeenPassage;
use triage::ticket::{Author, Message, MessageId, Tag, Team, TicketId};

/// The id of a decision. It is made from what was decided, so that making it twice gives the same one.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DecisionId(pub String);

impl DecisionId {
    /// For a conversation, the newest message of its turn and the claim under which it was decided.
    pub fn of(ticket: &TicketId, newest: &MessageId, fence: u64) -> Self {
        DecisionId(format!("D{}", hash::of(&(ticket, newest, fence))))
    }

    /// The thread under which what people of the company wrote in a conversation is sent on, one after the other.
    pub fn of_relays(ticket: &TicketId) -> Self {
        DecisionId(format!("R{}", hash::of(ticket)))
    }
}

impl fmt::Display for DecisionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The key under which an effect happens at most once; vendors that take idempotency keys get this one.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EffectKey(pub String);

impl fmt::Display for EffectKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A passage that a proposal rests on, as an agent finds it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Ground {
    /// Its heading path or title.
    pub title: String,
    /// Source and document.
    pub place: String,
    /// Where people read it, an `http` address, when it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}

impl Ground {
    /// For people: the title with its link, or with its place when it has none.
    pub fn line(&self) -> String {
        let title = if self.title.is_empty() { "a passage" } else { &self.title };
        match &self.link {
            Some(link) => format!("{title}: {link}"),
            None => format!("{title} ({})", self.place),
        }
    }

    fn of(passage: &SeenPassage) -> Self {
        let SeenPassage { title, source, document, link, .. } = passage;
        Ground { title: title.clone(), place: format!("{source}/{document}"), link: link.clone() }
    }
}

/// A reply that a person may send.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Proposal {
    /// The text.
    pub text: String,
    /// What it rests on.
    pub passages: Vec<PassageId>,
    /// The same for people, each once.
    #[serde(default)]
    pub grounds: Vec<Ground>,
    /// Why it was not sent.
    pub reason: String,
    /// How many of 100 such replies were wrong.
    pub wrong_per_100: Option<f64>,
    /// Who should look at it.
    pub team: Option<Team>,
    /// How soon.
    pub priority: Priority,
}

impl fmt::Debug for Proposal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Proposal").field("passages", &self.passages).field("team", &self.team).finish_non_exhaustive()
    }
}

impl Proposal {
    /// What the agent reads beside the text.
    pub fn note(&self) -> String {
        match self.wrong_per_100 {
            Some(wrong) => format!("Not sent: {}. About {wrong:.0} of 100 such replies were wrong.", self.reason),
            None => format!("Not sent: {}.", self.reason),
        }
    }
}

/// One thing to do.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "effect", rename_all = "snake_case")]
pub enum Effect {
    /// Send one SMS.
    Send {
        /// The customer.
        to: PhoneNumber,
        /// What to send.
        text: String,
    },
    /// Send on what a person of the company wrote where the customer does not hear it.
    Relay {
        /// The customer.
        to: PhoneNumber,
        /// What the person wrote.
        text: String,
    },
    /// Leave a proposal for an agent.
    Draft(Proposal),
    /// Put tags on the ticket.
    Tag {
        /// Which.
        tags: Vec<Tag>,
    },
    /// Hand the ticket to a person.
    Escalate {
        /// Who takes it.
        team: Option<Team>,
        /// How soon.
        priority: Priority,
        /// What they need to know.
        note: String,
    },
    /// Put into the helpdesk what was said beside it.
    Record {
        /// Who said it.
        by: Author,
        /// What.
        text: String,
    },
}

impl Effect {
    /// The word for tables, logs and metrics.
    pub fn name(&self) -> &'static str {
        match self {
            Effect::Send { .. } => "send",
            Effect::Relay { .. } => "relay",
            Effect::Draft(_) => "draft",
            Effect::Tag { .. } => "tag",
            Effect::Escalate { .. } => "escalate",
            Effect::Record { .. } => "record",
        }
    }
}

impl fmt::Debug for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The effects of a decision, in the order in which they happen.
pub fn effects_of(decision: &Decision, customer: &PhoneNumber) -> Vec<Effect> {
    let mut effects = Vec::new();
    match &decision.action {
        Action::Reply { texts } => {
            effects.extend(texts.iter().map(|text| Effect::Send { to: customer.clone(), text: text.clone() }));
        }
        Action::Draft { text } => effects.push(Effect::Draft(Proposal {
            text: text.clone(),
            passages: decision.receipt.citations.iter().map(|citation| citation.passage.clone()).collect(),
            grounds: grounds(decision),
            reason: decision.reason.sentence().to_owned(),
            wrong_per_100: decision.receipt.judgement.as_ref().map(|judgement| judgement.wrong_per_100),
            team: decision.team.clone(),
            priority: decision.priority,
        })),
        Action::Escalate { note } => {
            effects.extend(decision.holding.iter().map(|text| Effect::Send { to: customer.clone(), text: text.clone() }));
            effects.push(Effect::Escalate { team: decision.team.clone(), priority: decision.priority, note: note.clone() });
        }
        Action::TagOnly | Action::Ignore => {}
    }
    if !decision.tags.is_empty() && decision.action != Action::Ignore {
        effects.push(Effect::Tag { tags: decision.tags.clone() });
    }
    effects
}

/// The cited passages for people; several of one heading are one.
fn grounds(decision: &Decision) -> Vec<Ground> {
    let receipt = &decision.receipt;
    let cited = receipt.citations.iter().filter_map(|citation| receipt.passages.iter().find(|seen| seen.id == citation.passage));
    let mut grounds: Vec<Ground> = Vec::new();
    for ground in cited.map(Ground::of) {
        if !grounds.contains(&ground) {
            grounds.push(ground);
        }
    }
    grounds
}

/// The same effects for a helpdesk that messages do not go through: what the customer said stands first, and what is sent stands
/// right behind its send, so that it is put into the ticket only when it was sent.
pub fn with_records(effects: Vec<Effect>, turn: &[Message]) -> Vec<Effect> {
    let said = turn.iter().map(shown).filter(|text| !text.trim().is_empty());
    let mut recorded: Vec<Effect> = said.map(|text| Effect::Record { by: Author::Customer, text }).collect();
    for effect in effects {
        let record = match &effect {
            Effect::Send { text, .. } => Some(Effect::Record { by: Author::Bot, text: text.clone() }),
            Effect::Relay { .. } | Effect::Draft(_) | Effect::Tag { .. } | Effect::Escalate { .. } | Effect::Record { .. } => None,
        };
        recorded.push(effect);
        recorded.extend(record);
    }
    recorded
}

/// The text, and what came with it by name.
fn shown(message: &Message) -> String {
    let media = message.media.iter().map(|media| format!("[{}: {}]", media.content_type, media.url));
    [message.text.clone()].into_iter().filter(|text| !text.is_empty()).chain(media).collect::<Vec<_>>().join("\n")
}

/// Where an effect stands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EffectState {
    /// Not begun, or safe to begin again.
    Pending,
    /// Begun; written before the call.
    Sending,
    /// It may or may not have happened; it is looked up before anything is done again.
    Unknown,
    /// It happened.
    Done,
    /// It was no longer true and was dropped.
    Cancelled,
    /// It cannot happen; a person was told or the dead letters hold it.
    Failed,
}

/// An effect that this worker may carry out now.
#[derive(Clone, PartialEq, Debug)]
pub struct EffectClaim {
    /// Its key.
    pub key: EffectKey,
    /// The decision that it belongs to.
    pub decision: DecisionId,
    /// The conversation.
    pub ticket: TicketId,
    /// The customer's number.
    pub customer: PhoneNumber,
    /// The company's number that the customer wrote to.
    pub company: PhoneNumber,
    /// What to do.
    pub effect: Effect,
    /// How often it was tried before.
    pub attempts: u32,
    /// When it was first begun, for the look-up of unknown ones.
    pub begun_at: Timestamp,
    /// Whoever holds an older claim may not settle.
    pub fence: u64,
}

impl EffectClaim {
    /// The conversation, as the helpdesk is told of it.
    pub fn conversation(&self) -> Conversation {
        Conversation { ticket: self.ticket.clone(), customer: self.customer.clone() }
    }
}

/// What became of an effect.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum EffectOutcome {
    /// It happened; the vendor's id for it.
    Done {
        /// Such as a message SID.
        vendor_id: String,
    },
    /// It certainly did not happen: try again at this time.
    Again {
        /// When.
        at: Timestamp,
        /// Why, without message text.
        problem: String,
    },
    /// Nobody knows whether it happened: look it up, not before this time.
    Unknown {
        /// When to look.
        look_at: Timestamp,
        /// Why, without message text.
        problem: String,
    },
    /// It will never happen, because the customer has opted out with the carrier.
    OptedOut {
        /// Why, without message text.
        problem: String,
    },
    /// It will never happen.
    Failed {
        /// Why, without message text.
        problem: String,
    },
}
