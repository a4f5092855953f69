//! Cassettes played back: what an endpoint once said, to whoever asks the same.

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::net::TcpListener;

/// One exchange.
struct Exchange {
    request: Value,
    status: u16,
    response: Value,
}

/// A server that knows nothing but a cassette; it ends with the runtime.
pub struct Player {
    /// What `base_url` is.
    pub url: String,
    left: Arc<Mutex<Vec<Exchange>>>,
}

impl Player {
    /// Plays a file of exchanges, each to one request that is the same.
    pub async fn of(file: &Path) -> anyhow::Result<Self> {
        let mut exchanges = Vec::new();
        for line in std::fs::read_to_string(file)?.lines() {
            let mut line: Value = serde_json::from_str(line)?;
            let status = line["status"].as_u64().and_then(|status| u16::try_from(status).ok()).unwrap_or(500);
            exchanges.push(Exchange { request: line["request"].take(), status, response: line["response"].take() });
        }
        let left = Arc::new(Mutex::new(exchanges));
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}/v1", listener.local_addr()?);
        let router = Router::new().fallback(play).with_state(left.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(Player { url, left })
    }

    /// Exchanges that nobody has asked for yet.
    pub fn left(&self) -> usize {
        self.left.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}

async fn play(State(left): State<Arc<Mutex<Vec<Exchange>>>>, body: Bytes) -> Response {
    let asked: Value = serde_json::from_slice(&body).unwrap_or(Value::Null);
    let mut left = left.lock().unwrap_or_else(PoisonError::into_inner);
    let Some(place) = left.iter().position(|exchange| exchange.request == asked) else {
        return (StatusCode::BAD_REQUEST, r#"{"error":{"message":"not on the cassette","type":"invalid_request_error"}}"#).into_response();
    };
    let Exchange { status, response, .. } = left.remove(place);
    let body = if let Value::String(text) = response { text } else { response.to_string() };
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
    (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}
