//! The reference model: the rules of one reply, checked over what happened. It shares no code with the worker and the ledger, and
//! believes neither: what customers received is what the phone network took.

use crate::lives::event::{Answer, Event};
use runtime::effect::{DecisionId, EffectKey, EffectState};
use runtime::ports::records::{Status, StoredDecision};
use std::collections::{BTreeMap, BTreeSet};
use triage::ticket::{Author, MessageId, TicketId};

/// What is judged.
pub struct Story<'a> {
    /// What happened, in its order.
    pub events: &'a [Event],
    /// What the ledger says of each decision in the end.
    pub stored: &'a BTreeMap<DecisionId, StoredDecision>,
    /// What it says of everything.
    pub status: &'a Status,
}

/// Every broken rule, in words.
pub fn broken(story: &Story<'_>) -> Vec<String> {
    let mut broken = Vec::new();
    for rule in [nothing_is_lost, nothing_is_sent_twice, nothing_is_sent_blindly, nothing_untrue_is_begun, every_turn_has_its_end] {
        rule(story, &mut broken);
    }
    broken
}

/// Of a decision: where it stands in the story.
struct Decided<'a> {
    place: usize,
    ticket: &'a TicketId,
    newest: &'a MessageId,
    action: &'static str,
}

impl<'a> Story<'a> {
    fn decisions(&self) -> BTreeMap<&'a str, Decided<'a>> {
        let decided = |(place, event): (usize, &'a Event)| match event {
            Event::Decided { decision, ticket, newest, action } => Some((decision.0.as_str(), Decided { place, ticket, newest, action })),
            _ => None,
        };
        self.events.iter().enumerate().filter_map(decided).collect()
    }

    fn committed(&self) -> impl Iterator<Item = (usize, &'a MessageId, &'a TicketId, Author, bool)> {
        self.events.iter().enumerate().filter_map(|(place, event)| match event {
            Event::Committed { message, ticket, author, stops } => Some((place, message, ticket, *author, *stops)),
            _ => None,
        })
    }

    /// Whether somebody wrote in the conversation between two places of the story.
    fn wrote_between(&self, ticket: &TicketId, from: usize, to: usize) -> bool {
        self.committed().any(|(place, _, of, _, _)| of == ticket && place > from && place < to)
    }
}

fn decision_of(key: &EffectKey) -> &str {
    key.0.rsplit_once('-').map_or(key.0.as_str(), |(decision, _)| decision)
}

/// What was acknowledged is in the ledger; what is in the ledger was decided, or is among the dead letters.
fn nothing_is_lost(story: &Story<'_>, broken: &mut Vec<String>) {
    let committed: BTreeSet<&MessageId> = story.committed().map(|(_, message, ..)| message).collect();
    let mut last: BTreeMap<&TicketId, usize> = BTreeMap::new();
    for (place, event) in story.events.iter().enumerate() {
        match event {
            Event::Acknowledged { message } if !committed.contains(message) => broken.push(format!("lost: {message} was acknowledged")),
            Event::Decided { ticket, .. } | Event::Buried { ticket, .. } => {
                last.insert(ticket, place);
            }
            _ => {}
        }
    }
    let customers: Vec<_> = story.committed().filter(|(_, _, _, author, _)| *author == Author::Customer).collect();
    for (place, message, ticket, ..) in &customers {
        if last.get(ticket).is_none_or(|last| last < place) {
            broken.push(format!("lost: {message} was never decided"));
        }
    }
    let Status { received, decided, dead, waiting, .. } = story.status;
    let expected = u64::try_from(customers.len()).unwrap_or(u64::MAX);
    if (*received, decided + dead, *waiting) != (expected, expected, 0) {
        broken.push(format!("unaccounted: {expected} committed, {received} received, {decided} decided, {dead} dead, {waiting} waiting"));
    }
}

/// No key is received twice, no turn is answered twice, and whoever received something has it in the ledger.
fn nothing_is_sent_twice(story: &Story<'_>, broken: &mut Vec<String>) {
    let (mut keys, mut answers) = (BTreeSet::new(), BTreeSet::new());
    for event in story.events {
        let Event::Received { key, text } = event else { continue };
        if !keys.insert(key) {
            broken.push(format!("twice: {key}"));
        }
        // A reply of its own names the message that it answers.
        if text.starts_with("Answer to") && !answers.insert(text) {
            broken.push(format!("twice: {text}"));
        }
        let effects = story.stored.iter().find(|(id, _)| id.0 == decision_of(key)).map(|(_, stored)| &stored.effects);
        let state = effects.and_then(|effects| effects.iter().find(|effect| &effect.key == key)).map(|effect| effect.state);
        if !matches!(state, Some(EffectState::Done | EffectState::Failed)) {
            broken.push(format!("forgotten: {key} was received and stands as {state:?}"));
        }
    }
    let mut newest = BTreeSet::new();
    for event in story.events {
        if let Event::Decided { ticket, newest: message, .. } | Event::Buried { ticket, newest: message } = event
            && !newest.insert((ticket, message))
        {
            broken.push(format!("decided twice: {message}"));
        }
    }
}

