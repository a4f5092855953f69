//! Logs: to the error stream, for people or machines. Message text and phone numbers are never in them. The same events are counted, and
//! spans go to a collector where one is configured.

use crate::config::{Config, LogFormat};
use adapters::telemetry::counting::{Counting, EVENTS};
use adapters::telemetry::metrics::Metrics;
use adapters::telemetry::otlp::Traces;
use anyhow::Context;
use std::sync::Arc;
use tokio::runtime::Handle;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, Registry};

/// What listens from the start to the end of the program.
pub struct Telemetry {
    /// What was counted.
    pub metrics: Arc<Metrics>,
    traces: Option<Traces>,
}

/// Starts logging, counting and, where it is configured, tracing. What is counted and traced does not depend on what is logged.
pub fn init(config: &Config, runtime: &Handle) -> anyhow::Result<Telemetry> {
    let log = &config.log;
    let filter = EnvFilter::try_new(&log.level)
        .with_context(|| format!("log.level `{}` is no filter: write error, warn, info, debug, trace or `warn,runtime=info`", log.level))?;
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_target(false);
    let lines: Box<dyn Layer<Registry> + Send + Sync> = match log.format {
        LogFormat::Text => lines.compact().boxed(),
        LogFormat::Json => lines.json().flatten_event(true).boxed(),
    };
    let metrics = Arc::new(Metrics::new());
    let counting = Counting::new(metrics.clone()).with_filter(filter_fn(|event| EVENTS.contains(&event.name())));
    let endpoint = &config.telemetry.otlp_endpoint;
    let traces = match endpoint.is_empty() {
        true => None,
        false => Some(Traces::to(endpoint, &config.worker.name, runtime.clone())?),
    };
    let subscriber = tracing_subscriber::registry().with(lines.with_filter(filter)).with(counting);
    let started = subscriber.with(traces.as_ref().map(|traces| traces.layer())).try_init();
    started.map_err(|error| anyhow::anyhow!("logging is already set up: {error}"))?;
    Ok(Telemetry { metrics, traces })
}

impl Telemetry {
    /// Sends the last traces.
    pub fn finish(&self) {
        if let Some(traces) = &self.traces {
            traces.finish();
        }
    }
}
