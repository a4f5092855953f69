//! The system's clock.

use jiff::Timestamp;
use runtime::ports::clock::Clock;
use std::sync::LazyLock;
use std::time::Instant;

/// What steady time is counted from.
static START: LazyLock<Instant> = LazyLock::new(Instant::now);

/// Tells the time of this machine. It may jump when the machine is corrected.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn steady_ms(&self) -> i64 {
        i64::try_from(START.elapsed().as_millis()).unwrap_or(i64::MAX)
    }
}
