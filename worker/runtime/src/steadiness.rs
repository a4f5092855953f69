//! Whether the clock can be trusted: how long it has gone without a jump.
//!
//! "Not found" is an answer only when the time to wait has truly passed. A clock that is set forward makes a look-up due at once,
//! and what was sent a second ago is in no list yet: it would be sent again. A clock that is set back does the same to whoever had
//! read it before and was held up: by that time everything is due. And whoever did not look for long may have missed two jumps.

use crate::ports::clock::Clock;
use jiff::Timestamp;
use std::sync::{Arc, Mutex, PoisonError};

/// Compares the clock with the steady one.
pub struct Steadiness {
    clock: Arc<dyn Clock>,
    drift_max_ms: i64,
    gap_max_ms: i64,
    seen: Mutex<Seen>,
}

/// Both clocks when they were set against each other, and the steady one at the last look and at the last jump.
struct Seen {
    wall_ms: i64,
    steady_ms: i64,
    looked_ms: i64,
    jumped_ms: i64,
}

impl Steadiness {
    /// Of this clock, from now on; what it did before nobody knows. It may drift by `drift_max_ms` before that counts as a jump, and
    /// must be looked at within `gap_max_ms`, or it may have jumped meanwhile.
    pub fn of(clock: Arc<dyn Clock>, drift_max_ms: i64, gap_max_ms: i64) -> Self {
        let (wall_ms, steady_ms) = (clock.now().as_millisecond(), clock.steady_ms());
        Steadiness {
            clock,
            drift_max_ms,
            gap_max_ms,
            seen: Mutex::new(Seen { wall_ms, steady_ms, looked_ms: steady_ms, jumped_ms: steady_ms }),
        }
    }

    /// Looks at the clock: for how long it has not jumped, in milliseconds.
    pub fn look(&self) -> i64 {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let (wall_ms, steady_ms) = (self.clock.now().as_millisecond(), self.clock.steady_ms());
        let drift_ms = (wall_ms - seen.wall_ms) - (steady_ms - seen.steady_ms);
        if drift_ms.abs() > self.drift_max_ms || steady_ms - seen.looked_ms > self.gap_max_ms {
            *seen = Seen { wall_ms, steady_ms, looked_ms: steady_ms, jumped_ms: steady_ms };
        }
        seen.looked_ms = steady_ms;
        steady_ms - seen.jumped_ms
    }
}

/// A moment, by both clocks: the wall's can be set, the steady one cannot.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    /// What the wall clock said.
    pub wall: Timestamp,
    steady_ms: i64,
}

impl Moment {
    /// Now; taken before what it is to be the beginning of, so that nothing seems to be younger than it is.
    pub fn now(clock: &dyn Clock) -> Self {
        Moment { wall: clock.now(), steady_ms: clock.steady_ms() }
    }

    /// How long ago it was, in milliseconds: what the clock says that says more.
    pub fn age_ms(&self, clock: &dyn Clock) -> i64 {
        let now = Moment::now(clock);
        now.wall.as_millisecond().saturating_sub(self.wall.as_millisecond()).max(now.steady_ms - self.steady_ms)
    }

    /// By how much the wall clock was set back since, in milliseconds; negative where it was set forward.
    pub fn set_back_ms(&self, clock: &dyn Clock) -> i64 {
        let now = Moment::now(clock);
        (now.steady_ms - self.steady_ms) - now.wall.as_millisecond().saturating_sub(self.wall.as_millisecond())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicI64, Ordering};

    #[derive(Default)]
    struct Hands {
        wall_ms: AtomicI64,
        steady_ms: AtomicI64,
    }

    impl Clock for Hands {
        fn now(&self) -> Timestamp {
            Timestamp::from_millisecond(self.wall_ms.load(Ordering::Relaxed)).unwrap()
        }

        fn steady_ms(&self) -> i64 {
            self.steady_ms.load(Ordering::Relaxed)
        }
    }

    #[test]
    fn a_jump_and_a_long_silence_take_the_trust_away() {
        let hands = Arc::new(Hands::default());
        let steadiness = Steadiness::of(hands.clone(), 10, 500);
        let looks = [(100, 100, 100), (105, 100, 200), (-3_600_000, 50, 0), (50, 50, 50), (3_600_050, 50, 0), (70, 70, 70), (501, 501, 0)];
        for (wall_by_ms, steady_by_ms, trusted_for_ms) in looks {
            hands.wall_ms.fetch_add(wall_by_ms, Ordering::Relaxed);
            hands.steady_ms.fetch_add(steady_by_ms, Ordering::Relaxed);
            assert_eq!(steadiness.look(), trusted_for_ms, "after {wall_by_ms} ms by the clock and {steady_by_ms} ms");
        }
    }

    #[test]
    fn a_moment_is_as_old_as_the_clock_says_that_says_more() {
        let hands = Hands::default();
        let claimed_at = Moment::now(&hands);
        hands.steady_ms.store(500, Ordering::Relaxed);
        assert_eq!(claimed_at.age_ms(&hands), 500);
        hands.wall_ms.store(9_000, Ordering::Relaxed);
        assert_eq!(claimed_at.age_ms(&hands), 9_000);
        hands.wall_ms.store(-9_000, Ordering::Relaxed);
        assert_eq!(claimed_at.age_ms(&hands), 500);
    }
}
