//! What of Intercom's answers is read. Ids come as text and as numbers; unknown values are no error.

use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// Text, or a number as text; nothing else.
fn id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::String(id) if !id.is_empty() => Some(id),
        Value::Number(id) => Some(id.to_string()),
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    })
}

/// A list inside an object, and whatever else there is.
fn or_default<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(deserializer: D) -> Result<T, D::Error> {
    Ok(Option::<T>::deserialize(deserializer)?.unwrap_or_default())
}

/// Who wrote.
#[derive(Clone, Deserialize, Default, Debug)]
pub struct Author {
    /// `user`, `lead`, `contact`, `admin`, `bot`, `team`.
    #[serde(default, rename = "type")]
    pub kind: String,
    /// Their id.
    #[serde(default, deserialize_with = "id")]
    pub id: Option<String>,
    /// Fin wrote it.
    #[serde(default, deserialize_with = "or_default")]
    pub from_ai_agent: bool,
}

/// The first message; it is not among the parts.
#[derive(Clone, Deserialize, Default, Debug)]
pub struct Source {
    /// `sms`, `conversation`, `email`, …
    #[serde(default, rename = "type", deserialize_with = "or_default")]
    pub kind: String,
    /// Text.
    #[serde(default)]
    pub body: Option<String>,
    /// Who began it.
    #[serde(default, deserialize_with = "or_default")]
    pub author: Author,
}

/// One thing that happened.
#[derive(Clone, Deserialize, Debug)]
pub struct Part {
    /// Its id.
    #[serde(default, deserialize_with = "id")]
    pub id: Option<String>,
    /// `comment`, `note`, `assignment`, `close`, `open`, `snoozed`, …
    #[serde(default)]
    pub part_type: String,
    /// Text or HTML.
    #[serde(default)]
    pub body: Option<String>,
    /// Unix seconds.
    #[serde(default)]
    pub created_at: i64,
    /// Who did it.
    #[serde(default, deserialize_with = "or_default")]
    pub author: Author,
    /// To whom it was assigned.
    #[serde(default, deserialize_with = "or_default")]
    pub assigned_to: Option<Author>,
}

/// A list of parts.
#[derive(Clone, Deserialize, Default, Debug)]
pub struct Parts {
    /// The most recent 500 at most.
    #[serde(default)]
    pub conversation_parts: Vec<Part>,
}

/// A reference.
#[derive(Clone, Deserialize, Debug)]
pub struct Reference {
    /// The id.
    #[serde(default, deserialize_with = "id")]
    pub id: Option<String>,
}

/// The contacts of a conversation.
#[derive(Clone, Deserialize, Default, Debug)]
pub struct Contacts {
    /// References.
    #[serde(default)]
    pub contacts: Vec<Reference>,
}

/// Tags.
#[derive(Clone, Deserialize, Default, Debug)]
pub struct Tags {
    /// Those on a conversation.
    #[serde(default)]
    pub tags: Vec<Named>,
}

/// Something with a name: a tag, a team, an admin.
#[derive(Clone, Deserialize, Debug)]
pub struct Named {
    /// Its id.
    #[serde(default, deserialize_with = "id")]
    pub id: Option<String>,
    /// Its name.
    #[serde(default, deserialize_with = "or_default")]
    pub name: String,
}

/// A conversation.
#[derive(Clone, Deserialize, Debug)]
pub struct Conversation {
    /// Its id.
    #[serde(default, deserialize_with = "id")]
    pub id: Option<String>,
    /// Unix seconds.
    #[serde(default)]
    pub created_at: i64,
    /// Unix seconds.
    #[serde(default)]
    pub updated_at: i64,
    /// `open`, `closed`, `snoozed`.
    #[serde(default, deserialize_with = "or_default")]
    pub state: String,
    /// Who has it; none or 0 for nobody.
    #[serde(default, deserialize_with = "id")]
    pub admin_assignee_id: Option<String>,
    /// The first message.
    #[serde(default, deserialize_with = "or_default")]
    pub source: Source,
    /// Who is in it.
    #[serde(default, deserialize_with = "or_default")]
    pub contacts: Contacts,
    /// What happened.
    #[serde(default, deserialize_with = "or_default")]
    pub conversation_parts: Parts,
    /// Tags on it.
    #[serde(default, deserialize_with = "or_default")]
    pub tags: Tags,
}

/// A page of a search.
#[derive(Clone, Deserialize, Debug)]
pub struct Page {
    /// Conversations without their parts.
    #[serde(default)]
    pub conversations: Vec<Conversation>,
    /// Where the next page begins.
    #[serde(default, deserialize_with = "or_default")]
    pub pages: Pages,
}

/// Paging.
#[derive(Clone, Deserialize, Default, Debug)]
pub struct Pages {
    /// Absent on the last page.
    #[serde(default)]
    pub next: Option<Next>,
}

/// The next page.
#[derive(Clone, Deserialize, Debug)]
pub struct Next {
    /// What to ask with.
    #[serde(default)]
    pub starting_after: Option<String>,
}
