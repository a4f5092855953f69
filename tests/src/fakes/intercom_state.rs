//! What a fake Intercom has: contacts, conversations with parts and tags, teams.

use adapters::clock::manual::ManualClock;
use runtime::ports::clock::Clock;
use serde_json::{Value, json};
use std::sync::Arc;

/// The seat of Whimbrel.
pub const OURS: &str = "991267459";
/// The seat of a person.
pub const PERSON: &str = "991267715";
/// The team that is there.
pub const TEAM: (&str, &str) = ("814865", "support");

/// Everything.
pub struct Desk {
    clock: Arc<ManualClock>,
    /// Contacts, as they are shown.
    pub contacts: Vec<Value>,
    /// Conversations, as they are shown.
    pub conversations: Vec<Value>,
    /// All tags.
    pub tags: Vec<Value>,
    /// Numbers what is made.
    made: u64,
}

impl Desk {
    /// An empty one.
    pub fn new(clock: Arc<ManualClock>) -> Self {
        Desk { clock, contacts: Vec::new(), conversations: Vec::new(), tags: Vec::new(), made: 0 }
    }

    fn now(&self) -> i64 {
        self.clock.now().as_second()
    }

    fn next(&mut self) -> u64 {
        self.made += 1;
        self.made
    }

    /// A new contact with this number. Returns its id.
    pub fn contact(&mut self, phone: &str) -> String {
        let (id, at) = (format!("6762f0d01bb69f9f{:08x}", self.next()), self.now());
        let list = |what: &str| json!({ "type": "list", "data": [], "url": format!("https://api.intercom.io/contacts/{id}/{what}"), "total_count": 0, "has_more": false });
        self.contacts.push(json!({
            "type": "contact", "id": id, "workspace_id": "abc123", "external_id": null, "role": "user", "phone": phone,
            "created_at": at, "updated_at": at, "custom_attributes": {}, "tags": list("tags"), "notes": list("notes"),
            "companies": list("companies")
        }));
        id
    }

    /// A new conversation that a contact begins. Returns its id.
    pub fn begin(&mut self, contact: &str, kind: &str, text: &str) -> String {
        let (id, at) = ((500 + self.next()).to_string(), self.now());
        self.conversations.push(json!({
            "type": "conversation", "id": id, "created_at": at, "updated_at": at, "waiting_since": null, "snoozed_until": null,
            "source": {
                "type": kind, "id": format!("40391{id}"), "delivered_as": "customer_initiated", "subject": "", "body": text,
                "author": { "type": "user", "id": contact, "name": "", "email": "nobody@example.com" }, "attachments": [], "url": null, "redacted": false
            },
            "contacts": { "type": "contact.list", "contacts": [{ "type": "contact", "id": contact, "external_id": null }] },
            "first_contact_reply": null, "admin_assignee_id": 0, "team_assignee_id": 0, "open": true, "state": "open", "read": false,
            "tags": { "type": "tag.list", "tags": [] }, "priority": "none", "sla_applied": null, "statistics": null,
            "conversation_rating": null, "teammates": null, "title": null, "custom_attributes": {}, "topics": {}, "ticket": null,
            "linked_objects": { "type": "list", "data": [], "total_count": 0, "has_more": false }, "ai_agent": null,
            "ai_agent_participated": false,
            "conversation_parts": { "type": "conversation_part.list", "conversation_parts": [], "total_count": 0 }
        }));
        id
    }

    /// Something happens in a conversation.
    pub fn part(&mut self, conversation: &str, kind: &str, body: Option<&str>, author: Value, assigned_to: Value) {
        let (id, at) = ((100 + self.next()).to_string(), self.now());
        let Some(found) = self.conversations.iter_mut().find(|found| found["id"] == conversation) else { return };
        found["updated_at"] = Value::from(at);
        if let Some(parts) = found["conversation_parts"]["conversation_parts"].as_array_mut() {
            parts.push(json!({
                "type": "conversation_part", "id": id, "part_type": kind, "body": body, "created_at": at, "updated_at": at,
                "notified_at": at, "assigned_to": assigned_to, "author": author, "attachments": [], "external_id": null, "redacted": false,
                "email_message_metadata": null, "app_package_code": null
            }));
        }
    }

    /// A conversation, as it is shown.
    pub fn find(&self, id: &str) -> Option<&Value> {
        self.conversations.iter().find(|found| found["id"] == id)
    }

    /// The same, to be changed.
    pub fn find_mut(&mut self, id: &str) -> Option<&mut Value> {
        self.conversations.iter_mut().find(|found| found["id"] == id)
    }

    /// The id of a new tag.
    pub fn tag(&mut self, name: &str) -> Value {
        let tag = json!({ "type": "tag", "id": (7000 + self.next()).to_string(), "name": name });
        self.tags.push(tag.clone());
        tag
    }
}

/// A teammate, as an author.
pub fn admin(id: &str) -> Value {
    json!({ "type": "admin", "id": id, "name": "Priya", "email": "priya@example.com" })
}

/// A customer, as an author.
pub fn user(id: &str) -> Value {
    json!({ "type": "user", "id": id, "name": "", "email": "nobody@example.com" })
}
