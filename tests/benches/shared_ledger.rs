//! The way of a message through the ledger, on SQLite and on PostgreSQL in one run: taken in, claimed, decided, its send begun and
//! settled. `cargo bench -p tests --bench shared_ledger` prints the table. It starts a PostgreSQL of its own unless
//! `WHIMBREL_TEST_POSTGRES_URL` names one.
//!
//! CPU is that of this process; the server's own is told beside it, where `/proc` shows it.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test or benchmark stops at the first surprise and prints what it measured"
)]

#[path = "measure/mod.rs"]
mod measure;

use adapters::ledger::sqlite::SqliteLedger;
use jiff::Timestamp;
use measure::Timer;
use measure::disk::fdatasync_rate;
use runtime::effect::{DecisionId, EffectOutcome, effects_of};
use runtime::ports::ledger::{ClaimTerms, Ledger};
use std::sync::Arc;
use tests::contracts::ledger::twin::{message, reply, worker};
use tests::postgres::{self, OwnPostgres};
use tokio::task::JoinSet;
use triage::phone::PhoneNumber;
use triage::ticket::{Author, MessageId};

/// Messages of a case, each of a conversation of its own.
const MESSAGES: usize = 20_000;
/// Messages that intake hands over at once, as `worker.intake_batch` says.
const INTAKE_BATCH: usize = 256;
/// Turns and effects in flight, as `worker.turns_in_flight` says.
const IN_FLIGHT: usize = 32;
/// Lease of turns and effects, in milliseconds.
const LEASE_MS: i64 = 600_000;

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let folder = tempfile::tempdir().unwrap();
    println!("\n{MESSAGES} messages, {IN_FLIGHT} in flight; {:.0} fdatasync/s (4 KiB overwrite)", fdatasync_rate(folder.path()));
    println!("{:32} {:>10} {:>10} {:>12}", "", "messages/s", "us CPU", "us CPU server");
    let sqlite = runtime.block_on(async {
        let ledger = Arc::new(SqliteLedger::open_worker(&folder.path().join("ledger.db")).unwrap());
        way("SQLite", ledger, 1, &|| 0.0).await
    });
    let Some(server) = Server::find() else { return };
    let shared = |workers: usize| {
        runtime.block_on(async {
            let settings = postgres::settings();
            let ledger = Arc::new(postgres::worker(&settings, &server.url, "bench").await);
            way(&format!("PostgreSQL, {workers} worker(s)"), ledger, workers, &|| server.cpu_s()).await
        })
    };
    let one = shared(1);
    shared(2);
    println!(
        "PostgreSQL by SQLite: {:.1} times the client's CPU, {:.2} times the messages",
        one.cpu_us / sqlite.cpu_us,
        one.rate / sqlite.rate
    );
}

struct Figures {
    rate: f64,
    cpu_us: f64,
}

/// Runs a case and prints a line for each step.
async fn way(name: &str, ledger: Arc<dyn Ledger>, workers: usize, server_cpu_s: &dyn Fn() -> f64) -> Figures {
    let (mut wall, mut cpu) = (0.0, 0.0);
    for step in ["receive", "claim and decide", "begin and settle"] {
        let (timer, server) = (Timer::start(), server_cpu_s());
        match step {
            "receive" => receive(ledger.as_ref()).await,
            "claim and decide" => crowd(&ledger, workers, decide).await,
            _ => crowd(&ledger, workers, act).await,
        }
        let (wall_s, cpu_s, server_s) = (timer.wall_s(), timer.cpu_s(), server_cpu_s() - server);
        row(&format!("  {name}: {step}"), wall_s, cpu_s, server_s);
        (wall, cpu) = (wall + wall_s, cpu + cpu_s);
    }
    row(name, wall, cpu, 0.0);
    Figures { rate: MESSAGES as f64 / wall, cpu_us: cpu / MESSAGES as f64 * 1e6 }
}

