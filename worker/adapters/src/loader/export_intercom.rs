//! A conversation as Intercom's API and exports give it: `source` is the first message, `conversation_parts` are the others.
//!
//! Customers are `user`, `lead` and `contact`; people of the company are `admin`; `bot` is a bot. Notes are private and are passed over,
//! as are parts that only assign, close or snooze.

use super::exports::{Told, at, time, word, words_of_html};
use serde_json::Value;
use triage::past::Resolution;
use triage::ticket::Author;

/// Reads one conversation.
pub fn conversation(value: &Value) -> Result<Told, String> {
    let id = value.get("id").and_then(word).ok_or("`id` is missing")?;
    let opened = time(value.get("created_at"));
    let mut messages = Vec::new();
    if let Some(source) = value.get("source") {
        let text = body(source);
        messages.push((author(source).filter(|_| !text.is_empty()), opened, text));
    }
    let parts = at(value, "conversation_parts.conversation_parts").and_then(Value::as_array);
    for part in parts.into_iter().flatten() {
        let kind = part.get("part_type").and_then(Value::as_str).unwrap_or("comment");
        let text = body(part);
        // A part that assigns or closes may carry words of its own.
        if kind == "note" || kind.starts_with("note_") || text.is_empty() {
            continue;
        }
        messages.push((author(part), time(part.get("created_at")).or(opened), text));
    }
    let contact = at(value, "contacts.contacts.0");
    let named = |name: &str| contact.and_then(|contact| contact.get(name)).and_then(word);
    let by_author = || at(value, "source.author.id").and_then(word);
    let tags = at(value, "tags.tags").and_then(Value::as_array);
    Ok(Told {
        customer: named("phone").or_else(|| named("external_id")).or_else(|| named("id")).or_else(by_author),
        messages,
        tags: tags.into_iter().flatten().filter_map(|tag| tag.get("name").and_then(word)).collect(),
        resolution: match value.get("state").and_then(Value::as_str) {
            Some("closed") => Resolution::Resolved,
            Some(_) | None => Resolution::Unknown,
        },
        id,
    })
}

fn body(part: &Value) -> String {
    part.get("body").and_then(Value::as_str).map(words_of_html).unwrap_or_default()
}

fn author(part: &Value) -> Option<Author> {
    match at(part, "author.type").and_then(Value::as_str)? {
        "user" | "lead" | "contact" => Some(Author::Customer),
        "admin" | "team" => Some(Author::Agent),
        "bot" => Some(Author::Bot),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn customers_agents_and_bots_are_told_apart_and_notes_are_passed_over() {
        let part = |kind: &str, author: &str, body: &str| json!({"part_type": kind, "created_at": 1_772_462_800, "author": {"type": author, "id": "7"}, "body": body});
        let value = json!({
            "type": "conversation", "id": "42", "created_at": 1_772_462_742, "state": "closed",
            "source": {"body": "<p>where is my order</p>", "author": {"type": "user", "id": "u1"}},
            "contacts": {"contacts": [{"id": "c1", "external_id": "70"}]},
            "tags": {"tags": [{"name": "order"}]},
            "conversation_parts": {"conversation_parts": [
                part("comment", "bot", "<p>One moment</p>"), part("note", "admin", "<p>check stock</p>"),
                part("assignment", "admin", ""), part("close", "admin", "<p>It left today.</p>"),
            ]},
        });
        let told = conversation(&value).unwrap();
        let said: Vec<(Option<Author>, &str)> = told.messages.iter().map(|(author, _, text)| (*author, text.as_str())).collect();
        assert_eq!(
            said,
            [(Some(Author::Customer), "where is my order"), (Some(Author::Bot), "One moment"), (Some(Author::Agent), "It left today.")]
        );
        assert_eq!((told.customer.as_deref(), told.tags.len(), told.resolution), (Some("70"), 1, Resolution::Resolved));
    }
}
