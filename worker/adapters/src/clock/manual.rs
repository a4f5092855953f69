//! A clock that stands still until it is set, for tests.

use jiff::{SignedDuration, Timestamp};
use runtime::ports::clock::Clock;
use std::sync::{Mutex, PoisonError};

/// Stands still until it is set. It may be set back.
#[derive(Debug)]
pub struct ManualClock {
    now: Mutex<Timestamp>,
}

impl ManualClock {
    /// Stands at this moment.
    pub fn at(now: Timestamp) -> Self {
        ManualClock { now: Mutex::new(now) }
    }

    /// Jumps to this moment.
    pub fn set(&self, now: Timestamp) {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner) = now;
    }

    /// Goes on by so many milliseconds, or back when they are negative; it stops at the ends of time.
    pub fn advance(&self, by_ms: i64) {
        let mut now = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        *now = now.saturating_add(SignedDuration::from_millis(by_ms)).unwrap_or(*now);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_stands_still_until_it_is_set() {
        let noon = Timestamp::from_second(1_700_000_000).unwrap();
        let clock = ManualClock::at(noon);
        assert_eq!((clock.now(), clock.now()), (noon, noon));
        clock.advance(1_500);
        assert_eq!(clock.now().as_millisecond(), noon.as_millisecond() + 1_500);
        clock.advance(-3_000);
        assert_eq!(clock.now().as_millisecond(), noon.as_millisecond() - 1_500);
        clock.set(noon);
        assert_eq!(clock.now(), noon);
    }
}
