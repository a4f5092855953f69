//! A would-be reply against what a person did. Strict on purpose: what cannot be shown to be right counts as wrong.

use crate::past::Human;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use triage::intent::IntentName;

/// Share of common content words from which two answers say the same, where their intents agree.
pub const SAME_ANSWER_MIN: f64 = 0.25;
/// The same where people said that it was about something else: the answer itself must show that it fits.
pub const SAME_ANSWER_OTHER_INTENT_MIN: f64 = 0.5;
/// Words shorter than this carry little.
const CONTENT_CHARS_MIN: usize = 4;

/// How a would-be reply compares with what people did.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Comparison {
    /// The same answer.
    Same,
    /// Same intent, another answer.
    Different,
    /// People said that it was about something else, and answered something else.
    OtherIntent,
    /// Nobody said what it was about, or nobody answered.
    CannotCompare,
}

impl Comparison {
    /// Right or wrong, for calibration; none when it cannot be compared.
    pub fn is_wrong(self) -> Option<bool> {
        match self {
            Comparison::Same => Some(false),
            Comparison::Different | Comparison::OtherIntent => Some(true),
            Comparison::CannotCompare => None,
        }
    }
}

/// Compares a would-be reply and its intent with what people did.
pub fn compare(would_be: &str, intent: Option<&IntentName>, human: &Human) -> Comparison {
    let Some(answer) = &human.answer else { return Comparison::CannotCompare };
    if human.intents.is_empty() {
        return Comparison::CannotCompare;
    }
    let same_intent = intent.is_some_and(|intent| human.intents.contains(intent));
    let common_min = if same_intent { SAME_ANSWER_MIN } else { SAME_ANSWER_OTHER_INTENT_MIN };
    match (says_the_same(would_be, answer, common_min), same_intent) {
        (true, _) => Comparison::Same,
        (false, true) => Comparison::Different,
        (false, false) => Comparison::OtherIntent,
    }
}

/// Enough common words, and not two sets of numbers with nothing in common.
fn says_the_same(ours: &str, theirs: &str, common_min: f64) -> bool {
    if numbers_conflict(ours, theirs) {
        return false;
    }
    let (our_words, their_words) = (words(ours), words(theirs));
    let content = |words: &BTreeSet<String>| -> BTreeSet<String> {
        words.iter().filter(|word| word.chars().count() >= CONTENT_CHARS_MIN || word.chars().any(|c| c.is_ascii_digit())).cloned().collect()
    };
    let (ours, theirs) = (content(&our_words), content(&their_words));
    let common = ours.intersection(&theirs).count() as f64;
    let smaller = ours.len().min(theirs.len()).max(1) as f64;
    common / smaller >= common_min
}

fn words(text: &str) -> BTreeSet<String> {
    text.to_lowercase().split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// Both name numbers, and none is the same.
pub fn numbers_conflict(ours: &str, theirs: &str) -> bool {
    let numbers = |text: &str| -> BTreeSet<String> {
        text.split(|c: char| !c.is_ascii_digit()).filter(|run| !run.is_empty()).map(str::to_owned).collect()
    };
    let (ours, theirs) = (numbers(ours), numbers(theirs));
    !ours.is_empty() && !theirs.is_empty() && ours.is_disjoint(&theirs)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(intent: &str, answer: Option<&str>) -> Human {
        Human { intents: vec![IntentName(intent.to_owned())], answer: answer.map(str::to_owned), ..Human::default() }
    }

    #[test]
    fn the_same_answer_in_other_words_is_the_same() {
        let ours = "You can return any unused item within 30 days for a refund.";
        let theirs = "Hi! Returns are fine within 30 days if it's unused, then we refund you.";
        assert_eq!(compare(ours, Some(&IntentName("returns".into())), &target("returns", Some(theirs))), Comparison::Same);
    }

    #[test]
    fn other_numbers_make_another_answer() {
        let ours = "Returns are accepted within 30 days of delivery.";
        let theirs = "Returns are accepted within 14 days of delivery.";
        assert_eq!(compare(ours, Some(&IntentName("returns".into())), &target("returns", Some(theirs))), Comparison::Different);
    }

    #[test]
    fn the_right_answer_is_right_under_another_name_but_must_show_it() {
        let other = IntentName("shipping".into());
        let text = "Returns are accepted within 30 days.";
        assert_eq!(compare(text, Some(&other), &target("returns", Some(text))), Comparison::Same);
        let loosely = "Returns need a receipt, a label, a box and our reference number.";
        assert_eq!(compare(loosely, Some(&other), &target("returns", Some(text))), Comparison::OtherIntent);
    }

    #[test]
    fn without_an_answer_there_is_nothing_to_compare() {
        assert_eq!(compare("Yes.", Some(&IntentName("returns".into())), &target("returns", None)), Comparison::CannotCompare);
    }
}
