//! Serving: all routes on one address, until the worker stops.

use crate::health::Operators;
use crate::listener::{ConnectionLimits, Connections};
use crate::webhooks::Webhooks;
use crate::{health, webhooks};
use axum::Router;
use std::future::Future;
use tokio::net::TcpListener;

/// All routes: operators' and, where vendors are connected, theirs.
pub fn router(operators: Operators, hooks: Option<Webhooks>) -> Router {
    let operators = health::router(operators);
    match hooks {
        Some(hooks) => operators.merge(webhooks::router(hooks)),
        None => operators,
    }
}

/// Serves until `stopped` is over.
pub async fn serve(
    listener: TcpListener,
    operators: Operators,
    hooks: Option<Webhooks>,
    stopped: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let connections = Connections::new(listener, ConnectionLimits::default());
    axum::serve(connections, router(operators, hooks)).with_graceful_shutdown(stopped).await
}
