//! A helpdesk that speaks as Intercom does (2.16).

use super::intercom_state::{Desk, OURS, PERSON, TEAM, admin, user};
use adapters::clock::manual::ManualClock;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{delete, get, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What it has.
#[derive(Clone)]
pub struct FakeIntercom {
    desk: Arc<Mutex<Desk>>,
}

type Answer = Result<Json<Value>, (StatusCode, Json<Value>)>;

impl FakeIntercom {
    /// One with nothing in it.
    pub fn new(clock: Arc<ManualClock>) -> Self {
        FakeIntercom { desk: Arc::new(Mutex::new(Desk::new(clock))) }
    }

    /// What stands in it.
    pub fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A customer begins a conversation by SMS. Returns its id.
    pub fn begins(&self, phone: &str, text: &str) -> String {
        let mut desk = self.desk();
        let contact = desk.contact(phone);
        desk.begin(&contact, "sms", text)
    }

    /// The customer writes again.
    pub fn customer_writes(&self, conversation: &str, text: &str) {
        let mut desk = self.desk();
        let contact = desk.find(conversation).map(|found| found["contacts"]["contacts"][0]["id"].clone()).unwrap_or_default();
        desk.part(conversation, "comment", Some(text), user(contact.as_str().unwrap_or_default()), Value::Null);
    }

    /// A person answers.
    pub fn person_answers(&self, conversation: &str, text: &str) {
        self.desk().part(conversation, "comment", Some(text), admin(PERSON), Value::Null);
    }

    /// A person leaves a note.
    pub fn person_notes(&self, conversation: &str, text: &str) {
        self.desk().part(conversation, "note", Some(text), admin(PERSON), Value::Null);
    }

    /// A person closes the conversation; it stays theirs.
    pub fn person_closes(&self, conversation: &str) {
        let mut desk = self.desk();
        desk.part(conversation, "close", None, admin(PERSON), Value::Null);
        if let Some(found) = desk.find_mut(conversation) {
            (found["state"], found["open"]) = (json!("closed"), json!(false));
        }
    }

    /// A person takes the conversation from whoever has it.
    pub fn person_lets_go(&self, conversation: &str) {
        let mut desk = self.desk();
        desk.part(conversation, "assignment", None, admin(PERSON), Value::Null);
        if let Some(found) = desk.find_mut(conversation) {
            found["admin_assignee_id"] = json!(0);
        }
    }

    /// A person takes the conversation without a word.
    pub fn person_takes(&self, conversation: &str) {
        let mut desk = self.desk();
        desk.part(conversation, "assignment", None, admin(PERSON), json!({ "type": "admin", "id": PERSON }));
        if let Some(found) = desk.find_mut(conversation) {
            found["admin_assignee_id"] = json!(991_267_715);
        }
    }

    /// Types and texts of the parts of a conversation, the first message among them.
    pub fn parts(&self, conversation: &str) -> Vec<(String, String)> {
        let desk = self.desk();
        let Some(found) = desk.find(conversation) else { return Vec::new() };
        let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let first = (word(&found["source"]["type"]), word(&found["source"]["body"]));
        let parts = found["conversation_parts"]["conversation_parts"].as_array();
        let parts = parts.into_iter().flatten().map(|part| (word(&part["part_type"]), word(&part["body"])));
        std::iter::once(first).chain(parts).collect()
    }

    /// The HTML of the notes of a conversation.
    pub fn notes_html(&self, conversation: &str) -> String {
        self.parts(conversation).into_iter().filter(|(kind, _)| kind == "note").map(|(_, html)| html).collect()
    }

    /// Names of the tags on a conversation.
    pub fn tags(&self, conversation: &str) -> Vec<String> {
        let desk = self.desk();
        let tags = desk.find(conversation).and_then(|found| found["tags"]["tags"].as_array().cloned()).unwrap_or_default();
        tags.iter().filter_map(|tag| tag["name"].as_str().map(str::to_owned)).collect()
    }

    /// Serves. Returns the address.
    pub async fn serve(&self) -> std::io::Result<String> {
        let router = Router::new()
            .route("/me", get(me))
            .route("/teams", get(teams))
            .route("/tags", get(tags).post(new_tag))
            .route("/articles", get(articles))
            .route("/contacts", post(new_contact))
            .route("/contacts/search", post(contacts))
            .route("/contacts/{id}", get(contact))
            .route("/conversations", post(new_conversation))
            .route("/conversations/search", post(conversations))
            .route("/conversations/{id}", get(conversation))
            .route("/conversations/{id}/reply", post(reply))
            .route("/conversations/{id}/parts", post(part))
            .route("/conversations/{id}/tags", post(tag))
            .route("/conversations/{id}/tags/{tag}", delete(untag))
            .with_state(self.clone());
        super::serve(router).await
    }
}

fn missing() -> (StatusCode, Json<Value>) {
    let errors = json!([{ "code": "not_found", "message": "Resource Not Found" }]);
    (StatusCode::NOT_FOUND, Json(json!({ "type": "error.list", "request_id": "8c288c4f-b699-4209-9de4-064398f02785", "errors": errors })))
}

async fn me(headers: HeaderMap) -> Answer {
    // A call without its version would get whatever the app is set to.
    if headers.get("intercom-version").is_none_or(|version| version != "2.16") {
        return Err(missing());
    }
    let app = json!({ "type": "app", "id_code": "abc123", "name": "Shop", "created_at": 1, "secure": false, "identity_verification": false, "timezone": "Europe/Paris", "region": "EU" });
    Ok(Json(
        json!({ "type": "admin", "id": OURS, "email": "bot@example.com", "name": "Whimbrel", "email_verified": true, "app": app, "has_inbox_seat": true }),
    ))
}

async fn teams() -> Json<Value> {
    Json(json!({ "type": "team.list", "teams": [{ "type": "team", "id": TEAM.0, "name": TEAM.1, "admin_ids": [] }] }))
}

/// One that is published and one that is not.
async fn articles() -> Json<Value> {
    let article = |id: &str, state: &str| {
        json!({
            "type": "article", "id": id, "workspace_id": "abc123", "title": "Gift cards", "description": "", "body": "<p>They never expire.</p>",
            "author_id": 991_267_459, "state": state, "created_at": 1, "updated_at": 2, "url": "https://help.example.com/1"
        })
    };
    let pages = json!({ "type": "pages", "page": 1, "per_page": 50, "total_pages": 1 });
    Json(json!({ "type": "list", "pages": pages, "total_count": 2, "data": [article("11", "published"), article("12", "draft")] }))
}

async fn tags(State(fake): State<FakeIntercom>) -> Json<Value> {
    Json(json!({ "type": "list", "data": fake.desk().tags }))
}

async fn new_tag(State(fake): State<FakeIntercom>, Json(body): Json<Value>) -> Json<Value> {
    Json(fake.desk().tag(body["name"].as_str().unwrap_or_default()))
}

async fn new_contact(State(fake): State<FakeIntercom>, Json(body): Json<Value>) -> Answer {
    let mut desk = fake.desk();
    let id = desk.contact(body["phone"].as_str().unwrap_or_default());
    desk.contacts.iter().find(|contact| contact["id"] == id.as_str()).cloned().map(Json).ok_or_else(missing)
}

async fn contacts(State(fake): State<FakeIntercom>, Json(body): Json<Value>) -> Json<Value> {
    let phone = &body["query"]["value"];
    let data: Vec<Value> = fake.desk().contacts.iter().filter(|contact| &contact["phone"] == phone).cloned().collect();
    let pages = json!({ "type": "pages", "page": 1, "per_page": 50, "total_pages": 1 });
    Json(json!({ "type": "list", "total_count": data.len(), "data": data, "pages": pages }))
}

async fn contact(State(fake): State<FakeIntercom>, Path(id): Path<String>) -> Answer {
    let desk = fake.desk();
    desk.contacts.iter().find(|contact| contact["id"] == id.as_str()).cloned().map(Json).ok_or_else(missing)
}

async fn new_conversation(State(fake): State<FakeIntercom>, Json(body): Json<Value>) -> Json<Value> {
    let (contact, text) = (body["from"]["id"].as_str().unwrap_or_default(), body["body"].as_str().unwrap_or_default());
    let id = fake.desk().begin(contact, "conversation", text);
    Json(
        json!({ "type": "user_message", "id": "403918330", "created_at": 1734537501, "body": text, "message_type": "inapp", "conversation_id": id }),
    )
}

/// Filters by contact, by source and by time; one to a page, so that pages are turned.
async fn conversations(State(fake): State<FakeIntercom>, Json(body): Json<Value>) -> Json<Value> {
    let filters = body["query"]["value"].as_array().cloned().unwrap_or_default();
    let fits = |found: &Value| {
        filters.iter().all(|filter| {
            let value = &filter["value"];
            match filter["field"].as_str().unwrap_or_default() {
                "contact_ids" => &found["contacts"]["contacts"][0]["id"] == value,
                "open" => &found["open"] == value,
                "source.type" => &found["source"]["type"] == value,
                "updated_at" => found["updated_at"].as_i64() >= value.as_i64(),
                _ => false,
            }
        })
    };
    let found: Vec<Value> = fake.desk().conversations.iter().filter(|found| fits(found)).cloned().collect();
    let from: usize = body["pagination"]["starting_after"].as_str().and_then(|after| after.parse().ok()).unwrap_or(0);
    let mut pages = json!({ "type": "pages", "page": from + 1, "per_page": 1, "total_pages": found.len() });
    if from + 1 < found.len() {
        pages["next"] = json!({ "per_page": 1, "starting_after": (from + 1).to_string() });
    }
    let mut shown: Vec<Value> = found.iter().skip(from).take(1).cloned().collect();
    for conversation in &mut shown {
        // The search shows no parts.
        conversation.as_object_mut().map(|fields| fields.remove("conversation_parts"));
    }
    Json(json!({ "type": "conversation.list", "pages": pages, "total_count": found.len(), "conversations": shown }))
}

async fn conversation(State(fake): State<FakeIntercom>, Path(id): Path<String>) -> Answer {
    fake.desk().find(&id).cloned().map(Json).ok_or_else(missing)
}

async fn reply(State(fake): State<FakeIntercom>, Path(id): Path<String>, Json(body): Json<Value>) -> Answer {
    let text = body["body"].as_str();
    let kind = body["message_type"].as_str().unwrap_or("comment");
    let author = match body["type"].as_str() {
        Some("user") => user(body["intercom_user_id"].as_str().unwrap_or_default()),
        _ => admin(body["admin_id"].as_str().unwrap_or_default()),
    };
    fake.desk().part(&id, kind, text, author, Value::Null);
    fake.desk().find(&id).cloned().map(Json).ok_or_else(missing)
}

async fn part(State(fake): State<FakeIntercom>, Path(id): Path<String>, Json(body): Json<Value>) -> Answer {
    let kind = body["message_type"].as_str().unwrap_or_default();
    let mut desk = fake.desk();
    let assigned_to = match body["assignee_id"].as_str() {
        Some(assignee) => json!({ "type": body["type"], "id": assignee }),
        None => Value::Null,
    };
    desk.part(&id, kind, None, admin(body["admin_id"].as_str().unwrap_or_default()), assigned_to);
    let found = desk.find_mut(&id).ok_or_else(missing)?;
    match kind {
        "close" => (found["state"], found["open"]) = (json!("closed"), json!(false)),
        "open" => (found["state"], found["open"]) = (json!("open"), json!(true)),
        "snoozed" => (found["state"], found["snoozed_until"]) = (json!("snoozed"), body["snoozed_until"].clone()),
        _ => found["team_assignee_id"] = json!(814_865),
    }
    Ok(Json(found.clone()))
}

async fn tag(State(fake): State<FakeIntercom>, Path(id): Path<String>, Json(body): Json<Value>) -> Answer {
    let mut desk = fake.desk();
    let tag = desk.tags.iter().find(|tag| tag["id"] == body["id"]).cloned().ok_or_else(missing)?;
    let tags = desk.find_mut(&id).and_then(|found| found["tags"]["tags"].as_array_mut()).ok_or_else(missing)?;
    if !tags.contains(&tag) {
        tags.push(tag.clone());
    }
    Ok(Json(tag))
}

async fn untag(State(fake): State<FakeIntercom>, Path((id, tag)): Path<(String, String)>, Json(_): Json<Value>) -> Answer {
    let mut desk = fake.desk();
    let tags = desk.find_mut(&id).and_then(|found| found["tags"]["tags"].as_array_mut()).ok_or_else(missing)?;
    let taken = tags.iter().find(|known| known["id"] == tag.as_str()).cloned().ok_or_else(missing)?;
    tags.retain(|known| known["id"] != tag.as_str());
    Ok(Json(taken))
}
