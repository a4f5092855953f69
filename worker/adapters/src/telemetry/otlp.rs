//! Traces by OTLP over HTTP: one span a turn and one an effect, with ids only.

use crate::http;
use opentelemetry::KeyValue;
use opentelemetry::trace::TracerProvider;
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::{OTelSdkError, OTelSdkResult};
use opentelemetry_sdk::trace::{SdkTracerProvider, SpanData, SpanExporter as Export};
use std::sync::Arc;
use tokio::runtime::Handle;
use tracing::Subscriber;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::registry::LookupSpan;

/// What the traces are filed under.
const SERVICE: &str = "whimbrel";
/// Where a collector takes traces, below its address.
const TRACES_PATH: &str = "/v1/traces";
/// Spans of this crate are traced; what others say could hold anything.
const TRACED: &str = "runtime";

/// Traces cannot be sent.
#[derive(Debug, thiserror::Error)]
#[error("no traces to {endpoint}: {problem}")]
pub struct TracesError {
    /// The collector.
    pub endpoint: String,
    /// What went wrong.
    pub problem: String,
}

/// Sends spans in batches, beside the work. A collector that is down costs spans and nothing else.
pub struct Traces {
    provider: SdkTracerProvider,
}

impl Traces {
    /// Traces of this worker to a collector, such as `http://127.0.0.1:4318`.
    pub fn to(endpoint: &str, worker: &str, runtime: Handle) -> Result<Self, TracesError> {
        let error = |problem: String| TracesError { endpoint: endpoint.to_owned(), problem };
        let client = http::client().map_err(|problem| error(problem.to_string()))?;
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(client)
            .with_protocol(Protocol::HttpBinary)
            .with_endpoint(format!("{}{TRACES_PATH}", endpoint.trim_end_matches('/')))
            .build()
            .map_err(|problem| error(problem.to_string()))?;
        let resource =
            Resource::builder().with_service_name(SERVICE).with_attribute(KeyValue::new("service.instance.id", worker.to_owned())).build();
        let exporter = OnRuntime { inner: Arc::new(exporter), runtime };
        Ok(Traces { provider: SdkTracerProvider::builder().with_resource(resource).with_batch_exporter(exporter).build() })
    }

    /// Hears the worker's spans.
    pub fn layer<S>(&self) -> impl Layer<S> + Send + Sync + use<S>
    where
        S: Subscriber + for<'span> LookupSpan<'span> + Send + Sync,
    {
        tracing_opentelemetry::layer()
            .with_tracer(self.provider.tracer(SERVICE))
            .with_location(false)
            .with_threads(false)
            .with_tracked_inactivity(false)
            .with_filter(filter_fn(|metadata| metadata.is_span() && metadata.target().starts_with(TRACED)))
    }

    /// Sends what is left. Blocks for a moment: call it when the work is over, from outside of the runtime.
    pub fn finish(&self) {
        if let Err(problem) = self.provider.shutdown() {
            tracing::warn!(%problem, "the last traces were not sent");
        }
    }
}

/// The batches are handed out on a thread of their own; the HTTP client wants the runtime's.
#[derive(Debug)]
struct OnRuntime {
    inner: Arc<SpanExporter>,
    runtime: Handle,
}

impl Export for OnRuntime {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let inner = self.inner.clone();
        let sending = self.runtime.spawn(async move { inner.export(batch).await });
        sending.await.unwrap_or_else(|_| Err(OTelSdkError::InternalFailure("sending traces was cut short".to_owned())))
    }

    fn set_resource(&mut self, resource: &Resource) {
        if let Some(inner) = Arc::get_mut(&mut self.inner) {
            inner.set_resource(resource);
        }
    }
}
