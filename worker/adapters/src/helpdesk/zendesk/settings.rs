//! How Zendesk is reached.

use crate::helpdesk::rest::{Credentials, Rest};
use crate::http::ClientError;
use crate::secret::Secret;
use serde::{Deserialize, Serialize};

/// The vendor's name in errors.
pub const VENDOR: &str = "Zendesk";

/// How Zendesk is reached.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ZendeskSettings {
    /// The address of the agent that Whimbrel writes as.
    pub email: String,
    /// Of that agent.
    pub api_token: Secret,
    /// Of the webhook.
    pub signing_secret: Secret,
    /// Tickets of this channel are answered (`via.channel`).
    pub channel: String,
    /// `https://{subdomain}.zendesk.com`.
    pub base_url: String,
}

/// Calls of this account. The word `/token` behind the address says that the password is a token.
pub fn rest(settings: &ZendeskSettings) -> Result<Rest, ClientError> {
    let credentials = Credentials::Basic(format!("{}/token", settings.email), settings.api_token.clone());
    Rest::new(VENDOR, &settings.base_url, credentials, Vec::new(), |error| error["error"].as_str())
}
