//! Processor time of this process: what a figure of speed is made of on a machine that others use too.

/// Seconds of processor time since the start, over all threads.
#[cfg(unix)]
pub fn process_seconds() -> f64 {
    use rustix::time::{ClockId, clock_gettime};
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

/// Seconds since the first call: where processor time is not to be had, this stands for it.
#[cfg(not(unix))]
pub fn process_seconds() -> f64 {
    static START: std::sync::LazyLock<std::time::Instant> = std::sync::LazyLock::new(std::time::Instant::now);
    START.elapsed().as_secs_f64()
}
