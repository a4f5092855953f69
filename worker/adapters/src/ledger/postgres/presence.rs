//! Who works on this ledger. A worker holds its name by a lock of its session as long as it lives, writes down now and then that it
//! is there, and reads the server's clock with the same statement.
//!
//! A name is a place: whoever starts takes the first free one of `worker-1`, `worker-1-2`, `worker-1-3` …, and takes back
//! what the one who held it before has left. So two processes never share a name, and a restarted one goes on with its own.

use crate::clock::shared::SharedClock;
use crate::ledger::postgres::problem::{Problem, permanent};
use crate::ledger::postgres::rows::timestamp;
use crate::ledger::postgres::store::Verb;
use crate::ledger::words::count;
use async_trait::async_trait;
use runtime::ports::ledger::{LedgerError, WorkerId};
use runtime::ports::records::SeenWorker;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::task::JoinHandle;

/// How often a worker writes down that it is there, in milliseconds.
pub const HEARTBEAT_MS: u64 = 5_000;
/// A worker that has not written for so long counts as gone, in milliseconds: three heartbeats and a little.
pub const GONE_MS: i64 = 17_000;
/// Workers that may share a name and its numbers.
pub const PLACES_MAX: u32 = 256;

/// The server's clock in milliseconds since 1970.
macro_rules! now {
    () => {
        "(floor(extract(epoch FROM clock_timestamp()) * 1000))::bigint"
    };
}

/// What a worker says of itself.
#[derive(Clone, Debug)]
pub struct About {
    /// The name that is configured.
    pub name: String,
    /// The version of the program.
    pub version: String,
    /// The policy, the intents, the gate and the model that it decides with, in a word.
    pub mind: String,
}

/// A worker that is there. Dropping it says good-bye without a word: the row then says since when nothing was heard.
pub(crate) struct Presence {
    pub(crate) worker: WorkerId,
    pub(crate) clock: Arc<SharedClock>,
    heart: JoinHandle<()>,
}

impl Drop for Presence {
    fn drop(&mut self) {
        self.heart.abort();
    }
}

impl Presence {
    /// Takes a name and begins to write.
    pub(crate) async fn begin(options: &PgConnectOptions, about: About) -> Result<Self, LedgerError> {
        let mut connection = connect(options).await.map_err(Problem::told)?;
        let name = take_a_name(&mut connection, &about.name).await.map_err(Problem::told)?;
        let name = name
            .ok_or_else(|| permanent(format!("{PLACES_MAX} workers named {} are running: give worker.name another value", about.name)))?;
        let about = About { name, ..about };
        let clock = Arc::new(SharedClock::starting_at(enter(&mut connection, &about).await.map_err(Problem::told)?));
        let worker = WorkerId(about.name.clone());
        let heart = tokio::spawn(beat(options.clone(), connection, about, clock.clone()));
        Ok(Presence { worker, clock, heart })
    }
}

async fn connect(options: &PgConnectOptions) -> Result<PgConnection, Problem> {
    Ok(<PgConnection as sqlx::Connection>::connect_with(options).await?)
}

/// The first of the name's places that nobody holds; the lock lasts as long as the session.
async fn take_a_name(connection: &mut PgConnection, name: &str) -> Result<Option<String>, Problem> {
    for place in 1..=PLACES_MAX {
        let name = if place == 1 { name.to_owned() } else { format!("{name}-{place}") };
        if hold(connection, &name).await? {
            return Ok(Some(name));
        }
    }
    Ok(None)
}

async fn hold(connection: &mut PgConnection, name: &str) -> Result<bool, Problem> {
    let sql = "SELECT pg_try_advisory_lock(hashtextextended('worker ' || current_schema() || ' ' || $1, 0))";
    Ok(sqlx::query_scalar(sql).bind(name).fetch_one(connection).await?)
}

/// The server's time, and the moment when it was that.
struct Read {
    at: i64,
    when: Instant,
}

/// The answer was on its way for half of the time that it took.
fn read(at: i64, asked: Instant) -> Read {
    Read { at, when: asked + asked.elapsed() / 2 }
}

