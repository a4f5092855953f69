//! Processor time of this process: what a figure of speed is made of on a machine that others use too.

use rustix::time::{ClockId, clock_gettime};

/// Seconds of processor time since the start, over all threads.
pub fn process_seconds() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}
