//! A clock that starts at a chosen moment and goes on as fast as the real one, for a demo of an earlier day.

use jiff::{SignedDuration, Timestamp};
use runtime::ports::clock::Clock;
use std::sync::Arc;

/// Another clock, moved by a fixed span.
pub struct OffsetClock {
    inner: Arc<dyn Clock>,
    by: SignedDuration,
}

impl OffsetClock {
    /// Says `start` now, and goes on with `inner`.
    pub fn starting_at(start: Timestamp, inner: Arc<dyn Clock>) -> Self {
        let by = start.duration_since(inner.now());
        OffsetClock { inner, by }
    }
}

impl Clock for OffsetClock {
    fn now(&self) -> Timestamp {
        let now = self.inner.now();
        now.saturating_add(self.by).unwrap_or(now)
    }

    fn steady_ms(&self) -> i64 {
        self.inner.steady_ms()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::manual::ManualClock;

    #[test]
    fn it_goes_on_with_the_clock_that_it_moves() {
        let inner = Arc::new(ManualClock::at(Timestamp::from_second(1_700_000_000).unwrap()));
        let start = Timestamp::from_second(1_600_000_000).unwrap();
        let clock = OffsetClock::starting_at(start, inner.clone());
        assert_eq!(clock.now(), start);
        inner.advance(2_000);
        assert_eq!(clock.now().as_millisecond(), start.as_millisecond() + 2_000);
    }
}
