//! A phone network that speaks as Twilio does, in real time: it records what customers receive, answers 429 with Retry-After, 500 with
//! or without having taken the message, takes it and is silent, lists it only after a while, and calls back late, twice and out of order.

use crate::calls::from_twilio;
use crate::fakes::twilio::{ACCOUNT, TOKEN};
use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::net::TcpListener;
use triage::random::Random;

/// The list shows a message after so long, in milliseconds.
pub const LAG_MS: u64 = 1_500;
/// It is silent for so long, in milliseconds: longer than the worker waits.
pub const SILENT_MS: u64 = 4_000;
/// A call back comes so late at most, in milliseconds.
pub const CALL_BACK_MS_MAX: usize = 3_000;

/// One SMS that a customer has received.
#[derive(Clone)]
pub struct Received {
    /// The customer.
    pub to: String,
    /// The worker's key of the send.
    pub key: String,
    /// When.
    pub at: Instant,
}

struct Message {
    json: Value,
    listed_at: Instant,
}

struct Inner {
    messages: Vec<Message>,
    received: Vec<Received>,
    faults: BTreeMap<&'static str, u64>,
    random: Random,
    fault_sides: usize,
}

/// The network.
#[derive(Clone)]
pub struct Phone {
    inner: Arc<Mutex<Inner>>,
    http: reqwest::Client,
}

impl Phone {
    /// One call in `fault_sides` goes wrong; none when it is 0.
    pub fn new(seed: u64, fault_sides: usize) -> Self {
        let (messages, received, faults, random) = (Vec::new(), Vec::new(), BTreeMap::new(), Random::seeded(seed));
        // Making one of the program's own clients installs what every client needs.
        let _installed = adapters::http::client();
        let inner = Arc::new(Mutex::new(Inner { messages, received, faults, random, fault_sides }));
        Phone { inner, http: reqwest::Client::builder().no_proxy().build().unwrap_or_default() }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Everything that customers have received.
    pub fn received(&self) -> Vec<Received> {
        self.inner().received.clone()
    }

    /// What went wrong, and how often.
    pub fn faults(&self) -> BTreeMap<&'static str, u64> {
        self.inner().faults.clone()
    }

    /// From now on nothing goes wrong.
    pub fn heal(&self) {
        self.inner().fault_sides = 0;
    }

    /// A customer writes. Returns the id.
    pub fn write(&self, from: &str, to: &str, text: &str) -> String {
        self.inner().add(from, to, text, "inbound", "received")
    }

    /// Serves. Returns the address.
    pub async fn serve(&self) -> std::io::Result<SocketAddr> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let list = "/2010-04-01/Accounts/{account}/Messages.json";
        let one = "/2010-04-01/Accounts/{account}/Messages/{sid}";
        let router = Router::new().route(list, get(listed).post(sent)).route(one, get(shown)).with_state(self.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(address)
    }

    /// What became of a message, in any order, some of it twice, some of it late.
    fn call_back(&self, url: &str, sid: &str) {
        let Some((base, path)) = url.find("/webhooks").map(|at| url.split_at(at)) else { return };
        for status in ["queued", "sent", "delivered", "delivered"] {
            let ms = self.inner().random.below(CALL_BACK_MS_MAX);
            let (base, path, sid, http) = (base.to_owned(), path.to_owned(), sid.to_owned(), self.http.clone());
            tokio::spawn(async move {
                tokio::time::sleep(Duration::from_millis(u64::try_from(ms).unwrap_or(0))).await;
                let fields = [("MessageSid", sid.as_str()), ("AccountSid", ACCOUNT), ("MessageStatus", status)];
                let call = from_twilio(TOKEN, &base, &path, &fields);
                let mut request = http.post(format!("{base}{path}")).body(call.body);
                for (name, value) in &call.headers {
                    request = request.header(name, value);
                }
                // Nobody calls back again when nobody is there.
                let _unheard = request.send().await;
            });
        }
    }
}

impl Inner {
    fn add(&mut self, from: &str, to: &str, text: &str, direction: &str, status: &str) -> String {
        let sid = format!("SM{:032x}", self.messages.len() + 1);
        let created = jiff::fmt::rfc2822::to_string(&Timestamp::now().to_zoned(TimeZone::UTC)).unwrap_or_default();
        let json = json!({
            "sid": sid, "from": from, "to": to, "body": text, "direction": direction, "status": status, "date_created": created,
            "account_sid": ACCOUNT, "num_segments": "1", "price": null, "price_unit": "USD", "error_code": null
        });
        self.messages.push(Message { json, listed_at: Instant::now() + Duration::from_millis(LAG_MS) });
        sid
    }

