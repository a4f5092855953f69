//! Reading a conversation: what people of the company did last, and what the customer said since.

use super::wire::{Author, Conversation, Part};
use crate::helpdesk::html;
use crate::helpdesk::news::{By, Said};
use jiff::Timestamp;

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

/// Everything that counts, oldest first: the first message, visible answers, and deeds of people that take the ticket.
pub fn said(conversation: &Conversation, ours: &str) -> Vec<Said> {
    let id = conversation.id.clone().unwrap_or_default();
    let first = Said {
        id: format!("intercom-{id}-source"),
        by: by(&conversation.source.author, ours),
        at: second(conversation.created_at),
        text: text(conversation.source.body.as_deref()),
    };
    let parts = conversation.conversation_parts.conversation_parts.iter();
    let mut all: Vec<Said> = std::iter::once(first).chain(parts.filter_map(|part| of_part(&id, part, ours))).collect();
    // Parts come in any order; of one second the order of the list holds.
    all.sort_by_key(|said| said.at);
    all
}

fn of_part(conversation: &str, part: &Part, ours: &str) -> Option<Said> {
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
    let id = format!("intercom-{conversation}-{}", part.id.clone()?);
    Some(Said { id, by: if takes { By::Person } else { by }, at: second(part.created_at), text })
}

fn text(body: Option<&str>) -> String {
    html::text(body.unwrap_or_default())
}

fn second(at: i64) -> Timestamp {
    Timestamp::from_second(at).unwrap_or(Timestamp::UNIX_EPOCH)
}
