//! Handing over to a person: three lines for them, and perhaps one sentence for the customer.

use crate::case::Case;
use crate::decision::Reason;
use crate::findings::Findings;
use crate::language::Language;
use crate::policy::{Policy, Texts};
use crate::ports::Summary;
use crate::ticket::Author;

/// Intents that the note names at most.
pub const INTENTS_MAX: usize = 3;

/// What a person needs to know, without the customer's words: why, what it is about, what was tried and what is missing.
pub fn note(reason: &Reason, case: &Case, findings: &Findings) -> String {
    let sentence = reason.sentence();
    let Some(classification) = &findings.classification else { return sentence.to_owned() };
    let intents = classification.intents.iter().take(INTENTS_MAX);
    let intents: Vec<String> = intents.map(|ranked| format!("{} {:.0} %", ranked.name, ranked.probability * 100.0)).collect();
    let about = if intents.is_empty() { "nothing that is in the catalogue".to_owned() } else { intents.join(", ") };
    let language = classification.language.map_or("unknown".to_owned(), |language| language.to_string());
    let (messages, asks) = (case.turn.len(), classification.asks.len());
    let about = format!("About: {about}; language {language}; {messages} message(s), {asks} question(s).");
    [sentence.to_owned(), about, tried(findings)].join("\n")
}

/// The note with a mind's summary in it: why and what the customer wants, what was said so far, and what was tried and is missing, which
/// only we know. Three lines.
pub fn with_summary(note: &str, summary: &Summary) -> String {
    let mut lines = note.lines();
    let why = lines.next().unwrap_or_default();
    let tried = lines.next_back().unwrap_or_default();
    let one_line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    format!("{why}. In a model's words: {}\nSo far: {}\n{tried}", one_line(&summary.wants), one_line(&summary.so_far))
}

/// What was tried, and what is missing.
fn tried(findings: &Findings) -> String {
    let passages = findings.evidence.as_ref().map(|evidence| evidence.passages().count());
    let (passages, draft) = match (passages, &findings.draft) {
        (None, _) => return "Tried: nothing was looked up. Missing: a person's answer.".to_owned(),
        (Some(0), _) => return "Tried: the knowledge was searched. Missing: a document or an answer that says it.".to_owned(),
        (Some(passages), draft) => (passages, draft),
    };
    let missing = match (draft, &findings.verdict) {
        (Some(None) | None, _) => "Missing: a passage that answers it in so many words.".to_owned(),
        (Some(Some(_)), Some(verdict)) if !verdict.faults.is_empty() => {
            format!("A reply was written; {} thing(s) in it stand in no passage.", verdict.faults.len())
        }
        (Some(Some(_)), _) => "A reply was written; it was not sure enough.".to_owned(),
    };
    format!("Tried: {passages} passage(s) found. {missing}")
}

/// The one sentence that the customer gets while a person takes over: when the policy has one, and they have not just had it.
pub fn sentence(policy: &Policy, reason: &Reason, case: &Case, language: impl FnOnce() -> Option<Language>) -> Option<String> {
    let silent = matches!(reason, Reason::Suppressed | Reason::LoopBroken | Reason::MachineSender | Reason::OptedIn | Reason::QuietHours);
    if silent || case.opted_out {
        return None;
    }
    let is_open = policy.office_hours.as_ref().is_none_or(|hours| hours.open_at(case.as_of()));
    let texts =
        if is_open || policy.texts.handed_over_closed.is_empty() { &policy.texts.handed_over } else { &policy.texts.handed_over_closed };
    // With one text there is nothing to choose from.
    let text = Texts::pick(texts, if texts.len() > 1 { language() } else { None })?;
    let said = case.history.iter().rev().find(|message| message.author != Author::Customer);
    let was_just_said = said.is_some_and(|message| message.author == Author::Bot && message.text == *text);
    (!was_just_said).then(|| text.clone())
}
