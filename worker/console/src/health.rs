//! `/healthz`: the process is alive. `/readyz`: it can do its work, or why not.

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use runtime::ports::records::Records;
use serde_json::{Value, json};
use std::future::Future;
use std::sync::Arc;
use tokio::net::TcpListener;

/// The console's routes.
pub fn router(records: Arc<dyn Records>) -> Router {
    Router::new().route("/healthz", get(healthz)).route("/readyz", get(readyz)).with_state(records)
}

/// Serves the console until `stopped` is over.
pub async fn serve(
    listener: TcpListener,
    records: Arc<dyn Records>,
    stopped: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    axum::serve(listener, router(records)).with_graceful_shutdown(stopped).await
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
