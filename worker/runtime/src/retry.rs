//! When failed work is tried again.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// Exponential back-off with a ceiling.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RetryPolicy {
    /// Tries in all, the first one counted. Default 5.
    pub attempts_max: u32,
    /// Wait after the first failure. Default one second.
    pub first_ms: i64,
    /// Each wait is so many times the one before. Default 4.
    pub factor: u32,
    /// The longest wait. Default five minutes.
    pub longest_ms: i64,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        RetryPolicy { attempts_max: 5, first_ms: 1_000, factor: 4, longest_ms: 300_000 }
    }
}

impl RetryPolicy {
    /// When to try again after `attempts` failures, or none when it was tried often enough. A vendor's wish to wait is
    /// granted up to the longest wait.
    pub fn next(&self, attempts: u32, now: Timestamp, retry_after_ms: Option<i64>) -> Option<Timestamp> {
        if attempts >= self.attempts_max {
            return None;
        }
        let growth = i64::from(self.factor).saturating_pow(attempts.saturating_sub(1));
        let wait_ms = self.first_ms.saturating_mul(growth).max(retry_after_ms.unwrap_or(0)).clamp(0, self.longest_ms);
        Some(later(now, wait_ms))
    }
}

/// So many milliseconds after a moment; the end of time when that is past it.
pub fn later(at: Timestamp, wait_ms: i64) -> Timestamp {
    at.checked_add(SignedDuration::from_millis(wait_ms)).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_up_to_the_longest_and_end_after_the_last_attempt() {
        let policy = RetryPolicy::default();
        let waits: Vec<Option<i64>> =
            (1..=5).map(|attempts| policy.next(attempts, Timestamp::UNIX_EPOCH, None).map(|at| at.as_millisecond())).collect();
        assert_eq!(waits, [Some(1_000), Some(4_000), Some(16_000), Some(64_000), None]);
    }

    #[test]
    fn a_vendors_wish_is_granted_within_reason() {
        let policy = RetryPolicy::default();
        let wait = |wish| policy.next(1, Timestamp::UNIX_EPOCH, Some(wish)).unwrap().as_millisecond();
        assert_eq!((wait(30_000), wait(10), wait(i64::MAX)), (30_000, 1_000, 300_000));
    }
}
