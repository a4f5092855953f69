//! What would have been done, in the manager's words.

use serde::{Deserialize, Serialize};
use triage::decision::{Action, Decision};

/// The five things that can be done with a ticket.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Did {
    /// Answered without a person.
    Reply,
    /// Proposed to an agent.
    Draft,
    /// Tagged and left.
    Tag,
    /// Handed to a person.
    Escalate,
    /// Not touched: an opt-out, a machine, somebody who opted out before.
    DoNotTouch,
}

impl Did {
    /// All of them, in the order of the report.
    pub const ALL: [Did; 5] = [Did::Reply, Did::Draft, Did::Tag, Did::Escalate, Did::DoNotTouch];

    /// The word for people.
    pub fn word(self) -> &'static str {
        match self {
            Did::Reply => "replied",
            Did::Draft => "drafted for an agent",
            Did::Tag => "tagged only",
            Did::Escalate => "left to a person",
            Did::DoNotTouch => "not touched",
        }
    }
}

/// What a decision does.
pub fn score(decision: &Decision) -> Did {
    match decision.action {
        Action::Reply { .. } => Did::Reply,
        Action::Draft { .. } => Did::Draft,
        Action::TagOnly => Did::Tag,
        Action::Escalate { .. } => Did::Escalate,
        Action::Ignore => Did::DoNotTouch,
    }
}
