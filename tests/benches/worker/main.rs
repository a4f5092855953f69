//! The whole embedded worker: spool, intake, claim, classify, retrieve over 10,000 passages, write, check, judge, decision,
//! effects and outbox, everything durable. `cargo bench -p tests --bench worker` prints the figures, and
//! beside them those of the bare parts (`ceiling.rs`), in one run: machines differ, the ratio less so.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test or benchmark stops at the first surprise and prints what it measured"
)]

mod ceiling;
#[path = "../measure/mod.rs"]
mod measure;
mod prepare;

use adapters::clock::system::SystemClock;
use cli::config::load::load;
use cli::home::Home;
use cli::wiring;
use jiff::Timestamp;
use measure::shop::SEED;
use measure::{Timer, rss_mb};
use prepare::prepare;
use runtime::ports::records::Records;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use triage::ports::Retriever;

/// As in the program.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// Passages in the knowledge, of some fifty words.
const PASSAGES: usize = 10_000;
/// Messages that are put through.
const MESSAGES: usize = 5_000;
/// How often it is looked whether all is done: each look counts the ledger's rows, which is not the worker's work.
const LOOK_EVERY_MS: u64 = 200;
/// The word before the folder that a process is to prepare.
const PREPARE: &str = "--prepare=";

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    match std::env::args().find_map(|argument| argument.strip_prefix(PREPARE).map(str::to_owned)) {
        Some(folder) => {
            let lines = runtime.block_on(prepare(Path::new(&folder), PASSAGES, MESSAGES));
            let home = Home::open(&Path::new(&folder).join("data")).unwrap();
            wiring::spool(&home).unwrap().put(lines.into_iter()).unwrap();
        }
        None => {
            let folder = tempfile::tempdir().unwrap();
            println!("{PASSAGES} passages, {MESSAGES} messages, seed {SEED}");
            // In a process of its own: what training leaves in memory is not the worker's.
            let mut prepare = Command::new(std::env::current_exe().unwrap());
            assert!(prepare.arg(format!("{PREPARE}{}", folder.path().display())).status().unwrap().success());
            let ours = runtime.block_on(measure(folder.path()));
            let bare = ceiling::ms_a_message(folder.path(), PASSAGES, MESSAGES);
            println!("the bare parts: {bare:.3} ms CPU a message; the worker takes {:.2} times as much", ours / bare);
        }
    }
}

/// Milliseconds of CPU a message.
async fn measure(folder: &Path) -> f64 {
    let mut config = load(None, Some(folder.join("data").to_str().unwrap())).unwrap();
    config.policy_file = folder.join("policy.toml");
    config.intents_file = folder.join("intents.toml");
    config.worker.settings.burst_window_ms = 0;
    config.worker.settings.poll_ms = 5;
    let timer = Timer::start();
    let home = Home::open(&config.data_dir).unwrap();
    let knowledge = wiring::knowledge(&config, &home).unwrap();
    let triage = wiring::triage_of(&config, &home, &knowledge).unwrap();
    let ledger = wiring::worker_ledger(&home).unwrap();
    let worker = wiring::worker(&config, &home, triage, ledger.clone(), Arc::new(SystemClock)).unwrap();
    let query = triage::evidence::Query {
        text: "ready".to_owned(),
        language: None,
        intent: None,
        as_of: Timestamp::now(),
        exclude_ticket: None,
        passages_max: 1,
    };
    knowledge.retriever.retrieve(&query).await.unwrap();
    println!("ready: {:.2} s wall, {:.2} s CPU, {:.0} MB", timer.wall_s(), timer.cpu_s(), rss_mb());
    let timer = Timer::start();
    let (stop, stopped) = watch::channel(false);
    let running = tokio::spawn(async move { worker.run(stopped).await });
    let ms_a_message = loop {
        let status = ledger.status().await.unwrap();
        let done = status.effects.get("done").copied().unwrap_or(0);
        let open: u64 = ["pending", "sending"].iter().filter_map(|state| status.effects.get(*state)).sum();
        if status.decided as usize == MESSAGES && open == 0 {
            let (rate, ms) = (MESSAGES as f64 / timer.wall_s(), timer.cpu_s() / MESSAGES as f64 * 1e3);
            println!(
                "{MESSAGES} messages: {rate:.0}/s, {ms:.3} ms CPU a message, {:.0} MB, {:?}, {done} effects",
                rss_mb(),
                status.decisions
            );
            break ms;
        }
        tokio::time::sleep(Duration::from_millis(LOOK_EVERY_MS)).await;
    };
    stop.send_replace(true);
    running.await.unwrap();
    println!("decisions: {}", digest(ledger.as_ref()).await);
    ms_a_message
}

/// A hash of everything that was decided, but for the times: the same in every run of the same program.
async fn digest(ledger: &dyn Records) -> String {
    let mut decisions = ledger.decisions(MESSAGES).await.unwrap();
    decisions.sort_by(|a, b| a.message.cmp(&b.message));
    let timeless = decisions.into_iter().map(|stored| {
        let mut decision = stored.decision;
        decision.receipt.as_of = Timestamp::UNIX_EPOCH;
        decision.receipt.case.clear();
        (stored.message, decision)
    });
    triage::hash::of(&timeless.collect::<Vec<_>>())
}
