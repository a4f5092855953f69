//! The servers of the scaled set-up: a RabbitMQ and a PostgreSQL of this run alone, a double of Qdrant's wire, and before each a line
//! that breaks.

use crate::broker::OwnBroker;
use crate::chaos::house::{House, More};
use crate::chaos::line::{Line, Trouble};
use crate::chaos::mailbox::Mailbox;
use crate::postgres::OwnPostgres;
use crate::qdrant_wire_double::server::{QdrantWireDouble, Serving};
use adapters::inbox::amqp::depth::depth;
use adapters::inbox::amqp::settings::AmqpSettings;
use adapters::ledger::postgres::PostgresLedger;
use adapters::ledger::postgres::settings::PostgresSettings;
use adapters::secret::Secret;
use anyhow::Context;
use runtime::ports::records::Records;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use triage::random::Random;

/// Servers are prepared by these verbs of `whimbrel setup`, in this order.
pub const SETUP: [&str; 3] = ["postgres", "amqp", "qdrant"];
/// A connection to a server that is cut carries so many bytes before that at most: they live long.
const CARRIED_BYTES_MAX: usize = 200_000;
/// A server that was killed is away for so long, in milliseconds.
const AWAY_MS: u64 = 2_000;
/// How often the broker is asked whether somebody reads, in milliseconds.
const ASK_MS: u64 = 100;
/// One such look may take so long, in milliseconds.
const LOOK_MS_MAX: u64 = 1_000;
/// When a server dies, in parts of a hundred of the time that customers write at least.
const DEATHS: [(u64, Victim); 3] = [(25, Victim::Broker), (50, Victim::Database), (75, Victim::Broker)];

/// Who dies.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Victim {
    Broker,
    Database,
}

/// What was done to servers.
#[derive(Clone, Default, Debug)]
pub struct Died {
    /// Times the broker was killed, each with the seconds from its return until a worker read from it.
    pub broker: Vec<f64>,
    /// Times the database was killed.
    pub database: u64,
    /// Connections to broker, database and index that broke.
    pub troubles: [u64; 3],
}

/// All three.
pub struct Servers {
    broker: Arc<OwnBroker>,
    database: Arc<OwnPostgres>,
    qdrant: Serving,
    lines: [Line; 3],
}

impl Servers {
    /// Starts them. `folder` is the broker's.
    pub async fn start(folder: &Path, seed: u64, sides: usize) -> anyhow::Result<Self> {
        let broker = OwnBroker::in_folder(folder.join("rabbitmq")).context("RabbitMQ did not start: see .ci/rabbitmq")?;
        let database = OwnPostgres::start().context("PostgreSQL did not start: see .ci/postgres")?;
        let qdrant = QdrantWireDouble::default().serve().await?;
        let trouble = |number| Trouble { seed: seed + number, sides, bytes_max: CARRIED_BYTES_MAX };
        let lines = [
            Line::before(address(&broker.url())?, trouble(1)).await?,
            Line::before(address(&database.url())?, trouble(2)).await?,
            Line::before(address(&qdrant.url)?, trouble(3)).await?,
        ];
        Ok(Servers { broker: Arc::new(broker), database: Arc::new(database), qdrant, lines })
    }

    /// The part of a worker's configuration that names them, through their lines.
    pub fn config(&self) -> anyhow::Result<String> {
        let [amqp, postgres, qdrant] = &self.lines;
        Ok(format!(
            "[inbox]\nkind = \"amqp\"\n[inbox.amqp]\nurl = {:?}\n[ledger]\nkind = \"postgres\"\n[ledger.postgres]\nurl = {:?}\n\
             [index]\nkind = \"qdrant\"\n[index.qdrant]\nurl = {:?}\n",
            through(&self.broker.url(), amqp)?,
            through(&self.database.url(), postgres)?,
            through(&self.qdrant.url, qdrant)?,
        ))
    }

