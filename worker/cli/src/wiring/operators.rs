//! What operators are shown: the dependencies of the configuration, and the counts.

use crate::config::Config;
use crate::config::model::ModelKind;
use crate::home::Home;
use crate::wiring::inbox::{Depth, depth};
use crate::wiring::{Knowledge, model};
use adapters::language_model::openai::probe::reach;
use adapters::language_model::openai::settings::Endpoint;
use adapters::telemetry::metrics::Metrics;
use async_trait::async_trait;
use console::dependency::Dependency;
use console::health::Operators;
use console::inbox_depth::InboxDepth;
use knowledge::feed::Feed;
use runtime::ports::clock::Clock;
use runtime::ports::records::Records;
use std::sync::Arc;

/// Everything that the configuration makes the worker depend on.
pub fn operators(
    config: &Config,
    home: &Home,
    knowledge: &Knowledge,
    records: Arc<dyn Records>,
    metrics: Arc<Metrics>,
    clock: Arc<dyn Clock>,
) -> anyhow::Result<Operators> {
    let inbox = Arc::new(Inbox { config: config.clone(), home: home.clone() });
    let mut dependencies: Vec<Arc<dyn Dependency>> = vec![inbox.clone(), Arc::new(Index { feed: knowledge.feed.clone() })];
    if config.model.kind != ModelKind::None {
        dependencies.push(Arc::new(ModelEndpoint { endpoint: model::endpoint(config, None)? }));
    }
    Ok(Operators { records, dependencies, metrics, inbox: Some(inbox), clock })
}

/// The spool or RabbitMQ.
struct Inbox {
    config: Config,
    home: Home,
}

#[async_trait]
impl InboxDepth for Inbox {
    async fn waiting(&self) -> Option<u64> {
        match depth(&self.config, &self.home).await {
            Depth::Spool { waiting } => Some(waiting),
            Depth::Amqp { depth, .. } => Some(depth.waiting + depth.suspects),
            Depth::Unknown { .. } => None,
        }
    }
}

#[async_trait]
impl Dependency for Inbox {
    fn name(&self) -> &'static str {
        "inbox"
    }

    async fn check(&self) -> Result<String, String> {
        match depth(&self.config, &self.home).await {
            Depth::Spool { waiting } => Ok(format!("{waiting} waiting")),
            known @ Depth::Amqp { .. } => Ok(known.to_string()),
            Depth::Unknown { problem } => Err(problem),
        }
    }
}

/// Store and index.
struct Index {
    feed: Arc<Feed>,
}

#[async_trait]
impl Dependency for Index {
    fn name(&self) -> &'static str {
        "index"
    }

    async fn check(&self) -> Result<String, String> {
        let stands = self.feed.index.revision().await.map_err(|error| error.to_string())?;
        let newest = self.feed.store.revision().await.map_err(|error| error.to_string())?;
        Ok(format!("revision {} of {}", stands.0, newest.0))
    }
}

/// The language model's endpoint.
struct ModelEndpoint {
    endpoint: Endpoint,
}

#[async_trait]
impl Dependency for ModelEndpoint {
    fn name(&self) -> &'static str {
        "model"
    }

    async fn check(&self) -> Result<String, String> {
        let says = format!("{} answers", self.endpoint.base_url);
        reach(&self.endpoint).await.map(|()| says).map_err(|error| format!("{}: {error}", self.endpoint.base_url))
    }
}
