//! Where the crate's client sends and what it says of us. The crate's own configuration would read the environment and stop the program
//! at a key that is no header.

use crate::language_model::openai::settings::Endpoint;
use async_openai::config::Config;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use secrecy::SecretString;

/// Base address and key.
#[derive(Clone)]
pub struct EndpointConfig {
    base_url: String,
    key: SecretString,
    headers: HeaderMap,
}

impl EndpointConfig {
    /// Of an endpoint; none when its key has characters that no header takes.
    pub fn of(endpoint: &Endpoint) -> Option<Self> {
        let mut headers = HeaderMap::new();
        let key = endpoint.key.reveal();
        if !key.is_empty() {
            let mut value = HeaderValue::from_str(&format!("Bearer {key}")).ok()?;
            value.set_sensitive(true);
            headers.insert(AUTHORIZATION, value);
        }
        Some(EndpointConfig { base_url: endpoint.base_url.clone(), key: SecretString::from(key.to_owned()), headers })
    }
}

impl Config for EndpointConfig {
    fn headers(&self) -> HeaderMap {
        self.headers.clone()
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base_url)
    }

    fn query(&self) -> Vec<(&str, &str)> {
        Vec::new()
    }

    fn api_base(&self) -> &str {
        &self.base_url
    }

    fn api_key(&self) -> &SecretString {
        &self.key
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::Secret;

    #[test]
    fn a_key_becomes_a_header_or_is_refused() {
        let with = |key: &str| EndpointConfig::of(&Endpoint { key: Secret::new(key), ..Endpoint::at("http://127.0.0.1:1/v1/") });
        let config = with("sk-1").unwrap();
        assert_eq!(config.url("/models"), "http://127.0.0.1:1/v1/models");
        assert_eq!(config.headers()[AUTHORIZATION], "Bearer sk-1");
        assert!(with("").unwrap().headers().is_empty(), "an endpoint of one's own needs no key");
        assert!(with("two\nlines").is_none());
    }
}
