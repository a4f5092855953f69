//! Reading a conversation: what people of the company did last, and what the customer said since.

use super::wire::{Author, Conversation, Part};
use crate::helpdesk::html;
use crate::helpdesk::news::{By, Said, says_continue};
use jiff::Timestamp;
use runtime::inbound::Act;

/// Who an author is. `ours` is the id of Whimbrel's seat.
pub fn by(author: &Author, ours: &str) -> By {
    match author.kind.as_str() {
        "user" | "lead" | "contact" => By::Customer,
        "admin" if author.id.as_deref() == Some(ours) => By::Ours,
        "admin" | "team" => By::Person,
        _ if author.from_ai_agent => By::Person,
        _ => By::Automaton,
    }
}

/// Parts whose words the customer is to see.
const VISIBLE: [&str; 4] = ["comment", "close", "open", "snoozed"];

/// Everything that counts, oldest first: the first message, visible answers, and deeds of people that take the ticket or give it back.
/// `beside`: the customer does not hear what is written here, so that what a teammate writes is to be sent on.
pub fn said(conversation: &Conversation, ours: &str, beside: bool) -> Vec<Said> {
    let id = conversation.id.clone().unwrap_or_default();
    let first = Said {
        id: format!("intercom-{id}-source"),
        by: by(&conversation.source.author, ours),
        at: second(conversation.created_at),
        text: text(conversation.source.body.as_deref()),
        act: Act::Said,
    };
    let parts = conversation.conversation_parts.conversation_parts.iter();
    let mut all: Vec<Said> = std::iter::once(first).chain(parts.flat_map(|part| of_part(&id, part, ours, beside))).collect();
    // Parts come in any order; of one second the order of the list holds.
    all.sort_by_key(|said| said.at);
    all
}

/// What a part says, and behind it that the ticket was given back, when it was.
fn of_part(conversation: &str, part: &Part, ours: &str, beside: bool) -> Vec<Said> {
    let Some(id) = &part.id else { return Vec::new() };
    let id = format!("intercom-{conversation}-{id}");
    let back = gives_back(part, ours).then(|| Said::handed_back(format!("{id}-back"), second(part.created_at)));
    words(id, part, ours, beside).into_iter().chain(back).collect()
}

/// A person closes it, takes it from everybody, gives it to Whimbrel's seat, or says so in a note.
fn gives_back(part: &Part, ours: &str) -> bool {
    let to = part.assigned_to.as_ref().and_then(|to| to.id.as_deref());
    let is_theirs = by(&part.author, ours) == By::Person;
    let gives = match part.part_type.as_str() {
        "close" => true,
        "assignment" => to.is_none_or(|to| to == "0" || to == ours),
        kind if kind.starts_with("note") => says_continue(&text(part.body.as_deref())),
        _ => false,
    };
    is_theirs && gives
}

fn words(id: String, part: &Part, ours: &str, beside: bool) -> Option<Said> {
    let (by, text) = (by(&part.author, ours), text(part.body.as_deref()));
    let is_note = part.part_type.starts_with("note") || part.part_type == "redacted";
    let takes = match part.part_type.as_str() {
        "assignment" | "assign_and_reopen" | "assign_and_unsnooze" => {
            let to = part.assigned_to.as_ref().filter(|to| to.kind == "admin").and_then(|to| to.id.as_deref());
            to.is_some_and(|to| to != ours && to != "0")
        }
        "close" | "snoozed" => by == By::Person,
        _ => false,
    };
    if is_note || (!takes && (text.is_empty() || by == By::Automaton)) {
        return None;
    }
    let is_answer = by == By::Person && part.author.kind == "admin" && VISIBLE.contains(&part.part_type.as_str()) && !text.is_empty();
    let act = if beside && is_answer { Act::Relay } else { Act::Said };
    Some(Said { id, by: if takes { By::Person } else { by }, at: second(part.created_at), text, act })
}

fn text(body: Option<&str>) -> String {
    html::text(body.unwrap_or_default())
}

fn second(at: i64) -> Timestamp {
    Timestamp::from_second(at).unwrap_or(Timestamp::UNIX_EPOCH)
}