/// Between a call that may have been taken and the next call of the same send there is a look that found nothing.
fn nothing_is_sent_blindly(story: &Story<'_>, broken: &mut Vec<String>) {
    let mut doubtful: BTreeSet<&EffectKey> = BTreeSet::new();
    for event in story.events {
        match event {
            Event::Called { key } if !doubtful.insert(key) => broken.push(format!("blind: {key} was called again")),
            Event::Answered { key, answer: Answer::NotNow | Answer::Never } | Event::LookedUp { key, found: 0 } => {
                doubtful.remove(key);
            }
            _ => {}
        }
    }
}

/// No send and no proposal is begun once somebody wrote after its decision; nothing is decided to be said to whoever has a person or
/// wants silence.
fn nothing_untrue_is_begun(story: &Story<'_>, broken: &mut Vec<String>) {
    let decisions = story.decisions();
    for (place, event) in story.events.iter().enumerate() {
        let Event::Begun { key, ticket, kind: "send" | "draft" } = event else { continue };
        let Some(decided) = decisions.get(decision_of(key)) else {
            broken.push(format!("undecided: {key} was begun"));
            continue;
        };
        if story.wrote_between(ticket, decided.place, place) {
            broken.push(format!("untrue: {key} was begun after somebody wrote"));
        }
        let turn_began = decisions.values().filter(|other| other.ticket == ticket && other.place < decided.place).map(|other| other.place);
        let turn_began = turn_began.max().unwrap_or(0);
        let before = || story.committed().filter(|(at, _, of, _, _)| *of == ticket && *at < decided.place);
        let asks_now = before().any(|(at, _, _, _, stops)| stops && at > turn_began);
        if asks_now {
            continue; // the one confirmation of the opt-out
        }
        if before().any(|(at, _, _, _, stops)| stops && at < turn_began) {
            broken.push(format!("silence: {key} was begun after a STOP"));
        }
        if before().any(|(_, _, _, author, _)| author == Author::Agent) {
            broken.push(format!("person: {key} was begun though a person has the ticket"));
        }
    }
}

/// Every turn ends in what was decided, in a person, or was overtaken; and nothing is half done.
fn every_turn_has_its_end(story: &Story<'_>, broken: &mut Vec<String>) {
    let on_desk: BTreeSet<(&EffectKey, &str)> = story
        .events
        .iter()
        .filter_map(|event| match event {
            Event::OnDesk { key, kind } => Some((key, *kind)),
            _ => None,
        })
        .collect();
    let received: BTreeSet<&EffectKey> =
        story.events.iter().filter_map(|event| if let Event::Received { key, .. } = event { Some(key) } else { None }).collect();
    for (id, decided) in story.decisions() {
        let Some((_, stored)) = story.stored.iter().find(|(stored, _)| stored.0 == id) else {
            broken.push(format!("lost: decision {id}"));
            continue;
        };
        // A hand-over that the helpdesk never took is a dead letter of its own: the operator has it.
        let given_up = stored.effects.iter().any(|effect| effect.effect.name() == "escalate" && effect.state == EffectState::Failed);
        let person = given_up || on_desk.iter().any(|(key, kind)| decision_of(key) == id && *kind == "escalate");
        // From the message on that it answers: a person may have written while it was decided.
        let asked = story.committed().find(|(_, message, ..)| *message == decided.newest).map_or(decided.place, |(place, ..)| place);
        let overtaken = story.wrote_between(decided.ticket, asked, usize::MAX);
        for effect in &stored.effects {
            let (name, key) = (effect.effect.name(), &effect.key);
            let holds = match (effect.state, name) {
                (EffectState::Done, "send") => received.contains(key),
                (EffectState::Done, kind) => on_desk.contains(&(key, kind)),
                (EffectState::Cancelled, _) => overtaken || person,
                (EffectState::Failed, "send" | "draft") => person,
                (EffectState::Failed, _) => true, // a dead letter of its own
                (EffectState::Pending | EffectState::Sending | EffectState::Unknown, _) => false,
            };
            if !holds {
                broken.push(format!("half done: {name} {key} of a {} stands as {:?}", decided.action, effect.state));
            }
        }
        let wanted = match decided.action {
            "reply" => Some("send"),
            "draft" => Some("draft"),
            "escalate" => Some("escalate"),
            _ => None,
        };
        if wanted.is_some_and(|wanted| !stored.effects.iter().any(|effect| effect.effect.name() == wanted)) {
            broken.push(format!("nothing done: {} {id}", decided.action));
        }
    }
}
