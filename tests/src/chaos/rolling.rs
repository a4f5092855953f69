//! A rolling restart under load: workers are asked to stop and are started again, one after the other, while customers write. What
//! counts is how long anybody waited.

use crate::chaos::customers::Crowd;
use crate::chaos::doors::Doors;
use crate::chaos::fairness::waits;
use crate::chaos::house::{House, signal};
use crate::chaos::phone::Phone;
use crate::chaos::servers::Servers;
use crate::fakes::address::FakeAddress;
use std::path::{Path, PathBuf};
use std::process::Child;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// A worker runs so long before it is its turn, in milliseconds.
const TURN_MS: u64 = 3_000;

/// What came of it.
pub struct Rolling {
    /// Workers that were asked to stop, settled what they held, and were started again.
    pub restarts: u64,
    /// Customers who were answered by SMS.
    pub answered: usize,
    /// What half of them waited, in seconds.
    pub median_s: f64,
    /// What the last of them waited.
    pub longest_s: f64,
}

/// Measures one, on servers of its own that never fail.
pub async fn measure(program: PathBuf, seed: u64, messages: usize, folder: &Path) -> anyhow::Result<Rolling> {
    let (phone, desk) = (Phone::new(seed, 0), FakeAddress::default());
    let servers = Servers::start(folder, seed, 0).await?;
    let houses = servers.houses(program, phone.serve().await?, &desk.serve().await?)?;
    let doors = Doors { consoles: houses.iter().map(|house| house.console.clone()).collect(), mailbox: servers.mailbox() };
    let (over, is_over) = watch::channel(false);
    let workers = houses.iter().map(|house| house.start()).collect::<anyhow::Result<Vec<Child>>>()?;
    let crowd = |messages, area| Crowd { messages, area, seed, every_ms: 20 };
    // The first answers of a process are made while it still warms up: nobody is measured.
    waits(&houses[0], &doors, &phone, crowd(20, 600)).await?;
    let measured = async {
        let waited = waits(&houses[0], &doors, &phone, crowd(messages, 601)).await;
        over.send_replace(true);
        waited
    };
    let (waited, rolled) = tokio::join!(measured, roll(&houses, workers, is_over));
    let ((mut workers, restarts), waited) = (rolled?, waited?);
    for worker in &mut workers {
        worker.kill()?;
        worker.wait()?;
    }
    let at = |share: usize| waited.get((waited.len() * share / 100).min(waited.len().saturating_sub(1))).copied().unwrap_or_default();
    Ok(Rolling { restarts, answered: waited.len(), median_s: at(50), longest_s: at(100) })
}

async fn roll(houses: &[Arc<House>], mut workers: Vec<Child>, mut over: watch::Receiver<bool>) -> anyhow::Result<(Vec<Child>, u64)> {
    let mut restarts = 0;
    for turn in (0..houses.len()).cycle() {
        tokio::select! {
            () = tokio::time::sleep(Duration::from_millis(TURN_MS)) => {}
            _ = over.wait_for(|over| *over) => break,
        }
        signal(&workers[turn], "TERM")?;
        while workers[turn].try_wait()?.is_none() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        workers[turn] = houses[turn].start()?;
        restarts += 1;
    }
    Ok((workers, restarts))
}
