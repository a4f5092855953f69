//! Intercom's REST API, with its version pinned.

use crate::helpdesk::rest::{Credentials, Rest};
use crate::http::ClientError;
use crate::secret::Secret;
use serde::{Deserialize, Serialize};

/// The version of the API that this adapter is written for.
pub const VERSION: &str = "2.16";
/// The vendor's name in errors.
pub const VENDOR: &str = "Intercom";

/// How Intercom is reached.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IntercomSettings {
    /// Of the app.
    pub access_token: Secret,
    /// Of the app; it signs webhooks.
    pub client_secret: Secret,
    /// The workspace; empty for whichever the app is installed in.
    pub app_id: String,
    /// The seat that Whimbrel writes with; empty for the one that the token belongs to.
    pub admin_id: String,
    /// Whimbrel stands down in a conversation that is assigned to a person.
    pub stand_down_when_assigned: bool,
    /// `https://api.intercom.io`, or `.eu.` or `.au.`.
    pub base_url: String,
}

/// Calls of this workspace.
pub fn rest(settings: &IntercomSettings) -> Result<Rest, ClientError> {
    let credentials = Credentials::Bearer(settings.access_token.clone());
    let headers = vec![("Intercom-Version", VERSION)];
    Rest::new(VENDOR, &settings.base_url, credentials, headers, |error| error["errors"][0]["code"].as_str())
}
