//! The clock of a worker's machine, and whoever sets it wrong while the worker runs.

use crate::chaos::house::House;
use anyhow::{Context, ensure};
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use tokio::sync::watch;
use triage::random::Random;

/// A clock that is set wrong is an hour before or behind, in milliseconds.
pub const STEP_MS: i64 = 3_600_000;
/// It stays as it is for so long at least, in milliseconds.
pub const STANDS_MS_MIN: usize = 5_000;

/// What is preloaded into a worker.
const SOURCE: &str = include_str!("wrong_clock.c");
const NS_PER_MS: i64 = 1_000_000;

/// A clock of the system as one process sees it; right until it is set.
pub struct WrongClock {
    library: PathBuf,
    hands_file: PathBuf,
    hands: File,
}

impl WrongClock {
    /// Builds what makes it, with the C compiler, in this folder.
    pub fn new(folder: &Path) -> anyhow::Result<Self> {
        let (source, library, hands_file) = (folder.join("wrong_clock.c"), folder.join("wrong_clock.so"), folder.join("wrong_clock"));
        std::fs::write(&source, SOURCE)?;
        let mut compiler = Command::new("cc");
        compiler.args(["-O2", "-shared", "-fPIC", "-o"]).arg(&library).arg(&source).arg("-ldl");
        let output = compiler.output().context("no C compiler `cc`: run `make setup`")?;
        ensure!(output.status.success(), "wrong_clock.c: {}", String::from_utf8_lossy(&output.stderr));
        std::fs::write(&hands_file, 0_i64.to_ne_bytes())?;
        let hands = File::options().write(true).open(&hands_file)?;
        Ok(WrongClock { library, hands_file, hands })
    }

    /// This process is to read it.
    pub fn give_to(&self, process: &mut Command) {
        process.env("LD_PRELOAD", &self.library).env("WRONG_CLOCK", &self.hands_file);
    }

    /// From now on it is so many milliseconds before the right time; behind it when negative.
    pub fn set(&self, ahead_ms: i64) -> anyhow::Result<()> {
        Ok(self.hands.write_all_at(&(ahead_ms * NS_PER_MS).to_ne_bytes(), 0)?)
    }
}

/// Sets the clock of one worker wrong and right again about every `every_ms` milliseconds until `over`; then it is right. Says how often.
/// Never when `every_ms` is 0.
pub async fn step(house: &House, seed: u64, every_ms: usize, mut over: watch::Receiver<bool>) -> anyhow::Result<u64> {
    if every_ms == 0 {
        return Ok(0);
    }
    let (mut random, mut ahead_ms, mut steps) = (Random::seeded(seed ^ 0xC10C), 0, 0);
    loop {
        let stands_ms = STANDS_MS_MIN + random.below(every_ms.saturating_sub(STANDS_MS_MIN).max(1) * 2);
        tokio::select! {
            () = tokio::time::sleep(Duration::from_millis(u64::try_from(stands_ms)?)) => {}
            _ = over.wait_for(|over| *over) => break,
        }
        let others: Vec<i64> = [-STEP_MS, 0, STEP_MS].into_iter().filter(|other| *other != ahead_ms).collect();
        ahead_ms = others[random.below(others.len())];
        house.clock.set(ahead_ms)?;
        steps += 1;
    }
    house.clock.set(0)?;
    Ok(steps)
}
