//! Whoever kills and stops the worker, at moments that only the seed knows.

use crate::chaos::house::{House, signal};
use std::process::Child;
use std::time::Duration;
use tokio::sync::watch;
use triage::random::Random;

/// The worker lives for so long at least, in milliseconds ...
pub const LIFE_MS_MIN: usize = 300;
/// It is stopped for so long, in milliseconds: longer than a lease.
pub const STOP_MS: u64 = 7_000;
/// One time in so many it is stopped and woken, and not killed.
pub const STOP_SIDES: usize = 8;

/// What was done.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Done {
    /// Times it was killed with SIGKILL.
    pub kills: u64,
    /// Times it was stopped past its lease and woken.
    pub stops: u64,
}

/// Keeps a worker running, and kills it about every `every_ms` milliseconds until `over`. Returns the last one, which lives.
pub async fn haunt(house: &House, seed: u64, every_ms: usize, mut over: watch::Receiver<bool>) -> anyhow::Result<(Child, Done)> {
    let (mut random, mut done, mut worker) = (Random::seeded(seed), Done::default(), house.start()?);
    while !*over.borrow() {
        let life_ms = LIFE_MS_MIN + random.below(every_ms.saturating_sub(LIFE_MS_MIN).max(1) * 2);
        tokio::select! {
            () = pause(life_ms) => {}
            _ = over.wait_for(|over| *over) => break,
        }
        if random.below(STOP_SIDES) == 0 {
            signal(&worker, "STOP")?;
            tokio::time::sleep(Duration::from_millis(STOP_MS)).await;
            signal(&worker, "CONT")?;
            done.stops += 1;
        } else {
            worker.kill()?;
            worker.wait()?;
            done.kills += 1;
            worker = house.start()?;
        }
    }
    if let Some(status) = worker.try_wait()? {
        anyhow::bail!("the worker ended by itself: {status}");
    }
    Ok((worker, done))
}

async fn pause(ms: usize) {
    tokio::time::sleep(Duration::from_millis(u64::try_from(ms).unwrap_or(0))).await;
}
