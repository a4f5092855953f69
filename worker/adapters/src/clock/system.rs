//! The system's clock.

use jiff::Timestamp;
use runtime::ports::clock::Clock;

/// Tells the time of this machine. It may jump when the machine is corrected.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}
