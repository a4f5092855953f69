//! A circuit breaker: a server that fails again and again is left alone for a while, then tried with one call.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// The state of one server.
#[derive(Debug)]
pub struct Breaker {
    of: &'static str,
    failures_max: u32,
    open_for: Duration,
    state: Mutex<State>,
}

#[derive(Clone, Copy, Debug)]
enum State {
    /// Calls pass; so many have failed in a row.
    Closed { failures: u32 },
    /// No call passes before this moment.
    Open { until: Instant },
    /// One call is under way to see whether the server is back; if nobody says how it ended, another may try at this moment.
    HalfOpen { again: Instant },
}

impl Breaker {
    /// A closed one. `of` names the server in the log and in the metrics.
    pub fn new(of: &'static str, failures_max: u32, open_for: Duration) -> Self {
        Breaker { of, failures_max: failures_max.max(1), open_for, state: Mutex::new(State::Closed { failures: 0 }) }
    }

    /// Whether a call may pass now.
    pub fn admits(&self, now: Instant) -> bool {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        match *state {
            State::Closed { .. } => true,
            State::Open { until } | State::HalfOpen { again: until } if now >= until => {
                *state = State::HalfOpen { again: now + self.open_for };
                true
            }
            State::Open { .. } | State::HalfOpen { .. } => false,
        }
    }

    /// How a call ended.
    pub fn record(&self, is_well: bool, now: Instant) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let was_open = !matches!(*state, State::Closed { .. });
        *state = match (*state, is_well) {
            (_, true) => State::Closed { failures: 0 },
            (State::Closed { failures }, false) if failures + 1 < self.failures_max => State::Closed { failures: failures + 1 },
            (State::Closed { .. } | State::HalfOpen { .. }, false) => State::Open { until: now + self.open_for },
            // Late news of a call that passed before it opened.
            (open @ State::Open { .. }, false) => open,
        };
        let is_open = matches!(*state, State::Open { .. });
        if is_open != was_open {
            tracing::warn!(name: "breaker", of = self.of, open = is_open, "circuit breaker changed");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_opens_after_failures_in_a_row_and_closes_after_a_good_probe() {
        let (breaker, start) = (Breaker::new("model", 3, Duration::from_secs(10)), Instant::now());
        let later = |seconds| start + Duration::from_secs(seconds);
        breaker.record(false, start);
        breaker.record(false, start);
        breaker.record(true, start);
        (0..3).for_each(|_| breaker.record(false, start));
        assert!(!breaker.admits(later(9)));
        assert!(breaker.admits(later(10)), "one call probes");
        assert!(!breaker.admits(later(10)), "only one");
        breaker.record(false, later(11));
        assert!(!breaker.admits(later(20)));
        assert!(breaker.admits(later(21)));
        breaker.record(true, later(21));
        assert!(breaker.admits(later(21)) && breaker.admits(later(21)));
    }

    #[test]
    fn a_probe_that_nobody_ended_blocks_nobody_for_ever() {
        let (breaker, start) = (Breaker::new("model", 1, Duration::from_secs(10)), Instant::now());
        breaker.record(false, start);
        assert!(breaker.admits(start + Duration::from_secs(10)));
        assert!(!breaker.admits(start + Duration::from_secs(19)));
        assert!(breaker.admits(start + Duration::from_secs(20)));
    }
}
