//! What of Chatwoot's answers is read.

use serde::Deserialize;
use serde_json::Value;

/// Who wrote.
#[derive(Clone, Deserialize, Default, Debug)]
pub struct Sender {
    /// Their id.
    #[serde(default)]
    pub id: Option<u64>,
    /// `contact`, `user`, `agent_bot`.
    #[serde(default, rename = "type")]
    pub kind: Option<String>,
    /// Of a contact.
    #[serde(default)]
    pub phone_number: Option<String>,
}

/// A message.
#[derive(Clone, Deserialize, Debug)]
pub struct Message {
    /// Its id.
    #[serde(default)]
    pub id: u64,
    /// Text.
    #[serde(default)]
    pub content: Option<String>,
    /// 0 incoming, 1 outgoing, 2 activity, 3 template.
    #[serde(default)]
    pub message_type: u8,
    /// A note for agents.
    #[serde(default)]
    pub private: bool,
    /// Unix seconds; some releases give text.
    #[serde(default)]
    pub created_at: Value,
    /// Who wrote it.
    #[serde(default)]
    pub sender: Option<Sender>,
}

impl Message {
    /// Unix seconds, 0 when it has none.
    pub fn second(&self) -> i64 {
        self.created_at.as_i64().or_else(|| self.created_at.as_str()?.parse().ok()).unwrap_or(0)
    }
}

/// A list of messages, oldest first.
#[derive(Deserialize)]
pub struct Messages {
    /// The newest twenty.
    #[serde(default)]
    pub payload: Vec<Message>,
}

/// Who is in a conversation.
#[derive(Clone, Deserialize, Default, Debug)]
pub struct Meta {
    /// The customer.
    #[serde(default)]
    pub sender: Sender,
    /// Who has it.
    #[serde(default)]
    pub assignee: Option<Sender>,
    /// `Channel::TwilioSms`, `Channel::Sms`, …
    #[serde(default)]
    pub channel: Option<String>,
}

/// A conversation.
#[derive(Clone, Deserialize, Debug)]
pub struct Conversation {
    /// Its number in the account.
    #[serde(default)]
    pub id: u64,
    /// Who is in it.
    #[serde(default)]
    pub meta: Meta,
    /// Its labels.
    #[serde(default)]
    pub labels: Vec<String>,
    /// `open`, `resolved`, `pending` (a bot has it), `snoozed`.
    #[serde(default)]
    pub status: Option<String>,
    /// Unix seconds.
    #[serde(default)]
    pub last_activity_at: Option<i64>,
}
