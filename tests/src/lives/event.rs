//! What happened, seen from outside the worker.

use runtime::effect::{DecisionId, EffectKey};
use std::sync::{Mutex, PoisonError};
use triage::ticket::{Author, MessageId, TicketId};

/// How a call of the phone network was answered.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Answer {
    /// With an id.
    Sent,
    /// It certainly was not taken.
    NotNow,
    /// It will never be taken.
    Never,
    /// Nobody knows.
    Lost,
}

/// One thing that happened.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Event {
    /// Somebody was told that the message is safe: the webhook was answered, or the inbox may forget it.
    Acknowledged {
        /// Which.
        message: MessageId,
    },
    /// The ledger has it, and had not before.
    Committed {
        /// Which.
        message: MessageId,
        /// Of which conversation.
        ticket: TicketId,
        /// Who wrote.
        author: Author,
        /// It asks for silence.
        stops: bool,
    },
    /// A decision stands in the ledger.
    Decided {
        /// Its id.
        decision: DecisionId,
        /// The conversation.
        ticket: TicketId,
        /// The newest message of the turn.
        newest: MessageId,
        /// What is done.
        action: &'static str,
    },
    /// A turn stands among the dead letters.
    Buried {
        /// The conversation.
        ticket: TicketId,
        /// The newest message of the turn.
        newest: MessageId,
    },
    /// An effect was begun, durably.
    Begun {
        /// Its key.
        key: EffectKey,
        /// The conversation.
        ticket: TicketId,
        /// `send`, `draft`, ...
        kind: &'static str,
    },
    /// The phone network was called.
    Called {
        /// The send.
        key: EffectKey,
    },
    /// It answered.
    Answered {
        /// The send.
        key: EffectKey,
        /// What.
        answer: Answer,
    },
    /// The customer has it.
    Received {
        /// The send.
        key: EffectKey,
        /// What they read.
        text: String,
    },
    /// The send was looked up.
    LookedUp {
        /// The send.
        key: EffectKey,
        /// How many messages in the list are it.
        found: usize,
    },
    /// The helpdesk has it.
    OnDesk {
        /// The effect.
        key: EffectKey,
        /// `draft`, `escalate`, ...
        kind: &'static str,
    },
    /// A process ended in the middle of something.
    Died {
        /// Which.
        process: u64,
    },
    /// A process was stopped.
    Stopped {
        /// Which.
        process: u64,
    },
    /// It goes on.
    Woken {
        /// Which.
        process: u64,
    },
    /// The clock jumped.
    Jumped {
        /// By so many milliseconds.
        by_ms: i64,
    },
}

/// Everything that happened, in its order.
#[derive(Default)]
pub struct Log {
    events: Mutex<Vec<Event>>,
}

impl Log {
    /// It happened now.
    pub fn note(&self, event: Event) {
        self.events.lock().unwrap_or_else(PoisonError::into_inner).push(event);
    }

    /// All of it.
    pub fn events(&self) -> Vec<Event> {
        self.events.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// One number for all of it (FNV-1a).
    pub fn hash(&self) -> u64 {
        let bytes = self.events().into_iter().map(|event| format!("{event:?}"));
        bytes.fold(0xcbf2_9ce4_8422_2325, |hash, line| {
            line.bytes().fold(hash, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
        })
    }
}
