//! The time.

use jiff::Timestamp;

/// Tells the time. Leases and windows are measured with it; it may jump.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Timestamp;
    /// Milliseconds since some moment of this process. Unlike [`Clock::now`] it never jumps and never goes back.
    fn steady_ms(&self) -> i64;
}
