//! How Chatwoot is reached.

use crate::helpdesk::rest::{Credentials, Rest};
use crate::http::ClientError;
use crate::secret::Secret;
use serde::{Deserialize, Serialize};

/// The vendor's name in errors.
pub const VENDOR: &str = "Chatwoot";

/// How Chatwoot is reached.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChatwootSettings {
    /// The account's number.
    pub account: u64,
    /// Of a user of its own (a bot's token may not touch labels).
    pub access_token: Secret,
    /// Of the webhook, in releases that sign.
    pub webhook_secret: Secret,
    /// The last part of the webhook's path, in releases that do not.
    pub path_secret: Secret,
    /// Where it is.
    pub base_url: String,
}

/// Calls of this account.
pub fn rest(settings: &ChatwootSettings) -> Result<Rest, ClientError> {
    let credentials = Credentials::Header("api_access_token", settings.access_token.clone());
    Rest::new(VENDOR, &settings.base_url, credentials, Vec::new(), |_| None)
}
