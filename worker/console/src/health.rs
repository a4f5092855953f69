//! `/healthz`: the process is alive. `/readyz`: it can do its work, or why not, one dependency after the other. `/metrics`: counts.

use crate::dependency::Dependency;
use crate::inbox_depth::InboxDepth;
use adapters::telemetry::metrics::{CONTENT_TYPE, Metrics};
use adapters::telemetry::standing::Standing;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Json, Router};
use runtime::ports::clock::Clock;
use runtime::ports::records::Records;
use serde_json::{Map, Value, json};
use std::sync::Arc;
use std::time::Duration;

/// A dependency that says nothing within so many milliseconds is down.
pub const CHECK_TIMEOUT_MS: u64 = 2_000;

/// What operators are shown.
#[derive(Clone)]
pub struct Operators {
    /// The ledger, read for people.
    pub records: Arc<dyn Records>,
    /// Everything that must be there, the ledger aside.
    pub dependencies: Vec<Arc<dyn Dependency>>,
    /// What was counted.
    pub metrics: Arc<Metrics>,
    /// What waits before the ledger, where there is an inbox.
    pub inbox: Option<Arc<dyn InboxDepth>>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
}

/// The routes for operators.
pub fn router(operators: Operators) -> Router {
    Router::new().route("/healthz", get(healthz)).route("/readyz", get(readyz)).route("/metrics", get(metrics)).with_state(operators)
}

async fn healthz() -> Json<Value> {
    Json(json!({ "alive": true }))
}

async fn readyz(State(operators): State<Operators>) -> (StatusCode, Json<Value>) {
    let checks: Vec<_> = operators.dependencies.iter().cloned().map(|one| (one.name(), tokio::spawn(bounded(one)))).collect();
    let limit = Duration::from_millis(CHECK_TIMEOUT_MS);
    let status = tokio::time::timeout(limit, operators.records.status()).await;
    let mut is_ready = true;
    let mut said = Map::new();
    let mut say = |name: &str, result: Result<String, String>| {
        is_ready &= result.is_ok();
        let (Ok(says) | Err(says)) = &result;
        said.insert(name.to_owned(), json!({ "ok": result.is_ok(), "says": says }));
    };
    let (mut paused, mut waiting) = (None, None);
    say(
        "ledger",
        match status {
            Ok(Ok(status)) => {
                (paused, waiting) = (Some(status.paused), Some(status.waiting));
                Ok(format!("{} waiting, {} dead letters open", status.waiting, status.dead_letters))
            }
            Ok(Err(error)) => Err(error.to_string()),
            Err(_) => Err(late()),
        },
    );
    for (name, check) in checks {
        say(name, check.await.unwrap_or_else(|_| Err("the check ended with a panic: please report it".to_owned())));
    }
    let code = if is_ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (code, Json(json!({ "ready": is_ready, "paused": paused, "waiting": waiting, "dependencies": said })))
}

async fn bounded(one: Arc<dyn Dependency>) -> Result<String, String> {
    match tokio::time::timeout(Duration::from_millis(CHECK_TIMEOUT_MS), one.check()).await {
        Ok(result) => result,
        Err(_) => Err(late()),
    }
}

fn late() -> String {
    format!("no answer within {CHECK_TIMEOUT_MS} ms")
}

async fn metrics(State(operators): State<Operators>) -> impl IntoResponse {
    let limit = Duration::from_millis(CHECK_TIMEOUT_MS);
    let waiting = async {
        match &operators.inbox {
            Some(inbox) => inbox.waiting().await,
            None => None,
        }
    };
    let (status, inbox_waiting) =
        tokio::join!(tokio::time::timeout(limit, operators.records.status()), tokio::time::timeout(limit, waiting));
    let standing = Standing {
        status: status.ok().and_then(Result::ok),
        inbox_waiting: inbox_waiting.ok().flatten(),
        now_ms: operators.clock.now().as_millisecond(),
    };
    ([(header::CONTENT_TYPE, CONTENT_TYPE)], operators.metrics.text(&standing))
}
