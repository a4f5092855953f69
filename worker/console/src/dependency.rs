//! What the worker cannot do its work without.

use async_trait::async_trait;

/// One of them.
#[async_trait]
pub trait Dependency: Send + Sync {
    /// Its name in the answer of `/readyz`.
    fn name(&self) -> &'static str;
    /// How it is, or why it cannot be used and what to do. Changes nothing.
    async fn check(&self) -> Result<String, String>;
}
