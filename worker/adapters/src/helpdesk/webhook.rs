//! A helpdesk by plain webhook: everything that Whimbrel does is a signed JSON line that is posted to an address. For whatever has
//! no adapter of its own. The receiver knows keys: the same key is the same thing, however often it comes.

use crate::helpdesk::desk_error::{refused, unanswered};
use crate::http::{self, ClientError};
use crate::secret::Secret;
use crate::sms_gateway::helpdesk::Channel;
use crate::webhook::generic::{SIGNATURE, TIMESTAMP, sign};
use async_trait::async_trait;
use jiff::Timestamp;
use runtime::conversation::Conversation;
use runtime::effect::{EffectKey, Proposal};
use runtime::ports::clock::Clock;
use runtime::ports::helpdesk::{Helpdesk, HelpdeskError};
use runtime::ports::sms_gateway::OutboundSms;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::sync::Arc;
use triage::classification::Priority;
use triage::ticket::{Author, Tag, Team};

/// The vendor's name in errors.
const VENDOR: &str = "the webhook";
/// The header with the key.
pub const KEY: &str = "idempotency-key";

/// Where it is posted to.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WebhookSettings {
    /// The address.
    pub url: String,
    /// The key of the signature.
    pub secret: Secret,
    /// What was said by SMS is posted too.
    pub wants_record: bool,
}

/// Posts.
pub struct WebhookHelpdesk {
    settings: WebhookSettings,
    clock: Arc<dyn Clock>,
    http: reqwest::Client,
}

impl WebhookHelpdesk {
    /// To this address.
    pub fn new(settings: WebhookSettings, clock: Arc<dyn Clock>) -> Result<Self, ClientError> {
        Ok(WebhookHelpdesk { settings, clock, http: http::client()? })
    }

    /// Returns the receiver's id, or the key when it gives none.
    async fn post(&self, key: &EffectKey, of: &Conversation, kind: &str, mut line: Value) -> Result<String, HelpdeskError> {
        line["v"] = Value::from(1);
        line["key"] = Value::from(key.0.as_str());
        line["kind"] = Value::from(kind);
        line["ticket"] = Value::from(of.ticket.0.as_str());
        line["customer"] = Value::from(of.customer.reveal());
        let (body, timestamp) = (line.to_string().into_bytes(), self.clock.now().as_second().to_string());
        let request = self.http.post(&self.settings.url).header("content-type", "application/json").header(KEY, &key.0);
        let signature = sign(&self.settings.secret, &timestamp, &body);
        let request = request.header(TIMESTAMP, &timestamp).header(SIGNATURE, signature).body(body);
        let answer = http::call(request).await.map_err(|error| unanswered(VENDOR, error, true))?;
        if !answer.is_success() {
            return Err(refused(VENDOR, &answer, None, true));
        }
        let id = answer.json["id"].as_str().map(str::to_owned);
        Ok(id.unwrap_or_else(|| format!("webhook-{key}")))
    }
}

#[async_trait]
impl Helpdesk for WebhookHelpdesk {
    async fn draft(&self, key: &EffectKey, of: &Conversation, proposal: &Proposal) -> Result<String, HelpdeskError> {
        let Proposal { text, passages, grounds, team, priority, .. } = proposal;
        let line = json!({
            "text": text, "passages": passages, "grounds": grounds, "note": proposal.note(), "team": team, "priority": priority
        });
        self.post(key, of, "draft", line).await
    }

    async fn tag(&self, key: &EffectKey, of: &Conversation, tags: &[Tag]) -> Result<String, HelpdeskError> {
        self.post(key, of, "tag", json!({ "tags": tags })).await
    }

    async fn escalate(
        &self,
        key: &EffectKey,
        of: &Conversation,
        team: Option<&Team>,
        priority: Priority,
        note: &str,
    ) -> Result<String, HelpdeskError> {
        self.post(key, of, "escalate", json!({ "team": team, "priority": priority, "note": note })).await
    }

    fn wants_record(&self) -> bool {
        self.settings.wants_record
    }

    async fn record(&self, key: &EffectKey, of: &Conversation, by: Author, text: &str) -> Result<String, HelpdeskError> {
        self.post(key, of, "record", json!({ "by": by, "text": text })).await
    }
}

#[async_trait]
impl Channel for WebhookHelpdesk {
    async fn reply(&self, of: &Conversation, sms: &OutboundSms) -> Result<String, HelpdeskError> {
        self.post(&sms.key, of, "send", json!({ "to": sms.to.reveal(), "from": sms.from.reveal(), "text": sms.text })).await
    }

    /// Posting again is the look-up: the receiver knows the key.
    async fn replied(&self, of: &Conversation, sms: &OutboundSms, _since: Timestamp) -> Result<Option<String>, HelpdeskError> {
        self.reply(of, sms).await.map(Some)
    }
}
