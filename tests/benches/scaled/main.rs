//! The whole scaled path: two workers on one RabbitMQ and one PostgreSQL, 10,000 passages in each one's own index, replies through a
//! phone network that speaks as Twilio does, everything durable. Beside it, in the same run and on the same broker and phone network, what
//! a Python shop would assemble (`peers/scaled_python.py`): aio-pika, scikit-learn, bm25s with numpy, httpx, one process, acknowledged
//! after the send, no ledger at all. `make peers` prints it.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test or benchmark stops at the first surprise and prints what it measured"
)]

#[path = "../measure/mod.rs"]
mod measure;
#[path = "../worker/prepare.rs"]
mod prepare;
mod vendors;

use adapters::inbox::amqp::settings::AmqpSettings;
use adapters::secret::Secret;
use cli::config::Config;
use cli::config::inbox::InboxKind;
use cli::config::ledger::LedgerKind;
use cli::config::load::load;
use cli::home::Home;
use cli::wiring;
use measure::{Timer, peers, rss_mb, server};
use prepare::prepare;
use runtime::ports::records::Records;
use runtime::worker::Worker;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;
use tests::broker::{OwnBroker, Queues};
use tests::fakes::address::SECRET;
use tests::fakes::twilio::{ACCOUNT, TOKEN};
use tests::postgres::OwnPostgres;
use tokio::sync::watch;
use vendors::Vendors;

/// As in the program.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// Passages in the knowledge.
const PASSAGES: usize = 10_000;
/// Messages that are put through.
const MESSAGES: usize = 3_000;
/// Pairs of ours and theirs, back to back.
const ROUNDS: usize = 2;
/// What the peer is made of.
const PACKAGES: &[&str] = &["aio-pika==10.2.1", "scikit-learn", "bm25s", "numpy", "httpx"];

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    if vendors::is_asked_for() {
        return runtime.block_on(vendors::serve());
    }
    let folder = tempfile::tempdir().unwrap();
    let Some(broker) = OwnBroker::in_folder(measure::target().join("bench-scaled")) else {
        return println!("left out: scaled (no RabbitMQ: see .ci/rabbitmq)");
    };
    let Some(database) = OwnPostgres::start() else { return println!("left out: scaled (no PostgreSQL: see .ci/postgres)") };
    let python = peers::python("scaled", PACKAGES);
    let (vendors, lines) = (Vendors::start(), runtime.block_on(prepare(folder.path(), PASSAGES, MESSAGES)));
    let servers = Servers { broker, database, vendors };
    println!("{PASSAGES} passages, {MESSAGES} messages; broker and database each take CPU of their own");
    for round in 1..=ROUNDS {
        let ours = runtime.block_on(ours(folder.path(), &servers, round, &lines));
        println!("round {round}: Whimbrel, two workers       {ours}");
        let Some(python) = &python else { continue };
        let queue = servers.queue(&format!("bench.python.{round}"));
        runtime.block_on(publish(&queue, &lines));
        let Some(theirs) = peer(python, folder.path(), &servers, &queue.queue) else { continue };
        println!("round {round}: assembled Python, one process {theirs}");
        println!(
            "round {round}: {:.1} times the messages a second, 1/{:.1} of the CPU a message",
            ours.rate / theirs.rate,
            theirs.cpu_ms / ours.cpu_ms
        );
    }
}

/// What stands beside the workers.
struct Servers {
    broker: OwnBroker,
    database: OwnPostgres,
    vendors: Vendors,
}

impl Servers {
    fn queue(&self, name: &str) -> AmqpSettings {
        AmqpSettings { url: Secret::new(self.broker.url()), queue: name.to_owned(), ..AmqpSettings::default() }
    }

    /// CPU seconds of broker and database.
    fn cpu_s(&self) -> [f64; 2] {
        [server::cpu_s(&self.broker.pid()), server::cpu_s(&server::postgres(self.database.folder()))]
    }
}

/// What one way costs.
struct Figures {
    rate: f64,
    cpu_ms: f64,
    broker_ms: f64,
    database_ms: f64,
    rss_mb: f64,
}

impl std::fmt::Display for Figures {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Figures { rate, cpu_ms, broker_ms, database_ms, rss_mb } = self;
        write!(f, "{rate:6.0}/s {cpu_ms:7.3} ms CPU a message, broker {broker_ms:.3} ms, database {database_ms:.3} ms, {rss_mb:.0} MB")
    }
}