    /// The inbox, as a helpdesk sees it: its own line does not break.
    pub fn mailbox(&self) -> Mailbox {
        Mailbox::in_broker(self.amqp())
    }

    fn amqp(&self) -> AmqpSettings {
        AmqpSettings { url: Secret::new(self.broker.url()), ..AmqpSettings::default() }
    }

    /// The ledger, read beside the workers.
    pub async fn records(&self) -> anyhow::Result<Arc<dyn Records>> {
        Ok(Arc::new(PostgresLedger::open_desk(&PostgresSettings::default(), &self.database.url()).await?))
    }

    /// Kills broker and database while customers write, which takes them `writing_ms` at least.
    pub async fn haunt(&self, seed: u64, writing_ms: u64) -> anyhow::Result<Died> {
        let (mut random, mut died, began) = (Random::seeded(seed), Died::default(), Instant::now());
        let names = self.broker.clone();
        tokio::task::spawn_blocking(move || names.sync()).await?;
        for (share, victim) in DEATHS {
            let at_ms = writing_ms * share / 100 + u64::try_from(random.below(3_000)).unwrap_or(0);
            tokio::time::sleep(Duration::from_millis(at_ms).saturating_sub(began.elapsed())).await;
            match victim {
                Victim::Broker => died.broker.push(self.broker_dies().await?),
                Victim::Database => {
                    let database = self.database.clone();
                    tokio::task::spawn_blocking(move || database.kill()).await?;
                    tokio::time::sleep(Duration::from_millis(AWAY_MS)).await;
                    let database = self.database.clone();
                    tokio::task::spawn_blocking(move || database.restart()).await?;
                    died.database += 1;
                }
            }
        }
        Ok(died)
    }

    /// Seconds from its return until somebody reads from it again.
    async fn broker_dies(&self) -> anyhow::Result<f64> {
        let broker = self.broker.clone();
        tokio::task::spawn_blocking(move || broker.kill()).await?;
        tokio::time::sleep(Duration::from_millis(AWAY_MS)).await;
        let broker = self.broker.clone();
        tokio::task::spawn_blocking(move || broker.restart()).await?;
        let (back, settings) = (Instant::now(), self.amqp());
        loop {
            // A look that hangs is no answer; the next one may be.
            let looked = tokio::time::timeout(Duration::from_millis(LOOK_MS_MAX), depth(&settings)).await;
            if looked.is_ok_and(|depth| depth.is_ok_and(|depth| depth.consumers > 0)) {
                break;
            }
            tokio::time::sleep(Duration::from_millis(ASK_MS)).await;
        }
        Ok(back.elapsed().as_secs_f64())
    }

    /// From now on their lines are whole; says how many connections broke.
    pub fn heal(&self) -> [u64; 3] {
        self.lines.each_ref().map(|line| {
            line.heal();
            line.troubles()
        })
    }

    /// A house whose worker lives on them, and a second one beside it.
    pub fn houses(&self, program: std::path::PathBuf, phone: SocketAddr, desk: &str) -> anyhow::Result<Vec<Arc<House>>> {
        let more = More { config: self.config()?, setup: SETUP.to_vec(), ..More::default() };
        let first = House::new(program, phone, desk, more)?;
        let second = first.beside(phone, desk)?;
        Ok(vec![Arc::new(first), Arc::new(second)])
    }
}

/// Host and port of an address such as `scheme://user@127.0.0.1:5432/name`.
pub fn address(url: &str) -> anyhow::Result<SocketAddr> {
    let host = url.split("://").nth(1).and_then(|rest| rest.split('/').next()).unwrap_or_default();
    let host = host.rsplit('@').next().unwrap_or_default();
    host.parse().with_context(|| format!("no host and port in {url}"))
}

/// The same, through a line.
fn through(url: &str, line: &Line) -> anyhow::Result<String> {
    Ok(url.replacen(&address(url)?.to_string(), &line.address.to_string(), 1))
}
