//! One case of the queue: so many clients that each take in, claim and close, again and again.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used, reason = "a benchmark stops at the first surprise")]

use crate::CASE_S;
use crate::measure::Timer;
use adapters::ledger::sqlite::SqliteLedger;
use jiff::Timestamp;
use runtime::effect::DecisionId;
use runtime::inbound::InboundMessage;
use runtime::ports::ledger::{ClaimTerms, Ledger, WorkerId};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;
use triage::decision::Decision;
use triage::gate::Gate;
use triage::intent::IntentCatalog;
use triage::phone::PhoneNumber;
use triage::policy::Policy;
use triage::terms::Terms;
use triage::ticket::MessageId;
use triage::triage::Triage;

/// Characters of a message: as much as the peer's body.
const TEXT_CHARS: usize = 1_024;

/// What is done, and how.
#[derive(Clone)]
pub(crate) struct Case {
    pub name: String,
    /// Clients that work at the same time.
    pub clients: usize,
    /// Messages that wait before it begins.
    pub depth: usize,
    /// Every step is on the disk before the client goes on; else intake is, and the rest before anything is sent.
    pub every_step_durable: bool,
    /// Each turn is decided; else one decision that was made beforehand closes every turn.
    pub decides: bool,
}

impl Default for Case {
    fn default() -> Self {
        Case { name: String::new(), clients: 1, depth: 0, every_step_durable: false, decides: false }
    }
}

/// What came of it.
pub(crate) struct Figures {
    pub jobs_s: f64,
    pub cpu_us: f64,
    pub commits_s: f64,
    pub syncs_s: f64,
    pub age_p99_ms: f64,
}

impl Case {
    /// Runs on a new ledger at `path`.
    pub(crate) async fn run(&self, path: &Path) -> Figures {
        for suffix in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{suffix}", path.display()));
        }
        let ledger = Arc::new(SqliteLedger::open_worker(path).unwrap());
        fill(ledger.as_ref(), self.depth).await;
        let next = Arc::new(AtomicU64::new(self.depth as u64));
        let triage = triage();
        let made = Arc::new(ignored(&triage).await);
        let (commits, syncs) = (ledger.commits(), ledger.syncs());
        let timer = Timer::start();
        let mut clients = tokio::task::JoinSet::new();
        for client in 0..self.clients {
            let client = Client {
                case: self.clone(),
                worker: WorkerId(format!("bench-{client}")),
                ledger: ledger.clone(),
                next: next.clone(),
                triage: triage.clone(),
                made: made.clone(),
            };
            clients.spawn(client.work());
        }
        let mut ages = Vec::new();
        while let Some(client) = clients.join_next().await {
            ages.extend(client.unwrap());
        }
        let (wall_s, cpu_s, jobs) = (timer.wall_s(), timer.cpu_s(), ages.len() as f64);
        ages.sort_unstable();
        Figures {
            jobs_s: jobs / wall_s,
            cpu_us: cpu_s / jobs * 1e6,
            commits_s: (ledger.commits() - commits) as f64 / wall_s,
            syncs_s: (ledger.syncs() - syncs) as f64 / wall_s,
            age_p99_ms: ages.get(ages.len() * 99 / 100).copied().unwrap_or(0) as f64,
        }
    }
}

struct Client {
    case: Case,
    worker: WorkerId,
    ledger: Arc<SqliteLedger>,
    next: Arc<AtomicU64>,
    triage: Triage,
    made: Arc<Decision>,
}

impl Client {
    /// Until the time is over. Returns how old each message was at its claim, in milliseconds.
    async fn work(self) -> Vec<i64> {
        let terms = ClaimTerms { burst_window_ms: 0, burst_max_ms: 0, lease_ms: 60_000, limit: 1 };
        let (start, mut ages) = (Instant::now(), Vec::new());
        let template = message();
        while start.elapsed().as_secs_f64() < CASE_S {
            let message = numbered(&template, self.next.fetch_add(1, Ordering::Relaxed));
            self.ledger.receive(&[message], Timestamp::now()).await.unwrap();
            for claim in self.ledger.claim_due(&self.worker, Timestamp::now(), terms).await.unwrap() {
                ages.push(Timestamp::now().as_millisecond() - claim.received_at.as_millisecond());
                self.made_sure().await;
                let id = DecisionId::of(&claim.ticket.id, &claim.message, claim.fence);
                if self.case.decides {
                    let case = triage::case::Case::at(&claim.ticket, &claim.message).unwrap();
                    let decision = self.triage.decide(&case).await.unwrap();
                    self.ledger.decided(&claim, &id, &decision, &[], Timestamp::now()).await.unwrap();
                } else {
                    self.ledger.decided(&claim, &id, &self.made, &[], Timestamp::now()).await.unwrap();
                }
                self.made_sure().await;
            }
        }
        ages
    }

    async fn made_sure(&self) {
        if self.case.every_step_durable {
            self.ledger.sync().await.unwrap();
        }
    }
}

async fn fill(ledger: &SqliteLedger, depth: usize) {
    let template = message();
    for start in (0..depth).step_by(5_000) {
        let messages: Vec<InboundMessage> = (start..(start + 5_000).min(depth)).map(|n| numbered(&template, n as u64)).collect();
        ledger.receive(&messages, Timestamp::now()).await.unwrap();
    }
}

fn message() -> InboundMessage {
    let text = "x".repeat(TEXT_CHARS);
    let line = format!("{{\"v\":1,\"message_id\":\"SM\",\"from\":\"+15550000000\",\"to\":\"+12025550100\",\"text\":\"{text}\"}}");
    InboundMessage::parse(line.as_bytes()).unwrap()
}

fn numbered(template: &InboundMessage, n: u64) -> InboundMessage {
    let from = PhoneNumber::parse(&format!("+1555{:07}", n % 10_000_000)).unwrap();
    InboundMessage { message_id: MessageId(format!("SM{n:032x}")), from, ..template.clone() }
}

/// A decision that costs little: with no model every message goes to a person.
fn triage() -> Triage {
    use knowledge::learned::checker::LocalChecker;
    use knowledge::learned::classifier::LocalClassifier;
    use knowledge::learned::hashed_embedder::HashedEmbedder;
    use knowledge::learned::writer::LocalWriter;
    Triage {
        terms: Arc::new(Terms::new(Policy::default(), IntentCatalog::default(), Gate::cautious())),
        classifier: Arc::new(LocalClassifier::untrained(Arc::new(HashedEmbedder))),
        retriever: Arc::new(Nothing),
        writer: Arc::new(LocalWriter),
        checker: Arc::new(LocalChecker),
        second: None,
    }
}

/// What is decided of an empty message: nothing is done.
async fn ignored(triage: &Triage) -> Decision {
    use adapters::ledger::memory::MemoryLedger;
    let ledger = MemoryLedger::default();
    let empty = InboundMessage { text: String::new(), ..numbered(&message(), 0) };
    ledger.receive(&[empty], Timestamp::now()).await.unwrap();
    let terms = ClaimTerms { burst_window_ms: 0, burst_max_ms: 0, lease_ms: 60_000, limit: 1 };
    let claims = ledger.claim_due(&WorkerId("bench".to_owned()), Timestamp::now(), terms).await.unwrap();
    let claim = claims.first().unwrap();
    triage.decide(&triage::case::Case::at(&claim.ticket, &claim.message).unwrap()).await.unwrap()
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