    fn fault(&mut self) -> Option<&'static str> {
        if self.fault_sides == 0 || self.random.below(self.fault_sides) > 0 {
            return None;
        }
        let kinds = ["429 with Retry-After", "500, not taken", "500, taken", "silent, taken", "200 without an id, taken"];
        let kind = kinds[self.random.below(kinds.len())];
        *self.faults.entry(kind).or_default() += 1;
        Some(kind)
    }
}

fn error(status: StatusCode, code: u32) -> Response {
    (status, Json(json!({ "code": code, "message": "placed fault", "status": status.as_u16() }))).into_response()
}

async fn sent(State(phone): State<Phone>, body: Bytes) -> Response {
    let form: BTreeMap<String, String> =
        form_urlencoded::parse(&body).map(|(name, value)| (name.into_owned(), value.into_owned())).collect();
    let of = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
    let (fault, sid) = {
        let mut inner = phone.inner();
        let fault = inner.fault();
        match fault {
            Some("429 with Retry-After") => {
                let mut answer = error(StatusCode::TOO_MANY_REQUESTS, 20429);
                answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
                return answer;
            }
            Some("500, not taken") => return error(StatusCode::INTERNAL_SERVER_ERROR, 20500),
            Some(_) | None => {}
        }
        let sid = inner.add(of("From"), of("To"), of("Body"), "outbound-api", "queued");
        let key = of("StatusCallback").rsplit_once("send=").map(|(_, token)| token.rsplit_once('.').map_or(token, |(key, _)| key));
        inner.received.push(Received { to: of("To").to_owned(), key: key.unwrap_or_default().to_owned(), at: Instant::now() });
        (fault, sid)
    };
    phone.call_back(of("StatusCallback"), &sid);
    match fault {
        Some("500, taken") => error(StatusCode::INTERNAL_SERVER_ERROR, 20500),
        Some("200 without an id, taken") => (StatusCode::CREATED, Json(json!({ "status": "queued" }))).into_response(),
        silent => {
            if silent.is_some() {
                tokio::time::sleep(Duration::from_millis(SILENT_MS)).await;
            }
            (StatusCode::CREATED, Json(json!({ "sid": sid, "status": "queued" }))).into_response()
        }
    }
}

/// Newest first, in pages.
async fn listed(State(phone): State<Phone>, RawQuery(query): RawQuery) -> Json<Value> {
    let query = query.unwrap_or_default();
    let query: BTreeMap<String, String> =
        form_urlencoded::parse(query.as_bytes()).map(|(name, value)| (name.into_owned(), value.into_owned())).collect();
    let number = |name: &str| query.get(name).and_then(|text| text.parse::<usize>().ok());
    let (page, size) = (number("Page").unwrap_or(0), number("PageSize").unwrap_or(50).max(1));
    let inner = phone.inner();
    let is_wanted =
        |message: &&Message| message.listed_at <= Instant::now() && query.get("To").is_none_or(|to| message.json["to"] == to.as_str());
    let mut wanted = inner.messages.iter().rev().filter(is_wanted).skip(page * size);
    let shown: Vec<Value> = wanted.by_ref().take(size).map(|message| message.json.clone()).collect();
    let mut form = form_urlencoded::Serializer::new(String::new());
    query.iter().filter(|(name, _)| *name != "Page").for_each(|(name, value)| {
        form.append_pair(name, value);
    });
    form.append_pair("Page", &(page + 1).to_string());
    let next = wanted.next().map(|_| format!("/2010-04-01/Accounts/{ACCOUNT}/Messages.json?{}", form.finish()));
    Json(json!({ "messages": shown, "next_page_uri": next }))
}

/// One message, without a price.
async fn shown(State(phone): State<Phone>, Path((_, sid)): Path<(String, String)>) -> Response {
    let inner = phone.inner();
    let found = inner.messages.iter().find(|message| message.json["sid"] == sid.trim_end_matches(".json"));
    found.map_or_else(|| error(StatusCode::NOT_FOUND, 20404), |message| Json(message.json.clone()).into_response())
}
