//! The crate's client over our transport.

use crate::language_model::openai::config::EndpointConfig;
use crate::language_model::openai::recorder::Recorder;
use crate::language_model::openai::settings::Endpoint;
use crate::language_model::openai::transport::Transport;
use async_openai::Client;
use reqwest::redirect::Policy;
use std::sync::Arc;
use std::time::Duration;

/// The endpoint cannot be used as it is configured.
#[derive(Debug, thiserror::Error)]
pub enum EndpointError {
    /// The client cannot be made.
    #[error("no HTTP client for {base_url}: {problem}")]
    Client {
        /// The endpoint.
        base_url: String,
        /// What went wrong.
        problem: String,
    },
    /// The key is no key.
    #[error("the key for {base_url} has a line break or another character that no header takes: write it anew")]
    Key {
        /// The endpoint.
        base_url: String,
    },
    /// The cassette cannot be written.
    #[error("the cassette {path} cannot be written: {problem}")]
    Cassette {
        /// The file.
        path: String,
        /// What went wrong.
        problem: std::io::Error,
    },
}

/// A client of this endpoint. Redirects are not followed: a key goes to the host it was given for.
pub fn client(endpoint: &Endpoint) -> Result<Client<EndpointConfig>, EndpointError> {
    // Whoever comes first installs the one provider; a second call changes nothing.
    drop(rustls::crypto::ring::default_provider().install_default());
    let problem = |error: reqwest::Error| EndpointError::Client { base_url: endpoint.base_url.clone(), problem: error.to_string() };
    let limits = &endpoint.limits;
    let mut builder = reqwest::Client::builder()
        .connect_timeout(Duration::from_millis(limits.connect_timeout_ms))
        .pool_max_idle_per_host(limits.concurrency_max)
        .redirect(Policy::none())
        .no_proxy();
    if !endpoint.proxy.is_empty() {
        builder = builder.proxy(reqwest::Proxy::all(&endpoint.proxy).map_err(problem)?);
    }
    let http = builder.build().map_err(problem)?;
    let recorder = match &endpoint.record {
        None => None,
        Some(path) => {
            let opened = Recorder::open(path, endpoint.key.clone());
            Some(Arc::new(opened.map_err(|problem| EndpointError::Cassette { path: path.display().to_string(), problem })?))
        }
    };
    let transport = Transport { client: http.clone(), limits: limits.clone(), recorder };
    let config = EndpointConfig::of(endpoint).ok_or_else(|| EndpointError::Key { base_url: endpoint.base_url.clone() })?;
    let service = tower::service_fn(move |factory| transport.clone().send(factory));
    Ok(Client::build(http, config).with_http_service(service))
}
