//! One campaign: houses with workers, their vendors and servers, their customers, and whoever haunts them all.

use crate::chaos::clock;
use crate::chaos::customers::{Crowd, Written, write};
use crate::chaos::doors::Doors;
use crate::chaos::house::{DeadLetters, House, More, is_idle};
use crate::chaos::killer::{Done, haunt};
use crate::chaos::ledger_view::{Outcome, look};
use crate::chaos::line::{Line, Trouble};
use crate::chaos::phone::Phone;
use crate::chaos::servers::{Died, Servers};
use crate::fakes::address::FakeAddress;
use anyhow::ensure;
use runtime::ports::records::Records;
use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Child;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// Everything is settled within so many seconds after the last fault.
pub const SETTLED_S_MAX: u64 = 300;
/// How often the house is asked whether all is settled, in milliseconds.
const ASK_MS: u64 = 500;
/// A call of the phone network is cut after so many bytes at most.
const CARRIED_BYTES_MAX: usize = 6_000;

/// What runs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Setup {
    /// One worker on what its machine has.
    Embedded,
    /// Two workers on one RabbitMQ, one PostgreSQL and one Qdrant (a double of its wire).
    Scaled,
}

impl fmt::Display for Setup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Setup::Embedded => "embedded",
            Setup::Scaled => "scaled",
        })
    }
}

/// What is to be done.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// What runs.
    pub setup: Setup,
    /// Messages of customers.
    pub messages: usize,
    /// Decides every moment and every fault.
    pub seed: u64,
    /// Each worker is killed about so often, in milliseconds.
    pub kill_every_ms: usize,
    /// The clock of each worker is set an hour wrong, or right again, about so often, in milliseconds; never when 0.
    pub clock_every_ms: usize,
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
    /// What was done to servers.
    pub died: Died,
    /// Dead letters, in the ledger and in the broker.
    pub dead_letters: DeadLetters,
    /// How often a worker's clock was set.
    pub clock_steps: u64,
    /// What the phone network did wrong.
    pub faults: BTreeMap<&'static str, u64>,
    /// Connections to it that broke.
    pub troubles: u64,
    /// Seconds from the last fault until all was settled.
    pub settled_s: f64,
    /// The folders, when something was wrong.
    pub folders: Vec<PathBuf>,
}

/// Runs one. Servers keep what they have in `folder`.
pub async fn run(program: PathBuf, plan: Plan, folder: &Path) -> anyhow::Result<Account> {
    let (phone, desk) = (Phone::new(plan.seed, plan.fault_sides), FakeAddress::default());
    let trouble = Trouble { seed: plan.seed, sides: plan.trouble_sides, bytes_max: CARRIED_BYTES_MAX };
    let (line, address) = (Line::before(phone.serve().await?, trouble).await?, desk.serve().await?);
    let (servers, houses) = match plan.setup {
        Setup::Embedded => (None, vec![Arc::new(House::new(program, line.address, &address, More::default())?)]),
        Setup::Scaled => {
            let servers = Servers::start(folder, plan.seed, plan.trouble_sides).await?;
            let houses = servers.houses(program, line.address, &address)?;
            (Some(servers), houses)
        }
    };
    let (over, is_over) = watch::channel(false);
    let crowd = Crowd { messages: plan.messages, area: 555, seed: plan.seed, every_ms: plan.every_ms };
    let customers = async {
        let doors = doors(&houses, servers.as_ref())?;
        let written = write(&doors, &phone, crowd);
        let writing_ms = plan.every_ms * plan.messages as u64;
        let dying = async {
            match &servers {
                Some(servers) => servers.haunt(plan.seed, writing_ms).await,
                None => Ok(Died::default()),
            }
        };
        let both = tokio::join!(written, dying);
        over.send_replace(true);
        anyhow::Ok((both.0?, both.1?))
    };
    let (customers, haunted, steps) = tokio::join!(customers, haunt_all(&houses, plan, &is_over), step_all(&houses, plan, &is_over));
    let ((written, mut died), (mut workers, haunting), clock_steps) = (customers?, haunted?, steps?);
    phone.heal();
    died.troubles = servers.as_ref().map(Servers::heal).unwrap_or_default();
    let since = Instant::now();
    let is_settled = settled(&houses[0], written.messages(), written.poison).await?;
    let settled_s = since.elapsed().as_secs_f64();
    for worker in &mut workers {
        worker.kill()?;
        worker.wait()?;
    }
    let records = records(&houses, servers.as_ref()).await?;
    let outcome = look(records.as_ref(), &phone, &desk, &written).await?;
    let dead_letters = houses[0].dead_letters()?;
    let is_well = is_settled && outcome.lost + outcome.doubled + outcome.disagreed == 0;
    let kept = houses.into_iter().filter_map(Arc::into_inner).filter(|_| !is_well).map(House::keep);
    let folders: Vec<PathBuf> = kept.collect();
    ensure!(is_settled, "not settled after {SETTLED_S_MAX} s, see {folders:?}: {:?}", outcome.status);
    Ok(Account {
        outcome,
        written,
        haunting,
        died,
        dead_letters,
        clock_steps,
        faults: phone.faults(),
        troubles: line.troubles(),
        settled_s,
        folders,
    })
}

