//! Twilio's webhooks: messages of customers, and how our own fared.

use super::twilio_signature::{Algorithm, Form, algorithm, form, is_valid};
use crate::secret::Secret;
use crate::sms_gateway::twilio_codes::{Class, class_of};
use runtime::delivery::{DeliveryReport, DeliveryState};
use runtime::effect::EffectKey;
use runtime::inbound::{Act, InboundMessage, MEDIA_MAX, WIRE_VERSION};
use runtime::ports::webhook::{Answer, Call, Heard, Refusal, Webhook};
use triage::phone::PhoneNumber;
use triage::ticket::{Author, Media, MessageId};

/// Parameter of the status callback's URL that carries the effect's key.
pub const TOKEN: &str = "send";
/// Stands between the key and the number of the attempt.
pub const ATTEMPT_MARK: char = '.';

/// Reads Twilio's calls.
pub struct TwilioWebhook {
    /// What stands before the path in the URL that Twilio was told, such as `https://sms.example.com`.
    pub public_url: String,
    /// Only calls of this account are read.
    pub account_sid: String,
    /// Auth tokens, the primary one first; during a rotation there are two.
    pub auth_tokens: Vec<Secret>,
    /// Secrets of shared keys, for calls that are signed with SHA-256.
    pub shared_keys: Vec<Secret>,
}

impl TwilioWebhook {
    fn is_signed(&self, call: &Call<'_>) -> bool {
        let settings = (call.header)("x-twilio-webhooks-signature-settings");
        let (Some(algorithm), Some(signature)) = (algorithm(settings.as_deref()), (call.header)("x-twilio-signature")) else {
            return false;
        };
        let keys = match algorithm {
            Algorithm::Sha1 => &self.auth_tokens,
            Algorithm::Sha256 => &self.shared_keys,
        };
        let url = format!("{}{}", self.public_url.trim_end_matches('/'), call.path_and_query);
        let is_form = !call.is_get && content_is_form(call);
        keys.iter().any(|key| is_valid(key.reveal(), algorithm, &url, call.body, is_form, &signature))
    }
}

fn content_is_form(call: &Call<'_>) -> bool {
    (call.header)("content-type").is_some_and(|kind| kind.trim().to_ascii_lowercase().starts_with("application/x-www-form-urlencoded"))
}

impl Webhook for TwilioWebhook {
    fn hear(&self, call: &Call<'_>) -> Result<Vec<Heard>, Refusal> {
        if !self.is_signed(call) {
            return Err(Refusal::Unsigned);
        }
        let query = call.path_and_query.split_once('?').map_or("", |(_, query)| query);
        let query = form(query.as_bytes());
        let body = if call.is_get { query.clone() } else { form(call.body) };
        // One token signs for every number and every sub-account of an account.
        if value(&body, "AccountSid") != Some(self.account_sid.as_str()) {
            return Err(malformed("it is of another account: set gateway.twilio.account_sid to the one whose numbers these are"));
        }
        let path = call.path_and_query.split('?').next().unwrap_or_default();
        if path.ends_with("/status") {
            return Ok(delivery(&body, &query)?.into_iter().map(Heard::Delivery).collect());
        }
        let message = message(&body)?;
        let consent = match value(&body, "OptOutType") {
            Some("STOP") => Some(true),
            Some("START") => Some(false),
            Some(_) | None => None,
        };
        let consent = consent.map(|opted_out| Heard::Consent {
            cause: message.message_id.clone(),
            customer: message.from.clone(),
            company: message.to.clone(),
            opted_out,
        });
        Ok(std::iter::once(Heard::Message(message)).chain(consent).collect())
    }

    /// Anything else is logged by Twilio as an error (11200, 12300). A reply never goes out here: it would not be in the ledger.
    fn answer(&self) -> Answer {
        Answer { content_type: "text/xml; charset=utf-8", body: "<Response></Response>" }
    }
}

/// What went wrong, without any value of the call.
fn malformed(problem: &str) -> Refusal {
    Refusal::Malformed { problem: problem.to_owned() }
}

/// A value that is there and not empty.
fn value<'a>(form: &'a Form, name: &str) -> Option<&'a str> {
    form.get(name).and_then(|values| values.iter().next()).map(String::as_str).filter(|value| !value.is_empty())
}

fn number(form: &Form, name: &str) -> Result<PhoneNumber, Refusal> {
    let text = value(form, name).ok_or_else(|| malformed(&format!("{name} is missing")))?;
    PhoneNumber::parse(text).map_err(|_| malformed(&format!("{name} is no phone number: this channel is not SMS")))
}

fn message(form: &Form) -> Result<InboundMessage, Refusal> {
    let id = value(form, "MessageSid").or_else(|| value(form, "SmsSid")).ok_or_else(|| malformed("MessageSid is missing"))?;
    let count: usize = value(form, "NumMedia").and_then(|count| count.parse().ok()).unwrap_or(0);
    let media = (0..count.min(MEDIA_MAX)).filter_map(|place| {
        let url = value(form, &format!("MediaUrl{place}"))?.to_owned();
        let content_type = value(form, &format!("MediaContentType{place}")).unwrap_or_default().to_owned();
        Some(Media { url, content_type })
    });
    let message = InboundMessage {
        v: WIRE_VERSION,
        message_id: MessageId(id.to_owned()),
        conversation_id: None,
        from: number(form, "From")?,
        to: number(form, "To")?,
        at: None,
        text: value(form, "Body").unwrap_or_default().to_owned(),
        media: media.collect(),
        author: Author::Customer,
        carrier_answered: value(form, "OptOutType").is_some(),
        act: Act::Said,
    };
    message.check().map_err(|error| malformed(&error.to_string()))?;
    Ok(message)
}

/// None for a state that says nothing of the way.
fn delivery(form: &Form, query: &Form) -> Result<Option<DeliveryReport>, Refusal> {
    let id = value(form, "MessageSid").or_else(|| value(form, "SmsSid")).ok_or_else(|| malformed("MessageSid is missing"))?;
    let status = value(form, "MessageStatus").or_else(|| value(form, "SmsStatus")).ok_or_else(|| malformed("MessageStatus is missing"))?;
    let Some(state) = state(status) else { return Ok(None) };
    let code: Option<u32> = value(form, "ErrorCode").and_then(|code| code.parse().ok());
    let key = value(query, TOKEN).and_then(|token| token.rsplit_once(ATTEMPT_MARK)).map(|(key, _)| EffectKey(key.to_owned()));
    let class = code.map(class_of);
    Ok(Some(DeliveryReport {
        key,
        vendor_id: id.to_owned(),
        state,
        code,
        problem: code.map(|code| format!("Twilio error {code}: {}", class_of(code).advice())),
        opted_out: class == Some(Class::OptedOut),
    }))
}

/// Twilio's word for a state. `scheduled`, `receiving` and the like say nothing of a message of ours.
pub fn state(status: &str) -> Option<DeliveryState> {
    match status {
        "accepted" => Some(DeliveryState::Accepted),
        "queued" => Some(DeliveryState::Queued),
        "sending" => Some(DeliveryState::Sending),
        "sent" => Some(DeliveryState::Sent),
        "delivered" | "partially_delivered" => Some(DeliveryState::Delivered),
        "undelivered" => Some(DeliveryState::Undelivered),
        "failed" | "canceled" => Some(DeliveryState::Failed),
        "read" => Some(DeliveryState::Read),
        _ => None,
    }
}
