//! The embedded ledger as a durable queue: one job is an intake, a claim and a decision, each durable on its own.
//! `cargo bench -p tests --bench queue` prints the table; the disk's own limit is measured in the same run.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test or benchmark stops at the first surprise and prints what it measured"
)]

mod measure;

use adapters::ledger::sqlite::SqliteLedger;
use jiff::Timestamp;
use measure::Timer;
use runtime::effect::DecisionId;
use runtime::inbound::InboundMessage;
use runtime::ports::ledger::{ClaimTerms, Ledger, WorkerId};
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use triage::case::Case;
use triage::gate::Gate;
use triage::intent::IntentCatalog;
use triage::policy::Policy;
use triage::terms::Terms;

/// Clients that wait at the same time.
const CLIENTS: usize = 64;
/// Seconds a case runs.
const CASE_S: f64 = 5.0;
/// Rows of the deep queue.
const DEPTH: usize = 1_000_000;

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let sync_rate = fdatasync_rate(folder.path());
    println!("disk: {sync_rate:.0} fdatasync/s (4 KiB overwrite)");
    let empty = runtime.block_on(jobs(&folder.path().join("empty.db"), 0));
    println!(
        "empty queue: {:.0} jobs/s, {:.0} commits/s ({:.0} % of fdatasync), {:.0} us CPU a job, oldest ready p99 {:.0} ms",
        empty.jobs_s,
        empty.commits_s,
        empty.commits_s / sync_rate * 100.0,
        empty.cpu_us,
        empty.age_p99_ms
    );
    let deep = runtime.block_on(jobs(&folder.path().join("deep.db"), DEPTH));
    println!(
        "depth {DEPTH}: {:.0} jobs/s ({:.0} % of empty), {:.0} us CPU a job",
        deep.jobs_s,
        deep.jobs_s / empty.jobs_s * 100.0,
        deep.cpu_us
    );
    println!("disk again: {:.0} fdatasync/s", fdatasync_rate(folder.path()));
}

/// How often a second the disk makes 4 KiB durable.
fn fdatasync_rate(folder: &Path) -> f64 {
    let mut file = std::fs::File::create(folder.join("probe")).unwrap();
    file.write_all(&[0; 4096]).unwrap();
    file.sync_all().unwrap();
    let (start, mut count) = (Instant::now(), 0u32);
    while start.elapsed() < Duration::from_secs(2) {
        file.seek(SeekFrom::Start(0)).unwrap();
        file.write_all(&[1; 4096]).unwrap();
        file.sync_data().unwrap();
        count += 1;
    }
    f64::from(count) / start.elapsed().as_secs_f64()
}

struct Figures {
    jobs_s: f64,
    commits_s: f64,
    cpu_us: f64,
    age_p99_ms: f64,
}

async fn jobs(path: &Path, depth: usize) -> Figures {
    let ledger = Arc::new(SqliteLedger::open_worker(path).unwrap());
    fill(ledger.as_ref(), depth).await;
    let (done, next) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(depth as u64)));
    let commits = ledger.commits();
    let triage = triage();
    let timer = Timer::start();
    let mut clients = tokio::task::JoinSet::new();
    for client in 0..CLIENTS {
        let (ledger, done, next, triage) = (ledger.clone(), done.clone(), next.clone(), triage.clone());
        clients.spawn(async move {
            let worker = WorkerId(format!("bench-{client}"));
            let (start, mut ages) = (Instant::now(), Vec::new());
            while start.elapsed().as_secs_f64() < CASE_S {
                let n = next.fetch_add(1, Ordering::Relaxed);
                ledger.receive(&[message(n)], Timestamp::now()).await.unwrap();
                let terms = ClaimTerms { burst_window_ms: 0, burst_max_ms: 0, lease_ms: 60_000, limit: 1 };
                for claim in ledger.claim_due(&worker, Timestamp::now(), terms).await.unwrap() {
                    ages.push(Timestamp::now().as_millisecond() - claim.received_at.as_millisecond());
                    let case = Case::at(&claim.ticket, &claim.message).unwrap();
                    let decision = triage.decide(&case).await.unwrap();
                    let id = DecisionId::of(&claim.ticket.id, &claim.message, claim.fence);
                    ledger.decided(&claim, &id, &decision, &[], Timestamp::now()).await.unwrap();
                    done.fetch_add(1, Ordering::Relaxed);
                }
            }
            ages
        });
    }
    let mut ages = Vec::new();
    while let Some(client) = clients.join_next().await {
        ages.extend(client.unwrap());
    }
    ages.sort_unstable();
    let count = done.load(Ordering::Relaxed) as f64;
    Figures {
        jobs_s: count / timer.wall_s(),
        commits_s: (ledger.commits() - commits) as f64 / timer.wall_s(),
        cpu_us: timer.cpu_s() / count * 1e6,
        age_p99_ms: ages.get(ages.len() * 99 / 100).copied().unwrap_or(0) as f64,
    }
}

async fn fill(ledger: &SqliteLedger, depth: usize) {
    for start in (0..depth).step_by(5_000) {
        let messages: Vec<InboundMessage> = (start..(start + 5_000).min(depth)).map(|n| message(n as u64)).collect();
        ledger.receive(&messages, Timestamp::now()).await.unwrap();
    }
}

fn message(n: u64) -> InboundMessage {
    let line = format!(
        "{{\"v\":1,\"message_id\":\"SM{n:032x}\",\"from\":\"+1555{:07}\",\"to\":\"+12025550100\",\"text\":\"{}\"}}",
        n % 10_000_000,
        "where is my order ".repeat(8)
    );
    InboundMessage::parse(line.as_bytes()).unwrap()
}

/// A decision that costs little: with no model every message goes to a person.
fn triage() -> triage::triage::Triage {
    use knowledge::learned::checker::LocalChecker;
    use knowledge::learned::classifier::LocalClassifier;
    use knowledge::learned::hashed_embedder::HashedEmbedder;
    use knowledge::learned::writer::LocalWriter;
    triage::triage::Triage {
        terms: Arc::new(Terms::new(Policy::default(), IntentCatalog::default(), Gate::cautious())),
        classifier: Arc::new(LocalClassifier::untrained(Arc::new(HashedEmbedder))),
        retriever: Arc::new(Nothing),
        writer: Arc::new(LocalWriter),
        checker: Arc::new(LocalChecker),
    }
}

struct Nothing;

#[async_trait::async_trait]
impl triage::ports::Retriever for Nothing {
    async fn retrieve(&self, query: &triage::evidence::Query) -> Result<triage::evidence::Found, triage::ports::StageError> {
        Ok(triage::evidence::Found { ask: query.text.clone(), passages: Vec::new() })
    }
    fn version(&self) -> String {
        "nothing".to_owned()
    }
}
