//! A clock that stands still until it is set, for tests.

use jiff::{SignedDuration, Timestamp};
use runtime::ports::clock::Clock;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Stands still until it is set. It may be set back, and it may jump: then no time has passed.
#[derive(Debug)]
pub struct ManualClock {
    time: Mutex<Time>,
}

#[derive(Debug)]
struct Time {
    now: Timestamp,
    steady_ms: i64,
}

impl ManualClock {
    /// Stands at this moment.
    pub fn at(now: Timestamp) -> Self {
        ManualClock { time: Mutex::new(Time { now, steady_ms: 0 }) }
    }

    /// Time passes until this moment; an earlier one is a jump back.
    pub fn set(&self, now: Timestamp) {
        let mut time = self.time();
        let passed_ms = now.as_millisecond().saturating_sub(time.now.as_millisecond()).max(0);
        *time = Time { now, steady_ms: time.steady_ms.saturating_add(passed_ms) };
    }

    /// So many milliseconds pass. When they are negative the clock jumps back; it stops at the ends of time.
    pub fn advance(&self, by_ms: i64) {
        let now = self.now();
        self.set(now.saturating_add(SignedDuration::from_millis(by_ms)).unwrap_or(now));
    }

    /// Jumps by so many milliseconds, as a clock does that is corrected: no time passes.
    pub fn jump(&self, by_ms: i64) {
        let mut time = self.time();
        time.now = time.now.saturating_add(SignedDuration::from_millis(by_ms)).unwrap_or(time.now);
    }

    fn time(&self) -> MutexGuard<'_, Time> {
        self.time.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        self.time().now
    }

    fn steady_ms(&self) -> i64 {
        self.time().steady_ms
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
        assert_eq!((clock.now(), clock.steady_ms()), (noon, 3_000), "steady time never goes back");
        clock.jump(3_600_000);
        assert_eq!((clock.now().as_second() - noon.as_second(), clock.steady_ms()), (3_600, 3_000), "a jump takes no time");
    }
}
