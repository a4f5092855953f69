//! What the phone network says of a message after it was accepted. News come in any order and more than once.

use crate::effect::EffectKey;
use serde::{Deserialize, Serialize};

/// Where a message stands on its way, in the order in which news may replace one another.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// The vendor has it.
    Accepted,
    /// It waits for its turn.
    Queued,
    /// It is being handed over.
    Sending,
    /// The carrier has it.
    Sent,
    /// The carrier could not deliver it.
    Undelivered,
    /// The vendor could not hand it over.
    Failed,
    /// The phone has it.
    Delivered,
    /// The person has opened it.
    Read,
}

impl DeliveryState {
    /// The word for tables and logs.
    pub fn name(self) -> &'static str {
        match self {
            DeliveryState::Accepted => "accepted",
            DeliveryState::Queued => "queued",
            DeliveryState::Sending => "sending",
            DeliveryState::Sent => "sent",
            DeliveryState::Undelivered => "undelivered",
            DeliveryState::Failed => "failed",
            DeliveryState::Delivered => "delivered",
            DeliveryState::Read => "read",
        }
    }

    /// Reads the word again.
    pub fn parse(word: &str) -> Option<Self> {
        let all = [
            DeliveryState::Accepted,
            DeliveryState::Queued,
            DeliveryState::Sending,
            DeliveryState::Sent,
            DeliveryState::Undelivered,
            DeliveryState::Failed,
            DeliveryState::Delivered,
            DeliveryState::Read,
        ];
        all.into_iter().find(|state| state.name() == word)
    }

    /// The customer will not get it.
    pub fn is_lost(self) -> bool {
        matches!(self, DeliveryState::Undelivered | DeliveryState::Failed)
    }

    /// Nothing but [`DeliveryState::Read`] can follow.
    pub fn is_final(self) -> bool {
        self >= DeliveryState::Undelivered
    }

    /// Whether this is news to whoever knows `known`: it stands later on the way, and the way is not over. What is over
    /// stays as it is, but that what was delivered may yet be read.
    pub fn follows(self, known: DeliveryState) -> bool {
        self > known && (!known.is_final() || (known == DeliveryState::Delivered && self == DeliveryState::Read))
    }
}

/// One piece of news.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DeliveryReport {
    /// The effect that sent it, when the vendor repeats the token that went along. It proves that the message was accepted
    /// even when the answer to the send was lost.
    pub key: Option<EffectKey>,
    /// The vendor's id of the message.
    pub vendor_id: String,
    /// Where it stands.
    pub state: DeliveryState,
    /// The vendor's number for what went wrong.
    pub code: Option<u32>,
    /// What went wrong, and what to do, when something did.
    pub problem: Option<String>,
    /// It went wrong because the customer has opted out with the carrier.
    pub opted_out: bool,
}

/// What the ledger made of a piece of news.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Noted {
    /// It is later than what was known.
    News,
    /// It was known, or is older than what is known.
    Known,
    /// No send has this token or this id.
    NoSuchSend,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn news_never_step_back_and_an_end_is_an_end() {
        use DeliveryState::{Delivered, Failed, Queued, Read, Sent, Undelivered};
        for (state, known, is_news) in [
            (Sent, Queued, true),
            (Queued, Sent, false),
            (Sent, Sent, false),
            (Delivered, Sent, true),
            (Sent, Delivered, false),
            (Read, Delivered, true),
            (Delivered, Undelivered, false),
            (Delivered, Failed, false),
            (Read, Failed, false),
        ] {
            assert_eq!(state.follows(known), is_news, "{state:?} after {known:?}");
        }
    }
}
