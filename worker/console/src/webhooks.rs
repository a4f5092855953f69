//! `/webhooks/{vendor}`: the signature is checked over the raw body, what is heard is committed, and only then is it answered. A
//! call that comes again is known by its ids. Nothing is decided, and no vendor is called back from here.
//!
//! | answer | when |
//! |---|---|
//! | 200 | it is committed, or is nothing to us, or is signed and no message (it stands among the dead letters) |
//! | 403 | the signature does not hold; nothing was read |
//! | 404 | this vendor is not connected |
//! | 408 | the body did not come in time |
//! | 413 | the body is too large |
//! | 503 | the ledger could not take it: the vendor tries again, or the sweep fetches it |

use adapters::inbox::spool::Spool;
use axum::Router;
use axum::body::to_bytes;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use runtime::delivery::DeliveryReport;
use runtime::events;
use runtime::inbound::InboundMessage;
use runtime::ports::clock::Clock;
use runtime::ports::inbox::InboxError;
use runtime::ports::ledger::{Ledger, LedgerError, MALFORMED_BYTES_MAX, Malformed, Received};
use runtime::ports::webhook::{Answer, Call, Heard, Refusal, Webhook};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// A body must have come within so many milliseconds.
pub const BODY_TIMEOUT_MS: u64 = 5_000;

/// What webhooks need.
#[derive(Clone)]
pub struct Webhooks {
    /// By the word in the path.
    pub vendors: Arc<BTreeMap<&'static str, Arc<dyn Webhook>>>,
    /// Takes messages and delivery news.
    pub ledger: Arc<dyn Ledger>,
    /// Takes the ids of conversations that are to be read.
    pub notices: Arc<Spool>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// A larger body is refused before it is read.
    pub body_bytes_max: usize,
}

/// It could not be committed.
enum Trouble {
    Ledger(LedgerError),
    Notices(InboxError),
}

impl From<LedgerError> for Trouble {
    fn from(error: LedgerError) -> Self {
        Trouble::Ledger(error)
    }
}

/// The routes of vendors.
pub fn router(hooks: Webhooks) -> Router {
    Router::new().route("/webhooks/{vendor}", any(hear_one)).route("/webhooks/{vendor}/{*rest}", any(hear_more)).with_state(hooks)
}

async fn hear_one(State(hooks): State<Webhooks>, Path(vendor): Path<String>, request: Request) -> Response {
    hear(&hooks, &vendor, request).await
}

async fn hear_more(State(hooks): State<Webhooks>, Path((vendor, _)): Path<(String, String)>, request: Request) -> Response {
    hear(&hooks, &vendor, request).await
}

async fn hear(hooks: &Webhooks, vendor: &str, request: Request) -> Response {
    let Some(webhook) = hooks.vendors.get(vendor) else { return StatusCode::NOT_FOUND.into_response() };
    let (parts, body) = request.into_parts();
    if parts.method != Method::POST && parts.method != Method::GET {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    let reading = to_bytes(body, hooks.body_bytes_max);
    let body = match tokio::time::timeout(Duration::from_millis(BODY_TIMEOUT_MS), reading).await {
        Ok(Ok(body)) => body,
        Ok(Err(_)) => return StatusCode::PAYLOAD_TOO_LARGE.into_response(),
        Err(_) => return StatusCode::REQUEST_TIMEOUT.into_response(),
    };
    let path_and_query = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    let headers = |name: &str| single(&parts.headers, name);
    let call = Call { path_and_query, is_get: parts.method == Method::GET, header: &headers, body: &body };
    let committed = match webhook.hear(&call) {
        Ok(heard) => commit(hooks, heard).await,
        Err(Refusal::Unsigned) => {
            events::unsigned(vendor);
            return StatusCode::FORBIDDEN.into_response();
        }
        // It is theirs, and would be the same again: a person finds it among the dead letters.
        Err(Refusal::Malformed { problem }) => bury(hooks, vendor, &body, &problem).await,
    };
    match committed {
        Ok(()) => answered(webhook.answer()),
        Err(Trouble::Ledger(error)) => unavailable(&error),
        Err(Trouble::Notices(error)) => unavailable(&error),
    }
}

/// A header that is there once: two signatures are none.
fn single(headers: &HeaderMap, name: &str) -> Option<String> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?.to_owned();
    values.next().is_none().then_some(value)
}

async fn commit(hooks: &Webhooks, heard: Vec<Heard>) -> Result<(), Trouble> {
    let mut messages: Vec<InboundMessage> = Vec::new();
    let mut news: Vec<DeliveryReport> = Vec::new();
    let mut consents = Vec::new();
    let mut conversations: Vec<Vec<u8>> = Vec::new();
    for one in heard {
        match one {
            Heard::Message(message) => messages.push(message),
            Heard::Delivery(report) => news.push(report),
            Heard::Consent { cause, customer, company, opted_out } => consents.push((cause, customer, company, opted_out)),
            Heard::Conversation(id) => conversations.push(id.into_bytes()),
        }
    }
    let now = hooks.clock.now();
    if !messages.is_empty() {
        let received = hooks.ledger.receive(&messages, now).await?;
        let new = received.iter().filter(|received| **received == Received::New).count();
        events::received(new, received.len() - new, 0);
    }
    for (cause, customer, company, opted_out) in consents {
        hooks.ledger.note_consent(&cause, &customer, &company, opted_out, now).await?;
    }
    for report in news {
        let noted = hooks.ledger.note_delivery(&report, now).await?;
        events::delivery(&report, noted);
    }
    if !conversations.is_empty() {
        let notices = hooks.notices.clone();
        let put = tokio::task::spawn_blocking(move || notices.put(conversations.into_iter())).await;
        let panicked = || InboxError { problem: "writing a notice ended with a panic: please report it".to_owned(), is_transient: true };
        put.map_err(|_| Trouble::Notices(panicked()))?.map_err(Trouble::Notices)?;
    }
    Ok(())
}

async fn bury(hooks: &Webhooks, vendor: &str, body: &[u8], problem: &str) -> Result<(), Trouble> {
    let payload = body.get(..MALFORMED_BYTES_MAX).unwrap_or(body).to_vec();
    let malformed = Malformed { payload, problem: format!("webhook of {vendor}: {problem}") };
    hooks.ledger.receive_malformed(&[malformed], hooks.clock.now()).await?;
    events::received(0, 0, 1);
    Ok(())
}

fn answered(answer: Answer) -> Response {
    ([(header::CONTENT_TYPE, answer.content_type)], answer.body).into_response()
}

/// The vendor is asked to come again: nothing was acknowledged.
fn unavailable(problem: &dyn std::fmt::Display) -> Response {
    events::failed("webhook", problem);
    (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "5")]).into_response()
}
