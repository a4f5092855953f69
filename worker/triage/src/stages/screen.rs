//! Screening: what is settled before any mind sees the text. Opt-out comes before everything else.

use crate::case::Case;
use crate::consent::detect::{Consent, How, detect};
use crate::findings::{Screening, Stop};
use crate::policy::Policy;
use crate::ticket::{Author, Message, Owner};
use regex::Regex;
use std::sync::LazyLock;

/// The same text so many times in a row is a machine talking to itself.
pub const SAME_TEXT_MAX: usize = 3;

/// A one-time code or an automatic notice, as machines write them.
static MACHINE_TEXT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)\b(your|the|votre|su|tu|ihr|dein)\b.{0,30}\b(code|passcode|otp|pin|código|codigo|tan)\b.{0,20}\b[0-9]{4,8}\b",
        r"|\b[0-9]{4,8}\b.{0,12}\b(is your|est votre|es su|es tu|ist ihr)\b",
        r"|\b(do not reply|no-?reply|auto(matic)?[- ]?(reply|response)|out of office|ne pas répondre|no responda|nicht antworten)\b",
    ))
    .ok()
});

/// Looks at a case without any mind.
pub fn screen(policy: &Policy, case: &Case) -> Screening {
    match consent(case).or_else(|| standing(policy, case)).or_else(|| content(case)).or_else(|| waiting(policy, case)) {
        Some(stop) => Screening::Stop(stop),
        None => Screening::Pass,
    }
}

/// The newest word on consent in the turn wins: STOP after START stops, START after STOP starts.
fn consent(case: &Case) -> Option<Stop> {
    let newest = case.turn.last()?;
    match newest_wish(case) {
        Some((_, Consent::Stop(How::Keyword))) => Some(Stop::OptedOutByKeyword),
        Some((_, Consent::Stop(How::Wording))) => Some(Stop::OptedOutByWording),
        Some((_, Consent::Start(_))) if case.opted_out => Some(Stop::OptedIn),
        // START itself needs no other answer; with more words behind it, those are answered.
        Some((message, Consent::Start(How::Keyword))) if message.id == newest.id => Some(Stop::OptedIn),
        Some((_, Consent::Start(_) | Consent::Help(_))) | None => help(newest, case.turn.len() == 1),
    }
}

/// The newest word that stops or starts. A STOP is passed over only when it has been obeyed and still holds: what times say of
/// the order of two messages of one second is never a reason to lose a STOP. HELP changes nothing, and "YES" answers our question as
/// long as the customer has not opted out: neither may hide a STOP that came before it. What nobody has answered or obeyed counts
/// however long it has waited: while nobody was there, a STOP became history.
fn newest_wish(case: &Case) -> Option<(&Message, Consent)> {
    let settled = |message: &Message| case.consent_settled_at.is_some_and(|settled| message.at <= settled);
    let unanswered = case.history.iter().rev().take_while(|message| message.author == Author::Customer);
    let waited = unanswered.filter(|message| !settled(message));
    let mut said = case.turn.iter().rev().filter(|message| !(case.opted_out && settled(message))).chain(waited);
    said.find_map(|message| match detect(&message.text)? {
        Consent::Help(_) => None,
        Consent::Start(_) if !case.opted_out && answers_a_question(message) => None,
        wish @ (Consent::Stop(_) | Consent::Start(_)) => Some((message, wish)),
    })
}

/// HELP alone, and what the carrier answered by itself, whichever word of its own it took it for. HELP behind a question is
/// part of the question.
fn help(newest: &Message, is_alone: bool) -> Option<Stop> {
    match detect(&newest.text) {
        Some(Consent::Help(_)) | None if newest.carrier_answered => Some(Stop::CarrierAnswered),
        Some(Consent::Help(How::Keyword)) if is_alone => Some(Stop::HelpAsked),
        Some(Consent::Help(_) | Consent::Start(_) | Consent::Stop(_)) | None => None,
    }
}

fn answers_a_question(message: &Message) -> bool {
    let letters: String = message.text.chars().filter(|c| c.is_alphabetic()).collect();
    letters.eq_ignore_ascii_case("yes")
}

/// Who stands in the conversation.
fn standing(policy: &Policy, case: &Case) -> Option<Stop> {
    let kept_ms = case.owner_since.map_or(0, |since| case.at.as_millisecond() - since.as_millisecond());
    if case.owner == Owner::Person && kept_ms <= policy.limits.person_keeps_ms {
        return Some(Stop::PersonHasTicket);
    }
    if case.opted_out {
        return Some(Stop::Suppressed);
    }
    let machine_text = MACHINE_TEXT.as_ref().is_some_and(|pattern| pattern.is_match(&case.text()));
    if case.customer.is_short_code() || machine_text {
        return Some(Stop::MachineSender);
    }
    let looping = case.automatic_replies_in_a_row() >= policy.limits.automatic_replies_max || says_the_same(case);
    looping.then_some(Stop::LoopBroken)
}

/// The customer's last messages, across turns, all say the same.
fn says_the_same(case: &Case) -> bool {
    let mut texts = case.history.iter().chain(&case.turn).rev().filter(|m| m.author == Author::Customer).map(|m| m.text.trim());
    let Some(newest) = texts.next().filter(|text| !text.is_empty()) else { return false };
    let answered = case.history.iter().any(|m| m.author == Author::Bot);
    answered && texts.take_while(|text| *text == newest).count() + 1 >= SAME_TEXT_MAX
}

/// Whether there is anything to read.
fn content(case: &Case) -> Option<Stop> {
    if !case.text().is_empty() {
        return None;
    }
    Some(if case.turn.iter().any(|m| !m.media.is_empty()) { Stop::MediaOnly } else { Stop::Empty })
}

/// Whether an answer still comes in time.
fn waiting(policy: &Policy, case: &Case) -> Option<Stop> {
    if case.waited_ms > policy.limits.waited_max_ms {
        return Some(Stop::TooOld);
    }
    let is_quiet = policy.quiet_hours.as_ref().is_some_and(|hours| hours.open_at(case.as_of()));
    (is_quiet && case.waited_ms > policy.limits.immediate_ms).then_some(Stop::QuietHours)
}
