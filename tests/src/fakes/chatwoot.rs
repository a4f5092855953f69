//! A helpdesk that speaks as Chatwoot does: one conversation.

use axum::extract::{Path, RawQuery, State};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The conversation.
pub const CONVERSATION: u64 = 42;
/// Whimbrel's user.
pub const OURS: u64 = 7;
/// A person's.
pub const PERSON: u64 = 8;

/// What the conversation has.
#[derive(Default)]
pub struct Conversation {
    /// Messages, as they are shown.
    pub messages: Vec<Value>,
    /// Its labels.
    pub labels: Vec<String>,
    /// The team that has it.
    pub team: Option<u64>,
    /// The person who has it.
    pub assignee: Option<u64>,
    /// `pending`, `open`, …
    pub status: String,
}

/// The server.
#[derive(Clone, Default)]
pub struct FakeChatwoot {
    conversation: Arc<Mutex<Conversation>>,
}

impl FakeChatwoot {
    /// What the conversation has.
    pub fn conversation(&self) -> MutexGuard<'_, Conversation> {
        self.conversation.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Somebody writes: 0 the customer, 1 somebody of the company.
    pub fn message(&self, kind: u8, sender: u64, text: &str, private: bool) -> Value {
        let mut conversation = self.conversation();
        let id = 900 + conversation.messages.len();
        let who = if kind == 0 { "contact" } else { "user" };
        let message = json!({
            "id": id, "content": text, "account_id": 1, "inbox_id": 1, "conversation_id": CONVERSATION, "message_type": kind,
            "created_at": 1_793_631_600 + conversation.messages.len(), "private": private, "status": "sent", "content_type": "text",
            "sender": { "id": sender, "type": who, "name": "" }
        });
        conversation.messages.push(message.clone());
        message
    }

    /// Serves. Returns the address.
    pub async fn serve(&self) -> std::io::Result<String> {
        let one = "/api/v1/accounts/1/conversations/{id}";
        let router = Router::new()
            .route("/api/v1/profile", get(async || Json(json!({ "id": OURS, "name": "Whimbrel" }))))
            .route("/api/v1/accounts/1/teams", get(async || Json(json!([{ "id": 3, "name": "support" }]))))
            .route(
                "/api/v1/accounts/1/portals",
                get(async || Json(json!({ "payload": [{ "id": 4, "slug": "handbook", "archived": false }] }))),
            )
            .route("/api/v1/accounts/1/portals/handbook/articles", get(articles))
            .route("/api/v1/accounts/1/conversations", get(listed))
            .route(one, get(shown))
            .route(&format!("{one}/messages"), get(messages).post(said))
            .route(&format!("{one}/labels"), get(labels).post(labelled))
            .route(&format!("{one}/assignments"), post(assigned))
            .route(&format!("{one}/toggle_status"), post(toggled))
            .with_state(self.clone());
        super::serve(router).await
    }
}

fn conversation(fake: &FakeChatwoot) -> Value {
    let conversation = fake.conversation();
    let mut meta = json!({ "sender": { "id": 5, "phone_number": "+12025550142" }, "channel": "Channel::TwilioSms" });
    if let Some(id) = conversation.assignee {
        meta["assignee"] = json!({ "id": id, "name": "Priya" });
    }
    let status = if conversation.status.is_empty() { "open" } else { conversation.status.as_str() };
    json!({
        "id": CONVERSATION, "account_id": 1, "status": status, "labels": conversation.labels,
        "last_activity_at": 1_793_631_600 + conversation.messages.len(),
        "meta": meta
    })
}

async fn shown(State(fake): State<FakeChatwoot>) -> Json<Value> {
    Json(conversation(&fake))
}

async fn listed(State(fake): State<FakeChatwoot>, RawQuery(query): RawQuery) -> Json<Value> {
    let is_first = query.unwrap_or_default().ends_with("page=1");
    let payload = if is_first { vec![conversation(&fake)] } else { Vec::new() };
    Json(json!({ "data": { "meta": { "all_count": 1 }, "payload": payload } }))
}

/// The newest twenty, or the twenty before one.
async fn messages(State(fake): State<FakeChatwoot>, RawQuery(query): RawQuery) -> Json<Value> {
    let query = query.unwrap_or_default();
    let before: Option<u64> = query.strip_prefix("before=").and_then(|before| before.parse().ok());
    let all = fake.conversation().messages.clone();
    let fits: Vec<Value> = all.into_iter().filter(|message| before.is_none_or(|before| message["id"].as_u64() < Some(before))).collect();
    let from = fits.len().saturating_sub(20);
    Json(json!({ "meta": {}, "payload": fits.get(from..).unwrap_or_default() }))
}

/// One that is published and one that is not; a page further there are none.
async fn articles(RawQuery(query): RawQuery) -> Json<Value> {
    let article = |id: u64, status: &str| json!({ "id": id, "slug": format!("{id}-gift-cards"), "title": "Gift cards", "content": "They **never** expire.", "status": status });
    let is_first = query.unwrap_or_default().ends_with("page=1");
    let payload = if is_first { vec![article(21, "published"), article(22, "draft")] } else { Vec::new() };
    Json(json!({ "payload": payload, "meta": { "current_page": 1, "articles_count": 2 } }))
}

async fn said(State(fake): State<FakeChatwoot>, Path(_): Path<u64>, Json(body): Json<Value>) -> Json<Value> {
    Json(fake.message(1, OURS, body["content"].as_str().unwrap_or_default(), body["private"].as_bool().unwrap_or(false)))
}

async fn labels(State(fake): State<FakeChatwoot>) -> Json<Value> {
    Json(json!({ "payload": fake.conversation().labels }))
}

/// As Chatwoot does: the list is replaced.
async fn labelled(State(fake): State<FakeChatwoot>, Path(_): Path<u64>, Json(body): Json<Value>) -> Json<Value> {
    let labels = body["labels"].as_array().into_iter().flatten().filter_map(|label| label.as_str().map(str::to_owned));
    fake.conversation().labels = labels.collect();
    Json(json!({ "payload": fake.conversation().labels }))
}

async fn assigned(State(fake): State<FakeChatwoot>, Path(_): Path<u64>, Json(body): Json<Value>) -> Json<Value> {
    fake.conversation().team = body["team_id"].as_u64();
    Json(json!({ "id": 3, "name": "support" }))
}

async fn toggled(State(fake): State<FakeChatwoot>, Path(_): Path<u64>, Json(body): Json<Value>) -> Json<Value> {
    let status = body["status"].as_str().unwrap_or_default().to_owned();
    fake.conversation().status = status.clone();
    Json(json!({ "meta": {}, "payload": { "success": true, "current_status": status, "conversation_id": CONVERSATION } }))
}