async fn enter(connection: &mut PgConnection, about: &About) -> Result<(jiff::Timestamp, Instant), Problem> {
    let asked = Instant::now();
    let enter = sqlx::query_scalar(concat!(
        "INSERT INTO workers (name, version, mind, started_at, seen_at) SELECT $1, $2, $3, n, n FROM (SELECT ",
        now!(),
        " AS n) a
         ON CONFLICT (name) DO UPDATE SET version = excluded.version, mind = excluded.mind, started_at = excluded.started_at,
         seen_at = excluded.seen_at, stopped_at = NULL RETURNING ",
        now!()
    ));
    let at: i64 = enter.bind(&about.name).bind(&about.version).bind(&about.mind).fetch_one(connection).await?;
    let read = read(at, asked);
    Ok((timestamp(read.at)?, read.when))
}

/// Writes now and then; after a lost connection on a new one, under the same name when nobody has taken it.
async fn beat(options: PgConnectOptions, connection: PgConnection, about: About, clock: Arc<SharedClock>) {
    let mut open = Some(connection);
    loop {
        tokio::time::sleep(Duration::from_millis(HEARTBEAT_MS)).await;
        let beaten = match open.take() {
            Some(mut connection) => once(&mut connection, &about.name, &clock).await.map(|()| connection),
            None => again(&options, &about, &clock).await,
        };
        match beaten {
            Ok(connection) => open = Some(connection),
            Err(problem) => tracing::warn!(problem = %problem.told(), "the ledger cannot be told that this worker is there"),
        }
    }
}

async fn once(connection: &mut PgConnection, name: &str, clock: &SharedClock) -> Result<(), Problem> {
    let asked = Instant::now();
    let sql = concat!("UPDATE workers SET seen_at = ", now!(), " WHERE name = $1 RETURNING ", now!());
    let at: i64 = sqlx::query_scalar(sql).bind(name).fetch_one(connection).await?;
    let Read { at, when } = read(at, asked);
    clock.set(timestamp(at)?, when);
    Ok(())
}

async fn again(options: &PgConnectOptions, about: &About, clock: &SharedClock) -> Result<PgConnection, Problem> {
    let mut connection = connect(options).await?;
    if !hold(&mut connection, &about.name).await? {
        // Fences keep the two apart; what this one still holds, the other has taken back.
        tracing::error!(name = about.name, "another worker has taken this name while the connection was lost: restart this one");
    }
    once(&mut connection, &about.name, clock).await?;
    Ok(connection)
}

/// Notes that a worker has stopped in order.
pub(crate) struct Leave<'a>(pub(crate) &'a WorkerId);

#[async_trait]
impl Verb for Leave<'_> {
    type Answer = ();

    async fn run(&self, connection: &mut PgConnection) -> Result<(), Problem> {
        let sql = concat!("UPDATE workers SET stopped_at = ", now!(), ", seen_at = ", now!(), " WHERE name = $1");
        sqlx::query(sql).bind(&self.0.0).execute(connection).await?;
        Ok(())
    }
}

/// Every worker that was seen, by name.
pub(crate) struct Seen;

/// Name, version, mind; started, seen, stopped; turns, effects; now.
type Columns = (String, String, String, i64, i64, Option<i64>, i64, i64, i64);

#[async_trait]
impl Verb for Seen {
    type Answer = Vec<SeenWorker>;

    async fn run(&self, connection: &mut PgConnection) -> Result<Vec<SeenWorker>, Problem> {
        let rows = sqlx::query_as(concat!(
            "SELECT w.name, w.version, w.mind, w.started_at, w.seen_at, w.stopped_at,
             (SELECT COUNT(*) FROM conversations c WHERE c.lease_until IS NOT NULL AND c.lease_worker = w.name) AS turns,
             (SELECT COUNT(*) FROM effects e WHERE e.state = 'sending' AND e.worker = w.name) AS effects, ",
            now!(),
            " AS now
             FROM workers w ORDER BY w.name"
        ));
        let rows: Vec<Columns> = rows.fetch_all(connection).await?;
        let seen = |(name, version, mind, started_at, seen_at, stopped_at, turns, effects, now): Columns| {
            Ok(SeenWorker {
                name: WorkerId(name),
                version,
                mind,
                started_at: timestamp(started_at)?,
                seen_at: timestamp(seen_at)?,
                stopped_at: stopped_at.map(timestamp).transpose()?,
                is_gone: stopped_at.is_none() && now.saturating_sub(seen_at) > GONE_MS,
                turns: count(turns),
                effects: count(effects),
            })
        };
        rows.into_iter().map(seen).collect()
    }
}
