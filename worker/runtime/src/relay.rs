//! What a person of the company writes in a helpdesk that messages do not go through is sent on by our gateway. It is theirs: nothing
//! is added to it, and no newer message makes it untrue. Only an opt-out stops it.

use crate::effect::Effect;
use crate::inbound::{Act, InboundMessage};
use jiff::Timestamp;
use triage::classification::Priority;
use triage::ticket::Author;

/// What was written longer ago is not sent on: one day. An answer of last week would surprise both sides.
pub const AGE_MS_MAX: i64 = 24 * 3_600_000;

/// What is to be done with a message that came in at `now`, if anything: sent on, or its author told that it was not.
pub fn effect_of(inbound: &InboundMessage, now: Timestamp) -> Option<Effect> {
    if inbound.act != Act::Relay || inbound.author != Author::Agent || inbound.text.trim().is_empty() {
        return None;
    }
    let at = inbound.at.unwrap_or(now).min(now);
    if now.as_millisecond() - at.as_millisecond() > AGE_MS_MAX {
        let note = "An answer that was written here was not sent by SMS: it came to light only after more than a day. Write it again \
                    if it still holds.";
        return Some(Effect::Escalate { team: None, priority: Priority::Normal, note: note.to_owned() });
    }
    Some(Effect::Relay { to: inbound.from.clone(), text: inbound.text.trim().to_owned() })
}
