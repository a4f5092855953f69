//! One campaign: a house, its vendors, its customers and whoever haunts it.

use crate::chaos::customers::{Crowd, Written, write};
use crate::chaos::house::House;
use crate::chaos::killer::{Done, haunt};
use crate::chaos::ledger_view::{Outcome, look};
use crate::chaos::line::Line;
use crate::chaos::phone::Phone;
use crate::fakes::address::FakeAddress;
use anyhow::ensure;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// Everything is settled within so many seconds after the last fault.
pub const SETTLED_S_MAX: u64 = 300;
/// How often the house is asked whether all is settled, in milliseconds.
const ASK_MS: u64 = 500;

/// What is to be done.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// Messages of customers.
    pub messages: usize,
    /// Decides every moment and every fault.
    pub seed: u64,
    /// The worker is killed about so often, in milliseconds.
    pub kill_every_ms: usize,
    /// One call of the phone network in so many goes wrong.
    pub fault_sides: usize,
    /// One connection to it in so many breaks.
    pub trouble_sides: usize,
    /// Between two messages, in milliseconds.
    pub every_ms: u64,
}

/// What came of it.
pub struct Account {
    /// What is in the ledger, on the phones, and on the desk.
    pub outcome: Outcome,
    /// What customers wrote.
    pub written: Written,
    /// What was done to workers.
    pub haunting: Done,
    /// What the phone network did wrong.
    pub faults: BTreeMap<&'static str, u64>,
    /// Connections to it that broke.
    pub troubles: u64,
    /// Seconds from the last fault until all was settled.
    pub settled_s: f64,
    /// The folder, when something was wrong.
    pub folder: Option<PathBuf>,
}

/// Runs one.
pub async fn run(program: PathBuf, plan: Plan) -> anyhow::Result<Account> {
    let phone = Phone::new(plan.seed, plan.fault_sides);
    let desk = FakeAddress::default();
    let line = Line::before(phone.serve().await?, plan.seed, plan.trouble_sides).await?;
    let house = House::new(program, line.address, &desk.serve().await?, "")?;
    let (over, is_over) = watch::channel(false);
    let crowd = Crowd { messages: plan.messages, area: 555, seed: plan.seed, every_ms: plan.every_ms };
    let writing = async {
        let written = write(&house, &phone, crowd).await;
        over.send_replace(true);
        written
    };
    let (written, haunted) = tokio::join!(writing, haunt(&house, plan.seed, plan.kill_every_ms, is_over));
    let (written, (mut worker, haunting)) = (written?, haunted?);
    phone.heal();
    let since = Instant::now();
    let is_settled = settled(&house, written.messages(), written.poison).await?;
    let settled_s = since.elapsed().as_secs_f64();
    worker.kill()?;
    worker.wait()?;
    let outcome = look(&house, &phone, &desk, &written).await?;
    let (faults, troubles) = (phone.faults(), line.troubles());
    let folder = (!is_settled || outcome.lost + outcome.doubled + outcome.disagreed > 0).then(|| house.keep());
    ensure!(is_settled, "not settled after {SETTLED_S_MAX} s, see {folder:?}: {:?}", outcome.status);
    Ok(Account { outcome, written, haunting, faults, troubles, settled_s, folder })
}

/// Waits until nothing is open any more; false when that takes longer than [`SETTLED_S_MAX`].
pub async fn settled(house: &House, messages: u64, poison: u64) -> anyhow::Result<bool> {
    let since = Instant::now();
    while since.elapsed() < Duration::from_secs(SETTLED_S_MAX) {
        let status = house.status()?;
        let count = |name: &str| status["status"][name].as_u64().unwrap_or(0);
        let open: u64 = ["pending", "sending", "unknown"].iter().filter_map(|state| status["status"]["effects"][*state].as_u64()).sum();
        let is_in = count("received") >= messages && count("dead_letters") >= poison && status["spooled"] == 0;
        if is_in && open == 0 && count("waiting") == 0 {
            return Ok(true);
        }
        tokio::time::sleep(Duration::from_millis(ASK_MS)).await;
    }
    Ok(false)
}
