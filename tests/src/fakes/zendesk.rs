//! A helpdesk that speaks as Zendesk does: one ticket.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The ticket.
pub const TICKET: u64 = 151;
/// Its customer.
pub const CUSTOMER: u64 = 900;
/// Whimbrel's seat.
pub const OURS: u64 = 77;
/// A person's.
pub const PERSON: u64 = 78;

/// What the ticket has.
#[derive(Default)]
pub struct Ticket {
    /// Comments, as they are shown.
    pub comments: Vec<Value>,
    /// Its tags.
    pub tags: Vec<String>,
    /// The group that has it.
    pub group: Option<u64>,
    /// The person who has it.
    pub assignee: Option<u64>,
    /// It is solved.
    pub is_solved: bool,
}

/// The server.
#[derive(Clone, Default)]
pub struct FakeZendesk {
    ticket: Arc<Mutex<Ticket>>,
}

impl FakeZendesk {
    /// What the ticket has.
    pub fn ticket(&self) -> MutexGuard<'_, Ticket> {
        self.ticket.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Somebody comments.
    pub fn comment(&self, author: u64, text: &str, public: bool) {
        let mut ticket = self.ticket();
        let id = 5_000 + ticket.comments.len();
        let at = format!("2026-11-02T15:{:02}:00Z", ticket.comments.len());
        ticket.comments.push(
            json!({ "id": id, "type": "Comment", "author_id": author, "body": text, "plain_body": text, "public": public, "created_at": at }),
        );
    }

    /// Serves. Returns the address.
    pub async fn serve(&self) -> std::io::Result<String> {
        let router = Router::new()
            .route("/api/v2/users/me", get(async || Json(json!({ "user": { "id": OURS } }))))
            .route("/api/v2/users/{id}", get(async || Json(json!({ "user": { "id": CUSTOMER, "phone": "+12025550142" } }))))
            .route("/api/v2/groups", get(async || Json(json!({ "groups": [{ "id": 31, "name": "Support" }] }))))
            .route("/api/v2/tickets/{id}", get(shown).put(updated))
            .route("/api/v2/tickets/{id}/comments", get(comments))
            .route("/api/v2/tickets/{id}/tags", axum::routing::put(tagged))
            .route("/api/v2/incremental/tickets/cursor", get(changed))
            .route("/api/v2/help_center/incremental/articles", get(articles))
            .with_state(self.clone());
        super::serve(router).await
    }
}

fn ticket(fake: &FakeZendesk) -> Value {
    let ticket = fake.ticket();
    json!({
        "id": TICKET, "status": if ticket.is_solved { "solved" } else { "open" }, "priority": null, "requester_id": CUSTOMER, "assignee_id": ticket.assignee,
        "group_id": ticket.group, "tags": ticket.tags, "via": { "channel": "sms" }, "created_at": "2026-11-02T15:00:00Z",
        "updated_at": "2026-11-02T15:10:00Z"
    })
}

type Answer = Result<Json<Value>, StatusCode>;

async fn shown(State(fake): State<FakeZendesk>, Path(id): Path<u64>) -> Answer {
    if id == TICKET { Ok(Json(json!({ "ticket": ticket(&fake) }))) } else { Err(StatusCode::NOT_FOUND) }
}

async fn updated(State(fake): State<FakeZendesk>, Path(_): Path<u64>, Json(body): Json<Value>) -> Answer {
    let fields = &body["ticket"];
    if let Some(text) = fields["comment"]["body"].as_str() {
        // What is not said to be private goes to the customer.
        fake.comment(OURS, text, fields["comment"]["public"].as_bool().unwrap_or(true));
    }
    if let Some(tags) = fields["tags"].as_array() {
        fake.ticket().tags = tags.iter().filter_map(|tag| tag.as_str().map(str::to_owned)).collect();
    }
    if let Some(group) = fields["group_id"].as_u64() {
        fake.ticket().group = Some(group);
    }
    Ok(Json(json!({ "ticket": ticket(&fake), "audit": {} })))
}

/// Two to a page, so that pages are turned.
async fn comments(State(fake): State<FakeZendesk>, axum::extract::RawQuery(query): axum::extract::RawQuery) -> Json<Value> {
    let query = query.unwrap_or_default();
    let after = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "page[after]").map(|(_, value)| value.into_owned());
    let from: usize = after.and_then(|after| after.parse().ok()).unwrap_or(0);
    let all = fake.ticket().comments.clone();
    let page: Vec<&Value> = all.iter().skip(from).take(2).collect();
    let has_more = from + 2 < all.len();
    let meta = json!({ "has_more": has_more, "after_cursor": has_more.then(|| (from + 2).to_string()) });
    Json(json!({ "comments": page, "meta": meta, "links": {} }))
}

async fn tagged(State(fake): State<FakeZendesk>, Path(_): Path<u64>, Json(body): Json<Value>) -> Json<Value> {
    let mut ticket = fake.ticket();
    for tag in body["tags"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        if !ticket.tags.iter().any(|known| known == tag) {
            ticket.tags.push(tag.to_owned());
        }
    }
    Json(json!({ "tags": ticket.tags }))
}

/// One that anyone may read, a draft, and one for some; a page further there are none.
async fn articles(axum::extract::RawQuery(query): axum::extract::RawQuery) -> Json<Value> {
    let article = |id: u64, draft: bool, segment: Option<u64>| {
        json!({
            "id": id, "title": "Gift cards", "body": "<p>They never expire.</p>", "draft": draft, "user_segment_id": segment,
            "html_url": format!("https://shop.example/hc/{id}"), "updated_at": "2026-11-02T15:00:00Z"
        })
    };
    let is_first = query.is_some_and(|query| query == "start_time=0");
    let articles = if is_first { vec![article(31, false, None), article(32, true, None), article(33, false, Some(9))] } else { Vec::new() };
    Json(json!({ "articles": articles, "next_page": is_first.then_some("https://shop.example/next"), "end_time": 1_793_631_600 }))
}

async fn changed(State(fake): State<FakeZendesk>) -> Json<Value> {
    Json(json!({ "tickets": [ticket(&fake)], "after_cursor": "x", "end_of_stream": true }))
}
