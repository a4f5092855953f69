//! How many tokens a text has for a model.

/// Counts tokens.
pub trait TokenCounter: Send + Sync {
    /// Tokens of a text.
    fn count(&self, text: &str) -> usize;
    /// The encoding, or the approximation, for people.
    fn name(&self) -> &str;
}