async fn records(houses: &[Arc<House>], servers: Option<&Servers>) -> anyhow::Result<Arc<dyn Records>> {
    match servers {
        Some(servers) => servers.records().await,
        None => houses[0].records(),
    }
}

fn doors(houses: &[Arc<House>], servers: Option<&Servers>) -> anyhow::Result<Doors> {
    match servers {
        Some(servers) => Ok(Doors { consoles: houses.iter().map(|house| house.console.clone()).collect(), mailbox: servers.mailbox() }),
        None => Doors::of(&houses[0]),
    }
}

/// Haunts every worker, each at moments of its own.
async fn haunt_all(houses: &[Arc<House>], plan: Plan, over: &watch::Receiver<bool>) -> anyhow::Result<(Vec<Child>, Done)> {
    let mut haunted = JoinSet::new();
    for (house, seed) in houses.iter().cloned().zip(plan.seed..) {
        let over = over.clone();
        haunted.spawn(async move { haunt(&house, seed, plan.kill_every_ms, over).await });
    }
    let (mut workers, mut all) = (Vec::new(), Done::default());
    for one in haunted.join_all().await {
        let (worker, done) = one?;
        workers.push(worker);
        all.kills += done.kills;
        all.stops += done.stops;
    }
    Ok((workers, all))
}

/// Sets the clock of every worker, each at moments of its own. Says how often.
async fn step_all(houses: &[Arc<House>], plan: Plan, over: &watch::Receiver<bool>) -> anyhow::Result<u64> {
    let mut stepped = JoinSet::new();
    for (house, seed) in houses.iter().cloned().zip(plan.seed..) {
        let over = over.clone();
        stepped.spawn(async move { clock::step(&house, seed, plan.clock_every_ms, over).await });
    }
    stepped.join_all().await.into_iter().sum()
}

/// Waits until nothing is open any more; false when that takes longer than [`SETTLED_S_MAX`].
pub async fn settled(house: &House, messages: u64, poison: u64) -> anyhow::Result<bool> {
    let since = Instant::now();
    while since.elapsed() < Duration::from_secs(SETTLED_S_MAX) {
        let status = house.status()?;
        let count = |name: &str| status["status"][name].as_u64().unwrap_or(0);
        let dead = count("dead_letters") + status["inbox"]["dead"].as_u64().unwrap_or(0);
        if is_idle(&status) && count("received") >= messages && dead >= poison {
            return Ok(true);
        }
        tokio::time::sleep(Duration::from_millis(ASK_MS)).await;
    }
    Ok(false)
}
