//! `/healthz`: the process is alive. `/readyz`: it can do its work, or why not.

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use runtime::ports::records::Records;
use serde_json::{Value, json};
use std::sync::Arc;

/// The routes for operators.
pub fn router(records: Arc<dyn Records>) -> Router {
    Router::new().route("/healthz", get(healthz)).route("/readyz", get(readyz)).with_state(records)
}

async fn healthz() -> Json<Value> {
    Json(json!({ "alive": true }))
}

async fn readyz(State(records): State<Arc<dyn Records>>) -> (StatusCode, Json<Value>) {
    match records.status().await {
        Ok(status) => (StatusCode::OK, Json(json!({ "ready": true, "paused": status.paused, "waiting": status.waiting }))),
        Err(error) => (StatusCode::SERVICE_UNAVAILABLE, Json(json!({ "ready": false, "ledger": error.to_string() }))),
    }
}
