//! A phone network that speaks as Twilio does.

use adapters::clock::manual::ManualClock;
use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use jiff::tz::TimeZone;
use runtime::ports::clock::Clock;
use serde_json::{Value, json};
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

/// The account of the tests.
pub const ACCOUNT: &str = "AC0123456789abcdef0123456789abcdef";
/// Its token.
pub const TOKEN: &str = "12345678901234567890123456789012";

/// How a send goes wrong.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fault {
    /// It is taken, but the answer is lost on the way.
    AnswerLost,
    /// It is not taken, with an error code.
    Refused(u32),
    /// Too many at once.
    TooMany,
    /// Nothing is taken and nobody says so.
    Lost,
}

/// What it has.
#[derive(Clone)]
pub struct FakeTwilio {
    clock: Arc<ManualClock>,
    messages: Arc<Mutex<Vec<Value>>>,
    forms: Arc<Mutex<Vec<BTreeMap<String, String>>>>,
    faults: Arc<Mutex<VecDeque<Fault>>>,
}

impl FakeTwilio {
    /// One with nothing in it.
    pub fn new(clock: Arc<ManualClock>) -> Self {
        FakeTwilio { clock, messages: Arc::default(), forms: Arc::default(), faults: Arc::default() }
    }

    /// The next sends go wrong in this way, one after the other.
    pub fn fail(&self, faults: &[Fault]) {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner).extend(faults);
    }

    /// Every form that came, as it came.
    pub fn forms(&self) -> Vec<BTreeMap<String, String>> {
        self.forms.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What customers have received, in its order.
    pub fn received(&self) -> Vec<String> {
        let messages = self.messages.lock().unwrap_or_else(PoisonError::into_inner);
        let sent = messages.iter().filter(|message| message["direction"] != "inbound");
        sent.filter_map(|message| message["body"].as_str().map(str::to_owned)).collect()
    }

    /// The id of the newest message.
    pub fn newest(&self) -> String {
        let messages = self.messages.lock().unwrap_or_else(PoisonError::into_inner);
        messages.last().and_then(|message| message["sid"].as_str()).unwrap_or_default().to_owned()
    }

    /// A customer writes. No webhook is called: that is the test's business. Returns the id.
    pub fn write(&self, from: &str, to: &str, text: &str) -> String {
        self.add(from, to, text, "inbound", "received")
    }

    /// A message is deleted, as the account's owner may do. Its place stays empty.
    pub fn delete(&self, sid: &str) {
        let mut messages = self.messages.lock().unwrap_or_else(PoisonError::into_inner);
        messages.iter_mut().filter(|message| message["sid"] == sid).for_each(|message| *message = Value::Null);
    }

    fn add(&self, from: &str, to: &str, text: &str, direction: &str, status: &str) -> String {
        let mut messages = self.messages.lock().unwrap_or_else(PoisonError::into_inner);
        let sid = format!("SM{:032x}", messages.len() + 1);
        let created = self.clock.now().to_zoned(TimeZone::UTC);
        let created = jiff::fmt::rfc2822::to_string(&created).unwrap_or_default();
        let uri = format!("/2010-04-01/Accounts/{ACCOUNT}/Messages/{sid}.json");
        messages.push(json!({
            "account_sid": ACCOUNT, "api_version": "2010-04-01", "body": text, "date_created": created, "date_sent": null,
            "date_updated": created, "direction": direction, "error_code": null, "error_message": null, "from": from,
            "messaging_service_sid": null, "num_media": "0", "num_segments": "1", "price": null, "price_unit": "USD", "sid": sid,
            "status": status, "subresource_uris": {}, "to": to, "uri": uri
        }));
        sid
    }

    /// Serves. Returns the address.
    pub async fn serve(&self) -> std::io::Result<String> {
        let list = "/2010-04-01/Accounts/{account}/Messages.json";
        let one = "/2010-04-01/Accounts/{account}/Messages/{sid}";
        super::serve(Router::new().route(list, get(listed).post(sent)).route(one, get(shown)).with_state(self.clone())).await
    }
}

fn error(status: StatusCode, code: u32) -> (StatusCode, Json<Value>) {
    let more = format!("https://www.twilio.com/docs/errors/{code}");
    (status, Json(json!({ "code": code, "message": "refused", "more_info": more, "status": status.as_u16() })))
}

async fn sent(State(fake): State<FakeTwilio>, body: Bytes) -> (StatusCode, Json<Value>) {
    let form: BTreeMap<String, String> =
        form_urlencoded::parse(&body).map(|(name, value)| (name.into_owned(), value.into_owned())).collect();
    fake.forms.lock().unwrap_or_else(PoisonError::into_inner).push(form.clone());
    let fault = fake.faults.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
    match fault {
        Some(Fault::Refused(code)) => return error(StatusCode::BAD_REQUEST, code),
        Some(Fault::TooMany) => return error(StatusCode::TOO_MANY_REQUESTS, 20429),
        Some(Fault::Lost) => return error(StatusCode::GATEWAY_TIMEOUT, 20504),
        Some(Fault::AnswerLost) | None => {}
    }
    let of = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
    let sid = fake.add(of("From"), of("To"), of("Body"), "outbound-api", "queued");
    if fault.is_some() {
        return error(StatusCode::GATEWAY_TIMEOUT, 20504);
    }
    (StatusCode::CREATED, Json(found(&fake, &sid).unwrap_or(Value::Null)))
}

fn found(fake: &FakeTwilio, sid: &str) -> Option<Value> {
    let messages = fake.messages.lock().unwrap_or_else(PoisonError::into_inner);
    messages.iter().find(|message| message["sid"] == sid).cloned()
}

async fn shown(State(fake): State<FakeTwilio>, Path((_, sid)): Path<(String, String)>) -> (StatusCode, Json<Value>) {
    match found(&fake, sid.trim_end_matches(".json")) {
        Some(mut message) => {
            message["price"] = Value::from("-0.00790");
            message["status"] = Value::from("delivered");
            (StatusCode::OK, Json(message))
        }
        None => error(StatusCode::NOT_FOUND, 20404),
    }
}

/// Newest first, two to a page, so that pages are turned.
async fn listed(State(fake): State<FakeTwilio>, Path(account): Path<String>, RawQuery(query): RawQuery) -> Json<Value> {
    let query = query.unwrap_or_default();
    let query: BTreeMap<String, String> =
        form_urlencoded::parse(query.as_bytes()).map(|(name, value)| (name.into_owned(), value.into_owned())).collect();
    let messages = fake.messages.lock().unwrap_or_else(PoisonError::into_inner);
    let wanted = |message: &&Value| !message.is_null() && query.get("To").is_none_or(|to| message["to"] == to.as_str());
    let all: Vec<&Value> = messages.iter().rev().filter(wanted).collect();
    let page: usize = query.get("Page").and_then(|page| page.parse().ok()).unwrap_or(0);
    let shown: Vec<&Value> = all.iter().skip(page * 2).take(2).copied().collect();
    let path = format!("/2010-04-01/Accounts/{account}/Messages.json");
    let to = query.get("To").map(|to| format!("&To={}", to.replace('+', "%2B"))).unwrap_or_default();
    let next = (all.len() > (page + 1) * 2).then(|| format!("{path}?PageSize=2&Page={}{to}", page + 1));
    Json(json!({
        "messages": shown, "page": page, "page_size": 2, "start": page * 2, "end": page * 2 + 1, "first_page_uri": path,
        "next_page_uri": next, "previous_page_uri": null, "uri": path
    }))
}
