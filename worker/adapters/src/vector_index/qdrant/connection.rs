//! Calls of the server: each within its time, and tried again where that may help.

use super::settings::QdrantSettings;
use super::trouble::{self, Trouble, lasting, transient};
use crate::breaker::Breaker;
use knowledge::ports::vector_index::IndexError;
use qdrant_client::qdrant::ChangeAliases;
use qdrant_client::qdrant::collections_client::CollectionsClient;
use qdrant_client::{Qdrant, QdrantError};
use std::future::Future;
use std::time::Duration;
use tokio::time::Instant;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::transport::{Channel, ClientTlsConfig};

/// The header that bears the key.
const API_KEY_HEADER: &str = "api-key";

/// How patient a call is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Pace {
    /// Somebody waits for the answer.
    Read,
    /// Nobody does.
    Write,
}

/// A server, reached when the first call is made.
pub struct Connection {
    /// Makes the calls.
    pub client: Qdrant,
    /// Where, and within which limits.
    pub settings: QdrantSettings,
    key: Option<MetadataValue<Ascii>>,
    breaker: Breaker,
}

impl Connection {
    /// Opens nothing yet.
    pub fn new(settings: QdrantSettings) -> Result<Self, IndexError> {
        let key = match settings.api_key.is_empty() {
            true => None,
            // The client's own message about a damaged key would show it.
            false => Some(settings.api_key.reveal().parse().map_err(|_| lasting("the API key holds signs that no key has"))?),
        };
        let limits = &settings.limits;
        let mut config = Qdrant::from_url(&settings.url)
            .timeout(Duration::from_millis(limits.write_timeout_ms.max(limits.search_timeout_ms)))
            .connect_timeout(Duration::from_millis(limits.connect_timeout_ms))
            .skip_compatibility_check();
        if !settings.api_key.is_empty() {
            config.set_api_key(settings.api_key.reveal());
        }
        let client = config.build().map_err(|error| trouble::of("connect", &error).into_index_error())?;
        let breaker = Breaker::new("index", settings.limits.breaker_failures, Duration::from_millis(settings.limits.breaker_open_ms));
        Ok(Connection { client, settings, key, breaker })
    }

    /// Makes a call until it succeeds, fails for good, was tried often enough, or the server is left alone. `what` names it in errors.
    pub async fn call<T, F>(&self, pace: Pace, what: &'static str, ask: impl Fn() -> F) -> Result<T, Trouble>
    where
        F: Future<Output = Result<T, QdrantError>>,
    {
        let limits = &self.settings.limits;
        let timeout_ms = match pace {
            Pace::Read => limits.search_timeout_ms,
            Pace::Write => limits.write_timeout_ms,
        };
        let mut wait = Duration::from_millis(limits.retry_first_ms);
        let mut attempt = 1;
        loop {
            if !self.breaker.admits(Instant::now()) {
                return Err(transient(format!("{what}: the server gave no answer again and again and is left alone for a moment")).into());
            }
            let trouble = match tokio::time::timeout(Duration::from_millis(timeout_ms), ask()).await {
                Ok(Ok(answer)) => {
                    self.breaker.record(true, Instant::now());
                    return Ok(answer);
                }
                Ok(Err(error)) => trouble::of(what, &error),
                Err(_) => transient(format!("{what}: no answer within {timeout_ms} ms")).into(),
            };
            self.breaker.record(!trouble.is_transient(), Instant::now());
            if attempt >= limits.attempts_max || !trouble.is_transient() {
                return Err(trouble);
            }
            attempt += 1;
            tokio::time::sleep(wait).await;
            wait = wait.saturating_mul(2);
        }
    }

    /// Changes aliases, all of them in one request and so all at once: the client crate sends one action a request, which would
    /// leave a moment with no alias.
    pub async fn change_aliases(&self, change: &ChangeAliases) -> Result<(), Trouble> {
        let limits = &self.settings.limits;
        let uri = self.settings.url.parse().map_err(|_| lasting("index.qdrant.url is no address: write such as http://127.0.0.1:6334"))?;
        let is_tls = self.settings.url.starts_with("https");
        let mut endpoint = Channel::builder(uri)
            .timeout(Duration::from_millis(limits.write_timeout_ms))
            .connect_timeout(Duration::from_millis(limits.connect_timeout_ms));
        if is_tls {
            endpoint = endpoint
                .tls_config(ClientTlsConfig::new().with_native_roots())
                .map_err(|_| lasting("this system has no root certificates for TLS"))?;
        }
        let channel = endpoint.connect().await.map_err(|_| transient("change aliases: the server cannot be reached"))?;
        let mut request = tonic::Request::new(change.clone());
        if let Some(key) = &self.key {
            request.metadata_mut().insert(API_KEY_HEADER, key.clone());
        }
        match CollectionsClient::new(channel).update_aliases(request).await {
            Ok(_) => Ok(()),
            Err(status) => Err(trouble::of_status("change aliases", &status)),
        }
    }

    /// The server's version, such as `1.17.1`.
    pub async fn version(&self) -> Result<String, IndexError> {
        let reply = self.call(Pace::Read, "greet the server", || self.client.health_check()).await;
        reply.map(|reply| reply.version).map_err(Trouble::into_index_error)
    }
}
