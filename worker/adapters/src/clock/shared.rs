//! A clock that many machines share: one of them is asked for the time now and then, and in between the time goes on steadily. So
//! the clocks of these machines may be wrong, and may be set, without anybody seeing it.

use crate::clock::system::SystemClock;
use jiff::{SignedDuration, Timestamp};
use runtime::ports::clock::Clock;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// Goes on from what was read last.
#[derive(Debug)]
pub struct SharedClock {
    read: Mutex<(Timestamp, Instant)>,
}

impl SharedClock {
    /// It was `at` at this instant.
    pub fn starting_at((at, when): (Timestamp, Instant)) -> Self {
        SharedClock { read: Mutex::new((at, when)) }
    }

    /// It was read anew.
    pub fn set(&self, at: Timestamp, when: Instant) {
        *self.read.lock().unwrap_or_else(PoisonError::into_inner) = (at, when);
    }
}

impl Clock for SharedClock {
    fn now(&self) -> Timestamp {
        let (at, when) = *self.read.lock().unwrap_or_else(PoisonError::into_inner);
        let since = SignedDuration::try_from(when.elapsed()).unwrap_or(SignedDuration::ZERO);
        at.saturating_add(since).unwrap_or(at)
    }

    fn steady_ms(&self) -> i64 {
        SystemClock.steady_ms()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_goes_on_from_what_was_read_last() {
        let (at, when) = (Timestamp::from_second(1_700_000_000).unwrap(), Instant::now());
        let clock = SharedClock::starting_at((at, when));
        let first = clock.now();
        assert!(first >= at);
        assert!(clock.now() >= first);
        let hour = SignedDuration::from_hours(1);
        clock.set(at + hour, when);
        let steady_ms = clock.steady_ms();
        assert!(clock.now() >= at + hour);
        clock.set(at, when);
        assert!(clock.steady_ms() >= steady_ms, "steady time never goes back");
    }
}
