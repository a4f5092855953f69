//! Whoever is posted signed JSON: it remembers each key once, and refuses what is not signed.

use adapters::secret::Secret;
use adapters::webhook::generic::{SIGNATURE, TIMESTAMP, sign};
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// The key of the signatures.
pub const SECRET: &str = "shared key";

/// The server.
#[derive(Clone, Default)]
pub struct FakeAddress {
    lines: Arc<Mutex<BTreeMap<String, Value>>>,
}

impl FakeAddress {
    /// What was posted, by its key.
    pub fn lines(&self) -> BTreeMap<String, Value> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Serves. Returns the address.
    pub async fn serve(&self) -> std::io::Result<String> {
        super::serve(Router::new().route("/", post(posted)).with_state(self.clone())).await
    }
}

async fn posted(State(fake): State<FakeAddress>, headers: HeaderMap, body: Bytes) -> Result<Json<Value>, StatusCode> {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if sign(&Secret::new(SECRET), header(TIMESTAMP), &body) != header(SIGNATURE) {
        return Err(StatusCode::FORBIDDEN);
    }
    let line: Value = serde_json::from_slice(&body).map_err(|_| StatusCode::BAD_REQUEST)?;
    let key = header("idempotency-key").to_owned();
    fake.lines.lock().unwrap_or_else(PoisonError::into_inner).insert(key.clone(), line);
    Ok(Json(json!({ "id": format!("theirs-{key}") })))
}
