//! What tells small talk from substance in past conversations: the words are the knowledge's, the replay is handed them.

use knowledge::learned::greeting::is_bare_greeting;
use knowledge::stages::courtesy::{is_courtesy, is_opener};
use simulations::past::Courtesy;
use triage::sms::sentence;

/// Small talk, as learning and simulating tell it.
pub const COURTESY: Courtesy = Courtesy { is_greeting: is_bare_greeting, is_opener: only_opens, is_thanks: is_courtesy };

fn only_opens(text: &str) -> bool {
    sentence::sentences(text).into_iter().all(is_opener)
}