fn row(name: &str, wall_s: f64, cpu_s: f64, server_s: f64) {
    let each = |seconds: f64| seconds / MESSAGES as f64 * 1e6;
    let server = if server_s > 0.0 { format!("{:12.0}", each(server_s)) } else { String::new() };
    println!("{name:44} {:10.0} {:10.0} {server}", MESSAGES as f64 / wall_s, each(cpu_s));
}

async fn receive(ledger: &dyn Ledger) {
    let template = message("m", "c", Author::Customer, &"where is my parcel ".repeat(6));
    let messages: Vec<_> = (0..MESSAGES)
        .map(|n| {
            let from = PhoneNumber::parse(&format!("+1555{n:07}")).unwrap();
            let ticket = triage::ticket::TicketId(format!("c{n}"));
            runtime::inbound::InboundMessage {
                message_id: MessageId(format!("SM{n:032}")),
                conversation_id: Some(ticket),
                from,
                ..template.clone()
            }
        })
        .collect();
    for batch in messages.chunks(INTAKE_BATCH) {
        ledger.receive(batch, Timestamp::now()).await.unwrap();
    }
}

/// So many workers beside one another, each until nothing is left.
async fn crowd<Work>(ledger: &Arc<dyn Ledger>, workers: usize, work: fn(Arc<dyn Ledger>, String) -> Work)
where
    Work: Future<Output = ()> + Send + 'static,
{
    let mut crowd = JoinSet::new();
    for n in 0..workers {
        crowd.spawn(work(ledger.clone(), format!("bench-{n}")));
    }
    while let Some(ended) = crowd.join_next().await {
        ended.unwrap();
    }
}

async fn decide(ledger: Arc<dyn Ledger>, name: String) {
    let terms = ClaimTerms { burst_window_ms: 0, burst_max_ms: 0, lease_ms: LEASE_MS, limit: IN_FLIGHT };
    let made = Arc::new(reply(&["It is on its way and will be with you tomorrow."]));
    loop {
        let claims = ledger.claim_due(&worker(&name), Timestamp::now(), terms).await.unwrap();
        if claims.is_empty() {
            return;
        }
        let mut deciding = JoinSet::new();
        for claim in claims {
            let (ledger, made) = (ledger.clone(), made.clone());
            deciding.spawn(async move {
                let id = DecisionId::of(&claim.ticket.id, &claim.message, claim.fence);
                let effects = effects_of(&made, &claim.ticket.customer);
                ledger.decided(&claim, &id, &made, &effects, Timestamp::now()).await.unwrap();
            });
        }
        while let Some(ended) = deciding.join_next().await {
            ended.unwrap();
        }
    }
}

async fn act(ledger: Arc<dyn Ledger>, name: String) {
    loop {
        let begun = ledger.claim_effects(&worker(&name), Timestamp::now(), LEASE_MS, IN_FLIGHT).await.unwrap();
        if begun.is_empty() {
            return;
        }
        let mut settling = JoinSet::new();
        for claim in begun {
            let ledger = ledger.clone();
            settling.spawn(async move {
                let outcome = EffectOutcome::Done { vendor_id: format!("V{}", claim.key) };
                ledger.settle(&claim, &outcome, Timestamp::now()).await.unwrap();
            });
        }
        while let Some(ended) = settling.join_next().await {
            ended.unwrap();
        }
    }
}

/// The server: one that is named, or one of our own that ends with this.
struct Server {
    url: String,
    own: Option<OwnPostgres>,
}

impl Server {
    fn find() -> Option<Self> {
        if let Some(url) = std::env::var(postgres::URL_ENV).ok().filter(|url| !url.is_empty()) {
            return Some(Server { url, own: None });
        }
        let own = OwnPostgres::start();
        if own.is_none() {
            println!("left out: PostgreSQL (see .ci/postgres)");
        }
        own.map(|own| Server { url: own.url(), own: Some(own) })
    }

    /// Seconds of processor time of a server of our own, over all of its processes; nothing for another one.
    fn cpu_s(&self) -> f64 {
        self.own.as_ref().map_or(0.0, |own| measure::server::cpu_s(&measure::server::postgres(own.folder())))
    }
}
