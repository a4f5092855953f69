//! How many messages one number may get in a while: two machines that answer each other must come to an end, and Twilio stops a
//! sender at fifteen in thirty seconds (error 14107).

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};
use triage::phone::PhoneNumber;

/// Messages to one number within [`WINDOW_MS`] at most; the vendor's own limit is one more.
pub const MESSAGES_MAX: usize = 14;
/// The window, in milliseconds.
pub const WINDOW_MS: i64 = 30_000;
/// Numbers that are remembered at most; beyond it the ones whose window is over are forgotten.
pub const NUMBERS_MAX: usize = 10_000;

/// Counts messages by number.
#[derive(Default)]
pub struct Pace {
    sent: Mutex<HashMap<PhoneNumber, VecDeque<i64>>>,
}

impl Pace {
    /// Takes a place for one message at `now_ms` of a steady clock, or says how many milliseconds to wait for one.
    pub fn take(&self, to: &PhoneNumber, now_ms: i64) -> Result<(), i64> {
        let is_over = |at: i64| now_ms - at >= WINDOW_MS;
        let mut sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        if sent.len() >= NUMBERS_MAX {
            sent.retain(|_, times| times.back().is_some_and(|at| !is_over(*at)));
        }
        let times = sent.entry(to.clone()).or_default();
        while times.front().is_some_and(|at| is_over(*at)) {
            times.pop_front();
        }
        match times.front() {
            Some(oldest) if times.len() >= MESSAGES_MAX => Err((oldest + WINDOW_MS - now_ms).max(1)),
            _ => {
                times.push_back(now_ms);
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_gets_fourteen_in_thirty_seconds_and_others_are_not_held_back() {
        let pace = Pace::default();
        let (one, other) = (PhoneNumber::parse("+12025550101").unwrap(), PhoneNumber::parse("+12025550102").unwrap());
        for second in 0..14 {
            assert_eq!(pace.take(&one, second * 1_000), Ok(()));
        }
        assert_eq!(pace.take(&one, 14_000), Err(16_000));
        assert_eq!(pace.take(&other, 14_000), Ok(()));
        assert_eq!(pace.take(&one, 30_000), Ok(()));
        assert_eq!(pace.take(&one, 30_500), Err(500));
    }
}
