//! Which helpdesk and which phone network, and how they are reached.

use adapters::helpdesk::chatwoot::settings::ChatwootSettings;
use adapters::helpdesk::intercom::client::IntercomSettings;
use adapters::helpdesk::webhook::WebhookSettings;
use adapters::helpdesk::zendesk::settings::ZendeskSettings;
use adapters::secret::Secret;
use adapters::sms_gateway::twilio::TwilioSettings;
use serde::{Deserialize, Serialize};
use triage::phone::PhoneNumber;

/// Which helpdesk.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HelpdeskKind {
    /// Lines in a file.
    File,
    /// Intercom.
    Intercom,
    /// Zendesk.
    Zendesk,
    /// Chatwoot.
    Chatwoot,
    /// Signed JSON to an address.
    Webhook,
}

/// The helpdesk.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HelpdeskConfig {
    /// Which.
    pub kind: HelpdeskKind,
    /// The company's number that customers write to.
    pub phone_number: String,
    /// When it is Intercom.
    pub intercom: IntercomSettings,
    /// When it is Zendesk.
    pub zendesk: ZendeskSettings,
    /// When it is Chatwoot.
    pub chatwoot: ChatwootSettings,
    /// When it is an address.
    pub webhook: WebhookSettings,
}

/// Which phone network.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GatewayKind {
    /// Lines in a file.
    File,
    /// Twilio.
    Twilio,
    /// The helpdesk's own number.
    Helpdesk,
}

/// The phone network.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GatewayConfig {
    /// Which.
    pub kind: GatewayKind,
    /// When it is Twilio.
    pub twilio: TwilioSettings,
}

/// Webhooks in our own format.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GenericConfig {
    /// The key of their signature; empty: not served.
    pub secret: Secret,
    /// The gateway delivers some messages twice under two ids.
    pub doubles: bool,
}

impl HelpdeskConfig {
    /// The company's number.
    pub fn number(&self) -> Option<PhoneNumber> {
        PhoneNumber::parse(&self.phone_number).ok()
    }

    fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        if self.kind == HelpdeskKind::File {
            return faults;
        }
        if self.number().is_none() {
            faults.push(
                "helpdesk.phone_number is no phone number: write the number that customers write to, such as +12025550123".to_owned(),
            );
        }
        let lacks = match self.kind {
            HelpdeskKind::Intercom if self.intercom.access_token.is_empty() => {
                Some("helpdesk.intercom.access_token is empty: Intercom's Developer Hub shows it under your app, Authentication")
            }
            HelpdeskKind::Zendesk if self.zendesk.api_token.is_empty() || !self.zendesk.email.contains('@') => Some(
                "helpdesk.zendesk needs email and api_token: Zendesk's Admin Center makes a token under Apps and integrations, Zendesk API",
            ),
            HelpdeskKind::Zendesk if !self.zendesk.base_url.starts_with("http") => {
                Some("helpdesk.zendesk.base_url is missing: write https://YOURS.zendesk.com")
            }
            HelpdeskKind::Chatwoot if self.chatwoot.access_token.is_empty() || !self.chatwoot.base_url.starts_with("http") => {
                Some("helpdesk.chatwoot needs base_url and access_token: Chatwoot shows the token at the end of Profile Settings")
            }
            HelpdeskKind::Webhook if self.webhook.secret.is_empty() || !self.webhook.url.starts_with("http") => {
                Some("helpdesk.webhook needs url and secret: where the lines are posted to, and the key that signs them")
            }
            HelpdeskKind::File | HelpdeskKind::Intercom | HelpdeskKind::Zendesk | HelpdeskKind::Chatwoot | HelpdeskKind::Webhook => None,
        };
        faults.extend(lacks.map(str::to_owned));
        faults
    }
}

/// Validity of a message that Twilio allows, in seconds.
const VALIDITY_S_MAX: u32 = 36_000;

impl GatewayConfig {
    fn faults(&self, helpdesk: &HelpdeskConfig, public_url: &str) -> Vec<String> {
        let mut faults = Vec::new();
        match self.kind {
            GatewayKind::File => {}
            GatewayKind::Helpdesk if helpdesk.kind == HelpdeskKind::File => {
                faults.push("gateway.kind is \"helpdesk\", but a file sends no SMS: name a helpdesk in helpdesk.kind".to_owned());
            }
            GatewayKind::Helpdesk => {}
            GatewayKind::Twilio if [HelpdeskKind::Zendesk, HelpdeskKind::Chatwoot].contains(&helpdesk.kind) => {
                faults.push("with Zendesk and Chatwoot messages go through the helpdesk: set gateway.kind to \"helpdesk\"".to_owned());
            }
            GatewayKind::Twilio => {
                let twilio = &self.twilio;
                if twilio.account_sid.is_empty() || twilio.auth_token.is_empty() {
                    faults
                        .push("gateway.twilio needs account_sid and auth_token: the first page of Twilio's console shows both".to_owned());
                }
                if !(1..=VALIDITY_S_MAX).contains(&twilio.validity_period_s) {
                    faults.push(format!("gateway.twilio.validity_period_s is {}: write 1 to {VALIDITY_S_MAX}", twilio.validity_period_s));
                }
                if !public_url.is_empty() && !public_url.starts_with("https://") && !public_url.starts_with("http://") {
                    faults.push("console.public_url must begin with https://: it is what Twilio signs, byte for byte".to_owned());
                }
            }
        }
        faults
    }
}

/// Everything that cannot work, each with what to do.
pub fn faults(helpdesk: &HelpdeskConfig, gateway: &GatewayConfig, public_url: &str) -> Vec<String> {
    let mut faults = helpdesk.faults();
    faults.extend(gateway.faults(helpdesk, public_url));
    faults
}
