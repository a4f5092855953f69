//! `whimbrel demo`: a small fictional shop through the real worker path, in simulated time.
//!
//! Documents are synced, past tickets are learned from, and the shop's SMS go through spool, intake, claim, decision
//! and effects as they do in production. Only the clock is the demo's own: it jumps from event to event.

use crate::args::{DemoArgs, WorkerArgs};
use crate::commands::knowledge_sync::sync_one;
use crate::commands::learn::{Learned, TICKETS_SOURCE, learn};
use crate::commands::{demo_report, worker};
use crate::config::Config;
use crate::config::inbox::{InboxConfig, InboxKind};
use crate::config::ledger::{LedgerConfig, LedgerKind};
use crate::home::Home;
use crate::screen::Screen;
use crate::shop;
use crate::wiring::{self, Knowledge};
use adapters::clock::manual::ManualClock;
use adapters::inbox::spool::Spool;
use adapters::ledger::sqlite::SqliteLedger;
use adapters::telemetry::metrics::Metrics;
use anyhow::Context;
use jiff::Timestamp;
use knowledge::source::{Source, SourceId, SourceKind};
use runtime::inbound::InboundMessage;
use runtime::ports::clock::Clock;
use runtime::worker::Worker;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

/// The shop's documents hold from this day on.
const DOCUMENTS_FROM: &str = "2026-01-01T00:00:00Z";

/// Runs the demo; with `--keep` the worker goes on running on the shop's folder.
pub async fn run(config: &Config, args: &DemoArgs, metrics: Arc<Metrics>, screen: &Screen) -> anyhow::Result<ExitCode> {
    let folder =
        tempfile::Builder::new().prefix("whimbrel-demo-").tempdir().context("cannot make a temporary folder: is TMPDIR writable?")?;
    shop::unpack(folder.path())?;
    let config = shop_config(config, folder.path());
    let home = Home::open(&config.data_dir)?;
    screen.line("Marrowby Cycle & Trail, a fictional shop: its documents, its past tickets, a day of its SMS.\n");
    let knowledge = wiring::knowledge(&config, &home)?;
    let learned = prepare(&config, &home, &knowledge, folder.path(), screen).await?;
    let triage = wiring::triage_of(&config, &home, &knowledge)?;
    let ledger = wiring::worker_ledger(&home)?;
    let clock = Arc::new(ManualClock::at(Timestamp::UNIX_EPOCH));
    let worker = wiring::worker(&config, &home, triage.clone(), ledger.clone(), clock.clone())?;
    let messages = play(&home, &worker, &clock, &config).await?;
    demo_report::print(screen, &triage.terms.policy, ledger.as_ref(), &learned, messages).await?;
    if args.keep {
        keep(&config, folder, worker, ledger, metrics, screen).await?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The effective configuration, moved into the shop's folder.
fn shop_config(config: &Config, folder: &Path) -> Config {
    Config {
        data_dir: folder.join("data"),
        policy_file: folder.join("policy.toml"),
        intents_file: folder.join("intents.toml"),
        inbox: InboxConfig { kind: InboxKind::Spool, ..config.inbox.clone() },
        // The shop has a ledger of its own, whatever the company's is.
        ledger: LedgerConfig { kind: LedgerKind::Sqlite, ..config.ledger.clone() },
        ..config.clone()
    }
}

/// Takes in the documents, learns from the past tickets.
async fn prepare(config: &Config, home: &Home, knowledge: &Knowledge, folder: &Path, screen: &Screen) -> anyhow::Result<Learned> {
    let location = |name: &str| folder.join(name).to_string_lossy().into_owned();
    let documents = Source {
        id: SourceId("handbook".to_owned()),
        kind: SourceKind::Folder,
        location: location("documents"),
        language: None,
        valid_from: Some(DOCUMENTS_FROM.parse().context("the demo's first day")?),
    };
    knowledge.store.put_source(&documents, Timestamp::now()).await?;
    let report = sync_one(knowledge, &documents, screen).await?;
    screen.line(format!("Read {} documents into {} passages.", report.added, report.passages));
    let tickets = Source {
        id: SourceId(TICKETS_SOURCE.to_owned()),
        kind: SourceKind::Tickets { columns: Default::default() },
        location: location("tickets.jsonl"),
        language: None,
        valid_from: None,
    };
    let terms = wiring::terms(config, home)?;
    let learned = learn(home, knowledge, &tickets, terms, false, screen).await?;
    screen.line(format!(
        "Learned {} intents from {} past tickets; the gate is calibrated on {} judged answers, {} of them wrong.",
        learned.intents, learned.tickets, learned.judged, learned.wrong
    ));
    Ok(learned)
}

/// Delivers every message at its time and does what falls due in between. Returns how many lines were delivered.
async fn play(home: &Home, worker: &Worker, clock: &ManualClock, config: &Config) -> anyhow::Result<usize> {
    let spool = wiring::spool(home)?;
    let mut lines: Vec<(Timestamp, &[u8])> = Vec::new();
    for line in shop::file("messages.jsonl").split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        let message = InboundMessage::parse(line)?;
        lines.push((message.at.context("a message of the demo has no time")?, line));
    }
    lines.sort_by_key(|(at, _)| *at);
    for (at, line) in &lines {
        work_until(worker, clock, config, *at).await?;
        clock.set(*at);
        deliver(&spool, line)?;
        while worker.intake_round().await? > 0 {}
    }
    work_until(worker, clock, config, Timestamp::MAX).await?;
    Ok(lines.len())
}

fn deliver(spool: &Spool, line: &[u8]) -> anyhow::Result<()> {
    spool.put(std::iter::once(line.to_vec()))?;
    Ok(())
}

/// Lets time jump from one due moment to the next until `end`.
async fn work_until(worker: &Worker, clock: &ManualClock, config: &Config, end: Timestamp) -> anyhow::Result<()> {
    loop {
        while worker.decision_round().await? + worker.effect_round().await? > 0 {}
        match worker.ledger.next_due(config.worker.settings.claim_terms()).await? {
            Some(due) if due <= end => clock.set(due.max(clock.now())),
            Some(_) | None => return Ok(()),
        }
    }
}

/// Leaves the worker running on the shop's folder, in real time.
async fn keep(
    config: &Config,
    folder: tempfile::TempDir,
    worker: Worker,
    ledger: Arc<SqliteLedger>,
    metrics: Arc<Metrics>,
    screen: &Screen,
) -> anyhow::Result<()> {
    drop((worker, ledger));
    let folder = folder.keep();
    Home::replace(&folder.join("whimbrel.toml"), toml::to_string_pretty(config)?.as_bytes())?;
    let file = folder.join("whimbrel.toml");
    screen.line(format!("\nThe worker runs on {}. In another terminal:", folder.display()));
    screen.line(format!("  whimbrel --config {} status", file.display()));
    screen.line(format!("  whimbrel --config {} ask \"when do you open on saturday?\"", file.display()));
    screen.line("Ctrl-C ends it; the folder stays.");
    worker::run(config, &WorkerArgs { until_idle: false }, metrics, screen).await?;
    Ok(())
}
