//! The words that stand in the columns of every ledger, whatever the engine.

use jiff::Timestamp;
use runtime::effect::EffectState;
use triage::ticket::{Author, Owner};

/// A moment as the ledger keeps it: milliseconds since 1970, what is finer is cut off.
pub(crate) fn ms(at: Timestamp) -> i64 {
    at.as_millisecond()
}

pub(crate) fn author_word(author: Author) -> &'static str {
    match author {
        Author::Customer => "customer",
        Author::Agent => "agent",
        Author::Bot => "bot",
    }
}

pub(crate) fn author(word: &str) -> Option<Author> {
    [Author::Customer, Author::Agent, Author::Bot].into_iter().find(|author| author_word(*author) == word)
}

pub(crate) fn owner_word(owner: Owner) -> &'static str {
    match owner {
        Owner::Nobody => "nobody",
        Owner::Person => "person",
    }
}

pub(crate) fn owner(word: &str) -> Option<Owner> {
    [Owner::Nobody, Owner::Person].into_iter().find(|owner| owner_word(*owner) == word)
}

pub(crate) fn state_word(state: EffectState) -> &'static str {
    match state {
        EffectState::Pending => "pending",
        EffectState::Sending => "sending",
        EffectState::Unknown => "unknown",
        EffectState::Done => "done",
        EffectState::Cancelled => "cancelled",
        EffectState::Failed => "failed",
    }
}

pub(crate) fn state(word: &str) -> Option<EffectState> {
    use EffectState::{Cancelled, Done, Failed, Pending, Sending, Unknown};
    [Pending, Sending, Unknown, Done, Cancelled, Failed].into_iter().find(|state| state_word(*state) == word)
}

/// A count that SQL gave.
pub(crate) fn count(value: i64) -> u64 {
    u64::try_from(value).unwrap_or(0)
}

/// A limit as SQL takes it.
pub(crate) fn limit(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}
