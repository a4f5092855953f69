//! The first automatic message of a conversation says what it is, when the policy has words for it, where the policy wants it.

use crate::case::Case;
use crate::language::Language;
use crate::policy::{Policy, Texts};
use crate::sms::fit::{Fit, fit};
use crate::ticket::Author;

/// The texts of a reply with the introduction before them: in the first message when both fit into its budget, else in one of its
/// own.
pub fn introduced(policy: &Policy, case: &Case, language: Option<Language>, texts: Vec<String>) -> Vec<String> {
    let prefixes = &policy.texts.introduction_prefixes;
    let is_wanted = prefixes.is_empty() || prefixes.iter().any(|prefix| case.customer.reveal().starts_with(prefix.as_str()));
    if !is_wanted || case.history.iter().any(|message| message.author == Author::Bot) {
        return texts;
    }
    let Some(introduction) = Texts::pick(&policy.texts.introduction, language) else { return texts };
    let mut rest = texts.into_iter();
    let Some(first) = rest.next() else { return Vec::new() };
    let both = format!("{introduction} {first}");
    let mut all = match fit(&both, policy.sms.budget()) {
        Fit::Whole(both) => vec![both],
        Fit::Shortened(_) | Fit::Split(_) | Fit::TooLong => vec![introduction.clone(), first],
    };
    all.extend(rest);
    all
}
