//! JSON schemas in the strict subset that endpoints agree on: every property required, no others, absence written as null.

use serde_json::{Value, json};

/// An object with exactly these properties.
pub fn object<const N: usize>(properties: [(&str, Value); N]) -> Value {
    let required: Vec<&str> = properties.iter().map(|(name, _)| *name).collect();
    let properties: serde_json::Map<String, Value> = properties.iter().map(|(name, schema)| ((*name).to_owned(), schema.clone())).collect();
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
}

/// A list.
pub fn array(items: Value) -> Value {
    json!({ "type": "array", "items": items })
}

/// A text.
pub fn string() -> Value {
    json!({ "type": "string" })
}

/// A text or null.
pub fn text_or_null() -> Value {
    json!({ "type": ["string", "null"] })
}

/// A number.
pub fn number() -> Value {
    json!({ "type": "number" })
}

/// A whole number.
pub fn integer() -> Value {
    json!({ "type": "integer" })
}

/// True or false.
pub fn boolean() -> Value {
    json!({ "type": "boolean" })
}

/// One of these words.
pub fn one_of(words: &[&str]) -> Value {
    json!({ "type": "string", "enum": words })
}
