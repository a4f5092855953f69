//! Webhooks as vendors would call them.

use adapters::secret::Secret;
use adapters::webhook::{generic, mac, twilio_signature};
use runtime::ports::webhook::{Call, Heard, Refusal, Webhook};

/// One call, held.
#[derive(Clone, Default)]
pub struct Held {
    /// From the path on.
    pub path_and_query: String,
    /// A GET.
    pub is_get: bool,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    /// The raw body.
    pub body: Vec<u8>,
}

impl Held {
    /// A POST.
    pub fn post(path_and_query: &str, body: &[u8], headers: &[(&str, &str)]) -> Self {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Held { path_and_query: path_and_query.to_owned(), is_get: false, headers, body: body.to_vec() }
    }

    /// What a webhook makes of it.
    pub fn heard_by(&self, webhook: &dyn Webhook) -> Result<Vec<Heard>, Refusal> {
        let header = |name: &str| self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone());
        webhook.hear(&Call { path_and_query: &self.path_and_query, is_get: self.is_get, header: &header, body: &self.body })
    }
}

/// The content type of forms.
pub const FORM: &str = "application/x-www-form-urlencoded";

/// Twilio's signature of a form.
pub fn twilio_signature(token: &str, url: &str, body: &[u8]) -> String {
    let mut signed = url.to_owned();
    for (name, values) in twilio_signature::form(body) {
        for value in values {
            signed.push_str(&name);
            signed.push_str(&value);
        }
    }
    mac::base64(&mac::sha1(token.as_bytes(), &[signed.as_bytes()]))
}

/// A form that Twilio has signed; `base` is what stands before the path.
pub fn from_twilio(token: &str, base: &str, path_and_query: &str, fields: &[(&str, &str)]) -> Held {
    let mut form = form_urlencoded::Serializer::new(String::new());
    fields.iter().for_each(|(name, value)| {
        form.append_pair(name, value);
    });
    let body = form.finish().into_bytes();
    let signature = twilio_signature(token, &format!("{base}{path_and_query}"), &body);
    Held::post(path_and_query, &body, &[("content-type", FORM), ("x-twilio-signature", &signature)])
}

/// A notification that Intercom has signed.
pub fn from_intercom(secret: &str, topic: &str, conversation: &str) -> Held {
    let item = serde_json::json!({ "type": "conversation", "id": conversation });
    let body = serde_json::json!({ "type": "notification_event", "app_id": "abc123", "topic": topic, "data": { "item": item } });
    let body = body.to_string().into_bytes();
    let signature = format!("sha1={}", adapters::digest::hex(&mac::sha1(secret.as_bytes(), &[&body])));
    Held::post("/webhooks/intercom", &body, &[("content-type", "application/json"), ("x-hub-signature", &signature)])
}

/// A call in our own format.
pub fn from_anyone(secret: &str, timestamp: &str, body: &[u8]) -> Held {
    let signature = generic::sign(&Secret::new(secret), timestamp, body);
    Held::post("/webhooks/generic", body, &[(generic::TIMESTAMP, timestamp), (generic::SIGNATURE, &signature)])
}