async fn publish(settings: &AmqpSettings, lines: &[Vec<u8>]) {
    let queues = Queues { settings: settings.clone() };
    queues.declare().await.unwrap();
    queues.put(&lines.iter().map(Vec::as_slice).collect::<Vec<_>>()).await.unwrap();
}

/// Two workers with folders of their own, in this process.
async fn ours(folder: &Path, servers: &Servers, round: usize, lines: &[Vec<u8>]) -> Figures {
    let queue = servers.queue(&format!("bench.ours.{round}"));
    publish(&queue, lines).await;
    let (stop, stopped) = watch::channel(false);
    let (mut workers, mut records) = (Vec::new(), None);
    for name in ["first", "second"] {
        let (worker, of_worker) = worker(&config(folder, servers, &queue, name, round)).await;
        workers.push(worker);
        records = Some(of_worker);
    }
    let (records, before, timer) = (records.unwrap(), servers.cpu_s(), Timer::start());
    let run = |worker: Worker| {
        let stopped = stopped.clone();
        tokio::spawn(async move { worker.run(stopped).await })
    };
    let running: Vec<_> = workers.into_iter().map(run).collect();
    loop {
        let status = records.status().await.unwrap();
        if status.decided as usize == lines.len() && status.open_effects() == 0 {
            if round == 1 {
                println!("decisions: {:?}", status.decisions);
            }
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let (each, after) = (lines.len() as f64, servers.cpu_s());
    let figures = Figures {
        rate: each / timer.wall_s(),
        cpu_ms: timer.cpu_s() / each * 1e3,
        broker_ms: (after[0] - before[0]) / each * 1e3,
        database_ms: (after[1] - before[1]) / each * 1e3,
        rss_mb: rss_mb(),
    };
    stop.send_replace(true);
    for worker in running {
        worker.await.unwrap();
    }
    figures
}

fn config(folder: &Path, servers: &Servers, queue: &AmqpSettings, name: &str, round: usize) -> Config {
    let home = folder.join(format!("{name}-{round}"));
    std::fs::create_dir_all(&home).unwrap();
    for file in ["knowledge.db", "intents.model"] {
        std::fs::copy(folder.join("data").join(file), home.join(file)).unwrap();
    }
    let mut config = load(None, Some(home.to_str().unwrap())).unwrap();
    config.policy_file = folder.join("policy.toml");
    config.intents_file = folder.join("intents.toml");
    config.worker.name = name.to_owned();
    config.worker.settings.burst_window_ms = 0;
    config.worker.settings.poll_ms = 5;
    config.inbox.kind = InboxKind::Amqp;
    config.inbox.amqp = queue.clone();
    config.ledger.kind = LedgerKind::Postgres;
    config.ledger.postgres.url = Secret::new(servers.database.url());
    config.ledger.postgres.schema = format!("bench_{round}");
    servers.vendors.configure(&mut config, ACCOUNT, TOKEN, SECRET);
    config
}

async fn worker(config: &Config) -> (Worker, Arc<dyn Records>) {
    let home = Home::open(&config.data_dir).unwrap();
    let knowledge = wiring::knowledge(config, &home).unwrap();
    let triage = wiring::triage_of(config, &home, &knowledge).unwrap();
    let opened = wiring::ledger::worker(config, &home, "bench").await.unwrap();
    let vendors = wiring::vendors(config, &home, opened.clock.clone()).unwrap();
    wiring::index::warm_up(config, &knowledge).await;
    let named = (opened.id.clone(), opened.ledger.clone());
    let worker = wiring::worker_with(config, &home, triage, named, vendors, opened.clock.clone()).unwrap();
    (worker, opened.records.clone())
}

fn peer(python: &Path, folder: &Path, servers: &Servers, queue: &str) -> Option<Figures> {
    let script = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("benches/peers/scaled_python.py");
    let before = servers.cpu_s();
    let phone = format!("{}/2010-04-01/Accounts/{ACCOUNT}/Messages.json", servers.vendors.phone());
    let count = MESSAGES.to_string();
    let said = peers::figures(Command::new(python).arg(script).arg(folder).args([&servers.broker.url(), queue, &phone, &count]))?;
    let of = |name: &str| said[name].as_f64().unwrap_or(f64::NAN);
    let broker_ms = (servers.cpu_s()[0] - before[0]) / MESSAGES as f64 * 1e3;
    Some(Figures { rate: of("rate"), cpu_ms: of("cpu_ms"), broker_ms, database_ms: 0.0, rss_mb: of("rss_mb") })
}
