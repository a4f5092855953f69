//! What stands between people's words and a model.

use triage::case::Case;

/// Keeps personal data, and words that speak to a machine, from a model.
pub trait Shield: Send + Sync {
    /// A table of placeholders for one call, which knows the names that the case tells.
    fn redaction(&self, case: &Case) -> Box<dyn Redaction>;
    /// The text speaks to a machine rather than to a person.
    fn instructs(&self, text: &str) -> bool;
}

/// Placeholders of one call. They live in memory and no longer than the call.
pub trait Redaction: Send + Sync {
    /// The text with placeholders that [`Redaction::restore`] puts back.
    fn redact(&mut self, text: &str) -> String;
    /// The text with placeholders that are never put back: what belongs to another customer.
    fn withhold(&mut self, text: &str) -> String;
    /// The text with what was redacted in its place.
    fn restore(&self, text: &str) -> String;
    /// A placeholder stands in the text.
    fn has_placeholder(&self, text: &str) -> bool;
}
