//! One replay, several definitions of "resolved", so that quotes can be held against one another.
//!
//! In a replay no customer reads the would-be reply. What the customer did after the human answer stands for what they would have done
//! after ours; that is why every figure made of this is called estimated.

use crate::past::Human;
use crate::scorers::action::Did;
use crate::scorers::reply::Verdict;
use serde::{Deserialize, Serialize};

/// One day, in seconds.
pub const DAY_S: i64 = 24 * 3_600;
/// How long a customer must be silent after the answer, Fin-style: 24 hours.
pub const FIN_SILENCE_S: i64 = DAY_S;
/// How long a customer must be silent after the answer, Zendesk-style: 72 hours.
pub const ZENDESK_SILENCE_S: i64 = 3 * DAY_S;
/// How long a customer must not come back to be helped for good: 7 days, on any conversation of the number.
pub const DURABLE_S: i64 = 7 * DAY_S;

/// A definition of "resolved".
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Definition {
    /// A reply went out.
    Replied,
    /// A reply went out, and the conversation needed nothing else.
    Contained,
    /// A reply went out, and the customer affirmed or was silent for 24 hours in this conversation.
    FinStyle,
    /// A relevant reply went out, and the customer was silent for 72 hours in this conversation.
    ZendeskStyle,
    /// Contained, and no other conversation from the same number in 7 days.
    Durable,
    /// A reply went out that says the same as the human answer.
    SameOutcome,
}

impl Definition {
    /// All of them, in the order of the report.
    pub const ALL: [Definition; 6] = [
        Definition::Replied,
        Definition::Contained,
        Definition::FinStyle,
        Definition::ZendeskStyle,
        Definition::Durable,
        Definition::SameOutcome,
    ];

    /// The name for people.
    pub fn name(self) -> &'static str {
        match self {
            Definition::Replied => "replied",
            Definition::Contained => "contained",
            Definition::FinStyle => "Fin-style",
            Definition::ZendeskStyle => "Zendesk-style (72 h)",
            Definition::Durable => "durable (7 days)",
            Definition::SameOutcome => "same outcome as the human",
        }
    }

    /// What it counts, in a sentence.
    pub fn sentence(self) -> &'static str {
        match self {
            Definition::Replied => "a reply would have gone out without a person",
            Definition::Contained => "replied, and the customer needed nothing more in this conversation after the human answer",
            Definition::FinStyle => "replied, and the customer thanked or stayed silent in this conversation for 24 hours",
            Definition::ZendeskStyle => {
                "replied on the intent that people named, and the customer stayed silent in this conversation for 72 hours"
            }
            Definition::Durable => "contained, and nothing else came from the same phone number for 7 days",
            Definition::SameOutcome => "replied, and the reply says the same as the human answer did",
        }
    }
}

/// The definitions by which a ticket would count as resolved.
pub fn score(did: Did, human: &Human, verdict: Option<Verdict>, intent_right: Option<bool>) -> Vec<Definition> {
    if did != Did::Reply {
        return Vec::new();
    }
    let silent = |seconds: i64| human.wrote_again_after_s.is_none_or(|again| again > seconds);
    let contained = human.wrote_again_after_s.is_none();
    let stayed_away = human.came_back_after_s.is_none_or(|back| back > DURABLE_S);
    let is = |definition: &Definition| match definition {
        Definition::Replied => true,
        Definition::Contained => contained,
        Definition::FinStyle => human.thanked || silent(FIN_SILENCE_S),
        Definition::ZendeskStyle => silent(ZENDESK_SILENCE_S) && intent_right != Some(false),
        Definition::Durable => contained && stayed_away,
        Definition::SameOutcome => verdict == Some(Verdict::SameOutcome),
    };
    Definition::ALL.into_iter().filter(|definition| is(definition)).collect()
}
