//! JSON calls of a helpdesk, with its credentials.

use super::desk_error::{refused, strange, unanswered};
use crate::http::{self, ClientError};
use crate::secret::Secret;
use reqwest::Method;
use runtime::ports::helpdesk::HelpdeskError;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// How a call says who calls.
#[derive(Clone)]
pub enum Credentials {
    /// `Authorization: Bearer …`.
    Bearer(Secret),
    /// User and password.
    Basic(String, Secret),
    /// A header of the vendor's own.
    Header(&'static str, Secret),
}

/// Calls one vendor.
#[derive(Clone)]
pub struct Rest {
    /// For errors.
    pub vendor: &'static str,
    base_url: String,
    credentials: Credentials,
    /// Headers that every call carries.
    headers: Vec<(&'static str, &'static str)>,
    /// Where the vendor's own code stands in an error.
    code: fn(&Value) -> Option<&str>,
    http: reqwest::Client,
}

impl Rest {
    /// A client of this vendor.
    pub fn new(
        vendor: &'static str,
        base_url: &str,
        credentials: Credentials,
        headers: Vec<(&'static str, &'static str)>,
        code: fn(&Value) -> Option<&str>,
    ) -> Result<Self, ClientError> {
        let base_url = base_url.trim_end_matches('/').to_owned();
        Ok(Rest { vendor, base_url, credentials, headers, code, http: http::client()? })
    }

    /// Reads.
    pub async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, HelpdeskError> {
        self.call(Method::GET, path, None, false).await
    }

    /// Searches: a POST that changes nothing.
    pub async fn search<T: DeserializeOwned>(&self, path: &str, body: &Value) -> Result<T, HelpdeskError> {
        self.call(Method::POST, path, Some(body), false).await
    }

    /// Changes something.
    pub async fn write(&self, method: Method, path: &str, body: &Value) -> Result<Value, HelpdeskError> {
        self.call(method, path, Some(body), true).await
    }

    async fn call<T: DeserializeOwned>(&self, method: Method, path: &str, body: Option<&Value>, writes: bool) -> Result<T, HelpdeskError> {
        let mut request = self.http.request(method, format!("{}{path}", self.base_url)).header("Accept", "application/json");
        request = match &self.credentials {
            Credentials::Bearer(token) => request.bearer_auth(token.reveal()),
            Credentials::Basic(user, password) => request.basic_auth(user, Some(password.reveal())),
            Credentials::Header(name, value) => request.header(*name, value.reveal()),
        };
        for (name, value) in &self.headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = http::call(request).await.map_err(|error| unanswered(self.vendor, error, writes))?;
        if !answer.is_success() {
            return Err(refused(self.vendor, &answer, (self.code)(&answer.json), writes));
        }
        serde_json::from_value(answer.json).map_err(|_| strange(self.vendor, "answer"))
    }
}
