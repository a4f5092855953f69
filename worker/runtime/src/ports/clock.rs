//! The time.

use jiff::Timestamp;

/// Tells the time. Leases and windows are measured with it; it may jump.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Timestamp;
}
